"""A worker at a watched folder in a process of its own, killed (SIGKILL) when it comes to a point.

`python -m tests.killed_feeds watch FOLDER` sets the feed up; `… work [POINT]` looks and imports until nothing is
left; `… state` prints what is in the database. Points: copied, kept, planned, begun, imported, moved.
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
        if len(words) > 1:
            _die_at(words[1])
        _work()
    else:
        from goodwill.store.feeds import FeedFile
        from goodwill.store.imports import Import
        from tests.imported import as_text, state

        files = list(FeedFile.objects.order_by("name", "pk").values_list("name", "state", "run__state", "moved_to"))
        imports = list(Import.objects.order_by("files__name").values_list("files__name", "state"))
        sys.stdout.write(as_text(state()) + json.dumps([files, imports], indent=1))


def _work() -> None:
    """Look and import until three looks on end find nothing to do.

    The feed's own time (`at`) goes from one look that is due to the next, however long the machine takes over it: what
    a worker that died had taken is due when its lease ends, too. Jobs follow the real clock, their lease is short.
    """
    from django.utils import timezone

    from goodwill.store.feeds import Feed
    from goodwill.store.jobs import Job
    from goodwill.worker import feeds
    from goodwill.worker.jobs import JobHand

    hand = JobHand("hand", lease=timedelta(seconds=1))
    idle = 0
    while idle < 3:
        due = Feed.objects.get().wakes_at
        assert due is not None, "the feed is paused"
        feeds.tick(max(timezone.now(), due))
        worked = False
        while Job.objects.filter(state__in=["ready", "running"]).exists():
            worked = hand.run_next() or worked
        idle = 0 if worked else idle + 1


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
