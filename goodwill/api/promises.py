"""Promises: listed, read, made, and settled: kept, warned of, moved by consent, withdrawn, corrected."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Discriminator, Field, Tag

from goodwill.actions import corrections, promises, settling
from goodwill.actions.promises import Draft
from goodwill.actions.settling import Consent
from goodwill.api.answers import Key, listed, shown, written
from goodwill.api.bearers import at_of, needs, viewer_of
from goodwill.api.problems import Wrong
from goodwill.api.values import NO_NUL, Asked, Cursor, Day, Id, Limit, Moment, MoneyIn, MoneyOut, RowId, Told, Words
from goodwill.domain import targets
from goodwill.domain.interactions import Channel
from goodwill.domain.money import Money
from goodwill.domain.records import Cause, Correction, PromiseKind, Side, Withdrawal
from goodwill.domain.targets import Outcome, Standing
from goodwill.domain.tokens import Access
from goodwill.reads import listings
from goodwill.reads.listings import Turn

router = Router(tags=["promises"])
Version = Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)]


class PromiseOut(Told):
    """A promise: `outcome` says how it ended, `standing` how an owed one stands, `version` which state this is."""

    id: int
    customer_id: int
    side: str
    kind: str
    what: str
    order_id: int | None
    interaction_id: int | None
    site_id: int | None
    person_id: int | None
    unit_id: int | None
    depends_on_id: int | None
    made_at: str
    zone: str
    late_rule: str
    target_kind: str
    target_count: int | None
    promised_at: str
    promised_on: str
    due_at: str
    outcome: str
    standing: str
    warned_at: str | None
    broken_at: str | None
    acted_at: str | None
    settled_at: str | None
    withdrawn_reason: str
    replaced_by_id: int | None
    money_waiting: MoneyOut | None
    is_history: bool
    version: int


class PromisePage(Told):
    """A stretch of the list; `next` is the cursor of the next one, null at the end."""

    items: list[PromiseOut]
    next: str | None


class DueMoment(Asked):
    """Due at a moment."""

    moment: Moment

    def target(self) -> targets.Target:
        """The same for the deed."""
        return targets.Moment(self.moment)


class DueDay(Asked):
    """Due on a day, to its very end where the promise is at home."""

    day: Day

    def target(self) -> targets.Target:
        """The same for the deed."""
        return targets.Day(self.day)


class DueSeconds(Asked):
    """Due after so many working seconds of the calendar in force."""

    seconds: Annotated[int, Field(ge=1, le=31_622_400, strict=True)]

    def target(self) -> targets.Target:
        """The same for the deed."""
        return targets.Seconds(self.seconds)


class DueBusinessDays(Asked):
    """Due at the same local time so many working days later."""

    business_days: Annotated[int, Field(ge=1, le=1000, strict=True)]

    def target(self) -> targets.Target:
        """The same for the deed."""
        return targets.BusinessDays(self.business_days)


_FORMS = {"moment": "DueMoment", "day": "DueDay", "seconds": "DueSeconds", "business_days": "DueBusinessDays"}


def _form_of(said: Any) -> str | None:
    """Which form of a due moment this is, so that only what is wrong with that one is told."""
    named = [form for name, form in _FORMS.items() if name in said] if isinstance(said, dict) else []
    return named[0] if named else None


Due = Annotated[
    Annotated[DueMoment, Tag("DueMoment")]
    | Annotated[DueDay, Tag("DueDay")]
    | Annotated[DueSeconds, Tag("DueSeconds")]
    | Annotated[DueBusinessDays, Tag("DueBusinessDays")],
    Discriminator(
        _form_of,
        custom_error_type="due_form",
        custom_error_message=f"This is not a due moment. Send an object with one of {', '.join(_FORMS)}.",
    ),
]


class PromiseIn(Asked):
    """A promise to make. Where neither a person nor a unit is named, the token's person owes it."""

    customer_id: RowId
    kind: PromiseKind
    what: Annotated[str, Field(max_length=500, pattern=NO_NUL)]
    due: Due
    side: Side = Side.OURS
    person_id: RowId | None = None
    unit_id: RowId | None = None
    site_id: RowId | None = None
    order_id: RowId | None = None
    interaction_id: RowId | None = None
    depends_on_id: RowId | None = None
    money_waiting: MoneyIn | None = None


class Keeping(Asked):
    """When it was fulfilled, now where absent; with `version`, only if nothing happened to it since it was read."""

    acted_at: Moment | None = None
    version: Version | None = None


class Warned(Asked):
    """What the customer was told: when to expect it now, and the true cause."""

    expected_at: Moment
    cause: Cause
    words: Words
    channel: Channel = Channel.PHONE
    version: Version | None = None


class Moving(Asked):
    """The new time, and the customer's consent: their words over a channel, or the contact in which they agreed."""

    due: Due
    consent_words: Words = ""
    consent_channel: Channel = Channel.PHONE
    consent_interaction_id: RowId | None = None
    version: Version | None = None


class Withdrawing(Asked):
    """Why it is owed no longer: cancelled or not_needed."""

    reason: Literal[Withdrawal.CANCELLED, Withdrawal.NOT_NEEDED]
    version: Version | None = None


class Correcting(Asked):
    """What an earlier entry got wrong."""

    how: Correction
    version: Version | None = None


