"""Photos: the files of shipment reports are written, and go with the customer they belong to."""

import secrets
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.db import transaction

from goodwill.adapters.photos import PhotoProblem, SafePhoto, made_safe
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.shipment_reports import PHOTOS
from goodwill.store.shipment_reports import ShipmentPhoto, ShipmentReport

_REASONS = {
    PhotoProblem.NOT_A_PHOTO: Reason.NOT_A_PHOTO,
    PhotoProblem.HEIC: Reason.HEIC_PHOTO,
    PhotoProblem.TOO_LARGE: Reason.PHOTO_TOO_LARGE,
}
FIELD = "photos"


def folder() -> Path:
    """Where they lie."""
    return Path(settings.MEDIA_ROOT) / "photos"


def read(contents: Sequence[bytes]) -> list[SafePhoto] | Refusal:
    """What was sent, drawn anew; refused where there are too many or one of them is no photo that we keep."""
    if len(contents) > PHOTOS:
        return Refusal(Reason.TOO_MANY_PHOTOS, FIELD, (("most", str(PHOTOS)),))
    safe: list[SafePhoto] = []
    for content in contents:
        photo = made_safe(content)
        if isinstance(photo, PhotoProblem):
            return Refusal(_REASONS[photo], FIELD)
        safe.append(photo)
    return safe


def keep(report: ShipmentReport, photos: Sequence[SafePhoto], written: list[Path]) -> None:
    """Write rows and files inside the caller's transaction; `written` tells the caller what to remove if it fails."""
    for photo in photos:
        name = f"{secrets.token_hex(24)}.jpg"
        path = folder() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        written.append(path)
        path.write_bytes(photo.content)
        ShipmentPhoto.objects.create(
            report=report,
            name=name,
            digest=photo.digest,
            size=len(photo.content),
            width=photo.width,
            height=photo.height,
        )


def forget_of_customer(customer_id: int) -> int:
    """Erase the photos taken at a customer's door: the rows now, the files once that is certain; how many."""
    mine = ShipmentPhoto.objects.filter(report__promise__customer_id=customer_id)
    names = list(mine.values_list("name", flat=True))
    mine.delete()
    transaction.on_commit(lambda: remove([folder() / name for name in names]))
    return len(names)


def forget_loose(files: Path) -> int:
    """Remove files that no row knows, as an older backup may bring them back; how many there were."""
    place = files / "photos"
    known = set(ShipmentPhoto.objects.values_list("name", flat=True))
    loose = [path for path in place.glob("*.jpg") if path.name not in known] if place.is_dir() else []
    remove(loose)
    return len(loose)


def remove(paths: Sequence[Path]) -> None:
    """Remove files; one that is gone already is well gone."""
    for path in paths:
        path.unlink(missing_ok=True)
