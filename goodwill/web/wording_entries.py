"""Wording of the journal: each kind of entry as one sentence in the reader's language."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from goodwill.domain.entries import Entry

Words = Promise | str
Facts = Mapping[str, Any]


class Recorded(Protocol):
    """What a sentence is made of: an entry of the journal."""

    @property
    def kind(self) -> str:
        """The code of what happened."""

    @property
    def facts(self) -> dict[str, Any]:
        """Ids, codes and amounts."""


SENTENCES: dict[Entry, Words] = {
    Entry.FIRM_SET_UP: gettext_lazy("The firm was set up."),
    Entry.SETTINGS_CHANGED: gettext_lazy("Settings were changed."),
    Entry.CALENDAR_CHANGED: gettext_lazy("A calendar was changed."),
    Entry.POLICY_CHANGED: gettext_lazy("The rules for judging promises were changed."),
    Entry.SITE_CHANGED: gettext_lazy("A site was changed."),
    Entry.UNIT_CHANGED: gettext_lazy("A unit was changed."),
    Entry.TOUCHPOINT_CHANGED: gettext_lazy("A touchpoint was changed."),
    Entry.PERSON_INVITED: gettext_lazy("A person was invited."),
    Entry.PERSON_JOINED: gettext_lazy("An invited person joined."),
    Entry.PERSON_CHANGED: gettext_lazy("A person of the firm was changed."),
    Entry.ROLES_CHANGED: gettext_lazy("Somebody's roles were changed."),
    Entry.SIGNED_IN: gettext_lazy("Signed in."),
    Entry.SIGN_IN_REFUSED: gettext_lazy("A sign-in was refused."),
    Entry.PASSWORD_RESET_ASKED: gettext_lazy("A new password was asked for."),
    Entry.PASSWORD_CHANGED: gettext_lazy("A password was changed."),
    Entry.TOKEN_MADE: gettext_lazy("A token for programs was made."),
    Entry.TOKEN_REVOKED: gettext_lazy("A token for programs was revoked."),
    Entry.WEBHOOK_MADE: gettext_lazy("A webhook was made."),
    Entry.WEBHOOK_CHANGED: gettext_lazy("A webhook was changed."),
    Entry.WEBHOOK_REMOVED: gettext_lazy("A webhook was removed."),
    Entry.CUSTOMER_ADDED: gettext_lazy("The customer was added."),
    Entry.CUSTOMER_CHANGED: gettext_lazy("What is written about the customer was changed."),
    Entry.OWNER_CHANGED: gettext_lazy("The customer was given to another owner or deputy."),
    Entry.PERSON_ERASED: gettext_lazy("The person was erased: names, addresses and words are gone."),
    Entry.TAG_CHANGED: gettext_lazy("A tag was changed."),
    Entry.OWN_FIELD_CHANGED: gettext_lazy("An own field was changed."),
    Entry.ORDER_PLACED: gettext_lazy("An order was placed."),
    Entry.ORDER_CHANGED: gettext_lazy("An order was changed."),
    Entry.INTERACTION_RECORDED: gettext_lazy("A contact was noted."),
    Entry.PROMISE_MADE: gettext_lazy("A promise was made."),
    Entry.PROMISE_AT_RISK: gettext_lazy("A promise came to be at risk."),
    Entry.PROMISE_WARNED: gettext_lazy("The customer was warned that a promise would be late."),
    Entry.PROMISE_KEPT: gettext_lazy("A promise was kept."),
    Entry.PROMISE_BROKEN: gettext_lazy("A promise was broken."),
    Entry.PROMISE_FULFILLED_LATE: gettext_lazy("A broken promise was fulfilled late."),
    Entry.PROMISE_WITHDRAWN: gettext_lazy("A promise was withdrawn."),
    Entry.PROMISE_CORRECTED: gettext_lazy("The record of a promise was corrected."),
    Entry.PROMISE_GIVEN: gettext_lazy("It was written down who carries a promise out."),
    Entry.SHIPMENT_REPORTED: gettext_lazy("A driver reported on a shipment."),
    Entry.PURCHASE_RATED: gettext_lazy("A purchase was rated."),
    Entry.IMPORT_STARTED: gettext_lazy("An import began."),
    Entry.IMPORT_FINISHED: gettext_lazy("An import was finished."),
    Entry.IMPORT_STOPPED: gettext_lazy("An import was stopped."),
    Entry.IMPORT_FAILED: gettext_lazy("An import failed; what it had brought in is kept."),
    Entry.IMPORT_TAKEN_BACK: gettext_lazy("An import was taken back."),
    Entry.FEED_CHANGED: gettext_lazy("A daily file was changed."),
    Entry.ALLOWED_HOST_CHANGED: gettext_lazy("The list of hosts that may be fetched from was changed."),
    Entry.EXPORTED: gettext_lazy("Rows were exported."),
    Entry.BACKED_UP: gettext_lazy("A backup was made."),
    Entry.RESTORED: gettext_lazy("A backup was put back."),
    Entry.UPGRADED: gettext_lazy("Goodwill was upgraded."),
}

_BROKEN: dict[str, Words] = {
    "broken_warned": gettext_lazy("A promise was broken; the customer had been warned."),
    "broken_silent": gettext_lazy("A promise was broken in silence."),
    "broken_unrecorded": gettext_lazy("A promise was broken; whether the customer was warned is not recorded."),
}
_WITHDRAWN: dict[str, Words] = {
    "changed_by_agreement": gettext_lazy(
        "A promise was changed with the customer's consent; a new one stands in its place."
    ),
    "mistaken": gettext_lazy("A promise was struck out: it had been written down by mistake."),
    "not_needed": gettext_lazy("A promise was withdrawn: the customer no longer needs it."),
    "cancelled": gettext_lazy("A promise was withdrawn: the order was cancelled."),
    "canceled": gettext_lazy("A promise was withdrawn: the order was cancelled."),
    "refunded": gettext_lazy("A promise was withdrawn: the money was given back."),
    "failed": gettext_lazy("A promise was withdrawn: the order was not paid."),
    "unavailable": gettext_lazy("A promise was withdrawn: the goods were not to be had."),
}
_ABOUT_CUSTOMER: dict[tuple[str, str], Words] = {
    ("address", "added"): gettext_lazy("An address was added."),
    ("address", "corrected"): gettext_lazy("An address was corrected."),
    ("address", "removed"): gettext_lazy("An address was removed."),
    ("contact_person", "joined"): gettext_lazy("A contact person was joined with an organisation."),
    ("contact_person", "position"): gettext_lazy("The position of a contact person was changed."),
    ("contact_person", "parted"): gettext_lazy("A contact person no longer speaks for an organisation."),
}
_TAGGED: dict[str, Words] = {
    "put": gettext_lazy("A tag was put on."),
    "taken": gettext_lazy("A tag was taken off."),
}
_OWN: dict[str, Words] = {
    "defined": gettext_lazy("An own field was defined."),
    "redefined": gettext_lazy("The definition of an own field was changed."),
    "withdrawn": gettext_lazy("An own field was withdrawn."),
    "filled": gettext_lazy("Own fields were filled in."),
}
_FEED: dict[str, Words] = {
    "added": gettext_lazy("A daily file was set up."),
    "paused": gettext_lazy("A daily file was paused."),
    "resumed": gettext_lazy("A daily file was resumed."),
    "removed": gettext_lazy("A daily file was removed."),
}
_WEBHOOK: dict[str, Words] = {
    "rotated": gettext_lazy("A webhook was given another secret."),
    "paused": gettext_lazy("A webhook was paused."),
    "resumed": gettext_lazy("A webhook was resumed."),
    "resent": gettext_lazy("Dead letters of a webhook were sent again."),
}
_CONTACT: dict[str, Words] = {
    "from_customer": gettext_lazy("The customer contacted us."),
    "to_customer": gettext_lazy("We contacted the customer."),
}
_REPORTED: dict[tuple[str, str], Words] = {
    ("delivered", "fulfils"): gettext_lazy("The driver delivered it."),
    ("late", "endangers"): gettext_lazy("The driver will be late."),
    ("damaged", "fulfils"): gettext_lazy("It arrived damaged; the customer accepted it."),
    ("damaged", "endangers"): gettext_lazy("It arrived damaged; it is still owed."),
    ("damaged", "notes"): gettext_lazy("Damage was found after the delivery."),
}
_HOUR = 3600
_DAY = 86_400


def sentence(entry: Recorded) -> str:
    """The entry as one sentence, without names: who did it and to whom stands beside it on the page."""
    try:
        kind = Entry(entry.kind)
    except ValueError:
        return _("Something happened that this version has no words for.")
    finer = _FINER.get(kind)
    said = finer(entry.facts) if finer else None
    return str(said or SENTENCES[kind])


def _about_customer(facts: Facts) -> Words | None:
    fields = facts.get("fields") or [""]
    return _ABOUT_CUSTOMER.get((str(fields[0]), str(facts.get("act", ""))))


def _late(facts: Facts) -> str | None:
    seconds = facts.get("late_seconds")
    if not isinstance(seconds, int) or seconds < 0:
        return None
    if seconds >= _DAY:
        n = seconds // _DAY
        return ngettext("A promise was fulfilled %(n)d day late.", "A promise was fulfilled %(n)d days late.", n) % {
            "n": n
        }
    if seconds >= _HOUR:
        n = seconds // _HOUR
        return ngettext("A promise was fulfilled %(n)d hour late.", "A promise was fulfilled %(n)d hours late.", n) % {
            "n": n
        }
    n = max(1, seconds // 60)
    return ngettext("A promise was fulfilled %(n)d minute late.", "A promise was fulfilled %(n)d minutes late.", n) % {
        "n": n
    }


def _made(facts: Facts) -> str | None:
    return _("The customer promised us something.") if facts.get("side") == "theirs" else None


def _contact(facts: Facts) -> Words | None:
    if facts.get("is_mailing"):
        return _("A mailing was sent to the customer.")
    return _CONTACT.get(str(facts.get("direction", "")))


def _order_changed(facts: Facts) -> str | None:
    if facts.get("fields") == ["user"]:
        return _("Who uses the purchase was written down.")
    return None


_FINER: dict[Entry, Callable[[Facts], Words | None]] = {
    Entry.WEBHOOK_CHANGED: lambda facts: _WEBHOOK.get(str(facts.get("act", ""))),
    Entry.CUSTOMER_CHANGED: _about_customer,
    Entry.TAG_CHANGED: lambda facts: _TAGGED.get(str(facts.get("act", ""))),
    Entry.OWN_FIELD_CHANGED: lambda facts: _OWN.get(str(facts.get("act", ""))),
    Entry.FEED_CHANGED: lambda facts: _FEED.get(str(facts.get("act", ""))),
    Entry.ORDER_CHANGED: _order_changed,
    Entry.INTERACTION_RECORDED: _contact,
    Entry.PROMISE_MADE: _made,
    Entry.PROMISE_BROKEN: lambda facts: _BROKEN.get(str(facts.get("outcome", ""))),
    Entry.PROMISE_FULFILLED_LATE: _late,
    Entry.SHIPMENT_REPORTED: lambda facts: _REPORTED.get((str(facts.get("outcome")), str(facts.get("effect")))),
    Entry.PROMISE_WITHDRAWN: lambda facts: _WITHDRAWN.get(str(facts.get("reason", ""))),
}
