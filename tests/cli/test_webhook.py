"""`goodwill webhook`."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from goodwill.cli.main import goodwill
from goodwill.domain.entries import Entry
from goodwill.domain.viewers import OPERATOR
from goodwill.store import journal
from goodwill.store.deliveries import Delivery
from goodwill.store.webhooks import Webhook
from goodwill.worker import webhooks as worker
from tests.cast import Cast
from tests.worker.receivers import receiving

pytestmark = pytest.mark.django_db(transaction=True)


def ask(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(goodwill, ["webhook", *words])
    return result.exit_code, result.output


def told(*words: str) -> Any:
    code, output = ask(*words, "--json")
    assert code == 0, output
    return json.loads(output)


def test_a_webhook_lives_its_whole_life_on_the_command_line(cast: Cast) -> None:
    with receiving() as receiver:
        made = told("add", receiver.url, "--name", "Till", "--kind", "promise_kept")
        number = str(made["webhook_id"])
        assert made["secret"].startswith("whsec_")
        journal.write(Entry.PROMISE_KEPT, by=OPERATOR, at=datetime.now(UTC), customer_id=cast.buyer.pk)
        receiver.say(410)
        worker.tick(datetime.now(UTC))
        (row,) = told("list")
        assert (row["is_active"], row["paused_why"], row["kinds"], row["waiting"]) == (
            False, "gone", ["promise_kept"], 1,
        )  # fmt: skip
        assert "paused (gone)" in ask("list")[1]
        assert made["secret"] not in ask("list")[1]
        assert told("test", number)["delivery_id"]
        assert told("resume", number)["is_active"]
        worker.tick(datetime.now(UTC) + timedelta(seconds=10))
        assert [line["state"] for line in told("log", number)] == ["delivered", "delivered"]
        assert "delivered  2 attempts" in ask("log", number)[1]
        Delivery.objects.filter(kind="webhook").update(state="failed")
        (line,) = told("dead", number)
        assert told("log", number, "--state", "dead") == [line]
        assert told("resend", number, "--delivery", str(line["delivery_id"]))["resent"] == 1
        assert told("dead", number) == []
    assert told("change", number, "--name", "The till", "--all", "--url", "https://8.8.8.8/")["changed"]
    hook = Webhook.objects.get()
    assert (hook.name, hook.url, hook.wants_all) == ("The till", "https://8.8.8.8/", True)
    assert told("rotate", number)["secret"] != made["secret"]
    assert not told("pause", number)["is_active"]
    assert told("resume", number, "--skip")["is_active"]
    assert told("remove", number) == {"webhook_id": hook.pk, "deliveries": 1}
    assert told("list") == []


def test_what_is_wrong_is_said_with_its_remedy(cast: Cast) -> None:
    assert ask("add", "http://8.8.8.8/", "--name", "x", "--all")[1].startswith("Error: url: The way there is not")
    assert "kinds: Please fill this in." in ask("add", "https://8.8.8.8/", "--name", "x")[1]
    assert ask("add", "https://8.8.8.8/", "--name", "x", "--kind", "moon_landed")[0] == 2
    for words in (["pause"], ["resume"], ["rotate"], ["test"], ["remove"], ["log"], ["dead"], ["change"]):
        code, output = ask(*words, "77")
        assert (code, "there is no webhook 77" in output) == (1, True), words
    assert ask("resend", "77")[0] == 2
    assert ask("resend", "77", "--all")[0] == 1
    assert "has no delivery" in ask("resend", "77", "--delivery", "5")[1]
