"""Deeds on feeds: who may, what is refused, whose imports they are; and what is never told."""

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from goodwill.actions import backups, feeds, feeds_files, feeds_hosts, feeds_looks, people
from goodwill.actions.feeds import FeedFacts
from goodwill.adapters import folders
from goodwill.adapters.presets.looking import Options
from goodwill.config import environment
from goodwill.domain.entries import Entry
from goodwill.domain.feeds import Kind, Result, Rhythm
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.viewers import OPERATOR
from goodwill.reads import exports, health
from goodwill.reads import feeds as reads
from goodwill.store.feeds import AllowedHost, Feed, FeedFile
from goodwill.store.imports import Import
from goodwill.store.journal import JournalEntry
from goodwill.store.people import Assignment
from goodwill.worker import feeds as worker
from tests.actions.importing import FIRMLESS
from tests.cast import NOW, Cast
from tests.feeding import Watched, allow, root, run_jobs  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
URL = FeedFacts(
    "Shop online", Kind.URL, "https://shop.example/orders.csv?sig=key-in-url", Rhythm(daily_at=time(6)), FIRMLESS
)
LOCKED = replace(URL, access="basic", access_user="joe", secret="open sesame")


def kinds() -> list[tuple[str, str]]:
    """What the journal says, latest last."""
    entries = JournalEntry.objects.order_by("pk")
    return [(row.kind, str(row.facts.get("act", ""))) for row in entries if "feed" in row.kind or "host" in row.kind]


def refused(done: object) -> tuple[Reason, str]:
    """Why, and about which field."""
    assert isinstance(done, Refusal), done
    return done.reason, done.field


def test_whoever_may_import_keeps_feeds_and_a_stranger_does_not_learn_of_them(cast: Cast, root: Path) -> None:  # noqa: F811
    admin = cast.viewer(cast.administrator)
    watched = Watched(root, by=admin)
    for who in (cast.stranger, cast.agent, cast.accountant):
        viewer = cast.viewer(who)
        assert refused(feeds.add(replace(watched.facts, name="Other"), by=viewer, at=NOW))[0] is Reason.NOT_ALLOWED
        for done in (
            feeds.change(watched.id, watched.facts, by=viewer, at=NOW),
            feeds.pause(watched.id, by=viewer, at=NOW),
            feeds.resume(watched.id, by=viewer, at=NOW),
            feeds.ask_look(watched.id, by=viewer, at=NOW),
            feeds.remove(watched.id, by=viewer, at=NOW),
        ):
            assert refused(done) == (Reason.NOT_FOUND, "")
        assert not (reads.listed(viewer) or reads.files(viewer, watched.id) or reads.hosts(viewer))
        assert reads.one(viewer, watched.id) is None
        assert not (reads.roots(viewer) or reads.readings(viewer) or reads.troubled(viewer) or reads.site_names(viewer))
        assert reads.of_imports(viewer, [1]) == {}
    assert refused(feeds.pause(watched.id + 1, by=admin, at=NOW)) == (Reason.NOT_FOUND, "")
    assert kinds() == [("feed_changed", "added")]


def test_every_deed_twice_is_one_deed(cast: Cast, root: Path) -> None:  # noqa: F811
    head = cast.viewer(cast.head)
    watched = Watched(root, by=head)
    assert refused(feeds.add(watched.facts, by=head, at=NOW)) == (Reason.ALREADY_USED, "name")
    for _ in range(2):
        assert isinstance(feeds.pause(watched.id, by=head, at=NOW), Feed)
    assert watched.feed.wakes_at is None
    assert refused(feeds.ask_look(watched.id, by=head, at=NOW))[0] is Reason.NOT_RUNNING
    assert feeds_looks.take(at=NOW + timedelta(days=9)) is None
    assert feeds_looks.take(at=NOW, feed_id=watched.id) is None
    for _ in range(2):
        assert isinstance(feeds.resume(watched.id, by=head, at=NOW), Feed)
    for _ in range(2):
        assert isinstance(feeds.ask_look(watched.id, by=head, at=NOW), Feed)
    moved = replace(watched.facts, name="Warehouse", rhythm=Rhythm(every_minutes=30))
    for _ in range(2):
        assert isinstance(feeds.change(watched.id, moved, by=head, at=NOW), Feed)
    assert feeds.remove(watched.id, by=head, at=NOW) == watched.id
    assert refused(feeds.remove(watched.id, by=head, at=NOW)) == (Reason.NOT_FOUND, "")
    assert [act for _, act in kinds()] == ["added", "paused", "resumed", "changed", "removed"]
    changed = JournalEntry.objects.get(facts__act="changed")
    assert changed.facts["fields"] == ["every_minutes", "name"]


