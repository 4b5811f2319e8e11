"""The demonstration: written once into an empty house, and its report finds the truth again."""

from collections import Counter, defaultdict

import pytest

from goodwill.actions import customers, demonstrations
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.reports import Grouping, Question
from goodwill.domain.simulated_cast import SITES
from goodwill.domain.simulated_firm import SimulatedBlock
from goodwill.domain.simulated_lives import late_chance
from goodwill.domain.simulated_seasons import PEAK, is_within
from goodwill.domain.simulation import FIRM, SIZES, Plan
from goodwill.domain.viewers import OPERATOR, Viewer
from goodwill.reads import reports
from goodwill.store.customers import ContactPerson, Customer, SearchWord
from goodwill.store.firms import Firm
from goodwill.store.interactions import Interaction
from goodwill.store.journal import JournalEntry
from goodwill.store.orders import Order, OrderLine, Payment, Shipment
from goodwill.store.people import Person
from goodwill.store.promises import Promise
from goodwill.store.ratings import Rating
from goodwill.store.sites import Site
from tests.cast import NOW, Cast
from tests.simulated import Drawn, blocks, within

BEGUN = Plan(700, NOW).begun_at
MANY = {"orders": 700, "most": 45}
"""A firm in three blocks."""


@pytest.fixture(scope="module")
def drawn() -> list[SimulatedBlock]:
    """A firm of one block, as of the tests' moment."""
    return list(blocks(700, at=NOW))


def load(some: list[SimulatedBlock], *, by: Viewer = OPERATOR) -> Firm | Refusal:
    return demonstrations.load(FIRM, some, by=by, at=BEGUN)


def state() -> dict[str, object]:
    """What is in the books, by the numbers that people know it by."""
    return {
        "customers": sorted(Customer.objects.values_list("number", "name", "sort_name", "last_heard_at", "own")),
        "words": sorted(SearchWord.objects.values_list("customer__number", "word")),
        "orders": sorted(Order.objects.values_list("number", "customer__number", "placed_at", "items_minor")),
        "promises": sorted(
            Promise.objects.values_list("order__number", "customer__number", "due_at", "outcome", "what").exclude(
                order=None
            )
        ),
        "ratings": sorted(Rating.objects.values_list("order__number", "overall", "answered_at")),
        "contacts": sorted(Interaction.objects.values_list("customer__number", "at", "words")),
        "journal": Counter(JournalEntry.objects.values_list("kind", "at")),
    }


@pytest.mark.django_db
def test_the_firm_is_written_down_once(drawn: list[SimulatedBlock]) -> None:
    told: list[int] = []
    loaded = demonstrations.load(FIRM, drawn, by=OPERATOR, at=BEGUN, tell=lambda block: told.append(block.number))
    assert isinstance(loaded, Firm)
    assert loaded.is_demonstration
    assert told == [0]
    (block,) = drawn
    assert Order.objects.count() == Shipment.objects.count() == Payment.objects.count() == len(block.orders)
    assert OrderLine.objects.count() == sum(len(order.lines) for order in block.orders)
    assert Promise.objects.count() == len(block.promises)
    assert Interaction.objects.count() == len(block.interactions)
    assert Rating.objects.count() == len(block.ratings)
    assert ContactPerson.objects.count() == sum(len(customer.speaks_for) for customer in block.customers)
    assert SearchWord.objects.filter(word="ashdown").exists()
    head = Person.objects.get(pk=demonstrations.head_of_demonstration() or 0)
    assert head.email.startswith("head@")
    assert not head.has_usable_password()
    again = load(drawn)
    assert isinstance(again, Refusal)
    assert again.reason is Reason.ALREADY_SET_UP
    assert Order.objects.count() == len(block.orders)


@pytest.mark.django_db
def test_customers_are_found_as_if_they_had_been_written_down_one_by_one(drawn: list[SimulatedBlock]) -> None:
    load(drawn)
    before = state()
    customers.index_words(Customer.objects.exclude(kind="unit").values_list("pk", flat=True))
    assert state() == before


@pytest.mark.django_db
def test_ids_go_on_after_the_reserved_ones(drawn: list[SimulatedBlock]) -> None:
    load(drawn)
    last = Order.objects.order_by("-pk").values_list("pk", flat=True)[0]
    customer = Customer.objects.create(kind="person", name="One more", created_at=NOW)
    more = Order.objects.create(
        number="1", customer=customer, site=Site.objects.all()[0], placed_at=NOW, status="placed", currency="EUR"
    )
    assert more.pk > last


