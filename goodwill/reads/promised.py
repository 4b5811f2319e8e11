"""What was promised, in words: for pages, letters and commands alike."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from goodwill.domain.records import PromiseKind

Words = Promise | str

PROMISED: dict[PromiseKind, Words] = {
    PromiseKind.DELIVERY: pgettext_lazy("what was promised", "Delivery"),
    PromiseKind.DELIVERY_IN_FULL: pgettext_lazy("what was promised", "Delivery in full"),
    PromiseKind.CALL: pgettext_lazy("what was promised", "A call"),
    PromiseKind.ANSWER: pgettext_lazy("what was promised", "An answer"),
    PromiseKind.CLAIM_ANSWER: pgettext_lazy("what was promised", "An answer to a claim"),
    PromiseKind.INVOICE: pgettext_lazy("what was promised", "An invoice"),
    PromiseKind.REPAIR: pgettext_lazy("what was promised", "A repair"),
    PromiseKind.INTERNAL_REQUEST: pgettext_lazy("what was promised", "An internal request"),
    PromiseKind.OTHER: pgettext_lazy("what was promised", "A promise"),
}


def promised(kind: str, what: str) -> str:
    """What was promised: in its own words, or by its kind where it has none."""
    if what:
        return what
    return str(PROMISED[PromiseKind(kind)]) if kind in set(PromiseKind) else kind
