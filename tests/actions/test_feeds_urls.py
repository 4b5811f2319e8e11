"""Fetched files: asked for only if changed, from allowed hosts only, to disk, and every failure has its word."""

import base64
import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from goodwill.actions import feeds, feeds_files
from goodwill.actions.feeds import FeedFacts
from goodwill.adapters import fetching
from goodwill.domain.feeds import Kind, Result, Rhythm
from goodwill.domain.viewers import OPERATOR
from goodwill.store.feeds import AllowedHost, FeedFile
from goodwill.store.firms import Firm
from goodwill.store.imports import Import
from tests.actions.importing import FIRMLESS
from tests.adapters.test_outbound import serving
from tests.cast import NOW
from tests.feeding import TEXT, Fed, allow, run_jobs

pytestmark = pytest.mark.django_db(transaction=True)
CHANGED = TEXT.replace("Boots,1,119.90", "Boots,1,99.90")


class Shop:
    """The other side: what it answers, and what it heard."""

    def __init__(self) -> None:
        self.status = 200
        self.body = TEXT.encode()
        self.headers: dict[str, str] = {}
        self.heard: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.drips = False
        self.promises_more = 0
        self.over = threading.Event()

    def answer(self, handler: Any) -> None:
        """Answer one request."""
        self.heard.append(dict(handler.headers))
        self.paths.append(handler.path)
        tag = self.headers.get("ETag")
        unchanged = tag is not None and handler.headers.get("If-None-Match") == tag
        handler.send_response(304 if unchanged else self.status)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        body = b"" if unchanged else self.body
        handler.send_header("Content-Length", str(len(body) + self.promises_more))
        if self.promises_more:
            handler.close_connection = True
        handler.end_headers()
        if not self.drips:
            handler.wfile.write(body)
            return
        for place in range(len(body)):
            if self.over.wait(0.02):
                return
            try:
                handler.wfile.write(body[place : place + 1])
                handler.wfile.flush()
            except OSError:
                return


class Fetched(Fed):
    """A feed on the shop's address."""

    def __init__(self, port: int, **more: Any) -> None:
        place = f"http://127.0.0.1:{port}/day/orders.csv"
        super().__init__(replace(FeedFacts("Shop", Kind.URL, place, Rhythm(every_minutes=60), FIRMLESS), **more))

    def files(self) -> list[str]:
        """What lies in the house."""
        return [path.name for path in feeds_files.folder_of(self.id).iterdir()]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Shop, int]]:
    """The other side, on loopback, which whoever holds the machine allowed; and its host is on the list."""
    monkeypatch.setattr(settings, "PRIVATE_HOSTS", frozenset({"127.0.0.1"}))
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "files")
    allow("127.0.0.1")
    other = Shop()
    with serving(other.answer) as port:
        yield other, port
        other.over.set()


def test_a_file_is_fetched_imported_and_asked_for_again_only_if_it_changed(shop: tuple[Shop, int]) -> None:
    other, port = shop
    other.headers = {"ETag": '"one"', "Last-Modified": "Wed, 04 Mar 2026 08:00:00 GMT"}
    fetched = Fetched(port)
    assert fetched.look() is Result.IMPORTED
    assert run_jobs() == 1
    run = Import.objects.get()
    assert (run.state, run.files.get().name, run.files.get().rows_done) == ("finished", "orders.csv", 6)
    assert fetched.files() == [f"{hashlib.sha256(TEXT.encode()).hexdigest()}.csv"]
    assert fetched.wait == 3_600
    assert fetched.look(60) is Result.NOTHING_NEW
    assert other.heard[1]["If-None-Match"] == '"one"'
    assert other.heard[1]["If-Modified-Since"] == "Wed, 04 Mar 2026 08:00:00 GMT"
    assert other.heard[1]["Accept-Encoding"] == "identity"
    other.headers, other.body = {"ETag": '"two"'}, CHANGED.encode()
    assert fetched.look(60) is Result.IMPORTED
    run_jobs()
    assert Import.objects.count() == 2
    assert Import.objects.latest("pk").counts["updated"]["order_line"] == 1
    assert list(FeedFile.objects.order_by("pk").values_list("name", "state", "is_current")) == [
        ("orders.csv", "imported", False),
        ("orders.csv", "imported", True),
    ]


