"""CommerceML 2: the orders that 1C:Enterprise exchanges as XML, read document by document in constant memory."""

import codecs
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import islice
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from defusedxml import DefusedXmlException
from defusedxml.expatreader import create_parser

from goodwill.adapters.packages import UNPACKING, is_gzip, open_as_it_lies, unpacked
from goodwill.adapters.records import COMMERCE_ML, Place, Record, Shape, TableProblem, broken_off, record_of
from goodwill.adapters.sniffing import decimal_of
from goodwill.domain.rows import BadValue, Fault, number
from goodwill.domain.search_words import fold

ROOT = "КоммерческаяИнформация"
OPERATION, ORDER = "ХозОперация", "Заказ товара"
_DOCUMENT, _BUYER, _LINE, _REQUISITE, _ADDRESS_PART = (
    "Документ",
    "Контрагент",
    "Товар",
    "ЗначениеРеквизита",
    "АдресноеПоле",
)
OF_DOCUMENT = ("Ид", "Номер", "Дата", "Время", OPERATION, "Роль", "Валюта", "Курс", "Сумма", "Комментарий")
OF_BUYER = (
    *("Контрагент.Наименование", "Контрагент.ПолноеНаименование", "Контрагент.ОфициальноеНаименование"),
    *("Контрагент.Фамилия", "Контрагент.Имя", "Контрагент.ИНН", "Контрагент.Почта", "Контрагент.Телефон"),
    *("Контрагент.Город", "Контрагент.Регион", "Контрагент.Почтовый индекс"),
)
OF_LINE = (
    *("Товар.Ид", "Товар.Артикул", "Товар.Наименование", "Товар.Группа", "Товар.Вид"),
    *("Товар.Количество", "Товар.ЦенаЗаЕдиницу", "Товар.Сумма"),
)
_OTHERS = "ПодчиненныеДокументы"
"""What was shipped and paid of an order, as documents within its own: they have buyers, goods and states, too."""
APART = ("Документ.Налоги", "Документ.Скидки", "Товар.Налоги", "Товар.Скидки")
"""What comes on top of goods whose sums do not hold it, and what goes off them: of the document, and of a line."""
FIXED = (*OF_DOCUMENT, *OF_BUYER, *OF_LINE, *APART)
_APART = {"Налог": "Налоги", "Скидка": "Скидки"}
_WITHIN = "УчтеноВСумме"
_DELIVERY, _SERVICE = "ORDER_DELIVERY", "Услуга"
_LOOKED_AT = 500
"""Documents from which the names of requisites are gathered."""
_MOST_REQUISITES = 200
_LONGEST_TEXT = 100_000
_MOST_LINES = 20_000
_CHUNK = 1 << 16
_KINDS = frozenset({"ТипНоменклатуры", "ВидНоменклатуры"})
_MAIL, _PHONE = ("почта", "mail"), ("телефон", "phone")
_XML = (SAXException, DefusedXmlException, LookupError, UnicodeError, ValueError)


