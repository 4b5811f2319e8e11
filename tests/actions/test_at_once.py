"""Deeds that two do at once: one of them wins, and nothing is done twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connection, transaction
from django.urls import resolve

from goodwill.actions import erasures, firms, interactions, invitations, people, promises, sign_ins
from goodwill.actions.firms import Beginning
from goodwill.actions.interactions import Contact
from goodwill.actions.invitations import Invitation
from goodwill.actions.promises import Draft
from goodwill.domain.interactions import Channel, Direction
from goodwill.domain.records import PromiseKind
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import Role
from goodwill.domain.targets import Seconds
from goodwill.domain.viewers import NOBODY, OPERATOR
from goodwill.store.calendars import Calendar
from goodwill.store.firms import Firm
from goodwill.store.interactions import Interaction
from goodwill.store.people import Person
from goodwill.store.promises import Promise
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


@pytest.mark.parametrize("deed", ["contact", "promise"])
def test_words_that_arrive_while_a_person_is_erased_do_not_stay(deed: str) -> None:
    """SQLite lets one write after the other; elsewhere whoever writes waits for the erasure and then sees it."""
    cast = make_cast()
    by, head = cast.viewer(cast.agent), cast.viewer(cast.head)
    erased, wrote, may_end = Event(), Event(), Event()

    def erase() -> object:
        with transaction.atomic():
            done = erasures.erase(cast.buyer.pk, by=head, at=NOW)
            erased.set()
            assert connection.vendor == "sqlite" or may_end.wait(30)
        return done

    def write() -> object:
        try:
            return say()
        finally:
            wrote.set()

    def say() -> object:
        assert erased.wait(30)
        if deed == "contact":
            contact = Contact(channel=Channel.PHONE, direction=Direction.FROM_CUSTOMER, words="My name is Berta.")
            return interactions.record(cast.buyer.pk, contact, by=by, at=NOW)
        draft = Draft(PromiseKind.OTHER, "Ring Berta back", Seconds(3600))
        return promises.make(cast.buyer.pk, draft, by=by, at=NOW)

    def look() -> object:
        assert erased.wait(30)
        waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        with connection.cursor() as cursor:
            while connection.vendor != "sqlite" and not wrote.is_set():
                cursor.execute(waiting)
                if cursor.fetchone():
                    break
        may_end.set()
        return None

    _, refused, _ = at_once(erase, write, look)
    assert refused == Refusal(Reason.ERASED, "customer")
    assert not Interaction.objects.exclude(words="").exists()
    assert not Promise.objects.exclude(what="").exists()
