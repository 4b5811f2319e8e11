"""Wording of facts: what an entry of the journal carries beside its sentence, in the reader's language."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from goodwill.domain.customers import AddressKind
from goodwill.domain.entries import Entry
from goodwill.domain.feeds import Kind as FeedKind
from goodwill.domain.feeds import PauseReason
from goodwill.domain.interactions import Channel
from goodwill.domain.money import Money
from goodwill.domain.own_fields import FieldNoun
from goodwill.domain.records import Cause
from goodwill.domain.roles import Role
from goodwill.domain.shipment_reports import Condition, SlipCause
from goodwill.domain.sites import Mode
from goodwill.domain.tokens import Access
from goodwill.domain.webhooks import Pause
from goodwill.reads.promised import PROMISED, promised
from goodwill.web.templatetags.goodwill import day, moment, money, number
from goodwill.web.wording import ADDRESS_KINDS, CHANNELS, MODES, ROLES
from goodwill.web.wording_customers import FIELD_NOUNS, status
from goodwill.web.wording_entries import SENTENCES
from goodwill.web.wording_feeds import KINDS as FEED_KINDS
from goodwill.web.wording_feeds import PAUSES as FEED_PAUSES
from goodwill.web.wording_feeds import import_error
from goodwill.web.wording_imports import PRESETS
from goodwill.web.wording_promises import CAUSES, STATES, lead, stretch
from goodwill.web.wording_shipments import CONDITIONS, SLIP_CAUSES
from goodwill.web.wording_tokens import SCOPES
from goodwill.web.wording_webhooks import PAUSES as WEBHOOK_PAUSES

Words = Promise | str
Say = Callable[[Any], str]
"""A fact's value in words; "" where it says nothing to a reader."""


def _coded(kind: type[StrEnum], words: Mapping[Any, Words]) -> Say:
    """Codes of a list, said by their own words; a code of another version says nothing."""
    return lambda code: str(words[kind(code)]) if code in set(kind) else ""


def _listed(words: Mapping[str, Words]) -> Say:
    return lambda code: str(words.get(str(code), ""))


def _each(say: Say) -> Say:
    """Several of them, each once, in their order; one text may hold them parted by commas."""

    def said(values: Any) -> str:
        several = values.split(",") if isinstance(values, str) else values
        return ", ".join(dict.fromkeys(filter(None, (say(one) for one in several))))

    return said


def _moment(text: Any) -> str:
    return moment(datetime.fromisoformat(text))


def _day(text: Any) -> str:
    return day(date.fromisoformat(text))


def _count(value: Any) -> str:
    return number(value)


def _yes_no(value: Any) -> str:
    return pgettext("answer", "yes") if value else pgettext("answer", "no")


def _yes(value: Any) -> str:
    """Only where it is so: that it is not needs no word."""
    return pgettext("answer", "yes") if value else ""


def _some(value: Any) -> str:
    return number(value) if value else ""


def _as_it_stands(value: Any) -> str:
    return str(value)


def _money(value: Any) -> str:
    return money(Money.of(Decimal(value["amount"]), value["currency"]))


def _role(pair: Any) -> str:
    return str(ROLES[Role(pair[0])]) if pair[0] in set(Role) else ""


def _kinds(value: Any) -> str:
    """Few are named; of many the number says more than a long list."""
    if value == "all":
        return pgettext("what a webhook is told", "everything")
    if len(value) > _FEW:
        return number(len(value))
    return "; ".join(str(SENTENCES[Entry(kind)]).rstrip(".") for kind in value if kind in set(Entry))


def _promise(code: Any) -> str:
    return promised(str(code), "") if code in PROMISED else str(code)


def _cause(code: Any) -> str:
    """A driver taps fewer causes than the house names."""
    if code in set(SlipCause):
        return str(SLIP_CAUSES[SlipCause(code)])
    return str(CAUSES[Cause(code)]) if code in set(Cause) else ""


def _why_paused(code: Any) -> str:
    words = {**{p.value: FEED_PAUSES[p] for p in PauseReason}, **{p.value: WEBHOOK_PAUSES[p] for p in Pause}}
    return "" if code == Pause.BY_HAND else str(words.get(str(code), ""))


