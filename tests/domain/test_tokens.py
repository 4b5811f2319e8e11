"""A token narrows the person it speaks for; it never widens."""

import pytest

from goodwill.domain.roles import May, Role
from goodwill.domain.tokens import Access, narrowed, read_scopes
from goodwill.domain.viewers import OPERATOR, Viewer


@pytest.mark.parametrize("access", list(Access))
@pytest.mark.parametrize("role", list(Role))
def test_a_scope_never_widens_a_role(access: Access, role: Role) -> None:
    person = Viewer(person_id=1, roles=frozenset({role}))
    program = narrowed(person, access)
    assert {right for right in May if program.may(right)} <= {right for right in May if person.may(right)}
    assert program.scope is person.scope


def test_reading_promises_settles_none() -> None:
    head = Viewer(person_id=1, roles=frozenset({Role.HEAD}))
    assert not narrowed(head, Access.READ_PROMISES).may(May.SETTLE_PROMISES)
    assert narrowed(head, Access.WRITE_PROMISES).may(May.SETTLE_PROMISES)


def test_even_the_operator_is_narrowed() -> None:
    assert not narrowed(OPERATOR, Access.READ_REPORTS).may(May.ERASE)
    assert narrowed(OPERATOR, Access.READ_REPORTS).may(May.SEE_REPORTS)


def test_an_unknown_scope_grants_nothing() -> None:
    assert read_scopes(["read:orders", "write:everything", ""]) == {Access.READ_ORDERS}
