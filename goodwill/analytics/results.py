"""What every estimator's result carries: its question, window, method, number, doubt, grade and recipe."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from goodwill.domain.grades import Causal as Causal
from goodwill.domain.grades import Grade as Grade


class Reason(StrEnum):
    """Why an estimator refuses, or what it warns of; the doors turn each into a sentence."""

    GRADIENT_NOT_SMALL = "gradient_not_small"
    EIGENVALUE_NOT_POSITIVE = "eigenvalue_not_positive"
    TWO_MODES = "two_modes"
    NO_FINITE_MEAN = "no_finite_mean"
    TOO_FEW_REPEATS = "too_few_repeats"
    MONEY_NEGATIVE = "money_negative"
    MONEY_ZERO = "money_zero"
    MIXED_CURRENCIES = "mixed_currencies"
    NOT_UTF8 = "not_utf8"
    NOT_A_DATE = "not_a_date"
    NOT_A_NUMBER = "not_a_number"
    MISSING = "missing"
    NO_COLUMN = "no_column"
    NOT_A_TABLE = "not_a_table"
    NO_ROWS = "no_rows"
    DUPLICATE_UNITS = "duplicate_units"
    DRIFT = "drift"
    NO_HOLDOUT = "no_holdout"
    ALIVE_IS_NO_CHURN_RISK = "alive_is_no_churn_risk"
    NO_CONTROL = "no_control"
    ONE_ARM = "one_arm"
    TOO_FEW_UNITS = "too_few_units"
    TOO_FEW_CLUSTERS = "too_few_clusters"
    TWO_ARMS_IN_A_CLUSTER = "two_arms_in_a_cluster"
    IMMATURE = "immature"
    SAMPLE_RATIO_MISMATCH = "sample_ratio_mismatch"
    NO_VARIATION = "no_variation"
    STAGGERED_ROLL_OUT = "staggered_roll_out"
    TOO_FEW_ANSWERS = "too_few_answers"
    OFF_THE_SCALE = "off_the_scale"
    DRIVERS_REPEAT_EACH_OTHER = "drivers_repeat_each_other"
    NOT_FOLLOWED_SO_LONG = "not_followed_so_long"
    ENDS_BEFORE_START = "ends_before_start"
    FEW_USE_SEVERAL = "few_use_several"
    NO_MATCH = "no_match"
    NOTHING_BEFORE = "nothing_before"
    ITEMS_DO_NOT_GO_TOGETHER = "items_do_not_go_together"
    NOBODY_WAS_ASKED = "nobody_was_asked"


@dataclass(frozen=True, slots=True)
class Refused:
    """A reason, and where it lies: the column, the row (1 is the first row of data), the value met there."""

    reason: Reason
    column: str = ""
    row: int | None = None
    value: str = ""

    def __bool__(self) -> bool:
        """False, so that `if not table:` reads as it should."""
        return False


@dataclass(frozen=True, slots=True)
class Interval:
    """`value` with the range that covers the truth in a share `level` of samples, by the named method."""

    value: float
    low: float
    high: float
    level: float
    method: str

    def as_json(self) -> dict[str, float | str]:
        """The wire shape: `{"value", "low", "high", "level", "method"}`."""
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "level": self.level,
            "method": self.method,
        }


@dataclass(frozen=True, slots=True)
class Window:
    """The days whose rows were read, both of them included."""

    first: date
    last: date

    def as_json(self) -> dict[str, str]:
        """The wire shape: `{"first", "last"}`, ISO days."""
        return {"first": self.first.isoformat(), "last": self.last.isoformat()}


@dataclass(frozen=True, slots=True)
class Method:
    """An estimator by the name the field knows it by, and the paper it is from."""

    name: str
    source: str

    def as_json(self) -> dict[str, str]:
        """The wire shape: `{"name", "source"}`."""
        return {"name": self.name, "source": self.source}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The facts without which a figure is not shown; an estimator's own result adds its figures to them.

    `recipe` is what makes the figure again: estimator, version and settings in one line. `as_of` is the day up to
    which the rows were read; `window` is None where the rows carry no days. `reasons` are warnings when there are
    figures, and the refusal when there are none.
    """

    question: str
    window: Window | None
    method: Method
    n: int
    grade: Grade
    recipe: str
    as_of: date
    reasons: tuple[Reason, ...] = ()

    def facts(self) -> dict[str, object]:
        """The wire shape of these facts, to which a result adds its own figures."""
        return {
            "question": self.question,
            "window": self.window and self.window.as_json(),
            "method": self.method.as_json(),
            "n": self.n,
            "grade": str(self.grade),
            "recipe": self.recipe,
            "as_of": self.as_of.isoformat(),
            "reasons": [str(reason) for reason in self.reasons],
        }
