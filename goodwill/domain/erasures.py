"""Erasures: what may stay of the outside key of an erased person."""

import hashlib
import re

PREFIX = "erased:"
_OPAQUE = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{1,9}")


def is_opaque(key: str) -> bool:
    """True where a key says nothing of the person: a random number. Names, addresses and telephones are keys, too."""
    return not key or key.startswith(PREFIX) or _OPAQUE.fullmatch(key) is not None


def key_of_erased(source: str, key: str) -> str:
    """What stands instead of the outside key of an erased person, so that a file that brings the person again meets
    the erased row: an opaque key stays, any other becomes its digest, which cannot be read back."""
    if is_opaque(key):
        return key
    return PREFIX + hashlib.blake2s(f"{source}\0{key}".encode(), digest_size=16).hexdigest()
