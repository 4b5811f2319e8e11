"""The firm: made once by the first-run set-up, changed in the settings."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from goodwill.actions import calendars, policies, units
from goodwill.actions.calendars import BEGINNING, Hours
from goodwill.adapters.places import countries, currencies
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May, Role
from goodwill.domain.sites import Mode
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.calendars import Calendar, CalendarVersion
from goodwill.store.firms import Firm
from goodwill.store.orders import Order
from goodwill.store.people import Assignment, Person
from goodwill.store.sites import Site

NAME_LENGTH = 120
LANGUAGES = ("en", "ru", "hu")


@dataclass(frozen=True, slots=True)
class Beginning:
    """Everything a firm needs on its first day. The password has been judged by the form."""

    firm_name: str
    currency: str
    country: str
    zone: str
    language: str
    weekly: dict[str, list[list[str]]]
    calendar_name: str
    site_name: str
    site_mode: str
    unit_name: str
    head_name: str
    head_email: str
    password: str
    with_holidays: bool = True


def judge(said: Beginning, *, at: datetime) -> list[Refusal]:
    """Everything that stands in the way, field by field; nothing when the firm can begin."""
    found = []
    for name in ("firm_name", "site_name", "unit_name", "head_name", "calendar_name"):
        if not getattr(said, name).strip():
            found.append(Refusal(Reason.REQUIRED, name))
        elif len(getattr(said, name).strip()) > NAME_LENGTH:
            found.append(Refusal(Reason.TOO_LONG, name, (("most", str(NAME_LENGTH)),)))
    found += _judge_place(said.currency, said.country, said.zone, said.language)
    if said.site_mode not in {mode.value for mode in Mode}:
        found.append(Refusal(Reason.NOT_A_CHOICE, "site_mode"))
    try:
        validate_email(said.head_email.strip())
    except ValidationError:
        found.append(Refusal(Reason.NOT_AN_ADDRESS, "head_email"))
    if Person.objects.get_queryset().filter(email=said.head_email.strip().lower()).exists():
        found.append(Refusal(Reason.ALREADY_USED, "head_email"))
    if said.zone in available_timezones():
        hours = _hours(said)
        refusal = calendars.judge(hours, on=at.date())
        if refusal is not None and refusal.reason is Reason.UNREACHABLE_CALENDAR:
            found.append(refusal)
    return found


@transaction.atomic
def set_up(said: Beginning, *, by: Viewer, at: datetime) -> Person | Refusal:
    """Found the firm: calendar, policy, first site, first unit, and its head, who may do everything.

    Possible once: of two who try, one founds it. Returns the head.
    """
    if refusals := judge(said, at=at):
        return refusals[0]
    # The firm's row comes first: there is room for one, and whoever comes second waits here and finds it.
    firm, is_new = Firm.objects.get_or_create(
        pk=1,
        defaults={
            "name": said.firm_name.strip(),
            "currency": said.currency,
            "zone": said.zone,
            "country": said.country,
            "language": said.language,
            "created_at": at,
        },
    )
    if not is_new:
        return Refusal(Reason.ALREADY_SET_UP)
    calendar = Calendar.objects.create(name=said.calendar_name.strip())
    CalendarVersion.objects.create(calendar=calendar, from_on=BEGINNING, **_hours(said).columns())
    firm.calendar = calendar
    firm.save(update_fields=["calendar"])
    site = Site.objects.create(name=said.site_name.strip(), mode=said.site_mode, zone=said.zone, calendar=calendar)
    head = Person.objects.create_person(said.head_email, said.head_name, at=at, joined_at=at, language=said.language)
    head.set_password(said.password)
    head.save(update_fields=["password"])
    by = Viewer(person_id=head.pk)
    journal.write(Entry.FIRM_SET_UP, by=by, at=at, currency=said.currency, country=said.country, zone=said.zone)
    policies.write(policies.Rules(), from_on=BEGINNING, by=by, at=at)
    unit = units.create(said.unit_name, chief_id=head.pk, site_ids=[site.pk], by=by, at=at)
    Assignment.objects.create(person=head, role=Role.HEAD.value, unit=unit)
    Assignment.objects.create(person=head, role=Role.ADMINISTRATOR.value, unit=None)
    return head


@transaction.atomic
def change(
    *, name: str, currency: str, country: str, zone: str, language: str, calendar_id: int, by: Viewer, at: datetime
) -> Firm | Refusal:
    """Change the firm. Its currency is fixed once there are orders: sums are never converted behind one's back."""
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_ALLOWED)
    firm = Firm.objects.select_for_update().filter(pk=1).first()
    if firm is None:
        return Refusal(Reason.NOT_FOUND)
    name = name.strip()
    if not name:
        return Refusal(Reason.REQUIRED, "name")
    if len(name) > NAME_LENGTH:
        return Refusal(Reason.TOO_LONG, "name", (("most", str(NAME_LENGTH)),))
    if refusals := _judge_place(currency, country, zone, language):
        return refusals[0]
    if not Calendar.objects.filter(pk=calendar_id).exists():
        return Refusal(Reason.NOT_A_CHOICE, "calendar")
    if currency != firm.currency and Order.objects.exists():
        return Refusal(Reason.CURRENCY_FIXED, "currency")
    wanted = {
        "name": name,
        "currency": currency,
        "country": country,
        "zone": zone,
        "language": language,
        "calendar_id": calendar_id,
    }
    changed = [field for field, value in wanted.items() if getattr(firm, field) != value]
    if changed:
        for field in changed:
            setattr(firm, field, wanted[field])
        firm.save(update_fields=changed)
        journal.write(Entry.SETTINGS_CHANGED, by=by, at=at, fields=",".join(changed))
    return firm


def _hours(said: Beginning) -> Hours:
    return Hours(
        zone=said.zone, weekly=said.weekly, country=said.country if calendars.has_holidays(said.country) else ""
    )


def _judge_place(currency: str, country: str, zone: str, language: str) -> list[Refusal]:
    found = []
    if currency not in dict(currencies("en")):
        found.append(Refusal(Reason.NOT_A_CURRENCY, "currency"))
    if country not in dict(countries("en")):
        found.append(Refusal(Reason.NOT_A_CHOICE, "country"))
    if zone not in available_timezones():
        found.append(Refusal(Reason.NOT_A_ZONE, "zone"))
    if language not in LANGUAGES:
        found.append(Refusal(Reason.NOT_A_CHOICE, "language"))
    return found
