"""Deeds on customers: tried twice, and as the stranger."""

import pytest

from goodwill.actions import addresses, cards, contact_people, customers, orders, own_fields, tags
from goodwill.actions.addresses import AddressFacts
from goodwill.actions.customers import CustomerFacts
from goodwill.domain.customers import AddressKind, CustomerKind
from goodwill.domain.entries import Entry
from goodwill.domain.own_fields import FieldKind, FieldNoun
from goodwill.domain.refusals import Reason, Refusal
from goodwill.store.addresses import Address
from goodwill.store.customers import Customer, SearchWord
from goodwill.store.journal import JournalEntry
from goodwill.store.tags import OwnField, Tag
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db
PERSON, ORGANISATION = CustomerKind.PERSON, CustomerKind.ORGANISATION


def entries(kind: Entry) -> int:
    return JournalEntry.objects.filter(kind=kind.value).count()


def reason(done: object) -> tuple[Reason, str]:
    assert isinstance(done, Refusal), done
    return done.reason, done.field


def words(customer: Customer) -> set[str]:
    return set(SearchWord.objects.filter(customer=customer).values_list("word", flat=True))


def test_an_agent_adds_only_to_her_own_sites(cast: Cast) -> None:
    by = cast.viewer(cast.agent)
    here, there = (
        CustomerFacts(PERSON, "Ida", site_id=cast.shop.pk),
        CustomerFacts(PERSON, "Ida", site_id=cast.elsewhere.pk),
    )
    assert isinstance(customers.add(here, by=by, at=NOW), Customer)
    assert reason(customers.add(there, by=by, at=NOW)) == (Reason.NOT_A_CHOICE, "site")
    assert reason(customers.add(CustomerFacts(PERSON, "Ida"), by=by, at=NOW)) == (Reason.REQUIRED, "site")
    own = customers.add(CustomerFacts(PERSON, "Ida"), owner_id=cast.agent.pk, by=by, at=NOW)
    assert isinstance(own, Customer)
    assert Customer.objects.visible_to(by).filter(pk=own.pk).exists()


def test_an_account_manager_owns_whom_she_adds(cast: Cast) -> None:
    by = cast.viewer(cast.manager)
    added = customers.add(CustomerFacts(PERSON, "Ida"), by=by, at=NOW)
    assert isinstance(added, Customer)
    assert added.owner == cast.manager


def test_nobody_without_the_role_adds_a_customer(cast: Cast) -> None:
    for viewer in (cast.viewer(cast.accountant), cast.viewer(cast.administrator), cast.customer):
        done = customers.add(CustomerFacts(PERSON, "Ida", site_id=cast.shop.pk), by=viewer, at=NOW)
        assert reason(done) == (Reason.NOT_ALLOWED, "")
    assert entries(Entry.CUSTOMER_ADDED) == 0


def test_a_customer_without_a_name_or_with_too_long_a_one_is_refused(cast: Cast) -> None:
    by = cast.viewer(cast.head)
    assert reason(customers.add(CustomerFacts(PERSON, "  "), by=by, at=NOW)) == (Reason.REQUIRED, "name")
    assert reason(customers.add(CustomerFacts(PERSON, "x" * 201), by=by, at=NOW)) == (Reason.TOO_LONG, "name")
    assert reason(customers.add(CustomerFacts(CustomerKind.UNIT, "Unit"), by=by, at=NOW)) == (
        Reason.NOT_A_CHOICE,
        "kind",
    )


def test_a_change_made_twice_is_written_down_once(cast: Cast) -> None:
    by, facts = cast.viewer(cast.agent), CustomerFacts(PERSON, "Berta Käufer", "K-1", site_id=cast.shop.pk)
    for _ in range(2):
        assert isinstance(customers.change(cast.buyer.pk, facts, by=by, at=NOW), Customer)
    assert entries(Entry.CUSTOMER_CHANGED) == 1
    entry = JournalEntry.objects.get(kind=Entry.CUSTOMER_CHANGED.value)
    assert entry.facts == {"fields": ["name"]}
    assert words(cast.buyer) == {"berta", "kaufer", "k-1"}


