"""Notices: of what happened, who of the staff is told, and why; and how many alike become one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from goodwill.domain.entries import Entry
from goodwill.domain.interactions import Direction
from goodwill.domain.targets import Outcome

ALONE = 3
"""So many notices of one kind stand by themselves within an hour; from the next one on they become one with a count."""
STALE = timedelta(days=7)
"""What was written down so long after it happened, or so long ago, is history and nobody's news."""


class Kind(StrEnum):
    """What a notice is about."""

    PROMISE_AT_RISK = "promise_at_risk"
    PROMISE_BROKEN = "promise_broken"
    PROMISE_CHANGED = "promise_changed"
    CUSTOMER_GIVEN = "customer_given"
    CUSTOMER_HEARD = "customer_heard"
    RATED_LOW = "rated_low"
    IMPORT_ENDED = "import_ended"


class Why(StrEnum):
    """Why this person is told: who is told for several reasons is given the first of these."""

    OWES = "owes"
    CHIEF = "chief"
    OWNER = "owner"
    DEPUTY = "deputy"
    STARTED = "started"


class Way(StrEnum):
    """How a person wants to hear of a kind: at the bell alone, by letter too, or not at all."""

    BELL = "bell"
    AT_ONCE = "at_once"
    DIGEST = "digest"
    NOTHING = "nothing"


USUAL: dict[Kind, Way] = dict.fromkeys(Kind, Way.DIGEST) | {Kind.IMPORT_ENDED: Way.BELL}
"""The way of each kind until a person chooses another: nobody's mailbox rings before they asked for it."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How somebody wants to be told: a way for each kind, the digest's local time, the quiet hours."""

    ways: Mapping[Kind, Way]
    digest_at: time
    quiet_from: time
    quiet_until: time
    rests_on_days_off: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """An entry of the journal, as far as it bears on who is told."""

    entry_id: int
    kind: str
    at: datetime
    recorded_at: datetime
    actor_id: int | None = None
    customer_id: int | None = None
    promise_id: int | None = None
    import_id: int | None = None
    facts: Mapping[str, Any] | None = None

    def fact(self, name: str) -> Any:
        """One of its small facts; None where it has no such fact."""
        return (self.facts or {}).get(name)


@dataclass(frozen=True, slots=True)
class Around:
    """Who stands around what happened, as ids of people: who answers for the customer, who owes the promise, who leads
    the unit that owes it, who began the import. `is_history`: the promise was over before we watched it; `is_ours`: we
    owe it, not the customer; `is_erased`: the customer's person was erased."""

    owner_id: int | None = None
    deputy_id: int | None = None
    owes_id: int | None = None
    chief_id: int | None = None
    began_id: int | None = None
    is_history: bool = False
    is_ours: bool = True
    is_erased: bool = False


@dataclass(frozen=True, slots=True)
class Telling:
    """One person to be told of one kind; `code` is the finer word of what happened."""

    person_id: int
    kind: Kind
    why: Why
    code: str = ""


def tell(happened: Happened, around: Around) -> tuple[Telling, ...]:
    """Who is told of this, each person once, in the order of people's ids.

    Nobody is told of what they did themselves, nor of the customer's own promises, of history, or of the erased.
    An import's end is told to whoever began it: the house did the rest.
    """
    kind, code = _meaning(happened)
    if kind is None or around.is_erased:
        return ()
    if happened.promise_id is not None and (around.is_history or not around.is_ours):
        return ()
    reached: dict[int, Telling] = {}
    for person_id, why in _reasons(kind, happened, around):
        if person_id is None or (person_id == happened.actor_id and kind is not Kind.IMPORT_ENDED):
            continue
        reached.setdefault(person_id, Telling(person_id, kind, why, code or why.value))
    return tuple(reached[person_id] for person_id in sorted(reached))


def is_news(happened: Happened, joined_at: datetime | None, *, at: datetime) -> bool:
    """Whether this is news at `at` to somebody who joined then: it is still worth telling, and both happened and was
    written down since."""
    return (
        joined_at is not None
        and min(happened.at, happened.recorded_at) >= joined_at
        and is_worth_telling(happened, at=at)
    )


def is_worth_telling(happened: Happened, *, at: datetime) -> bool:
    """Whether anybody at all may be told of this at `at`: it is of a kind that is, was written down lately, and not
    long after it happened. A break that our own clock found late is news all the same."""
    if happened.recorded_at < at - STALE or _meaning(happened)[0] is None:
        return False
    found_by_clock = happened.kind == Entry.PROMISE_BROKEN and happened.import_id is None
    return found_by_clock or happened.at >= happened.recorded_at - STALE


