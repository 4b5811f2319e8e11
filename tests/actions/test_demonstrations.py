"""The demonstration: written once into an empty house, and its report finds the truth again."""

import random

import pytest

from goodwill.actions import demonstrations
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.reports import Grouping, Question
from goodwill.domain.simulated_firm import SimulatedFirm
from goodwill.domain.simulated_truth import truth
from goodwill.domain.simulation import simulate
from goodwill.domain.viewers import OPERATOR, Viewer
from goodwill.reads import reports
from goodwill.store.customers import SearchWord
from goodwill.store.firms import Firm
from goodwill.store.journal import JournalEntry
from goodwill.store.orders import Order
from goodwill.store.people import Person
from goodwill.store.promises import Promise
from goodwill.store.sites import Site
from tests.cast import NOW, Cast
from tests.domain.test_simulation import within


@pytest.fixture(scope="module")
def firm() -> SimulatedFirm:
    """The firm of seed 7, as of the tests' moment."""
    return simulate(random.Random(7), at=NOW)


@pytest.mark.django_db
def test_the_firm_is_written_down_once(firm: SimulatedFirm) -> None:
    loaded = demonstrations.load(firm, by=OPERATOR, at=NOW)
    assert isinstance(loaded, Firm)
    assert loaded.is_demonstration
    assert Order.objects.count() == len(firm.orders)
    assert Promise.objects.count() == len(firm.promises)
    assert SearchWord.objects.filter(word="ashdown").exists()
    head = Person.objects.get(pk=demonstrations.head_of_demonstration() or 0)
    assert head.email.startswith("head@")
    assert not head.has_usable_password()
    again = demonstrations.load(firm, by=OPERATOR, at=NOW)
    assert isinstance(again, Refusal)
    assert again.reason is Reason.ALREADY_SET_UP
    assert Order.objects.count() == len(firm.orders)


@pytest.mark.django_db
def test_a_house_with_a_firm_is_left_alone(cast: Cast, firm: SimulatedFirm) -> None:
    assert not demonstrations.load(firm, by=OPERATOR, at=NOW)
    assert not Order.objects.exists()
    assert demonstrations.head_of_demonstration() is None


@pytest.mark.django_db
def test_nobody_but_the_operator_loads_it(firm: SimulatedFirm) -> None:
    refused = demonstrations.load(firm, by=Viewer(person_id=1), at=NOW)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.NOT_ALLOWED
    assert not Firm.objects.exists()


@pytest.mark.django_db
def test_the_journal_tells_of_each_promise_once_and_in_order_of_time(firm: SimulatedFirm) -> None:
    demonstrations.load(firm, by=OPERATOR, at=NOW)
    entries = list(JournalEntry.objects.order_by("pk").values_list("kind", "at", "promise_id"))
    made = [promise_id or 0 for kind, _, promise_id in entries if kind == "promise_made"]
    assert sorted(made) == sorted(Promise.objects.values_list("pk", flat=True))
    broken = [promise_id or 0 for kind, _, promise_id in entries if kind == "promise_broken"]
    assert sorted(broken) == sorted(Promise.objects.filter(outcome__startswith="broken").values_list("pk", flat=True))
    moments = [at for kind, at, _ in entries if kind != "firm_set_up"]
    assert moments == sorted(moments)
    assert max(moments) <= NOW


@pytest.mark.django_db
def test_the_report_finds_the_truth_again(firm: SimulatedFirm) -> None:
    demonstrations.load(firm, by=OPERATOR, at=NOW)
    told = truth()
    for name, carriers in told.share_broken.items():
        site = Site.objects.get(name=name)
        question = Question(at=NOW, by=Grouping.CARRIER, within=((Grouping.SITE, str(site.pk)),))
        lines = {line.key: line for line in reports.promises(OPERATOR, question).lines}
        for carrier, p in carriers.items():
            line = lines[carrier]
            assert within(line.broken, line.n, p), (name, carrier)
