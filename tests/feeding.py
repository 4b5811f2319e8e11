"""A watched folder, a feed on it, and the steps of the journeys: write, look, let the worker import."""

import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from goodwill.actions import feeds, feeds_hosts, feeds_looks
from goodwill.actions.feeds import FeedFacts
from goodwill.actions.jobs import claim, finish, prepared
from goodwill.domain.feeds import Kind, Result, Rhythm
from goodwill.domain.viewers import OPERATOR, Viewer
from goodwill.store.feeds import AllowedHost, Feed, FeedFile
from tests.actions.importing import FIRMLESS, HEADER, ROWS
from tests.cast import NOW

MINUTE = timedelta(minutes=1)
TEXT = HEADER + ROWS


class Fed:
    """A feed, and the minutes since the test began."""

    def __init__(self, facts: FeedFacts, by: Viewer = OPERATOR) -> None:
        self.at = NOW
        self.facts = facts
        made = feeds.add(facts, by=by, at=NOW)
        assert isinstance(made, Feed), made
        self.id = made.pk

    @property
    def feed(self) -> Feed:
        """The row as it is now."""
        return Feed.objects.get(pk=self.id)

    @property
    def wait(self) -> float:
        """Seconds from the last look to the next."""
        wakes_at = self.feed.wakes_at
        assert wakes_at is not None
        return (wakes_at - self.at).total_seconds()

    def look(self, minutes: int = 0) -> Result | None:
        """Look so many minutes after the last time."""
        self.at += minutes * MINUTE
        held = feeds_looks.take(at=self.at, feed_id=self.id)
        assert held is not None
        return feeds_looks.look(held, at=self.at)


class Watched(Fed):
    """A feed on a folder below an allowed one."""

    def __init__(self, root: Path, by: Viewer = OPERATOR, **more: Any) -> None:
        self.folder = root / "daily"
        self.folder.mkdir(exist_ok=True)
        facts = FeedFacts("Shop", Kind.FOLDER, str(self.folder), Rhythm(every_minutes=10), FIRMLESS)
        super().__init__(replace(facts, **more), by)

    def write(self, name: str = "orders.csv", text: str | bytes = TEXT, *, at: datetime | None = None) -> Path:
        """A file written at a moment: now, unless told otherwise."""
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        moment = (at or self.at).timestamp()
        os.utime(path, (moment, moment))
        return path

    def write_old(self, name: str = "orders.csv", text: str | bytes = TEXT, *, hours: int = 2) -> Path:
        """A file that was written some hours ago."""
        return self.write(name, text, at=self.at - timedelta(hours=hours))

    def states(self) -> list[tuple[str, str]]:
        """What is written down: name and state of every file, in the order in which they were written down."""
        return list(FeedFile.objects.filter(feed_id=self.id).order_by("pk").values_list("name", "state"))

    def settle(self) -> None:
        """Look and import until nothing waits any more."""
        for _ in range(20):
            self.look(1)
            if not run_jobs():
                return
        raise AssertionError("it never came to rest")


def run_jobs() -> int:
    """Let the worker do what waits; how many jobs there were."""
    count = 0
    while (held := claim("test", at=NOW)) is not None:
        finish(held, prepared(held)(), at=NOW)
        count += 1
    return count


def allow(host: str) -> AllowedHost:
    """Put a host on the list."""
    row = feeds_hosts.allow(host, by=OPERATOR, at=NOW)
    assert isinstance(row, AllowedHost), row
    return row


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that whoever holds the machine allowed, and a place of its own for the house's files."""
    allowed = tmp_path / "drop"
    allowed.mkdir()
    monkeypatch.setattr(settings, "FEED_FOLDERS", (allowed,))
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "files")
    return allowed