def test_the_stranger_changes_nothing(cast: Cast) -> None:
    by = cast.viewer(cast.stranger)
    facts = CustomerFacts(PERSON, "Mine now", site_id=cast.elsewhere.pk)
    email = AddressFacts(AddressKind.EMAIL, "x@example.org")
    gone = (Reason.NOT_FOUND, "")
    pk = cast.buyer.pk
    order = cast.order()
    assert reason(customers.change(pk, facts, by=by, at=NOW)) == gone
    assert reason(customers.hand_over(pk, owner_id=cast.stranger.pk, deputy_id=None, by=by, at=NOW)) == gone
    assert reason(addresses.add(pk, email, by=by, at=NOW)) == gone
    assert reason(tags.put_on_customer(pk, "mine", by=by, at=NOW)) == gone
    assert reason(tags.put_on_order(order.pk, "mine", by=by, at=NOW)) == gone
    assert reason(own_fields.fill_customer(pk, {}, by=by, at=NOW)) == gone
    assert reason(own_fields.fill_order(order.pk, {}, by=by, at=NOW)) == gone
    assert reason(orders.name_user(order.pk, cast.outsider.pk, by=by, at=NOW)) == gone
    assert reason(contact_people.part(pk, cast.outsider.pk, by=by, at=NOW)) == gone
    assert not JournalEntry.objects.exists()
    assert not Tag.objects.exists()


def test_a_customer_is_handed_over_without_losing_anything(cast: Cast) -> None:
    order, promise = cast.order(), cast.promise()
    by = cast.viewer(cast.manager)
    done = customers.hand_over(cast.buyer.pk, owner_id=cast.agent.pk, deputy_id=cast.mate.pk, by=by, at=NOW)
    assert isinstance(done, Customer)
    entry = JournalEntry.objects.get(kind=Entry.OWNER_CHANGED.value)
    assert entry.facts == {
        "owner_id": cast.agent.pk,
        "deputy_id": cast.mate.pk,
        "owner_was": cast.manager.pk,
        "deputy_was": None,
    }
    order.refresh_from_db()
    promise.refresh_from_db()
    assert (order.customer, promise.customer, promise.person) == (cast.buyer, cast.buyer, cast.agent)
    # The manager sees own customers only, and this one is hers no more.
    assert reason(customers.hand_over(cast.buyer.pk, owner_id=None, deputy_id=None, by=by, at=NOW)) == (
        Reason.NOT_FOUND,
        "",
    )
    again = cast.viewer(cast.agent)
    customers.hand_over(cast.buyer.pk, owner_id=cast.agent.pk, deputy_id=cast.mate.pk, by=again, at=NOW)
    assert entries(Entry.OWNER_CHANGED) == 1


def test_owner_and_deputy_are_two_people_who_work_here(cast: Cast) -> None:
    by, pk = cast.viewer(cast.head), cast.buyer.pk
    agent = cast.agent.pk
    assert reason(customers.hand_over(pk, owner_id=agent, deputy_id=agent, by=by, at=NOW)) == (
        Reason.NOT_A_CHOICE,
        "deputy",
    )
    assert reason(customers.hand_over(pk, owner_id=None, deputy_id=agent, by=by, at=NOW)) == (Reason.REQUIRED, "owner")
    cast.mate.is_active = False
    cast.mate.save()
    assert reason(customers.hand_over(pk, owner_id=cast.mate.pk, deputy_id=None, by=by, at=NOW)) == (
        Reason.NOT_A_CHOICE,
        "owner",
    )


