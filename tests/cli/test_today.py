"""`goodwill today` says what the first screen says."""

import json
from datetime import timedelta

from click.testing import CliRunner
from django.utils import timezone

from goodwill.cli.main import goodwill
from tests.cast import Cast

HOUR = timedelta(hours=1)


def said(*words: str) -> str:
    answer = CliRunner().invoke(goodwill, ["today", *words])
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_the_worst_stands_first_with_what_waits_beside_it(cast: Cast) -> None:
    now = timezone.now()
    cast.promise(cast.outsider, due_at=now + HOUR, warned_at=now, standing="at_risk")
    cast.promise(due_at=now - HOUR, standing="late", money_waiting_minor=118_799, currency="EUR")
    cast.promise(due_at=now + 9 * HOUR)
    answer = json.loads(said("--json"))
    assert [row["customer"]["name"] for row in answer["rows"]] == ["Berta Buyer", "Otto Outside"]
    first, second = answer["rows"]
    assert (first["more"], first["standing"], first["next_act"]) == (1, "late", "warn")
    assert first["money_waiting"] == [{"amount": "1187.99", "currency": "EUR"}]
    assert (second["warned"], second["next_act"], answer["next"]) == (True, "keep", "")
    lines = said().splitlines()
    assert lines[0].startswith("Berta Buyer: call back about the jacket (+1), due ") and "1187.99 EUR" in lines[0]
    assert "at_risk, warned" in lines[1]


def test_it_turns_pages_and_narrows_to_units(cast: Cast) -> None:
    now = timezone.now()
    cast.promise(cast.shop_unit.customer, due_at=now + HOUR, late_rule="end_of_day")
    cast.promise(due_at=now + 2 * HOUR)
    first = json.loads(said("--json", "--most", "1"))
    second = json.loads(said("--json", "--most", "1", "--after", first["next"]))
    assert [page["rows"][0]["customer"]["name"] for page in (first, second)] == ["Sales floor", "Berta Buyer"]
    assert said("--kind", "internal").startswith("Sales floor")


def test_with_nothing_owed_it_asks_who_has_not_heard_from_us(cast: Cast) -> None:
    cast.buyer.last_heard_at = timezone.now()
    cast.buyer.save()
    lines = said().splitlines()
    assert lines[0] == "Nothing owed." and "Otto Outside: last heard from us never" in lines[2]
