"""Wording of imports: what is wrong with a row and how to mend it, in the reader's language."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

from goodwill.domain.rows import Fault
from goodwill.web.wording import Words

FAULTS: dict[Fault, tuple[Words, Words]] = {
    Fault.UNREADABLE_BYTES: (
        gettext_lazy("Some letters are not written in the file's encoding."),
        gettext_lazy("Compare the letters shown with the original, correct them, and save as UTF-8."),
    ),
    Fault.UNCLOSED_QUOTE: (
        gettext_lazy("A quotation mark is opened and never closed."),
        gettext_lazy("Close it, or take it away."),
    ),
    Fault.WRONG_COLUMNS: (
        gettext_lazy("The row has not as many columns as the header."),
        gettext_lazy("Fill in what is cut off; put quotation marks around values that hold the delimiter."),
    ),
    Fault.MISSING: (gettext_lazy("This has to be there and is empty."), gettext_lazy("Fill it in.")),
    Fault.TOO_LONG: (
        gettext_lazy("This is longer than %(longest)s letters."),
        gettext_lazy("Shorten it to %(longest)s letters."),
    ),
    Fault.NOT_A_KEY: (
        gettext_lazy("This is not a key of 32 digits and letters from a to f."),
        gettext_lazy("Take the key from the original file."),
    ),
    Fault.NOT_A_CHOICE: (
        gettext_lazy("This is not one of the words known here."),
        gettext_lazy("Write one of: %(choices)s."),
    ),
    Fault.NOT_A_DATE: (
        gettext_lazy("This is not a date or time of the calendar."),
        gettext_lazy("Write it like 2026-03-06 16:30:00."),
    ),
    Fault.NOT_A_NUMBER: (
        gettext_lazy("This is not a number with the file's decimal mark."),
        gettext_lazy("Write digits and at most one decimal mark, like the other rows."),
    ),
    Fault.NOT_WHOLE: (gettext_lazy("This is not a whole number."), gettext_lazy("Write digits only.")),
    Fault.TOO_FINE: (
        gettext_lazy("This sum is finer than the smallest unit of %(currency)s."),
        gettext_lazy("Round it to the smallest unit of %(currency)s."),
    ),
    Fault.OUT_OF_RANGE: (
        gettext_lazy("This number is too small or too large (allowed: %(least)s to %(most)s)."),
        gettext_lazy("Check it against the original."),
    ),
    Fault.NOT_A_CURRENCY: (
        gettext_lazy("This is not a currency."),
        gettext_lazy("Write its three letters, like EUR."),
    ),
    Fault.NOT_AN_ADDRESS: (
        gettext_lazy("This is not an e-mail address."),
        gettext_lazy("Write it like name@firm.example, or leave it empty."),
    ),
    Fault.NOT_A_PHONE: (
        gettext_lazy("This cannot be a telephone number."),
        gettext_lazy("Write it with the country code, like +36 30 123 4567, or leave it empty."),
    ),
    Fault.OTHER_CURRENCY: (
        gettext_lazy("This is another currency than the order's."),
        gettext_lazy("Write the order's currency."),
    ),
    Fault.CONTRADICTS: (
        gettext_lazy("This says something else than the first row of the same order."),
        gettext_lazy("Make the rows of the order agree, or leave it empty here."),
    ),
    Fault.UNKNOWN_ROLE: (
        gettext_lazy("This does not say which kind of row it is."),
        gettext_lazy("Write one of: %(roles)s."),
    ),
    Fault.REFUSED: (
        gettext_lazy("The database cannot hold this row."),
        gettext_lazy("Check its numbers and lengths against the original."),
    ),
    Fault.PARENT_MISSING: (
        gettext_lazy("It belongs to %(parent)s, which is not there."),
        gettext_lazy("Import that first: this row then enters by itself."),
    ),
}
_NOTHING = {"longest": "", "choices": "", "currency": "", "least": "", "most": "", "roles": "", "parent": ""}


def explained(code: str, values: Mapping[str, str]) -> tuple[str, str]:
    """What is wrong, and the remedy."""
    wrong, remedy = FAULTS[Fault(code)]
    return str(wrong) % {**_NOTHING, **values}, str(remedy) % {**_NOTHING, **values}
