"""Countries, currencies and time zones of the world, named in a reader's language (Unicode CLDR through Babel)."""

from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies

from goodwill.domain.search_words import fold

_NO_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
_AREAS = ("Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/",
          "Pacific/")  # fmt: skip

Choice = tuple[str, str]
"""A code and its name."""


@lru_cache
def countries(language: str) -> tuple[Choice, ...]:
    """Every country by its ISO 3166 code, sorted by name."""
    names = Locale.parse(language).territories
    known = ((c, str(n)) for c, n in names.items() if len(c) == 2 and c.isalpha() and c not in _NO_COUNTRIES)
    return tuple(sorted(known, key=lambda choice: fold(choice[1])))


@lru_cache
def currencies(language: str) -> tuple[Choice, ...]:
    """Every currency in use today by its ISO 4217 code, sorted by code; the name carries the code: `EUR – Euro`."""
    names = Locale.parse(language).currencies
    used = {code for country, _ in countries("en") for code in get_territory_currencies(country)}
    return tuple((code, f"{code} – {names.get(code, code)}") for code in sorted(used))


@lru_cache
def zones() -> tuple[str, ...]:
    """Every zone of the IANA database that names a place, and UTC."""
    return (*sorted(z for z in available_timezones() if z.startswith(_AREAS)), "UTC")


def usual_currency(country: str) -> str:
    """The currency of a country; blank where none is known."""
    return next(iter(get_territory_currencies(country)), "") if country else ""


def usual_zone(country: str) -> str:
    """The zone of a country: of its capital or largest part where it has several; blank where none is known."""
    if country in _MAIN_ZONES:
        return _MAIN_ZONES[country]
    known = [zone for zone in get_global("territory_zones").get(country, []) if zone in available_timezones()]
    return known[0] if known else ""


def country_of_zone(zone: str) -> str:
    """The country in which a zone lies; blank where it lies in none, like UTC."""
    country = get_global("zone_territories").get(zone, "")
    return country if len(country) == 2 else ""


def country_of(languages: str) -> str:
    """The country that a browser's Accept-Language names (`hu-HU,hu;q=0.9` is HU); blank where it names none."""
    for part in languages.split(","):
        pieces = part.split(";")[0].strip().split("-")
        if len(pieces) > 1 and len(pieces[-1]) == 2 and pieces[-1].isalpha():
            code = pieces[-1].upper()
            return code if code in dict(countries("en")) else ""
    return ""


# Countries of several zones: the one in which most of their firms live.
_MAIN_ZONES = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "FR": "Europe/Paris",
    "GL": "America/Nuuk",
    "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}
