"""The firm, as every page needs it."""

from dataclasses import dataclass

from goodwill.domain.viewers import Viewer
from goodwill.store.firms import Firm


@dataclass(frozen=True, slots=True)
class FirmFace:
    """What every page shows or uses of the firm."""

    name: str
    currency: str
    zone: str
    language: str
    country: str
    is_demonstration: bool


def is_set_up() -> bool:
    """True when the first-run set-up was done (asked before anyone can be a viewer)."""
    return Firm.objects.exists()


def face(viewer: Viewer) -> FirmFace | None:
    """The firm's name, money and clock, for anyone who has reached a page; None before set-up."""
    del viewer  # the name over the door is public
    firm = Firm.the()
    if firm is None:
        return None
    return FirmFace(firm.name, firm.currency, firm.zone, firm.language, firm.country, firm.is_demonstration)
