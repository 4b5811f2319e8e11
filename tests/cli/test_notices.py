"""`goodwill notices` says what a person was told of, and marks nothing."""

import json
from typing import Any

from click.testing import CliRunner, Result

from goodwill.cli.main import goodwill
from goodwill.store.notices import Notice
from tests.cast import NOW, Cast


def said(*words: str) -> Result:
    return CliRunner().invoke(goodwill, ["notices", *words])


def test_it_lists_the_unread_with_reasons_and_marks_nothing(cast: Cast) -> None:
    promise = cast.promise()
    usual: dict[str, Any] = {"person": cast.agent, "hour_at": NOW, "made_at": NOW, "why": "owes"}
    about: dict[str, Any] = {"promise_id": promise.pk, "customer_id": cast.buyer.pk}
    for n, more in enumerate((about, {}, about | {"seen_at": NOW}), 1):
        Notice.objects.create(kind="promise_broken", code="broken_silent", entry_id=n, last_entry_id=n, **usual, **more)
    answer = json.loads(said("agent@vektor.example", "--json").output)
    assert (answer["person_id"], answer["unread"], answer["next"]) == (cast.agent.pk, 2, "")
    hidden, first = answer["notices"]
    assert (hidden["hidden"], hidden["customer"], hidden["due"]) == (True, None, None)
    assert first["customer"] == {"id": cast.buyer.pk, "name": "Berta Buyer"}
    assert (first["kind"], first["why"], first["next_act"]) == ("promise_broken", "owes", "promise")
    lines = said("AGENT@vektor.example", "--all").output.splitlines()
    assert len(lines) == 3 and lines[0].startswith("  2026-03-04 09:00 UTC A promise was broken in silence., Berta")
    assert lines[1] == "* 2026-03-04 09:00 UTC This is gone, or not theirs to see any more."
    assert Notice.objects.filter(seen_at=None).count() == 2


def test_nothing_new_and_nobody_are_said(cast: Cast) -> None:
    assert said("agent@vektor.example").output == "Nothing new.\n"
    assert said("agent@vektor.example", "--all").output == "No notices.\n"
    nobody = said("nobody@vektor.example")
    assert nobody.exit_code == 1 and "goodwill invite" in nobody.output
