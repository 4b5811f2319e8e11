"""Own fields read what people type, or say why not."""

import pytest

from goodwill.domain.own_fields import FieldKind, key_of, read
from goodwill.domain.refusals import Reason


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (FieldKind.TEXT, "  blue ", "blue"),
        (FieldKind.TEXT, "   ", None),
        (FieldKind.TEXT, "x" * 501, Reason.TOO_LONG),
        (FieldKind.NUMBER, "1 234,50", "1234.50"),
        (FieldKind.NUMBER, "-3", "-3"),
        (FieldKind.NUMBER, "1e3", Reason.NOT_A_NUMBER),
        (FieldKind.NUMBER, "1.234,5", Reason.NOT_A_NUMBER),
        (FieldKind.DATE, "2024-02-29", "2024-02-29"),
        (FieldKind.DATE, "2023-02-29", Reason.NOT_A_DAY),
        (FieldKind.YES_NO, "yes", True),
        (FieldKind.YES_NO, "no", False),
        (FieldKind.YES_NO, "perhaps", Reason.NOT_A_CHOICE),
        (FieldKind.CHOICE, "red", "red"),
        (FieldKind.CHOICE, "green", Reason.NOT_A_CHOICE),
    ],
)
def test_a_value_is_read_by_the_kind_of_its_field(kind: FieldKind, typed: str, value: object) -> None:
    assert read(kind, typed, ["red", "blue"]) == value


def test_two_fields_of_one_label_get_two_keys() -> None:
    assert key_of("Cipőméret!", frozenset()) == "cipomeret"
    assert key_of("Cipőméret!", frozenset({"cipomeret", "cipomeret_2"})) == "cipomeret_3"
    assert key_of("?!", frozenset()) == "field"
