"""Opening hours as people write them: `9-13, 14-18`, one day a line, and back again."""

import re
from collections.abc import Iterable, Mapping
from datetime import date

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Keys of a week, Monday first."""
WEEKDAY_OFFICE: dict[str, list[list[str]]] = {day: [["09:00", "17:00"]] for day in DAYS[:5]}
"""Monday to Friday, nine to five: what most firms begin with."""

_WINDOW = re.compile(r"(?P<oh>\d{1,2})(?:[:.](?P<om>\d{2}))?\s*[-–—]\s*(?P<ch>\d{1,2})(?:[:.](?P<cm>\d{2}))?", re.ASCII)
_DAY = re.compile(r"(\d{4})[-./] ?(\d{1,2})[-./] ?(\d{1,2})\.?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_CLOSED = frozenset({"", "-", "–", "—"})


class NotHours(ValueError):
    """A piece of text that cannot be read as hours or a day; `text` is that piece."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def read_windows(text: str) -> list[list[str]]:
    """The windows of a day, sorted: `9-13, 14:30–18` is [["09:00", "13:00"], ["14:30", "18:00"]]; blank is closed.

    A close at or before its open runs over midnight; 24 is midnight at the end of the day.
    Raises NotHours for the piece that cannot be read.
    """
    if text.strip() in _CLOSED:
        return []
    return sorted(_read_window(piece.strip()) for piece in re.split(r"[,;]", text) if piece.strip())


def write_windows(windows: Iterable[Iterable[str]]) -> str:
    """The windows of a day as people write them; nothing for a closed day."""
    return ", ".join("–".join(window) for window in windows)


def read_day(text: str) -> date:
    """A day written 2026-12-24, 2026. 12. 24. or 24.12.2026. Raises NotHours."""
    written = text.strip()
    if match := _DAY.fullmatch(written):
        year, month, day = match.groups()
    elif match := _DAY_FIRST.fullmatch(written):
        day, month, year = match.groups()
    else:
        raise NotHours(written)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise NotHours(written) from None


def read_days(text: str) -> list[str]:
    """Days, one a line, as sorted ISO dates without repeats. Raises NotHours for the line that cannot be read."""
    return sorted({read_day(line).isoformat() for line in _lines(text)})


def read_special(text: str) -> dict[str, list[list[str]]]:
    """Special hours, one day a line: `2026-12-24: 9-12`; a day alone is closed. Raises NotHours for the bad piece."""
    special: dict[str, list[list[str]]] = {}
    for line in _lines(text):
        # Neither way of writing a day holds a colon, so that the first one ends it.
        day, _, hours = line.partition(":")
        special[read_day(day).isoformat()] = read_windows(hours)
    return dict(sorted(special.items()))


def write_special(special: Mapping[str, Iterable[Iterable[str]]]) -> str:
    """Special hours, one day a line."""
    return "\n".join(f"{day}: {write_windows(windows)}".rstrip(": ") for day, windows in sorted(special.items()))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _read_window(piece: str) -> list[str]:
    match = _WINDOW.fullmatch(piece)
    if match is None:
        raise NotHours(piece)
    opens = (int(match["oh"]), int(match["om"] or 0))
    closes = (int(match["ch"]), int(match["cm"] or 0))
    if opens[0] > 23 or opens[1] > 59 or closes[1] > 59 or closes > (24, 0):
        raise NotHours(piece)
    return [f"{hour:02}:{minute:02}" for hour, minute in (opens, closes)]
