"""Forms of feeds: where the daily file comes from, when to look, and how it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from goodwill.actions import feeds
from goodwill.actions.feeds import FeedFacts
from goodwill.adapters import places
from goodwill.adapters.presets.looking import PRESETS, Options
from goodwill.domain.columns import COLUMNS
from goodwill.domain.feeds import MOST_MINUTES, Kind, Rhythm
from goodwill.reads.feeds import FeedLine, Reading
from goodwill.web.dressed_forms import Dressed
from goodwill.web.templatetags.goodwill import day
from goodwill.web.wording_feeds import every
from goodwill.web.wording_imports import DELIMITERS, ENCODINGS

HOURS = (1, 2, 3, 4, 6, 8, 12)
_DAILY = "daily"
_PLAIN = ("preset", "site", "currency", "zone", "date_order", "encoding", "delimiter", "decimal")
_UNASKED = ("sheet", "promise_days", "promise_unit")
"""What no field of the form says: it stays as the command line or an earlier import said it."""
READING = (*(name for name in _PLAIN if name != "site"), "rating_scale", "columns")
"""Fields that say how the files are read; they stand folded up."""


class FeedForm(Dressed):
    """What both kinds of feed have."""

    kind: Kind
    name = forms.CharField(
        label=_("Name"), max_length=feeds.NAME_LENGTH, help_text=_("So that you know it again: Shop, Warehouse.")
    )
    like = forms.TypedChoiceField(
        label=_("Read as an earlier import"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Import such a file once by hand; then all that is said about reading is taken from there."),
    )
    preset = forms.ChoiceField(
        label=_("What the files are"), required=False, choices=[("", _("Recognise it")), *((p, p) for p in PRESETS)]
    )
    site = forms.CharField(
        label=_("Site of orders that name none"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"list": "sites", "autocomplete": "off"}),
        help_text=_("Where there is only one site, it is that."),
    )
    currency = forms.CharField(label=_("Currency"), required=False, max_length=3)
    zone = forms.CharField(label=_("Time zone"), required=False, max_length=64)
    date_order = forms.ChoiceField(
        label=_("Dates such as 03/04/2026"),
        required=False,
        choices=[("", _("Recognise it")), ("dmy", _("3 April")), ("mdy", _("4 March"))],
    )
    rating_scale = forms.IntegerField(label=_("Best rating"), required=False, min_value=2, max_value=100, initial=5)
    encoding = forms.ChoiceField(
        label=_("Encoding"), required=False, choices=[("", _("Recognise it")), *((e, e) for e in ENCODINGS)]
    )
    delimiter = forms.ChoiceField(
        label=_("Delimiter"), required=False, choices=[("", _("Recognise it")), *DELIMITERS]
    )  # fmt: skip
    decimal = forms.ChoiceField(
        label=_("Decimal mark"),
        required=False,
        choices=[("", _("Recognise it")), (".", _("Point: 1.50")), (",", _("Comma: 1,50"))],
    )
    columns = forms.CharField(
        label=_("Which column is which"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One in each line: order = Bestellung. Columns with usual names are recognised."),
    )

    def __init__(self, *args: Any, readings: Sequence[Reading] = (), line: FeedLine | None = None, **kw: Any) -> None:
        self.readings = {reading.import_id: reading for reading in readings}
        self.line = line
        super().__init__(*args, **kw)
        like = self.fields["like"]
        assert isinstance(like, forms.ChoiceField)  # noqa: S101
        named = [
            (reading.import_id, f"{reading.file_name}, {day(reading.created_at.date())}") for reading in readings
        ]  # fmt: skip
        like.choices = [("", gettext("No, as said below")), *named]
        if not named:
            del self.fields["like"]

    def clean_zone(self) -> str:
        """Blanks for underscores are how people write it."""
        zone = str(self.cleaned_data["zone"]).strip().replace(" ", "_")
        if zone and zone not in places.zones():
            raise forms.ValidationError(gettext("This is not a time zone. Choose one like Europe/Berlin."))
        return zone

    def clean_columns(self) -> dict[str, str]:
        """Fields and headers, one pair in each line."""
        known = {column.name for column in COLUMNS}
        found: dict[str, str] = {}
        for line in str(self.cleaned_data["columns"]).splitlines():
            if not line.strip():
                continue
            name, mark, header = (part.strip() for part in line.partition("="))
            if not mark or not header or name not in known:
                raise forms.ValidationError(
                    gettext("“%(line)s” is not understood. Write a field of the list, =, and the column's header.")
                    % {"line": line.strip()}
                )
            found[name] = header
        return found

    def facts(self) -> FeedFacts:
        """What was said; only for a valid form."""
        said = self.cleaned_data
        return FeedFacts(said["name"], self.kind, said["place"], self.rhythm(), self.options())

    def rhythm(self) -> Rhythm:
        """When to look; only for a valid form."""
        return Rhythm(every_minutes=int(self.cleaned_data["every"]))

    def options(self) -> Options:
        """How the files are read: as said, or as the chosen import did it."""
        said = self.cleaned_data
        chosen = self.readings.get(said.get("like") or 0)
        if chosen is not None:
            return Options(**{name: value for name, value in chosen.options.items() if value is not None})
        plain: dict[str, Any] = {name: str(said[name]).strip() for name in _PLAIN}
        plain["currency"] = plain["currency"].upper()
        plain["delimiter"] = "\t" if plain["delimiter"] == "tab" else plain["delimiter"]
        before = self.line.options if self.line is not None else {}
        plain |= {name: before[name] for name in _UNASKED if name in before}
        return Options(**plain, columns=said["columns"], rating_scale=said["rating_scale"] or 5)

    def reading_fields(self) -> list[Any]:
        """The fields that say how the files are read."""
        return [self[name] for name in READING if name in self.fields]

    def other_fields(self) -> list[Any]:
        """The other fields, in order."""
        return [field for field in self if field.name not in READING]

    @property
    def reads_as_said(self) -> bool:
        """Whether anything about reading is said or wrong, so that it must not be folded up."""
        return any(name in self.errors for name in READING) or bool(self.line and said_of(self.line.options))


class FolderForm(FeedForm):
    """A watched folder."""

    kind = Kind.FOLDER
    field_order = ("name", "place", "every", "moves_files", "like", "site")
    place = forms.CharField(label=_("Folder"), max_length=feeds.PLACE_LENGTH)
    every = forms.IntegerField(
        label=_("Look every so many minutes"), min_value=1, max_value=MOST_MINUTES, initial=10
    )  # fmt: skip
    moves_files = forms.BooleanField(
        label=_("Move files aside when they are imported"),
        required=False,
        help_text=_("Into the subfolders done and failed. No file is ever deleted."),
    )

    def facts(self) -> FeedFacts:
        """What was said; only for a valid form."""
        return replace(super().facts(), moves_files=self.cleaned_data["moves_files"])


class UrlForm(FeedForm):
    """A fetched address."""

    kind = Kind.URL
    field_order = ("name", "place", "every", "daily_at", "access", "access_user", "secret", "like", "site")
    place = forms.CharField(
        label=_("Address"),
        max_length=feeds.PLACE_LENGTH,
        help_text=_("Like https://shop.example/orders.csv. What follows a question mark is not shown again."),
    )
    every = forms.ChoiceField(label=_("Fetch"), initial=_DAILY)
    daily_at = forms.TimeField(
        label=_("At"),
        required=False,
        initial=time(6),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("In the time zone of the firm, where it is fetched once a day."),
    )
    access = forms.ChoiceField(
        label=_("What lets us in"),
        required=False,
        choices=[("", _("Nothing is asked for")), ("basic", _("Name and password")), ("bearer", _("A token"))],
    )
    access_user = forms.CharField(label=_("Name there"), required=False, max_length=120)
    secret = forms.CharField(
        label=_("Password or token"),
        required=False,
        max_length=feeds.SECRET_LENGTH,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("It is not shown again. Leave it blank to keep the one that is there."),
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        chooser = self.fields["every"]
        assert isinstance(chooser, forms.ChoiceField)  # noqa: S101
        hours = {hours * 60 for hours in HOURS}
        if self.line is not None and self.line.every_minutes:
            hours.add(self.line.every_minutes)
        chooser.choices = [(_DAILY, gettext("once a day")), *((str(m), every(m)) for m in sorted(hours))]
        self.fields["access_user"].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        """Once a day needs a time."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("every") == _DAILY and not said.get("daily_at") and "daily_at" not in self.errors:
            self.add_error("daily_at", self.fields["daily_at"].error_messages["required"])
        return said

    def facts(self) -> FeedFacts:
        """What was said; only for a valid form."""
        said = self.cleaned_data
        return replace(
            super().facts(), access=said["access"], access_user=said["access_user"], secret=said["secret"] or None
        )

    def rhythm(self) -> Rhythm:
        """Once a day, or every so many hours."""
        said = self.cleaned_data
        return Rhythm(daily_at=said["daily_at"]) if said["every"] == _DAILY else super().rhythm()


