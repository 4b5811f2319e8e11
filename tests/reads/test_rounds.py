"""A driver's round: whose deliveries are on it, and in which order."""

from datetime import timedelta
from typing import Any

import pytest

from goodwill.domain.roles import Role
from goodwill.domain.viewers import NOBODY
from goodwill.reads import rounds, today
from goodwill.store.addresses import Address
from goodwill.store.people import Person
from goodwill.store.promises import Promise
from tests.cast import NOW, Cast, make_person, make_unit
from tests.rounds import delivery, make_driver

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def driver(cast: Cast) -> Person:
    return make_driver(cast)


def on_round(cast: Cast, person: Person, *, words: str = "") -> list[int]:
    return [stop.promise_id for stop in rounds.mine(cast.viewer(person), at=NOW, words=words).stops]


def test_a_round_holds_ones_own_the_units_and_what_names_nobody_at_the_site(cast: Cast, driver: Person) -> None:
    unit = driver.assignments.get().unit
    assert unit is not None
    nobody = delivery(cast, due_at=NOW + 3 * HOUR)
    mine = delivery(cast, person=driver, site=cast.elsewhere, due_at=NOW + HOUR)
    ours = delivery(cast, unit=unit, due_at=NOW + 2 * HOUR)
    other = make_driver(cast, "other@vektor.example", "Odd Other")
    delivery(cast, person=other, unit=unit)
    delivery(cast, person=cast.agent)
    delivery(cast, site=cast.elsewhere)
    delivery(cast, unit=make_unit("Far"))
    assert on_round(cast, driver) == [mine.pk, ours.pk, nobody.pk]


@pytest.mark.parametrize("fields", [{"kind": "call"}, {"side": "theirs"}, {"is_history": True}])
def test_what_no_driver_carries_is_on_no_round(cast: Cast, driver: Person, fields: dict[str, Any]) -> None:
    delivery(cast, person=driver, **fields)
    assert on_round(cast, driver) == []


def test_late_comes_first_then_today_then_the_next_days(cast: Cast, driver: Person) -> None:
    far = delivery(cast, due_at=NOW + 40 * HOUR)
    day = delivery(cast, due_at=NOW.replace(hour=23), late_rule="end_of_day", promised_on=NOW.date())
    late = delivery(cast, due_at=NOW - HOUR)
    delivery(cast, due_at=NOW + timedelta(days=9))
    stops = rounds.mine(cast.viewer(driver), at=NOW).stops
    assert [(stop.promise_id, stop.part) for stop in stops] == [(late.pk, "late"), (day.pk, "today"), (far.pk, "later")]


def test_where_the_order_goes_counts_before_where_the_customer_lives(cast: Cast, driver: Person) -> None:
    delivery(cast)
    Address.objects.create(customer=cast.buyer, kind="postal", value="Home 1")
    spoken = delivery(cast, cast.outsider, order=None)
    stops = {stop.promise_id: stop for stop in rounds.mine(cast.viewer(driver), at=NOW).stops}
    assert stops[spoken.pk].street == "Lindenstraße 5" and stops[spoken.pk].order_number == ""
    assert {stop.street for stop in stops.values()} == {"Lindenstraße 5"}


def test_the_round_is_found_through_by_any_of_its_words(cast: Cast, driver: Person) -> None:
    first = delivery(cast)
    delivery(cast, cast.outsider)
    assert on_round(cast, driver, words="berta") == [first.pk]
    assert on_round(cast, driver, words="LINDENSTRASSE buyer") == [first.pk]
    assert on_round(cast, driver, words="nobody") == []


def test_a_round_that_is_too_long_says_so(cast: Cast, driver: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "MOST", 1)
    delivery(cast)
    assert not rounds.mine(cast.viewer(driver), at=NOW).cut
    delivery(cast)
    shown = rounds.mine(cast.viewer(driver), at=NOW)
    assert shown.cut and len(shown.stops) == 1


def test_nobody_and_whoever_may_not_settle_have_no_round(cast: Cast) -> None:
    delivery(cast)
    for viewer in (NOBODY, cast.customer, cast.operator, cast.viewer(cast.administrator)):
        assert rounds.mine(viewer, at=NOW) == rounds.Round((), ())


def test_the_stranger_and_the_accountant_see_no_stop_of_the_shop(cast: Cast) -> None:
    promise = delivery(cast)
    for who in (cast.stranger, cast.accountant):
        assert on_round(cast, who) == []
        assert not rounds.carries(cast.viewer(who), promise.pk)
        assert rounds.carriers(cast.viewer(who), promise.pk) == []


def test_logistics_sees_what_names_nobody_and_the_back_office_of_the_same_site_does_not(
    cast: Cast, driver: Person
) -> None:
    promise = delivery(cast)
    call = cast.promise(person=None)
    clerk = make_person("clerk@vektor.example", "Carl Clerk", (Role.BACK_OFFICE, cast.shop_unit))
    seen = Promise.objects.visible_to(cast.viewer(driver))
    assert set(seen.values_list("pk", flat=True)) == {promise.pk} and call.pk != promise.pk
    assert not Promise.objects.visible_to(cast.viewer(clerk)).exists()


def test_today_of_logistics_begins_with_the_worst_even_where_it_names_nobody(cast: Cast, driver: Person) -> None:
    worst = delivery(cast, due_at=NOW - HOUR)
    delivery(cast, person=driver, due_at=NOW + HOUR)
    row = today.page(cast.viewer(driver), at=NOW).rows[0]
    assert (row.promise_id, row.more) == (worst.pk, 1)


def test_a_delivery_may_be_given_to_the_units_of_its_site_and_the_people_in_them(cast: Cast, driver: Person) -> None:
    promise = delivery(cast)
    names = [name for _, name in rounds.carriers(cast.viewer(cast.agent), promise.pk)]
    assert names == ["Logistics", "Sales floor", "Anna Agent", "Dora Driver", "Mark Mate", "Olga Owner"]
    everybody = [name for _, name in rounds.carriers(cast.viewer(cast.head), promise.pk)]
    assert {"Accounting", "Stan Stranger"} <= set(everybody)


def test_a_round_of_many_stops_asks_the_database_as_often_as_one_of_few(
    cast: Cast, driver: Person, django_assert_max_num_queries: object
) -> None:
    for _ in range(12):
        delivery(cast)
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        assert len(rounds.mine(cast.viewer(driver), at=NOW).stops) == 12


def test_a_day_is_today_where_the_site_s_midnight_comes_after_the_driver_s(cast: Cast, driver: Person) -> None:
    midnight = NOW.replace(hour=0) + timedelta(days=1)  # in London; one o'clock of the next day in Berlin
    day = delivery(cast, due_at=midnight, late_rule="end_of_day", promised_on=NOW.date(), zone="Europe/London")
    moment = delivery(cast, due_at=midnight, zone="Europe/London")
    stops = rounds.mine(cast.viewer(driver), at=NOW).stops
    assert {stop.promise_id: stop.part for stop in stops} == {day.pk: "today", moment.pk: "later"}
