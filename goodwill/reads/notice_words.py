"""Words of notices: kinds, sentences, reasons and next acts in the reader's language, for pages and letters alike."""

from collections.abc import Callable

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from goodwill.domain.notices import Kind, Way, Why

Words = Promise | str

KINDS: dict[Kind, Words] = {
    Kind.PROMISE_AT_RISK: pgettext_lazy("kind of notice", "Promises at risk"),
    Kind.PROMISE_BROKEN: pgettext_lazy("kind of notice", "Promises broken"),
    Kind.PROMISE_CHANGED: pgettext_lazy("kind of notice", "Promises changed by others"),
    Kind.CUSTOMER_GIVEN: pgettext_lazy("kind of notice", "Customers given to me"),
    Kind.CUSTOMER_HEARD: pgettext_lazy("kind of notice", "Customers who contacted us"),
    Kind.RATED_LOW: pgettext_lazy("kind of notice", "Low ratings"),
    Kind.IMPORT_ENDED: pgettext_lazy("kind of notice", "My imports"),
}

WAYS: dict[Way, Words] = {
    Way.BELL: pgettext_lazy("way to be told", "Bell only"),
    Way.AT_ONCE: pgettext_lazy("way to be told", "Bell and a letter at once"),
    Way.DIGEST: pgettext_lazy("way to be told", "Bell and the daily letter"),
    Way.NOTHING: pgettext_lazy("way to be told", "Not at all"),
}

_REASONS: dict[Why, Words] = {
    Why.OWES: gettext_lazy("because you owe it"),
    Why.CHIEF: gettext_lazy("because you lead the unit that owes it"),
    Why.OWNER: gettext_lazy("because you answer for this customer"),
    Why.DEPUTY: gettext_lazy("because you are the deputy"),
    Why.STARTED: gettext_lazy("because you started it"),
}

_SAID: dict[tuple[Kind, str], Words] = {
    (Kind.PROMISE_AT_RISK, "time"): gettext_lazy("A promise is at risk: little time is left."),
    (Kind.PROMISE_AT_RISK, "depends"): gettext_lazy("A promise is at risk: what it depends on is late."),
    (Kind.PROMISE_BROKEN, "broken_warned"): gettext_lazy("A promise was broken; the customer had been warned."),
    (Kind.PROMISE_BROKEN, "broken_silent"): gettext_lazy("A promise was broken in silence."),
    (Kind.PROMISE_CHANGED, "moved"): gettext_lazy("A promise was moved with the customer's consent."),
    (Kind.PROMISE_CHANGED, "withdrawn"): gettext_lazy("A promise was withdrawn."),
    (Kind.PROMISE_CHANGED, "corrected"): gettext_lazy("The record of a promise was corrected."),
    (Kind.CUSTOMER_GIVEN, "owner"): gettext_lazy("You answer for this customer now."),
    (Kind.CUSTOMER_GIVEN, "deputy"): gettext_lazy("You are this customer's deputy now."),
    (Kind.RATED_LOW, "low"): gettext_lazy("A purchase was rated low."),
    (Kind.IMPORT_ENDED, "finished"): gettext_lazy("Your import is finished."),
    (Kind.IMPORT_ENDED, "bad_rows"): gettext_lazy("Your import is finished; some rows need mending."),
    (Kind.IMPORT_ENDED, "failed"): gettext_lazy("Your import failed; what it had brought in is kept."),
}
_USUALLY: dict[Kind, Words] = {
    Kind.PROMISE_AT_RISK: gettext_lazy("A promise came to be at risk."),
    Kind.PROMISE_BROKEN: gettext_lazy("A promise was broken."),
    Kind.PROMISE_CHANGED: gettext_lazy("The record of a promise was corrected."),
    Kind.CUSTOMER_GIVEN: gettext_lazy("You answer for this customer now."),
    Kind.CUSTOMER_HEARD: gettext_lazy("The customer contacted us."),
    Kind.RATED_LOW: gettext_lazy("A purchase was rated low."),
    Kind.IMPORT_ENDED: gettext_lazy("Your import is finished."),
}

_COUNTED: dict[Kind, Callable[[int], str]] = {
    Kind.PROMISE_AT_RISK: lambda n: ngettext("%(n)s promise is at risk.", "%(n)s promises are at risk.", n),
    Kind.PROMISE_BROKEN: lambda n: ngettext("%(n)s promise was broken.", "%(n)s promises were broken.", n),
    Kind.PROMISE_CHANGED: lambda n: ngettext("%(n)s promise was changed.", "%(n)s promises were changed.", n),
    Kind.CUSTOMER_GIVEN: lambda n: ngettext("%(n)s customer is yours now.", "%(n)s customers are yours now.", n),
    Kind.CUSTOMER_HEARD: lambda n: ngettext(
        "Your customers contacted us %(n)s time.", "Your customers contacted us %(n)s times.", n
    ),
    Kind.RATED_LOW: lambda n: ngettext("%(n)s purchase was rated low.", "%(n)s purchases were rated low.", n),
    Kind.IMPORT_ENDED: lambda n: ngettext("%(n)s import of yours ended.", "%(n)s imports of yours ended.", n),
}


def _silent(n: int) -> str:
    return ngettext("%(n)s promise was broken in silence.", "%(n)s promises were broken in silence.", n)


def sentence(kind: Kind, code: str, count: int = 1) -> str:
    """What happened, in one sentence; of many alike, how many."""
    if count > 1:
        counted = _silent if (kind, code) == (Kind.PROMISE_BROKEN, "broken_silent") else _COUNTED[kind]
        return counted(count) % {"n": formats.number_format(count, force_grouping=True)}
    return str(_SAID.get((kind, code)) or _USUALLY[kind])


def reason(why: str, count: int = 1) -> str:
    """Why the reader is told; of many alike, by which rule they are one."""
    if count > 1:
        return _("more than three alike within an hour are one notice")
    return str(_REASONS[Why(why)])
