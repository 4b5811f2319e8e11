"""Small made-up files, and importing them as one line of a test."""

from datetime import datetime
from pathlib import Path

from goodwill.actions import imports
from goodwill.adapters.presets.looking import Options, files_of
from goodwill.domain.viewers import OPERATOR, Viewer
from goodwill.store.imports import Import
from tests.cast import NOW

HEADER = (
    "order,line,customer_number,customer,email,phone,placed,promised,delivered,status,"
    "item,quantity,unit_price,freight,paid,rating\n"
)
ROWS = (
    "A-1,1,K-7,Anna Kovács,anna@example.com,+36301234567,2026-02-20 10:00,2026-02-24,2026-02-24 18:00,delivered,"
    "Boots,1,119.90,8.50,140.40,5\n"
    "A-1,2,,,,,,,,,Socks,2,6.00,0.00,,\n"
    "A-2,1,K-8,Béla Nagy,bela@example.com,,2026-02-21 11:00,2026-02-25,2026-02-27 09:00,delivered,Tent,1,200,0,200,2\n"
    "A-3,1,K-9,Clara Weber,clara@example.com,,2026-02-22 12:00,2026-02-26,,canceled,Lamp,1,10,0,,\n"
    "A-4,1,K-10,Dora Tóth,dora@example.com,,2026-03-03 12:00,2026-03-20,,shipped,Stove,1,55,5,60,\n"
    "A-5,1,K-11,Emil Fischer,emil@example.com,,2026-02-01 12:00,2026-02-10,,shipped,Stove,1,55,5,60,\n"
)
FIRMLESS = Options(currency="EUR", site="Shop", zone="Europe/Berlin")


def put(folder: Path, text: str = HEADER + ROWS, name: str = "orders.csv") -> Path:
    """Write a file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def bring(path: Path, *, at: datetime = NOW, by: Viewer = OPERATOR, options: Options = FIRMLESS) -> Import:
    """Import a file that can be imported."""
    row = imports.bring_in(files_of([path]), options, by=by, at=at)
    assert isinstance(row, Import), row
    return row
