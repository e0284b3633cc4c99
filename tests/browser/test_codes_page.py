"""The page of ``chartstream code --html`` in a real Chromium: what lights up and what keys do."""

from __future__ import annotations

from pathlib import Path

import pytest

from chartstream.viewer.codes_page import render_codes
from tests.browser.chromium import PROGRAM, Browser
from tests.coded import coded_note

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine: install Debian's chromium")


@pytest.fixture
def browser(tab: Browser, tmp_path: Path) -> Browser:
    page = tmp_path / "codes.html"
    page.write_text(render_codes([coded_note("first"), coded_note("second")]), encoding="utf-8")
    tab.messages.clear()
    tab.open(page)
    return tab


def lit(browser: Browser, place: str) -> list[str]:
    found: list[str] = browser.run(f"[...document.querySelectorAll('#sheet0 {place} .lit')].map(e => e.textContent)")
    return found


def test_a_code_lights_all_its_evidence_in_the_note(browser: Browser) -> None:
    browser.point("#sheet0 article[data-k=d0] h2")
    assert lit(browser, ".text") == ["Type 2 diabetes", "Chronic kidney disease"]
    assert browser.messages == []


def test_a_quote_lights_its_own_place(browser: Browser) -> None:
    browser.point("#sheet0 .quotes button[data-k='d0.1']")
    assert lit(browser, ".text") == ["Type 2 diabetes"]


def test_a_place_in_the_note_lights_every_code_that_rests_on_it(browser: Browser) -> None:
    browser.point("#sheet0 .written [data-k~=d1]", click=True)
    codes = "[...document.querySelectorAll('#sheet0 article.lit')].map(e => e.dataset.k)"
    assert browser.run(codes) == ["d0", "d1"]
    browser.press("Escape")
    browser.point(".brand")
    assert browser.run(codes) == []


def test_keys_walk_through_the_codes_and_show_what_was_turned_down(browser: Browser) -> None:
    shown = "document.querySelector('#sheet0 .turned-down .code').checkVisibility()"
    assert browser.run(shown) is False
    browser.press("j")
    browser.press("j")
    assert browser.run("document.activeElement.dataset.k") == "d1"
    browser.press("r")
    assert browser.run(shown) is True
    browser.press("j")
    assert browser.run("document.activeElement.dataset.k") == "x0"
    assert lit(browser, ".text") == ["gout"]


def test_another_note_is_picked(browser: Browser) -> None:
    browser.run("(() => { const p = document.getElementById('pick'); p.value = '1';"
                " p.dispatchEvent(new Event('change')); })()")  # fmt: skip
    assert browser.run("[...document.querySelectorAll('main')].map(m => m.hidden)") == [True, False]
