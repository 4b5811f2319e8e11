"""Problems: every answer that is not the one asked for, as application/problem+json that names field and remedy."""

import json
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from goodwill.api.values import HOW_TO_WRITE, Told
from goodwill.domain.refusals import Reason, Refusal

CONTENT_TYPE = "application/problem+json"
MOST_ERRORS = 20


class Fault(Told):
    """One field that is wrong."""

    field: str
    detail: str


class Problem(Told):
    """What went wrong (RFC 9457): `code` is for programs, `field` names what it is about ("" for the whole), `detail`
    says the remedy. `errors` lists every field of a body or query that cannot be read."""

    type: str
    title: str
    status: int
    code: str
    field: str
    detail: str
    errors: list[Fault] = []


class Wrong(Exception):
    """Ends a request with a problem."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        field: str = "",
        errors: Iterable[dict[str, str]] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.detail, self.field = status, code, detail, field
        self.errors = list(errors)[:MOST_ERRORS]
        self.headers = headers or {}

    def response(self) -> HttpResponse:
        """The problem as it goes over the wire."""
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "field": self.field,
            "detail": self.detail,
            "errors": self.errors,
        }
        text = json.dumps(body, ensure_ascii=False)
        return HttpResponse(text, status=self.status, content_type=CONTENT_TYPE, headers=self.headers)


REMEDIES: dict[Reason, tuple[int, str]] = {
    Reason.NOT_ALLOWED: (403, "The role of the token's person does not include this. Ask whoever manages people."),
    Reason.NOT_FOUND: (404, "There is no such record, or it is not the token's person's to see. Check the number."),
    Reason.ALREADY_SETTLED: (409, "This was settled already. Read it again before deciding what to do."),
    Reason.CHANGED_MEANWHILE: (
        409,
        "It changed meanwhile. Read it again, and repeat with its new version or stamp.",
    ),
    Reason.ALREADY_USED: (409, "This is in use already. Choose another."),
    Reason.NOT_SETTLED: (409, "This is still owed, so there is nothing to take back."),
    Reason.NOT_WARNED: (409, "No warning is on record, so there is nothing to take back."),
    Reason.CANNOT_TAKE_BACK: (409, "Later work stands on it. Correct that first."),
    Reason.ERASED: (409, "This person was erased. Nothing may be written down about them any more."),
    Reason.REQUIRED: (422, "This is missing or blank. Fill it in."),
    Reason.TOO_LONG: (422, "This is too long. Shorten it."),
    Reason.NOT_A_CHOICE: (422, "This is not one of the choices. The documentation lists them."),
    Reason.NOT_A_MOMENT: (422, "This is not a moment. Write it like 2026-03-06T16:30:00+01:00."),
    Reason.NOT_A_DAY: (422, "This is not a day. Write it like 2026-03-06."),
    Reason.NOT_A_NUMBER: (422, "This is not a number that can be used here. Write it like 1234.5."),
    Reason.NOT_A_CURRENCY: (422, "There is no such currency. Write its code of ISO 4217, like EUR."),
    Reason.NOT_A_TELEPHONE: (422, "This is not a telephone number. Write it like +49 30 1234567."),
    Reason.NOT_A_PERSON: (422, "Only a person fits here, not an organisation or a unit."),
    Reason.NOT_AN_ADDRESS: (422, "This is not an e-mail address. Write it like name@firm.example."),
    Reason.IN_THE_PAST: (422, "This lies in the past. Send a later moment."),
    Reason.IN_THE_FUTURE: (422, "This lies in the future. Send a moment that has passed."),
    Reason.BEFORE_IT_WAS_MADE: (422, "This lies before the promise was made. Check the moment and its offset."),
    Reason.STILL_IN_TIME: (422, "By then it is still in time, so nothing slips. Send a moment after it is due."),
    Reason.CONSENT_NEEDED: (422, "A promise moves only with the customer's consent. Send their words or the contact."),
    Reason.UNREACHABLE_CALENDAR: (422, "By the calendar in force this would never come due. Send another target."),
}
"""Status and remedy of each refusal that a program can meet."""


_SENT = {
    **{name: f"{name}_id" for name in ("customer", "contact", "deputy", "depends_on", "interaction", "order", "owner")},
    **{name: f"{name}_id" for name in ("person", "site", "touchpoint", "unit", "user")},
    "accepted": "is_accepted",
    "consent": "consent_words",
    "key": "Idempotency-Key",
    "money_waiting": "money_waiting.currency",
    "promise": "promise_id",
    "told_at": "said_at",
    "until": "expected_at",
}
"""What deeds call a field, and programs another."""


def of_refusal(refusal: Refusal) -> Wrong:
    """The problem that a refused deed is answered with; its field as programs send it."""
    status, remedy = REMEDIES.get(refusal.reason, (422, "This cannot be done as asked. See the documentation."))
    field = _SENT.get(refusal.field, refusal.field)
    if refusal.reason is Reason.NOT_A_CHOICE and field.endswith("_id"):
        remedy = "The record of this number cannot be named here: it is not there, not in use, or does not fit."
    most = dict(refusal.values).get("most")
    if refusal.reason is Reason.TOO_LONG and most:
        remedy = f"This is too long. At most {most} characters fit."
    return Wrong(status, refusal.reason.value, remedy, field=field)


def missing() -> Wrong:
    """What is asked for is not there, or not this person's to see; the two look the same."""
    return of_refusal(Refusal(Reason.NOT_FOUND))


