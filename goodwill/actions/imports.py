"""Imports: the deeds behind the buttons: start one in the background, stop it, try it without keeping anything."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from goodwill.actions import imports_plans, imports_runs, upkeep
from goodwill.adapters.presets.looking import Given, Options
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.viewers import NOBODY, OPERATOR, Viewer
from goodwill.store.firms import Firm
from goodwill.store.imports import Import
from goodwill.store.jobs import Job
from goodwill.store.people import Person


def folder_of(import_id: int) -> Path:
    """Where the files of an import that the house itself wrote are kept; made where it is not there."""
    folder = Path(settings.MEDIA_ROOT) / "imports" / str(import_id)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def receive(uploaded: Sequence[tuple[str, Iterable[bytes]]], *, by: Viewer, at: datetime) -> Import | Refusal:
    """Keep uploaded files (name and content in chunks) and write them down as a draft to be looked at: all or none."""
    if not by.may(May.IMPORT):
        return Refusal(Reason.NOT_ALLOWED)
    folder = Path(settings.MEDIA_ROOT) / "imports" / f"upload-{uuid4().hex}"
    given = []
    try:
        folder.mkdir(parents=True)
        for place, (name, chunks) in enumerate(uploaded):
            # what it was called is kept as a word and never becomes a path; what it is, its content says
            path = folder / f"{place:02d}"
            with path.open("wb") as file:
                file.writelines(chunks)
            given.append(Given(path, Path(name).name))
    except OSError:
        rmtree(folder, ignore_errors=True)  # half a gigabyte of half a file would keep the disk full
        return Refusal(Reason.NO_ROOM, "files")
    row = imports_plans.upload(given, by=by, at=at)
    if isinstance(row, Refusal):
        rmtree(folder, ignore_errors=True)
    return row


@task()
def run_import(import_id: int) -> str:
    """Run an import for the person who started it; the worker calls this, again after a crash."""
    row = Import.objects.filter(pk=import_id).first()
    if row is None or row.state == "finished":
        return "nothing to do"
    by = runs_as(row.person_id)
    at = timezone.now()
    try:
        done = imports_runs.run(import_id, by=by, at=at)
        while isinstance(done, Refusal) and done.reason is Reason.ALREADY_RUNNING:
            # A worker that lost this job, or is just stopping, brought the batch in before us. It may die the next
            # moment, and the job is ours: whoever left now would leave an import that nobody takes to its end.
            done = imports_runs.run(import_id, by=by, at=at)
    except Exception as problem:
        imports_runs.fail(import_id, type(problem).__name__, by=by, at=timezone.now())
        raise
    if isinstance(done, Refusal):
        if done.reason is Reason.NOT_ALLOWED:
            imports_runs.fail(import_id, done.reason.value, by=OPERATOR, at=at)
        return done.reason.value
    upkeep.count_rows_anew()
    upkeep.count_months_anew()
    return done.state


def runs_as(person_id: int | None) -> Viewer:
    """As whom work begun by this person goes on: with the rights held now, with none after leaving; without a person
    it is the operator's."""
    if person_id is None:
        return OPERATOR
    person = Person.objects.get_queryset().active().filter(pk=person_id).first()
    firm = Firm.the()
    return person.viewer(zone=firm.zone if firm else "UTC") if person else NOBODY


def is_dead(import_id: int) -> bool:
    """Whether the job of a running import was given up, so that nobody will take it to its end."""
    jobs = Job.objects.filter(task=run_import.module_path, args=[import_id])
    last = jobs.order_by("-enqueued_at").values_list("state", flat=True).first()
    return last == "failed"


@transaction.atomic
def start(import_id: int, *, by: Viewer, at: datetime) -> Import | Refusal:
    """Let the worker run an import that is ready, was stopped, or failed."""
    del at  # the worker's clock says when it began
    if not by.may(May.IMPORT):
        return Refusal(Reason.NOT_ALLOWED)
    row = Import.objects.select_for_update().filter(pk=import_id).first()
    if row is None:
        return Refusal(Reason.NOT_FOUND)
    if row.state not in ("ready", "stopped", "failed"):
        return Refusal(Reason.ALREADY_RUNNING)
    row.state = "running"
    row.save(update_fields=["state"])
    run_import.enqueue(import_id)
    return row


@transaction.atomic
def ask_stop(import_id: int, *, by: Viewer, at: datetime) -> Import | Refusal:
    """Ask a running import to stop after its present batch; what is in stays in, and it can go on later."""
    del at  # the import writes down when it stopped
    if not by.may(May.IMPORT):
        return Refusal(Reason.NOT_ALLOWED)
    row = Import.objects.select_for_update().filter(pk=import_id).first()
    if row is None:
        return Refusal(Reason.NOT_FOUND)
    if row.state != "running":
        return Refusal(Reason.NOT_RUNNING)
    row.stop_asked = True
    row.save(update_fields=["stop_asked"])
    return row


def bring_in(given: Sequence[Given], options: Options, *, by: Viewer, at: datetime) -> Import | Refusal:
    """Plan and run an import here and now: what the command line does."""
    row = imports_plans.plan(given, options, by=by, at=at)
    if isinstance(row, Refusal):
        return row
    done = imports_runs.run(row.pk, by=by, at=at)
    upkeep.count_rows_anew()
    upkeep.count_months_anew()
    return done


@contextmanager
def kept_only_if(is_kept: bool) -> Iterator[None]:
    """Everything done inside is rolled back at the end unless it is to be kept: a trial run leaves nothing behind."""
    if is_kept:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