@router.get("", response=PromisePage, **needs(Access.READ_PROMISES))
def list_promises(
    request: HttpRequest,
    limit: Limit = 50,
    cursor: Cursor = "",
    owed: bool = True,
    customer_id: Id | None = None,
    order_id: Id | None = None,
    site_id: Id | None = None,
    person_id: Id | None = None,
    unit_id: Id | None = None,
    side: Side | None = None,
    standing: Standing | None = None,
    outcome: Outcome | None = None,
) -> HttpResponse:
    """The promises that the token's person sees: those still owed, first due first; with `owed=false` all of them,
    the last made first. A broken promise is owed until it is fulfilled or withdrawn."""
    if owed and outcome in (Outcome.KEPT, Outcome.WITHDRAWN):
        remedy = f"What is {outcome.value} is owed no longer. Ask with owed=false."
        raise Wrong(422, "owed_no_longer", remedy, field="owed")
    sought = {
        "customer_id": customer_id,
        "order_id": order_id,
        "site_id": site_id,
        "person_id": person_id,
        "unit_id": unit_id,
        "side": side.value if side else None,
        "standing": standing.value if standing else None,
        "outcome": outcome.value if outcome else None,
    }
    narrowed = {name: value for name, value in sought.items() if value is not None}
    return listed(listings.promises(viewer_of(request), narrowed, Turn(limit, cursor), is_owed=owed))


@router.post("", response={201: PromiseOut}, **needs(Access.WRITE_PROMISES))
def make_promise(request: HttpRequest, key: Key, payload: PromiseIn) -> HttpResponse:
    """Make a promise: dated by the calendar in force, judged by the policy in force, watched from now on."""
    viewer, at = viewer_of(request), at_of(request)
    draft = Draft(
        kind=payload.kind,
        what=payload.what,
        target=payload.due.target(),
        side=payload.side,
        person_id=payload.person_id,
        unit_id=payload.unit_id,
        site_id=payload.site_id,
        order_id=payload.order_id,
        interaction_id=payload.interaction_id,
        depends_on_id=payload.depends_on_id,
        money_waiting=_money(payload.money_waiting),
    )
    return written(
        request,
        key,
        lambda: promises.make(payload.customer_id, draft, by=viewer, at=at),
        listings.made_promise,
        status=201,
    )


@router.get("/{promise_id}", response=PromiseOut, **needs(Access.READ_PROMISES))
def read_promise(request: HttpRequest, promise_id: Id) -> HttpResponse:
    """A promise."""
    return shown(listings.one_promise(viewer_of(request), promise_id))


@router.post("/{promise_id}/keep", response=PromiseOut, **needs(Access.WRITE_PROMISES))
def keep_promise(request: HttpRequest, promise_id: Id, key: Key, payload: Keeping) -> HttpResponse:
    """Write down that a promise was fulfilled, now or at an earlier moment."""
    viewer, at = viewer_of(request), at_of(request)
    return written(
        request,
        key,
        lambda: settling.keep(promise_id, payload.acted_at, version=payload.version, by=viewer, at=at),
        listings.made_promise,
    )


@router.post("/{promise_id}/warn", response=PromiseOut, **needs(Access.WRITE_PROMISES))
def warn_of_promise(request: HttpRequest, promise_id: Id, key: Key, payload: Warned) -> HttpResponse:
    """Write down that the customer was told it will slip. A warning never resets a promise."""
    viewer, at = viewer_of(request), at_of(request)
    return written(
        request,
        key,
        lambda: settling.warn(
            promise_id,
            payload.expected_at,
            payload.cause,
            payload.words,
            channel=payload.channel,
            version=payload.version,
            by=viewer,
            at=at,
        ),
        listings.made_promise,
    )


@router.post("/{promise_id}/move", response={201: PromiseOut}, **needs(Access.WRITE_PROMISES))
def move_promise(request: HttpRequest, promise_id: Id, key: Key, payload: Moving) -> HttpResponse:
    """Move a promise because the customer agreed: the old one is withdrawn, and the new one is the answer."""
    viewer, at = viewer_of(request), at_of(request)
    consent = Consent(payload.consent_words, payload.consent_channel, payload.consent_interaction_id)
    return written(
        request,
        key,
        lambda: settling.move(promise_id, payload.due.target(), consent, version=payload.version, by=viewer, at=at),
        listings.made_promise,
        status=201,
    )


@router.post("/{promise_id}/withdraw", response=PromiseOut, **needs(Access.WRITE_PROMISES))
def withdraw_promise(request: HttpRequest, promise_id: Id, key: Key, payload: Withdrawing) -> HttpResponse:
    """Write down that a promise is owed no longer though nothing was done."""
    viewer, at = viewer_of(request), at_of(request)
    return written(
        request,
        key,
        lambda: settling.withdraw(promise_id, payload.reason, version=payload.version, by=viewer, at=at),
        listings.made_promise,
    )


@router.post("/{promise_id}/correct", response=PromiseOut, **needs(Access.WRITE_PROMISES))
def correct_promise(request: HttpRequest, promise_id: Id, key: Key, payload: Correcting) -> HttpResponse:
    """Correct an earlier entry: mistaken, not_settled or not_warned. Nothing is rewritten."""
    viewer, at = viewer_of(request), at_of(request)
    return written(
        request,
        key,
        lambda: corrections.correct(promise_id, payload.how, version=payload.version, by=viewer, at=at),
        listings.made_promise,
    )


def _money(said: MoneyIn | None) -> Money | None:
    try:
        return said.money() if said else None
    except ValueError:
        raise Wrong(
            422,
            "too_fine",
            "This is finer than the smallest unit of the currency. Round it.",
            field="money_waiting.amount",
        ) from None
