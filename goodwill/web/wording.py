"""Wording: codes of the house as sentences and labels in the reader's language.

Every page says a refusal through `refused`, so that one reason always has one sentence and one remedy.
"""

from collections.abc import Callable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from goodwill.domain.customers import AddressKind, CustomerKind
from goodwill.domain.interactions import Channel, Direction
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import Role
from goodwill.domain.sites import Mode

Words = Promise | str

REASONS: dict[Reason, Words] = {
    Reason.NOT_ALLOWED: gettext_lazy("Your role does not include this. Ask whoever manages people here."),
    Reason.NOT_FOUND: gettext_lazy("There is no such record, or it is not yours to see. Choose another."),
    Reason.ALREADY_SETTLED: gettext_lazy("This was settled already. Reload the page to see how."),
    Reason.CHANGED_MEANWHILE: gettext_lazy("Somebody else changed this meanwhile. Look at it again, then repeat."),
    Reason.REQUIRED: gettext_lazy("Please fill this in."),
    Reason.TOO_LONG: gettext_lazy("This is too long. Please shorten it."),
    Reason.NOT_A_CHOICE: gettext_lazy("This is not one of the choices. Please choose from the list."),
    Reason.NOT_A_MOMENT: gettext_lazy("This is not a date and time. Write it like 2026-03-06 16:30."),
    Reason.IN_THE_PAST: gettext_lazy("This lies in the past. Choose today or later."),
    Reason.IN_THE_FUTURE: gettext_lazy("This lies in the future. Choose now or earlier."),
    Reason.CONSENT_NEEDED: gettext_lazy(
        "A promise moves only with the customer's consent. Say when and how they agreed."
    ),
    Reason.ALREADY_USED: gettext_lazy("This is in use already. Choose another."),
    Reason.LAST_HEAD: gettext_lazy("The firm needs at least one active head. Give the role to somebody else first."),
    Reason.UNREACHABLE_CALENDAR: gettext_lazy("These hours never open. Give at least one day opening hours."),
    Reason.NOT_A_ZONE: gettext_lazy("This is not a time zone. Choose one like Europe/Berlin."),
    Reason.NOT_A_CURRENCY: gettext_lazy("This is not a currency. Choose one like EUR."),
    Reason.NOT_AN_ADDRESS: gettext_lazy("This is not an e-mail address. Write it like name@firm.example."),
    Reason.ALREADY_SET_UP: gettext_lazy("The firm was set up already. Sign in instead."),
    Reason.ALREADY_RUNNING: gettext_lazy("This is running already. Wait for it to finish, or stop it first."),
    Reason.NOT_RUNNING: gettext_lazy("This is not running any more. Reload the page to see how it ended."),
    Reason.CANNOT_TAKE_BACK: gettext_lazy(
        "This cannot be taken back: later work stands on it. Correct it by hand instead."
    ),
    Reason.CURRENCY_FIXED: gettext_lazy("The currency is fixed once there are orders. Take the orders back first."),
    Reason.NOT_A_CALENDAR_FILE: gettext_lazy(
        "This is not a calendar file. Choose an iCalendar file (.ics) of at most 2 MB."
    ),
    Reason.NOT_HOURS: gettext_lazy("These are not opening hours. Write them like 9-13, 14-18, or leave the day blank."),
    Reason.WRONG_PASSWORD: gettext_lazy("This is not your password. Type the one you sign in with."),
    Reason.LINK_EXPIRED: gettext_lazy("This link was used already or is too old. Ask for a new one."),
    Reason.ERASED: gettext_lazy("This person was erased; nothing may be written down about them any more."),
    Reason.NOT_A_PERSON: gettext_lazy("Only a person fits here, not an organisation or a unit. Choose a person."),
    Reason.NOT_A_NUMBER: gettext_lazy("This is not a number. Write it like 1234.5."),
    Reason.NOT_A_TELEPHONE: gettext_lazy("This is not a telephone number. Write it like +49 30 1234567."),
    Reason.NOT_A_DAY: gettext_lazy("This is not a day of the calendar. Write it like 2026-03-06."),
    Reason.BEFORE_IT_WAS_MADE: gettext_lazy("This lies before the promise was made. Check the date and the time."),
    Reason.NOT_SETTLED: gettext_lazy("This is still owed, so there is nothing to take back. Reload the page."),
    Reason.NO_ROOM: gettext_lazy("There is no room left on this machine. Free some space."),
    Reason.NOT_A_TABLE: gettext_lazy("This is not a table with a header row. Save it as CSV, then choose it again."),
    Reason.NO_SUCH_FOLDER: gettext_lazy("There is no such folder. Write its whole path, as this machine sees it."),
    Reason.FOLDER_NOT_ALLOWED: gettext_lazy("This folder may not be watched. Choose one below those that are allowed."),
    Reason.NOT_A_LINK: gettext_lazy("This is not an address. Write it like https://shop.example/orders.csv."),
    Reason.NOT_A_HOST: gettext_lazy("This is not a host. Write it like shop.example."),
    Reason.HOST_NOT_ALLOWED: gettext_lazy(
        "This host is not on the list of allowed hosts. Ask whoever changes the settings to put it there."
    ),
    Reason.NOT_A_WEB_ADDRESS: gettext_lazy("This is not a web address. Write it like https://till.example/goodwill."),
    Reason.NOT_ENCRYPTED: gettext_lazy(
        "The way there is not encrypted. Use https, or let whoever runs this machine name the host as one of your own."
    ),
    Reason.PRIVATE_ADDRESS: gettext_lazy(
        "This leads into a private network. Use a public address, or let whoever runs this machine name the host."
    ),
    Reason.UNKNOWN_HOST: gettext_lazy("Nobody knows this host now. Check how it is written, or try again later."),
    Reason.TOO_MANY: gettext_lazy("There are too many already. Remove one that is not needed any more."),
    Reason.STILL_IN_TIME: gettext_lazy("This would still be in time, so nothing slips. Name a later time, or go back."),
    Reason.NOT_A_PHOTO: gettext_lazy("One of the files is not a photo that can be read. Send JPEG, PNG or WebP."),
    Reason.HEIC_PHOTO: gettext_lazy(
        "HEIC photos cannot be read here. Set the camera to the most compatible format (JPEG), then take it again."
    ),
    Reason.PHOTO_TOO_LARGE: gettext_lazy("This photo is too large. At most 10 MB and 50 megapixels fit."),
    Reason.TOO_MANY_PHOTOS: gettext_lazy("At most four photos fit. Leave some out."),
    Reason.NOT_WARNED: gettext_lazy("No warning is on record, so there is nothing to take back. Reload the page."),
}