class _Document:
    """One document as it is read: its own values, its requisites, and its lines."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.values: dict[str, str] = {}
        self.requisites: dict[str, str] = {}
        self.lines: list[dict[str, str]] = []
        self.apart: list[tuple[int, str, str]] = []
        """Taxes and discounts that a sum does not hold: of which line (none: -1), which of the two, and how much."""
        self.is_too_long = False


class _Handler(ContentHandler):
    """Gathers documents; whoever feeds the parser takes them away."""

    def __init__(self, parser: Any) -> None:
        super().__init__()
        self._parser = parser
        self.ready: list[_Document] = []
        self.root = ""
        self.line = 0
        self._path: list[str] = []
        self._text: list[str] = []
        self._length = 0
        self._document: _Document | None = None
        self._party: dict[str, str] | None = None
        self._goods: dict[str, str] | None = None
        self._pair: dict[str, str] = {}
        self._aside = 0

    def startElement(self, name: str, attrs: Any) -> None:
        """An element begins."""
        name = name.rpartition(":")[2]
        del attrs
        if not self._path:
            self.root = name
        self._path.append(name)
        self._text, self._length = [], 0
        if name == _OTHERS:
            self._aside += 1
        if self._aside:
            return
        if name == _DOCUMENT:
            self._document = _Document(self._parser.getLineNumber() or 0)
        elif self._document is None:
            return
        elif name == _BUYER and self._party is None:
            self._party = {}
        elif name == _LINE:
            self._goods = {}
        elif name in (_REQUISITE, "Контакт", _ADDRESS_PART) or name in _APART:
            self._pair = {}

    def characters(self, content: str) -> None:
        """Some of an element's text; what is beyond all measure is not kept."""
        self._length += len(content)
        if self._length <= _LONGEST_TEXT:
            self._text.append(content)
        elif self._document is not None:
            self._document.is_too_long = True

    def endElement(self, name: str) -> None:
        """An element ends: its text is put where its place says."""
        name = self._path.pop()
        text = "".join(self._text).strip()
        self._text, self._length = [], 0
        if self._aside:
            self._aside -= name == _OTHERS
            return
        document = self._document
        if document is None:
            return
        if name == _DOCUMENT:
            self.ready.append(document)
            self._document = None
        elif self._party is None and (name in _APART or _parent(self._path) in _APART):
            self._of_apart(name, text, document)
        elif name == _LINE and self._goods is not None:
            if len(document.lines) < _MOST_LINES:
                document.lines.append(self._goods)
            else:
                document.is_too_long = True
            self._goods = None
        elif self._goods is not None:
            self._of_goods(name, text, self._goods)
        elif self._party is not None:
            self._of_party(name, text, document)
        elif name == _REQUISITE:
            self._requisite(document.requisites)
        elif name in ("Наименование", "Значение") and _parent(self._path) == _REQUISITE:
            self._pair[name] = text
        elif _parent(self._path) == _DOCUMENT and name in OF_DOCUMENT:
            document.values[name] = text

    def _of_apart(self, name: str, text: str, document: _Document) -> None:
        if name not in _APART:
            self._pair[name] = text
        elif self._pair.get(_WITHIN, "").lower() in ("false", "0", "нет") and self._pair.get("Сумма"):
            place = -1 if self._goods is None else len(document.lines)
            document.apart.append((place, _APART[name], self._pair["Сумма"]))

    def _of_goods(self, name: str, text: str, goods: dict[str, str]) -> None:
        parent = _parent(self._path)
        if name == _REQUISITE:
            if self._pair.get("Наименование", "") in _KINDS:
                goods.setdefault("Товар.Вид", self._pair.get("Значение", ""))
        elif parent == _REQUISITE:
            self._pair[name] = text
        elif parent == _LINE and f"Товар.{name}" in OF_LINE:
            goods[f"Товар.{name}"] = text

    def _of_party(self, name: str, text: str, document: _Document) -> None:
        parent, party = _parent(self._path), self._party
        assert party is not None  # noqa: S101  called for one only
        if name == _BUYER and _BUYER not in self._path:
            # the seller is a party, too; who buys says so, or is the only one
            if party.get("Роль", "Покупатель") == "Покупатель" or not any(key in document.values for key in OF_BUYER):
                document.values.update((f"Контрагент.{key}", value) for key, value in party.items() if key != "Роль")
            self._party = None
        elif parent == "Контакт" and name in ("Тип", "КонтактВид", "Значение"):
            self._pair["Тип" if name == "КонтактВид" else name] = text
        elif name == "Контакт":
            self._contact(self._pair.get("Тип", ""), self._pair.get("Значение", ""))
        elif parent == _ADDRESS_PART:
            self._pair[name] = text
        elif name == _ADDRESS_PART:
            if self._pair.get("Тип") in ("Город", "Регион", "Почтовый индекс"):
                party.setdefault(self._pair["Тип"], self._pair.get("Значение", ""))
        elif parent == "Контакты" or name in ("Почта", "Email", "email", "Телефон"):
            self._contact(name, text)
        elif (
            parent == _BUYER and self._path.count(_BUYER) == 1 and (name == "Роль" or f"Контрагент.{name}" in OF_BUYER)
        ):
            party[name] = text

    def _contact(self, kind: str, value: str) -> None:
        folded = kind.lower()
        assert self._party is not None  # noqa: S101  called for one only
        if any(word in folded for word in _MAIL):
            self._party.setdefault("Почта", value)
        elif any(word in folded for word in _PHONE):
            self._party.setdefault("Телефон", value)

    def _requisite(self, requisites: dict[str, str]) -> None:
        name = self._pair.get("Наименование", "")
        if name and len(requisites) < _MOST_REQUISITES:
            requisites[name[:120]] = dated(self._pair.get("Значение", ""))