def is_low(score: Any, scale: Any) -> bool:
    """Whether a rating is one or two of five, or as little on another scale."""
    return isinstance(score, int) and isinstance(scale, int) and 5 * score <= 2 * scale


def spoken_in_moves(entries: Iterable[Happened]) -> set[int]:
    """Contacts in which a customer agreed to a new time: the notice of the move tells of them already."""
    moves = (entry.fact("interaction_id") for entry in entries if entry.kind == Entry.PROMISE_WITHDRAWN)
    return {contact for contact in moves if isinstance(contact, int)}


def _meaning(happened: Happened) -> tuple[Kind | None, str]:
    """The kind of notice an entry is worth, with its finer word; None where it is worth none."""
    match happened.kind:
        case Entry.PROMISE_AT_RISK:
            return Kind.PROMISE_AT_RISK, str(happened.fact("because") or "time")
        case Entry.PROMISE_BROKEN:
            return Kind.PROMISE_BROKEN, str(happened.fact("outcome") or Outcome.BROKEN_UNRECORDED)
        case Entry.PROMISE_WITHDRAWN:
            moved = happened.fact("reason") == "changed_by_agreement"
            return Kind.PROMISE_CHANGED, "moved" if moved else "withdrawn"
        case Entry.PROMISE_CORRECTED:
            return Kind.PROMISE_CHANGED, "corrected"
        case Entry.OWNER_CHANGED | Entry.CUSTOMER_ADDED:
            return Kind.CUSTOMER_GIVEN, ""
        case Entry.INTERACTION_RECORDED:
            spoke = happened.fact("direction") == Direction.FROM_CUSTOMER and not happened.fact("is_mailing")
            return (Kind.CUSTOMER_HEARD, str(happened.fact("channel") or "other")) if spoke else (None, "")
        case Entry.PURCHASE_RATED:
            scores = [happened.fact(name) for name in ("overall", "product_score", "service_score")]
            low = any(is_low(score, happened.fact("scale")) for score in scores)
            return (Kind.RATED_LOW, "low") if low else (None, "")
        case Entry.IMPORT_FINISHED:
            left = (happened.fact("bad") or 0) + (happened.fact("held") or 0)
            return Kind.IMPORT_ENDED, "bad_rows" if left else "finished"
        case Entry.IMPORT_FAILED:
            return Kind.IMPORT_ENDED, "failed"
        case _:
            return None, ""


def _reasons(kind: Kind, happened: Happened, around: Around) -> list[tuple[int | None, Why]]:
    """Whom it concerns, the strongest reason first."""
    if kind is Kind.IMPORT_ENDED:
        return [(around.began_id, Why.STARTED)]
    if kind is Kind.CUSTOMER_GIVEN:
        return _given(happened)
    answering: list[tuple[int | None, Why]] = [(around.owner_id, Why.OWNER), (around.deputy_id, Why.DEPUTY)]
    if kind in (Kind.CUSTOMER_HEARD, Kind.RATED_LOW):
        return answering
    return [(around.owes_id, Why.OWES), (around.chief_id, Why.CHIEF), *answering]


def _given(happened: Happened) -> list[tuple[int | None, Why]]:
    """Who has the customer now and did not before."""
    if happened.fact("handed_over"):
        return [(happened.fact("now"), Why.OWNER)]
    named = (("owner_id", "owner_was", Why.OWNER), ("deputy_id", "deputy_was", Why.DEPUTY))
    return [(happened.fact(now), why) for now, was, why in named if happened.fact(now) != happened.fact(was)]


# ---------------------------------------------------------------- many alike


@dataclass(frozen=True, slots=True)
class Pile:
    """What one person was told of one kind within one hour: entries that stand by themselves, or a count of all that
    were gathered into one notice; `last_entry_id` is the newest that is in."""

    alone: tuple[int, ...] = ()
    gathered: int = 0
    last_entry_id: int = 0

    @property
    def count(self) -> int:
        """How many things the person was told of."""
        return len(self.alone) + self.gathered


def hour_of(recorded_at: datetime) -> datetime:
    """The hour to whose pile something belongs, in UTC: by when it was written down, whoever looks at it when."""
    return recorded_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def add(pile: Pile, entry_ids: Iterable[int]) -> Pile:
    """The pile with these entries, each counted once; what is not newer than its newest is in already.

    Up to ALONE entries stand by themselves; more are one notice that counts them all, the earlier ones included.
    """
    new = sorted({entry_id for entry_id in entry_ids if entry_id > pile.last_entry_id})
    if not new:
        return pile
    total = pile.count + len(new)
    if not pile.gathered and total <= ALONE:
        return Pile((*pile.alone, *new), 0, new[-1])
    return Pile((), total, new[-1])
