"""Webhooks: which entries of the journal are told outside, in which words, and in which order."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import zip_longest
from typing import Any, TypeVar

from goodwill.domain import retries
from goodwill.domain.entries import Entry

OVERLAP = timedelta(hours=24)
"""How long the former secret still signs after a new one was made."""

TEST = "test"
"""The kind of an event that happened to nobody."""


class Pause(StrEnum):
    """Why a webhook is told nothing for now."""

    BY_HAND = "by_hand"
    GONE = "gone"
    FAILING = "failing"
    RESTORED = "restored"


class Topic(StrEnum):
    """What a kind of entry is about, so that a long list can be chosen from."""

    PROMISES = "promises"
    CUSTOMERS = "customers"
    ORDERS = "orders"
    IMPORTS = "imports"
    PEOPLE = "people"
    SETTINGS = "settings"
    MORE = "more"


_TOPICS: dict[Entry, Topic] = {
    Entry.CUSTOMER_ADDED: Topic.CUSTOMERS,
    Entry.CUSTOMER_CHANGED: Topic.CUSTOMERS,
    Entry.OWNER_CHANGED: Topic.CUSTOMERS,
    Entry.PERSON_ERASED: Topic.CUSTOMERS,
    Entry.INTERACTION_RECORDED: Topic.CUSTOMERS,
    Entry.TAG_CHANGED: Topic.CUSTOMERS,
    Entry.ORDER_PLACED: Topic.ORDERS,
    Entry.ORDER_CHANGED: Topic.ORDERS,
    Entry.PURCHASE_RATED: Topic.ORDERS,
    Entry.SIGNED_IN: Topic.PEOPLE,
    Entry.SIGN_IN_REFUSED: Topic.PEOPLE,
    Entry.ROLES_CHANGED: Topic.PEOPLE,
    Entry.FIRM_SET_UP: Topic.SETTINGS,
    Entry.SETTINGS_CHANGED: Topic.SETTINGS,
    Entry.CALENDAR_CHANGED: Topic.SETTINGS,
    Entry.POLICY_CHANGED: Topic.SETTINGS,
    Entry.SITE_CHANGED: Topic.SETTINGS,
    Entry.UNIT_CHANGED: Topic.SETTINGS,
    Entry.TOUCHPOINT_CHANGED: Topic.SETTINGS,
    Entry.OWN_FIELD_CHANGED: Topic.SETTINGS,
}
_BY_BEGINNING = {
    "promise": Topic.PROMISES,
    "import": Topic.IMPORTS,
    "person": Topic.PEOPLE,
    "password": Topic.PEOPLE,
    "token": Topic.PEOPLE,
    "webhook": Topic.SETTINGS,
}
T = TypeVar("T")


def topic_of(kind: Entry) -> Topic:
    """What this kind is about; kinds nobody has sorted in yet are `more`."""
    return _TOPICS.get(kind) or _BY_BEGINNING.get(kind.value.partition("_")[0], Topic.MORE)


def by_topic() -> list[tuple[Topic, tuple[Entry, ...]]]:
    """Every kind of entry, once, under its topic; topics without any are left out."""
    sorted_in = [(topic, tuple(kind for kind in Entry if topic_of(kind) is topic)) for topic in Topic]
    return [(topic, kinds) for topic, kinds in sorted_in if kinds]


def body_of(event: Mapping[str, Any]) -> str:
    """The event as it is stored once and sent each time: JSON in ASCII without blanks, in the order given."""
    return json.dumps(event, ensure_ascii=True, separators=(",", ":"))


def message_id(webhook_id: int, body: str) -> str:
    """The id under which this webhook is told this body. It is made from both: one id can never carry two bodies,
    not even where a backup was put back and the journal counts its entries anew."""
    digest = hashlib.sha256(f"{webhook_id}.{body}".encode()).digest()[:20]
    return "msg_" + base64.b32encode(digest).decode("ascii").lower()


def is_given_up(failing_since: datetime, *, at: datetime) -> bool:
    """Whether a webhook with a dead letter is to be paused: nothing arrived for as long as a letter lives. Where
    anything arrived meanwhile the receiver lives, and its other events go on."""
    return at - failing_since >= retries.WHOLE


def in_turn(waiting: Sequence[Sequence[T]], most: int) -> list[T]:
    """At most so many of these, one of each row in turn: who has much to say lets the others speak."""
    dealt = [one for round_ in zip_longest(*waiting) for one in round_ if one is not None]
    return dealt[:most]
