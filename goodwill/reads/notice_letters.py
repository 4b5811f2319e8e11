"""Letters about notices: what a person has not read, in the person's language and zone, with links and little else."""

from collections import defaultdict
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goodwill.domain.notices import Kind, Way
from goodwill.domain.viewers import Viewer
from goodwill.reads.notice_words import KINDS
from goodwill.reads.notices import NoticeLine, shown
from goodwill.store.firms import Firm
from goodwill.store.notices import Notice, NoticePlan
from goodwill.store.people import Person

OF_A_KIND = 10
"""So many of one kind are listed; the others are a number and a link."""


@dataclass(frozen=True, slots=True)
class Written:
    """A letter ready for the out-tray, and the ids of the notices it tells of."""

    payload: dict[str, object]
    told: tuple[int, ...]


def write(viewer: Viewer, way: Way, *, is_digest: bool) -> Written | None:
    """The letter to this viewer of what was not read and not told by letter yet, of the kinds told in this way; None
    where there is nothing to say."""
    person = Person.objects.active().filter(pk=viewer.person_id or 0).first()
    if person is None:
        return None
    plan = NoticePlan.objects.filter(person=person).first() or NoticePlan()
    rows = Notice.objects.of(viewer).unread().filter(kind__in=plan.kinds(way))
    new = list(rows.filter(mailed_at__isnull=True).order_by("-id")[: 20 * OF_A_KIND])
    if not new:
        return None
    earlier = rows.filter(mailed_at__isnull=False).count() if is_digest else 0
    firm = Firm.the()
    with translation.override(person.language):
        lines = [line for line in shown(viewer, new) if not line.is_hidden]
        if not lines:
            return None
        total = sum(line.count for line in lines)
        subject = ngettext("%(n)s notice from %(firm)s", "%(n)s notices from %(firm)s", total)
        payload: dict[str, object] = {
            "to": [person.email],
            "from": settings.DEFAULT_FROM_EMAIL,
            "subject": subject % {"n": total, "firm": firm.name if firm else "Goodwill"},
            "body": _body(lines, earlier, viewer),
        }
    return Written(payload, tuple(row.pk for row in new))


def _body(lines: list[NoticeLine], earlier: int, viewer: Viewer) -> str:
    by_kind: dict[Kind, list[NoticeLine]] = defaultdict(list)
    for line in lines:
        by_kind[line.kind].append(line)
    parts = []
    for kind in (kind for kind in Kind if kind in by_kind):
        those = by_kind[kind]
        said = [str(KINDS[kind]).upper(), *(_said(line, viewer) for line in those[:OF_A_KIND])]
        if (n := len(those) - OF_A_KIND) > 0:
            said.append(ngettext("… and %(n)s more", "… and %(n)s more", n) % {"n": n})
        parts.append("\n\n".join(said))
    if earlier:
        parts.append(
            ngettext(
                "%(n)s earlier notice is still unread.", "%(n)s earlier notices are still unread.", earlier
            ) % {"n": earlier}
        )  # fmt: skip
    parts.append(_("All notices: %(url)s") % {"url": f"{settings.URL}/notices/"})
    parts.append(_("Which letters come, and when: %(url)s") % {"url": f"{settings.URL}/preferences/notices/"})
    return "\n\n".join(parts) + "\n"


def _said(line: NoticeLine, viewer: Viewer) -> str:
    """One notice: what happened, with whom and what, why it is told, and where it opens."""
    about = [line.customer, line.what or line.order_number, _due(line, viewer)]
    rows = [line.said, " · ".join(word for word in about if word), line.because, f"{settings.URL}/notices/{line.id}/"]
    first, *others = [row for row in rows if row]
    return "\n".join([f"- {first}", *(f"  {row}" for row in others)])


def _due(line: NoticeLine, viewer: Viewer) -> str:
    if line.due_on is not None:
        return _("due %(when)s") % {"when": formats.date_format(line.due_on, "DATE_FORMAT")}
    if line.due_at is None:
        return ""
    local = line.due_at.astimezone(ZoneInfo(viewer.zone))
    return _("due %(when)s") % {"when": formats.date_format(local, "DATETIME_FORMAT")}