def test_the_same_content_again_is_no_news_and_an_older_one_is_seen_already(shop: tuple[Shop, int]) -> None:
    other, port = shop
    fetched = Fetched(port)
    for body, states in (
        (TEXT, ["imported"]),
        (TEXT, ["imported"]),
        (CHANGED, ["imported", "imported"]),
        (TEXT, ["imported", "imported", "seen_already"]),
        (TEXT, ["imported", "imported", "seen_already"]),
    ):
        other.body = body.encode()
        fetched.look(60)
        run_jobs()
        assert list(FeedFile.objects.order_by("pk").values_list("state", flat=True)) == states
    assert Import.objects.count() == 2


def test_a_content_fetched_while_an_import_is_under_way_waits_and_nothing_is_fetched_meanwhile(
    shop: tuple[Shop, int],
) -> None:
    other, port = shop
    fetched = Fetched(port)
    fetched.look()
    other.body = CHANGED.encode()
    fetched.look(60)
    assert fetched.wait == 5
    assert fetched.look(1) is Result.WAITING
    assert len(other.heard) == 2
    run_jobs()
    assert fetched.look(1) is Result.IMPORTED
    assert len(other.heard) == 2


def test_what_lets_us_in_is_said(shop: tuple[Shop, int]) -> None:
    other, port = shop
    Fetched(port, access="basic", access_user="joe", secret="open sesame").look()
    assert other.heard[-1]["Authorization"] == "Basic " + base64.b64encode(b"joe:open sesame").decode()
    place = f"http://127.0.0.1:{port}/day/orders.csv?sig=a%20b"
    Fetched(port, name="Token", place=place, access="bearer", secret="t0ken").look()
    assert other.heard[-1]["Authorization"] == "Bearer t0ken"
    assert other.paths[-1] == "/day/orders.csv?sig=a%20b"
    Fetched(port, name="Open").look()
    assert "Authorization" not in other.heard[-1]


def test_a_name_that_the_other_side_proposes_is_ignored(shop: tuple[Shop, int]) -> None:
    other, port = shop
    other.headers = {"Content-Disposition": 'attachment; filename="../../../../etc/passwd.csv"'}
    fetched = Fetched(port, place=f"http://127.0.0.1:{port}/a/%2e%2e%2f%2e%2e%2fevil.csv")
    assert fetched.look() is Result.IMPORTED
    assert FeedFile.objects.get().name == ".._.._evil.csv"
    assert FeedFile.objects.get().path == f"imports/feed-{fetched.id}/{FeedFile.objects.get().sha256}.csv"


@pytest.mark.parametrize("status", [400, 401, 404, 410, 500, 503])
def test_an_answer_that_is_no_file_is_a_failure_with_its_status(shop: tuple[Shop, int], status: int) -> None:
    other, port = shop
    other.status = status
    fetched = Fetched(port)
    assert fetched.look() is Result.STATUS
    assert fetched.feed.detail == str(status)
    assert fetched.files() == []


def test_failures_wait_longer_and_longer_and_a_success_forgets_them(shop: tuple[Shop, int]) -> None:
    other, port = shop
    other.status = 503
    fetched = Fetched(port)
    waits = []
    for _ in range(3):
        fetched.look(1)
        waits.append(fetched.wait / 60)
    assert waits == [5, 10, 20]
    other.status = 200
    assert fetched.look(20) is Result.IMPORTED
    assert fetched.feed.failures == 0


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("http://evil.example/orders.csv", "evil.example"),
        ("/else", "127.0.0.1"),
        ("ftp://x/", ""),
        ("", "127.0.0.1"),
        ("http://[::1", ""),
    ],
)
def test_a_redirect_is_refused_and_names_the_host(shop: tuple[Shop, int], location: str, host: str) -> None:
    other, port = shop
    other.status, other.headers = 302, {"Location": location}
    fetched = Fetched(port, access="bearer", secret="t0ken")
    assert fetched.look() is Result.REDIRECTED
    assert fetched.feed.detail == host
    assert len(other.heard) == 1