def test_an_address_is_found_as_long_as_it_stands(cast: Cast) -> None:
    by = cast.viewer(cast.agent)
    added = addresses.add(cast.buyer.pk, AddressFacts(AddressKind.PHONE, "030 / 1234567"), by=by, at=NOW)
    assert isinstance(added, Address)
    assert added.value == "+49301234567"
    assert {"49301234567", "301234567", "1234567"} <= words(cast.buyer)
    again = addresses.add(cast.buyer.pk, AddressFacts(AddressKind.PHONE, "+49 30 1234567"), by=by, at=NOW)
    assert again == added
    assert entries(Entry.CUSTOMER_CHANGED) == 1
    addresses.correct(added.pk, AddressFacts(AddressKind.PHONE, "030 7654321"), by=by, at=NOW)
    assert "1234567" not in words(cast.buyer)
    assert "7654321" in words(cast.buyer)
    assert isinstance(addresses.remove(added.pk, by=by, at=NOW), Customer)
    assert words(cast.buyer) == {"berta", "buyer", "k-1"}
    assert reason(addresses.remove(added.pk, by=by, at=NOW)) == (Reason.NOT_FOUND, "")


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        (AddressFacts(AddressKind.EMAIL, "a b@c.de"), (Reason.NOT_AN_ADDRESS, "value")),
        (AddressFacts(AddressKind.EMAIL, ""), (Reason.REQUIRED, "value")),
        (AddressFacts(AddressKind.PHONE, "soon"), (Reason.NOT_A_TELEPHONE, "value")),
        (AddressFacts(AddressKind.POSTAL, ""), (Reason.REQUIRED, "value")),
        (AddressFacts(AddressKind.POSTAL, "Main St", country="Germany"), (Reason.NOT_A_CHOICE, "country")),
        (AddressFacts(AddressKind.POSTAL, "Main St", postcode="1" * 17), (Reason.TOO_LONG, "postcode")),
    ],
)
def test_an_address_that_cannot_be_is_refused_with_its_field(
    cast: Cast, facts: AddressFacts, refused: tuple[Reason, str]
) -> None:
    assert reason(addresses.add(cast.buyer.pk, facts, by=cast.viewer(cast.agent), at=NOW)) == refused


def test_a_customer_with_one_wrong_part_is_not_added_at_all(cast: Cast) -> None:
    OwnField.objects.create(noun="customer", key="size", label="Size", kind="number")
    by, facts = cast.viewer(cast.head), CustomerFacts(PERSON, "Half Way")
    wrong = [AddressFacts(AddressKind.PHONE, "12")]
    assert reason(cards.write(facts, wrong, {}, by=by, at=NOW)) == (Reason.NOT_A_TELEPHONE, "phone")
    assert reason(cards.write(facts, [], {"size": "big"}, by=by, at=NOW)) == (Reason.NOT_A_NUMBER, "own_size")
    changed = CustomerFacts(PERSON, "Berta Changed")
    assert reason(cards.rewrite(cast.buyer.pk, changed, {"size": "big"}, by=by, at=NOW)) == (
        Reason.NOT_A_NUMBER,
        "own_size",
    )
    assert not Customer.objects.filter(name__in=["Half Way", "Berta Changed"]).exists()
    assert not JournalEntry.objects.exists()


def test_a_person_speaks_for_several_organisations_once_each(cast: Cast) -> None:
    by = cast.viewer(cast.head)
    firms = [Customer.objects.create(kind="organisation", name=name, created_at=NOW) for name in ("A", "B")]
    for firm in (*firms, firms[0]):
        contact_people.join(firm.pk, cast.buyer.pk, "Buyer", by=by, at=NOW)
    assert cast.buyer.organisations.count() == 2
    assert entries(Entry.CUSTOMER_CHANGED) == 4  # on both pages of each pair
    assert reason(contact_people.join(cast.buyer.pk, firms[0].pk, by=by, at=NOW)) == (
        Reason.NOT_A_CHOICE,
        "organisation",
    )
    assert reason(contact_people.join(firms[0].pk, firms[1].pk, by=by, at=NOW)) == (Reason.NOT_A_PERSON, "person")
    kind = CustomerFacts(PERSON, "A")
    assert reason(customers.change(firms[0].pk, kind, by=by, at=NOW)) == (Reason.NOT_A_CHOICE, "kind")
    assert contact_people.part(firms[0].pk, cast.buyer.pk, by=by, at=NOW) is True
    assert contact_people.part(firms[0].pk, cast.buyer.pk, by=by, at=NOW) is False


def test_an_agent_joins_nobody_whom_she_does_not_see(cast: Cast) -> None:
    firm = Customer.objects.create(kind="organisation", name="A", site=cast.shop, created_at=NOW)
    done = contact_people.join(firm.pk, cast.outsider.pk, by=cast.viewer(cast.agent), at=NOW)
    assert reason(done) == (Reason.NOT_FOUND, "person")


def test_buyer_and_user_of_a_purchase_may_differ(cast: Cast) -> None:
    by, order = cast.viewer(cast.head), cast.order()
    for _ in range(2):
        orders.name_user(order.pk, cast.outsider.pk, by=by, at=NOW)
    order.refresh_from_db()
    assert (order.customer, order.user) == (cast.buyer, cast.outsider)
    assert entries(Entry.ORDER_CHANGED) == 1
    orders.name_user(order.pk, cast.buyer.pk, by=by, at=NOW)
    order.refresh_from_db()
    assert order.user is None
    done = orders.name_user(order.pk, cast.outsider.pk, by=cast.viewer(cast.agent), at=NOW)
    assert reason(done) == (Reason.NOT_FOUND, "user")


