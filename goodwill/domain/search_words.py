"""Search words: how names, telephones, addresses and numbers are folded so that a search finds them."""

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 40
_SPLIT = re.compile(r"[^\w@.+-]+")
_DIGITS = re.compile(r"\D+")
# Letters that Unicode does not take apart but people type for one another.
_ALIKE = str.maketrans({"ё": "е", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe"})


def fold(text: str) -> str:
    """The text without case and accents: `ŐRSÉG` and `orseg` fold alike, and so do `Фёдор` and `федор`."""
    if text.isascii():
        return text.lower()
    lowered = text.casefold().translate(_ALIKE)
    # й is a letter of its own, not an и with a mark; taking it apart would join words that differ.
    kept = lowered.replace("й", "\x00")
    plain = "".join(c for c in unicodedata.normalize("NFKD", kept) if not unicodedata.combining(c))
    return plain.replace("\x00", "й")


def digits(text: str) -> str:
    """Only the digits, so that `+36 30 123-45-67` and `36301234567` are one number."""
    return _DIGITS.sub("", text)


def split(text: str) -> list[str]:
    """The folded words of a search as typed, each at most 40 characters, in order, without repeats."""
    folded = fold(text)
    if folded.isalnum():
        return [folded[:LONGEST]]
    words = (word.strip(".-")[:LONGEST] for word in _SPLIT.split(folded))
    return list(dict.fromkeys(word for word in words if word))


def words_of(names: Iterable[str], telephones: Iterable[str] = ()) -> frozenset[str]:
    """Every word under which a customer is found: names, e-mail addresses and numbers by word,
    telephones by their digits, from the front and from the last ten and seven (people leave out the prefix).

    A number that begins with + is followed by its national form, which has its last ten digits."""
    found = {word for name in names for word in split(name)}
    for telephone in telephones:
        number = digits(telephone)[:LONGEST]
        tails = (number, number[-7:]) if telephone.startswith("+") else (number, number[-10:], number[-7:])
        found |= {part for part in tails if len(part) >= 5}
    return frozenset(found)


def phrase(text: str) -> list[str]:
    """The words to look for: a text that reads as one telephone number becomes its digits, else its words."""
    if re.fullmatch(r"[\d\s()+./-]{5,}", text) and any(c.isspace() or c in "()+" for c in text.strip()):
        return [digits(text)[:LONGEST]]
    return split(text)