def test_an_empty_answer_is_no_file(shop: tuple[Shop, int]) -> None:
    other, port = shop
    other.body = b""
    fetched = Fetched(port)
    assert fetched.look() is Result.EMPTY
    assert fetched.files() == []


def test_a_file_that_is_too_large_is_given_up_and_nothing_of_it_stays(
    shop: tuple[Shop, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    other, port = shop
    other.body = b"x" * 300_000
    fetch = fetching.fetch
    monkeypatch.setattr(fetching, "fetch", lambda *a, **k: fetch(*a, **k, most_bytes=100_000))
    fetched = Fetched(port)
    assert fetched.look() is Result.TOO_LARGE
    assert fetched.files() == []


def test_an_answer_that_drips_is_given_up_in_time(shop: tuple[Shop, int], monkeypatch: pytest.MonkeyPatch) -> None:
    other, port = shop
    other.drips = True
    fetch = fetching.fetch
    monkeypatch.setattr(fetching, "fetch", lambda *a, **k: fetch(*a, **k, seconds=0.3))
    fetched = Fetched(port)
    assert fetched.look() is Result.TOO_SLOW
    assert fetched.files() == []


def test_an_answer_that_breaks_off_is_no_file(shop: tuple[Shop, int]) -> None:
    other, port = shop
    other.promises_more = 10
    fetched = Fetched(port)
    assert fetched.look() is Result.NO_ANSWER
    assert fetched.files() == []


def test_a_private_machine_is_refused_although_its_host_is_on_the_list(
    shop: tuple[Shop, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    other, port = shop
    fetched = Fetched(port)
    monkeypatch.setattr(settings, "PRIVATE_HOSTS", frozenset())
    assert fetched.look() is Result.PRIVATE_ADDRESS
    assert other.heard == []


def test_a_host_taken_off_the_list_is_not_called_any_more(shop: tuple[Shop, int]) -> None:
    other, port = shop
    fetched = Fetched(port)
    AllowedHost.objects.all().delete()
    assert fetched.look() is Result.HOST_NOT_ALLOWED
    assert other.heard == []


def test_a_body_that_is_no_table_is_refused_once(shop: tuple[Shop, int]) -> None:
    other, port = shop
    other.body = b"<html><body>Please sign in</body></html>"
    fetched = Fetched(port)
    assert fetched.look() is Result.FAILED_FILES
    assert fetched.look(60) is Result.NOTHING_NEW
    assert list(FeedFile.objects.values_list("state", flat=True)) == ["refused"]


def test_a_body_that_could_not_be_used_is_asked_for_again_when_the_feed_is_resumed(shop: tuple[Shop, int]) -> None:
    there, port = shop
    there.headers["ETag"] = '"v1"'
    fed = Fetched(port, options=replace(FIRMLESS, currency=""))
    assert fed.look() is Result.FAILED_FILES
    Firm.objects.create(name="Shop", country="DE", currency="EUR", zone="Europe/Berlin", created_at=NOW)
    feeds.pause(fed.id, by=OPERATOR, at=fed.at)
    feeds.resume(fed.id, by=OPERATOR, at=fed.at)
    assert fed.look(1) is Result.IMPORTED


def test_a_disk_without_room_is_said(shop: tuple[Shop, int], monkeypatch: pytest.MonkeyPatch) -> None:
    _, port = shop
    fetched = Fetched(port)
    monkeypatch.setattr(feeds_files, "arriving", lambda held: Path("/dev/full"))
    monkeypatch.setattr(Path, "unlink", lambda *a, **k: None)
    assert fetched.look() is Result.NO_ROOM


def test_tags_that_could_not_be_said_again_are_forgotten(shop: tuple[Shop, int]) -> None:
    other, port = shop
    other.headers = {"ETag": '"' + "x" * 600 + '"', "Last-Modified": "y" * 101}
    fetched = Fetched(port)
    fetched.look()
    assert (fetched.feed.etag, fetched.feed.last_modified) == ("", "")


def test_an_address_without_a_file_name_is_called_by_its_host() -> None:
    assert fetching.name_of("https://shop.example/") == "shop.example"
    assert fetching.name_of("https://shop.example/a/b.csv?x=1") == "b.csv"
