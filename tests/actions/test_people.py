"""What may be done about people, by whom."""

from datetime import timedelta

import pytest

from goodwill.actions import people
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import Role
from goodwill.domain.viewers import Viewer
from goodwill.store.customers import Customer
from goodwill.store.journal import JournalEntry
from goodwill.store.people import Assignment, Person
from tests.cast import NOW, Cast, make_person


def reason(done: object) -> Reason | None:
    return done.reason if isinstance(done, Refusal) else None


def last_entry() -> tuple[str, dict[str, object]]:
    entry = JournalEntry.objects.latest("pk")
    return entry.kind, entry.facts


def test_roles_are_exactly_those_given(cast: Cast) -> None:
    head = cast.viewer(cast.head)
    wanted = {(Role.LOGISTICS, cast.back_unit.pk), (Role.AGENT, cast.shop_unit.pk)}
    assert reason(people.assign(cast.agent.pk, wanted, by=head, at=NOW)) is None
    assert {(Role(r), u) for r, u in cast.agent.assignments.values_list("role", "unit_id")} == wanted
    kind, facts = last_entry()
    assert kind == Entry.ROLES_CHANGED
    assert facts == {"person_id": cast.agent.pk, "given": [["logistics", cast.back_unit.pk]], "taken": []}
    before = JournalEntry.objects.count()
    assert reason(people.assign(cast.agent.pk, wanted, by=head, at=NOW)) is None
    assert JournalEntry.objects.count() == before


def test_without_a_role_nothing_is_seen_so_somebody_always_holds_one(cast: Cast) -> None:
    assert reason(people.assign(cast.agent.pk, set(), by=cast.viewer(cast.head), at=NOW)) is Reason.REQUIRED


def test_a_unit_that_is_not_there_is_no_choice(cast: Cast) -> None:
    done = people.assign(cast.agent.pk, {(Role.AGENT, 10**6)}, by=cast.viewer(cast.head), at=NOW)
    assert reason(done) is Reason.NOT_A_CHOICE


@pytest.mark.parametrize("who", ["agent", "mate", "stranger", "accountant", "manager"])
def test_who_manages_no_people_does_not_even_learn_that_they_exist(cast: Cast, who: str) -> None:
    by = cast.viewer(getattr(cast, who))
    for done in (
        people.assign(cast.mate.pk, {(Role.HEAD, None)}, by=by, at=NOW),
        people.rename(cast.mate.pk, "Other", by=by, at=NOW),
        people.close(cast.mate.pk, by=by, at=NOW),
        people.reopen(cast.mate.pk, by=by, at=NOW),
        people.hand_over(cast.manager.pk, cast.mate.pk, by=by, at=NOW),
    ):
        assert reason(done) is Reason.NOT_FOUND
    assert JournalEntry.objects.count() == 0


def test_a_customer_manages_nobody(cast: Cast) -> None:
    assert reason(people.close(cast.mate.pk, by=cast.customer, at=NOW)) is Reason.NOT_FOUND


def test_the_last_active_head_stays_a_head(cast: Cast) -> None:
    head = cast.viewer(cast.head)
    assert reason(people.assign(cast.head.pk, {(Role.AGENT, None)}, by=head, at=NOW)) is Reason.LAST_HEAD
    assert reason(people.close(cast.head.pk, by=head, at=NOW)) is Reason.LAST_HEAD
    invited = make_person("second@vektor.example", "Second", (Role.HEAD, None))
    Person.objects.get_queryset().filter(pk=invited.pk).update(joined_at=None)
    assert reason(people.close(cast.head.pk, by=head, at=NOW)) is Reason.LAST_HEAD, "an invited head cannot sign in"
    Person.objects.get_queryset().filter(pk=invited.pk).update(joined_at=NOW)
    assert reason(people.close(cast.head.pk, by=head, at=NOW)) is None
    assert reason(people.close(invited.pk, by=cast.viewer(invited), at=NOW)) is Reason.LAST_HEAD


def test_heads_are_made_and_changed_by_heads_only(cast: Cast) -> None:
    administrator = cast.viewer(cast.administrator)
    assert reason(people.assign(cast.agent.pk, {(Role.HEAD, None)}, by=administrator, at=NOW)) is Reason.NOT_ALLOWED
    assert reason(people.close(cast.head.pk, by=administrator, at=NOW)) is Reason.NOT_ALLOWED
    assert reason(people.rename(cast.head.pk, "X", by=administrator, at=NOW)) is Reason.NOT_ALLOWED
    assert reason(people.assign(cast.agent.pk, {(Role.LOGISTICS, None)}, by=administrator, at=NOW)) is None


def test_an_administrator_does_not_widen_their_own_roles(cast: Cast) -> None:
    done = people.assign(
        cast.administrator.pk,
        {(Role.ADMINISTRATOR, None), (Role.AGENT, cast.shop_unit.pk)},
        by=cast.viewer(cast.administrator),
        at=NOW,
    )
    assert reason(done) is Reason.NOT_ALLOWED


