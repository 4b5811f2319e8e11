"""Packages: tables inside ZIP files and behind gzip, unpacked as they are read and never to a path of their own."""

import gzip
import io
import shutil
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import IO

from goodwill.adapters.records import Place, TableProblem

MOST_MEMBERS = 1_000
MOST_BYTES = 20 * 2**30
MOST_ASIDE = 2 * 2**30
"""Bytes that are copied aside so that one can go back and forth in them."""
MOST_RATIO = 200
"""Tables of orders pack 5 to 50 times; what packs two hundred times is no table."""
_TOO_SMALL_TO_JUDGE = 10 * 2**20
_GZIP = b"\x1f\x8b"
_ENCRYPTED = 0x1
_CHUNK = 1 << 20
UNPACKING = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError)
"""What a damaged package raises while it is read."""


def is_zip(head: bytes) -> bool:
    """Whether these first bytes are those of a ZIP file."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def members_of(path: Path) -> list[zipfile.ZipInfo]:
    """The files in a ZIP file in the order of their names, what systems add to it left out.

    Raises TableProblem: encrypted, too_packed (more members, bytes or a higher ratio than any table has), or
    unreadable_file.
    """
    try:
        with zipfile.ZipFile(path) as package:
            found = package.infolist()
    except UNPACKING:
        raise TableProblem("unreadable_file") from None
    check(found)
    named = [one for one in found if not one.is_dir() and not _is_clutter(one.filename)]
    return sorted(named, key=lambda one: one.filename)


def check(found: list[zipfile.ZipInfo]) -> None:
    """Refuse what is no honest package of tables, before anything in it is unpacked. Raises TableProblem."""
    if any(one.flag_bits & _ENCRYPTED for one in found):
        raise TableProblem("encrypted")
    unpacked = sum(one.file_size for one in found)
    bomb = any(
        one.file_size > _TOO_SMALL_TO_JUDGE and one.file_size > MOST_RATIO * max(one.compress_size, 1) for one in found
    )
    if bomb or len(found) > MOST_MEMBERS or unpacked > MOST_BYTES:
        raise TableProblem("too_packed")


def _is_clutter(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return parts[0] == "__MACOSX" or parts[-1].startswith(".") or not parts[-1]


def size_of(place: Place) -> int:
    """Bytes of the file as it lies there; of a member, as it is unpacked."""
    if not place.member:
        return place.path.stat().st_size
    with zipfile.ZipFile(place.path) as package:
        return package.getinfo(place.member).file_size


class _Member(io.BufferedReader):
    """A member's bytes; closing it closes its ZIP file."""

    def __init__(self, path: Path, member: str) -> None:
        self._package = zipfile.ZipFile(path)
        try:
            raw = self._package.open(member)
        except BaseException:
            self._package.close()
            raise
        super().__init__(raw, _CHUNK)  # type: ignore[arg-type]

    def close(self) -> None:
        """Close both."""
        super().close()
        self._package.close()


def open_as_it_lies(place: Place) -> IO[bytes]:
    """The bytes of a file or member, to be read from the beginning on; a gzipped one stays packed.

    No more than the size a ZIP states is ever unpacked. Raises OSError or KeyError where there is no such thing.
    """
    return _Member(place.path, place.member) if place.member else place.path.open("rb")


def is_gzip(file: IO[bytes]) -> bool:
    """Whether a file at its beginning is gzipped, whatever its name says; it stays at its beginning."""
    if isinstance(file, io.BufferedReader):
        return file.peek(2)[:2] == _GZIP
    magic = file.read(2)
    file.seek(0)
    return magic == _GZIP


def unpacked(file: IO[bytes]) -> IO[bytes]:
    """The file's bytes, gunzipped where they are gzipped."""
    return gzip.GzipFile(fileobj=file) if is_gzip(file) else file  # type: ignore[return-value]


def open_to_seek(place: Place) -> IO[bytes]:
    """The bytes of a file or member in which one may go back and forth: a member is copied aside, without a name."""
    if not place.member:
        return place.path.open("rb")
    if size_of(place) > MOST_ASIDE:
        raise TableProblem("too_packed")
    aside = tempfile.TemporaryFile()  # noqa: SIM115  the caller closes it
    try:
        with open_as_it_lies(place) as file:
            shutil.copyfileobj(file, aside, _CHUNK)
    except BaseException:
        aside.close()
        raise
    aside.seek(0)
    return aside
