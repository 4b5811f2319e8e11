"""Workbooks that people made: orders whose number stands once, in a cell merged over their rows."""

from pathlib import Path

import openpyxl
import pytest

from goodwill.actions import imports_plans
from goodwill.adapters.presets.looking import files_of
from goodwill.domain.viewers import OPERATOR
from goodwill.reads import imports_previews
from goodwill.store.imports import BadRow, Import
from goodwill.store.orders import Order
from tests.actions.importing import FIRMLESS, bring
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def merged_book(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("order", "customer", "placed", "item", "unit_price", "freight"),
        ("A-1", "Anna", "2026-03-02", "Boots", "100", "8"),
        (None, None, None, "Socks", "6", None),
        ("A-2", "Béla", "2026-03-02", "Tent", "200", "0"),
    ):
        sheet.append(row)
    for column in "ABCF":
        sheet.merge_cells(f"{column}2:{column}3")
    book.save(path)
    return path


def test_an_order_whose_number_is_merged_over_its_rows_has_their_lines_and_its_carriage_once(tmp_path: Path) -> None:
    path = merged_book(tmp_path / "book.xlsx")
    draft = imports_plans.upload(files_of([path]), by=OPERATOR, at=NOW)
    assert isinstance(draft, Import)
    shown = imports_previews.preview(OPERATOR, draft.pk, FIRMLESS)
    assert shown is not None
    assert [row.cells[0] for row in shown.files[0].rows] == ["A-1", "A-1", "A-2"]
    assert shown.files[0].problems == ()

    bring(path)

    assert not BadRow.objects.exists()
    orders = Order.objects.order_by("number").values_list("number", "line_count", "items_minor", "freight_minor")
    assert list(orders) == [("A-1", 2, 10_600, 800), ("A-2", 1, 20_000, 0)]
