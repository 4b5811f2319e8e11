"""Labels: under which name a customer stands on a screen, and where that name stands in a list."""

from goodwill.domain.search_words import fold

SHORT = 8
NAMELESS = "\uffff"
"""The sort key of those without a name: they come after everyone who has one."""


def short_key(key: str) -> str:
    """An outside key short enough to be read aloud: `7c396fd4…`; keys of up to twelve letters stay whole."""
    return key if len(key) <= SHORT + 4 else key[:SHORT] + "…"


def sort_key(name: str) -> str:
    """Where a name stands in a list: without case and accents, so that `Ágnes` stands before `Béla`."""
    return fold(name).strip()[:200] or NAMELESS