def _why_failed(code: Any) -> str:
    return import_error(str(code))


_FEW = 3
FIELDS: dict[str, Words] = {
    "name": pgettext_lazy("changed field", "name"),
    "number": pgettext_lazy("changed field", "number"),
    "kind": pgettext_lazy("changed field", "kind"),
    "language": pgettext_lazy("changed field", "language"),
    "currency": pgettext_lazy("changed field", "currency"),
    "country": pgettext_lazy("changed field", "country"),
    "zone": pgettext_lazy("changed field", "time zone"),
    "theme": pgettext_lazy("changed field", "appearance"),
    "notices": pgettext_lazy("changed field", "notices"),
    "mode": pgettext_lazy("changed field", "mode"),
    "site_id": pgettext_lazy("changed field", "site"),
    "owner_id": pgettext_lazy("changed field", "owner"),
    "calendar_id": pgettext_lazy("changed field", "calendar"),
    "is_active": pgettext_lazy("changed field", "whether in use"),
    "channel": pgettext_lazy("changed field", "channel"),
    "tangible": pgettext_lazy("changed field", "tangible parts"),
    "intangible": pgettext_lazy("changed field", "intangible parts"),
    "place": pgettext_lazy("changed field", "place"),
    "query": pgettext_lazy("changed field", "rest of the address"),
    "options": pgettext_lazy("changed field", "how the files are read"),
    "every_minutes": pgettext_lazy("changed field", "how often"),
    "daily_at": pgettext_lazy("changed field", "time of day"),
    "moves_files": pgettext_lazy("changed field", "whether files are moved"),
    "access": pgettext_lazy("changed field", "kind of access"),
    "access_user": pgettext_lazy("changed field", "name there"),
    "secret": pgettext_lazy("changed field", "secret"),
}
"""Fields that deeds name as changed."""

_EXPORTS: dict[str, Words] = {
    "everything": pgettext_lazy("what was exported", "everything"),
    "customers": pgettext_lazy("what was exported", "customers"),
    "orders": pgettext_lazy("what was exported", "orders"),
    "promises": pgettext_lazy("what was exported", "promises"),
    "journal": pgettext_lazy("what was exported", "the journal"),
    "promise-report": pgettext_lazy("what was exported", "the report of promises"),
}
_BECAUSE: dict[str, Words] = {
    "time": pgettext_lazy("why at risk", "little time is left"),
    "depends": pgettext_lazy("why at risk", "it depends on a promise that is late or at risk"),
    "late": pgettext_lazy("why at risk", "the driver will be late"),
    "damaged": pgettext_lazy("why at risk", "it arrived damaged"),
}
_WHY_CORRECTED: dict[str, Words] = {
    "kept_in_time": pgettext_lazy("why corrected", "it had been kept in time"),
    "warned_in_time": pgettext_lazy("why corrected", "the customer had been warned in time"),
    "import": pgettext_lazy("why corrected", "a file says otherwise"),
    "mistaken": pgettext_lazy("why corrected", "it was a mistake"),
    "not_settled": pgettext_lazy("why corrected", "it was not settled"),
    "not_warned": pgettext_lazy("why corrected", "the customer was not warned"),
}


def _exported(code: Any) -> str:
    text = str(code)
    return str(_EXPORTS.get("promises" if text.startswith("promises-") else text, ""))


