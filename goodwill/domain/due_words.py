"""Due words: «by when», as people type it in English, Russian or Hungarian, read as a target.

`14:00`, `tomorrow 12`, `fri`, `in 2 h`, `2 business days`, `завтра 12`, `2 рабочих дня`, `holnap 12`, `péntekig`,
`2 munkanap`, `5.3. 14:00`, `2026-03-05`. What cannot be read with certainty is not read at all: a wrong guess is a
promise nobody made.
"""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from goodwill.domain.search_words import fold
from goodwill.domain.targets import BusinessDays, Day, Moment, Seconds, Target
from goodwill.domain.windows import SECOND, instant_of, local_midnight, moment

LONGEST = 60
_FARTHEST_DAYS = 3660
_FARTHEST_YEARS = 10
_EXAMPLES = {
    "en": ("14:00", "tomorrow 12", "fri", "in 2 h", "2 business days"),
    "ru": ("14:00", "завтра 12", "пт", "через 2 ч", "2 рабочих дня"),
    "hu": ("14:00", "holnap 12", "péntek", "2 óra múlva", "2 munkanap"),
}

_DAYS_AHEAD = {
    **dict.fromkeys(("today", "tonight", "сегодня", "ma", "mai"), 0),
    **dict.fromkeys(("tomorrow", "tmr", "tmrw", "завтра", "holnap"), 1),
    **dict.fromkeys(("day after tomorrow", "послезавтра", "holnaputan"), 2),
}
_WEEKDAYS = {
    name: place
    for place, names in enumerate(
        (
            "monday mon пн понедельник понедельника понедельнику hetfo hetfon hetfore",
            "tuesday tue tues вт вторник вторника вторнику kedd kedden keddre",
            "wednesday wed ср среда среду среды среде szerda szerdan szerdara sze",
            "thursday thu thur thurs чт четверг четверга четвергу csutortok csutortokon csutortokre csut",
            "friday fri пт пятница пятницу пятницы пятнице pentek penteken pentekre pent",
            "saturday sat сб суббота субботу субботы субботе szombat szombaton szombatra szo",
            "sunday sun вс воскресенье воскресенья воскресенью vasarnap vasarnapra vas",
        )
    )
    for name in names.split()
}
_MONTHS = {
    name: place
    for place, names in enumerate(
        (
            "january jan январь января янв januar",
            "february feb февраль февраля фев februar febr",
            "march mar март марта мар marcius marc",
            "april apr апрель апреля апр aprilis",
            "may май мая majus maj",
            "june jun июнь июня июн junius",
            "july jul июль июля июл julius",
            "august aug август августа авг augusztus",
            "september sep sept сентябрь сентября сен сент szeptember szept",
            "october oct октябрь октября окт oktober okt",
            "november nov ноябрь ноября ноя нояб",
            "december dec декабрь декабря дек",
        ),
        start=1,
    )
    for name in names.split()
}
_MINUTES = "m|min|mins|minute|minutes|мин|минут|минуту|минуты|perc|perce|percen"
_HOURS = "h|hr|hrs|hour|hours|ч|час|часа|часов|o|ora|oran"
_DAYS = "d|day|days|дн|день|дня|дней|nap|napon"
_WEEKS = "w|week|weeks|неделю|недели|недель|нед|het|heten"
_WORKING = r"(?:business|working|work|рабочих|рабочего|рабочий|рабочие|раб)"
_HALF_HOUR = frozenset({"half an hour", "полчаса", "fel ora", "felora"})
_ONE = {"a": 1, "an": 1, "one": 1, "один": 1, "одну": 1, "egy": 1}
_NOON = frozenset({"noon", "midday", "полдень", "delben", "delig", "del"})
_END_OF_DAY = frozenset({"eod", "end of day", "end of the day", "конца дня", "конец дня", "nap vege", "nap vegeig"})

