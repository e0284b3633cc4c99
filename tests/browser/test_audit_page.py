"""The page of an appeal bundle in a real Chromium: legible, whole, with nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from chartstream.audit.packing import PAGE
from tests.browser.chromium import PROGRAM, Browser
from tests.browser.test_viewer import _LOWEST_CONTRAST
from tests.unit.audit.cases import files

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine: install Debian's chromium")


@pytest.fixture
def browser(tab: Browser, tmp_path: Path) -> Browser:
    (tmp_path / PAGE).write_bytes(files()[PAGE])
    tab.messages.clear()
    tab.open(tmp_path / PAGE)
    return tab


def test_light_and_dark_are_both_legible(browser: Browser) -> None:
    for _ in range(2):
        browser.point("#theme", click=True)
        assert browser.run(_LOWEST_CONTRAST) >= 4.5
    assert browser.messages == []


def test_evidence_is_marked_in_the_note(browser: Browser) -> None:
    marked = browser.run("[...document.querySelectorAll('.written mark')].map(e => e.textContent)")
    assert marked == ["Type 2 diabetes with polyneuropathy", "Essential hypertension", "Thirty-one minutes in all"]


@pytest.mark.parametrize("width", [1366, 3840, 500])
def test_nothing_sticks_out_in_any_window(browser: Browser, tmp_path: Path, width: int) -> None:
    browser.open(tmp_path / PAGE, width, 900)
    assert browser.run("document.documentElement.scrollWidth <= innerWidth")
