"""Quick entry: any contact, any channel, by anyone, in ten seconds; with a promise, if one was made."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from goodwill.actions import entries
from goodwill.actions.entries import Noted
from goodwill.actions.interactions import Contact
from goodwill.actions.promises import Draft
from goodwill.domain.due_words import examples
from goodwill.domain.interactions import Channel, Direction
from goodwill.domain.records import PromiseKind
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.reads import entries as read
from goodwill.web import typed_times
from goodwill.web.answers import at_of, is_done, whole
from goodwill.web.gate import needs, viewer_of
from goodwill.web.typed_times import TypedTime
from goodwill.web.wording import CHANNELS, DIRECTIONS, refused

_REMEMBERED = "entry_where"
_FIELDS = {"due": "by_when", "touchpoint": "where", "name": "customer"}
NEW = "new"


@dataclass
class Entry:
    """The form as it was typed, with what is wrong beside each field."""

    customer_id: int | None = None
    customer_text: str = ""
    pick: str = ""
    where: str = "c:phone"
    direction: str = Direction.FROM_CUSTOMER.value
    words: str = ""
    what: str = ""
    by_when: str = ""
    understood: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    offered: list[read.Known] | None = None

    def wrong(self, refusal: Refusal) -> None:
        """Put a refusal beside its field."""
        self.errors[_FIELDS.get(refusal.field, refusal.field)] = refused(refusal)


@needs(May.RECORD)
def quick_entry(request: HttpRequest) -> HttpResponse:
    """The form: in a dialog for htmx, else on a page of its own."""
    if request.method == "POST":
        return _post(request)
    entry = Entry(where=request.session.get(_REMEMBERED, "c:phone"))
    asked = whole(request.GET.get("customer"))
    known = read.customer(viewer_of(request), asked) if asked is not None else None
    if known is not None:
        entry.customer_id, entry.customer_text = known.id, known.label
    return _shown(request, entry, TypedTime(""))


@needs(May.RECORD)
def due_words(request: HttpRequest) -> HttpResponse:
    """What a typed time was understood as, while it is typed."""
    typed = typed_times.read(request, request.GET.get("by_when", ""), customer_id=whole(request.GET.get("customer")))
    return render(request, "entries/due.html", {"typed": typed, "is_typing": True})


def _post(request: HttpRequest) -> HttpResponse:
    def said(name: str) -> str:
        return request.POST.get(name, "").strip()

    entry = Entry(
        customer_id=whole(said("customer")),
        customer_text=said("customer_text"),
        pick=said("pick"),
        where=said("where"),
        direction=said("direction"),
        words=said("words"),
        what=said("what"),
        by_when=said("by_when"),
        understood=said("understood"),
    )
    customer = _customer(request, entry)
    contact = _contact(entry)
    typed = typed_times.read(request, entry.by_when, customer_id=customer if isinstance(customer, int) else None)
    if typed.error:
        entry.errors["by_when"] = typed.error
    if entry.what and not entry.by_when:
        entry.wrong(Refusal(Reason.REQUIRED, "by_when"))
    if entry.by_when and not entry.what:
        entry.wrong(Refusal(Reason.REQUIRED, "what"))
    # What a time was read as is shown before it is saved, also to those whose browser does not ask while they type.
    is_confirmed = typed.target is None or entry.understood == entry.by_when
    if entry.errors or customer is None or contact is None or not is_confirmed:
        return _shown(request, entry, typed)
    draft = Draft(PromiseKind.OTHER, entry.what, typed.target) if typed.target is not None else None
    done = entries.note(customer, contact, draft, by=viewer_of(request), at=at_of(request))
    if is_done(done):
        request.session[_REMEMBERED] = entry.where
        return _noted(request, done)
    entry.wrong(done)
    return _shown(request, entry, typed)


def _customer(request: HttpRequest, entry: Entry) -> int | str | None:
    """The customer's id, or the name of a new one; None where that must be asked."""
    viewer = viewer_of(request)
    if entry.customer_id is not None:
        return entry.customer_id
    if not entry.customer_text or not viewer.may(May.SEE_CUSTOMERS):
        entry.wrong(Refusal(Reason.REQUIRED, "customer"))
        return None
    if entry.pick == NEW:
        return entry.customer_text
    exact, offered = read.meant(viewer, entry.customer_text)
    picked = next((one for one in offered if str(one.id) == entry.pick), exact)
    if picked is not None:
        return picked.id
    entry.offered = offered
    return None


def _contact(entry: Entry) -> Contact | None:
    """The contact that was typed; None where something is wrong."""
    how, _colon, what = entry.where.partition(":")
    if not entry.words:
        entry.wrong(Refusal(Reason.REQUIRED, "words"))
    if entry.direction not in set(Direction):
        entry.wrong(Refusal(Reason.NOT_A_CHOICE, "direction"))
    touchpoint_id = whole(what) if how == "t" else None
    if touchpoint_id is None and what not in set(Channel):
        entry.wrong(Refusal(Reason.NOT_A_CHOICE, "where"))
    if entry.errors:
        return None
    channel = Channel(what) if touchpoint_id is None else Channel.OTHER
    return Contact(channel, Direction(entry.direction), entry.words, touchpoint_id=touchpoint_id)


def _shown(request: HttpRequest, entry: Entry, typed: TypedTime) -> HttpResponse:
    viewer = viewer_of(request)
    in_dialog = bool(request.headers.get("HX-Request"))
    is_wrong = bool(entry.errors)
    context: dict[str, Any] = {
        "entry": entry,
        "typed": typed,
        "in_dialog": in_dialog,
        "is_asked": request.method == "POST" and not is_wrong,
        "touchpoints": [(f"t:{pk}", name) for pk, name in read.touchpoints(viewer)],
        "channels": [(f"c:{code.value}", name) for code, name in CHANNELS.items()],
        "directions": [(code.value, name) for code, name in DIRECTIONS.items()],
        "owed": None if viewer.may(May.SEE_CUSTOMERS) else read.owed(viewer),
        "may_add": viewer.may(May.SEE_CUSTOMERS),
        "examples": ", ".join(examples(get_language() or "en")),
        "new": NEW,
    }
    template = "entries/form.html" if in_dialog else "entries/page.html"
    return render(request, template, context, status=422 if is_wrong and not in_dialog else 200)


def _noted(request: HttpRequest, done: Noted) -> HttpResponse:
    said = _("The contact was noted.") if done.promise is None else _("The contact and the promise were noted.")
    if request.headers.get("HX-Request"):
        tell = {"toast": {"text": said, "tone": "good"}, "close-dialog": True, "entry-noted": True}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(tell)})
    messages.success(request, said)
    return redirect("web:promise", done.promise.pk) if done.promise is not None else redirect("web:today")


urlpatterns = [
    path("entries/new/", quick_entry, name="quick_entry"),
    path("entries/due/", due_words, name="due_words"),
]