_COMMA = re.compile(r",(?!\d)|(?<!\d),")
_LEAD = re.compile(r"^(?:by|before|until|till|on|at|to|not later than|до|к|ко|в|во|на|не позднее)\s+(?=\S)")
_AHEAD = re.compile(r"^(?:in|within|через|в течение|за)\s+")
_BEHIND = re.compile(r"\s+(?:mulva|belul|alatt|from now)$")
_AMOUNT = rf"(\d{{1,4}}(?:[.,]\d)?|{'|'.join(_ONE)})"
_SPAN = re.compile(rf"{_AMOUNT}\s*({_MINUTES}|{_HOURS}|{_DAYS}|{_WEEKS})\.?")
_WORKING_SPAN = re.compile(rf"{_AMOUNT}\s+{_WORKING}\.?\s+({_HOURS}|{_DAYS})\.?")
_WORKING_SHORT = re.compile(rf"{_AMOUNT}\s*(bd|р\.?\s?д|munkanap(?:on)?|munkaora(?:n)?|wh)\.?")
_CLOCK = re.compile(
    r"(\d{1,2})(?:[:.](\d{2})|\s?h\s?(\d{2})?)?"
    r"\s*(am|pm|a\.m\.|p\.m\.|ч|час|часов|ora|orara|orakor|oraig|-?kor|-?ig|-?ra|-?re)?"
)
_ISO = re.compile(r"(\d{4})[-.]\s?(\d{1,2})[-.]\s?(\d{1,2})\.?(?=\s|$)")
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})(?:\.(?:\s?(\d{4}))?)?(?=\s|$)")
_NAMED = re.compile(r"(\d{1,2})\.?(?:st|nd|rd|th)?\s+([^\W\d]+)\.?(?:\s+(\d{4})(?=\s|$))?(?=\s|$)")
_NAMED_HU = re.compile(
    r"(?:(\d{4})\.?\s+)?([^\W\d]+)\.?\s+(\d{1,2})(?:\.|st|nd|rd|th)?(?:-?(?:en|an|ig|ra|re))?(?=\s|$)"
)
_NEXT = re.compile(r"^(?:next|следующий|следующую|следующее|следующая|jovo)\s+(?:heti\s+)?")


def examples(language: str) -> tuple[str, ...]:
    """A few texts that can be read, in a language of the house (English where it is another)."""
    return _EXAMPLES.get(language, _EXAMPLES["en"])


def parse(text: str, *, at: datetime, zone: ZoneInfo) -> Target | None:
    """The target that a typed text names at a moment `at`, on the clock of `zone`; None where it is unclear.

    A time alone is the next such time; a day alone is that whole day; hours and minutes ahead are wall-clock;
    business days and working hours are counted by the calendar. A date or `today 9` may have passed: whoever asks
    says so. Nothing is read that lies more than ten years ahead.
    """
    words = " ".join(_COMMA.sub(" ", fold(text)).split()).rstrip("!")
    if not words or len(words) > LONGEST:
        return None
    now = at.astimezone(zone)
    for read in (_span, _working, _calendar):
        target = read(words, now, zone)
        if target is not None:
            return target
    return None


def _amount(text: str) -> float:
    return _ONE[text] if text in _ONE else float(text.replace(",", "."))


def _without_ahead(words: str) -> str:
    return _BEHIND.sub("", _AHEAD.sub("", words))


def _span(words: str, now: datetime, zone: ZoneInfo) -> Target | None:
    """`in 2 h`, `30 min`, `через 3 дня`, `2 óra múlva`."""
    span = _without_ahead(words)
    if span in _HALF_HOUR:
        return _later(now, 30)
    if span in ("неделю", "week", "het"):
        span = f"1 {span}"
    if span in ("час", "hour", "ora") and span != words:
        span = f"1 {span}"
    found = _SPAN.fullmatch(span)
    # "14 h" and "14 óra" may be a time of day; without a word for "ahead" only small numbers are spans
    if not found:
        return None
    amount, unit = _amount(found[1]), found[2]
    is_hours = re.fullmatch(_HOURS, unit) is not None
    if is_hours and span == words and amount >= 9:
        return None
    if re.fullmatch(_MINUTES, unit):
        return _later(now, amount)
    if is_hours:
        return _later(now, amount * 60)
    days = amount * (7 if re.fullmatch(_WEEKS, unit) else 1)
    if days != int(days) or not 0 < days <= _FARTHEST_DAYS:
        return None
    return Day(now.date() + timedelta(days=int(days)), zone)


def _working(words: str, now: datetime, zone: ZoneInfo) -> Target | None:
    """`2 business days`, `4 рабочих часа`, `2 munkanap`: counted by the calendar, from now."""
    del now, zone
    span = _without_ahead(words)
    found = _WORKING_SPAN.fullmatch(span) or _WORKING_SHORT.fullmatch(span)
    if not found:
        return None
    amount, unit = _amount(found[1]), found[2]
    if amount <= 0:
        return None
    if unit in ("wh", "munkaora", "munkaoran") or re.fullmatch(_HOURS, unit):
        return Seconds(amount * 3600)
    return BusinessDays(int(amount)) if amount == int(amount) and amount <= _FARTHEST_DAYS else None


