"""Trials: who gets what by hash, and what an interval of money entitles anybody to say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256
from math import lcm
from typing import Literal

from goodwill.domain.grades import Causal, Grade, Weak

BLOCKED_BELOW = 200
"""Below about so many units chance alone leaves the arms unequal: they are dealt in blocks by past spend."""
HELD_OUT = "held_out"
_SPAN = 1 << 256


class UnitKind(StrEnum):
    """What is randomised; the verdict is per one of these."""

    CUSTOMER = "customer"
    HOUSEHOLD = "household"
    ACCOUNT = "account"
    STORE = "store"
    STORE_WEEK = "store_week"


class Verdict(StrEnum):
    """What the interval of contribution net of the initiative's own cost says."""

    PAYS = "pays"
    LOSES = "loses"
    CANNOT_TELL = "cannot_tell"
    WITHHELD = "withheld"


class Doubt(StrEnum):
    """Why a verdict reads as it does, or what weakens it."""

    INTERVAL_HOLDS_ZERO = "interval_holds_zero"
    TOO_EARLY = "too_early"
    SAMPLE_RATIO_MISMATCH = "sample_ratio_mismatch"
    WEAK_EVIDENCE = "weak_evidence"
    OUTCOME_READ_AS_CONTRIBUTION = "outcome_read_as_contribution"
    COST_NOT_GIVEN = "cost_not_given"


class Course(StrEnum):
    """What to do with the practice on trial."""

    GO_ON = "go_on"
    KEEP = "keep"
    STOP = "stop"
    MEND = "mend"
    HAS_NO_STOP = "has_no_stop"


@dataclass(frozen=True, slots=True)
class Arm:
    """One treatment and its share of the units (above 0; the shares of a trial sum to 1)."""

    name: str
    share: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What a trial states before it starts.

    `made_of` names the ledger lines that profit is made of; an outcome is mature `horizon_days` after assignment (the
    return window, due date or voucher life has passed). `planned` is N*, units of an arm and its control together;
    `smallest_effect` is the break-even effect for each unit, in money. Raises ValueError where it states nonsense.
    """

    hypothesis: str
    unit: UnitKind
    salt: str
    arms: tuple[Arm, ...]
    control: str
    made_of: tuple[str, ...]
    horizon_days: int
    planned: int
    smallest_effect: Decimal
    starts_on: date
    stops_on: date

    def __post_init__(self) -> None:
        """Refuse what could not be run or read."""
        if not self.hypothesis.strip() or not self.made_of:
            raise ValueError("a trial states its hypothesis and what its profit is made of")
        _check_salt(self.salt)
        _check_arms(self.arms)
        if self.control not in {arm.name for arm in self.arms}:
            raise ValueError(f"{self.control!r} is none of the arms")
        if self.horizon_days < 0 or self.planned < 2 or self.smallest_effect <= 0:
            raise ValueError("horizon, planned units and the smallest effect must be a quantity")
        if self.stops_on <= self.starts_on:
            raise ValueError("a trial stops after it starts")

    def matures_on(self, assigned_on: date) -> date:
        """The first day on which the outcome of a unit assigned that day may be read."""
        return assigned_on + timedelta(days=self.horizon_days)


@dataclass(frozen=True, slots=True)
class Holdout:
    """Units that get no initiative at all, across all trials: a share (0 to 1) by a salt of its own."""

    salt: str
    share: Fraction

    def __post_init__(self) -> None:
        """Refuse a share that is none."""
        _check_salt(self.salt)
        if not 0 <= self.share < 1:
            raise ValueError(f"{self.share} is no share of units to hold out")


@dataclass(frozen=True, slots=True)
class Exposure:
    """One unit that was actually exposed: one row for each, written when it happened."""

    unit: str
    arm: str
    exposed_on: date
    stratum: str = ""


def draw(salt: str, unit: str) -> Fraction:
    """The unit's place in [0, 1): sha256 of `salt|unit` as a fraction of 2**256; the same every time, everywhere."""
    return Fraction(_point(salt, unit), _SPAN)


def assign(unit: str, *, salt: str, arms: Sequence[Arm], holdout: Holdout | None = None, stratum: str = "") -> str:
    """The unit's arm, or `HELD_OUT`. A stratum draws apart from the others, so that each is split on its own."""
    _check_arms(arms)
    if holdout is not None and _is_below(_point(holdout.salt, unit), holdout.share):
        return HELD_OUT
    point = _point(f"{salt}/{stratum}" if stratum else salt, unit)
    passed = Fraction(0)
    for arm in arms[:-1]:
        passed += arm.share
        if _is_below(point, passed):
            return arm.name
    return arms[-1].name


def assign_blocks(past_spend: Mapping[str, Decimal], *, salt: str, arms: Sequence[Arm]) -> dict[str, str]:
    """Arms dealt within blocks of units alike in past spend, for trials under `BLOCKED_BELOW` units.

    A block is as many units as the shares need to be whole (two for halves, three for a third and two thirds); within
    it hashes deal. No two arms differ by more than one block's worth; the last block may be short.
    """
    _check_arms(arms)
    size = lcm(*(arm.share.denominator for arm in arms))
    seats = [arm.name for arm in arms for _ in range(int(arm.share * size))]
    ranked = sorted(past_spend, key=lambda unit: (-past_spend[unit], _point(salt, unit)))
    dealt: dict[str, str] = {}
    for start in range(0, len(ranked), size):
        block = sorted(ranked[start : start + size], key=lambda unit: _point(f"{salt}/block", unit))
        # a short block must not always favour the arm that is named first
        chairs = sorted(range(size), key=lambda seat: _point(f"{salt}/seat", f"{start}:{seat}"))
        dealt |= {unit: seats[chair] for unit, chair in zip(block, chairs, strict=False)}
    return dealt


