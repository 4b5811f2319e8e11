"""Wording of feeds: when they are looked at, how the last look ended, and what became of each file."""

from typing import Any

from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext_lazy

from goodwill.actions.feeds_looks import NOT_MOVED
from goodwill.domain.feeds import WELL, FileState, Kind, PauseReason, Result
from goodwill.domain.refusals import Reason, Refusal
from goodwill.reads.feeds import FeedLine, FileLine
from goodwill.web.wording import Words
from goodwill.web.wording_imports import refused_plan, state, unusable

KINDS: dict[Kind, Words] = {
    Kind.FOLDER: pgettext_lazy("kind of feed", "Folder"),
    Kind.URL: pgettext_lazy("kind of feed", "Address"),
}
RESULTS: dict[Result, Words] = {
    Result.IMPORTED: gettext_lazy("A new file was found and is being imported."),
    Result.NOTHING_NEW: gettext_lazy("Nothing new."),
    Result.WAITING: gettext_lazy("A file is there and is not finished yet. It is looked at again in a moment."),
    Result.FAILED_FILES: gettext_lazy("A file could not be used. See below which, and why."),
    Result.NO_FOLDER: gettext_lazy("The folder is not there or cannot be read. Check that it is connected."),
    Result.FOLDER_NOT_ALLOWED: gettext_lazy(
        "The folder is not below one that may be watched. Whoever runs this machine names those in "
        "GOODWILL_FEED_FOLDERS."
    ),
    Result.HOST_NOT_ALLOWED: gettext_lazy(
        "The host is not on the list of allowed hosts. Whoever changes the settings can put it there."
    ),
    Result.REDIRECTED: gettext_lazy("The address leads elsewhere. Write the address at which the file really is."),
    Result.STATUS: gettext_lazy("The other side answered with an error. Check the address and what lets us in."),
    Result.EMPTY: gettext_lazy("The other side answered with an empty file. It is asked again later."),
    Result.NOT_AN_ADDRESS: gettext_lazy("This is not an address. Write it like https://shop.example/orders.csv."),
    Result.PRIVATE_ADDRESS: gettext_lazy(
        "The host is a machine of a private network. Whoever runs this machine can allow it in GOODWILL_PRIVATE_HOSTS."
    ),
    Result.UNKNOWN_HOST: gettext_lazy("Nobody knows this host. Check how the address is written."),
    Result.NO_ANSWER: gettext_lazy("The other side does not answer or broke off. It is asked again later."),
    Result.NOT_TRUSTED: gettext_lazy("The certificate of the other side is not to be trusted. Tell whoever runs it."),
    Result.TOO_SLOW: gettext_lazy("The file came too slowly and was given up. It is fetched again later."),
    Result.TOO_LARGE: gettext_lazy("The file is larger than 2 GB. Ask for it in smaller pieces."),
    Result.NO_ROOM: gettext_lazy("There is no room left on this machine. Free some space."),
}
PAUSES: dict[PauseReason, Words] = {
    PauseReason.BY_HAND: gettext_lazy("Paused by hand."),
    PauseReason.MAKER_LEFT: gettext_lazy(
        "Paused, because whoever answered for it has left. Resume it to answer for it yourself."
    ),
    PauseReason.MAKER_MAY_NOT: gettext_lazy(
        "Paused, because whoever answered for it may import no more. Resume it to answer for it yourself."
    ),
}
STATES: dict[FileState, tuple[Words, str]] = {
    FileState.GROWING: (pgettext_lazy("file", "being written"), "doubt"),
    FileState.TAKEN: (pgettext_lazy("file", "waits for the import before it"), "plain"),
    FileState.IMPORTED: (pgettext_lazy("file", "imported"), "good"),
    FileState.SEEN_ALREADY: (pgettext_lazy("file", "seen already"), "plain"),
    FileState.EMPTY: (pgettext_lazy("file", "empty"), "bad"),
    FileState.UNREADABLE: (pgettext_lazy("file", "cannot be opened"), "bad"),
    FileState.A_LINK: (pgettext_lazy("file", "a link, not followed"), "bad"),
    FileState.NOT_A_TABLE: (pgettext_lazy("file", "left alone: not a table"), "plain"),
    FileState.REFUSED: (pgettext_lazy("file", "not used"), "bad"),
    FileState.VANISHED: (pgettext_lazy("file", "gone before it was finished"), "plain"),
}
"""What became of a file, and how well that is: good, plain, doubt or bad."""
_BAD_RUNS: dict[str, Words] = {
    "bad": pgettext_lazy("file", "no row could enter"),
    "failed": pgettext_lazy("file", "the import failed"),
}
MOVED: dict[str, Words] = {
    "done": gettext_lazy("moved to done"),
    "failed": gettext_lazy("moved to failed"),
}
_ERRORS: dict[str, Words] = {
    "not_allowed": gettext_lazy("Whoever began it has left or may import no more."),
    "job_failed": gettext_lazy("It was tried several times and could not be brought to its end."),
}