def _calendar(words: str, now: datetime, zone: ZoneInfo) -> Target | None:
    """A day, a time, or both: `fri`, `14:00`, `tomorrow 12`, `5 March 14:00`, `12 tomorrow`."""
    rest = _led(words)
    if rest in _END_OF_DAY:
        return Day(now.date(), zone)
    for read in (_named_day, _weekday, _date):
        found = read(rest, now.date())
        if found is None:
            continue
        day, after = found
        after = _led(after)
        if not after:
            return Day(day, zone) if (day - now.date()).days <= _FARTHEST_DAYS else None
        clock = _clock(after, loose=True)
        if clock is None:
            continue
        target = _moment(day, clock, zone)
        if target.at <= now and read is _weekday:
            target = _moment(day + timedelta(days=7), clock, zone)
        return _near(target, now)
    clock = _clock(rest, loose=rest != words)
    if clock is not None:
        today = _moment(now.date(), clock, zone)
        return today if today.at > now else _moment(now.date() + timedelta(days=1), clock, zone)
    return _time_first(rest, now, zone)


def _time_first(words: str, now: datetime, zone: ZoneInfo) -> Target | None:
    """`12 tomorrow`, `14:00 fri`: the same the other way round."""
    first, _, rest = words.partition(" ")
    if first.isdecimal() or ":" in first:
        clock = _clock(first, loose=True)
        for read in (_named_day, _weekday):
            found = read(_led(rest), now.date())
            if clock is not None and found is not None and not found[1]:
                return _near(_moment(found[0], clock, zone), now)
    return None


def _led(words: str) -> str:
    return _LEAD.sub("", words)


def _starts(words: str, name: str) -> str | None:
    """What follows a name at the start of the words, Hungarian «-ig» taken off; None where it does not start so."""
    for ending in ("ig", "-ig", "."):
        if words == name + ending or words.startswith(name + ending + " "):
            return words[len(name + ending) :].strip()
    if words == name or words.startswith(name + " "):
        return words[len(name) :].strip()
    return None


def _named_day(words: str, today: date) -> tuple[date, str] | None:
    for name in sorted(_DAYS_AHEAD, key=len, reverse=True):
        after = _starts(words, name)
        if after is not None:
            return today + timedelta(days=_DAYS_AHEAD[name]), after
    return None


def _weekday(words: str, today: date) -> tuple[date, str] | None:
    plain = _NEXT.sub("", words)
    for name in sorted(_WEEKDAYS, key=len, reverse=True):
        after = _starts(plain, name)
        if after is None:
            continue
        ahead = (_WEEKDAYS[name] - today.weekday()) % 7
        if plain != words:
            # next Friday is the Friday of next week, whatever today is
            ahead = 7 - today.weekday() + _WEEKDAYS[name]
        elif ahead == 0 and not after:
            ahead = 7
        return today + timedelta(days=ahead), after
    return None


def _date(words: str, today: date) -> tuple[date, str] | None:
    for pattern, order in ((_ISO, "ymd"), (_DOTTED, "dmy"), (_NAMED, "dmy"), (_NAMED_HU, "ymd")):
        found = pattern.match(words)
        if not found:
            continue
        parts = dict(zip(order, found.groups(), strict=True))
        month = int(parts["m"]) if parts["m"].isdecimal() else _MONTHS.get(parts["m"], 0)
        day = _day(int(parts["y"]) if parts["y"] else None, month, int(parts["d"]), today)
        if day is not None:
            return day, words[found.end() :].strip()
    return None


def _day(year: int | None, month: int, day: int, today: date) -> date | None:
    """The date; without a year the next one of that name. None where there is no such day."""
    if year is not None and abs(year - today.year) > _FARTHEST_YEARS:
        return None
    for candidate in range(today.year, today.year + 9) if year is None else (year,):
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if year is not None or found >= today:
            return found
    return None


def _clock(words: str, *, loose: bool) -> tuple[int, int] | None:
    """Hour and minute; a bare number counts only where a day or a preposition stands before it (`loose`)."""
    if words in _NOON:
        return 12, 0
    found = _CLOCK.fullmatch(words)
    if not found:
        return None
    hour, minute, suffix = int(found[1]), int(found[2] or found[3] or 0), found[4] or ""
    if not (loose or found[2] or suffix or "h" in words):
        return None
    if suffix.startswith(("a", "p")):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if suffix.startswith("p") else 0)
    return (hour, minute) if minute < 60 and (hour, minute) <= (24, 0) else None


def _moment(day: date, clock: tuple[int, int], zone: ZoneInfo) -> Moment:
    """That reading of the local clock; one that is skipped in spring is the first moment after the skip."""
    local = local_midnight(day) + (clock[0] * 3600 + clock[1] * 60) * SECOND
    return Moment(moment(instant_of(zone, local), zone))


def _later(now: datetime, minutes: float) -> Moment | None:
    """So many minutes of the wall clock from now, rounded up to a whole minute."""
    if not minutes:
        return None
    then = now.astimezone(UTC) + timedelta(minutes=minutes, seconds=59, microseconds=999_999)
    return Moment(then.replace(second=0, microsecond=0).astimezone(now.tzinfo))


def _near(target: Moment, now: datetime) -> Moment | None:
    return target if target.at <= now + timedelta(days=_FARTHEST_DAYS) else None
