"""The receiver of the documentation, run as it stands there."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone

from goodwill.actions import webhooks
from goodwill.actions.webhooks import Made, Wanted
from goodwill.domain.viewers import OPERATOR
from goodwill.store.deliveries import Delivery
from goodwill.worker.webhooks import tick
from tests.cast import Cast
from tests.cli.commands import until
from tests.cluster import free_port

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "webhook_receiver.py"


@pytest.mark.django_db(transaction=True)
def test_the_documented_receiver_takes_each_event_once_and_nothing_that_is_not_ours(cast: Cast, tmp_path: Path) -> None:
    port = free_port()
    with override_settings(PRIVATE_HOSTS=frozenset({"127.0.0.1"})):
        made = webhooks.make(Wanted("Till", f"http://127.0.0.1:{port}/", None), by=OPERATOR, at=timezone.now())
        assert isinstance(made, Made)
        listening = subprocess.Popen(
            [sys.executable, str(EXAMPLE), str(port), made.secret],
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            test = webhooks.test(made.id, by=OPERATOR, at=timezone.now())
            assert isinstance(test, Delivery)

            def is_taken() -> bool:
                Delivery.objects.filter(pk=test.pk).exclude(state="delivered").update(
                    state="waiting", next_at=test.next_at
                )
                tick(timezone.now())
                return Delivery.objects.filter(pk=test.pk, state="delivered").exists()

            until(is_taken)  # it needs a moment to open its door
            Delivery.objects.filter(pk=test.pk).update(state="waiting", next_at=test.next_at)
            until(is_taken)
            webhooks.rotate(made.id, by=OPERATOR, at=timezone.now())
            webhooks.rotate(made.id, by=OPERATOR, at=timezone.now())
            refused = webhooks.test(made.id, by=OPERATOR, at=timezone.now())
            assert isinstance(refused, Delivery)
            tick(timezone.now())
            assert Delivery.objects.get(pk=refused.pk).last_error == "http_400"
        finally:
            listening.terminate()
            out, _ = listening.communicate(timeout=60)
    assert out.splitlines().count("test None") == 1
    with closing(sqlite3.connect(tmp_path / "inbox.sqlite3")) as inbox:
        kept = inbox.execute("SELECT body FROM event WHERE id = ?", [test.key]).fetchone()
    assert kept == (test.body.encode(),), "what was answered with 204 is safe"
    assert {line.split()[0] for line in out.splitlines()} <= {"test", "webhook_made"}


def test_the_documentation_shows_the_receiver_that_is_tested() -> None:
    page = (ROOT / "docs" / "do" / "webhooks.md").read_text()
    assert '--8<-- "examples/webhook_receiver.py"' in page
