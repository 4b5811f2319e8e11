"""Search: what is found, in which order, and what never is."""

from itertools import pairwise

import pytest

from goodwill.actions import addresses, customers
from goodwill.actions.addresses import AddressFacts
from goodwill.domain.customers import AddressKind
from goodwill.reads import search, sight
from goodwill.store.customers import Customer
from goodwill.store.firms import Firm
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def add(cast: Cast, name: str, **fields: object) -> Customer:
    defaults = {"kind": "person", "site": cast.shop, "created_at": NOW}
    made = Customer.objects.create(name=name, **(defaults | fields))
    customers.index_words([made.pk])
    return made


def names(cast: Cast, text: str, *, person: str = "agent", limit: int = 20) -> list[str]:
    viewer = cast.viewer(getattr(cast, person))
    return [found.label for found in search.find_customers(viewer, text, limit=limit)]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Őrségi-Szűcs Ágnes", "orsegi"),
        ("Őrségi-Szűcs Ágnes", "AGNES ŐRS"),
        ("Фёдор Ёлкин", "федор елк"),
        ("Сергей Йод", "ЙОД"),
        ("Müller & Söhne GmbH", "mull soh"),
        ("Weiß", "weiss"),
        ("Łódź Fabryczna", "lodz"),
        ("O'Brien", "brien"),
    ],
)
def test_case_accents_and_alphabets_do_not_hide_a_name(cast: Cast, name: str, typed: str) -> None:
    add(cast, name)
    assert names(cast, typed) == [name]


@pytest.mark.parametrize(
    "typed", ["030 1234567", "+49 30 123-45-67", "49301234567", "0301234567", "1234567", "03012345"]
)
def test_a_telephone_is_found_however_it_is_dialled(cast: Cast, typed: str) -> None:
    by = cast.viewer(cast.agent)
    addresses.add(cast.buyer.pk, AddressFacts(AddressKind.PHONE, "+49 30 1234567"), by=by, at=NOW)
    assert names(cast, typed) == ["Berta Buyer"]


@pytest.mark.parametrize(
    ("country", "written", "typed"),
    [("HU", "+36 30 123 4567", "0630123"), ("RU", "+7 912 345-67-89", "8912345"), ("US", "+1 212 555 0123", "1212555")],
)
def test_the_beginning_of_a_telephone_is_dialled_as_in_its_country(
    cast: Cast, country: str, written: str, typed: str
) -> None:
    Firm.objects.update(country=country)
    by = cast.viewer(cast.agent)
    addresses.add(cast.buyer.pk, AddressFacts(AddressKind.PHONE, written), by=by, at=NOW)
    assert names(cast, typed) == ["Berta Buyer"]


def test_mail_number_and_key_find_their_customer(cast: Cast) -> None:
    by = cast.viewer(cast.agent)
    addresses.add(cast.buyer.pk, AddressFacts(AddressKind.EMAIL, "b.buyer@example.org"), by=by, at=NOW)
    add(cast, "", source="olist", external_key="7c396fd4830fd04220f754e42b4e5bff")
    assert names(cast, "b.buyer@exam") == ["Berta Buyer"]
    assert names(cast, "k-1") == ["Berta Buyer"]
    assert names(cast, "7c396fd4") == ["Customer 7c396fd4…"]


def test_every_word_must_fit_and_no_word_finds_nothing(cast: Cast) -> None:
    add(cast, "Anna Kovács")
    add(cast, "Anna Kiss")
    assert names(cast, "anna kov") == ["Anna Kovács"]
    assert names(cast, "anna kov kiss") == []
    assert names(cast, "") == names(cast, "  . ") == names(cast, "%") == names(cast, "_") == []


def test_whole_words_come_first_and_then_own_customers(cast: Cast) -> None:
    add(cast, "Annabell Früh")
    add(cast, "Anna Zuletzt")
    add(cast, "Anna Mein", owner=cast.agent)
    assert names(cast, "anna") == ["Anna Mein", "Anna Zuletzt", "Annabell Früh"]