WORDS: dict[str, tuple[Words, Say]] = {
    "added": (pgettext_lazy("fact", "new"), _yes),
    "again": (pgettext_lazy("fact", "once more"), _yes),
    "ahead_seconds": (pgettext_lazy("fact", "done"), lead),
    "after": (pgettext_lazy("fact", "now"), _listed(STATES)),
    "address_kind": (pgettext_lazy("fact", "kind of address"), _coded(AddressKind, ADDRESS_KINDS)),
    "bad": (pgettext_lazy("fact", "rows not usable"), _count),
    "because": (pgettext_lazy("fact", "because"), _listed(_BECAUSE)),
    "before": (pgettext_lazy("fact", "before"), _listed(STATES)),
    "cause": (pgettext_lazy("fact", "cause"), _cause),
    "changes": (pgettext_lazy("fact", "changes of the tables"), _count),
    "channel": (pgettext_lazy("fact", "channel"), _coded(Channel, CHANNELS)),
    "condition": (pgettext_lazy("fact", "condition"), _coded(Condition, CONDITIONS)),
    "count": (pgettext_lazy("fact", "how many"), _count),
    "country": (pgettext_lazy("fact", "country"), _as_it_stands),
    "currency": (pgettext_lazy("fact", "currency"), _as_it_stands),
    "due_at": (pgettext_lazy("fact", "due"), _moment),
    "erased_again": (pgettext_lazy("fact", "erased again"), _some),
    "expected_at": (pgettext_lazy("fact", "now expected"), _moment),
    "expires_at": (pgettext_lazy("fact", "good until"), _moment),
    "feed_kind": (pgettext_lazy("fact", "kind"), _coded(FeedKind, FEED_KINDS)),
    "field": (pgettext_lazy("fact", "changed"), _each(_listed(FIELDS))),
    "fields": (pgettext_lazy("fact", "changed"), _each(_listed(FIELDS))),
    "files": (pgettext_lazy("fact", "files"), _count),
    "from_on": (pgettext_lazy("fact", "from"), _day),
    "given": (pgettext_lazy("fact", "given"), _each(_role)),
    "good": (pgettext_lazy("fact", "good rows"), _count),
    "handed_over": (pgettext_lazy("fact", "with all customers of a person"), _yes),
    "held": (pgettext_lazy("fact", "rows held back"), _some),
    "is_active": (pgettext_lazy("fact", "account open"), _yes_no),
    "is_told": (pgettext_lazy("fact", "customer told"), _yes_no),
    "kinds": (pgettext_lazy("fact", "what it is told"), _kinds),
    "late_seconds": (pgettext_lazy("fact", "late by"), stretch),
    "lead_seconds": (pgettext_lazy("fact", "warned"), lead),
    "left_seconds": (pgettext_lazy("fact", "time left"), lambda n: stretch(n) if n > 0 else ""),
    "mode": (pgettext_lazy("fact", "mode"), _coded(Mode, MODES)),
    "money": (pgettext_lazy("fact", "money waiting"), _money),
    "noun": (pgettext_lazy("fact", "of"), _coded(FieldNoun, FIELD_NOUNS)),
    "outcome": (pgettext_lazy("fact", "outcome"), _listed(STATES)),
    "overall": (pgettext_lazy("fact", "purchase"), _count),
    "photos": (pgettext_lazy("fact", "photos"), _some),
    "preset": (pgettext_lazy("fact", "what the files are"), _listed(PRESETS)),
    "product_score": (pgettext_lazy("fact", "product"), _count),
    "promise_kind": (pgettext_lazy("fact", "what"), _promise),
    "reason": (pgettext_lazy("fact", "why"), lambda code: _why_paused(code) or _why_failed(code)),
    "removed": (pgettext_lazy("fact", "rows taken out"), _count),
    "replayed": (pgettext_lazy("fact", "again after a backup was put back"), _yes),
    "roles": (pgettext_lazy("fact", "roles"), _each(_role)),
    "rows": (pgettext_lazy("fact", "rows"), _count),
    "scale": (pgettext_lazy("fact", "best"), _count),
    "scopes": (pgettext_lazy("fact", "what it may do"), _each(_coded(Access, SCOPES))),
    "service_score": (pgettext_lazy("fact", "service"), _count),
    "skipped": (pgettext_lazy("fact", "what had waited was left out"), _yes),
    "status": (pgettext_lazy("fact", "status"), lambda code: status(str(code)) if code else ""),
    "taken": (pgettext_lazy("fact", "taken"), _each(_role)),
    "taken_back": (pgettext_lazy("fact", "taken back"), _yes),
    "version": (pgettext_lazy("fact", "version"), _as_it_stands),
    "what": (pgettext_lazy("fact", "what"), _exported),
    "why": (pgettext_lazy("fact", "why"), lambda code: _listed(_WHY_CORRECTED)(code) or _why_paused(code)),
    "year": (pgettext_lazy("fact", "books begin in"), _as_it_stands),
    "zone": (pgettext_lazy("fact", "time zone"), _as_it_stands),
}
NAMED: dict[str, Words] = {
    "calendar_id": pgettext_lazy("fact", "calendar"),
    "deputy_id": pgettext_lazy("fact", "deputy"),
    "deputy_was": pgettext_lazy("fact", "deputy before"),
    "feed_id": pgettext_lazy("fact", "daily file"),
    "field_id": pgettext_lazy("fact", "field"),
    "field_ids": pgettext_lazy("fact", "fields"),
    "now": pgettext_lazy("fact", "owner"),
    "other_id": pgettext_lazy("fact", "with"),
    "owner_id": pgettext_lazy("fact", "owner"),
    "owner_was": pgettext_lazy("fact", "owner before"),
    "person_id": pgettext_lazy("fact", "person"),
    "person_was": pgettext_lazy("fact", "person before"),
    "site_id": pgettext_lazy("fact", "site"),
    "tag_id": pgettext_lazy("fact", "tag"),
    "touchpoint_id": pgettext_lazy("fact", "touchpoint"),
    "unit_id": pgettext_lazy("fact", "unit"),
    "unit_was": pgettext_lazy("fact", "unit before"),
    "user_id": pgettext_lazy("fact", "user"),
    "user_was": pgettext_lazy("fact", "user before"),
    "was": pgettext_lazy("fact", "owner before"),
    "webhook_id": pgettext_lazy("fact", "webhook"),
}
"""Facts that are ids; the read brings the names, where there is still something to name."""