ROLES: dict[Role, Words] = {
    Role.AGENT: pgettext_lazy("role", "Agent"),
    Role.SHOP_MANAGER: pgettext_lazy("role", "Shop manager"),
    Role.ACCOUNT_MANAGER: pgettext_lazy("role", "Account manager"),
    Role.BACK_OFFICE: pgettext_lazy("role", "Back office"),
    Role.LOGISTICS: pgettext_lazy("role", "Logistics"),
    Role.HEAD: pgettext_lazy("role", "Head"),
    Role.ADMINISTRATOR: pgettext_lazy("role", "Administrator"),
}

MODES: dict[Mode, Words] = {
    Mode.STORE: pgettext_lazy("mode of a site", "Store"),
    Mode.WHOLESALE: pgettext_lazy("mode of a site", "Wholesale"),
    Mode.WEB_SHOP: pgettext_lazy("mode of a site", "Web shop"),
    Mode.SERVICE: pgettext_lazy("mode of a site", "Service"),
}

CUSTOMER_KINDS: dict[CustomerKind, Words] = {
    CustomerKind.PERSON: pgettext_lazy("kind of customer", "Person"),
    CustomerKind.ORGANISATION: pgettext_lazy("kind of customer", "Organisation"),
    CustomerKind.UNIT: pgettext_lazy("kind of customer", "Unit of the firm"),
}

ADDRESS_KINDS: dict[AddressKind, Words] = {
    AddressKind.EMAIL: pgettext_lazy("kind of address", "E-mail"),
    AddressKind.PHONE: pgettext_lazy("kind of address", "Telephone"),
    AddressKind.POSTAL: pgettext_lazy("kind of address", "Postal address"),
}

CHANNELS: dict[Channel, Words] = {
    Channel.IN_PERSON: pgettext_lazy("channel", "In person"),
    Channel.PHONE: pgettext_lazy("channel", "Telephone"),
    Channel.EMAIL: pgettext_lazy("channel", "E-mail"),
    Channel.CHAT: pgettext_lazy("channel", "Chat"),
    Channel.WEB: pgettext_lazy("channel", "Web site"),
    Channel.POST: pgettext_lazy("channel", "Post"),
    Channel.DELIVERY: pgettext_lazy("channel", "Delivery"),
    Channel.INVOICE: pgettext_lazy("channel", "Invoice"),
    Channel.OTHER: pgettext_lazy("channel", "Other"),
}

DIRECTIONS: dict[Direction, Words] = {
    Direction.FROM_CUSTOMER: pgettext_lazy("direction of a contact", "The customer began"),
    Direction.TO_CUSTOMER: pgettext_lazy("direction of a contact", "We began"),
}

_FINER: dict[Reason, Callable[[Mapping[str, str]], str]] = {
    Reason.NOT_HOURS: lambda v: _("“%(text)s” are not opening hours. Write them like 9-13, 14-18.") % v,
    Reason.NOT_A_DAY: lambda v: _("“%(text)s” is not a day. Write it like 2026-12-24.") % v,
    Reason.TOO_LONG: lambda v: _("This is too long. Please keep it within %(most)s characters.") % v,
}


def refused(refusal: Refusal) -> str:
    """The refusal as a sentence that says what is wrong and what to do, naming its values where it carries any."""
    values = dict(refusal.values)
    finer = _FINER.get(refusal.reason)
    if finer is not None and values:
        return finer(values)
    return str(REASONS[refusal.reason])


def role(code: str) -> str:
    """The name of a role."""
    return str(ROLES[Role(code)])


def mode(code: str) -> str:
    """The name of a site's mode."""
    return str(MODES[Mode(code)])


def customer_kind(code: str) -> str:
    """The name of a kind of customer."""
    return str(CUSTOMER_KINDS[CustomerKind(code)])


def address_kind(code: str) -> str:
    """The name of a kind of address."""
    return str(ADDRESS_KINDS[AddressKind(code)])


def channel(code: str) -> str:
    """The name of a channel."""
    return str(CHANNELS[Channel(code)])


def direction(code: str) -> str:
    """Which side began, in words."""
    return str(DIRECTIONS[Direction(code)])
