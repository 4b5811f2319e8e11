"""Refusals: a deed that may not be done answers with a reason, not with an exception."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a deed was refused; `web/wording.py` turns each into a sentence with its remedy."""

    NOT_ALLOWED = "not_allowed"
    NOT_FOUND = "not_found"
    ALREADY_SETTLED = "already_settled"
    CHANGED_MEANWHILE = "changed_meanwhile"
    REQUIRED = "required"
    TOO_LONG = "too_long"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_MOMENT = "not_a_moment"
    IN_THE_PAST = "in_the_past"
    IN_THE_FUTURE = "in_the_future"
    CONSENT_NEEDED = "consent_needed"
    ALREADY_USED = "already_used"
    LAST_HEAD = "last_head"
    UNREACHABLE_CALENDAR = "unreachable_calendar"
    NOT_A_ZONE = "not_a_zone"
    NOT_A_CURRENCY = "not_a_currency"
    NOT_AN_ADDRESS = "not_an_address"
    ALREADY_SET_UP = "already_set_up"
    ALREADY_RUNNING = "already_running"
    NOT_RUNNING = "not_running"
    CANNOT_TAKE_BACK = "cannot_take_back"
    LINK_EXPIRED = "link_expired"
    CURRENCY_FIXED = "currency_fixed"
    NOT_HOURS = "not_hours"
    NOT_A_CALENDAR_FILE = "not_a_calendar_file"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 (a reason, not a secret)
    ERASED = "erased"
    NOT_A_PERSON = "not_a_person"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_TELEPHONE = "not_a_telephone"
    NOT_A_DAY = "not_a_day"
    BEFORE_IT_WAS_MADE = "before_it_was_made"
    NOT_SETTLED = "not_settled"
    NOT_WARNED = "not_warned"
    NOT_A_TABLE = "not_a_table"
    NO_ROOM = "no_room"
    NO_SUCH_FOLDER = "no_such_folder"
    FOLDER_NOT_ALLOWED = "folder_not_allowed"
    NOT_A_LINK = "not_a_link"
    NOT_A_HOST = "not_a_host"
    HOST_NOT_ALLOWED = "host_not_allowed"
    NOT_A_WEB_ADDRESS = "not_a_web_address"
    NOT_ENCRYPTED = "not_encrypted"
    PRIVATE_ADDRESS = "private_address"
    UNKNOWN_HOST = "unknown_host"
    TOO_MANY = "too_many"
    STILL_IN_TIME = "still_in_time"
    NOT_A_PHOTO = "not_a_photo"
    HEIC_PHOTO = "heic_photo"
    PHOTO_TOO_LARGE = "photo_too_large"
    TOO_MANY_PHOTOS = "too_many_photos"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason, the field it is about ("" for the whole), and the values its sentence names."""

    reason: Reason
    field: str = ""
    values: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        """False, so that `if not done:` reads as it should."""
        return False
