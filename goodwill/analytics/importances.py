"""What customers find important, beside how well we do it and how well the best rival does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from scipy.special import stdtrit

from goodwill import __version__
from goodwill.analytics.ratings import Floats, average
from goodwill.analytics.results import Grade, Interval, Method, Reason, Refused, Result, Window

_ALPHA = 0.05


class Place(StrEnum):
    """Where an attribute lies: by importance beside the others', and by our lead over the best rival."""

    CONCENTRATE = "concentrate"
    KEEP_UP = "keep_up"
    LOW_PRIORITY = "low_priority"
    POSSIBLE_OVERKILL = "possible_overkill"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Answers:
    """One attribute's answers on one scale, a place for each respondent; nan where a rival is not known."""

    importance: Floats
    ours: Floats
    rivals: Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: means with intervals, the rival that does best, our lead over it, and the place it lies in."""

    name: str
    n: int
    importance: Interval
    ours: Interval
    best_rival: str
    theirs: Interval
    lead: Interval
    place: Place

    def as_json(self) -> dict[str, object]:
        """The wire shape, every field by its name."""
        return {
            "attribute": self.name, "n": self.n, "importance": self.importance.as_json(), "ours": self.ours.as_json(),
            "best_rival": self.best_rival, "theirs": self.theirs.as_json(), "lead": self.lead.as_json(),
            "place": str(self.place),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Priorities(Result):
    """Attributes, most important first."""

    attributes: tuple[Attribute, ...]

    def as_json(self) -> dict[str, object]:
        """The wire shape: the facts and `"attributes"`."""
        return {**self.facts(), "attributes": [one.as_json() for one in self.attributes]}


def compare(attributes: Mapping[str, Answers], *, as_of: date, window: Window | None = None) -> Priorities | Refused:
    """Each attribute's importance beside our performance and the best rival's.

    The question is where to put effort. The population is respondents, who rate importance, us, and the rivals they
    know, over `window`. The method is importance–performance analysis (Martilla & James 1977) with the rival as the
    mark (Slack 1994); a lead is the mean of paired differences from the best rival, its interval Bonferroni's over
    rivals, so that choosing the best costs nothing. It cannot tell importance stated from importance acted on.
    Refuses an attribute that fewer than two respondents rated for us and for a rival. Raises ValueError without an
    attribute, a rival, or with arrays of different lengths.
    """
    if not attributes:
        raise ValueError("there are no attributes")
    whole = float(np.mean([np.mean(answers.importance) for answers in attributes.values()]))
    found = []
    for name, answers in attributes.items():
        sizes = {len(answers.importance), len(answers.ours), *(len(marks) for marks in answers.rivals.values())}
        if len(sizes) > 1 or not answers.rivals:
            raise ValueError(f"{name}: there are rivals, and a place for each respondent in all answers")
        few = [rival for rival, marks in answers.rivals.items() if np.sum(np.isfinite(marks)) < 2]
        if few:
            return Refused(Reason.TOO_FEW_ANSWERS, name, value=few[0])
        found.append(_compare(name, answers, whole))
    return Priorities(
        question="Which attributes are important, and where does the best rival do better?",
        window=window,
        method=Method("importance–performance beside the best rival, paired, Bonferroni over rivals",
                      "Martilla & James 1977; Slack 1994; Hsu 1996"),
        n=max(one.n for one in found),
        grade=Grade.GUESS,
        recipe=f"goodwill {__version__} importances.compare {','.join(attributes)!r}",
        as_of=as_of,
        attributes=tuple(sorted(found, key=lambda one: -one.importance.value)),
    )  # fmt: skip


def _compare(name: str, answers: Answers, whole: float) -> Attribute:
    leads = {rival: _lead(answers.ours, marks, len(answers.rivals)) for rival, marks in answers.rivals.items()}
    best = min(leads, key=lambda rival: leads[rival].value)
    lead = Interval(
        leads[best].value, min(one.low for one in leads.values()), min(one.high for one in leads.values()),
        1 - _ALPHA, "bonferroni_with_the_best",
    )  # fmt: skip
    importance = average(answers.importance)
    marks = answers.rivals[best]
    return Attribute(
        name, len(answers.ours), importance, average(answers.ours), best, average(marks[np.isfinite(marks)]), lead,
        _place(importance.value >= whole, lead),
    )  # fmt: skip


def _lead(ours: Floats, theirs: Floats, rivals: int) -> Interval:
    """The mean difference among those who know the rival, at a level shared by all rivals."""
    apart = (ours - theirs)[np.isfinite(theirs)]
    n, mean = len(apart), float(np.mean(apart))
    half = float(stdtrit(n - 1, 1 - _ALPHA / 2 / rivals) * np.std(apart, ddof=1)) / n**0.5
    return Interval(mean, mean - half, mean + half, 1 - _ALPHA / rivals, "student")


def _place(is_important: bool, lead: Interval) -> Place:
    if lead.low <= 0 <= lead.high:
        return Place.CANNOT_TELL
    if lead.high < 0:
        return Place.CONCENTRATE if is_important else Place.LOW_PRIORITY
    return Place.KEEP_UP if is_important else Place.POSSIBLE_OVERKILL
