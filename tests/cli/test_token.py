"""`goodwill token`."""

import json

from click.testing import CliRunner
from django.test import Client

from goodwill.cli.main import goodwill
from tests.cast import Cast


def ask(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(goodwill, ["token", *words])
    return result.exit_code, result.output


def test_a_token_is_made_listed_and_revoked(cast: Cast) -> None:
    words = ("agent@vektor.example", "--name", "Till", "--scope", "read:promises", "--days", "3", "--json")
    code, output = ask("make", *words)
    assert code == 0, output
    made = json.loads(output)
    headers = {"Authorization": f"Bearer {made['token']}"}
    assert Client().get("/api/v1/promises", headers=headers).status_code == 200
    listed = json.loads(ask("list", "agent@vektor.example", "--json")[1])
    assert [(row["token_id"], row["name"], row["is_good"]) for row in listed] == [(made["token_id"], "Till", True)]
    assert made["token"] not in str(listed)
    assert ask("revoke", str(made["token_id"])) == (0, "revoked\n")
    assert Client().get("/api/v1/promises", headers=headers).status_code == 401
    assert "ended" in ask("list", "agent@vektor.example")[1]


def test_whom_and_what_a_token_needs_is_said(cast: Cast) -> None:
    words = ("--name", "Till", "--scope", "read:promises")
    code, output = ask("make", "nobody@vektor.example", *words)
    assert code == 1
    assert "nobody here signs in" in output
    assert ask("make", "agent@vektor.example", "--name", " ", "--scope", "read:promises")[1].startswith("Error: name:")
    assert ask("make", "agent@vektor.example", "--name", "x", "--scope", "read:moon")[0] == 2
    assert ask("revoke", "12345")[0] == 1
    assert cast.agent.tokens.count() == 0
