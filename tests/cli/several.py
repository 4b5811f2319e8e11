"""A house for several processes to share: `python -m tests.cli.several MARKER`."""

import json
import sys
from datetime import timedelta
from typing import Any

PROMISES = 60
JOBS = 12


def prepare(marker: str) -> dict[str, Any]:
    """The cast, promises that are all past their moment, jobs, one job that hangs at first, and a program's token."""
    from django.utils import timezone

    from goodwill.actions import tokens
    from goodwill.domain.tokens import Access
    from goodwill.domain.viewers import OPERATOR
    from tests.cast import NOW, PASSWORD, make_cast
    from tests.worker import chores

    cast = make_cast()
    for _ in range(PROMISES):
        cast.promise(due_at=NOW, promised_at=NOW, wakes_at=NOW)
    for number in range(JOBS):
        chores.add.enqueue(number, number)
    chores.post_once.enqueue(marker)
    at = timezone.now()
    ends = at + timedelta(days=1)
    made = tokens.make(cast.head.pk, "till", {Access.READ_PROMISES}, expires_at=ends, by=OPERATOR, at=at)
    assert isinstance(made, tokens.Made)
    return {"email": cast.head.email, "other": cast.mate.email, "password": PASSWORD, "token": made.secret}


def main(words: list[str]) -> None:
    """Make it and print what the visitors must know as JSON."""
    from goodwill.cli.opening import open_house

    open_house()
    sys.stdout.write(json.dumps(prepare(words[0])))


if __name__ == "__main__":
    main(sys.argv[1:])