SILENT = frozenset({
    "act", "address_id", "delay_seconds", "depends_on", "direction", "effect", "host_id", "interaction_id",
    "is_accepted", "is_mailing", "late_rule", "promised_on", "replaced_by", "report_id", "shipment_id", "side",
    "target_count", "target_kind", "token_id", "version_id",
})  # fmt: skip
"""Facts that a reader has from the sentence already, or that are numbers of rows and the like."""

_SAID_ALREADY: dict[Entry, frozenset[str]] = {
    Entry.PROMISE_BROKEN: frozenset({"outcome"}),
    Entry.PROMISE_FULFILLED_LATE: frozenset({"late_seconds"}),
    Entry.PROMISE_MADE: frozenset({"calendar_id", "zone"}),
    Entry.PROMISE_WITHDRAWN: frozenset({"reason"}),
    Entry.SHIPMENT_REPORTED: frozenset({"outcome"}),
}
_PAIRS = (("owner_id", "owner_was"), ("deputy_id", "deputy_was"), ("person_id", "person_was"), ("unit_id", "unit_was"))


def told(kind: str, facts: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    """Each fact of an entry that says something, as "name: value"; `names` are those of the ids among them."""
    hidden = set(_SAID_ALREADY.get(Entry(kind), ())) if kind in set(Entry) else set()
    nobody = set()
    for now, was in _PAIRS:
        if was in facts and facts.get(now) == facts[was]:
            hidden |= {now, was}
        elif was in facts and facts.get(now) is None:
            nobody.add(now)
    said = []
    for name, value in facts.items():
        words, text = ("", "") if name in hidden else _said(name, value, names)
        if name in nobody:
            words, text = NAMED[name], pgettext("instead of a name", "nobody")
        if text:
            said.append(_("%(fact)s: %(value)s") % {"fact": words, "value": text})
    return said


def _said(name: str, value: Any, names: Mapping[str, str]) -> tuple[Words, str]:
    if name in NAMED:
        return NAMED[name], names.get(name, "")
    if value is None or name not in WORDS:
        return "", ""
    words, say = WORDS[name]
    try:
        return words, say(value)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError):
        return "", ""  # another version wrote it in another form; the exports have it as it stands
