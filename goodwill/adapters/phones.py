"""Telephones: numbers as people write them, read into E.164."""

import phonenumbers


def e164(text: str, country: str) -> str | None:
    """The number as `+36301234567`, read as dialled from `country` (two letters, or "" where unknown);
    None where it cannot be a telephone number."""
    number = _read(text, country)
    return None if number is None else str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def national(text: str, country: str) -> str | None:
    """The digits without country code and trunk prefix (`301234567`); None where it is no number."""
    number = _read(text, country)
    return None if number is None else str(phonenumbers.national_significant_number(number))


def national_of_e164(number: str) -> str:
    """The digits of an E.164 number after its country code, without reading it anew (imports do this often)."""
    digits = number.removeprefix("+")
    for length in (1, 2, 3):
        # no country code begins with another one
        if int(digits[:length] or 0) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            return digits[length:]
    return digits


def trunk_prefix(country: str) -> str:
    """What is dialled before a number within the country (06 in Hungary, 8 in Russia); "" where nothing is."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country.upper()) if country else None
    return str(metadata.national_prefix or "") if metadata else ""


def readable(text: str) -> str:
    """An E.164 number spaced as its country writes it for the world; anything else as it stands."""
    number = _read(text, "") if text.startswith("+") else None
    if number is None:
        return text
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def _read(text: str, country: str) -> "phonenumbers.PhoneNumber | None":
    bare = "".join(text.split())
    try:
        if bare.isdigit() and country and bare.startswith(str(phonenumbers.country_code_for_region(country))):
            # a spreadsheet took the plus for a sign: where numbers may be long, all of it would pass for one of here
            whole = phonenumbers.parse(f"+{bare}")
            if phonenumbers.is_valid_number(whole):
                return whole
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None