@dataclass(frozen=True, slots=True)
class Net:
    """Contribution for each randomised unit, net of the initiative's own cost, with its interval."""

    per_unit: Decimal
    low: Decimal
    high: Decimal

    def __post_init__(self) -> None:
        """Refuse an interval that is none."""
        if self.per_unit.is_nan() or self.low.is_nan() or self.high.is_nan() or self.low > self.high:
            raise ValueError(f"{self.low} to {self.high} is no interval")


@dataclass(frozen=True, slots=True)
class Proof:
    """A ruling on comparable units: the only one that can read "pays" or "loses"."""

    verdict: Verdict
    grade: Causal
    reasons: tuple[Doubt, ...] = ()

    def __post_init__(self) -> None:
        """Refuse weak evidence from callers that no type checker has read."""
        if self.grade not in (Grade.RANDOMISED, Grade.QUASI_EXPERIMENT):
            raise TypeError(f"{self.grade} evidence carries no verdict")


@dataclass(frozen=True, slots=True)
class Hint:
    """What before/after and guesses amount to: a reason to run a trial. It has no room for a verdict."""

    grade: Weak
    reasons: tuple[Doubt, ...] = (Doubt.WEAK_EVIDENCE,)

    @property
    def verdict(self) -> Literal[Verdict.CANNOT_TELL]:
        """Never anything else: who was chosen at a low point rises without anybody's help."""
        return Verdict.CANNOT_TELL


Ruling = Proof | Hint


def rule(net: Net | None, *, grade: Causal, doubts: tuple[Doubt, ...] = ()) -> Proof:
    """The verdict on an interval [L, U]: L > 0 pays, U < 0 loses, else it cannot be told.

    `net` is None where it is too early to look. A sample-ratio mismatch among the doubts withholds the verdict:
    the arms are not what was dealt, so no difference between them means anything.
    """
    if Doubt.SAMPLE_RATIO_MISMATCH in doubts:
        return Proof(Verdict.WITHHELD, grade, doubts)
    if net is None:
        return Proof(Verdict.CANNOT_TELL, grade, (*doubts, Doubt.TOO_EARLY))
    if net.low > 0:
        return Proof(Verdict.PAYS, grade, doubts)
    if net.high < 0:
        return Proof(Verdict.LOSES, grade, doubts)
    return Proof(Verdict.CANNOT_TELL, grade, (*doubts, Doubt.INTERVAL_HOLDS_ZERO))


def weigh(net: Net | None, *, grade: Grade, doubts: tuple[Doubt, ...] = ()) -> Ruling:
    """The ruling that evidence of this grade can carry: a `Proof` where units are comparable, else a `Hint`."""
    if grade is Grade.BEFORE_AFTER or grade is Grade.GUESS:
        return Hint(grade, (*doubts, Doubt.WEAK_EVIDENCE))
    return rule(net, grade=grade, doubts=doubts)


@dataclass(frozen=True, slots=True)
class Extension:
    """The owner's signature under a later stop date, with the reason."""

    signed_by: str
    reason: str
    stops_on: date

    def __post_init__(self) -> None:
        """Refuse a signature without a name or a reason."""
        if not self.signed_by.strip() or not self.reason.strip():
            raise ValueError("a later stop date needs a name and a reason")


def steer(
    ruling: Ruling, *, on: date, stops_on: date, extension: Extension | None = None, is_floor: bool = False
) -> Course:
    """What to do on that day: at the stop date "cannot tell" means stop, unless the owner signed for a later one.

    What pays is kept and what loses stops at once. A withheld verdict means mending the assignment, and stopping when
    the time is up. A floor service, which customers are simply owed, has no stop button.
    """
    if is_floor:
        return Course.HAS_NO_STOP
    if ruling.verdict is Verdict.PAYS:
        return Course.KEEP
    if ruling.verdict is Verdict.LOSES:
        return Course.STOP
    last = max(stops_on, extension.stops_on) if extension else stops_on
    if on >= last:
        return Course.STOP
    return Course.MEND if ruling.verdict is Verdict.WITHHELD else Course.GO_ON


def _point(salt: str, unit: str) -> int:
    _check_salt(salt)
    return int.from_bytes(sha256(f"{salt}|{unit}".encode()).digest())


def _is_below(point: int, share: Fraction) -> bool:
    # without reducing point/2**256 to lowest terms, which costs ten times the hash
    return point * share.denominator < share.numerator * _SPAN


def _check_salt(salt: str) -> None:
    if not salt or "|" in salt:
        raise ValueError("a salt is some text without |")


def _check_arms(arms: Sequence[Arm]) -> None:
    names = {arm.name for arm in arms}
    if len(arms) < 2 or len(names) < len(arms) or "" in names or HELD_OUT in names:
        raise ValueError("a trial has two or more arms with names of their own")
    if any(arm.share <= 0 for arm in arms) or sum(arm.share for arm in arms) != 1:
        raise ValueError("the arms' shares are above zero and sum to one")
