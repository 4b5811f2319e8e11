"""Links that let people in."""

from datetime import timedelta

import pytest
from django.urls import resolve

from goodwill.actions import invitations, people, sign_ins
from goodwill.actions.invitations import Invitation
from goodwill.actions.sign_ins import Purpose
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import Role
from goodwill.domain.viewers import OPERATOR
from goodwill.store.journal import JournalEntry
from goodwill.store.people import Person
from tests.cast import NOW, PASSWORD, Cast

AGENT = {(Role.AGENT, None)}


def reason(done: object) -> Reason | None:
    return done.reason if isinstance(done, Refusal) else None


def token_of(path: str) -> str:
    return str(resolve(path).kwargs["token"])


def invited(cast: Cast, email: str = "new@vektor.example") -> Invitation:
    done = invitations.invite(email, "Nora New", AGENT, language="hu", by=cast.viewer(cast.head), at=NOW)
    assert isinstance(done, Invitation)
    return done


def test_an_invited_person_cannot_sign_in_before_joining(cast: Cast) -> None:
    done = invited(cast, " New@Vektor.example ")
    person = Person.objects.get(email="new@vektor.example")
    assert not person.has_usable_password()
    assert person.joined_at is None
    assert person.language == "hu"
    entry = JournalEntry.objects.get(kind=Entry.PERSON_INVITED)
    assert entry.facts == {"person_id": person.pk, "roles": [["agent", None]]}
    assert done.path.startswith("/join/")


def test_an_invitation_is_good_for_seven_days_and_one_use(cast: Cast) -> None:
    token = token_of(invited(cast).path)
    late = NOW + timedelta(days=7, seconds=1)
    assert reason(invitations.join(token, "Nora", PASSWORD, language="hu", at=late)) is Reason.LINK_EXPIRED
    joined = invitations.join(token, "Nora", PASSWORD, language="ru", at=NOW + timedelta(days=7))
    assert isinstance(joined, Person)
    assert (joined.name, joined.language, joined.check_password(PASSWORD)) == ("Nora", "ru", True)
    again = invitations.join(token, "Eve", "another password", language="en", at=NOW + timedelta(days=7))
    assert reason(again) is Reason.LINK_EXPIRED
    assert Person.objects.get(pk=joined.pk).check_password(PASSWORD)


def test_a_new_invitation_makes_the_earlier_one_void(cast: Cast) -> None:
    first = invited(cast)
    second = invitations.invite_again(first.person_id, by=cast.viewer(cast.head), at=NOW + timedelta(hours=1))
    assert isinstance(second, Invitation)
    at = NOW + timedelta(hours=2)
    assert invitations.invited(token_of(first.path), at=at) is None
    assert invitations.invited(token_of(second.path), at=at) is not None


def test_who_has_joined_is_not_invited_again(cast: Cast) -> None:
    assert reason(invitations.invite_again(cast.agent.pk, by=cast.viewer(cast.head), at=NOW)) is Reason.ALREADY_SETTLED
    assert reason(invitations.invite_again(10**6, by=cast.viewer(cast.head), at=NOW)) is Reason.NOT_FOUND
    assert reason(invitations.invite_again(cast.agent.pk, by=cast.viewer(cast.mate), at=NOW)) is Reason.NOT_FOUND


def test_a_closed_account_s_invitation_is_void(cast: Cast) -> None:
    done = invited(cast)
    people.close(done.person_id, by=cast.viewer(cast.head), at=NOW)
    assert invitations.invited(token_of(done.path), at=NOW) is None


@pytest.mark.parametrize("change", [lambda t: t[:-1] + ("0" if t[-1] != "0" else "1"), lambda t: "1" + t, lambda t: "",
                                    lambda t: "a-b", lambda t: "é-1-x", lambda t: "z" * 60 + "-1-x"])  # fmt: skip
def test_a_token_that_was_tampered_with_stands_for_nobody(cast: Cast, change: object) -> None:
    token = token_of(invited(cast).path)
    assert callable(change)
    assert invitations.invited(change(token), at=NOW) is None


def test_a_token_serves_one_purpose(cast: Cast) -> None:
    token = sign_ins.seal(cast.agent, Purpose.NEW_PASSWORD, at=NOW)
    assert sign_ins.holder(token, Purpose.NEW_PASSWORD, at=NOW) == cast.agent
    assert sign_ins.holder(token, Purpose.ENTER, at=NOW) is None
    assert sign_ins.holder(token, Purpose.JOIN, at=NOW) is None
    assert sign_ins.holder(token, Purpose.NEW_PASSWORD, at=NOW - timedelta(hours=1)) is None, "not before it was made"


@pytest.mark.parametrize(
    ("email", "name", "held", "why"),
    [
        ("nobody", "N", AGENT, Reason.NOT_AN_ADDRESS),
        ("n@" + "x" * 60 + "." + "y" * 60 + "." + "z" * 60 + "." + "w" * 60 + ".example.org", "N", AGENT, None),
        ("agent@vektor.example", "N", AGENT, Reason.ALREADY_USED),
        ("n@vektor.example", " ", AGENT, Reason.REQUIRED),
        ("n@vektor.example", "n" * 121, AGENT, Reason.TOO_LONG),
        ("n@vektor.example", "N", set(), Reason.REQUIRED),
        ("n@vektor.example", "N", {(Role.AGENT, 10**6)}, Reason.NOT_A_CHOICE),
    ],
)
def test_a_bad_invitation_is_refused_with_its_reason(
    cast: Cast, email: str, name: str, held: set[tuple[Role, int | None]], why: Reason | None
) -> None:
    done = invitations.invite(email, name, held, by=cast.viewer(cast.head), at=NOW)
    assert isinstance(done, Refusal)
    assert why is None or done.reason is why