def _parent(path: list[str]) -> str:
    return path[-1] if path else ""


def dated(value: str) -> str:
    """A value with 1C's empty date left out, and without the midnight that 1C adds to a day."""
    if value == "T" or value.startswith("0001-01-01"):
        return ""
    return value[:10] if len(value) == 19 and value[4] == value[7] == "-" and value[10:] == "T00:00:00" else value


def begins_so(head: bytes) -> bool:
    """Whether these first bytes are those of XML."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") or head.startswith(
        (codecs.BOM_UTF16_LE + b"<\x00", codecs.BOM_UTF16_BE + b"\x00<")
    )


class Documents:
    """The orders of a file as records, one for each line of goods; a record's line is that of its document."""

    def __init__(self, place: Place, shape: Shape) -> None:
        self.place = place
        self.shape = shape
        self.bytes_done = 0
        self.root = ""

    def records(self, after: int = 0) -> Iterator[Record]:
        """The records after the first `after`."""
        return islice(self._records(), after, None)

    def _records(self) -> Iterator[Record]:
        for document in self.documents():
            if document is None:
                yield broken_off(self._handler.line)
                return
            for values in rows_of(document, self.shape.decimal):
                fields = [values.get(name, "") for name in self.shape.header]
                yield record_of(document.line, fields, Fault.TOO_LONG if document.is_too_long else None)

    def documents(self) -> Iterator[_Document | None]:
        """The orders among the documents; None at the end where the file breaks off."""
        parser = create_parser(forbid_dtd=True)
        handler = self._handler = _Handler(parser)
        parser.setContentHandler(handler)
        with open_as_it_lies(self.place) as file:
            packed = is_gzip(file)
            source = unpacked(file) if packed else file
            done = 0
            try:
                while chunk := source.read(_CHUNK):
                    done += len(chunk)
                    parser.feed(chunk)
                    self.bytes_done = file.tell() if packed else done
                    handler.line = parser.getLineNumber() or 0
                    yield from self._taken(handler)
                parser.close()
                yield from self._taken(handler)
            except (*_XML, *UNPACKING) as problem:
                if isinstance(problem, OSError) and not packed and not self.place.member:
                    raise  # the disk's own trouble, not the file's
                handler.line = parser.getLineNumber() or handler.line
                yield from self._taken(handler)
                yield None
        self.root = handler.root

    def _taken(self, handler: _Handler) -> Iterator[_Document]:
        self.root = handler.root
        ready, handler.ready = handler.ready, []
        yield from (one for one in ready if one.values.get(OPERATION, ORDER) == ORDER)


def rows_of(document: _Document, decimal: str) -> Iterator[dict[str, str]]:
    """The rows of a document: what it says on the first, then only its number, its date and a line on each."""
    if document.apart:
        _tell_apart(document, decimal)
    head = {**document.requisites, **document.values}
    date, clock = dated(head.get("Дата", "")), head.get("Время", "")
    head["Дата"] = f"{date} {clock}" if clock and len(date) <= 10 else date
    goods = document.lines or [{}]
    yield {**head, **goods[0]}
    for line in goods[1:]:
        yield {"Номер": head.get("Номер", ""), "Дата": head["Дата"], OPERATION: head.get(OPERATION, ""), **line}


