"""Next acts: what a row of Today asks for, so that every row ends in something to do."""

from enum import StrEnum

from goodwill.domain.targets import Standing


class NextAct(StrEnum):
    """Tell the customer before the customer notices, or fulfil it and say so."""

    WARN = "warn"
    KEEP = "keep"


def next_act(standing: Standing, *, is_warned: bool) -> NextAct:
    """Whoever may not get it in time hears so first; everyone else is served."""
    if standing is not Standing.ON_TIME and not is_warned:
        return NextAct.WARN
    return NextAct.KEEP