def test_only_who_manages_people_invites_and_only_heads_make_heads(cast: Cast) -> None:
    for person in (cast.agent, cast.stranger, cast.accountant, cast.manager):
        done = invitations.invite("n@vektor.example", "N", AGENT, by=cast.viewer(person), at=NOW)
        assert reason(done) is Reason.NOT_ALLOWED
    assert reason(invitations.invite("n@vektor.example", "N", AGENT, by=cast.customer, at=NOW)) is Reason.NOT_ALLOWED
    head = {(Role.HEAD, None)}
    administrator = cast.viewer(cast.administrator)
    assert reason(invitations.invite("n@vektor.example", "N", head, by=administrator, at=NOW)) is Reason.NOT_ALLOWED
    assert isinstance(invitations.invite("n@vektor.example", "N", head, by=OPERATOR, at=NOW), Invitation)


def test_joining_asks_for_a_name_and_a_language_of_ours(cast: Cast) -> None:
    token = token_of(invited(cast).path)
    assert reason(invitations.join(token, " ", PASSWORD, language="hu", at=NOW)) is Reason.REQUIRED
    assert reason(invitations.join(token, "n" * 121, PASSWORD, language="hu", at=NOW)) is Reason.TOO_LONG
    assert reason(invitations.join(token, "N", PASSWORD, language="de", at=NOW)) is Reason.NOT_A_CHOICE


def test_a_one_time_link_is_spent_by_its_first_use(cast: Cast) -> None:
    token = token_of(invitations.one_time_link(cast.agent.pk, by=OPERATOR, at=NOW))
    assert reason(sign_ins.enter(token, at=NOW + timedelta(minutes=15, seconds=1))) is Reason.LINK_EXPIRED
    assert sign_ins.enter(token, at=NOW + timedelta(minutes=15)) == cast.agent
    assert reason(sign_ins.enter(token, at=NOW + timedelta(minutes=1))) is Reason.LINK_EXPIRED


def test_a_one_time_link_is_spent_even_in_the_moment_of_an_earlier_sign_in(cast: Cast) -> None:
    Person.objects.get_queryset().filter(pk=cast.agent.pk).update(last_login=NOW)
    token = token_of(invitations.one_time_link(cast.agent.pk, by=OPERATOR, at=NOW))
    assert sign_ins.enter(token, at=NOW) == cast.agent
    assert reason(sign_ins.enter(token, at=NOW)) is Reason.LINK_EXPIRED


def test_one_time_links_are_the_operator_s(cast: Cast) -> None:
    with pytest.raises(PermissionError):
        invitations.one_time_link(cast.agent.pk, by=cast.viewer(cast.head), at=NOW)
    with pytest.raises(LookupError):
        invitations.one_time_link(10**6, by=OPERATOR, at=NOW)


def test_a_new_password_link_is_handed_over_by_who_manages_people(cast: Cast) -> None:
    head, administrator = cast.viewer(cast.head), cast.viewer(cast.administrator)
    assert reason(sign_ins.new_password_link(cast.mate.pk, by=cast.viewer(cast.agent), at=NOW)) is Reason.NOT_FOUND
    assert reason(sign_ins.new_password_link(cast.head.pk, by=administrator, at=NOW)) is Reason.NOT_ALLOWED
    token = sign_ins.new_password_link(cast.agent.pk, by=head, at=NOW)
    assert isinstance(token, str)
    assert isinstance(sign_ins.choose_password(token, "a new long password", at=NOW), Person)
    assert reason(sign_ins.choose_password(token, "an even newer one", at=NOW)) is Reason.LINK_EXPIRED
    assert Person.objects.get(pk=cast.agent.pk).check_password("a new long password")
    kinds = list(JournalEntry.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == [Entry.PASSWORD_RESET_ASKED, Entry.PASSWORD_CHANGED]


def test_one_s_own_password_changes_by_knowing_the_old_one(cast: Cast) -> None:
    assert reason(sign_ins.change_password(cast.agent.pk, "wrong", "new", at=NOW)) is Reason.WRONG_PASSWORD
    assert isinstance(sign_ins.change_password(cast.agent.pk, PASSWORD, "a new long password", at=NOW), Person)
    assert reason(sign_ins.change_password(10**6, "", "", at=NOW)) is Reason.NOT_FOUND


def test_a_refused_sign_in_is_noted_without_the_address(cast: Cast) -> None:
    sign_ins.refused_sign_in(" AGENT@vektor.example", at=NOW)
    sign_ins.refused_sign_in("nobody@nowhere.example", at=NOW)
    facts = list(JournalEntry.objects.order_by("pk").values_list("facts", flat=True))
    assert facts == [{"person_id": cast.agent.pk}, {}]
