"""The client of the documentation, run as it stands there."""

import subprocess
import sys
from email.message import Message
from io import BytesIO
from pathlib import Path
from urllib.error import HTTPError

import pytest
from pytest_django.live_server_helper import LiveServer

from examples.client import Goodwill
from goodwill.domain.tokens import Access
from goodwill.store.promises import Promise
from tests.api.programs import secret_of
from tests.cast import make_cast

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "examples" / "client.py"


@pytest.mark.django_db(transaction=True)
def test_the_documented_client_promises_and_keeps(live_server: LiveServer) -> None:
    cast = make_cast()
    secret = secret_of(cast.agent, [Access.READ_PROMISES, Access.WRITE_PROMISES])

    def run(token: str) -> "subprocess.CompletedProcess[str]":
        words = [sys.executable, str(CLIENT), live_server.url, token, str(cast.buyer.pk)]
        return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)

    done = run(secret)
    assert done.returncode == 0, done.stderr
    assert "on_time say whether the jacket came in" in done.stdout
    assert done.stdout.endswith("outcome: kept\n")
    assert Promise.objects.get().outcome == "kept"
    refused = run(secret[:-1])
    assert refused.returncode == 1
    assert "401 token_needed" in refused.stderr


def test_the_documentation_shows_the_client_that_is_tested() -> None:
    page = (ROOT / "docs" / "do" / "api-client.md").read_text()
    assert '--8<-- "examples/client.py"' in page


def test_the_client_lets_a_proxys_own_words_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        headers = Message()
        headers["Content-Type"] = "text/html"
        raise HTTPError("https://goodwill.example", 413, "Too Large", headers, BytesIO(b"<html>"))

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    with pytest.raises(HTTPError):
        Goodwill("https://goodwill.example", "gw_x").ask("GET", "promises")
