"""Webhooks: programs outside that are told what happened; their state, their secrets, what was sent to them."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from goodwill.actions import webhook_letters, webhooks
from goodwill.actions.webhooks import LONGEST_NAME, Wanted
from goodwill.domain.entries import Entry
from goodwill.domain.roles import May
from goodwill.domain.webhooks import Pause, by_topic
from goodwill.reads import webhooks as reads
from goodwill.reads.webhooks import WebhookLine
from goodwill.web.answers import at_of, is_done, tell
from goodwill.web.dressed_forms import Dressed
from goodwill.web.gate import needs, viewer_of
from goodwill.web.wording_entries import SENTENCES
from goodwill.web.wording_webhooks import PAUSES, STATES, TOPICS, answer, event

_KINDS = [(kind.value, kind.value) for kind in Entry]


class WebhookForm(Dressed):
    """Where to, and what is told."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=LONGEST_NAME, help_text=gettext_lazy("So that you know it again.")
    )
    url = forms.CharField(
        label=gettext_lazy("Address of the receiver"),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "https://"}),
        help_text=gettext_lazy("It must begin with https, unless it is a host of your own network that is named."),
    )
    wants_all = forms.BooleanField(
        label=gettext_lazy("Everything, also what later versions bring"),
        required=False,
        help_text=gettext_lazy("A large import then sends hundreds of thousands of events."),
    )
    kinds = forms.MultipleChoiceField(label=gettext_lazy("What it is told"), choices=lambda: _KINDS, required=False)

    def topics(self) -> list[dict[str, Any]]:
        """Every kind under its topic, with what is chosen, as the page draws them."""
        chosen = set(self["kinds"].value() or [])
        return [
            {
                "code": topic.value,
                "name": TOPICS[topic],
                "kinds": [(kind.value, SENTENCES[kind], kind.value in chosen) for kind in kinds],
                "chosen": sum(kind.value in chosen for kind in kinds),
            }
            for topic, kinds in by_topic()
        ]

    def wanted(self) -> Wanted:
        """What was said; only for a valid form."""
        said = self.cleaned_data
        kinds = None if said["wants_all"] else [Entry(code) for code in said["kinds"]]
        return Wanted(said["name"], said["url"], kinds)


@needs(May.CHANGE_SETTINGS)
def listing(request: HttpRequest) -> HttpResponse:
    """Every webhook and how it fares."""
    rows = [_shown(row) for row in reads.listed(viewer_of(request))]
    return render(request, "webhooks/list.html", {"rows": rows})


@needs(May.CHANGE_SETTINGS)
@sensitive_variables("done")
def new(request: HttpRequest) -> HttpResponse:
    """A new webhook. Its secret is on this answer and nowhere else, so the answer is the page itself."""
    form = WebhookForm(request.POST or None, initial={"kinds": ["promise_made", "promise_kept", "promise_broken"]})
    if request.method == "POST" and form.is_valid():
        done = webhooks.make(form.wanted(), by=viewer_of(request), at=at_of(request))
        if is_done(done):
            return _secret(request, done.id, done.secret)
        form.refuse(done)
    return render(request, "webhooks/form.html", {"form": form, "row": None}, status=422 if form.errors else 200)


