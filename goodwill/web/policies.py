"""The promise policy: its versions, and a new one from a day on."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext

from goodwill.actions import policies as deeds
from goodwill.domain.refusals import Refusal
from goodwill.domain.roles import May
from goodwill.reads import settings as reads
from goodwill.web.firm import firm_of
from goodwill.web.gate import needs, viewer_of
from goodwill.web.settings_forms import PolicyForm
from goodwill.web.wording_people import HANDOVERS, LATE_RULES, PRIORITIES, REOPENS


@needs(May.CHANGE_SETTINGS)
def policies(request: HttpRequest) -> HttpResponse:
    """Every version, and the form for the next."""
    viewer = viewer_of(request)
    at = request.at  # type: ignore[attr-defined]
    rows = reads.policies(viewer, at=at)
    form = PolicyForm(request.POST or None, initial=_initial(request, rows))
    if request.method == "POST" and form.is_valid():
        done = deeds.change(form.rules(), from_on=form.cleaned_data["from_on"], by=viewer, at=at)
        if not isinstance(done, Refusal):
            if done is None:
                messages.info(request, gettext("Nothing differs from the rules of that day, so nothing was saved."))
            else:
                messages.success(request, gettext("The new version is saved."))
            return redirect("web:policies")
        form.refuse(done)
    shown = [
        {
            "row": row,
            "late_rule": LATE_RULES[row.late_rule],
            "reopen": REOPENS[row.reopen],
            "priority": PRIORITIES[row.priority],
            "handover": HANDOVERS[row.handover],
        }
        for row in rows
    ]
    return render(request, "settings/policies.html", {"rows": shown, "form": form}, status=422 if form.errors else 200)


def _initial(request: HttpRequest, rows: list[reads.PolicyRow]) -> dict[str, object]:
    firm = firm_of(request)
    today = request.at.astimezone(ZoneInfo(firm.zone if firm else "UTC")).date()  # type: ignore[attr-defined]
    now = next((row for row in rows if row.is_in_force), None)
    if now is None:
        rules = deeds.Rules()
        share, hours = rules.at_risk_share, rules.at_risk_hours
        rest = {"late_rule": rules.late_rule}
    else:
        share, hours = now.at_risk_share, now.at_risk_hours
        rest = {name: getattr(now, name) for name in ("late_rule", "reopen", "priority", "handover")}
    return {
        "from_on": today,
        "at_risk_percent": f"{(share * 100).normalize():f}",
        "at_risk_hours": f"{hours.normalize():f}",
        **rest,
    }


urlpatterns = [path("settings/policy/", policies, name="policies")]
