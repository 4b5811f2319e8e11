"""The environment is read strictly: a malformed engine is an error that names its remedy."""

import pytest

from goodwill.config import environment
from goodwill.config.environment import EnvironmentProblem


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("", "duckdb"),
        ("duckdb", "duckdb"),
        ("postgres://me:secret@db.example:5433/books", "postgresql://me:secret@db.example:5433/books"),
        ("postgresql://me@db.example/books", "postgresql://me@db.example/books"),
        ("spark://spark.example:15002", "sc://spark.example:15002"),
        ("sc://spark.example:15002/;token=abc", "sc://spark.example:15002/;token=abc"),
    ],
)
def test_an_engine_is_read_into_one_form(monkeypatch: pytest.MonkeyPatch, said: str, read: str) -> None:
    monkeypatch.setenv("GOODWILL_ENGINE", said)
    assert environment.engine() == read
    environment.refuse_unknown()


@pytest.mark.parametrize(
    "said", ["DuckDB", "duckdb:///file", "postgres://db.example", "postgres:///books", "spark://", "spark://h:99999",
             "mysql://h/x", "spark"],
)  # fmt: skip
def test_what_is_no_engine_is_refused_with_the_three_that_are(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("GOODWILL_ENGINE", said)
    with pytest.raises(EnvironmentProblem, match=r"duckdb, postgres://.*spark://"):
        environment.engine()
