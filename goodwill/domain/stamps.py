"""Stamps: what a form looked like when it was opened, so that nobody overwrites another's change unseen."""

import hashlib
import json


def stamp(*values: object) -> str:
    """Sixteen letters that differ when any of these plain values (text, numbers, None, lists of them) differs."""
    plain = json.dumps(values, ensure_ascii=False, default=str)
    return hashlib.blake2s(plain.encode(), digest_size=8).hexdigest()
