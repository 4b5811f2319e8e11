"""Wording of the reports: rules, groups, figures and findings in the reader's language."""

from collections.abc import Callable
from datetime import date

from babel.dates import format_date
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from goodwill.domain.labels import short_key
from goodwill.domain.reports import NONE, Figure, Grouping, Rule
from goodwill.domain.shares import Share
from goodwill.reads.promised import promised as promised
from goodwill.reads.reports import Line
from goodwill.web.templatetags.goodwill import number, share

Words = Promise | str
LONGEST_WORD = 24

RULES: dict[Rule, Words] = {
    Rule.OWN: gettext_lazy("Each promise's own rule"),
    Rule.END_OF_DAY: gettext_lazy("Late after the promised day"),
    Rule.MOMENT: gettext_lazy("Late after the promised moment"),
}
GROUPINGS: dict[Grouping, Words] = {
    Grouping.MONTH: pgettext_lazy("group of promises", "Month due"),
    Grouping.SITE: pgettext_lazy("group of promises", "Site"),
    Grouping.CATEGORY: pgettext_lazy("group of promises", "Category"),
    Grouping.CARRIER: pgettext_lazy("group of promises", "Carrier"),
    Grouping.SELLER: pgettext_lazy("group of promises", "Seller"),
    Grouping.REGION: pgettext_lazy("group of promises", "Region"),
    Grouping.DELAY_BUCKET: pgettext_lazy("group of promises", "Days early or late"),
}
WITHOUT: dict[Grouping, Words] = {
    Grouping.MONTH: gettext_lazy("No month"),
    Grouping.SITE: gettext_lazy("No site"),
    Grouping.CATEGORY: gettext_lazy("No category"),
    Grouping.CARRIER: gettext_lazy("No carrier written down"),
    Grouping.SELLER: gettext_lazy("No seller"),
    Grouping.REGION: gettext_lazy("No region"),
    Grouping.DELAY_BUCKET: gettext_lazy("Not fulfilled"),
}
BUCKET_NAMES: dict[str, Words] = {
    "15+ days early": gettext_lazy("15 or more days early"),
    "1-14 early": gettext_lazy("1 to 14 days early"),
    "on the day": gettext_lazy("On the day"),
    "1-3 late": gettext_lazy("1 to 3 days late"),
    "4-7 late": gettext_lazy("4 to 7 days late"),
    "8+ late": gettext_lazy("8 or more days late"),
}
FIGURES: dict[Figure, Words] = {
    Figure.N: pgettext_lazy("column of promises", "Kept or broken"),
    Figure.KEPT: pgettext_lazy("column of promises", "Kept"),
    Figure.BROKEN: pgettext_lazy("column of promises", "Broken"),
    Figure.BROKEN_WARNED: pgettext_lazy("column of promises", "Broken, warned"),
    Figure.BROKEN_SILENT: pgettext_lazy("column of promises", "Broken in silence"),
    Figure.BROKEN_UNRECORDED: pgettext_lazy("column of promises", "Broken, warning not recorded"),
    Figure.WITHDRAWN: pgettext_lazy("column of promises", "Withdrawn"),
    Figure.OPEN: pgettext_lazy("column of promises", "Open"),
}

_COUNTED: dict[Figure, Callable[[int], str]] = {
    Figure.N: lambda n: ngettext("%(n)s promise kept or broken", "%(n)s promises kept or broken", n),
    Figure.KEPT: lambda n: ngettext("%(n)s promise kept", "%(n)s promises kept", n),
    Figure.BROKEN: lambda n: ngettext("%(n)s promise broken", "%(n)s promises broken", n),
    Figure.BROKEN_WARNED: lambda n: ngettext(
        "%(n)s promise broken with a warning", "%(n)s promises broken with a warning", n
    ),
    Figure.BROKEN_SILENT: lambda n: ngettext("%(n)s promise broken in silence", "%(n)s promises broken in silence", n),
    Figure.BROKEN_UNRECORDED: lambda n: ngettext(
        "%(n)s promise broken, warning not recorded", "%(n)s promises broken, warning not recorded", n
    ),
    Figure.WITHDRAWN: lambda n: ngettext("%(n)s promise withdrawn", "%(n)s promises withdrawn", n),
    Figure.OPEN: lambda n: ngettext("%(n)s promise open", "%(n)s promises open", n),
}


