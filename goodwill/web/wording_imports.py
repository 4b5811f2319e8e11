"""Wording of imports: what is wrong with a row and how to mend it, in the reader's language."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext, gettext_lazy, ngettext

from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.rows import Fault
from goodwill.web.templatetags.goodwill import number
from goodwill.web.wording import Words, refused

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
    Fault.NOT_AN_OBJECT: (
        gettext_lazy("This is written in another way than the rest of the file and cannot be read."),
        gettext_lazy("Compare it with the original, and fill in the columns of the row."),
    ),
    Fault.BROKEN_OFF: (
        gettext_lazy("The file is damaged here or breaks off; nothing after this could be read."),
        gettext_lazy("Export it again and import it: what came before is in and stays as it is."),
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


STATES: dict[str, Words] = {
    "draft": gettext_lazy("Being prepared"),
    "ready": gettext_lazy("Ready"),
    "running": gettext_lazy("Running"),
    "stopped": gettext_lazy("Stopped"),
    "finished": gettext_lazy("Finished"),
    "failed": gettext_lazy("Failed"),
    "taken_back": gettext_lazy("Taken back"),
}
ROLES: dict[str, Words] = {
    "categories": gettext_lazy("Names of categories"),
    "customers": gettext_lazy("Customers"),
    "sellers": gettext_lazy("Sellers"),
    "products": gettext_lazy("Products"),
    "orders": gettext_lazy("Orders"),
    "items": gettext_lazy("Lines of orders"),
    "payments": gettext_lazy("Payments"),
    "reviews": gettext_lazy("Ratings"),
    "mended": gettext_lazy("Mended rows"),
    "ignored": gettext_lazy("Not used"),
}
NOUNS: dict[str, Words] = {
    "site": gettext_lazy("Sites"),
    "category": gettext_lazy("Categories"),
    "customer": gettext_lazy("Customers"),
    "address": gettext_lazy("Addresses"),
    "seller": gettext_lazy("Sellers"),
    "product": gettext_lazy("Products"),
    "order": gettext_lazy("Orders"),
    "shipment": gettext_lazy("Shipments"),
    "promise": gettext_lazy("Promises"),
    "order_line": gettext_lazy("Lines of orders"),
    "payment": gettext_lazy("Payments"),
    "rating": gettext_lazy("Ratings"),
}
FIELDS: dict[str, Words] = {
    "order": gettext_lazy("Order number"),
    "line": gettext_lazy("Line number"),
    "customer_number": gettext_lazy("Customer number"),
    "customer": gettext_lazy("Customer's name"),
    "email": gettext_lazy("E-mail address"),
    "phone": gettext_lazy("Telephone"),
    "organisation": gettext_lazy("Organisation"),
    "site": gettext_lazy("Site"),
    "placed": gettext_lazy("Ordered"),
    "promised": gettext_lazy("Delivery promised"),
    "handed_over": gettext_lazy("Handed to the carrier"),
    "delivered": gettext_lazy("Delivered"),
    "status": gettext_lazy("Status"),
    "item": gettext_lazy("Product"),
    "category": gettext_lazy("Category"),
    "quantity": gettext_lazy("Quantity"),
    "unit_price": gettext_lazy("Price of one"),
    "freight": gettext_lazy("Cost of delivery"),
    "seller": gettext_lazy("Seller"),
    "carrier": gettext_lazy("Carrier"),
    "currency": gettext_lazy("Currency"),
    "paid": gettext_lazy("Paid in all"),
    "payment_kind": gettext_lazy("Way of payment"),
    "rating": gettext_lazy("Rating"),
    "review": gettext_lazy("The customer's words"),
}
DELIMITERS: tuple[tuple[str, Words], ...] = (
    (",", gettext_lazy("Comma")),
    (";", gettext_lazy("Semicolon")),
    ("tab", gettext_lazy("Tab")),
    ("|", gettext_lazy("Vertical bar")),
)
ENCODINGS = ("utf-8", "utf-16", "cp1252", "cp1250", "cp1251", "koi8_r", "cp866", "iso8859_2")
_UNUSABLE: dict[str, Words] = {
    "unreadable_file": gettext_lazy(
        "This file is damaged or of a kind that is not read here. Save it as CSV or XLSX, then choose it again."
    ),
    "no_header": gettext_lazy("There is no header row with at least two columns. Add one, then choose the file again."),
}
_UNUSABLE |= {
    "no_orders": gettext_lazy("There are no orders in this file. Export the orders, then choose it again."),
    "no_tables": gettext_lazy("There is no table in this ZIP file. Pack the exported files into it as they are."),
    "no_sheet": gettext_lazy("The workbook has no sheet of this name. Choose one of its sheets."),
    "needs_analytics": gettext_lazy(
        "Parquet is read only where the analytics extra is installed (make analytics). Install it, or save as CSV."
    ),
    "not_lines": gettext_lazy(
        "This is JSON, but not one object on each line. Save it as JSON Lines or CSV, then choose it again."
    ),
    "old_workbook": gettext_lazy(
        "This is an old workbook (.xls) or one with a password. Save it as XLSX without one, then choose it again."
    ),
    "encrypted": gettext_lazy("This ZIP file has a password. Unpack it, then choose the files in it."),
    "too_packed": gettext_lazy(
        "This file unpacks to far more than tables of orders do. Unpack it yourself, then choose the files you know."
    ),
}
PRESETS: dict[str, Words] = {
    "orders": gettext_lazy("A table of orders"),
    "woocommerce": gettext_lazy("Orders from WooCommerce"),
    "shopify": gettext_lazy("Orders from Shopify"),
    "commerceml": gettext_lazy("Orders from 1C (CommerceML)"),
}
UNITS: tuple[tuple[str, Words], ...] = (
    ("calendar", gettext_lazy("calendar days")),
    ("working", gettext_lazy("working days of the site")),
)
KINDS: dict[str, Words] = {
    "csv": "CSV",
    "xlsx": gettext_lazy("Excel workbook"),
    "parquet": "Parquet",
    "jsonl": "JSON Lines",
    "commerceml": "CommerceML",
}
_OBSTACLES: dict[str, Words] = {
    "imports": gettext_lazy("Later imports stand on it: %(said)s. Take those back first."),
    "entries": gettext_lazy("Since then written down: %(said)s."),
    "orders": gettext_lazy("Among them orders %(said)s."),
    "rows": gettext_lazy("Hanging on its rows: %(said)s."),
}


def state(code: str) -> str:
    """How an import stands."""
    return str(STATES[code])


def role(code: str) -> str:
    """What a file holds."""
    return str(ROLES[code])


def noun(code: str) -> str:
    """What was made."""
    return str(NOUNS[code])


def field(code: str) -> str:
    """What a column means; a column that only its own file knows keeps its name."""
    return str(FIELDS.get(code, code))


def told(column: str, code: str, values: Mapping[str, str]) -> str:
    """What is wrong with a row, and the remedy, in one line."""
    wrong, remedy = explained(code, values)
    if not column:
        return gettext("%(wrong)s %(remedy)s") % {"wrong": wrong, "remedy": remedy}
    return gettext("%(field)s: %(wrong)s %(remedy)s") % {"field": field(column), "wrong": wrong, "remedy": remedy}


def kind(code: str) -> str:
    """What kind of file it is."""
    return str(KINDS.get(code, ""))


def names(files: Sequence[str]) -> str:
    """What is imported: the file, or how many."""
    if len(files) == 1:
        return files[0]
    return ngettext("%(n)s file", "%(n)s files", len(files)) % {"n": len(files)}


def unusable(code: str) -> str:
    """Why a file cannot be used."""
    return str(_UNUSABLE[code])


def refused_plan(refusal: Refusal) -> str:
    """Why an import cannot begin, and what to say about the files."""
    if refusal.field == "currency":
        return gettext("Say in which currency the sums are.")
    if refusal.field == "site":
        return gettext("Say at which site the orders were placed.")
    if refusal.field == "promise_days":
        return gettext("Say within how many days delivery was promised: a whole number up to 365.")
    if refusal.reason is Reason.NOT_A_TABLE:
        about = dict(refusal.values)
        return f"{about['name']}: {unusable(about['problem'])}"
    if refusal.field == "columns":
        lacking = ", ".join(field(name) for name in dict(refusal.values)["fields"].split(", ") if name)
        return gettext("Say which columns hold: %(fields)s.") % {"fields": lacking}
    return refused(refusal)


def obstacles(refusal: Refusal) -> list[str]:
    """What stands in the way of taking an import back."""
    return [str(_OBSTACLES[name]) % {"said": said} for name, said in refusal.values if name in _OBSTACLES]


def pace(rows: int, rate: float | None) -> str:
    """Rows read, and how many in a second."""
    said = ngettext("%(rows)s row", "%(rows)s rows", rows) % {"rows": number(rows)}
    if not rate:
        return said
    return gettext("%(rows)s, %(rate)s a second") % {"rows": said, "rate": number(round(rate))}


def time_left(seconds: float | None) -> str:
    """About how long it will take."""
    if seconds is None:
        return ""
    if seconds < 60:
        whole = max(1, round(seconds))
        return ngettext("about %(n)s second left", "about %(n)s seconds left", whole) % {"n": whole}
    minutes = round(seconds / 60)
    return ngettext("about %(n)s minute left", "about %(n)s minutes left", minutes) % {"n": minutes}
