"""An archive is whole or is not there."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from goodwill.adapters.archives import ArchiveReader, ArchiveWriter


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file grows beyond so many bytes, as on a full disk: writing and closing fail, again and again."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_whole_archive_takes_its_place_and_leaves_nothing_beside(tmp_path: Path) -> None:
    target = tmp_path / "b.zip"
    with ArchiveWriter(target) as archive:
        archive.add_table("t", ["id"], [[1], [2]])
        archive.finish()
    assert [path.name for path in tmp_path.iterdir()] == ["b.zip"]
    with ArchiveReader(target) as kept:
        kept.verify()
        assert kept.tables["t"]["rows"] == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no files")
@pytest.mark.parametrize("lacking", [400_000, 20], ids=["while it is written", "when it is closed"])
def test_a_full_disk_is_not_kept_full_by_half_an_archive(tmp_path: Path, lacking: int) -> None:
    target, noise = tmp_path / "b.zip", [[os.urandom(500).hex()] for _ in range(1_000)]

    def write() -> None:
        with ArchiveWriter(target) as archive:
            archive.add_table("t", ["noise"], noise)
            archive.finish()

    write()
    whole = target.read_bytes()
    with room_for(len(whole) - lacking), pytest.raises(OSError, match="large"):
        write()
    assert [path.name for path in tmp_path.iterdir()] == ["b.zip"]
    assert target.read_bytes() == whole