def is_delivery(goods: Mapping[str, str]) -> bool:
    """Whether a line of goods is the carriage of the order."""
    return goods.get("Товар.Ид", "") == _DELIVERY or (
        goods.get("Товар.Вид", "") == _SERVICE and fold(goods.get("Товар.Наименование", "")).startswith("доставк")
    )


def _tell_apart(document: _Document, decimal: str) -> None:
    """Put into the rows what comes on top of the goods and what goes off them.

    Exporters say "not in the sum" of what is in it, and name a tax of the document besides the same taxes of its
    lines. So the document's sum tells which of the two to count; where it has none, both are counted.
    """
    sums: dict[int, Decimal] = {}
    try:
        found = [(place, kind, number(raw, "", decimal)) for place, kind, raw in document.apart]
        goods = sum((_sum_of(one, decimal) for one in document.lines), Decimal(0))
        stated = number(document.values["Сумма"], "", decimal) if document.values.get("Сумма") else None
    except BadValue:
        # a sum that is none is named where the row is read
        for place, kind, raw in document.apart:
            _row_for(document, place).setdefault(_column(place, kind), raw)
        return
    for place, kind, amount in found:
        sums[min(place, 0)] = sums.get(min(place, 0), Decimal(0)) + (amount if kind == "Налоги" else -amount)
    of_lines, of_document = sums.get(0, Decimal(0)), sums.get(-1, Decimal(0))
    counts = (True, True)
    if stated is not None:
        counts = min(
            ((False, False), (True, True), (True, False), (False, True)),
            key=lambda which: abs(goods + which[0] * of_lines + which[1] * of_document - stated),
        )
    for place, kind, amount in found:
        if counts[place < 0]:
            row, column = _row_for(document, place), _column(place, kind)
            before = number(row[column], "", decimal) if column in row else Decimal(0)
            row[column] = format(before + amount, "f").replace(".", decimal)


def _sum_of(goods: Mapping[str, str], decimal: str) -> Decimal:
    if goods.get("Товар.Сумма"):
        return number(goods["Товар.Сумма"], "", decimal)
    many, each = goods.get("Товар.Количество") or "1", goods.get("Товар.ЦенаЗаЕдиницу") or "0"
    return number(many, "", decimal) * number(each, "", decimal)


def _column(place: int, kind: str) -> str:
    return f"Документ.{kind}" if place < 0 else f"Товар.{kind}"


def _row_for(document: _Document, place: int) -> dict[str, str]:
    """The line; what is the document's goes to the row of its carriage, of which it is one line, or to the first."""
    if place >= 0:
        return document.lines[place]
    document.lines = document.lines or [{}]
    return next((goods for goods in document.lines if is_delivery(goods)), document.lines[0])


def sniff(place: Place, *, decimal: str = "") -> tuple[Shape, list[list[str]]]:
    """The columns of a file's orders, their requisites last, and the first rows; raises TableProblem."""
    source = Documents(place, Shape("", ",", "", ()))
    requisites: Counter[str] = Counter()
    first: list[_Document] = []
    try:
        for document in islice(source.documents(), _LOOKED_AT):
            if document is not None:
                requisites.update(document.requisites.keys() - set(FIXED))
                first.append(document)
            elif not first:
                raise TableProblem("unreadable_file")
    except (*UNPACKING, KeyError):
        raise TableProblem("unreadable_file") from None
    if source.root != ROOT:
        raise TableProblem("unreadable_file")
    if not first:
        raise TableProblem("no_orders")
    names = sorted(name for name, _ in requisites.most_common(_MOST_REQUISITES))
    sums = [
        [values.get(name, "") for name in ("Сумма", "Товар.ЦенаЗаЕдиницу", "Товар.Сумма")]
        for document in first
        for values in (document.values, *document.lines)
    ]
    shape = Shape("", ",", decimal or decimal_of(sums), (*FIXED, *names), COMMERCE_ML)
    rows = islice((row for document in first for row in rows_of(document, shape.decimal)), 200)
    return shape, [[row.get(name, "") for name in shape.header] for row in rows]
