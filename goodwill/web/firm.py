"""The firm of a request, read once however many ask."""

from django.http import HttpRequest

from goodwill.domain.viewers import NOBODY
from goodwill.reads import firms
from goodwill.reads.firms import FirmFace

_READ = "_goodwill_firm"


def firm_of(request: HttpRequest) -> FirmFace | None:
    """The firm's name, money and clock; None before set-up."""
    if not hasattr(request, _READ):
        setattr(request, _READ, firms.face(NOBODY))
    found: FirmFace | None = getattr(request, _READ)
    return found
