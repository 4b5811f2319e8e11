"""Fetching: one file from an address outside, if it has changed, streamed to disk."""

import hashlib
from base64 import b64encode
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from goodwill.adapters import outbound
from goodwill.adapters.outbound import Unreachable

MOST_BYTES = 2 * 1024**3
MOST_SECONDS = 1_500.0
_LONGEST_TAG = 500
_LONGEST_DATE = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """An address, what to say for being let in, and what is known of the content fetched last."""

    url: str
    access: str = ""
    """basic or bearer, or "" for none."""
    access_user: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: `name` is that of the address, never what the other side proposes; the last two are for asking
    again."""

    name: str
    size: int
    sha256: str
    etag: str
    last_modified: str


class NotFetched(Exception):
    """Nothing came. `code` is unchanged, redirected (`detail`: to which host), status (`detail`: which), empty,
    no_room, or one of outbound's. Neither holds a path or a secret."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def is_secure(url: str) -> bool:
    """Whether the address is https."""
    return urlsplit(url).scheme.lower() == "https"


def name_of(url: str) -> str:
    """What a file from this address is called: the last part of its path, or its host."""
    parts = urlsplit(url)
    said = unquote(parts.path.rpartition("/")[2]).replace("/", "_").replace("\0", "")
    return (said or parts.hostname or "file")[:255]


def fetch(
    wanted: Wanted,
    target: Path,
    *,
    private_hosts: Collection[str] = (),
    most_bytes: int = MOST_BYTES,
    seconds: float = MOST_SECONDS,
) -> Fetched:
    """Fetch the content into `target`; raises NotFetched, and then there is no target."""
    try:
        machine = outbound.target_of(wanted.url, private_hosts=private_hosts)
        with outbound.call(machine, "GET", headers=_headers(wanted), seconds=seconds, most_bytes=most_bytes) as answer:
            _refuse(wanted.url, answer)
            size, digest = _pour(answer, target)
            said = answer.headers
    except Unreachable as problem:
        target.unlink(missing_ok=True)
        raise NotFetched(problem.code) from None
    except NotFetched:
        target.unlink(missing_ok=True)
        raise
    tag, changed = said.get("ETag", ""), said.get("Last-Modified", "")
    return Fetched(
        name_of(wanted.url),
        size,
        digest,
        tag if len(tag) <= _LONGEST_TAG and _is_sayable(tag) else "",
        changed if len(changed) <= _LONGEST_DATE and _is_sayable(changed) else "",
    )


def _headers(wanted: Wanted) -> dict[str, str]:
    headers = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "goodwill"}
    if wanted.access == "basic":
        word = b64encode(f"{wanted.access_user}:{wanted.secret}".encode()).decode()
        headers["Authorization"] = f"Basic {word}"
    elif wanted.access == "bearer":
        headers["Authorization"] = f"Bearer {wanted.secret}"
    if wanted.etag:
        headers["If-None-Match"] = wanted.etag
    if wanted.last_modified:
        headers["If-Modified-Since"] = wanted.last_modified
    return headers


def _refuse(url: str, answer: outbound.Answer) -> None:
    if answer.status == 304:
        raise NotFetched("unchanged")
    if 300 <= answer.status < 400:
        try:
            host = outbound.host_of(urljoin(url, answer.headers.get("Location", "")))
        except (Unreachable, ValueError):  # it leads to no address at all
            host = ""
        raise NotFetched("redirected", host[:255])
    if answer.status != 200:
        raise NotFetched("status", str(answer.status))


def _pour(answer: outbound.Answer, target: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    try:
        with target.open("wb") as out:
            for chunk in answer.chunks():
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
    except OSError:
        raise NotFetched("no_room") from None
    if not size:
        raise NotFetched("empty")
    return size, digest.hexdigest()


def _is_sayable(text: str) -> bool:
    return text.isascii() and text.isprintable()
