"""Jobs: the house's own backend of the `django_tasks` API, over rows."""

from typing import Any, TypeVar

from django.utils import timezone
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus
from typing_extensions import ParamSpec

from goodwill.store.jobs import Job

T = TypeVar("T")
P = ParamSpec("P")


class JobBackend(BaseTaskBackend):  # type: ignore[misc]
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
        return TaskResult(
            task=task,
            id=str(job.pk),
            status=TaskResultStatus.READY,
            enqueued_at=job.enqueued_at,
            started_at=None,
            finished_at=None,
            last_attempted_at=None,
            args=job.args,
            kwargs=job.kwargs,
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )
