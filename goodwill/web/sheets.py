"""Sheets: lists as CSV files, streamed in constant memory."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from goodwill.actions import journal
from goodwill.domain.entries import Entry
from goodwill.web.gate import viewer_of

# A spreadsheet would run such a cell as a formula; telephones and numbers are harmless.
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d\s().,/-]*$)")


class _Line:
    def write(self, line: str) -> str:
        return line


def sheet(request: HttpRequest, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """The rows as a UTF-8 CSV file called `name`; the journal keeps who took what."""
    at: datetime = request.at  # type: ignore[attr-defined]
    journal.note(Entry.EXPORTED, by=viewer_of(request), at=at, what=name)
    response = StreamingHttpResponse(_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{at:%Y-%m-%d}.csv"'
    response["X-Accel-Buffering"] = "no"
    return cast(HttpResponse, response)


def _lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    # Excel reads UTF-8 only when told so.
    yield "\ufeff" + str(writer.writerow(header))
    for row in rows:
        yield str(writer.writerow([_cell(value) for value in row]))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    text = str(value)
    return "'" + text if _FORMULA.match(text) else text
