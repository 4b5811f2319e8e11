"""Uploaded files are kept whole, or not at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from goodwill.actions import imports
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.viewers import OPERATOR
from goodwill.store.imports import Import
from tests.actions.importing import HEADER, ROWS
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_an_upload_that_fills_the_disk_is_refused_and_nothing_of_it_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)

    def until_it_is_full() -> Iterator[bytes]:
        yield HEADER.encode()
        raise OSError(28, "No space left on device")

    whole = ("a.csv", [(HEADER + ROWS).encode()])
    refused = imports.receive([whole, ("b.csv", until_it_is_full())], by=OPERATOR, at=NOW)
    assert refused == Refusal(Reason.NO_ROOM, "files")
    assert not list((tmp_path / "imports").iterdir())
    assert isinstance(imports.receive([whole], by=OPERATOR, at=NOW), Import)
