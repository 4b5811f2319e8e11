"""Reports: the promise report, as its page and its command give it."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import StringConstraints

from goodwill.api.answers import shown
from goodwill.api.bearers import at_of, needs, viewer_of
from goodwill.api.problems import Wrong, in_order
from goodwill.api.values import MONTH, Day, Id, Moment, Short, Told
from goodwill.domain.reports import Grouping, Question, Rule
from goodwill.domain.roles import May
from goodwill.domain.tokens import Access
from goodwill.reads import reports

router = Router(tags=["reports"])
Month = Annotated[str, StringConstraints(pattern=MONTH)]


class ShareOut(Told):
    """A share with its 95 % interval (Wilson)."""

    value: float
    low: float
    high: float
    level: float
    method: str


class MeanOut(Told):
    """How many ratings, and their mean; null of none."""

    n: int
    mean: float | None


class RatingsOut(Told):
    """Ratings of the orders behind kept and behind broken promises."""

    kept: MeanOut
    broken: MeanOut


class Figures(Told):
    """Counts of promises: `n` is kept and broken together; open and withdrawn ones have not been decided."""

    n: int
    kept: int
    broken: int
    broken_warned: int
    broken_silent: int
    broken_unrecorded: int
    withdrawn: int
    open: int
    share_broken: ShareOut | None
    ratings: RatingsOut


class Group(Figures):
    """One group; null for the promises that have none."""

    key: str | None


class PromiseReport(Figures):
    """The promise report: what it speaks of, the whole, and its groups."""

    as_of: str
    rule: str
    filters: dict[str, str | None]
    by: list[Group]


@router.get("/promises", response=PromiseReport, **needs(Access.READ_REPORTS))
def report_promises(
    request: HttpRequest,
    rule: Rule = Rule.OWN,
    by: Grouping | None = None,
    as_of: Moment | None = None,
    due_from: Day | None = None,
    due_to: Day | None = None,
    site_id: Id | None = None,
    month: Month | None = None,
    region: Short | None = None,
) -> HttpResponse:
    """Promises kept and broken, how silently, and what customers said of each; over what the token's person sees.

    `rule` own reads what each promise's own policy made of it; the others read every promise by one rule.
    """
    viewer, at = viewer_of(request), at_of(request)
    if not viewer.may(May.SEE_REPORTS):
        raise Wrong(403, "not_allowed", "The role of the token's person does not include reports.")
    if as_of is not None and as_of > at:
        raise Wrong(422, "in_the_future", "This lies in the future. Send a moment that has passed.", field="as_of")
    in_order(due_from, due_to, field="due_to")
    within = ((Grouping.SITE, site_id), (Grouping.MONTH, month), (Grouping.REGION, region))
    question = Question(
        at=at,
        rule=rule,
        by=by,
        as_of=as_of,
        from_on=due_from,
        to_on=due_to,
        within=tuple((grouping, str(key)) for grouping, key in within if key is not None),
    )
    return shown(reports.promises(viewer, question).as_json())