def test_a_folder_has_to_be_there_and_below_an_allowed_one(root: Path, tmp_path: Path) -> None:  # noqa: F811
    facts = Watched(root).facts
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (root / "link").symlink_to(outside)
    (root / "file").write_text("")
    for place, reason in {
        str(outside): Reason.FOLDER_NOT_ALLOWED,
        str(tmp_path / "nothing-there"): Reason.FOLDER_NOT_ALLOWED,
        str(root / "link"): Reason.FOLDER_NOT_ALLOWED,
        str(root / "daily" / ".." / ".." / "elsewhere"): Reason.FOLDER_NOT_ALLOWED,
        str(root / "nothing-there"): Reason.NO_SUCH_FOLDER,
        str(root / "file"): Reason.NO_SUCH_FOLDER,
        "daily": Reason.NO_SUCH_FOLDER,
        " ": Reason.REQUIRED,
        "/" + "x" * 3_000: Reason.TOO_LONG,
    }.items():
        done = feeds.add(replace(facts, name="Other", place=place), by=OPERATOR, at=NOW)
        assert refused(done) == (reason, "place"), place
    assert isinstance(feeds.add(replace(facts, name="Root", place=str(root)), by=OPERATOR, at=NOW), Feed)


def test_without_allowed_folders_none_may_be_watched(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    facts = Watched(root).facts
    monkeypatch.setattr(settings, "FEED_FOLDERS", ())
    done = feeds.add(replace(facts, name="Other"), by=OPERATOR, at=NOW)
    assert refused(done) == (Reason.FOLDER_NOT_ALLOWED, "place")


def test_an_address_is_https_and_its_host_is_on_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(feeds.add(URL, by=OPERATOR, at=NOW)) == (Reason.HOST_NOT_ALLOWED, "place")
    allow("shop.example")
    allow("inside.example")
    for place in ("http://shop.example/x", "ftp://shop.example/x", "shop.example", "https://a:b@shop.example/x"):
        assert refused(feeds.add(replace(URL, place=place), by=OPERATOR, at=NOW)) == (Reason.NOT_A_LINK, "place")
    assert isinstance(feeds.add(URL, by=OPERATOR, at=NOW), Feed)
    monkeypatch.setattr(settings, "PRIVATE_HOSTS", frozenset({"inside.example"}))
    inside = replace(URL, name="Inside", place="http://inside.example:8080/orders.csv")
    assert isinstance(feeds.add(inside, by=OPERATOR, at=NOW), Feed)


@pytest.mark.parametrize(
    ("said", "reason", "field"),
    [
        ({"name": " "}, Reason.REQUIRED, "name"),
        ({"name": "x" * 121}, Reason.TOO_LONG, "name"),
        ({"rhythm": Rhythm()}, Reason.REQUIRED, "every"),
        ({"rhythm": Rhythm(10, time(6))}, Reason.REQUIRED, "every"),
        ({"rhythm": Rhythm(0)}, Reason.NOT_A_CHOICE, "every"),
        ({"options": Options(preset="sap")}, Reason.NOT_A_CHOICE, "preset"),
        ({"options": Options(columns={"nonsense": "x"})}, Reason.NOT_A_CHOICE, "columns"),
        ({"options": Options(zone="Mars/Base")}, Reason.NOT_A_ZONE, "zone"),
        ({"access": "magic", "secret": "x"}, Reason.NOT_A_CHOICE, "access"),
        ({"access": "basic", "secret": "x"}, Reason.REQUIRED, "access_user"),
        ({"access": "basic", "access_user": "a:b", "secret": "x"}, Reason.REQUIRED, "access_user"),
        ({"access": "bearer"}, Reason.REQUIRED, "secret"),
        ({"access": "bearer", "secret": "a\nb: c"}, Reason.REQUIRED, "secret"),
        ({"access": "bearer", "secret": "schlüssel"}, Reason.NOT_A_CHOICE, "secret"),
        ({"place": "https://shop.example/orders.csv?…"}, Reason.REQUIRED, "place"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(said: dict[str, object], reason: Reason, field: str) -> None:
    allow("shop.example")
    done = feeds.add(replace(URL, **said), by=OPERATOR, at=NOW)  # type: ignore[arg-type]
    assert refused(done) == (reason, field)
    assert not Feed.objects.exists()


def test_a_secret_is_kept_for_the_same_machine_only() -> None:
    allow("shop.example")
    allow("evil.example")
    feed = feeds.add(LOCKED, by=OPERATOR, at=NOW)
    assert isinstance(feed, Feed)
    blank = replace(LOCKED, secret=None, place="https://shop.example/orders.csv?…", name="Renamed")
    assert isinstance(feeds.change(feed.pk, blank, by=OPERATOR, at=NOW), Feed)
    row = Feed.objects.get()
    assert (row.secret, row.query, row.name) == ("open sesame", "sig=key-in-url", "Renamed")
    for place in ("https://evil.example/orders.csv", "https://shop.example:8443/orders.csv"):
        done = feeds.change(feed.pk, replace(blank, place=place), by=OPERATOR, at=NOW)
        assert refused(done) == (Reason.REQUIRED, "secret")
    elsewhere = replace(blank, place="https://evil.example/orders.csv?…", access="", access_user="")
    assert refused(feeds.change(feed.pk, elsewhere, by=OPERATOR, at=NOW)) == (Reason.REQUIRED, "place")
    assert refused(feeds.change(feed.pk, replace(blank, access="bearer"), by=OPERATOR, at=NOW))[1] == "secret"
    freed = replace(blank, access="", place="https://shop.example/orders.csv")
    assert isinstance(feeds.change(feed.pk, freed, by=OPERATOR, at=NOW), Feed)
    row = Feed.objects.get()
    assert (row.secret, row.access_user, row.query) == ("", "", "")


def test_no_secret_is_shown_exported_or_journalled(cast: Cast) -> None:
    allow("shop.example")
    feed = feeds.add(LOCKED, by=cast.viewer(cast.head), at=NOW)
    assert isinstance(feed, Feed)
    told = [repr(line) for line in reads.listed(OPERATOR)] + [repr(LOCKED)]
    for noun in exports.everything(OPERATOR):
        told += [str(noun.columns), *(str(row) for row in noun.rows)]
    told += [str(entry) for entry in JournalEntry.objects.values_list("facts", flat=True)]
    shown = "\n".join(told[:1] + told[2:])
    assert "sesame" not in shown
    assert "key-in-url" not in shown
    assert "sesame" not in repr(LOCKED)
    assert reads.listed(OPERATOR)[0].place == "https://shop.example/orders.csv?…"


def test_hosts_are_kept_by_those_who_change_the_settings(cast: Cast) -> None:
    admin = cast.viewer(cast.administrator)
    for who in (cast.stranger, cast.manager):
        assert refused(feeds_hosts.allow("shop.example", by=cast.viewer(who), at=NOW))[0] is Reason.NOT_ALLOWED
    for said in ("Shop.Example", " https://shop.example/orders.csv "):
        row = feeds_hosts.allow(said, by=admin, at=NOW)
        assert isinstance(row, AllowedHost)
        assert row.host == "shop.example"
    for said, reason in {"": Reason.REQUIRED, "a b": Reason.NOT_A_HOST, "*.example": Reason.NOT_A_HOST}.items():
        assert refused(feeds_hosts.allow(said, by=admin, at=NOW)) == (reason, "host")
    assert isinstance(feeds.add(URL, by=cast.viewer(cast.head), at=NOW), Feed)
    assert [(row.host, row.feeds) for row in reads.hosts(admin)] == [("shop.example", ("Shop online",))]
    row = AllowedHost.objects.get()
    assert refused(feeds_hosts.forbid(row.pk, by=cast.viewer(cast.stranger), at=NOW)) == (Reason.NOT_FOUND, "")
    assert feeds_hosts.forbid(row.pk, by=admin, at=NOW) == row.pk
    assert refused(feeds_hosts.forbid(row.pk, by=admin, at=NOW)) == (Reason.NOT_FOUND, "")
    acts = [act for kind, act in kinds() if kind == Entry.ALLOWED_HOST_CHANGED.value]
    assert acts == ["added", "removed"]


def test_an_import_is_that_of_the_one_who_answers_for_the_feed(cast: Cast, root: Path) -> None:  # noqa: F811
    watched = Watched(root, by=cast.viewer(cast.administrator))
    watched.write_old()
    watched.look()
    assert Import.objects.get().person == cast.administrator
    run_jobs()
    assert Import.objects.get().state == "finished"
    feeds.change(watched.id, replace(watched.facts, name="Hers"), by=cast.viewer(cast.head), at=NOW)
    watched.write_old("later.csv", "order,customer,placed\nB-1,Zoe Zoom,2026-03-01\n")
    watched.settle()
    assert Import.objects.latest("pk").person == cast.head


@pytest.mark.parametrize("reason", ["maker_left", "maker_may_not"])
def test_a_feed_whose_maker_left_or_may_import_no_more_is_paused(cast: Cast, root: Path, reason: str) -> None:  # noqa: F811
    watched = Watched(root, by=cast.viewer(cast.administrator))
    watched.write_old()
    if reason == "maker_left":
        people.close(cast.administrator.pk, by=cast.viewer(cast.head), at=NOW)
    else:
        Assignment.objects.filter(person=cast.administrator).delete()
    assert watched.look() is None
    assert (watched.feed.paused_reason, watched.feed.wakes_at) == (reason, None)
    assert not Import.objects.exists()
    entry = JournalEntry.objects.get(kind=Entry.FEED_CHANGED.value, facts__act="paused")
    assert (entry.facts["reason"], entry.actor_id) == (reason, None)
    assert [line.is_troubled for line in reads.listed(OPERATOR)] == [True]
    feeds.resume(watched.id, by=cast.viewer(cast.head), at=NOW)
    assert watched.look(1) is Result.IMPORTED
    assert Import.objects.get().person == cast.head


def test_an_import_whose_maker_left_before_it_ran_fails_closed_and_is_made_up_for(cast: Cast, root: Path) -> None:  # noqa: F811
    watched = Watched(root, by=cast.viewer(cast.administrator))
    watched.write_old()
    watched.look()
    people.close(cast.administrator.pk, by=cast.viewer(cast.head), at=NOW)
    run_jobs()
    assert list(Import.objects.values_list("state", "error")) == [("failed", "not_allowed")]
    assert watched.look(1) is None
    feeds.resume(watched.id, by=cast.viewer(cast.head), at=NOW)
    watched.settle()
    assert list(Import.objects.order_by("pk").values_list("state", "person")) == [
        ("failed", cast.administrator.pk),
        ("finished", cast.head.pk),
    ]


def test_two_workers_never_take_the_same_feed_and_a_dead_ones_feed_is_free_again(root: Path) -> None:  # noqa: F811
    watched = Watched(root)
    watched.write_old()
    held = feeds_looks.take(at=NOW)
    assert held is not None
    assert feeds_looks.take(at=NOW) is None
    later = NOW + feeds_looks.TAKEN_FOR
    again = feeds_looks.take(at=later)
    assert again is not None
    assert feeds_looks.look(held, at=NOW) is None, "the overtaken worker wrote something"
    assert not FeedFile.objects.exists()
    assert feeds_looks.look(again, at=later) is Result.IMPORTED


def test_a_worker_that_stops_in_the_middle_of_a_look_gives_the_feed_back(
    root: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watched = Watched(root)
    watched.write_old()
    hand = worker.FeedHand()
    copy = folders.copy

    def told_to_stop(*given: Any) -> str:
        hand.let_go(NOW)
        return copy(*given)

    monkeypatch.setattr(folders, "copy", told_to_stop)
    assert hand.tick(NOW)
    assert not FeedFile.objects.exists(), "a look that was given up writes nothing"
    monkeypatch.setattr(folders, "copy", copy)
    assert watched.feed.wakes_at == NOW
    assert worker.tick(NOW)
    assert watched.states() == [("orders.csv", "imported")]
    hand.let_go(NOW)
    assert watched.feed.wakes_at != NOW, "what is not in hand is not given back"


def test_a_look_during_which_the_feed_is_paused_or_removed_writes_nothing(
    root: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from goodwill.adapters import folders

    watched = Watched(root)
    watched.write_old()
    copy = folders.copy

    def meanwhile(*words: object) -> str:
        feeds.pause(watched.id, by=OPERATOR, at=NOW)
        return copy(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(folders, "copy", meanwhile)
    assert watched.look() is None
    assert watched.feed.paused_reason == "by_hand"
    assert not FeedFile.objects.exists()
    assert not Import.objects.exists()


def test_the_worker_looks_at_what_is_due_and_only_then(root: Path) -> None:  # noqa: F811
    watched = Watched(root)
    watched.write_old()
    assert worker.tick(NOW)
    assert not worker.tick(NOW)
    assert Import.objects.count() == 1
    assert worker.tick(NOW + timedelta(minutes=10))


def test_the_daily_look_is_at_a_time_of_the_firm(cast: Cast) -> None:
    allow("shop.example")
    feed = feeds.add(URL, by=OPERATOR, at=NOW)
    assert isinstance(feed, Feed)
    AllowedHost.objects.all().delete()
    held = feeds_looks.take(at=NOW)
    assert held is not None
    assert feeds_looks.look(held, at=NOW) is Result.HOST_NOT_ALLOWED
    row = Feed.objects.get()
    assert (row.detail, row.failures) == ("shop.example", 1)
    told = next(check for check in health.look(OPERATOR, NOW) if check.name == "daily files")
    assert (told.state, told.found) == ("note", "1 of 1 need a look: Shop online")
    assert row.wakes_at == NOW + timedelta(minutes=5)


def test_how_earlier_imports_read_their_files_is_offered(root: Path) -> None:  # noqa: F811
    watched = Watched(root, options=replace(FIRMLESS, promise_days=5, promise_unit="working"))
    watched.write_old()
    watched.settle()
    offered = reads.readings(OPERATOR)
    assert [(one.file_name, one.options["site"], one.options["currency"]) for one in offered] == [
        ("orders.csv", "Shop", "EUR")
    ]
    taken_over = Options(**offered[0].options)
    assert taken_over.columns["order"] == "order"
    assert (taken_over.promise_days, taken_over.promise_unit) == (5, "working")


def test_a_backup_brings_feeds_back_whole_and_what_waits_is_imported_from_it(root: Path, tmp_path: Path) -> None:  # noqa: F811
    watched = Watched(root)
    watched.write_old("a.csv", hours=5)
    watched.write_old("b.csv", "order,customer,placed\nB-1,Zoe Zoom,2026-03-01\n")
    allow("shop.example")
    assert isinstance(feeds.add(LOCKED, by=OPERATOR, at=NOW), Feed)
    watched.look()
    before = [list(model.objects.order_by("pk").values()) for model in (Feed, FeedFile, AllowedHost)]
    kept = backups.back_up(tmp_path / "b.zip", Path(settings.MEDIA_ROOT), by=OPERATOR, at=NOW)
    assert isinstance(kept, backups.Kept)
    for path in root.rglob("*.csv"):
        path.unlink()
    feeds.remove(watched.id, by=OPERATOR, at=NOW)
    feeds_files.forget_copies(NOW)
    done = backups.restore(tmp_path / "b.zip", Path(settings.MEDIA_ROOT), replace=True, by=OPERATOR, at=NOW)
    assert isinstance(done, backups.Restored)
    assert [list(model.objects.order_by("pk").values()) for model in (Feed, FeedFile, AllowedHost)] == before
    run_jobs()
    watched.settle()
    assert list(Import.objects.order_by("pk").values_list("files__name", "state")) == [
        ("a.csv", "finished"),
        ("b.csv", "finished"),
    ]


def test_folders_of_the_environment_are_absolute_and_may_be_several(monkeypatch: pytest.MonkeyPatch) -> None:
    for said, read in {
        "": (),
        "/a, /b:/c ,": (Path("/a"), Path("/b"), Path("/c")),
    }.items():
        monkeypatch.setenv("GOODWILL_FEED_FOLDERS", said)
        assert environment.folders("GOODWILL_FEED_FOLDERS") == read
    monkeypatch.setenv("GOODWILL_FEED_FOLDERS", "drop")
    with pytest.raises(environment.EnvironmentProblem, match="absolute"):
        environment.folders("GOODWILL_FEED_FOLDERS")
