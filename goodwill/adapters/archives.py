"""Archives: one zip file with a table in each JSON Lines file, files, and a manifest that proves both."""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

FORMAT = 1
_MANIFEST = "manifest.json"
_CHUNK = 1 << 20


class ArchiveProblem(Exception):
    """The file is no backup, or a damaged one; the text says which."""


class ArchiveWriter:
    """Writes beside the target and moves into place when complete; readable by its owner only."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self._part = target.with_name(f"{target.name}.part")
        self._tables: dict[str, Any] = {}
        self._files: dict[str, Any] = {}

    def __enter__(self) -> Self:
        handle = os.open(self._part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        self._raw: IO[bytes] = os.fdopen(handle, "w+b")
        self._zip = zipfile.ZipFile(self._raw, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if kind is None:
                self._zip.close()
                self._raw.flush()
                os.fsync(self._raw.fileno())  # what an upgrade is going to rely on must outlast a power cut
                self._raw.close()
                self._part.replace(self.target)
        finally:
            # On a full disk closing fails, too, and what is left would keep the disk full.
            for closing in (self._zip, self._raw):
                with suppress(OSError, ValueError):
                    closing.close()
            self._part.unlink(missing_ok=True)

    def add_table(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        """Write rows of JSON values in this order of columns, objects by their keys; returns how many."""
        digest, count = hashlib.sha256(), 0
        with self._zip.open(f"tables/{name}.jsonl", "w", force_zip64=True) as out:
            for row in rows:
                line = json.dumps(row, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode() + b"\n"
                digest.update(line)
                out.write(line)
                count += 1
        self._tables[name] = {"columns": list(columns), "rows": count, "sha256": digest.hexdigest()}
        return count

    def add_file(self, name: str, path: Path) -> None:
        """Copy a file in, under this relative name."""
        digest = hashlib.sha256()
        with path.open("rb") as source, self._zip.open(f"files/{name}", "w", force_zip64=True) as out:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                out.write(chunk)
        self._files[name] = {"sha256": digest.hexdigest()}

    def finish(self, **facts: Any) -> dict[str, Any]:
        """Write the manifest, last; returns it."""
        manifest = {"format": FORMAT, **facts, "tables": self._tables, "files": self._files}
        self._zip.writestr(_MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        return manifest


class ArchiveReader:
    """Reads an archive; raises ArchiveProblem where it is none or damaged."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            self.manifest: dict[str, Any] = json.loads(self._zip.read(_MANIFEST))
            self.tables: dict[str, dict[str, Any]] = self.manifest["tables"]
            self.files: dict[str, dict[str, Any]] = self.manifest["files"]
            number = int(self.manifest["format"])
        except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError):
            raise ArchiveProblem(f"{path} is not a backup of Goodwill, or it was cut short") from None
        if number > FORMAT:
            raise ArchiveProblem(f"{path} was written by a newer Goodwill; install that version first")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def verify(self) -> None:
        """Read everything once and compare it with the manifest, before anything is changed anywhere."""
        wanted = {f"tables/{name}.jsonl": facts for name, facts in self.tables.items()}
        wanted |= {f"files/{name}": facts for name, facts in self.files.items()}
        for name, facts in wanted.items():
            digest, lines = hashlib.sha256(), 0
            try:
                with self._zip.open(name) as source:
                    while chunk := source.read(_CHUNK):
                        digest.update(chunk)
                        lines += chunk.count(b"\n")
            except (KeyError, zipfile.BadZipFile, OSError, EOFError):
                raise ArchiveProblem(f"{name} in the backup is missing or damaged") from None
            if digest.hexdigest() != facts["sha256"] or facts.get("rows", lines) != lines:
                raise ArchiveProblem(f"{name} in the backup is not what was written")

    def rows(self, name: str) -> Iterator[list[Any]]:
        """The rows of a table, one after the other."""
        with self._zip.open(f"tables/{name}.jsonl") as source:
            for line in source:
                yield json.loads(line)

    def extract_files(self, folder: Path) -> int:
        """Put the files under this folder; a name that points outside of it is refused. Returns how many."""
        root = folder.resolve()
        for name in self.files:
            target = (root / name).resolve()
            if not target.is_relative_to(root):
                raise ArchiveProblem(f"{name} in the backup points outside of its folder")
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._zip.open(f"files/{name}") as source, target.open("wb") as out:
                while chunk := source.read(_CHUNK):
                    out.write(chunk)
        return len(self.files)