@needs(May.CHANGE_SETTINGS)
def change(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Another name, address or choice."""
    row = _one(request, webhook_id)
    initial = {
        "name": row.name,
        "url": row.url,
        "wants_all": row.kinds is None,
        "kinds": [kind.value for kind in row.kinds or ()],
    }
    form = WebhookForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        done = webhooks.change(webhook_id, form.wanted(), by=viewer_of(request), at=at_of(request))
        if is_done(done):
            messages.success(request, _("The changes were saved."))
            return redirect("web:webhook", webhook_id)
        form.refuse(done)
    return render(request, "webhooks/form.html", {"form": form, "row": row}, status=422 if form.errors else 200)


@needs(May.CHANGE_SETTINGS)
def webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """One webhook: how it fares, and the log of what was sent to it."""
    row = _one(request, webhook_id)
    asked = request.GET
    state = asked.get("state", "") if asked.get("state") in reads.STATES else ""
    log = reads.log(
        viewer_of(request), webhook_id, state=state, after=asked.get("after", ""), before=asked.get("before", "")
    )
    here = reverse("web:webhook", args=[webhook_id])
    narrowed = f"state={state}&" if state else ""
    context = {
        "item": _shown(row),
        "lines": [(line, event(line.event), STATES[line.state], answer(line.last_error)) for line in log.lines],
        "states": [("", _("All")), *((code, STATES[code]) for code in reads.STATES)],
        "state": state,
        "former_until": row.former_until if row.former_until and row.former_until > at_of(request) else None,
        "previous_url": f"{here}?{narrowed}before={log.previous}" if log.previous else "",
        "next_url": f"{here}?{narrowed}after={log.next}" if log.next else "",
    }
    return render(request, "webhooks/webhook.html", context)


@needs(May.CHANGE_SETTINGS)
def sent(request: HttpRequest, webhook_id: int, delivery_id: int) -> HttpResponse:
    """One event as it was sent, with its body."""
    row = _one(request, webhook_id)
    line = reads.sent(viewer_of(request), webhook_id, delivery_id)
    if line is None:
        raise Http404
    context = {
        "row": row,
        "line": line,
        "said": event(line.event),
        "state": STATES[line.state],
        "answer": answer(line.last_error),
        "laid_out": json.dumps(json.loads(line.body), indent=2) if line.body else "",
    }
    return render(request, "webhooks/sent.html", context)


@needs(May.CHANGE_SETTINGS)
@require_POST
@sensitive_variables("done")
def rotate(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Another secret, on this answer and nowhere else."""
    done = webhooks.rotate(webhook_id, by=viewer_of(request), at=at_of(request))
    if is_done(done):
        return _secret(request, done.id, done.secret, is_another=True)
    raise Http404


@needs(May.CHANGE_SETTINGS)
@require_POST
def pause(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Tell it nothing for now."""
    done = webhooks.pause(webhook_id, by=viewer_of(request), at=at_of(request))
    tell(request, done, _("The webhook is paused. Nothing is lost: it takes up where it stopped."))
    return redirect("web:webhook", webhook_id)


@needs(May.CHANGE_SETTINGS)
@require_POST
def resume(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Take up again, or begin anew."""
    skip = bool(request.POST.get("skip"))
    done = webhooks.resume(webhook_id, skip=skip, by=viewer_of(request), at=at_of(request))
    tell(request, done, _("The webhook is told again what happens."))
    return redirect("web:webhook", webhook_id)


@needs(May.CHANGE_SETTINGS)
@require_POST
def test(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Send an event that happened to nobody."""
    done = webhooks.test(webhook_id, by=viewer_of(request), at=at_of(request))
    tell(request, done, _("A test event is on its way. What came of it stands below in a moment."))
    return redirect("web:webhook", webhook_id)


@needs(May.CHANGE_SETTINGS)
@require_POST
def remove(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Take it away."""
    done = webhooks.remove(webhook_id, by=viewer_of(request), at=at_of(request))
    tell(request, done, _("The webhook was removed."))
    return redirect("web:webhooks")


@needs(May.CHANGE_SETTINGS)
@require_POST
def resend_all(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Send every dead letter again."""
    done = webhook_letters.resend_all(webhook_id, by=viewer_of(request), at=at_of(request))
    count = done if isinstance(done, int) else 0
    said = ngettext("%(n)d dead letter is sent again.", "%(n)d dead letters are sent again.", count) % {"n": count}
    tell(request, done, said)
    return redirect("web:webhook", webhook_id)


@needs(May.CHANGE_SETTINGS)
@require_POST
def resend(request: HttpRequest, webhook_id: int, delivery_id: int) -> HttpResponse:
    """Send one dead letter again."""
    if reads.sent(viewer_of(request), webhook_id, delivery_id) is None:
        raise Http404
    done = webhook_letters.resend(delivery_id, by=viewer_of(request), at=at_of(request))
    tell(request, done, _("The dead letter is sent again, with the same id and body."))
    return redirect("web:webhook_sent", webhook_id, delivery_id)


def _one(request: HttpRequest, webhook_id: int) -> WebhookLine:
    row = reads.one(viewer_of(request), webhook_id)
    if row is None:
        raise Http404
    return row


def _shown(row: WebhookLine) -> dict[str, Any]:
    return {
        "row": row,
        "paused": PAUSES[Pause(row.paused_why)] if row.paused_why else "",
        "answer": answer(row.last_error),
        "kinds": [(kind.value, SENTENCES[kind]) for kind in row.kinds or ()],
    }


def _secret(request: HttpRequest, webhook_id: int, secret: str, *, is_another: bool = False) -> HttpResponse:
    context = {"row": _one(request, webhook_id), "secret": secret, "is_another": is_another}
    return render(request, "webhooks/secret.html", context)


urlpatterns = [
    path("settings/webhooks/", listing, name="webhooks"),
    path("settings/webhooks/new/", new, name="webhook_new"),
    path("settings/webhooks/<int:webhook_id>/", webhook, name="webhook"),
    path("settings/webhooks/<int:webhook_id>/change/", change, name="webhook_change"),
    path("settings/webhooks/<int:webhook_id>/rotate/", rotate, name="webhook_rotate"),
    path("settings/webhooks/<int:webhook_id>/pause/", pause, name="webhook_pause"),
    path("settings/webhooks/<int:webhook_id>/resume/", resume, name="webhook_resume"),
    path("settings/webhooks/<int:webhook_id>/test/", test, name="webhook_test"),
    path("settings/webhooks/<int:webhook_id>/remove/", remove, name="webhook_remove"),
    path("settings/webhooks/<int:webhook_id>/resend/", resend_all, name="webhook_resend_all"),
    path("settings/webhooks/<int:webhook_id>/sent/<int:delivery_id>/", sent, name="webhook_sent"),
    path("settings/webhooks/<int:webhook_id>/sent/<int:delivery_id>/resend/", resend, name="webhook_resend"),
]
