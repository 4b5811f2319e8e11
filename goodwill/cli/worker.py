"""`goodwill worker`: promises, letters and long work, without the pages."""

import os
import sys
import threading
from collections.abc import Callable

import click

from goodwill.cli.opening import open_house


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now and end.")
@click.option("--as-child", is_flag=True, hidden=True, help="End when the standard input closes.")
def worker(once: bool, as_child: bool) -> None:
    """Run the worker alone, until Ctrl-C. Several may run on one PostgreSQL."""
    open_house()
    from django.utils import timezone

    from goodwill.worker.jobs import JobHand
    from goodwill.worker.loop import Worker, name_of_this, tick

    if once:
        hand = JobHand(name_of_this())
        while tick(timezone.now(), hand):
            continue
        return
    work = Worker()
    work.listen()
    if as_child:
        threading.Thread(target=_stop_without_parent, args=(work.stop,), daemon=True).start()
    if not work.run():
        # Python would wait for threads of ours, and meanwhile the work that was given back would be done by two.
        os._exit(0)


def _stop_without_parent(stop: Callable[[], None]) -> None:
    # Past Python's own buffer, whose lock would trip an ending interpreter.
    while os.read(sys.stdin.fileno(), 1):
        continue
    stop()
