"""Pages of daily files, looked at in every way; one is set up by keyboard."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from goodwill.store.feeds import AllowedHost, Feed
from goodwill.worker import feeds as worker
from tests.cast import NOW, Cast
from tests.feeding import TEXT, Watched, root, run_jobs  # noqa: F401
from tests.journeys.looks import FEW_LOOKS, House, Look, assert_in_order, tab_to


def fill(cast: Cast, folder: Path) -> Watched:
    """A feed that saw files of every kind, one in trouble, and an address."""
    watched = Watched(folder, by=cast.viewer(cast.head))
    watched.write_old()
    watched.write_old("orders-copy.csv", hours=1)
    watched.write_old("damaged-on-the-way-by-the-other-program.csv", b"\x00" * 500)
    watched.write_old("all-bad.csv", TEXT.partition("\n")[0] + "\nB-1,1,,Zoe,,,yesterday,,,,,,,,,\n", hours=1)
    watched.settle()
    watched.write("growing.csv")
    watched.look()
    AllowedHost.objects.create(host="shop.example", created_at=NOW, person=cast.administrator)
    Feed.objects.create(
        name="Web shop", kind="url", place="https://shop.example/exports/daily/orders.csv", query="sig=1",
        daily_at="06:00", person=cast.administrator, created_at=NOW, wakes_at=NOW, looked_at=NOW, result="status",
        detail="404", failures=1, access="bearer", secret="x",
    )  # fmt: skip
    return watched


@pytest.mark.parametrize("look", FEW_LOOKS, ids=str)
def test_every_page_of_daily_files_is_in_order(lived_in: tuple[House, Cast], root: Path, look: Look) -> None:  # noqa: F811
    house, cast = lived_in
    with house.page(look, as_=cast.head) as page:
        page.goto("/imports/daily/")
        assert_in_order(page, look, "feeds-none")
        page.goto("/settings/hosts/")
        assert_in_order(page, look, "hosts-none")
        watched = fill(cast, root)
        online = Feed.objects.get(kind="url").pk
        for name, path in {
            "imports": "/imports/",
            "feeds": "/imports/daily/",
            "feed": f"/imports/daily/{watched.id}/",
            "feed-url": f"/imports/daily/{online}/",
            "feed-new-folder": "/imports/daily/new/folder/",
            "feed-new-url": "/imports/daily/new/address/",
            "feed-change": f"/imports/daily/{online}/change/",
            "feed-remove": f"/imports/daily/{watched.id}/remove/",
            "hosts": "/settings/hosts/",
        }.items():
            answer = page.goto(path)
            assert answer is not None
            assert answer.ok, path
            if "new" in name:
                page.locator("main summary").click()
            assert_in_order(page, look, name)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_folder_is_set_up_by_keyboard_and_its_file_comes_in(
    lived_in: tuple[House, Cast],
    root: Path,  # noqa: F811
    javascript: bool,
) -> None:
    house, cast = lived_in
    (root / "orders.csv").write_text(TEXT)
    with house.page(as_=cast.administrator, javascript=javascript) as page:
        page.goto("/imports/daily/new/folder/")
        tab_to(page, "Name")
        page.keyboard.type("Till")
        tab_to(page, "Folder")
        page.keyboard.type(str(root))
        tab_to(page, "Site of orders")
        page.keyboard.type("Shop")
        tab_to(page, "Save")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Till")
        from datetime import timedelta

        from django.utils import timezone

        worker.tick(timezone.now() + timedelta(minutes=5))
        run_jobs()
        page.reload()
        expect(page.get_by_role("row", name="orders.csv")).to_contain_text("imported")
