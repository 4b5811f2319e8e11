"""Wording of webhooks: topics, how one fares, and what a receiver answered."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from goodwill.domain.entries import Entry
from goodwill.domain.webhooks import TEST, Pause, Topic
from goodwill.web.wording_entries import SENTENCES

Words = Promise | str

TOPICS: dict[Topic, Words] = {
    Topic.PROMISES: pgettext_lazy("topic", "Promises"),
    Topic.CUSTOMERS: pgettext_lazy("topic", "Customers"),
    Topic.ORDERS: pgettext_lazy("topic", "Orders"),
    Topic.IMPORTS: pgettext_lazy("topic", "Imports"),
    Topic.PEOPLE: pgettext_lazy("topic", "People of the firm"),
    Topic.SETTINGS: pgettext_lazy("topic", "Settings"),
    Topic.MORE: pgettext_lazy("topic", "More"),
}

PAUSES: dict[Pause, Words] = {
    Pause.BY_HAND: gettext_lazy("Paused by hand. Nothing is lost: it takes up where it stopped."),
    Pause.GONE: gettext_lazy("Paused, because the receiver said that it is gone (410). Mend the address, then resume."),
    Pause.FAILING: gettext_lazy(
        "Paused, because nothing arrived for three days. Look at the last answer, mend the receiver, then resume."
    ),
    Pause.RESTORED: gettext_lazy(
        "Paused, because the house was put back from a backup. Resume if this house is the one that speaks."
    ),
}

STATES: dict[str, Words] = {
    "waiting": pgettext_lazy("state of an event", "Waiting"),
    "queued": pgettext_lazy("state of an event", "In line"),
    "delivered": pgettext_lazy("state of an event", "Delivered"),
    "dead": pgettext_lazy("state of an event", "Dead letter"),
}

_ANSWERS: dict[str, Words] = {
    "not_an_address": gettext_lazy("The address is none that can be called."),
    "not_encrypted": gettext_lazy("The address is not encrypted (https)."),
    "private_address": gettext_lazy("The address leads into a private network."),
    "unknown_host": gettext_lazy("Nobody knows this host."),
    "no_answer": gettext_lazy("It did not answer."),
    "not_trusted": gettext_lazy("Its certificate is not trusted."),
    "too_slow": gettext_lazy("It did not answer within 10 seconds."),
    "too_large": gettext_lazy("It answered too much."),
}


def answer(code: str) -> str:
    """What came back instead of a yes; "" where nothing did."""
    if not code:
        return ""
    if code.startswith("http_"):
        status = code.removeprefix("http_")
        if status.startswith("3"):
            return _("It answered %(status)s: redirects are not followed.") % {"status": status}
        return _("It answered %(status)s.") % {"status": status}
    return str(_ANSWERS.get(code, code))


def event(code: str) -> str:
    """What an event tells, as a sentence."""
    if code == TEST:
        return _("A test: it happened to nobody.")
    return str(SENTENCES[Entry(code)]) if code in list(Entry) else code