def rhythm(line: FeedLine) -> str:
    """When it is looked at."""
    if line.every_minutes is None:
        return gettext("daily at %(time)s") % {"time": line.daily_at}
    return every(line.every_minutes)


def every(minutes: int) -> str:
    """Every so many minutes, or hours where they are whole."""
    if minutes % 60 == 0:
        hours = minutes // 60
        return ngettext("every hour", "every %(n)d hours", hours) % {"n": hours}
    return ngettext("every minute", "every %(n)d minutes", minutes) % {"n": minutes}


def result(line: FeedLine) -> str:
    """How it stands: why it is paused, else how the last look ended and with what in particular."""
    if line.paused_reason:
        return str(PAUSES[PauseReason(line.paused_reason)])
    if not line.result:
        return gettext("Not looked at yet.")
    said = str(RESULTS[Result(line.result)])
    if line.detail == NOT_MOVED:
        return gettext("A file could not be moved aside. Check that we may write in the folder.")
    if line.detail:
        return gettext("%(said)s (%(detail)s)") % {"said": said, "detail": line.detail}
    return said


def trouble(line: FeedLine) -> str:
    """What is wrong with a feed that somebody should look after, beside its latest import; "" where nothing is."""
    if line.paused_reason or (line.result and Result(line.result) not in WELL | {Result.FAILED_FILES}):
        return result(line)
    if line.troubled_files:
        n = line.troubled_files
        said = ngettext("%(n)d file could not be used.", "%(n)d files could not be used.", n)
        return said % {"n": n}
    return ""


def last_import(line: FeedLine) -> str:
    """How the latest import of the feed ended."""
    if line.last_state in _BAD_RUNS:
        return str(_BAD_RUNS[line.last_state])
    return state(line.last_state) if line.last_state else ""


def outcome(file: FileLine) -> tuple[str, str]:
    """What became of a file, and how well that is: good, plain, doubt or bad."""
    if file.state is FileState.IMPORTED:
        if file.run_state in _BAD_RUNS:
            return str(_BAD_RUNS[file.run_state]), "bad"
        if file.run_state and file.run_state != "finished":
            return state(file.run_state), "plain"
    words, tone = STATES[file.state]
    return str(words), tone


def explained(file: FileLine) -> str:
    """What stood in the way of a file, or which other file has its content."""
    if file.state is FileState.SEEN_ALREADY and file.same_as:
        return gettext("The same content as %(name)s") % {"name": file.same_as}
    if file.state is not FileState.REFUSED:
        return ""
    refusal = refusal_of(file.detail)
    problem = dict(refusal.values).get("problem", "")
    return unusable(problem) if problem else refused_plan(refusal)


def refusal_of(detail: dict[str, Any]) -> Refusal:
    """The refusal that was written down."""
    values = tuple((str(name), str(value)) for name, value in detail.get("values", {}).items())
    return Refusal(Reason(detail.get("reason", Reason.NOT_A_TABLE.value)), str(detail.get("field", "")), values)


def import_error(code: str) -> str:
    """Why an import failed; "" where nothing is known."""
    return str(_ERRORS.get(code, ""))