class HostForm(Dressed):
    """A host to be allowed."""

    host = forms.CharField(
        label=_("Host"), max_length=300, help_text=_("Like shop.example; an address there will do, too.")
    )


FORMS: dict[Kind, type[FeedForm]] = {Kind.FOLDER: FolderForm, Kind.URL: UrlForm}


def said_of(options: Mapping[str, Any]) -> bool:
    """Whether these options say anything of their own."""
    plain = any(options.get(name) for name in (*_PLAIN, "columns"))
    return plain or options.get("rating_scale", 5) != 5


def initial_of(line: FeedLine) -> dict[str, Any]:
    """What the form of a feed shows at first; a secret is never among it."""
    options = line.options
    columns = "\n".join(f"{name} = {header}" for name, header in options.get("columns", {}).items())
    return {
        **{name: options.get(name, "") for name in _PLAIN},
        "delimiter": "tab" if options.get("delimiter") == "\t" else options.get("delimiter", ""),
        "rating_scale": options.get("rating_scale", 5),
        "columns": columns,
        "name": line.name,
        "place": line.place,
        "every": line.every_minutes if line.every_minutes is not None else _DAILY,
        "daily_at": time.fromisoformat(line.daily_at) if line.daily_at else time(6),
        "moves_files": line.moves_files,
        "access": line.access,
        "access_user": line.access_user,
    }
