"""Keeping, warning, moving, withdrawing and correcting: what each does to the promise and to the journal."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from goodwill.actions import corrections, interactions, settling
from goodwill.actions.interactions import Contact
from goodwill.actions.settling import Consent
from goodwill.domain.interactions import Channel, Direction
from goodwill.domain.records import Cause, Correction, Withdrawal
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.targets import Moment
from goodwill.domain.viewers import NOBODY, Viewer
from goodwill.store.interactions import Interaction
from goodwill.store.journal import JournalEntry
from goodwill.store.promises import Promise
from tests.cast import NOW, Cast

HOUR = timedelta(hours=1)


def kinds(promise: Promise) -> list[str]:
    return list(JournalEntry.objects.filter(promise_id=promise.pk).order_by("id").values_list("kind", flat=True))


def facts(kind: str) -> dict[str, Any]:
    return dict(JournalEntry.objects.get(kind=kind).facts)


def keep(promise: Promise, by: Viewer, *, at: datetime = NOW, **also: Any) -> settling.Done:
    return settling.keep(promise.pk, by=by, at=at, **also)


def warn(promise: Promise, by: Viewer, *, at: datetime = NOW, **also: Any) -> settling.Done:
    expected = also.pop("expected_at", at + 24 * HOUR)
    return settling.warn(promise.pk, expected, Cause.CARRIER, "The truck broke down.", by=by, at=at, **also)


def move(promise: Promise, by: Viewer, *, at: datetime = NOW, words: str = "Friday is fine") -> settling.Done:
    return settling.move(promise.pk, Moment(at + 48 * HOUR), Consent(words), by=by, at=at)


# ---------------------------------------------------------------- keeping


def test_an_act_in_time_keeps_the_promise(cast: Cast) -> None:
    promise = cast.promise()
    done = keep(promise, cast.viewer(cast.agent))
    assert isinstance(done, Promise)
    assert (done.outcome, done.acted_at, done.acted_on, done.settled_at) == ("kept", NOW, NOW.date(), NOW)
    assert (done.standing, done.wakes_at, done.version) == ("", None, 1)
    assert kinds(promise) == ["promise_kept"] and facts("promise_kept")["ahead_seconds"] == 7200


def test_an_act_at_exactly_due_is_kept(cast: Cast) -> None:
    promise = cast.promise()
    done = keep(promise, cast.viewer(cast.agent), at=promise.due_at)
    assert isinstance(done, Promise) and done.outcome == "kept"


def test_an_act_at_24_00_of_a_promised_day_is_late(cast: Cast) -> None:
    end = datetime(2026, 3, 4, 23, 0, tzinfo=UTC)
    day: dict[str, Any] = {
        "late_rule": "end_of_day",
        "target_kind": "day",
        "promised_on": date(2026, 3, 4),
        "due_at": end,
    }
    in_time, late = cast.promise(**day), cast.promise(**day)
    in_time = keep(in_time, cast.viewer(cast.agent), at=end - timedelta(seconds=1))  # type: ignore[assignment]
    late = keep(late, cast.viewer(cast.agent), at=end)  # type: ignore[assignment]
    assert (in_time.outcome, late.outcome) == ("kept", "broken_silent")


def test_a_late_act_fulfils_a_promise_that_stays_broken(cast: Cast) -> None:
    promise = cast.promise()
    done = keep(promise, cast.viewer(cast.agent), at=promise.due_at + HOUR)
    assert isinstance(done, Promise)
    assert (done.outcome, done.broken_at, done.settled_at) == ("broken_silent", promise.due_at, promise.due_at + HOUR)
    assert kinds(promise) == ["promise_broken", "promise_fulfilled_late"]
    assert facts("promise_fulfilled_late")["late_seconds"] == 3600


def test_an_act_in_time_written_down_late_corrects_the_break(cast: Cast) -> None:
    due = NOW - HOUR
    promise = cast.promise(
        due_at=due, outcome="broken_silent", standing="late", broken_at=due, made_at=NOW - 5 * HOUR, wakes_at=None
    )
    done = keep(promise, cast.viewer(cast.agent), acted_at=due - HOUR)
    assert isinstance(done, Promise)
    assert (done.outcome, done.broken_at) == ("kept", None)
    assert kinds(promise) == ["promise_corrected", "promise_kept"]
    assert facts("promise_corrected") == {"before": "broken_silent", "after": "kept", "why": "kept_in_time"}


def test_a_promise_is_kept_once(cast: Cast) -> None:
    promise = cast.promise()
    keep(promise, cast.viewer(cast.agent))
    assert keep(promise, cast.viewer(cast.agent)) == Refusal(Reason.ALREADY_SETTLED)
    assert kinds(promise) == ["promise_kept"]


def test_an_act_is_neither_in_the_future_nor_before_the_promise(cast: Cast) -> None:
    promise, by = cast.promise(), cast.viewer(cast.agent)
    assert keep(promise, by, acted_at=NOW + HOUR) == Refusal(Reason.IN_THE_FUTURE, "acted_at")
    early = promise.made_at - HOUR
    assert keep(promise, by, acted_at=early) == Refusal(Reason.BEFORE_IT_WAS_MADE, "acted_at")


def test_history_that_was_not_watched_breaks_unrecorded(cast: Cast) -> None:
    promise = cast.promise(due_at=NOW - HOUR, made_at=NOW - 5 * HOUR, is_history=True, wakes_at=None)
    done = keep(promise, cast.viewer(cast.agent))
    assert isinstance(done, Promise) and done.outcome == "broken_unrecorded"


# ---------------------------------------------------------------- warning


def test_a18_a_warning_never_resets_and_its_lead_is_wall_clock_hours(cast: Cast) -> None:
    due = datetime(2026, 3, 5, 11, 0, tzinfo=UTC)
    promise, by = cast.promise(due_at=due), cast.viewer(cast.agent)
    warned_at = due - timedelta(hours=19, minutes=30)
    made = warn(promise, by, at=warned_at, expected_at=due + 5 * HOUR)
    assert isinstance(made, Promise)
    assert (made.due_at, made.warned_at, made.outcome, made.standing) == (due, warned_at, "open", "at_risk")
    told = facts("promise_warned")
    assert (told["lead_seconds"], told["cause"]) == (70_200, "carrier")
    done = keep(promise, by, at=due + 5 * HOUR)
    assert isinstance(done, Promise) and done.outcome == "broken_warned"
    assert facts("promise_broken") == {"outcome": "broken_warned", "lead_seconds": 70_200}


def test_a18_everything_that_depends_on_a_slip_is_at_risk_at_once(cast: Cast) -> None:
    truck = cast.promise(cast.shop_unit.customer, person=None, unit=cast.back_unit)
    direct = cast.promise(depends_on=truck, due_at=NOW + 100 * HOUR)
    indirect = cast.promise(depends_on=direct, due_at=NOW + 100 * HOUR)
    warn(truck, cast.viewer(cast.head))
    for promise in (direct, indirect):
        promise.refresh_from_db()
        assert promise.standing == "at_risk"
        assert kinds(promise) == ["promise_at_risk"]


def test_the_warning_is_a_contact_and_the_journal_does_not_hold_its_words(cast: Cast) -> None:
    warn(cast.promise(), cast.viewer(cast.agent))
    told = Interaction.objects.get()
    cast.buyer.refresh_from_db()
    assert (told.words, told.direction, cast.buyer.last_heard_at) == ("The truck broke down.", "to_customer", NOW)
    assert "truck" not in json.dumps(list(JournalEntry.objects.values_list("facts", flat=True)))


def test_a_warning_after_the_due_moment_does_not_make_it_a_warned_break(cast: Cast) -> None:
    promise = cast.promise()
    made = warn(promise, cast.viewer(cast.agent), at=promise.due_at + HOUR)
    assert isinstance(made, Promise) and made.outcome == "broken_silent"
    assert kinds(promise) == ["promise_broken", "promise_warned"]


def test_the_first_warning_counts(cast: Cast) -> None:
    promise, by = cast.promise(), cast.viewer(cast.agent)
    warn(promise, by)
    made = warn(promise, by, at=NOW + HOUR)
    assert isinstance(made, Promise) and made.warned_at == NOW
    assert kinds(promise) == ["promise_warned", "promise_warned"]


def test_a_warning_needs_words_and_a_time_to_come(cast: Cast) -> None:
    promise, by = cast.promise(), cast.viewer(cast.agent)
    assert warn(promise, by, expected_at=NOW) == Refusal(Reason.IN_THE_PAST, "expected_at")
    refused = settling.warn(promise.pk, NOW + HOUR, Cause.CARRIER, " ", by=by, at=NOW)
    assert refused == Refusal(Reason.REQUIRED, "words")
    assert not JournalEntry.objects.exists()


# ---------------------------------------------------------------- moving


def test_only_recorded_consent_moves_a_promise(cast: Cast) -> None:
    promise, by = cast.promise(money_waiting_minor=500, currency="EUR"), cast.viewer(cast.agent)
    assert move(promise, by, words=" ") == Refusal(Reason.CONSENT_NEEDED, "consent")
    newer = move(promise, by)
    assert isinstance(newer, Promise)
    promise.refresh_from_db()
    assert (promise.outcome, promise.withdrawn_reason, promise.replaced_by) == (
        "withdrawn", "changed_by_agreement", newer,
    )  # fmt: skip
    assert (newer.outcome, newer.due_at, newer.money_waiting_minor) == ("open", NOW + 48 * HOUR, 500)
    assert newer.interaction is not None and newer.interaction.words == "Friday is fine"
    assert kinds(promise) == ["promise_withdrawn"] and kinds(newer) == ["promise_made"]


def test_consent_may_be_a_contact_that_was_written_down(cast: Cast) -> None:
    promise, by = cast.promise(), cast.viewer(cast.agent)
    said = interactions.record(
        cast.buyer.pk, Contact(Channel.PHONE, Direction.FROM_CUSTOMER, "Take your time"), by=by, at=NOW
    )
    assert isinstance(said, Interaction)
    target = Moment(NOW + 48 * HOUR)
    foreign = settling.move(promise.pk, target, Consent(interaction_id=999_999), by=by, at=NOW)
    assert foreign == Refusal(Reason.CONSENT_NEEDED, "consent")
    newer = settling.move(promise.pk, target, Consent(interaction_id=said.pk), by=by, at=NOW)
    assert isinstance(newer, Promise) and newer.interaction == said


def test_consent_after_the_break_moves_what_is_owed_but_heals_nothing(cast: Cast) -> None:
    promise = cast.promise()
    newer = move(promise, cast.viewer(cast.agent), at=promise.due_at + HOUR)
    promise.refresh_from_db()
    assert isinstance(newer, Promise)
    assert (promise.outcome, promise.settled_at, promise.replaced_by) == (
        "broken_silent", promise.due_at + HOUR, newer,
    )  # fmt: skip


def test_what_depended_on_the_old_promise_depends_on_the_new_one(cast: Cast) -> None:
    promise = cast.promise()
    below = cast.promise(depends_on=promise)
    newer = move(promise, cast.viewer(cast.agent))
    below.refresh_from_db()
    assert below.depends_on == newer


def test_a_move_that_is_refused_leaves_no_trace(cast: Cast) -> None:
    promise, by = cast.promise(), cast.viewer(cast.agent)
    refused = settling.move(promise.pk, Moment(NOW - HOUR), Consent("Friday is fine"), by=by, at=NOW)
    assert refused == Refusal(Reason.IN_THE_PAST, "due")
    assert not Interaction.objects.exists() and not JournalEntry.objects.exists()


# ---------------------------------------------------------------- withdrawing and correcting


def test_a_cancelled_promise_is_withdrawn_and_one_broken_by_then_stays_broken(cast: Cast) -> None:
    early, late, by = cast.promise(), cast.promise(), cast.viewer(cast.agent)
    settling.withdraw(early.pk, Withdrawal.CANCELLED, by=by, at=NOW)
    settling.withdraw(late.pk, Withdrawal.NOT_NEEDED, by=by, at=late.due_at + HOUR)
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.outcome, early.withdrawn_reason) == ("withdrawn", "cancelled")
    assert (late.outcome, late.withdrawn_reason) == ("broken_silent", "not_needed")
    assert late.settled_at is not None
    again = settling.withdraw(early.pk, Withdrawal.CANCELLED, by=by, at=NOW)
    assert again == Refusal(Reason.ALREADY_SETTLED)


@pytest.mark.parametrize("reason", [Withdrawal.CHANGED_BY_AGREEMENT, Withdrawal.MISTAKEN])
def test_a_move_or_a_mistake_is_no_plain_withdrawal(cast: Cast, reason: Withdrawal) -> None:
    promise = cast.promise()
    refused = settling.withdraw(promise.pk, reason, by=cast.viewer(cast.agent), at=NOW)
    assert refused == Refusal(Reason.NOT_A_CHOICE, "reason")


def test_a_mistaken_promise_was_never_one(cast: Cast) -> None:
    promise, by = cast.promise(), cast.viewer(cast.agent)
    keep(promise, by, at=promise.due_at + HOUR)
    done = corrections.correct(promise.pk, Correction.MISTAKEN, by=by, at=NOW + 9 * HOUR)
    assert isinstance(done, Promise)
    assert (done.outcome, done.withdrawn_reason, done.broken_at, done.acted_at) == ("withdrawn", "mistaken", None, None)
    assert kinds(promise) == ["promise_broken", "promise_fulfilled_late", "promise_corrected"]
    assert facts("promise_corrected") == {"before": "broken_silent", "after": "withdrawn", "why": "mistaken"}
    again = corrections.correct(promise.pk, Correction.MISTAKEN, by=by, at=NOW)
    assert again == Refusal(Reason.ALREADY_SETTLED)


def test_what_is_not_settled_after_all_is_owed_again(cast: Cast) -> None:
    promise, by = cast.promise(), cast.viewer(cast.agent)
    keep(promise, by)
    done = corrections.correct(promise.pk, Correction.NOT_SETTLED, by=by, at=NOW)
    assert isinstance(done, Promise)
    assert (done.outcome, done.settled_at, done.wakes_at) == ("open", None, NOW)
    refused = corrections.correct(promise.pk, Correction.NOT_SETTLED, by=by, at=NOW)
    assert refused == Refusal(Reason.NOT_SETTLED)


def test_what_comes_to_light_as_broken_is_broken_once(cast: Cast) -> None:
    promise, by = cast.promise(), cast.viewer(cast.agent)
    keep(promise, by)
    for hours in (5, 6):
        done = corrections.correct(promise.pk, Correction.NOT_SETTLED, by=by, at=NOW + hours * HOUR)
        assert isinstance(done, Promise) and (done.outcome, done.standing) == ("broken_silent", "late")
        keep(promise, by, acted_at=NOW, at=NOW + hours * HOUR)
    assert kinds(promise).count("promise_broken") == 1


def test_taking_back_a_warning_makes_the_break_a_silent_one(cast: Cast) -> None:
    promise, by = cast.promise(), cast.viewer(cast.agent)
    warn(promise, by)
    keep(promise, by, at=promise.due_at + HOUR)
    done = corrections.correct(promise.pk, Correction.NOT_WARNED, by=by, at=NOW + 9 * HOUR)
    assert isinstance(done, Promise) and (done.outcome, done.warned_at) == ("broken_silent", None)
    refused = corrections.correct(promise.pk, Correction.NOT_WARNED, by=by, at=NOW)
    assert refused == Refusal(Reason.NOT_WARNED)


def test_a_move_is_taken_back_with_the_promise_it_made(cast: Cast) -> None:
    promise, by = cast.promise(), cast.viewer(cast.agent)
    newer = move(promise, by)
    assert isinstance(newer, Promise)
    done = corrections.correct(promise.pk, Correction.NOT_SETTLED, by=by, at=NOW)
    assert isinstance(done, Promise) and (done.outcome, done.replaced_by) == ("open", None)
    newer.refresh_from_db()
    assert (newer.outcome, newer.withdrawn_reason) == ("withdrawn", "mistaken")


def test_a_move_whose_promise_was_kept_cannot_be_taken_back(cast: Cast) -> None:
    promise, by = cast.promise(), cast.viewer(cast.agent)
    newer = move(promise, by)
    assert isinstance(newer, Promise)
    keep(newer, by)
    refused = corrections.correct(promise.pk, Correction.NOT_SETTLED, by=by, at=NOW)
    assert refused == Refusal(Reason.CANNOT_TAKE_BACK)


# ---------------------------------------------------------------- who, and when somebody else was quicker


def deeds(promise: Promise, by: Viewer, version: int | None = None) -> list[settling.Done]:
    target, consent = Moment(NOW + 48 * HOUR), Consent("yes")
    return [
        settling.keep(promise.pk, by=by, at=NOW, version=version),
        settling.warn(promise.pk, NOW + HOUR, Cause.STOCK, "It is not here yet.", by=by, at=NOW, version=version),
        settling.move(promise.pk, target, consent, by=by, at=NOW, version=version),
        settling.withdraw(promise.pk, Withdrawal.CANCELLED, by=by, at=NOW, version=version),
        corrections.correct(promise.pk, Correction.MISTAKEN, by=by, at=NOW, version=version),
    ]


def test_the_stranger_and_the_customer_settle_nothing(cast: Cast) -> None:
    promise = cast.promise()
    assert set(deeds(promise, cast.viewer(cast.stranger))) == {Refusal(Reason.NOT_FOUND)}
    for viewer in (cast.customer, NOBODY, cast.viewer(cast.administrator)):
        assert set(deeds(promise, viewer)) == {Refusal(Reason.NOT_ALLOWED)}
    assert not JournalEntry.objects.exists() and not Interaction.objects.exists()


def test_the_mate_and_the_head_may(cast: Cast) -> None:
    for person in (cast.mate, cast.head, cast.manager):
        assert isinstance(keep(cast.promise(), cast.viewer(person)), Promise)


def test_who_saw_an_older_state_changes_nothing(cast: Cast) -> None:
    promise = cast.promise()
    warn(promise, cast.viewer(cast.mate))
    before = JournalEntry.objects.count()
    assert set(deeds(promise, cast.viewer(cast.agent), version=0)) == {Refusal(Reason.CHANGED_MEANWHILE)}
    assert JournalEntry.objects.count() == before
