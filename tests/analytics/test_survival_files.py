"""Files of customers as cohorts: what is read, what is left out, and the first cell that forbids it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import ibis
import pytest

from goodwill.analytics import survival_charts, survivals
from goodwill.analytics.results import Reason, Refused, Window
from goodwill.analytics.survival_files import Followed, read

HEADER = "customer,joined,left,cohort\n"
ROWS = (
    "a,2025-01-01,2025-01-11,web\n"
    "b,2025-01-01,,web\n"
    "c,2025-02-01,2025-02-03,shop\n"
    "d,2025-03-01,,shop\n"
    "e,2025-01-21,2025-04-01,web\n"
)


def known(folder: Path, text: str | bytes, until: date | None = None, **columns: str) -> Followed | Refused:
    path = folder / "customers.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read(path, columns, until)


def plain(found: Followed | Refused) -> Mapping[str, tuple[list[float], list[bool]]]:
    assert isinstance(found, Followed)
    return {name: (days.tolist(), left.tolist()) for name, (days, left) in found.cohorts.items()}


def test_customers_are_watched_until_they_left_or_until_the_last_day(tmp_path: Path) -> None:
    found = known(tmp_path, HEADER + ROWS, date(2025, 2, 20))
    assert plain(found) == {"shop": ([2.0], [True]), "web": ([10.0, 30.0, 50.0], [True, False, False])}
    assert isinstance(found, Followed)
    assert (found.left_out, found.until) == (1, date(2025, 2, 20))
    assert found.window == Window(date(2025, 1, 1), date(2025, 2, 20))


def test_without_a_last_day_it_is_the_file_s_and_without_cohorts_all_are_one(tmp_path: Path) -> None:
    short = "\n".join(line.rsplit(",", 1)[0] for line in (HEADER + ROWS).splitlines())
    found = known(tmp_path, short)
    assert isinstance(found, Followed)
    assert (found.until, list(found.cohorts), found.left_out) == (date(2025, 4, 1), ["all"], 0)
    still = known(tmp_path, "customer,joined,left\na,2025-01-01,\nb,2025-01-05,\n")
    assert plain(still) == {"all": ([0.0, 4.0], [False, False])}


def test_columns_go_by_the_names_they_are_given(tmp_path: Path) -> None:
    text = (HEADER + ROWS).replace("joined", "since").replace("cohort", "where")
    assert list(plain(known(tmp_path, text, joined="since", cohort="where"))) == ["shop", "web"]
    assert list(plain(known(tmp_path, text, joined="since"))) == ["all"]


def test_parquet_says_the_same_as_csv_with_days_as_days(tmp_path: Path) -> None:
    path = tmp_path / "customers.parquet"
    (tmp_path / "customers.csv").write_text(HEADER + ROWS)
    ibis.duckdb.connect().read_csv(tmp_path / "customers.csv").to_parquet(path)
    assert plain(read(path, {})) == plain(known(tmp_path, HEADER + ROWS))


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("customer,left\na,\n", Refused(Reason.NO_COLUMN, "joined", value="customer, left")),
        (HEADER, Refused(Reason.NO_ROWS)),
        (HEADER + ROWS + ",2025-01-01,,web\n", Refused(Reason.MISSING, "customer", 6)),
        (HEADER + ROWS + "f,,,web\n", Refused(Reason.MISSING, "joined", 6)),
        (HEADER + ROWS + "f,2025-01-01,,\n", Refused(Reason.MISSING, "cohort", 6)),
        (HEADER + ROWS + "f,1.2.2025,,web\n", Refused(Reason.NOT_A_DATE, "joined", 6, "1.2.2025")),
        (HEADER + ROWS + "f,2025-01-01,soon,web\n", Refused(Reason.NOT_A_DATE, "left", 6, "soon")),
        (HEADER + ROWS + "f,2025-01-02,2025-01-01,web\n", Refused(Reason.ENDS_BEFORE_START, "left", 6, "2025-01-01")),
        (HEADER + ROWS + "a,2025-01-02,,web\n", Refused(Reason.DUPLICATE_UNITS, "customer", 6, "a")),
        (b"customer,joined,left\n\xff,2025-01-01,\n", Refused(Reason.NOT_UTF8, "1", 1, "'\\xff'")),
    ],
)
def test_the_first_cell_that_cannot_be_is_named(tmp_path: Path, text: str | bytes, refused: Refused) -> None:
    assert known(tmp_path, text) == refused


def test_a_column_asked_for_must_be_there_and_somebody_must_have_joined(tmp_path: Path) -> None:
    refused = known(tmp_path, HEADER + ROWS, cohort="month")
    assert refused == Refused(Reason.NO_COLUMN, "month", value="customer, joined, left, cohort")
    assert known(tmp_path, HEADER + ROWS, date(2024, 1, 1)) == Refused(Reason.NO_ROWS)


def test_rows_of_unequal_length_are_no_table(tmp_path: Path) -> None:
    refused = known(tmp_path, HEADER + ROWS + "f,2025-01-01,,web,more\n")
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.row) == (Reason.NOT_A_TABLE, 6)
    path = tmp_path / "customers.parquet"
    path.write_bytes(b"PAR1 and then nothing")
    broken = read(path, {})
    assert isinstance(broken, Refused)
    assert (broken.reason, broken.row) == (Reason.NOT_A_TABLE, None)


def test_curves_are_drawn_as_the_file_s_ending_says(tmp_path: Path) -> None:
    found = known(tmp_path, HEADER + ROWS)
    assert isinstance(found, Followed)
    result = survivals.estimate(found.cohorts, as_of=found.until)
    assert isinstance(result, survivals.Survival)
    survival_charts.save(result, tmp_path / "curves.svg")
    assert "nobody was watched so long" in (tmp_path / "curves.svg").read_text()
    soon = survivals.estimate(found.cohorts, horizon=5, as_of=found.until)
    assert isinstance(soon, survivals.Survival)
    survival_charts.save(soon, tmp_path / "curves.png")
    assert (tmp_path / "curves.png").read_bytes()[:4] == b"\x89PNG"
    with pytest.raises(ValueError, match="a chart is written as"):
        survival_charts.save(soon, tmp_path / "curves.gif")
