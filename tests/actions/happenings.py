"""Things that happen in a house, by chance."""

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from goodwill.actions import (
    corrections,
    customers,
    entries,
    erasures,
    imports_undo,
    promises,
    settling,
    sites,
    sweeps,
)
from goodwill.actions.customers import CustomerFacts
from goodwill.actions.interactions import Contact
from goodwill.actions.settling import Consent
from goodwill.domain.customers import CustomerKind
from goodwill.domain.interactions import Channel, Direction
from goodwill.domain.records import Correction, PromiseKind, Withdrawal
from goodwill.domain.refusals import Refusal
from goodwill.domain.targets import Moment
from goodwill.domain.viewers import OPERATOR
from goodwill.store.customers import Customer
from goodwill.store.imports import Import
from goodwill.store.promises import Promise
from tests.actions.importing import HEADER, ROWS, bring, put
from tests.cast import NOW, Cast


class Deeds:
    """Things that happen in a house, by chance."""

    def __init__(self, cast: Cast, folder: Path, seed: int) -> None:
        self.cast, self.folder, self.chance, self.at = cast, folder, random.Random(seed), NOW
        self.number = 0
        self.done: set[str] = set()

    def one(self) -> None:
        """Something happens; whether it is refused does not matter."""
        self.at += timedelta(hours=self.chance.randint(1, 900))
        deed: Callable[[], object] = self.chance.choice(
            [self.note, self.note, self.keep, self.move, self.withdraw, self.sweep, self.correct, self.person,
             self.change, self.erase, self.bring, self.bring, self.amend, self.amend, self.take_back, self.site]
        )  # fmt: skip
        done = deed()
        if done is not None and not isinstance(done, Refusal):
            self.done.add(deed.__name__)

    def _promise(self) -> int:
        return self.chance.choice([*Promise.objects.values_list("pk", flat=True), 0])

    def _customer(self) -> int:
        return self.chance.choice(list(Customer.objects.exclude(kind="unit").values_list("pk", flat=True)))

    def note(self) -> object:
        target = Moment(self.at + timedelta(hours=self.chance.randint(1, 2000)))
        draft = promises.Draft(PromiseKind.CALL, "call back", target)
        contact = Contact(Channel.PHONE, Direction.FROM_CUSTOMER, "said Berta")
        return entries.note(self._customer(), contact, draft, by=OPERATOR, at=self.at)

    def keep(self) -> object:
        return settling.keep(self._promise(), by=OPERATOR, at=self.at)

    def move(self) -> object:
        target = Moment(self.at + timedelta(hours=self.chance.randint(1, 2000)))
        return settling.move(self._promise(), target, Consent(words="fine"), by=OPERATOR, at=self.at)

    def withdraw(self) -> object:
        return settling.withdraw(self._promise(), Withdrawal.CANCELLED, by=OPERATOR, at=self.at)

    def sweep(self) -> object:
        return sweeps.check(list(Promise.objects.waking(self.at).values_list("pk", flat=True)), at=self.at)

    def correct(self) -> object:
        return corrections.correct(self._promise(), self.chance.choice(list(Correction)), by=OPERATOR, at=self.at)

    def person(self) -> object:
        facts = CustomerFacts(CustomerKind.PERSON, "Nina New", site_id=self.cast.shop.pk)
        return customers.add(facts, by=OPERATOR, at=self.at)

    def change(self) -> object:
        site = self.chance.choice([self.cast.shop.pk, self.cast.elsewhere.pk, None])
        facts = CustomerFacts(CustomerKind.ORGANISATION, "Renamed", site_id=site)
        return customers.change(self._customer(), facts, by=OPERATOR, at=self.at)

    def erase(self) -> object:
        return erasures.erase(self._customer(), by=OPERATOR, at=self.at)

    def bring(self) -> object:
        self.number += 1
        text = ROWS.replace("A-", f"B{self.number}-").replace("K-", f"C{self.number}-")
        return bring(put(self.folder, HEADER + text, f"{self.number}.csv"), at=self.at)

    def amend(self) -> object:
        """The last file again, with other days, sums, statuses and buyers."""
        path = self.folder / f"{self.number}.csv"
        if not path.exists():
            return None
        text = path.read_text()
        for old, new in [("2026-02-20", "2026-01-20"), ("2026-03-20", "2026-05-02"), ("shipped", "delivered"),
                         ("2026-02-21", "2025-12-31"), ("119.90", "99.90"), ("Socks", "Scarf")]:  # fmt: skip
            if self.chance.random() < 0.5:
                text = text.replace(old, new)
        return bring(put(self.folder, text, path.name), at=self.at)

    def take_back(self) -> object:
        run = self.chance.choice([*Import.objects.values_list("pk", flat=True), 0])
        return imports_undo.take_back(run, by=OPERATOR, at=self.at)

    def site(self) -> object:
        place = sites.Place(name="Shop", mode="store", zone=self.chance.choice(["Europe/Berlin", "Asia/Tokyo"]),
                            calendar_id=self.cast.calendar.pk)  # fmt: skip
        return sites.change(self.cast.shop.pk, place, by=OPERATOR, at=self.at)
