"""Contacts: which ones count as the customer having heard from us."""

from goodwill.domain.interactions import Channel, Direction

_SPOKEN = frozenset({Channel.IN_PERSON, Channel.PHONE, Channel.CHAT, Channel.DELIVERY})


def is_heard(channel: Channel, direction: Direction, *, is_mailing: bool) -> bool:
    """Whether the customer heard from us: we began, or both sides spoke. A mailing is advertising (invariant I9)."""
    if is_mailing:
        return False
    return direction is Direction.TO_CUSTOMER or channel in _SPOKEN
