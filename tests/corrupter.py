"""A seeded corrupter of tables: damages one row in a hundred as life does, and keeps a manifest of what it did."""

import csv
import gzip
import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from goodwill.adapters.presets import olist

KINDS = ("bad_date", "missing_key", "wrong_decimal", "cut_line", "latin1")
_DATES = ("2017-13-45 10:00:00", "31/02/2018", "yesterday", "0000-00-00 00:00:00")
_DECIMALS = ("129,90", "12.9.0", "1.234,50", "12.905", "-3.10", "R$ 12.90")
_REQUIRED = {
    "categories": ("product_category_name_english",),
    "customers": ("customer_id", "customer_unique_id"),
    "sellers": ("seller_id",),
    "products": ("product_id",),
    "orders": ("order_id", "customer_id"),
    "items": ("order_id", "product_id", "seller_id"),
    "payments": ("order_id",),
    "reviews": ("review_id", "order_id"),
}
_MONEY = {"items": ("price", "freight_value"), "payments": ("payment_value",)}
_DATED = {
    "orders": ("order_purchase_timestamp", "order_estimated_delivery_date"),
    "items": ("shipping_limit_date",),
    "reviews": ("review_creation_date", "review_answer_timestamp"),
}


@dataclass(frozen=True)
class Damage:
    """One damaged row: its file, its first physical line in the damaged file, how, and what it said before."""

    file: str
    role: str
    line: int
    kind: str
    fields: tuple[str, ...]


def records(path: Path) -> Iterator[tuple[str, list[str]]]:
    """The text (line ends inside, none at the end) and the fields of each record of a sound file."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    pending = ""
    for line in text.splitlines(keepends=True):
        pending += line
        if pending.count('"') % 2 == 0:
            yield pending.rstrip("\r\n"), next(csv.reader(StringIO(pending)))
            pending = ""


def written(fields: Sequence[str]) -> str:
    """Fields as one CSV record without its end."""
    out = StringIO()
    # the writer quotes a line end inside a field only where it is the one that it ends records with
    csv.writer(out, lineterminator="\n").writerow(fields)
    return out.getvalue().removesuffix("\n")


def corrupt(source: Path, target: Path, *, seed: int, share: float = 0.01) -> list[Damage]:
    """Copy a folder of Olist files, damaging this share of the rows of each; the same for the same seed."""
    dice = random.Random(seed)
    target.mkdir(parents=True, exist_ok=True)
    manifest: list[Damage] = []
    for path in sorted(source.iterdir()):
        if not path.name.endswith((".csv", ".csv.gz")):
            continue
        rows = list(records(path))
        role = olist.role_of(rows[0][1])
        if role in olist.IGNORED:
            shutil.copy(path, target / path.name)
            continue
        count = len(rows) - 1
        chosen = set(dice.sample(range(1, count + 1), max(1, round(count * share))))
        manifest += _damaged_copy(target / path.name, role, rows, chosen, dice)
    return manifest


def _damaged_copy(
    path: Path, role: str, rows: list[tuple[str, list[str]]], chosen: set[int], dice: random.Random
) -> list[Damage]:
    header = rows[0][1]
    kinds = [kind for kind in KINDS if kind not in ("bad_date", "wrong_decimal")]
    kinds += ["bad_date"] * (role in _DATED) + ["wrong_decimal"] * (role in _MONEY)
    manifest, line = [], 1
    with path.open("wb") as out:
        for place, (text, fields) in enumerate(rows):
            raw = text.encode()
            if place in chosen:
                kind = dice.choice(kinds)
                raw = _damage(kind, role, header, fields, text, dice)
                manifest.append(Damage(path.name, role, line, kind, tuple(fields)))
            out.write(raw + b"\n")
            line += raw.count(b"\n") + 1
    return manifest


def _damage(
    kind: str, role: str, header: Sequence[str], fields: Sequence[str], text: str, dice: random.Random
) -> bytes:
    changed = list(fields)
    if kind == "cut_line":
        # before the last delimiter, so that something is missing for certain
        last = text.rfind(",")
        return text[: dice.randint(1, last)].split("\n")[0].encode()
    if kind == "latin1":
        at = dice.randrange(len(header))
        changed[at] += "\x00"
        return written(changed).encode().replace(b"\x00", b"\xe9")
    if kind == "bad_date":
        changed[header.index(dice.choice(_DATED[role]))] = dice.choice(_DATES)
    elif kind == "wrong_decimal":
        changed[header.index(dice.choice(_MONEY[role]))] = dice.choice(_DECIMALS)
    else:
        changed[header.index(dice.choice(_REQUIRED[role]))] = ""
    return written(changed).encode()


def mend(bad_rows: Path, mended: Path, manifest: Sequence[Damage]) -> int:
    """Do what a patient person does with the file of bad rows: fill in what each row said; returns how many."""
    was = {(damage.file, damage.line): damage for damage in manifest}
    with bad_rows.open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file)
        rows = list(table)
        names = list(table.fieldnames or [])
    for row in rows:
        damage = was[row["problem_file"], int(row["problem_line"])]
        row.update(zip(olist.COLUMNS[damage.role], damage.fields, strict=True))
    with mended.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, names)
        out.writeheader()
        out.writerows(rows)
    return len(rows)


def part_of(source: Path, target: Path, orders: int) -> None:
    """A smaller folder of Olist files that belongs together: the first so many orders and what they need."""
    target.mkdir(parents=True, exist_ok=True)
    tables = {}
    for path in sorted(source.iterdir()):
        if path.name.endswith(".csv"):
            rows = list(records(path))
            tables[olist.role_of(rows[0][1])] = (path.name, rows)
    kept_orders = {row[1][0] for row in tables["orders"][1][1 : orders + 1]}
    items = [fields for _, fields in tables["items"][1][1:] if fields[0] in kept_orders]
    keep = {
        "orders": ("order_id", kept_orders),
        "items": ("order_id", kept_orders),
        "payments": ("order_id", kept_orders),
        "reviews": ("order_id", kept_orders),
        "customers": ("customer_id", {fields[1] for _, fields in tables["orders"][1] if fields[0] in kept_orders}),
        "products": ("product_id", {fields[2] for fields in items}),
        "sellers": ("seller_id", {fields[3] for fields in items}),
    }
    for role, (name, rows) in tables.items():
        column, keys = keep.get(role, ("", set()))
        at = rows[0][1].index(column) if column else 0
        chosen = [text for place, (text, fields) in enumerate(rows) if place == 0 or not column or fields[at] in keys]
        (target / name).write_text("\n".join(chosen) + "\n", encoding="utf-8", newline="")