def counted(figure: Figure, n: int) -> str:
    """The figure as a phrase: "957 promises broken"."""
    return _COUNTED[figure](n) % {"n": number(n)}


def group(by: Grouping, key: str, label: str | None) -> str:
    """The name of a group: the month spelled out, the bucket in words, or the name it carries."""
    if key == NONE:
        return str(WITHOUT[by])
    if by is Grouping.MONTH:
        language = (get_language() or "en").replace("-", "_")
        return str(format_date(date.fromisoformat(f"{key}-01"), "LLLL y", locale=language))
    if by is Grouping.DELAY_BUCKET:
        return str(BUCKET_NAMES[key])
    name = label or key
    # A key without a blank (a hash, say) cannot be broken into lines and is read by its beginning only.
    return name if " " in name or len(name) <= LONGEST_WORD else short_key(name)


def finding(total: Line) -> str:
    """What the report says, in one sentence."""
    said = total.share_broken
    if said is None:
        return _("No promise has been kept or broken yet.")
    if not said.is_enough:
        return ngettext(
            "Not enough data: only %(n)s promise was kept or broken so far.",
            "Not enough data: only %(n)s promises were kept or broken so far.",
            total.n,
        ) % {"n": number(total.n)}
    return ngettext(
        "%(share)s of %(n)s promise was broken (%(interval)s)",
        "%(share)s of %(n)s promises were broken (%(interval)s)",
        total.n,
    ) % {"share": share(said.value), "n": number(total.n), "interval": interval(said)}


def highest(by: Grouping, lines: list[Line], total: Line) -> str:
    """Where most was broken, if one group lies above the share of all with its whole interval; says so where none
    does."""
    told = [(line.share_broken, line) for line in lines if line.share_broken and line.share_broken.is_enough]
    if not told:
        return _("No group is large enough yet to be compared")
    # By the low end of the interval: a small group must be far worse to be named.
    said, worst = max(told, key=lambda pair: pair[0].low)
    if total.share_broken is None or said.low <= total.share_broken.value:
        return _("No group lies above the share of all for certain")
    name = group(by, worst.key, worst.label)
    return _("Broken most often: %(name)s, %(share)s of %(n)s") % {
        "name": name,
        "share": share(said.value),
        "n": number(worst.n),
    }


def interval(said: Share) -> str:
    """The 95 % interval: "6.2–7.0%"."""
    return _("%(low)s–%(high)s") % {"low": share(said.low), "high": share(said.high)}


def needed(said: Share | None, n: int) -> str:
    """What would be enough."""
    if said is None:
        return _("It begins with the first promise that is kept or broken.")
    return ngettext(
        "About %(n)s more would be enough.", "About %(n)s more would be enough.", said.missing
    ) % {"n": number(said.missing)}  # fmt: skip


def hours(seconds: float) -> str:
    """A stretch of time in hours, or in days beyond two."""
    if seconds < 2 * 86_400:
        n = round(seconds / 3600)
        return ngettext("%(n)s hour", "%(n)s hours", n) % {"n": number(n)}
    n = round(seconds / 86_400)
    return ngettext("%(n)s day", "%(n)s days", n) % {"n": number(n)}


def away(days: int | None) -> str:
    """How far from the promised day it was fulfilled."""
    if days is None:
        return ""
    if days == 0:
        return _("on the day")
    if days < 0:
        return ngettext("%(n)s day early", "%(n)s days early", -days) % {"n": number(-days)}
    return ngettext("%(n)s day late", "%(n)s days late", days) % {"n": number(days)}
