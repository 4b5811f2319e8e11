"""What machines ask a house: open, cheap, in codes; figures only for who may read them."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db.utils import OperationalError
from django.test import Client, override_settings
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from goodwill.domain.entries import Entry
from goodwill.domain.viewers import OPERATOR
from goodwill.reads import health, measures, readiness, schema
from goodwill.store import journal
from goodwill.store.deliveries import Delivery
from goodwill.store.jobs import Job
from goodwill.store.promises import Promise
from tests.cast import Cast

TOKEN = "a-token-for-the-monitor"


@pytest.fixture(autouse=True)
def _fresh(db: None) -> None:
    cache.clear()


def numbers(client: Client, **headers: str) -> dict[str, float]:
    """The figures by name and state."""
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    return {
        f"{sample.name} {sample.labels.get('state', '')}".strip(): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def test_whether_it_lives_is_said_without_the_database(client: Client, django_assert_num_queries: Any) -> None:
    client.cookies["goodwill_session"] = "a-stranger's-cookie"
    with django_assert_num_queries(0):
        answer = client.get("/health/live", headers={"Host": "10.1.2.3:8000"})
    assert (answer.status_code, answer.json()) == (200, {"live": True})
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


def test_a_house_without_a_firm_is_ready_and_not_redirected(client: Client, django_assert_max_num_queries: Any) -> None:
    client.get("/health/ready")
    with django_assert_max_num_queries(3):
        answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    checks = {"database": "ok", "schema": "current", "worker": "never", "disk": "ok"}
    assert answer.json() == {"ready": True, "checks": checks}


@pytest.mark.parametrize(("seconds", "said"), [(59, "ok"), (62, "late")])
def test_a_worker_that_is_late_is_a_warning(client: Client, seconds: int, said: str) -> None:
    beat = timezone.now() - timedelta(seconds=seconds)
    cache.set(health.WORKER_KEY, {"name": "w", "at": beat.isoformat()})
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["checks"]["worker"]) == (200, said)


def test_a_house_that_cannot_answer_says_503_in_codes(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as full:
        full.setattr(readiness, "_LEAST_FREE_BYTES", 1 << 60)
        answer = client.get("/health/ready")
        assert (answer.status_code, answer.json()["checks"]["disk"]) == (503, "full")
    for found, said in (
        (schema.Schema(("store.0009_more",), (), True), "older"),
        (schema.Schema((), ("store.0009_more",), True), "newer"),
        (schema.Schema((), (), False), "unmade"),
    ):
        monkeypatch.setattr(schema, "look", lambda found=found: found)
        answer = client.get("/health/ready")
        assert (answer.status_code, answer.json()["checks"]["schema"]) == (503, said)

    def away() -> None:
        raise OperationalError('connection to server at "10.0.0.5" failed for user "goodwill"')

    monkeypatch.setattr(schema, "look", away)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {
        "database": "unreachable",
        "schema": "unknown",
        "worker": "unknown",
        "disk": "ok",
    }


def test_figures_open_to_this_machine_only_where_there_is_no_token(client: Client) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="::1").status_code == 200
    for elsewhere in ("192.168.0.7", "", "not-an-address"):
        assert client.get("/metrics", REMOTE_ADDR=elsewhere).status_code == 404
    for header in ("X-Forwarded-For", "X-Real-Ip", "Forwarded", "Via"):
        answer = client.get("/metrics", headers={header: "127.0.0.1"})
        assert (answer.status_code, answer["Cache-Control"]) == (404, "no-store")


@override_settings(METRICS_TOKEN=TOKEN)
def test_with_a_token_figures_open_to_who_shows_it(client: Client) -> None:
    assert client.get("/metrics").status_code == 404
    for shown in ("", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ключ"):
        assert client.get("/metrics", headers={"Authorization": shown}).status_code == 404, shown
    good = {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "9.9.9.9"}
    assert client.get("/metrics", headers=good, REMOTE_ADDR="192.168.0.7").status_code == 200


def test_figures_tell_how_the_work_stands(client: Client, cast: Cast) -> None:
    now = timezone.now()
    late, risky, _, kept = (cast.promise() for _ in range(4))
    future = now + timedelta(days=3)
    Promise.objects.update(due_at=future, wakes_at=None, standing="on_time")
    Promise.objects.filter(pk=late.pk).update(
        due_at=now - timedelta(days=1), standing="late", wakes_at=now - timedelta(seconds=90)
    )
    Promise.objects.filter(pk=risky.pk).update(standing="at_risk")
    Promise.objects.filter(pk=kept.pk).update(outcome="kept", standing="", settled_at=now)
    hour_ago = now - timedelta(hours=1)
    for number, state in enumerate(("waiting", "waiting", "failed", "delivered")):
        Delivery.objects.create(key=str(number), state=state, created_at=hour_ago, next_at=now)
    Job.objects.create(task="t", enqueued_at=now - timedelta(minutes=2))
    Job.objects.create(task="t", state="running", enqueued_at=hour_ago)
    cache.set(health.WORKER_KEY, {"name": "w", "at": (now - timedelta(seconds=5)).isoformat()})
    journal.write(Entry.EXPORTED, by=OPERATOR, at=now)
    said = numbers(client)
    assert [said[f"goodwill_promises {state}"] for state in ("owed", "at_risk", "late")] == [3, 1, 1]
    assert 90 <= said["goodwill_waking_lag_seconds"] < 120
    assert [said[f"goodwill_deliveries {state}"] for state in ("waiting", "failed")] == [2, 1]
    assert 3600 <= said["goodwill_delivery_oldest_seconds"] < 3630
    assert [said[f"goodwill_jobs {state}"] for state in ("ready", "running", "failed")] == [1, 1, 0]
    assert 120 <= said["goodwill_job_oldest_seconds"] < 150
    assert 5 <= said["goodwill_worker_heartbeat_age_seconds"] < 35
    assert said["goodwill_journal_entries"] > 0
    assert said["goodwill_database_up"] == 1


def test_figures_name_nobody(client: Client, cast: Cast) -> None:
    cast.promise(order=cast.order())
    text = client.get("/metrics").content.decode()
    for name in (cast.buyer.name, cast.agent.name, cast.agent.email, "Berta", "@"):
        assert name not in text


def test_counting_stops_where_an_alarm_has_long_rung(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        cast.promise()
    monkeypatch.setattr(measures, "MOST", 2)
    assert numbers(client)["goodwill_promises owed"] == 2


def test_without_the_database_the_figures_say_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(at: object) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(measures, "look", away)
    said = numbers(client)
    assert said["goodwill_database_up"] == 0
    assert "goodwill_promises owed" not in said


def test_nothing_is_written_by_asking(client: Client) -> None:
    for path in ("/health/live", "/health/ready", "/metrics"):
        assert client.post(path).status_code == 405
        assert client.head(path).status_code == 200
