"""People, settings and their codes in words."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from goodwill.reads.people import Held
from goodwill.web.wording import Words, role

LATE_RULES: dict[str, Words] = {
    "end_of_day": pgettext_lazy("rule of lateness", "After the promised day has ended"),
    "moment": pgettext_lazy("rule of lateness", "After the promised moment"),
}
REOPENS: dict[str, Words] = {
    "resume": pgettext_lazy("rule of reopening", "Goes on where it stopped"),
    "restart": pgettext_lazy("rule of reopening", "Begins anew"),
    "total": pgettext_lazy("rule of reopening", "Counts as if it had never stopped"),
}
PRIORITIES: dict[str, Words] = {
    "retroactive": pgettext_lazy("rule of priority", "Counts from the start of the promise"),
    "from_change": pgettext_lazy("rule of priority", "Counts from the change"),
}
HANDOVERS: dict[str, Words] = {
    "piecewise": pgettext_lazy("rule of hand-over", "Each unit by its own hours while it has the matter"),
    "first": pgettext_lazy("rule of hand-over", "The first unit's hours throughout"),
    "last": pgettext_lazy("rule of hand-over", "The last unit's hours throughout"),
}
THEMES: dict[str, Words] = {
    "auto": pgettext_lazy("theme", "As the system"),
    "light": pgettext_lazy("theme", "Light"),
    "dark": pgettext_lazy("theme", "Dark"),
}


def held(one: Held) -> str:
    """A role with its unit: `Agent, Sales floor`; a role of the whole firm stands alone."""
    if not one.unit_name:
        return role(one.role)
    return _("%(role)s, %(unit)s") % {"role": role(one.role), "unit": one.unit_name}