def test_each_viewer_finds_own_sight_only(cast: Cast) -> None:
    customers.index_words([cast.buyer.pk, cast.outsider.pk])
    cast.order(cast.outsider, site=cast.elsewhere, number="E-77")
    cast.order(number="A-77")
    for person, sees in (("agent", "Berta Buyer"), ("mate", "Berta Buyer"), ("manager", "Berta Buyer")):
        assert names(cast, "berta", person=person) == [sees]
        assert names(cast, "otto", person=person) == []
    assert names(cast, "berta", person="stranger") == []
    assert names(cast, "otto", person="stranger") == ["Otto Outside"]
    assert names(cast, "otto", person="head") == ["Otto Outside"]
    for person in ("administrator", "accountant"):
        assert names(cast, "berta", person=person) == []
    assert search.find(cast.customer, "berta") == search.Found()
    assert [order.number for order in search.find(cast.viewer(cast.agent), "a-7").orders] == ["A-77"]
    assert search.find(cast.viewer(cast.stranger), "a-7").orders == ()


def test_order_numbers_are_found_in_any_case_and_with_a_sign(cast: Cast) -> None:
    cast.order(number="WEB-2026-0017")
    viewer = cast.viewer(cast.agent)
    for typed in ("web-2026", "WEB-2026-0017", "#web", "№ WEB-2026"):
        assert [order.number for order in search.find_orders(viewer, typed)] == ["WEB-2026-0017"]


@pytest.mark.parametrize("few", [0, 1000])
def test_an_agent_with_few_customers_finds_hers_among_thousands_of_namesakes(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(search, "WINDOW", 50)
    monkeypatch.setattr(sight, "FEW", few)
    crowd = Customer.objects.bulk_create(
        Customer(kind="person", name=f"Anna Other{n}", site=cast.elsewhere, created_at=NOW) for n in range(120)
    )
    customers.index_words(row.pk for row in crowd)
    add(cast, "Anna Here")
    bought = add(cast, "Anna Bought", site=None)
    cast.order(bought)
    assert names(cast, "anna") == ["Anna Bought", "Anna Here"]
    assert names(cast, "an") == ["Anna Bought", "Anna Here"]
    assert len(names(cast, "anna", person="head", limit=7)) == 7


def test_a_customer_of_many_fitting_words_hides_nobody_else(cast: Cast) -> None:
    add(cast, " ".join(f"Ann{letter}" for letter in "abcdefghij"))
    add(cast, "Annx Last")
    add(cast, "Annx Lost")
    assert names(cast, "ann", limit=2) == ["Anna Annb Annc Annd Anne Annf Anng Annh Anni Annj", "Annx Last"]
    assert names(cast, "ann la", limit=2) == ["Annx Last"]


def test_two_frequent_words_find_those_of_both_within_the_window(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "WINDOW", 30)
    monkeypatch.setattr(sight, "FEW", 0)
    crowd = Customer.objects.bulk_create(
        Customer(kind="person", name=name, site=site, created_at=NOW)
        for n in range(40)
        for name, site in (
            (f"Anna Other{n}", cast.shop),
            (f"Kata Balog{n}", cast.shop),
            (f"Anna Bal{n}", cast.elsewhere),
        )
    )
    customers.index_words(row.pk for row in crowd)
    add(cast, "Anna Balog")
    assert names(cast, "anna bal") == ["Anna Balog"]
    assert len(names(cast, "anna bal", person="head", limit=50)) == 15
    assert search.find(cast.viewer(cast.head), "anna bal", limit=50).has_more


def test_the_search_says_when_there_are_more(cast: Cast) -> None:
    for n in range(5):
        add(cast, f"Zed {n}")
    viewer = cast.viewer(cast.agent)
    assert search.find(viewer, "zed", limit=4).has_more
    assert not search.find(viewer, "zed", limit=5).has_more


@pytest.mark.parametrize("prefix", ["a", "zz", "й", "\ud7ff", "a\U0010ffff", "7"])
def test_the_end_of_a_range_lies_after_everything_that_begins_so(prefix: str) -> None:
    end = search._next(prefix)
    for text, later in pairwise([prefix, prefix + "a", prefix + "\U0010fffe", end]):
        assert text < later
