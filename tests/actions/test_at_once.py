"""Deeds that two do at once: one of them wins, and nothing is done twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.urls import resolve

from goodwill.actions import firms, invitations, people, sign_ins
from goodwill.actions.firms import Beginning
from goodwill.actions.invitations import Invitation
from goodwill.domain.refusals import Refusal
from goodwill.domain.roles import Role
from goodwill.domain.viewers import NOBODY, OPERATOR
from goodwill.store.calendars import Calendar
from goodwill.store.firms import Firm
from goodwill.store.people import Person
from tests.cast import NOW, OFFICE, make_cast, make_person

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Do these in threads that begin together; what each came to."""
    barrier = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        try:
            barrier.wait(timeout=10)
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def done(results: list[object]) -> int:
    return sum(not isinstance(result, Refusal) for result in results)


def test_two_heads_who_close_each_other_leave_one() -> None:
    cast = make_cast()
    second = make_person("second@vektor.example", "Second", (Role.HEAD, None))
    first_viewer, second_viewer = cast.viewer(cast.head), cast.viewer(second)
    results = at_once(
        lambda: people.close(second.pk, by=first_viewer, at=NOW),
        lambda: people.close(cast.head.pk, by=second_viewer, at=NOW),
    )
    assert done(results) == 1
    assert Person.objects.holding(Role.HEAD).count() == 1


def test_an_invitation_used_at_once_lets_one_in() -> None:
    make_cast()
    invitation = invitations.invite("new@vektor.example", "New", {(Role.AGENT, None)}, by=OPERATOR, at=NOW)
    assert isinstance(invitation, Invitation)
    token = resolve(invitation.path).kwargs["token"]
    results = at_once(
        *(lambda n=n: invitations.join(token, f"N{n}", f"password {n}", language="en", at=NOW) for n in range(4))
    )
    assert done(results) == 1


def test_a_one_time_link_used_at_once_lets_one_in() -> None:
    cast = make_cast()
    token = resolve(invitations.one_time_link(cast.agent.pk, by=OPERATOR, at=NOW)).kwargs["token"]
    assert done(at_once(*(lambda: sign_ins.enter(token, at=NOW) for _ in range(4)))) == 1


def test_a_firm_founded_at_once_is_founded_once() -> None:
    def found(n: int) -> object:
        return firms.set_up(
            Beginning(
                firm_name=f"Firm {n}", currency="EUR", country="DE", zone="Europe/Berlin", language="en", weekly=OFFICE,
                calendar_name="Hours", site_name="Shop", site_mode="store", unit_name="Sales", head_name="Head",
                head_email=f"head{n}@vektor.example", password="a long password",
            ),
            by=NOBODY,
            at=NOW,
        )  # fmt: skip

    results = at_once(*(lambda n=n: found(n) for n in range(3)))
    assert done(results) == 1
    assert (Firm.objects.count(), Calendar.objects.count(), Person.objects.active().count()) == (1, 1, 1)
