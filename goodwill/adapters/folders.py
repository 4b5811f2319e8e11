"""Folders: what lies in a watched folder, and taking a copy of a file there that nobody can swap meanwhile.

Nothing is ever deleted. A symbolic link is never followed, neither to the file nor on the way to the folder.
"""

import hashlib
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from goodwill.adapters import tables
from goodwill.domain.feeds import Sighting

if sys.platform != "win32":
    import fcntl

_CHUNK = 1024 * 1024
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class FolderProblem(Exception):
    """A folder that cannot be watched; `code` is no_folder or folder_not_allowed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class FileProblem(Exception):
    """A file that cannot be taken now; `code` is vanished, unreadable, a_link, growing (it changed meanwhile or
    somebody holds it), or no_room (the house's own disk)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def inside(place: str, roots: Sequence[Path]) -> Path:
    """The real folder of this path, which is one of the roots or below one; raises FolderProblem.

    A root that is itself a link means where it leads: whoever holds the machine named it.
    """
    path = Path(place)
    if not path.is_absolute() or "\0" in place:
        raise FolderProblem("no_folder")
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError):
        # of what is not allowed nobody learns whether it is there
        allowed = any(Path(os.path.normpath(path)).is_relative_to(root) for root in roots)
        raise FolderProblem("no_folder" if allowed else "folder_not_allowed") from None
    if not any(real.is_relative_to(root.resolve()) for root in roots):
        raise FolderProblem("folder_not_allowed")
    if not real.is_dir():
        raise FolderProblem("no_folder")
    return real


def sight(folder: Path) -> Iterator[tuple[Sighting, Path]]:
    """The files of a folder, without its subfolders; raises FolderProblem where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            found = list(entries)
    except OSError:
        raise FolderProblem("no_folder") from None
    for entry in found:
        # with a mark for every letter of another encoding two names of one length would be one
        name = os.fsencode(entry.name).decode("utf-8", "backslashreplace")[:255]
        path = folder / entry.name
        try:
            is_link = entry.is_symlink()
            about = entry.stat(follow_symlinks=False)
        except OSError:
            continue  # it vanished between the two looks at it
        if is_link or stat.S_ISREG(about.st_mode):
            yield Sighting(name, about.st_size, about.st_mtime_ns, is_link, tables.is_table(path)), path


def ending(name: str) -> str:
    """The part of a name by which a table is known, or "" where it has none."""
    return max((end for end in tables.ENDINGS if name.lower().endswith(end)), key=len, default="")


def copy(seen: Sighting, path: Path, target: Path) -> str:
    """Copy a file as it was seen into `target`, and its SHA-256; raises FileProblem, and then there is no target."""
    try:
        handle = os.open(path, _FLAGS)
    except FileNotFoundError:
        raise FileProblem("vanished") from None
    except OSError:
        raise FileProblem("a_link" if path.is_symlink() else "unreadable") from None
    try:
        with os.fdopen(handle, "rb") as file:
            if not _is_as_seen(file.fileno(), seen) or _is_held(file.fileno()):
                raise FileProblem("growing")
            digest = _pour(file, target)
            if not _is_as_seen(file.fileno(), seen):
                raise FileProblem("growing")
    except FileProblem:
        target.unlink(missing_ok=True)
        raise
    return digest


def move_aside(seen: Sighting, path: Path, to: str) -> bool:
    """Move a file, if it is still as it was seen, into the subfolder `to` beside it under a free name.

    False where it has changed, is gone, or cannot be moved; nothing there is ever overwritten.
    """
    folder = path.parent / to
    try:
        if not is_as_seen(seen, path):
            return False
        folder.mkdir(exist_ok=True)
        if folder.is_symlink():
            return False
        target = _free(folder, path.name)
        try:
            path.replace(target)
        except OSError:
            target.unlink(missing_ok=True)
            return False
    except OSError:
        return False
    return True


def is_as_seen(seen: Sighting, path: Path) -> bool:
    """Whether a regular file lies there that looks as it was seen."""
    try:
        about = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(about.st_mode) and (about.st_size, about.st_mtime_ns) == (seen.size, seen.mtime_ns)


def _free(folder: Path, name: str) -> Path:
    """A name in the folder that nobody has, held by an empty file until ours takes its place."""
    stem, dot, rest = name.partition(".")
    for count in range(10_000):
        target = folder / (name if not count else f"{stem}-{count + 1}{dot}{rest}")
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            continue
        return target
    raise FileExistsError(name)


def _is_as_seen(handle: int, seen: Sighting) -> bool:
    about = os.fstat(handle)
    return stat.S_ISREG(about.st_mode) and (about.st_size, about.st_mtime_ns) == (seen.size, seen.mtime_ns)


def _is_held(handle: int) -> bool:
    """Whether a program holds the file locked against readers."""
    if sys.platform == "win32":
        return False  # which refuses by itself to open a file that somebody writes
    try:
        for lock in (fcntl.flock, fcntl.lockf):
            lock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            lock(handle, fcntl.LOCK_UN)
    except BlockingIOError:
        return True
    except OSError:
        return False  # a file system without locks
    return False


def _pour(file: IO[bytes], target: Path) -> str:
    digest = hashlib.sha256()
    try:
        with target.open("wb") as out:
            for chunk in _chunks(file):
                digest.update(chunk)
                out.write(chunk)
    except OSError:
        raise FileProblem("no_room") from None
    return digest.hexdigest()


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while True:
        try:
            chunk = file.read(_CHUNK)
        except OSError:
            raise FileProblem("unreadable") from None
        if not chunk:
            return
        yield chunk
