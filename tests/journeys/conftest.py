"""A browser and a running house, for journeys."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, sync_playwright

from tests.cast import Cast, make_cast
from tests.journeys.looks import House

# The browser's own event loop lives in the thread of the tests; Django would take it for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything that asks for the browser carries its mark."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, once for the whole run."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not on this machine (Debian package: chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def house(live_server: Any, browser: Browser) -> Iterator[House]:
    """An empty running house: nobody has set it up."""
    cache.clear()  # the limits of sign-in outlive the flush between tests
    yield House(url=live_server.url, browser=browser)


@pytest.fixture
def lived_in(house: House) -> Iterator[tuple[House, Cast]]:
    """A running house with the standing cast in it."""
    yield house, make_cast()
