"""Tasks that the tests of jobs enqueue; they stand in a module, as tasks must."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.utils import timezone
from django_tasks import task
from django_tasks.base import TaskContext

from goodwill.actions import deliveries


@task()
def add(left: int, right: int) -> int:
    """The sum."""
    return left + right


@task(priority=50)
def urgent() -> str:
    """Something that does not wait in line."""
    return "first"


@task()
def stumble() -> None:
    """Always fails."""
    raise LookupError("nothing was found here")


@task(takes_context=True)
def attempts(context: TaskContext) -> int:
    """How often this was tried."""
    return context.attempt


@task()
def post_once(marker: str) -> str:
    """Posts a letter under one key; the first time it then sleeps, so that the test can kill it."""
    deliveries.post("chore:post-once", {"to": ["a@example.com"]}, at=timezone.now())
    file = Path(marker)
    if not file.exists():
        file.write_text("begun")
        time.sleep(60)
    return "posted"


@task()
def dig(marker: str) -> None:
    """Works for two minutes with another thread, as reading ahead does, which an ending Python waits for."""
    with ThreadPoolExecutor(1) as digger:
        Path(marker).write_text("begun")
        digger.submit(time.sleep, 120).result()
