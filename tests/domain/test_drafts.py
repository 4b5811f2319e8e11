"""Draft agreements: what is read, and which field is named when it cannot be."""

from decimal import Decimal
from typing import Any

import pytest

from goodwill.domain.drafts import Side, When, read_draft
from goodwill.domain.hours import HoursError
from goodwill.domain.targets import BusinessDays, LateRule, Seconds

WEEK = {"zone": "Europe/Berlin", "weekly": {"mon": [["09:00", "17:00"]]}}


def clause(**changes: object) -> dict[str, Any]:
    whole = {
        "id": "delivery",
        "side": "ours",
        "measure": "delivery_on_time",
        "rule": "end_of_day",
        "zone": "America/Sao_Paulo",
        "target": {"share": 0.95, "per": "month", "month_of": "due"},
        "credit": {"of": "freight", "rate": 0.1, "when": "each_miss", "round": "per_order_half_up"},
    }
    return {name: value for name, value in (whole | changes).items() if value is not ...}


def draft(*clauses: object) -> dict[str, Any]:
    return {"name": "DomStroy 2027", "clauses": list(clauses)}


def test_a_clause_is_read_to_the_digits_it_was_written_with() -> None:
    (read,) = read_draft(draft(clause()))
    assert (read.id, read.side, read.measure, read.rule) == (
        "delivery", Side.OURS, "delivery_on_time", LateRule.END_OF_DAY,
    )  # fmt: skip
    assert (read.zone.key, read.share, read.term) == ("America/Sao_Paulo", Decimal("0.95"), None)
    assert read.credit is not None
    assert (read.credit.of, read.credit.rate, read.credit.when) == ("freight", Decimal("0.1"), When.EACH_MISS)


def test_a_clause_may_go_without_credit_and_with_the_only_month_there_is() -> None:
    (read,) = read_draft(draft(clause(credit=..., target={"share": 1})))
    assert read.credit is None
    assert read.share == 1


@pytest.mark.parametrize(
    ("due", "target"),
    [({"business_days": 5}, BusinessDays(5)), ({"seconds": 3600.5}, Seconds(3600.5))],
)
def test_a_clause_may_set_a_term_of_its_own(due: dict[str, Any], target: object) -> None:
    (read,) = read_draft(draft(clause(due={"from": "ordered", **due}, calendar=WEEK)))
    assert read.term is not None
    assert (read.term.since, read.term.target) == ("ordered", target)
    assert read.term.calendar.zone.key == "Europe/Berlin"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": ...}, "clauses[0].id: is missing"),
        ({"id": " "}, "clauses[0].id: is empty"),
        ({"id": 7}, "clauses[0].id: is not a string"),
        ({"side": "both"}, "clauses[0].side: is not one of ours, theirs"),
        ({"rule": "never"}, "clauses[0].rule: is not one of end_of_day, moment"),
        ({"zone": "Mars"}, "clauses[0].zone: is not a time zone such as Europe/Berlin"),
        ({"measure": ...}, "clauses[0].measure: is missing"),
        ({"target": ...}, "clauses[0].target: is missing"),
        ({"target": {}}, "clauses[0].target.share: is missing"),
        ({"target": {"share": 95}}, "clauses[0].target.share: is a share above 0, up to 1"),
        ({"target": {"share": 0}}, "clauses[0].target.share: is a share above 0, up to 1"),
        ({"target": {"share": 1, "per": "year"}}, "clauses[0].target.per: is not one of month"),
        ({"target": {"share": 1, "month_of": "act"}}, "clauses[0].target.month_of: is not one of due"),
        ({"credit": 5}, "clauses[0].credit: is not an object with fields"),
        ({"credit": {"of": "freight", "when": "each_miss"}}, "clauses[0].credit.rate: is missing"),
        ({"credit": {"of": "freight", "rate": "10%", "when": "each_miss"}}, "clauses[0].credit.rate: is not a number"),
        ({"credit": {"of": "freight", "rate": 0.1}}, "clauses[0].credit.when: is missing"),
        (
            {"credit": {"of": "freight", "rate": 0.1, "when": "each_miss", "round": "down"}},
            "clauses[0].credit.round: is not one of per_order_half_up",
        ),
        ({"due": {"from": "ordered"}}, "clauses[0].due: needs either seconds or business_days"),
        ({"due": {"from": "ordered", "seconds": 0}}, "clauses[0].due.seconds: must be above zero"),
        ({"due": {"from": "ordered", "business_days": 1.5}}, "clauses[0].due.business_days: is not a whole number"),
        ({"due": {"seconds": 60}}, "clauses[0].due.from: is missing"),
        ({"due": {"from": "ordered", "seconds": 60}}, "clauses[0].calendar: is missing"),
        ({"calendar": WEEK}, "clauses[0].calendar: is for a clause with a term of its own in 'due'"),
        (
            {"due": {"from": "ordered", "seconds": 60}, "calendar": {**WEEK, "weekly": {}}},
            "clauses[0].calendar: no window ever opens",
        ),
    ],
)
def test_what_cannot_be_read_is_named(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(HoursError) as refused:
        read_draft(draft(clause(**changes)))
    assert str(refused.value) == words


def test_a_field_that_is_not_known_is_no_clause_of_this_agreement() -> None:
    with pytest.raises(HoursError, match=r"clauses\[1\]\.credits: is not a field; there are id, side, "):
        read_draft(draft(clause(), clause(id="other", credits={})))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "draft: is not an object with fields"),
        ({}, "clauses: is missing"),
        ({"clauses": {}}, "clauses: is not a list"),
        ({"clauses": []}, "clauses: holds no clause"),
        (draft(7), r"clauses[0]: is not an object with fields"),
        (draft(clause(), clause()), "clauses[1].id: is there twice: delivery"),
    ],
)
def test_a_draft_holds_clauses_each_with_an_id_of_its_own(given: object, words: str) -> None:
    with pytest.raises(HoursError) as refused:
        read_draft(given)
    assert str(refused.value) == words
