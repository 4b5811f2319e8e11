"""The Olist sample, imported whole: the figures of the published facts; damaged and killed, the same rows."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Sum

from goodwill.cli.main import goodwill
from goodwill.store.imports import BadRow
from goodwill.store.journal import JournalEntry
from goodwill.store.orders import Order, OrderLine, Payment
from goodwill.store.promises import Promise
from goodwill.store.ratings import Rating
from goodwill.store.sites import Site
from goodwill.store.triggers import close_journal, open_journal
from tests.corrupter import Damage, corrupt, mend, part_of
from tests.imported import as_text, state

pytestmark = [pytest.mark.real]
SEED = 20_260_304


@pytest.fixture
def olist(shared_data: Path) -> Path:
    return shared_data / "olist_sample15k"


def imported(*words: str, exit_code: int = 0) -> dict[str, Any]:
    done = CliRunner().invoke(goodwill, ["import", *words, "--json"], catch_exceptions=False)
    assert done.exit_code == exit_code, done.output
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.django_db(transaction=True)
def test_the_whole_sample_comes_in_with_the_published_figures_and_a_second_time_changes_nothing(olist: Path) -> None:
    first = imported(str(olist), "--as", "olist")

    assert first["finished"] is True
    assert first["bad_rows_file"] is None
    assert first["money"] == {"orders_differing": 88, "orders_incomplete": 116}
    assert first["created"]["order"] == 15_000
    assert {file["role"]: file["rows"] for file in first["files"]} == {
        "categories": 71,
        "customers": 15_000,
        "sellers": 1_904,
        "products": 9_255,
        "orders": 15_000,
        "items": 17_071,
        "payments": 15_733,
        "reviews": 14_944,
        "ignored": 0,
    }
    outcomes = dict(Promise.objects.order_by().values_list("outcome").annotate(n=Count("pk")))
    assert outcomes == {"kept": 13_595, "broken_unrecorded": 957, "open": 246, "withdrawn": 202}
    statuses = dict(Order.objects.order_by().values_list("status").annotate(n=Count("pk")))
    assert statuses["delivered"] == 14_552
    assert (statuses["canceled"], statuses["unavailable"], statuses["shipped"]) == (113, 89, 159)
    sums = OrderLine.objects.aggregate(items=Sum("total_minor"), freight=Sum("freight_minor"))
    assert sums == {"items": 203_027_094, "freight": 34_029_267}
    assert Order.objects.aggregate(i=Sum("items_minor"), f=Sum("freight_minor")) == {"i": 203_027_094, "f": 34_029_267}
    assert Payment.objects.aggregate(paid=Sum("amount_minor"))["paid"] == 239_790_456
    assert Payment.objects.filter(kind="voucher").count() == 945
    assert Rating.objects.count() == 14_944
    rated = Rating.objects.order_by().values_list("order_id").annotate(n=Count("pk"))
    assert sum(n > 1 for _, n in rated) == 71
    assert Order.objects.filter(ratings__isnull=True).count() == 128
    assert JournalEntry.objects.filter(kind="promise_broken").count() == 957
    assert JournalEntry.objects.filter(kind="order_placed").count() == 15_000
    assert Site.objects.get().name == "Olist"

    written = JournalEntry.objects.count()
    again = imported(str(olist), "--as", "olist")

    assert (again["created"], again["updated"]) == ({}, {})
    assert again["money"] == first["money"]
    own = JournalEntry.objects.filter(import_id=again["import_id"]).values_list("kind", flat=True)
    assert sorted(own) == ["import_finished", "import_started"]
    assert JournalEntry.objects.count() == written + 2


@pytest.mark.django_db(transaction=True)
def test_a_damaged_copy_loses_no_good_row_lists_each_bad_one_and_mended_it_equals_the_sound_one(
    olist: Path, tmp_path: Path
) -> None:
    imported(str(olist))
    sound = state()
    _empty()
    damaged = tmp_path / "damaged"
    manifest = corrupt(olist, damaged, seed=SEED)

    first = imported(str(damaged), exit_code=1)

    listed = set(BadRow.objects.filter(is_held=False).values_list("file__name", "line"))
    assert listed == {(damage.file, damage.line) for damage in manifest}
    assert {damage.kind for damage in manifest} == {"bad_date", "missing_key", "wrong_decimal", "cut_line", "latin1"}
    rows = {file["role"]: file["rows"] for file in first["files"] if file["role"] != "ignored"}
    good = {file["role"]: file["good"] + file["held"] for file in first["files"]}
    assert {role: rows[role] - good[role] for role in rows} == _by_role(manifest)

    mended = tmp_path / "mended.csv"
    assert mend(Path(first["bad_rows_file"]), mended, manifest) == len(manifest)
    second = imported(str(mended), "--as", "olist")

    assert second["files"][0]["good"] == len(manifest)
    assert not BadRow.objects.filter(entered_by__isnull=True).exists()
    assert state() == sound


def _by_role(manifest: list[Damage]) -> dict[str, int]:
    roles = ("categories", "customers", "sellers", "products", "orders", "items", "payments", "reviews")
    return {role: sum(damage.role == role for damage in manifest) for role in roles}


def _empty() -> None:
    open_journal(connection)
    call_command("flush", interactive=False, verbosity=0)
    close_journal(connection)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a process that has a home and a database of its own, of the kind these tests run on."""
    environment = os.environ | {"GOODWILL_HOME": str(tmp_path / "home")}
    environment.pop("DATABASE_URL", None)
    if connection.vendor == "sqlite":
        yield environment
        return
    own = settings.DATABASES["default"]
    where = f"postgresql://{own['USER']}@{own['HOST']}:{own['PORT']}"
    with psycopg.connect(f"{where}/postgres", autocommit=True) as server:
        server.execute("CREATE DATABASE killed")
        try:
            yield environment | {"DATABASE_URL": f"{where}/killed"}
        finally:
            server.execute("DROP DATABASE killed WITH (FORCE)")


@pytest.mark.django_db(transaction=True)
def test_killed_at_ten_random_moments_and_called_again_it_leaves_the_same_rows(
    olist: Path, tmp_path: Path, elsewhere: dict[str, str]
) -> None:
    part_of(olist, tmp_path / "part", 5_000)
    sound = imported(str(tmp_path / "part"))
    expected = as_text(state())
    dice = random.Random(SEED)
    kills = 0
    for _ in range(60):
        if kills == 10:
            break
        kills += _run(elsewhere, tmp_path / "part", dice.uniform(0.05, 0.45)).returncode == -signal.SIGKILL
    last = _run(elsewhere, tmp_path / "part", 0)

    assert kills == 10
    assert last.returncode == 0, last.stderr
    answer = json.loads(last.stdout)
    assert answer["created"] == sound["created"]
    left = subprocess.run([sys.executable, "-m", "tests.killed"], env=elsewhere, capture_output=True, text=True)
    assert left.stdout.strip() == expected


def _run(environment: dict[str, str], folder: Path, seconds: float) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "tests.killed", str(folder), str(seconds)]
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
