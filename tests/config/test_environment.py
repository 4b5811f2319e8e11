"""The environment is read strictly."""

import pytest

from goodwill.config import environment
from goodwill.config.environment import EnvironmentProblem


def test_a_word_that_is_none_of_the_known_ones_is_refused_with_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.one_of("GOODWILL_LOG", "line", "json") == "line"
    monkeypatch.setenv("GOODWILL_LOG", "json")
    assert environment.one_of("GOODWILL_LOG", "line", "json") == "json"
    monkeypatch.setenv("GOODWILL_LOG", "xml")
    with pytest.raises(EnvironmentProblem, match="write one of: line, json"):
        environment.one_of("GOODWILL_LOG", "line", "json")


def test_a_token_that_can_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.token("GOODWILL_METRICS_TOKEN") == ""
    monkeypatch.setenv("GOODWILL_METRICS_TOKEN", "short")
    with pytest.raises(EnvironmentProblem, match="at least 16"):
        environment.token("GOODWILL_METRICS_TOKEN")


def test_a_database_server_that_is_gone_is_noticed_in_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@h/n?sslmode=require")
    said = environment.database(Path())
    assert said["OPTIONS"] == {"connect_timeout": "10", "sslmode": "require"}
    assert (said["CONN_MAX_AGE"], said["CONN_HEALTH_CHECKS"]) == (600, True)
