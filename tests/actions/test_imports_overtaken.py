"""Two workers at one import, because the first lost its job and does not know it yet: one end, everything once."""

from pathlib import Path
from typing import Any

import pytest

from goodwill.actions import imports, imports_plans, imports_runs
from goodwill.adapters.presets.looking import files_of
from goodwill.domain.viewers import OPERATOR
from goodwill.store.imports import Import, ImportFile
from goodwill.store.journal import JournalEntry
from goodwill.store.orders import Order
from tests.actions.importing import FIRMLESS, put
from tests.cast import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def planned(folder: Path) -> Import:
    """An import whose job a worker has just claimed."""
    row = imports_plans.plan(files_of([put(folder)]), FIRMLESS, by=OPERATOR, at=NOW)
    assert isinstance(row, Import), row
    return row


def test_a_worker_overtaken_in_a_batch_takes_the_import_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = planned(tmp_path)
    bring_in, overtaken = imports_runs._checkpoint, list[bool]()

    def second(*given: Any) -> bool:
        if not overtaken:
            # the one before us brings the same batch in and is gone
            overtaken.append(bring_in(*given))
        return bring_in(*given)

    monkeypatch.setattr(imports_runs, "_checkpoint", second)
    assert imports.run_import.call(row.pk) == "finished"
    assert overtaken == [True]
    row.refresh_from_db()
    assert (row.state, Order.objects.count()) == ("finished", 5)
    assert ImportFile.objects.get().good == 6
    assert row.counts["created"]["order"] == 5
    assert imports.run_import.call(row.pk) == "nothing to do"


def test_the_end_of_an_import_is_written_down_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = planned(tmp_path)
    release = imports_runs._release

    def beside(*given: Any) -> None:
        monkeypatch.setattr(imports_runs, "_release", release)
        imports.run_import.call(row.pk)
        release(*given)

    monkeypatch.setattr(imports_runs, "_release", beside)
    assert imports.run_import.call(row.pk) == "finished"
    assert JournalEntry.objects.filter(kind="import_finished").count() == 1
