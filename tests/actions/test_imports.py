"""Importing made-up orders: what they become, twice, corrected, refused, stopped, taken back."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from goodwill.actions import corrections, erasures, imports, imports_plans, imports_runs, imports_undo, settling
from goodwill.adapters.presets.looking import Given, Options, files_of
from goodwill.domain.records import Correction
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.viewers import OPERATOR, Viewer
from goodwill.store.customers import ContactPerson, Customer, SearchWord
from goodwill.store.imports import BadRow, Import, ImportFile
from goodwill.store.journal import JournalEntry
from goodwill.store.orders import Order, OrderLine, Payment
from goodwill.store.promises import Promise
from goodwill.store.ratings import Rating
from goodwill.store.sites import Site
from tests.actions.importing import FIRMLESS, HEADER, ROWS, bring, put
from tests.cast import NOW, Cast
from tests.imported import as_text, state

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def of_order(number: str) -> Promise:
    return Promise.objects.get(order__number=number)


def kinds(**about: int) -> list[str]:
    return list(JournalEntry.objects.filter(**about).order_by("at", "id").values_list("kind", flat=True))


def test_each_order_becomes_a_promise_that_stands_as_the_file_says(tmp_path: Path) -> None:
    row = bring(put(tmp_path))

    assert row.state == "finished"
    stands = {
        p.order.number: (p.outcome, p.standing, p.is_history, p.wakes_at is not None)  # type: ignore[union-attr]
        for p in Promise.objects.select_related("order")
    }
    assert stands == {
        "A-1": ("kept", "", True, False),
        "A-2": ("broken_unrecorded", "", True, False),
        "A-3": ("withdrawn", "", True, False),
        "A-4": ("open", "on_time", False, True),
        "A-5": ("open", "late", True, False),
    }
    kept = of_order("A-1")
    assert kept.due_at == datetime(2026, 2, 24, 23, 0, tzinfo=UTC), "24:00 in Berlin"
    assert (kept.promised_on, kept.acted_on) == (date(2026, 2, 24), date(2026, 2, 24))
    assert of_order("A-2").broken_at == of_order("A-2").due_at
    assert of_order("A-3").withdrawn_reason == "cancelled"
    assert of_order("A-4").money_waiting_minor == 6_000
    order = Order.objects.get(number="A-1")
    assert (order.items_minor, order.freight_minor, order.paid_minor, order.line_count) == (13_190, 850, 14_040, 2)
    assert Rating.objects.get(order=order).overall == 5
    assert row.money == {"orders_differing": 0, "orders_incomplete": 1}
    assert not Site.objects.exclude(name="Shop").exists()


def test_the_journal_tells_the_history_at_the_moments_it_happened_and_names_nobody(tmp_path: Path) -> None:
    row = bring(put(tmp_path))
    order = Order.objects.get(number="A-2")

    assert kinds(order_id=order.pk) == [
        "order_placed",
        "promise_made",
        "promise_broken",
        "promise_fulfilled_late",
        "purchase_rated",
    ]
    entries = JournalEntry.objects.filter(order_id=order.pk)
    assert entries.get(kind="promise_broken").at == of_order("A-2").due_at
    assert {entry.recorded_at for entry in entries} == {NOW}
    assert {entry.import_id for entry in entries} == {row.pk}
    assert "Nagy" not in as_text({"facts": list(JournalEntry.objects.values_list("facts", flat=True))})


def test_importing_the_same_file_again_changes_nothing_but_its_own_two_entries(tmp_path: Path) -> None:
    path = put(tmp_path)
    bring(path)
    before, entries = state(), JournalEntry.objects.count()

    again = bring(path, at=LATER)

    assert (again.counts["created"], again.counts["updated"]) == ({}, {})
    assert state() == before
    assert JournalEntry.objects.count() == entries + 2
    assert kinds(import_id=again.pk) == ["import_started", "import_finished"]


def test_named_customers_are_found_by_name_number_mail_and_telephone(tmp_path: Path) -> None:
    bring(put(tmp_path))
    anna = Customer.objects.get(number="K-7")
    words = set(SearchWord.objects.filter(customer=anna).values_list("word", flat=True))
    assert {"anna", "kovacs", "k-7", "anna@example.com", "36301234567", "301234567"} <= words


def test_a_customer_entered_by_hand_is_recognised_by_number_or_mail(cast: Cast, tmp_path: Path) -> None:
    from goodwill.actions.customers import index_words

    cast.buyer.addresses.create(kind="email", value="bela@example.com")
    index_words([cast.buyer.pk])
    bring(put(tmp_path), options=Options(site="Shop"))
    assert Order.objects.get(number="A-2").customer == cast.buyer
    assert Order.objects.get(number="A-1").customer != cast.buyer


def test_an_organisation_buys_through_its_contact_person(tmp_path: Path) -> None:
    text = "order,customer,email,organisation,placed\nB-1,Gabi Szabó,gabi@ceg.example,Cég Kft.,2026-02-01\n"
    bring(put(tmp_path, text))
    order = Order.objects.get(number="B-1")
    assert (order.customer.kind, order.customer.name) == ("organisation", "Cég Kft.")
    assert order.user is not None
    assert ContactPerson.objects.get(organisation=order.customer).person == order.user


def test_a_corrected_delivery_settles_the_promise_anew_with_a_correcting_entry(tmp_path: Path) -> None:
    bring(put(tmp_path))
    corrected = ROWS.replace("2026-02-24 18:00", "2026-02-26 18:00").replace("200,0,200", "190,0,200")

    row = bring(put(tmp_path, HEADER + corrected), at=LATER)

    promise = of_order("A-1")
    assert promise.outcome == "broken_unrecorded"
    entry = JournalEntry.objects.get(kind="promise_corrected")
    assert entry.facts == {"before": "kept", "after": "broken_unrecorded", "why": "import"}
    assert row.counts["updated"] == {"order": 1, "order_line": 1, "promise": 1, "shipment": 1}
    assert Order.objects.get(number="A-2").items_minor == 19_000
    assert "order_changed" in kinds(order_id=promise.order_id or 0)


def test_an_open_promise_is_settled_when_a_later_file_says_it_was_delivered(tmp_path: Path) -> None:
    bring(put(tmp_path))
    text = ROWS.replace("2026-03-20,,shipped", "2026-03-20,2026-03-19 10:00,delivered")
    bring(put(tmp_path, HEADER + text), at=NOW + timedelta(days=20))
    promise = of_order("A-4")
    assert (promise.outcome, promise.standing, promise.wakes_at, promise.money_waiting_minor) == ("kept", "", None, 0)
    assert kinds(promise_id=promise.pk) == ["promise_made", "promise_kept"]


def test_a_watched_promise_that_came_late_is_broken_in_silence_not_unrecorded(tmp_path: Path) -> None:
    bring(put(tmp_path))
    text = ROWS.replace("2026-03-20,,shipped", "2026-03-20,2026-03-22 10:00,delivered")
    bring(put(tmp_path, HEADER + text), at=NOW + timedelta(days=20))
    assert of_order("A-4").outcome == "broken_silent"


def test_a_promise_that_people_took_as_mistaken_is_left_alone_by_a_file(cast: Cast, tmp_path: Path) -> None:
    bring(put(tmp_path), options=Options(site="Shop"))
    promise = of_order("A-4")
    by = cast.viewer(cast.head)
    done = corrections.correct(promise.pk, Correction.MISTAKEN, by=by, at=NOW)
    assert isinstance(done, Promise)
    text = ROWS.replace("2026-03-20,,shipped", "2026-03-20,2026-03-19 10:00,delivered")
    bring(put(tmp_path, HEADER + text), at=NOW + timedelta(days=20), options=Options(site="Shop"))
    assert of_order("A-4").withdrawn_reason == "mistaken"


def test_bad_rows_are_listed_and_the_good_rows_of_the_same_order_are_in(tmp_path: Path) -> None:
    bad = ROWS.replace("Socks,2,6.00", "Socks,two,6.00").replace("2026-02-21 11:00", "2026-02-31 11:00")
    bring(put(tmp_path, HEADER + bad))
    listed = list(BadRow.objects.order_by("line").values_list("line", "field", "code"))
    assert listed == [(3, "quantity", "not_a_number"), (4, "placed", "not_a_date")]
    assert Order.objects.get(number="A-1").line_count == 1
    assert not Order.objects.filter(number="A-2").exists()


def test_a_mended_line_joins_its_order(tmp_path: Path) -> None:
    bad = ROWS.replace("Socks,2,6.00", "Socks,two,6.00")
    bring(put(tmp_path, HEADER + bad))
    found = BadRow.objects.get()
    first = ROWS.splitlines()[0].split(",")
    mended = ["A-1", "2", *first[2:10], "Socks", "2", "6.00", "0.00", "140.40", "5", str(found.pk)]
    row = bring(put(tmp_path, HEADER.strip() + ",problem_id\n" + ",".join(mended) + "\n", "mended.csv"), at=LATER)
    assert row.counts["created"]["order_line"] == 1
    assert Order.objects.get(number="A-1").items_minor == 13_190
    found.refresh_from_db()
    assert found.entered_by == row


def test_a_row_that_contradicts_the_first_of_its_order_is_bad(tmp_path: Path) -> None:
    text = "order,customer,placed,item,unit_price\nC-1,Anna,2026-02-01,Boots,10\nC-1,Béla,,Socks,5\n"
    bring(put(tmp_path, text))
    assert list(BadRow.objects.values_list("field", "code")) == [("customer", "contradicts")]


def test_rows_of_one_order_that_stand_apart_still_make_one_order(tmp_path: Path) -> None:
    text = (
        "order,customer,placed,item,unit_price\nC-1,Anna,2026-02-01,Boots,10\n"
        "C-2,Béla,2026-02-01,Tent,20\nC-1,Anna,2026-02-01,Socks,5\n"
    )
    path = put(tmp_path, text)
    row = imports_plans.plan(files_of([path]), FIRMLESS, by=OPERATOR, at=NOW)
    assert isinstance(row, Import)
    imports_runs.run(row.pk, by=OPERATOR, at=NOW, batch=1)
    order = Order.objects.get(number="C-1")
    assert (order.items_minor, order.line_count) == (1_500, 2)
    assert bring(path, at=LATER).counts["updated"] == {}


def test_small_batches_and_one_large_one_end_alike(tmp_path: Path) -> None:
    path = put(tmp_path)
    bring(path)
    at_once = state()
    imports_undo.take_back(Import.objects.get().pk, by=OPERATOR, at=NOW)
    row = imports_plans.plan(files_of([path]), FIRMLESS, by=OPERATOR, at=NOW)
    assert isinstance(row, Import)
    imports_runs.run(row.pk, by=OPERATOR, at=NOW, batch=1)
    journal = state().pop("journal")
    again = state()
    again["journal"] = at_once["journal"]
    assert again == at_once
    assert journal["order_placed"] == 2 * at_once["journal"]["order_placed"]


def test_a_stopped_import_goes_on_where_it_was_with_the_same_files(tmp_path: Path) -> None:
    path = put(tmp_path)
    row = imports_plans.plan(files_of([path]), FIRMLESS, by=OPERATOR, at=NOW)
    assert isinstance(row, Import)
    Import.objects.filter(pk=row.pk).update(state="running", started_at=NOW)
    asked = imports.ask_stop(row.pk, by=OPERATOR, at=NOW)
    assert isinstance(asked, Import)
    stopping = imports_runs.run
    # the run itself forgets an older wish to stop; one made while it runs is heeded after the batch
    original = imports_runs._start

    def start_and_be_asked(import_id: int, *, by: Viewer, at: datetime) -> Import | Refusal:
        begun = original(import_id, by=by, at=at)
        Import.objects.filter(pk=import_id).update(stop_asked=True)
        return begun

    imports_runs._start = start_and_be_asked
    try:
        stopped = stopping(row.pk, by=OPERATOR, at=NOW, batch=1)
    finally:
        imports_runs._start = original
    assert isinstance(stopped, Import)
    assert (stopped.state, ImportFile.objects.get().rows_done) == ("stopped", 2)
    assert bring(path, at=LATER).pk == row.pk
    assert Order.objects.count() == 5


def test_what_the_database_refuses_is_one_bad_row_not_a_failed_import(tmp_path: Path) -> None:
    text = "order,customer,placed,line,item,unit_price,quantity\n"
    text += "D-1,Anna,2026-02-01,1,Boots,900000000,900000000\nD-2,Béla,2026-02-01,1,Tent,5,1\n"
    row = bring(put(tmp_path, text))
    assert row.state == "finished"
    assert Order.objects.filter(number="D-2").exists()
    assert BadRow.objects.get().line == 2


def test_taken_back_an_import_leaves_nothing_and_can_come_again(tmp_path: Path) -> None:
    path = put(tmp_path)
    row = bring(path)
    full = state()

    done = imports_undo.take_back(row.pk, by=OPERATOR, at=LATER)

    assert isinstance(done, Import)
    empty = state()
    empty.pop("journal")
    assert not any(empty.values())
    assert kinds(import_id=row.pk)[-1] == "import_taken_back"
    again = bring(path, at=LATER)
    assert again.pk != row.pk
    after = state()
    assert {k: v for k, v in after.items() if k != "journal"} == {k: v for k, v in full.items() if k != "journal"}
    refused = imports_undo.take_back(row.pk, by=OPERATOR, at=LATER)
    assert isinstance(refused, Refusal)


def test_taken_back_a_correction_gives_rows_back_what_they_said(tmp_path: Path) -> None:
    bring(put(tmp_path))
    before = state()
    corrected = ROWS.replace("2026-02-24 18:00", "2026-02-26 18:00").replace("200,0,200", "190,0,195")
    corrected = corrected.replace("Béla Nagy", "Béla Nagy-Kiss")
    corrected += "A-6,1,K-12,Franz,f@example.com,,2026-02-01 12:00,,,,Lamp,1,9,0,,\n"
    second = bring(put(tmp_path, HEADER + corrected), at=LATER)

    assert isinstance(imports_undo.take_back(second.pk, by=OPERATOR, at=LATER), Import)

    after = state()
    assert {k: v for k, v in after.items() if k != "journal"} == {k: v for k, v in before.items() if k != "journal"}


def test_an_import_that_gave_an_order_another_buyer_can_be_taken_back_and_then_the_one_before_it(
    tmp_path: Path,
) -> None:
    first = bring(put(tmp_path))
    before = state()
    second = bring(put(tmp_path, HEADER + ROWS.replace("K-8,Béla Nagy,bela@", "K-88,Béla Kiss,kiss@")), at=LATER)
    assert Order.objects.get(number="A-2").customer.name == "Béla Kiss"
    refused = imports_undo.take_back(first.pk, by=OPERATOR, at=LATER)
    assert refused == Refusal(Reason.CANNOT_TAKE_BACK, "", (("imports", str(second.pk)),))
    assert isinstance(imports_undo.take_back(second.pk, by=OPERATOR, at=LATER), Import)
    assert {k: v for k, v in state().items() if k != "journal"} == {k: v for k, v in before.items() if k != "journal"}
    assert isinstance(imports_undo.take_back(first.pk, by=OPERATOR, at=LATER), Import)
    assert not Order.objects.exists()


def test_a_buyer_stays_while_a_later_import_gave_him_an_order(tmp_path: Path) -> None:
    bring(put(tmp_path))
    text = HEADER + ROWS.replace("A-2,1,K-8,Béla Nagy,bela@", "B-2,1,K-88,Béla Kiss,kiss@")
    second = bring(put(tmp_path, text), at=LATER)
    third = bring(put(tmp_path, HEADER + ROWS.replace("K-8,Béla Nagy,bela@", "K-88,Béla Kiss,kiss@")), at=LATER)
    refused = imports_undo.take_back(second.pk, by=OPERATOR, at=LATER)
    assert refused == Refusal(Reason.CANNOT_TAKE_BACK, "", (("imports", str(third.pk)),))


def test_an_import_with_work_of_people_or_later_imports_on_it_is_not_taken_back(cast: Cast, tmp_path: Path) -> None:
    options = Options(site="Shop")
    first = bring(put(tmp_path), options=options)
    second = bring(put(tmp_path, HEADER + ROWS.replace("200,0,200", "190,0,200")), at=LATER, options=options)
    by = cast.viewer(cast.head)

    refused = imports_undo.take_back(first.pk, by=by, at=LATER)
    assert refused == Refusal(Reason.CANNOT_TAKE_BACK, "", (("imports", str(second.pk)),))
    assert isinstance(imports_undo.take_back(second.pk, by=by, at=LATER), Import)

    kept = settling.keep(of_order("A-4").pk, by=by, at=LATER)
    assert isinstance(kept, Promise)
    refused = imports_undo.take_back(first.pk, by=by, at=LATER)
    assert isinstance(refused, Refusal)
    assert dict(refused.values)["entries"] == "promise_kept (1)"
    assert dict(refused.values)["orders"] == "A-4"


def test_nobody_without_the_right_imports_stops_or_takes_back(cast: Cast, tmp_path: Path) -> None:
    path = put(tmp_path)
    row = bring(path, options=Options(site="Shop"))
    for person in (cast.agent, cast.mate, cast.stranger, cast.manager):
        by = cast.viewer(person)
        not_allowed = Refusal(Reason.NOT_ALLOWED)
        assert imports.bring_in(files_of([path]), FIRMLESS, by=by, at=NOW) == not_allowed
        assert imports_runs.run(row.pk, by=by, at=NOW) == not_allowed
        assert imports.start(row.pk, by=by, at=NOW) == not_allowed
        assert imports.ask_stop(row.pk, by=by, at=NOW) == not_allowed
        assert imports_undo.take_back(row.pk, by=by, at=NOW) == not_allowed
        assert imports_plans.settle_draft(row.pk, FIRMLESS, by=by, at=NOW) == not_allowed
        assert imports.receive([("a.csv", [b"a,b\n"])], by=by, at=NOW) == not_allowed
    assert imports_undo.take_back(row.pk, by=cast.customer, at=NOW) == Refusal(Reason.NOT_ALLOWED)


def test_what_cannot_be_understood_is_refused_with_the_field_it_is_about(cast: Cast, tmp_path: Path) -> None:
    def refusal(text: str, options: Options) -> Refusal:
        done = imports.bring_in(files_of([put(tmp_path, text)]), options, by=OPERATOR, at=NOW)
        assert isinstance(done, Refusal)
        return done

    assert refusal("a,b\n1,2\n", FIRMLESS).field == "columns"
    assert refusal("one column\n1\n", FIRMLESS).reason is Reason.NOT_A_TABLE
    assert refusal(HEADER + ROWS, Options(currency="EUR")).field == "site", "two sites, none named"
    assert refusal(HEADER + ROWS, Options(site="Shop", zone="Mars/Base")).reason is Reason.NOT_A_ZONE
    assert refusal(HEADER + ROWS, Options(site="Shop", preset="other")).field == "preset"
    nothing = imports.bring_in([], FIRMLESS, by=OPERATOR, at=NOW)
    assert nothing == Refusal(Reason.REQUIRED, "files")
    cast.firm.delete()
    assert refusal(HEADER + ROWS, Options(site="Shop")).field == "currency"
    assert not OrderLine.objects.exists()
    assert not Payment.objects.exists()
    assert imports_plans.upload([Given(tmp_path, "x")][:0], by=OPERATOR, at=NOW) == Refusal(Reason.REQUIRED, "files")


def test_a_file_does_not_bring_an_erased_person_back(tmp_path: Path, cast: Cast) -> None:
    header = "order,customer,email,placed,promised,delivered,item,unit_price,rating,review\n"
    first = "Z-1,Xenia Quill,xenia@example.com,2026-02-20,2026-02-24,2026-02-24,Lamp,10,5,Xenia is glad\n"
    options = Options(currency="EUR", site="Shop", zone="Europe/Berlin")
    bring(put(tmp_path, header + first), options=options)
    person = Customer.objects.get(name="Xenia Quill")
    erased = erasures.erase(person.pk, by=cast.viewer(cast.head), at=NOW)
    assert isinstance(erased, Customer)

    corrected = first.replace("glad", "very glad") + first.replace("Z-1", "Z-2")
    bring(put(tmp_path, header + corrected, "again.csv"), at=LATER, options=options)

    assert Order.objects.filter(customer=person).count() == 2, "the orders are the erased person's"
    assert not Customer.objects.filter(name__contains="Xenia").exists()
    assert not SearchWord.objects.filter(word__contains="xenia").exists()
    assert not Rating.objects.filter(words__contains="Xenia").exists()
    assert not person.addresses.filter(value__contains="xenia").exists()
