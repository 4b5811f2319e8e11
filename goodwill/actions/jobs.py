"""Jobs: the house's own backend of the `django_tasks` API, over rows, with leases that outlive a killed worker."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist
from typing_extensions import ParamSpec

from goodwill.store.jobs import Job

T = TypeVar("T")
P = ParamSpec("P")

LEASE = timedelta(seconds=60)
"""How long a claimed job is left alone; the worker renews it while it lives."""
MOST_ATTEMPTS = 5
_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(hours=1)
_LONGEST_ERROR = 8_000
_STATUS = {
    "ready": TaskResultStatus.READY,
    "running": TaskResultStatus.RUNNING,
    "done": TaskResultStatus.SUCCESSFUL,
    "failed": TaskResultStatus.FAILED,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in a worker's hands. `fence` is the number of this claim; results of an older one are refused."""

    id: UUID
    task: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    fence: int


class JobBackend(BaseTaskBackend):
    """Enqueues into the Job table, in the caller's transaction: a rollback takes the job with it."""

    supports_defer = True
    supports_priority = True
    supports_get_result = True

    def enqueue(self, task: Task[P, T], args: Any, kwargs: Any) -> TaskResult[T]:
        """Write the job down and return its handle."""
        self.validate_task(task)
        job = Job.objects.create(
            task=task.module_path,
            args=list(args),
            kwargs=dict(kwargs),
            queue=task.queue_name,
            priority=task.priority,
            run_after=task.run_after,
            enqueued_at=timezone.now(),
        )
        return self._handle(job, task)

    def get_result(self, result_id: str) -> TaskResult[Any]:
        """The state of a job by its id; raises TaskResultDoesNotExist for an unknown one."""
        try:
            job = Job.objects.get(pk=UUID(str(result_id)))
        except (Job.DoesNotExist, ValueError):
            raise TaskResultDoesNotExist(result_id) from None
        return self._handle(job, import_string(job.task))

    def _handle(self, job: Job, task: Task[P, T]) -> TaskResult[T]:
        errors = []
        if job.error:
            path, _, trace = job.error.partition("\n")
            errors = [TaskError(exception_class_path=path, traceback=trace)]
        result: TaskResult[T] = TaskResult(
            task=task,
            id=str(job.pk),
            status=_STATUS[job.state],
            enqueued_at=job.enqueued_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
            last_attempted_at=job.last_attempted_at,
            args=job.args,
            kwargs=job.kwargs,
            backend=self.alias,
            errors=errors,
            worker_ids=[job.worker] * job.fence,
        )
        object.__setattr__(result, "_return_value", job.result)
        return result


def claim(worker: str, *, at: datetime, lease: timedelta = LEASE) -> Claim | None:
    """Take the most urgent job that is ready or whose worker let the lease run out; None where there is none.

    A job that was claimed too often without an end is given up as failed.
    """
    if not _claimable(at).exists():
        return None  # without opening a write transaction: an idle worker disturbs nobody
    while True:
        with transaction.atomic():
            rows = _claimable(at).order_by("-priority", "enqueued_at")
            if connection.features.has_select_for_update_skip_locked:
                rows = rows.select_for_update(skip_locked=True)
            job = rows.first()
            if job is None:
                return None
            if job.fence < MOST_ATTEMPTS:
                Job.objects.filter(pk=job.pk).update(
                    state="running",
                    worker=worker,
                    fence=F("fence") + 1,
                    leased_until=at + lease,
                    started_at=job.started_at or at,
                    last_attempted_at=at,
                )
                return Claim(job.pk, job.task, tuple(job.args), job.kwargs, job.fence + 1)
            Job.objects.filter(pk=job.pk).update(
                state="failed",
                finished_at=at,
                leased_until=None,
                error=job.error or "builtins.RuntimeError\nThe worker died each time it tried this.",
            )


def renew(held: Claim, *, at: datetime, lease: timedelta = LEASE) -> bool:
    """Keep the job for another lease; False where another worker has it by now."""
    return _held(held).update(leased_until=at + lease) == 1


def finish(held: Claim, result: Any, *, at: datetime) -> bool:
    """Write the result; False (and nothing written) where the lease was lost."""
    return _held(held).update(state="done", result=result, finished_at=at, leased_until=None, error="") == 1


def fail(held: Claim, error: BaseException, trace: str, *, at: datetime) -> bool:
    """Write the error; try again later, or give up after the last attempt. False where the lease was lost."""
    text = f"{type(error).__module__}.{type(error).__qualname__}\n{trace[-_LONGEST_ERROR:]}"
    if held.fence >= MOST_ATTEMPTS:
        return _held(held).update(state="failed", error=text, finished_at=at, leased_until=None) == 1
    wait = min(_FIRST_WAIT * 2 ** (held.fence - 1), _LONGEST_WAIT)
    return _held(held).update(state="ready", error=text, run_after=at + wait, leased_until=None) == 1


def release(held: Claim) -> bool:
    """Give the job back, for a worker that stops before its end; the attempt does not count."""
    return _held(held).update(state="ready", leased_until=None, fence=F("fence") - 1) == 1


def forget_finished(before: datetime) -> int:
    """Remove jobs that ended before this moment; returns how many."""
    return Job.objects.filter(state__in=["done", "failed"], finished_at__lt=before).delete()[0]


def prepared(held: Claim) -> Callable[[], Any]:
    """The call this job stands for, with its context where the task asks for one; ImportError for an unknown task."""
    task = import_string(held.task)
    if not isinstance(task, Task):
        raise ImportError(f"{held.task} is not a task")
    if not task.takes_context:
        return lambda: task.call(*held.args, **held.kwargs)
    from django_tasks.base import TaskContext

    context = TaskContext(task_result=task.get_result(str(held.id)))
    return lambda: task.call(context, *held.args, **held.kwargs)


def _claimable(at: datetime) -> QuerySet[Job]:
    ready = Q(state="ready") & (Q(run_after__isnull=True) | Q(run_after__lte=at))
    return Job.objects.filter(ready | Q(state="running", leased_until__lt=at))


def _held(held: Claim) -> QuerySet[Job]:
    return Job.objects.filter(pk=held.id, fence=held.fence, state="running")