def test_a_tag_is_one_word_whatever_its_case_and_goes_when_nothing_carries_it(cast: Cast) -> None:
    by, order = cast.viewer(cast.agent), cast.order()
    first = tags.put_on_customer(cast.buyer.pk, "  Приоритет ", by=by, at=NOW)
    second = tags.put_on_order(order.pk, "приоритет", by=by, at=NOW)
    tags.put_on_order(order.pk, "ПРИОРИТЕТ", by=by, at=NOW)
    assert isinstance(first, Tag)
    assert first == second
    assert entries(Entry.TAG_CHANGED) == 2
    assert tags.take_off_customer(cast.buyer.pk, first.pk, by=by, at=NOW) is True
    assert tags.take_off_customer(cast.buyer.pk, first.pk, by=by, at=NOW) is False
    assert Tag.objects.count() == 1
    assert tags.take_off_order(order.pk, first.pk, by=by, at=NOW) is True
    assert not Tag.objects.exists()
    assert reason(tags.put_on_customer(cast.buyer.pk, " , ", by=by, at=NOW)) == (Reason.REQUIRED, "tag")
    assert reason(tags.put_on_customer(cast.buyer.pk, "x" * 41, by=by, at=NOW)) == (Reason.TOO_LONG, "tag")


def test_own_fields_are_defined_by_a_head_and_filled_by_an_agent(cast: Cast) -> None:
    head, agent = cast.viewer(cast.head), cast.viewer(cast.agent)
    define = own_fields.define
    assert reason(define(FieldNoun.CUSTOMER, "Size", FieldKind.TEXT, by=agent, at=NOW)) == (Reason.NOT_ALLOWED, "")
    field = define(FieldNoun.CUSTOMER, "Colour", FieldKind.CHOICE, ["red", " red", "blue"], by=head, at=NOW)
    assert isinstance(field, OwnField)
    assert (field.key, field.choices) == ("colour", ["red", "blue"])
    assert reason(define(FieldNoun.CUSTOMER, "colour", FieldKind.TEXT, by=head, at=NOW)) == (
        Reason.ALREADY_USED,
        "label",
    )
    assert reason(define(FieldNoun.ORDER, "Way", FieldKind.CHOICE, ["one"], by=head, at=NOW)) == (
        Reason.REQUIRED,
        "choices",
    )
    for _ in range(2):
        own_fields.fill_customer(cast.buyer.pk, {"colour": "red", "unknown": "x"}, by=agent, at=NOW)
    cast.buyer.refresh_from_db()
    assert cast.buyer.own == {"colour": "red"}
    assert JournalEntry.objects.filter(kind=Entry.OWN_FIELD_CHANGED.value, customer_id=cast.buyer.pk).count() == 1
    assert "red" not in str(list(JournalEntry.objects.values_list("facts", flat=True)))
    own_fields.redefine(field.pk, "Colour", ["blue", "green"], by=head, at=NOW)
    # What was given stays, though it is no longer offered.
    assert isinstance(own_fields.fill_customer(cast.buyer.pk, {"colour": "red"}, by=agent, at=NOW), Customer)
    own_fields.fill_customer(cast.buyer.pk, {"colour": ""}, by=agent, at=NOW)
    cast.buyer.refresh_from_db()
    assert cast.buyer.own == {}
    assert own_fields.withdraw(field.pk, by=head, at=NOW) is True
    assert own_fields.withdraw(field.pk, by=head, at=NOW) is False


def test_sort_key_and_words_follow_a_name_changed_behind_their_back(cast: Cast) -> None:
    Customer.objects.filter(pk=cast.buyer.pk).update(name="Ödön")
    customers.index_words([cast.buyer.pk])
    cast.buyer.refresh_from_db()
    assert cast.buyer.sort_name == "odon"
    assert words(cast.buyer) == {"odon", "k-1"}
    customers.index_words([cast.buyer.pk, cast.buyer.pk, 999_999])
    assert words(cast.buyer) == {"odon", "k-1"}
