"""From one command to a page with customers we owe."""

import json
import os
import signal
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.cli.commands import start
from tests.cluster import free_port


def test_the_link_of_the_demonstration_leads_to_customers_we_owe_once(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    process = start("demo", "--home", str(tmp_path), "--port", str(port), "--no-open", "--json", home=tmp_path)
    assert process.stdout
    try:
        facts = None
        for line in process.stdout:
            if line.startswith("{"):
                facts = json.loads(line)
                break
        assert facts
        first, second = browser.new_context(locale="en-GB"), browser.new_context()
        page = first.new_page()
        page.goto(facts["link"])
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        owed = page.get_by_role("main").get_by_role("link")
        assert owed.count() > 5
        expect(page.get_by_role("main")).to_contain_text("late")
        other = second.new_page()
        other.goto(facts["link"])
        other.goto(f"http://127.0.0.1:{port}/")
        assert "/sign-in/" in other.url
        first.close()
        second.close()
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)
        process.stdout.close()
