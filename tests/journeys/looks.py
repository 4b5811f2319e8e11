"""How pages are looked at: widths, themes and languages; and what every look must show."""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from goodwill.store.people import Person

HEIGHTS = {1440: 900, 390: 844, 2560: 1440}


@dataclass(frozen=True)
class Look:
    """One way to look at a page."""

    width: int = 1440
    theme: str = "light"
    language: str = "en"

    def __str__(self) -> str:
        return f"{self.width}-{self.theme}-{self.language}"


EVERY_LOOK = [Look(*look) for look in itertools.product((1440, 390), ("light", "dark"), ("en", "ru", "hu"))]
"""All twelve."""
FEW_LOOKS = [Look(1440, "light", "en"), Look(390, "dark", "ru"), Look(1440, "dark", "hu"), Look(390, "light", "hu")]
"""Every width, theme and language at least once, and the longest words on the narrowest screen."""


@dataclass
class House:
    """A running house and a browser in front of it."""

    url: str
    browser: Browser
    complaints: list[str] = field(default_factory=list)
    """What the browser complained of: script errors, refusals by the content policy, requests to elsewhere."""

    @contextmanager
    def page(
        self, look: Look | None = None, *, as_: Person | None = None, javascript: bool = True, forgives: str = ""
    ) -> Iterator[Page]:
        """A fresh browser window; signed in where a person is given. Complaints fail the test when it closes, except
        those that hold the words it `forgives`."""
        look = look or Look()
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": look.width, "height": HEIGHTS[look.width]},
            color_scheme="dark" if look.theme == "dark" else "light",
            java_script_enabled=javascript,
            reduced_motion="reduce",
            locale={"en": "en-GB", "ru": "ru-RU", "hu": "hu-HU"}[look.language],
            timezone_id="Europe/Berlin",
        )
        context.set_default_timeout(15_000)
        cookies = {"goodwill_language": look.language, "goodwill_theme": look.theme}
        if as_ is not None:
            cookies["goodwill_session"] = session_of(as_)
        context.add_cookies([{"name": name, "value": value, "url": self.url} for name, value in cookies.items()])
        self._listen(context)
        page = context.new_page()
        try:
            yield page
        finally:
            context.close()
        complaints = [text for text in self.complaints if not forgives or forgives not in text]
        assert not complaints, "\n".join(complaints)

    def _listen(self, context: BrowserContext) -> None:
        def heard(message: ConsoleMessage) -> None:
            # A refused form answers 4xx by design, and the browser says so on its console.
            if message.type == "error" and "Failed to load resource" not in message.text:
                self.complaints.append(message.text)

        context.on("console", heard)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", lambda request: self._asked(request.url))

    def _asked(self, url: str) -> None:
        if not url.startswith((self.url, "data:", "blob:", "about:")):
            self.complaints.append(f"asked elsewhere: {url}")


def session_of(person: Person) -> str:
    """The cookie of a person who has signed in."""
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return str(client.cookies["goodwill_session"].value)


def assert_accessible(page: Page, **options: Any) -> None:
    """No violation found by axe (WCAG 2.2 A and AA, and its best practices)."""
    found = Axe().run(page, options=options or None)
    assert not found.response["violations"], f"{page.url}\n{found.generate_report()}"


def assert_fits(page: Page) -> None:
    """Nothing reaches beyond the window's sides."""
    over: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, f"{page.url} is {over} px too wide"


def assert_in_order(page: Page, look: Look, name: str = "") -> None:
    """Accessible, fitting, in the language and theme asked for; a picture is kept where PICTURES names a folder."""
    assert page.locator("html").get_attribute("lang") == look.language
    assert page.locator("html").get_attribute("data-bs-theme") == look.theme
    if name and (folder := os.environ.get("PICTURES")):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}-{look}.png"), full_page=True)
    assert_fits(page)
    assert_accessible(page)


def tab_to(page: Page, wanted: Callable[[str], bool] | str, *, most: int = 150) -> int:
    """Press Tab until the focused element's accessible text (label, text or name) matches; how many presses it took.

    `wanted` is a piece of the text, or a question about it.
    """
    asks = (lambda text: wanted in text) if isinstance(wanted, str) else wanted
    for presses in range(most + 1):
        text: str = page.evaluate(
            """() => { const e = document.activeElement; if (!e || e === document.body) return "";
                 const labels = e.labels ? [...e.labels].map(l => l.textContent).join(" ") : "";
                 return [labels, e.getAttribute("aria-label") || "", e.textContent || "", e.name || ""].join(" ")
                   .replace(/\\s+/g, " ").trim(); }"""
        )
        if text and asks(text):
            return presses
        page.keyboard.press("Tab")
    raise AssertionError(f"no element like {wanted!r} within {most} presses of Tab on {page.url}")
