"""The doctor sees what is wrong and says what to do."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import override_settings

from goodwill.actions import deliveries, upkeep
from goodwill.config.environment import MailServer
from goodwill.domain.viewers import OPERATOR
from goodwill.reads import health
from goodwill.reads.health import Check
from goodwill.store.deliveries import Delivery
from goodwill.store.jobs import Job
from goodwill.store.sites import Site
from goodwill.store.triggers import close_journal, open_journal
from goodwill.store.webhooks import Webhook
from tests.cast import NOW, Cast

SERVER = MailServer("mail.example", 25, "", "", use_tls=False, use_ssl=False)


def found(name: str) -> Check:
    """What the doctor says of one thing."""
    checks = {check.name: check for check in health.look(OPERATOR, NOW)}
    assert all(check.how for check in checks.values() if check.state != "ok")
    return checks[name]


@pytest.fixture(autouse=True)
def _fresh(db: None) -> None:
    cache.clear()


def test_only_those_who_keep_the_house_may_look(cast: Cast) -> None:
    assert health.look(cast.viewer(cast.administrator), NOW)
    for person in (cast.agent, cast.stranger, cast.accountant):
        with pytest.raises(PermissionError):
            health.look(cast.viewer(person), NOW)


def test_a_sound_house_needs_no_mending(cast: Cast) -> None:
    cache.set(health.WORKER_KEY, {"name": "w", "at": NOW.isoformat()})
    states = {check.name: check.state for check in health.look(OPERATOR, NOW)}
    for name in (
        "python",
        "disk",
        "assets",
        "time zones",
        "database",
        "integrity",
        "journal",
        "firm",
        "worker",
        "jobs",
    ):
        assert states[name] == "ok", name


def test_a_worker_that_fell_silent_is_missed(cast: Cast) -> None:
    assert found("worker").state == "mend"
    cache.set(health.WORKER_KEY, {"name": "w", "at": (NOW - timedelta(minutes=1)).isoformat()})
    assert found("worker").state == "ok"
    cache.set(health.WORKER_KEY, {"name": "w", "at": (NOW - timedelta(minutes=3)).isoformat()})
    assert found("worker") == Check("worker", "mend", "last seen 180 s ago", found("worker").how)


@pytest.mark.django_db(transaction=True)
def test_an_open_journal_is_noticed_and_closed_again() -> None:
    assert found("journal").state == "ok"
    open_journal(connection)
    try:
        assert found("journal").state == "mend"
        assert upkeep.close_journal()
        assert found("journal").state == "ok"
        assert not upkeep.close_journal()
    finally:
        close_journal(connection)


def test_a_house_that_others_may_enter_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("k")
    (tmp_path / "secret.key").chmod(0o644)
    tmp_path.chmod(0o755)
    with override_settings(HOME=tmp_path):
        assert found("privacy").state == "mend"
        assert found("secret key").state == "mend"
        tmp_path.chmod(0o700)
        (tmp_path / "secret.key").chmod(0o600)
        assert found("privacy").state == "ok"
        assert found("secret key").state == "ok"


def test_a_full_disk_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_LEAST_FREE_BYTES", 1 << 60)
    assert found("disk").state == "mend"


def test_missing_assets_and_catalogues_are_noticed(tmp_path: Path) -> None:
    with override_settings(STATICFILES_DIRS=[tmp_path], LOCALE_PATHS=[tmp_path]):
        assert found("assets").state == "mend"
        assert found("languages").found == "missing: ru, hu"


def test_without_a_mail_server_the_waiting_letters_are_counted() -> None:
    deliveries.post("k", {"to": []}, at=NOW)
    with override_settings(MAIL_SERVER=None):
        assert (found("mail").state, found("mail").found) == ("note", "no mail server; 1 letters wait")


def test_a_mail_server_that_refuses_is_noticed() -> None:
    with override_settings(MAIL_SERVER=SERVER):
        assert found("mail").state == "ok"
        deliveries.post("k", {"to": []}, at=NOW)
        Delivery.objects.update(last_error="SMTPAuthenticationError 535", attempts=1)
        assert found("mail").state == "mend"
        assert "535" in found("mail").found
        Delivery.objects.update(state="failed")
        assert found("mail").state == "note"


def test_failed_work_is_named() -> None:
    Job.objects.create(task="a.b.tidy", state="failed", error="builtins.OSError\n…", enqueued_at=NOW, finished_at=NOW)
    assert found("jobs").found == "1 failed, last tidy (builtins.OSError)"


def test_a_zone_that_does_not_exist_is_noticed(cast: Cast) -> None:
    Site.objects.filter(pk=cast.shop.pk).update(zone="Europe/Atlantis")
    assert found("firm").state == "mend"
    assert "Atlantis" in found("firm").found


def test_a_house_without_a_firm_is_told_to_set_one_up() -> None:
    assert found("firm").state == "note"


def test_a_database_that_is_behind_is_noticed_and_no_row_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "missing_migrations", lambda: ["store.0009_more"])
    checks = health.look(OPERATOR, NOW)
    assert checks[-1] == Check("database", "mend", "1 changes behind", "Bring it up to date: goodwill upgrade")


def test_a_database_that_cannot_be_opened_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable() -> Any:
        from django.db.utils import OperationalError

        raise OperationalError("connection refused\nmore\nlines")

    monkeypatch.setattr(health, "missing_migrations", unreachable)
    assert health.look(OPERATOR, NOW)[-1].found == "cannot be opened: connection refused"


def test_an_old_python_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_LEAST_PYTHON", (9, 0))
    assert found("python").state == "mend"


def test_webhooks_that_paused_themselves_and_dead_letters_are_noticed() -> None:
    assert (found("webhooks").state, found("webhooks").found) == ("ok", "0 active")
    hook = Webhook.objects.create(
        name="Till", url="https://8.8.8.8/", secret="whsec_AAAA", secret_made_at=NOW, created_at=NOW
    )
    Delivery.objects.create(kind="webhook", key="dead", state="failed", webhook=hook, created_at=NOW)
    assert (found("webhooks").state, found("webhooks").found) == ("note", "1 dead letters")
    assert found("mail").found.startswith("no mail server; 0 letters"), "an event is no letter"
    Webhook.objects.update(is_active=False, paused_why="by_hand")
    assert found("webhooks").state == "note"
    Webhook.objects.update(paused_why="gone")
    assert (found("webhooks").state, found("webhooks").found) == ("mend", "paused by themselves: Till")
