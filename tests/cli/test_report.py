"""`goodwill report`: tables for people, the agreed JSON for programs."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from goodwill.cli.main import goodwill
from goodwill.store.promises import Promise
from goodwill.store.ratings import Rating
from tests.cast import Cast

DUE = datetime(2026, 2, 10, 23, tzinfo=UTC)


@pytest.fixture
def past(cast: Cast) -> Cast:
    """Thirty promises of deliveries, three of them broken, one with a warning."""
    for number in range(30):
        acted = DUE + timedelta(days=2 if number < 3 else -2)
        order = cast.order(placed_at=DUE - timedelta(days=12), status="delivered")
        Rating.objects.create(order=order, customer=order.customer, overall=2 if number < 3 else 5, scale=5)
        cast.promise(
            kind="delivery",
            order=order,
            late_rule="end_of_day",
            made_at=DUE - timedelta(days=12),
            promised_at=DUE - timedelta(hours=24),
            promised_on=date(2026, 2, 10),
            due_at=DUE,
            acted_at=acted,
            acted_on=acted.date(),
            settled_at=acted,
            broken_at=DUE if number < 3 else None,
            warned_at=DUE - timedelta(hours=36) if number == 0 else None,
            outcome="kept" if number > 2 else ("broken_warned" if number == 0 else "broken_silent"),
            wakes_at=None,
        )
    return cast


def run(*words: str, fails: int = 0) -> str:
    """What the command prints."""
    done = CliRunner().invoke(goodwill, ["report", *words])
    assert done.exit_code == fails, done.output
    return done.output


def said(*words: str) -> dict[str, Any]:
    """What it prints as JSON."""
    answer = json.loads(run(*words, "--json"))
    assert isinstance(answer, dict)
    return answer


@pytest.mark.django_db
def test_promises_come_in_the_agreed_shape(past: Cast) -> None:
    answer = said("promises", "--by", "month", "--rule", "end_of_day")
    assert list(answer) == [
        "as_of", "rule", "filters", "n", "kept", "broken", "broken_warned", "broken_silent", "broken_unrecorded",
        "withdrawn", "open", "share_broken", "ratings", "by",
    ]  # fmt: skip
    assert (answer["n"], answer["broken"], answer["rule"]) == (30, 3, "end_of_day")
    assert answer["ratings"] == {"kept": {"n": 27, "mean": 5.0}, "broken": {"n": 3, "mean": 2.0}}
    assert [(line["key"], line["n"]) for line in answer["by"]] == [("2026-02", 30)]


@pytest.mark.django_db
def test_a_reading_by_another_rule_stores_nothing(past: Cast) -> None:
    before = list(Promise.objects.order_by("pk").values())
    assert said("promises", "--rule", "moment")["broken"] == 3
    assert list(Promise.objects.order_by("pk").values()) == before


@pytest.mark.django_db
def test_filters_are_said_back(past: Cast) -> None:
    answer = said("promises", "--site", "Shop", "--from", "2026-02-01", "--to", "2026-02-28")
    assert answer["filters"] == {"site": "Shop", "from": "2026-02-01", "to": "2026-02-28"}
    assert answer["n"] == 30
    assert said("promises", "--site", str(past.elsewhere.pk))["n"] == 0


@pytest.mark.django_db
def test_the_past_is_asked_for_by_a_day_or_a_moment(past: Cast) -> None:
    assert said("promises", "--as-of", "2026-02-09")["n"] == 27
    assert said("promises", "--as-of", "2026-02-10")["n"] == 30
    assert said("promises", "--as-of", "2026-02-10T23:59+01:00")["broken"] == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--as-of", "yesterday"), "write a day like"),
        (("--as-of", "2999-01-01"), "lies in the future"),
        (("--site", "Nowhere"), "there are: Elsewhere, Shop"),
        (("--by", "moon"), "'moon' is not one of"),
    ],
)
def test_what_cannot_be_asked_ends_with_two_and_a_remedy(past: Cast, words: tuple[str, ...], complaint: str) -> None:
    assert complaint in run("promises", *words, fails=2)


@pytest.mark.django_db
def test_people_get_a_table_with_intervals_and_the_median_warning(past: Cast) -> None:
    printed = run("promises", "--by", "site")
    assert "10.0 % (3.5–25.6) of 30 promises were broken." in printed
    assert "not enough data (" in printed
    assert "Median warning before the due moment: 36.0 hours" in printed


@pytest.mark.django_db
def test_an_empty_house_says_so(cast: Cast) -> None:
    assert "No promise was kept or broken yet." in run("promises")
    assert said("promises")["share_broken"] is None
    assert said("money") == {"currencies": []}
    assert "not enough data" in run("lead-times")


@pytest.mark.django_db
def test_the_other_reports_print_both_ways(past: Cast) -> None:
    assert said("orders") == {"n": 30, "statuses": [{"status": "delivered", "n": 30}]}
    assert "delivered" in run("orders")
    assert said("lead-times")["median_days"]["purchase_to_delivered"] == 10.0
    assert "10.000" in run("lead-times")
    assert said("money")["currencies"][0]["paid"] == {"amount": "3600.00", "currency": "EUR"}
    assert "3,600.00" in run("money")
    assert said("ratings")["n"] == 30
    assert "2 of 5" in run("ratings", "--rule", "moment")
