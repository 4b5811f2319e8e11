"""Today: customers we owe something, worst first, as far as each viewer may see."""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from goodwill.domain.money import Money
from goodwill.domain.next_acts import NextAct
from goodwill.domain.viewers import NOBODY, Viewer
from goodwill.reads import today
from goodwill.reads.today import Kind, Today, Whose
from goodwill.store.addresses import Address
from goodwill.store.customers import Customer
from tests.cast import NOW, Cast

HOUR = timedelta(hours=1)


def seen(cast: Cast, viewer: Viewer, **asked: object) -> Today:
    return today.page(viewer, at=NOW, **asked)  # type: ignore[arg-type]


def names(page: Today) -> list[str]:
    return [row.customer for row in page.rows]


def another(cast: Cast, name: str, **fields: object) -> Customer:
    return Customer.objects.create(**{"kind": "person", "name": name, "site": cast.shop, "created_at": NOW} | fields)


def test_the_customer_whose_promise_is_due_first_stands_first(cast: Cast) -> None:
    late, soon = another(cast, "Late Lili"), another(cast, "Soon Szabolcs")
    cast.promise(soon, due_at=NOW + HOUR)
    cast.promise(late, due_at=NOW - HOUR)
    cast.promise(due_at=NOW + 9 * HOUR)
    assert names(seen(cast, cast.viewer(cast.agent))) == ["Late Lili", "Soon Szabolcs", "Berta Buyer"]


def test_one_row_a_customer_with_what_waits_beside_it(cast: Cast) -> None:
    Address.objects.create(customer=cast.buyer, kind="phone", value="+36301234567")
    cast.promise(due_at=NOW + HOUR, what="call back", money_waiting_minor=100, currency="EUR")
    cast.promise(due_at=NOW + 2 * HOUR, money_waiting_minor=250, currency="EUR")
    cast.promise(due_at=NOW + 3 * HOUR, money_waiting_minor=9, currency="HUF")
    (row,) = seen(cast, cast.viewer(cast.agent)).rows
    assert (row.what, row.more, row.owner, row.phone) == ("call back", 2, "Anna Agent", "+36301234567")
    assert sorted(row.money) == [Money(9, "HUF"), Money(350, "EUR")]


def test_what_is_settled_or_owed_to_us_is_not_owed_by_us(cast: Cast) -> None:
    cast.promise(outcome="kept", settled_at=NOW)
    cast.promise(outcome="broken_silent", settled_at=NOW)
    cast.promise(side="theirs", due_at=NOW - 5 * HOUR)
    assert not seen(cast, cast.viewer(cast.head)).rows
    cast.promise(outcome="broken_silent", standing="late", due_at=NOW - HOUR)
    (row,) = seen(cast, cast.viewer(cast.head)).rows
    assert (row.more, row.standing) == (0, "late")


def test_whoever_is_at_risk_hears_it_first_and_the_others_are_served(cast: Cast) -> None:
    wanted: dict[str, tuple[dict[str, Any], NextAct]] = {
        "on time": ({"standing": "on_time"}, NextAct.KEEP),
        "at risk": ({"standing": "at_risk"}, NextAct.WARN),
        "warned": ({"standing": "at_risk", "warned_at": NOW}, NextAct.KEEP),
        "not swept yet": ({"standing": "on_time", "due_at": NOW - HOUR}, NextAct.WARN),
    }
    for name, (fields, _) in wanted.items():
        cast.promise(another(cast, name), **fields)
    acts = {row.customer: row.act for row in seen(cast, cast.viewer(cast.agent)).rows}
    assert acts == {name: act for name, (_, act) in wanted.items()}


def test_mine_is_what_i_owe_and_whom_i_answer_for(cast: Cast) -> None:
    other = another(cast, "Other")
    cast.promise(person=cast.mate)
    cast.promise(other, person=cast.agent)
    assert names(seen(cast, cast.viewer(cast.agent), whose=Whose.MINE)) == ["Other"]
    assert names(seen(cast, cast.viewer(cast.manager), whose=Whose.MINE)) == ["Berta Buyer"]
    assert names(seen(cast, cast.viewer(cast.head), whose=Whose.MINE)) == []