def test_a_closed_account_sees_nothing_and_opens_again_with_its_roles(cast: Cast) -> None:
    head = cast.viewer(cast.head)
    assert reason(people.close(cast.agent.pk, by=head, at=NOW)) is None
    assert reason(people.close(cast.agent.pk, by=head, at=NOW)) is Reason.ALREADY_SETTLED
    closed = Person.objects.get(pk=cast.agent.pk)
    assert closed.viewer().roles == frozenset()
    assert reason(people.reopen(cast.agent.pk, by=head, at=NOW)) is None
    assert reason(people.reopen(cast.agent.pk, by=head, at=NOW)) is Reason.ALREADY_SETTLED
    assert Person.objects.get(pk=cast.agent.pk).viewer().roles == {Role.AGENT}


def test_a_name_is_written_differently_and_never_into_the_journal(cast: Cast) -> None:
    head = cast.viewer(cast.head)
    assert reason(people.rename(cast.agent.pk, "  Anna Ágens ", by=head, at=NOW)) is None
    assert Person.objects.get(pk=cast.agent.pk).name == "Anna Ágens"
    assert last_entry() == (Entry.PERSON_CHANGED, {"person_id": cast.agent.pk, "field": "name"})
    assert reason(people.rename(cast.agent.pk, " ", by=head, at=NOW)) is Reason.REQUIRED
    assert reason(people.rename(cast.agent.pk, "x" * 121, by=head, at=NOW)) is Reason.TOO_LONG


def test_customers_are_handed_over_each_with_its_entry(cast: Cast) -> None:
    head = cast.viewer(cast.head)
    Customer.objects.filter(pk=cast.outsider.pk).update(owner=cast.mate, deputy=cast.manager)
    both = Customer.objects.create(kind="person", name="Both", owner=cast.manager, deputy=cast.agent, created_at=NOW)
    assert people.hand_over(cast.manager.pk, cast.agent.pk, by=head, at=NOW) == 3
    assert Customer.objects.get(pk=cast.buyer.pk).owner_id == cast.agent.pk
    outsider = Customer.objects.get(pk=cast.outsider.pk)
    assert (outsider.owner_id, outsider.deputy_id) == (cast.mate.pk, cast.agent.pk)
    both.refresh_from_db()
    assert (both.owner_id, both.deputy_id) == (cast.agent.pk, None), "nobody is the deputy of themselves"
    assert JournalEntry.objects.filter(kind=Entry.OWNER_CHANGED).count() == 3
    assert people.hand_over(cast.manager.pk, cast.agent.pk, by=head, at=NOW) == 0
    assert JournalEntry.objects.filter(kind=Entry.OWNER_CHANGED).count() == 3


def test_customers_go_to_an_active_other_person_only(cast: Cast) -> None:
    head = cast.viewer(cast.head)
    assert reason(people.hand_over(cast.manager.pk, cast.manager.pk, by=head, at=NOW)) is Reason.NOT_A_CHOICE
    people.close(cast.agent.pk, by=head, at=NOW)
    assert reason(people.hand_over(cast.manager.pk, cast.agent.pk, by=head, at=NOW)) is Reason.NOT_A_CHOICE


def test_handing_over_goes_on_in_batches(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "BATCH", 2)
    Customer.objects.bulk_create(
        Customer(kind="person", name=f"C{n}", owner=cast.manager, created_at=NOW) for n in range(4)
    )
    assert people.hand_over(cast.manager.pk, cast.mate.pk, by=cast.viewer(cast.head), at=NOW) == 5


def test_preferences_are_one_s_own_and_known(cast: Cast) -> None:
    done = people.prefer(cast.agent.pk, language="hu", zone="Asia/Tokyo", theme="dark", at=NOW)
    assert isinstance(done, Person)
    assert (done.language, done.zone, done.theme) == ("hu", "Asia/Tokyo", "dark")
    assert last_entry()[0] == Entry.PERSON_CHANGED
    before = JournalEntry.objects.count()
    people.prefer(cast.agent.pk, theme="dark", at=NOW + timedelta(hours=1))
    assert JournalEntry.objects.count() == before
    assert reason(people.prefer(cast.agent.pk, language="de", at=NOW)) is Reason.NOT_A_CHOICE
    assert reason(people.prefer(cast.agent.pk, zone="Moon/Base", at=NOW)) is Reason.NOT_A_ZONE
    assert reason(people.prefer(cast.agent.pk, theme="pink", at=NOW)) is Reason.NOT_A_CHOICE
    assert reason(people.prefer(10**6, theme="dark", at=NOW)) is Reason.NOT_FOUND


def test_nobody_is_no_manager(cast: Cast) -> None:
    assert reason(people.assign(cast.agent.pk, {(Role.AGENT, None)}, by=Viewer(), at=NOW)) is Reason.NOT_FOUND
    assert Assignment.objects.filter(person=cast.agent).count() == 1
