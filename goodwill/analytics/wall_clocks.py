"""Whole arrays of instants read on a zone's clock, and readings of that clock as instants.

Instants are int64 microseconds since 1970 UTC; readings are int64 microseconds since a local 1970.
"""

from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from goodwill.domain.hours import HoursError
from goodwill.domain.windows import FIRST_YEAR, LAST_YEAR, SECOND, stretches, year_start

Micros = npt.NDArray[np.int64]
_LOWEST, _HIGHEST = year_start(FIRST_YEAR), year_start(LAST_YEAR + 1)


def as_instants(moments: object, name: str) -> Micros:
    """An array of moments as microseconds: signed integers are microseconds already, datetime64 is read as UTC.

    What is finer than a microsecond falls away. Raises HoursError, with the place in the flattened array, for NaT and
    for moments outside the years in which working time is defined; and for any other type, numbers with a fraction
    among them.
    """
    given = np.asarray(moments)
    if given.dtype.kind == "M":
        missing = np.isnat(given)
        if missing.any():
            raise HoursError(f"{name}[{int(np.argmax(missing))}]", "is not a time (NaT)")
        years = given.astype("datetime64[Y]").astype(np.int64) + 1970
        _refuse((years < FIRST_YEAR) | (years > LAST_YEAR), name)
        return given.astype("datetime64[us]").astype(np.int64)
    if given.dtype.kind != "i" and given.size:
        raise HoursError(name, "holds neither whole microseconds nor datetime64")
    instants = given.astype(np.int64)
    if instants.size and (instants.min() < _LOWEST or instants.max() >= _HIGHEST):
        _refuse((instants < _LOWEST) | (instants >= _HIGHEST), name)
    return instants


def _refuse(outside: npt.NDArray[np.bool_], name: str) -> None:
    if outside.any():
        raise HoursError(f"{name}[{int(np.argmax(outside))}]", f"is not from {FIRST_YEAR} to {LAST_YEAR}")


def readings_of(zone: ZoneInfo, instants: Micros) -> Micros:
    """What the zone's clock reads at each instant."""
    if not instants.size:
        return instants.copy()
    begins, _, offsets = _stretches(zone, int(instants.min()), int(instants.max()))
    found: Micros = instants + offsets[np.searchsorted(begins, instants, side="right") - 1]
    return found


def instants_of(zone: ZoneInfo, readings: Micros) -> Micros:
    """The instant of each reading: of two the first; for one that the clock skips, the first instant after the skip."""
    if not readings.size:
        return readings.copy()
    begins, ends, offsets = _stretches(zone, int(readings.min()), int(readings.max()))
    # the first stretch in which the clock has not passed the reading yet
    at = np.searchsorted(np.maximum.accumulate(ends + offsets), readings, side="right")
    found: Micros = np.maximum(readings - offsets[at], begins[at])
    return found


def _stretches(zone: ZoneInfo, first: int, last: int) -> tuple[Micros, Micros, Micros]:
    """Begins, ends and offsets of the stretches of constant offset, a year beyond the two instants or readings."""
    years = range(_year(first) - 1, _year(last) + 2)
    pieces = np.array([stretch for year in years for stretch in stretches(zone, year)], dtype=np.int64) * SECOND
    # a year's end is no change of clock
    is_new = np.append(True, np.diff(pieces[:, 2]) != 0)
    begins = pieces[is_new, 0]
    return begins, np.append(begins[1:], pieces[-1, 1]), pieces[is_new, 2]


def _year(instant: int) -> int:
    return int(np.datetime64(instant, "us").astype("datetime64[Y]").astype(np.int64)) + 1970