def test_a_worse_promise_of_somebody_else_hides_nobody(cast: Cast) -> None:
    cast.promise(person=cast.mate, due_at=NOW - HOUR)
    cast.promise(person=cast.agent, what="mine", due_at=NOW + HOUR)
    (row,) = seen(cast, cast.viewer(cast.agent), whose=Whose.MINE).rows
    assert (row.what, row.more) == ("mine", 0)


def test_units_are_internal_customers(cast: Cast) -> None:
    cast.promise(cast.shop_unit.customer, due_at=NOW)
    cast.promise(due_at=NOW)
    viewer = cast.viewer(cast.head)
    assert names(seen(cast, viewer, kind=Kind.INTERNAL)) == ["Sales floor"]
    assert names(seen(cast, viewer, kind=Kind.EXTERNAL)) == ["Berta Buyer"]
    assert len(seen(cast, viewer).rows) == 2


def test_my_unit_is_what_my_units_and_their_sites_owe(cast: Cast) -> None:
    cast.promise(person=None, unit=cast.back_unit, site=None)
    assert len(seen(cast, cast.viewer(cast.accountant), whose=Whose.UNIT).rows) == 1
    assert not seen(cast, cast.viewer(cast.agent), whose=Whose.UNIT).rows


def test_the_stranger_the_customer_and_nobody_see_nothing(cast: Cast) -> None:
    cast.promise()
    for viewer in (cast.viewer(cast.stranger), cast.customer, NOBODY, cast.viewer(cast.administrator)):
        assert not seen(cast, viewer).rows
        assert cast.buyer.name not in [one.customer for one in today.unheard(viewer)]
    for person in (cast.agent, cast.mate, cast.manager, cast.head):
        assert len(seen(cast, cast.viewer(person)).rows) == 1


def test_pages_turn_by_key_and_show_everybody_once(cast: Cast) -> None:
    for number in range(7):
        # two promises each, and several due at the same moment
        for hours in (number // 2, 9):
            cast.promise(
                another(cast, f"c{number}") if hours != 9 else Customer.objects.latest("id"), due_at=NOW + hours * HOUR
            )
    viewer, shown, cursor = cast.viewer(cast.agent), [], ""
    while True:
        page = seen(cast, viewer, after=cursor, size=3)
        shown += names(page)
        cursor = page.next
        if not cursor:
            break
    assert shown == [f"c{n}" for n in range(7)]
    back = seen(cast, viewer, before=page.previous, size=3)
    assert names(back) == ["c3", "c4", "c5"]


def test_the_day_rule_is_said_as_a_day(cast: Cast) -> None:
    cast.promise(late_rule="end_of_day", promised_on=date(2026, 3, 6))
    (row,) = seen(cast, cast.viewer(cast.agent)).rows
    assert row.is_day and row.promised_on == date(2026, 3, 6)


def test_the_number_of_questions_does_not_grow_with_the_rows(cast: Cast) -> None:
    viewer, counts = cast.viewer(cast.agent), []
    for rows in (1, 20):
        while len(seen(cast, viewer).rows) < rows:
            cast.promise(another(cast, "one more"))
        with CaptureQueriesContext(connection) as asked:
            seen(cast, viewer)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 9


def test_those_who_have_not_heard_from_us_stand_by_how_long(cast: Cast) -> None:
    another(cast, "Long ago", last_heard_at=NOW - 900 * HOUR)
    another(cast, "Yesterday", last_heard_at=NOW - 24 * HOUR)
    another(cast, "Gone", last_heard_at=NOW - 9_000 * HOUR, erased_at=NOW)
    found = [one.customer for one in today.unheard(cast.viewer(cast.agent))]
    assert found == ["Long ago", "Yesterday", "Berta Buyer"]
    assert len(today.unheard(cast.viewer(cast.head), limit=2)) == 2


def test_i3_nothing_here_calls_anyone_loyal(cast: Cast) -> None:
    for _ in range(30):
        cast.order()
    cast.promise()
    assert "loyal" not in repr(seen(cast, cast.viewer(cast.head))).lower()
