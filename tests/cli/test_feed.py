"""`goodwill feed`."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from goodwill.actions import feeds
from goodwill.adapters.presets.looking import PRESETS
from goodwill.cli.main import goodwill
from goodwill.domain.viewers import OPERATOR
from goodwill.reads import health
from goodwill.store.feeds import Feed
from goodwill.store.imports import Import
from tests.cast import NOW
from tests.feeding import TEXT, root, run_jobs  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def ask(*words: str, typed: str = "") -> tuple[int, str]:
    """The exit code and what was printed."""
    result = CliRunner().invoke(goodwill, ["feed", *words], input=typed)
    return result.exit_code, result.output


def test_a_folder_is_added_looked_at_paused_resumed_and_removed(root: Path) -> None:  # noqa: F811
    (root / "orders.csv").write_text(TEXT)
    os.utime(root / "orders.csv", (1, 1))
    words = ("--site", "Shop", "--currency", "eur", "--every", "5", "--move", "--json")
    code, said = ask("add", "Shop", str(root), *words)
    assert code == 0, said
    number = str(json.loads(said)["feed_id"])
    code, said = ask("look", number, "--json")
    assert (code, json.loads(said)["result"]) == (0, "imported")
    run_jobs()
    assert Import.objects.get().state == "finished"
    assert ask("look", number) == (0, "Nothing new.\n")
    listed = json.loads(ask("list", "--json")[1])
    assert [(row["name"], row["every_minutes"], row["last_import_state"]) for row in listed] == [
        ("Shop", 5, "finished")
    ]
    assert "every 5 minutes" in ask("list")[1]
    assert json.loads(ask("pause", number, "--json")[1]) == {"feed_id": int(number), "paused": True}
    code, said = ask("look", number)
    assert (code, said) == (1, "Paused by hand.\n")
    assert ask("resume", number) == (0, "resumed\n")
    assert ask("remove", number) == (0, "removed\n")
    for word in ("look", "pause", "resume", "remove"):
        code, said = ask(word, number)
        assert code == 1
        assert "goodwill feed list" in said
    assert (root / "done" / "orders.csv").read_text() == TEXT


def test_a_look_that_finds_something_to_mend_ends_with_1(root: Path) -> None:  # noqa: F811
    (root / "orders.csv").write_text("nothing")
    os.utime(root / "orders.csv", (1, 1))
    number = str(json.loads(ask("add", "Shop", str(root), "--json")[1])["feed_id"])
    code, said = ask("look", number, "--json")
    assert (code, json.loads(said)["troubled_files"]) == (1, 1)
    (root / "empty.csv").touch()
    os.utime(root / "empty.csv", (1, 1))
    code, said = ask("look", number)
    said, *files = said.splitlines()
    assert (code, said) == (1, "A file could not be used. See below which, and why.")
    assert files[0] == "  empty.csv: empty"
    assert files[1].startswith("  orders.csv: not used. There is no header row with at least two columns.")
    assert ask("list")[1].splitlines()[1:] == files, "below is below"


def test_an_import_that_brought_nothing_in_is_listed_and_told_by_the_doctor(root: Path) -> None:  # noqa: F811
    (root / "orders.csv").write_text(TEXT.partition("\n")[0] + "\n" + "A-1,1,K-7,Anna,,,no day,,,,,,,,,\n")
    os.utime(root / "orders.csv", (1, 1))
    number = str(
        json.loads(ask("add", "Shop", str(root), "--site", "Shop", "--currency", "EUR", "--json")[1])["feed_id"]
    )
    assert ask("look", number)[0] == 0
    run_jobs()
    code, said = ask("look", number)
    assert code == 1
    assert said.splitlines() == ["Nothing new.", f"  import {Import.objects.get().pk}: no row could enter"]
    assert ask("list")[1].splitlines()[1:] == said.splitlines()[1:]
    told = next(check for check in health.look(OPERATOR, NOW) if check.name == "daily files")
    assert (told.state, told.found) == ("note", "1 of 1 need a look: Shop")


def test_a_feed_reads_its_files_as_an_import_by_hand_does(root: Path, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "map.yml").write_text("promise_days: 5\npromise_unit: working\nsheet: Orders\ncurrency: eur\n")
    for preset in PRESETS:
        assert ask("add", f"As {preset}", str(root), "--as", preset, "--map", str(tmp_path / "map.yml"))[0] == 0
    for row in Feed.objects.all():
        options = feeds.options_of(row)
        assert (options.promise_days, options.promise_unit, options.sheet, options.currency) == (
            *(5, "working", "Orders", "EUR"),
        )
    code, said = ask("add", "Shop", str(root), "--promise-days", "3", "--sheet", "May")
    assert code == 0, said
    options = feeds.options_of(Feed.objects.get(name="Shop"))
    assert (options.promise_days, options.promise_unit, options.sheet) == (3, "calendar", "May")


def test_an_address_needs_its_host_on_the_list_and_its_secret_is_read_from_a_file(
    root: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    url = "https://shop.example/orders.csv?sig=hidden"
    code, said = ask("add", "Online", url)
    assert (code, said.split(":")[0]) == (2, "place")
    code, said = ask("add", "Online", url, "--json")
    assert json.loads(said) == {"refused": "host_not_allowed", "field": "place", "host": "shop.example"}
    assert ask("host", "allow", "not a host")[0] == 2
    assert ask("host", "allow", "shop.example")[0] == 0
    (tmp_path / "map.yml").write_text("columns:\n  order: Bestellung\nzone: Europe/Berlin\n")
    words = ("--user", "joe", "--secret-file", "-", "--map", str(tmp_path / "map.yml"))
    code, said = ask("add", "Online", url, *words, typed="open sesame\n")
    assert code == 0, said
    row = Feed.objects.get()
    assert (row.access, row.access_user, row.secret, row.daily_at) == ("basic", "joe", "open sesame", "06:00")
    assert (row.options["columns"], row.options["zone"]) == ({"order": "Bestellung"}, "Europe/Berlin")
    for said in (ask("list")[1], ask("list", "--json")[1]):
        assert "sesame" not in said
        assert "hidden" not in said
    hosts = ask("host", "list")[1]
    assert "shop.example  Online" in hosts
    assert ask("host", "forbid", hosts.split()[0]) == (0, "forbidden\n")
    assert ask("host", "forbid", hosts.split()[0])[0] == 1


def test_what_makes_no_sense_is_said(root: Path) -> None:  # noqa: F811
    assert ask("add", "Shop", str(root), "--every", "5", "--daily-at", "06:00")[0] == 2
    code, said = ask("add", "Shop", str(root.parent))
    assert code == 2
    assert "may not be watched" in said
