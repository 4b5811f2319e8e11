"""The file of bad rows: the original columns first, then what is wrong and how to mend it."""

import csv
from collections.abc import Iterator
from typing import Any

from goodwill.domain.viewers import Viewer
from goodwill.reads import imports
from goodwill.web.wording_imports import explained

EXTRA = (
    "problem_id",
    "problem_role",
    "problem_file",
    "problem_line",
    "problem_field",
    "problem_code",
    "problem_text",
    "problem_remedy",
    "problem_raw",
)


class _Echo:
    def write(self, line: str) -> str:
        return line


def bad_rows(viewer: Viewer, import_id: int) -> Iterator[str]:
    """The lines of the file, streamed. Waiting rows are left out: they enter by themselves."""
    table: Any = csv.writer(_Echo(), lineterminator="\r\n")
    names = imports.headers(viewer, import_id)
    yield table.writerow((*names, *EXTRA))
    for problem in imports.problems(viewer, import_id, limit=None, held=False):
        text, remedy = explained(problem.code, problem.values)
        columns = [problem.columns.get(name, "") for name in names]
        about = (problem.id, problem.role, problem.file, problem.line, problem.field, problem.code, text, remedy)
        yield table.writerow((*columns, *about, problem.raw))