@pytest.mark.django_db
def test_a_load_that_was_stopped_goes_on_after_its_last_block() -> None:
    whole = list(blocks(**MANY, at=NOW))
    assert len(whole) == 3

    def stopped(block: SimulatedBlock) -> None:
        if block.number == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demonstrations.load(FIRM, iter(whole), by=OPERATOR, at=BEGUN, tell=stopped)
    assert demonstrations.is_unfinished()
    assert Order.objects.count() == len(whole[0].orders) + len(whole[1].orders)
    told: list[int] = []
    loaded = demonstrations.load(FIRM, iter(whole), by=OPERATOR, at=BEGUN, tell=lambda block: told.append(block.number))
    assert isinstance(loaded, Firm)
    assert told == [0, 1, 2]
    assert not demonstrations.is_unfinished()
    assert sorted(Order.objects.values_list("number", flat=True)) == sorted(
        order.number for block in whole for order in block.orders
    )


@pytest.mark.django_db
def test_blocks_of_another_firm_do_not_go_on_with_it() -> None:
    first = next(blocks(**MANY, at=NOW))

    def stopped(_: SimulatedBlock) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demonstrations.load(FIRM, [first], by=OPERATOR, at=BEGUN, tell=stopped)
    refused = load(list(blocks(SIZES["small"], at=NOW)))
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.ALREADY_SET_UP
    assert Order.objects.count() == len(first.orders)


@pytest.mark.django_db
def test_a_house_with_a_firm_is_left_alone(cast: Cast, drawn: list[SimulatedBlock]) -> None:
    assert not demonstrations.is_unfinished()
    assert not load(drawn)
    assert not Order.objects.exists()
    assert demonstrations.head_of_demonstration() is None


@pytest.mark.django_db
def test_nobody_but_the_operator_loads_it(drawn: list[SimulatedBlock]) -> None:
    refused = load(drawn, by=Viewer(person_id=1))
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.NOT_ALLOWED
    assert not Firm.objects.exists()


@pytest.mark.django_db
def test_the_journal_tells_of_each_promise_once_and_in_order_of_time(drawn: list[SimulatedBlock]) -> None:
    load(drawn)
    entries = list(JournalEntry.objects.order_by("pk").values_list("kind", "at", "promise_id"))
    made = [promise_id or 0 for kind, _, promise_id in entries if kind == "promise_made"]
    assert sorted(made) == sorted(Promise.objects.values_list("pk", flat=True))
    broken = [promise_id or 0 for kind, _, promise_id in entries if kind == "promise_broken"]
    assert sorted(broken) == sorted(Promise.objects.filter(outcome__startswith="broken").values_list("pk", flat=True))
    moments = [at for _, at, _ in entries]
    assert moments == sorted(moments)
    assert max(moments) <= NOW


@pytest.mark.django_db
def test_the_facts_of_the_journal_are_those_of_the_rows(drawn: list[SimulatedBlock]) -> None:
    load(drawn)
    said = Interaction.objects.filter(contact__isnull=False, order__isnull=False)[0]
    facts = JournalEntry.objects.get(kind="interaction_recorded", facts__interaction_id=said.pk)
    assert facts.facts["touchpoint_id"] == said.touchpoint_id
    assert (facts.customer_id, facts.order_id, facts.actor_id) == (said.customer_id, said.order_id, said.person_id)
    assert (facts.facts["is_mailing"], facts.facts["direction"]) == (False, said.direction)
    late = Promise.objects.filter(outcome="broken_warned", acted_at__isnull=False)[0]
    kinds = list(JournalEntry.objects.filter(promise_id=late.pk).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["promise_made", "promise_warned", "promise_broken", "promise_fulfilled_late"]


@pytest.mark.django_db
def test_the_report_finds_the_truth_again() -> None:
    drawn = list(blocks(SIZES["small"], at=NOW))
    load(drawn)
    n: Counter[tuple[int, str]] = Counter()
    late: defaultdict[tuple[int, str], float] = defaultdict(float)
    for promise, order in Drawn(drawn).deliveries:
        if promise.acted_at or promise.outcome.is_broken:
            in_peak = is_within(promise.promised_on, PEAK)
            n[order.site, order.carrier] += 1
            late[order.site, order.carrier] += late_chance(SITES[order.site], order.carrier, in_peak=in_peak)
    for number, site in enumerate(SITES):
        pk = Site.objects.get(name=site.name).pk
        question = Question(at=NOW, by=Grouping.CARRIER, within=((Grouping.SITE, str(pk)),))
        lines = {line.key: line for line in reports.promises(OPERATOR, question).lines}
        for carrier in site.carriers:
            line = lines[carrier]
            assert line.n <= n[number, carrier] <= line.n + line.broken
            assert within(line.broken, line.n, late[number, carrier] / n[number, carrier]), (site.name, carrier)
