"""One lake on every engine: DuckDB, PostgreSQL in a throw-away cluster, and Spark's dialect over Connect by Sail."""

import random
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from goodwill.adapters import engines
from goodwill.adapters.engines import Engine
from goodwill.adapters.lake import Snapshot
from goodwill.adapters.lake_columns import Columns
from goodwill.adapters.lake_writing import Draft
from tests.cluster import cluster, programs

ORDERS: Columns = (
    ("id", "int"),
    ("customer_id", "int"),
    ("placed_at", "moment"),
    ("placed_on", "local_day"),
    ("status", "text"),
    ("currency", "text"),
    ("exponent", "exponent"),
    ("items_minor", "int"),
    ("is_deal", "flag"),
)
FIRST = datetime(2023, 1, 1, 23, 30, tzinfo=UTC)
DAYS = 700


def pour(folder: Path) -> Snapshot:
    """A lake of orders by customers who buy by chance and leave by chance; a table without rows."""
    chance = np.random.default_rng(20261126)
    rows: list[tuple[object, ...]] = []
    statuses = random.Random(7)
    for customer in range(900):
        at, rate, stays = float(chance.uniform(0, 300)), chance.gamma(0.6, 1 / 25), chance.exponential(250)
        end = min(at + stays, DAYS)
        while at <= end:
            placed = FIRST + timedelta(days=at)
            status = statuses.choice(["delivered"] * 9 + ["canceled"])
            rows.append((len(rows) + 1, customer, placed, "Europe/Berlin", status, "EUR", "EUR",
                         int(chance.gamma(6, 900 + customer)) + 1, statuses.choice([True, False, None])))  # fmt: skip
            at += max(chance.exponential(1 / rate), 0.02)
    draft = Draft(folder, None, 1)
    draft.replace("orders", ORDERS, "placed_at", [rows])
    draft.replace("nothing", ORDERS, "placed_at", [])
    return draft.keep(at=FIRST + timedelta(days=DAYS), notes={})


@pytest.fixture(scope="session")
def poured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Snapshot]:
    """The folder and its snapshot."""
    folder = tmp_path_factory.mktemp("lake")
    return folder, pour(folder)


@pytest.fixture(scope="session")
def duck(poured: tuple[Path, Snapshot]) -> Iterator[Engine]:
    """DuckDB, by which the others are measured."""
    with engines.opened("duckdb", *poured) as engine:
        yield engine


@pytest.fixture(scope="session", params=["postgresql", "spark"])
def engine(request: pytest.FixtureRequest, poured: tuple[Path, Snapshot]) -> Iterator[Engine]:
    """Another engine over the same lake."""
    with ExitStack() as stack:
        if request.param == "postgresql":
            if programs() is None:
                pytest.skip("PostgreSQL's programs are not on this machine")
            url = stack.enter_context(cluster())
        else:
            server = pytest.importorskip("pysail.spark", reason="Sail is not installed (make dev)")
            pytest.importorskip("pyspark.sql", reason="Spark's client is not installed (make dev)")
            sail = server.SparkConnectServer()
            sail.start(background=True)
            stack.callback(sail.stop)
            url = f"sc://127.0.0.1:{sail.listening_address[1]}"
        yield stack.enter_context(engines.opened(url, *poured))