def in_order(first: Any, last: Any, *, field: str) -> None:
    """Refuse a stretch of time that ends before it begins: nothing lies in it, which would pass for "there is none"."""
    if first is not None and last is not None and last < first:
        raise Wrong(422, "ends_before_it_begins", "This lies before the beginning. Send a later one.", field=field)


def of_validation(errors: Iterable[dict[str, Any]]) -> Wrong:
    """The problem of a request that cannot be read; what was sent is not repeated."""
    found = [{"field": _path(error["loc"]), "detail": _remedy(error)} for error in errors]
    for error in found:
        if error["field"].lower() == "idempotency-key":
            return Wrong(
                400,
                "idempotency_key_needed",
                "Send the header Idempotency-Key: 1 to 100 visible ASCII characters, the same for every repetition "
                "of this write and new for the next.",
                field="Idempotency-Key",
            )
    first = found[0] if found else {"field": "", "detail": "The request cannot be read."}
    return Wrong(422, "not_valid", first["detail"], field=first["field"], errors=found)


_TOLD: dict[str, str] = {
    "missing": "This is missing. Send it.",
    "extra_forbidden": "There is no such field. Check its spelling, or leave it out.",
    "model_type": "This is not a JSON object. Send one: {…}.",
    "model_attributes_type": "This is not a JSON object. Send one: {…}.",
    "dict_type": "This is not a JSON object. Send one: {…}.",
    "list_type": "This is not a JSON array. Send one: […].",
    "string_type": "This is not text. Send a JSON string, in quotes.",
    "int_type": "This is not a whole number. Send a JSON number like 12, without quotes and without a point.",
    "int_parsing": "This is not a whole number. Write it like 12.",
    "int_parsing_size": "This number is too large.",
    "int_from_float": "This is not a whole number. Write it like 12.",
    "bool_type": "This is neither true nor false. Send one of them, without quotes.",
    "bool_parsing": "This is neither true nor false. Write one of them.",
    "string_unicode": "This is not text in Unicode: half of a pair of surrogates stands in it. Take it out.",
}


_VARIANTS = frozenset({"DueMoment", "DueDay", "DueSeconds", "DueBusinessDays"})


_WHOLE = frozenset({("body",), ("body", "payload")})
"""Where a body as a whole is looked for."""


_MEMBER = re.compile(r"<\w+\.\w+: ('[^']*')>")


def _remedy(error: Mapping[str, Any]) -> str:
    """What to do about a value that cannot be read, in words that need no knowledge of our tools."""
    kind, told = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return f"This {told['error']}."
    if kind == "string_pattern_mismatch":
        return HOW_TO_WRITE.get(told["pattern"], "This is not written as the documentation says.")
    if kind == "missing" and tuple(error["loc"]) in _WHOLE:
        return "There is no body. Send a JSON object: {…}."
    words = _MEMBER.sub(r"\1", f"{error['msg'].rstrip('.')}.")
    for theirs in ("Input should", "String should", "List should"):
        words = words.replace(theirs, "This should")
    return _TOLD.get(kind) or words


def _path(loc: Iterable[Any]) -> str:
    """The field as a program knows it: without the names that only the house gives to bodies and their variants."""
    where, *parts = (str(part) for part in loc)
    if where == "body":
        parts = parts[1:]
    return ".".join(part[:100] for part in parts if part not in _VARIANTS)
