"""The promise report and the journal as people see them."""

from datetime import UTC, datetime, timedelta

import pytest

from goodwill.domain.entries import Entry
from goodwill.store import journal
from tests.cast import NOW, Cast
from tests.journeys.looks import FEW_LOOKS, House, Look, assert_in_order


def _fill(cast: Cast) -> None:
    for number in range(120):
        month = 1 + number % 3
        due = datetime(2026, month, 10, 12, tzinfo=UTC)
        broken = number % (7 * month) == 0
        acted = due + timedelta(days=2 if broken else -2)
        cast.promise(
            kind="delivery", what="", promised_at=due, due_at=due, promised_on=due.date(), made_at=due - timedelta(9),
            acted_at=acted, acted_on=acted.date(), settled_at=acted, wakes_at=None, standing="",
            outcome="broken_silent" if broken else "kept", order=cast.order(), broken_at=due if broken else None,
            site=cast.shop if number % 2 else cast.elsewhere,
        )  # fmt: skip
    journal.write(Entry.CUSTOMER_ADDED, by=cast.viewer(cast.agent), at=NOW, customer_id=cast.buyer.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("look", FEW_LOOKS, ids=str)
def test_reports_and_journal_are_in_order_in_every_look(lived_in: tuple[House, Cast], look: Look) -> None:
    house, cast = lived_in
    _fill(cast)
    with house.page(look, as_=cast.head) as page:
        for name, address in (
            ("report", "/reports/promises/"),
            ("report-site", "/reports/promises/?by=site&from=2026-01-01"),
            ("report-rows", "/reports/promises/rows/?figure=broken"),
            ("journal", "/journal/"),
        ):
            page.goto(address)
            if name.startswith("report") and name != "report-rows":
                page.locator(".chart-paper svg").wait_for()
            assert_in_order(page, look, name)


@pytest.mark.django_db(transaction=True)
def test_a_figure_opens_to_its_promises_and_back_by_keyboard(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    _fill(cast)
    with house.page(as_=cast.head) as page:
        page.goto("/reports/promises/")
        broken = page.locator(".figures a.value").first
        broken.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/reports/promises/rows/**")
        assert "promises broken" in page.locator("h1").inner_text()
        page.get_by_role("link", name="Back to the report").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/reports/promises/?*")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["en", "ru", "hu"])
def test_the_groups_of_the_report_are_read_on_a_phone_without_moving_them_sideways(
    lived_in: tuple[House, Cast], language: str
) -> None:
    house, cast = lived_in
    _fill(cast)
    with house.page(Look(390, "light", language), as_=cast.head) as page:
        page.goto("/reports/promises/")
        hidden: int = page.locator(".listed").evaluate("box => box.scrollWidth - box.clientWidth")
        assert hidden == 0
        nothing = page.locator(".listed tr > [data-none]")
        assert nothing.count() > 0 and not any(cell.is_visible() for cell in nothing.all())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["en", "ru", "hu"])
def test_what_happened_is_read_in_three_lines_at_most_on_a_desk(lived_in: tuple[House, Cast], language: str) -> None:
    house, cast = lived_in
    promise = cast.promise(cast.buyer)
    cast.buyer.name = "Quillfeather, Vance and Company, Architects"
    cast.buyer.save()
    for kind in Entry:
        journal.write(
            kind, by=cast.viewer(cast.agent), at=NOW, customer_id=cast.buyer.pk, promise_id=promise.pk,
            facts={"kind": "internal_request", "due_at": NOW.isoformat(), "channel": "phone"},
        )  # fmt: skip
    with house.page(Look(1440, "light", language), as_=cast.head) as page:
        page.goto("/journal/")
        most: int = page.locator("tbody th").evaluate_all(
            """cells => Math.max(...cells.map(cell => {
                 const words = document.createRange(); words.selectNodeContents(cell);
                 return new Set([...words.getClientRects()].map(line => Math.round(line.top))).size; }))"""
        )
        assert 1 <= most <= 3
        assert_in_order(page, Look(1440, "light", language))
