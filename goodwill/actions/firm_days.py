"""The firm's working days, for whatever waits for one."""

from collections.abc import Callable
from datetime import date, datetime

from goodwill.adapters import schedules
from goodwill.domain.hours import HoursError
from goodwill.domain.windows import instant_of, local_midnight
from goodwill.store.firms import Firm


def working_days(at: datetime) -> Callable[[date], bool]:
    """Whether the firm's calendar opens on a day around `at`; every day counts where there is none that works."""
    firm = Firm.objects.select_related("calendar").filter(pk=1).first()
    if firm is None or firm.calendar is None:
        return lambda day: True
    try:
        schedule = schedules.of(firm.calendar.facts(), zone=firm.zone, at=at)
    except HoursError:
        return lambda day: True
    zone = schedule.pieces[0].calendar.zone

    def is_working(day: date) -> bool:
        midnight = local_midnight(day)
        return schedule.calendar_at(instant_of(zone, midnight)).hours_on(day) is not None

    return is_working
