"""The stranger, and a token of every scope, ask every operation of the document; a new one is asked by itself."""

import pytest

from goodwill.domain.tokens import Access
from goodwill.store.journal import JournalEntry
from goodwill.store.people import Person
from tests.api.operations import OPERATIONS, Operation, rows_of
from tests.api.programs import Program
from tests.cast import Cast, make_person

BUYERS = ("customer_id", "order_id", "promise_id", "interaction_id")


def test_there_are_operations_to_ask() -> None:
    assert len(OPERATIONS) >= 28
    assert {operation.scope for operation in OPERATIONS} == set(Access), "a scope that opens nothing"


def test_a_token_of_one_scope_opens_the_operations_of_that_scope_and_no_other(cast: Cast) -> None:
    rows = rows_of(cast)
    for access in Access:
        program = Program(cast.head, access)
        for operation in OPERATIONS:
            answer = program.ask(operation.method, operation.address(rows), operation.body(rows))
            if operation.scope is access:
                assert answer.status_code not in (401, 403), (access, operation, answer.content)
            else:
                assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing"), (access, operation)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_the_stranger_learns_nothing_and_changes_nothing(operation: Operation, cast: Cast) -> None:
    rows = rows_of(cast)
    stranger = Program(cast.stranger)
    entries = JournalEntry.objects.count()
    answer = stranger.ask(operation.method, operation.address(rows), operation.body(rows))
    assert b"Berta Buyer" not in answer.content
    if operation.names(*BUYERS):
        assert answer.status_code == 404, answer.content
        assert JournalEntry.objects.count() == entries
        mine = Program(cast.head).ask(operation.method, operation.address(rows), operation.body(rows))
        assert mine.status_code not in (403, 404), "not even the head finds it: the request does not fit"


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_a_scope_never_widens_a_role(operation: Operation, cast: Cast) -> None:
    rows = rows_of(cast)
    roleless = make_person("roleless@vektor.example", "Rosa Roleless")
    unseeing: tuple[Person, ...] = (cast.administrator, cast.accountant, roleless)
    for person in unseeing:
        answer = Program(person).ask(operation.method, operation.address(rows), operation.body(rows))
        assert b"Berta Buyer" not in answer.content, person
        assert answer.status_code < 500, answer.content
        if operation.names(*BUYERS):
            assert answer.status_code in (403, 404), person


def test_what_the_stranger_does_not_see_the_agent_does(cast: Cast) -> None:
    rows = rows_of(cast)
    seen = 0
    for operation in OPERATIONS:
        if operation.method == "get":
            answer = Program(cast.agent).ask("get", operation.address(rows))
            seen += b"Berta Buyer" in answer.content
    assert seen >= 5
