"""Addresses of static files carry a stamp of their content, so that browsers may keep them for a year."""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


@lru_cache(maxsize=256)
def _stamp(name: str) -> str:
    found = finders.find(name)
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:12] if isinstance(found, str) else ""


class StampedStorage(StaticFilesStorage):
    """Files are served from the package under their own names; `?v=` tells one content from the next."""

    def url(self, name: str | None) -> str:
        """The file's address with its stamp; a name that no folder holds gets none."""
        address = super().url(name)
        stamp = _stamp(name) if name else ""
        return f"{address}?v={stamp}" if stamp else address
