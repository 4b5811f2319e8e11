"""A worker at a watched folder in a process of its own, killed (SIGKILL) when it comes to a point.

`python -m tests.killed_feeds watch FOLDER` sets the feed up; `… work ROUND [POINT]` looks and imports until nothing is
left; `… state` prints what is in the database. Points: copied, kept,
planned, begun, imported, moved.
"""

import json
import os
import signal
import sys
from datetime import timedelta
from typing import Any


def main(words: list[str]) -> None:
    """Do one of the three."""
    from goodwill.cli.opening import open_house

    open_house()
    if words[0] == "watch":
        from goodwill.cli.main import goodwill

        goodwill(["feed", "add", "Shop", words[1], "--site", "Shop", "--currency", "EUR", "--move"])
    elif words[0] == "work":
        if len(words) > 2:
            _die_at(words[2])
        _work(int(words[1]))
    else:
        from goodwill.store.feeds import FeedFile
        from goodwill.store.imports import Import
        from tests.imported import as_text, state

        files = list(FeedFile.objects.order_by("name", "pk").values_list("name", "state", "run__state", "moved_to"))
        imports = list(Import.objects.order_by("files__name").values_list("files__name", "state"))
        sys.stdout.write(as_text(state()) + json.dumps([files, imports], indent=1))


def _work(round_: int) -> None:
    from django.utils import timezone

    from goodwill.worker import feeds
    from goodwill.worker.jobs import JobHand

    # each round begins when the lease of a worker that died is over
    at = timezone.now() + timedelta(hours=round_)
    hand = JobHand(f"round-{round_}", lease=timedelta(seconds=1))
    end = timezone.now() + timedelta(seconds=60)
    idle = 0
    while idle < 3 and timezone.now() < end:
        looked = feeds.tick(at)
        worked = hand.run_next()
        from goodwill.store.jobs import Job

        waiting = Job.objects.filter(state__in=["ready", "running"]).exists()
        idle = 0 if worked or waiting else idle + 1
        at += timedelta(minutes=11) if looked and not waiting else timedelta(seconds=1)


def _die_at(point: str) -> None:
    from goodwill.actions import feeds_files, imports, imports_plans, imports_runs
    from goodwill.adapters import folders

    where: dict[str, tuple[Any, str]] = {
        "copied": (folders, "copy"),
        "kept": (feeds_files, "_row"),
        "planned": (imports_plans, "plan"),
        "begun": (imports, "start"),
        "imported": (imports_runs, "_checkpoint"),
        "moved": (folders, "move_aside"),
    }
    module, name = where[point]
    done = getattr(module, name)

    def die(*given: Any, **named: Any) -> Any:
        done(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, name, die)


if __name__ == "__main__":
    main(sys.argv[1:])
