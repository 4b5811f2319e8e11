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
from goodwill.domain.viewers import OPERATOR, Viewer
from goodwill.store.firms import Firm
from goodwill.store.imports import Import
from goodwill.store.people import Person


def folder_of(import_id: int) -> Path:
    """Where the files of an import that the house itself wrote are kept; made where it is not there."""
    folder = Path(settings.MEDIA_ROOT) / "imports" / str(import_id)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def receive(uploaded: Sequence[tuple[str, Iterable[bytes]]], *, by: Viewer, at: datetime) -> Import | Refusal:
    """Keep uploaded files (name and content in chunks) and write them down as a draft to be looked at."""
    if not by.may(May.IMPORT):
        return Refusal(Reason.NOT_ALLOWED)
    folder = Path(settings.MEDIA_ROOT) / "imports" / f"upload-{uuid4().hex}"
    folder.mkdir(parents=True)
    given = []
    for place, (name, chunks) in enumerate(uploaded):
        # what it was called is kept as a word and never becomes a path; what it is, its content says
        path = folder / f"{place:02d}"
        with path.open("wb") as file:
            file.writelines(chunks)
        given.append(Given(path, Path(name).name))
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
    person = Person.objects.get_queryset().active().filter(pk=row.person_id or 0).first()
    firm = Firm.the()
    by = person.viewer(zone=firm.zone if firm else "UTC") if person else OPERATOR
    done = imports_runs.run(import_id, by=by, at=timezone.now())
    upkeep.count_rows_anew()
    return done.reason.value if isinstance(done, Refusal) else done.state


@transaction.atomic
def start(import_id: int, *, by: Viewer, at: datetime) -> Import | Refusal:
    """Let the worker run an import that is ready or was stopped."""
    del at  # the worker's clock says when it began
    if not by.may(May.IMPORT):
        return Refusal(Reason.NOT_ALLOWED)
    row = Import.objects.select_for_update().filter(pk=import_id).first()
    if row is None:
        return Refusal(Reason.NOT_FOUND)
    if row.state not in ("ready", "stopped"):
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
