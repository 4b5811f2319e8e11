"""The environment is read strictly."""

import os
import threading
from pathlib import Path
from typing import IO, Any

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
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@h/n?sslmode=require")
    said = environment.database(Path())
    assert said["OPTIONS"] == {"connect_timeout": "10", "sslmode": "require"}
    assert (said["CONN_MAX_AGE"], said["CONN_HEALTH_CHECKS"]) == (600, True)


def test_a_home_that_cannot_be_made_is_said_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("GOODWILL_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(EnvironmentProblem, match="name another folder in GOODWILL_HOME"):
        environment.home()


@pytest.fixture
def no_key_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own key is not there."""
    monkeypatch.delenv("GOODWILL_SECRET_KEY", raising=False)


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path, no_key_given: None) -> None:
    key = environment.secret_key(tmp_path)
    assert len(key) > 60
    assert environment.secret_key(tmp_path) == key
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


def test_two_that_start_together_have_one_key(tmp_path: Path, no_key_given: None) -> None:
    file = tmp_path / "secret.key"
    file.touch(0o600)  # the other has just made it and has not written yet
    threading.Timer(0.2, lambda: file.write_text("k" * 86)).start()
    assert environment.secret_key(tmp_path) == "k" * 86


def test_a_key_that_was_cut_off_is_refused_and_a_full_disk_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_key_given: None
) -> None:
    monkeypatch.setattr(environment, "_KEY_PATIENCE_SECONDS", 0.0)
    (tmp_path / "secret.key").write_text("half")
    with pytest.raises(EnvironmentProblem, match="remove it, and a new one is made"):
        environment.secret_key(tmp_path)
    (tmp_path / "secret.key").unlink()

    def full(handle: int, *_: Any, **__: Any) -> IO[str]:
        os.close(handle)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as now, pytest.raises(EnvironmentProblem, match=r"No space left .* must not be full"):
        now.setattr(os, "fdopen", full)
        environment.secret_key(tmp_path)
    assert not (tmp_path / "secret.key").exists()
    assert environment.secret_key(tmp_path)
