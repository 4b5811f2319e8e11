"""Deny by default: a right is there because a role grants it."""

import pytest

from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import RIGHTS, SCOPES, May, Role, Scope, rights_of, scope_of
from goodwill.domain.viewers import NOBODY, OPERATOR, Viewer


def test_every_role_has_rights_and_a_scope() -> None:
    assert set(RIGHTS) == set(SCOPES) == set(Role)


def test_without_a_role_nothing_is_seen_or_allowed() -> None:
    assert rights_of(frozenset()) == frozenset()
    assert scope_of(frozenset()) is Scope.NOTHING
    assert not any(NOBODY.may(right) for right in May)


def test_two_roles_grant_what_either_grants_and_see_as_far_as_the_farther() -> None:
    both = frozenset({Role.ADMINISTRATOR, Role.AGENT})
    assert rights_of(both) == RIGHTS[Role.ADMINISTRATOR] | RIGHTS[Role.AGENT]
    assert scope_of(both) is Scope.UNIT


def test_an_administrator_sees_no_customer() -> None:
    administrator = Viewer(person_id=1, roles=frozenset({Role.ADMINISTRATOR}))
    assert administrator.scope is Scope.NOTHING
    assert not administrator.may(May.SEE_CUSTOMERS)
    assert administrator.may(May.MANAGE_PEOPLE)


@pytest.mark.parametrize("right", list(May))
def test_a_customer_has_no_right_of_the_staff_whatever_role_is_written_beside(right: May) -> None:
    customer = Viewer(customer_id=7, roles=frozenset({Role.HEAD}))
    assert customer.scope is Scope.NOTHING
    assert not customer.may(right)


def test_the_operator_of_the_machine_may_do_anything() -> None:
    assert OPERATOR.scope is Scope.ALL
    assert all(OPERATOR.may(right) for right in May)


def test_the_head_sees_the_whole_firm() -> None:
    assert Viewer(person_id=1, roles=frozenset({Role.HEAD})).scope is Scope.ALL


def test_a_refusal_reads_as_not_done() -> None:
    assert not Refusal(Reason.NOT_ALLOWED)
