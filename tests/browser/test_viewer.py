"""The page of ``chartstream extract --html`` in a real Chromium: what lights up, what keys do, what it may load."""

from __future__ import annotations

import dataclasses
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from chartstream.errors import Problem
from chartstream.viewer.page import render
from chartstream.viewer.seen import SeenFile
from tests.browser.chromium import PROGRAM, Browser
from tests.drawn import DOUBTFUL, drawn_document, drawn_file

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine: install Debian's chromium")


@pytest.fixture
def browser(tab: Browser, tmp_path: Path) -> Browser:
    page = tmp_path / "drawn.html"
    page.write_text(render([drawn_file()]), encoding="utf-8")
    tab.messages.clear()
    tab.open(page)
    return tab


def lit(browser: Browser, place: str) -> list[str]:
    found: list[str] = browser.run(
        f"[...document.querySelectorAll('{place} .lit')].map(e => e.dataset.k.split(' ')[0])"
    )
    return found


def test_the_page_is_drawn_and_nothing_is_refused_or_fetched(browser: Browser) -> None:
    picture = Image.open(BytesIO(browser.picture())).convert("RGB")
    assert picture.size == (1366, 768)
    assert len(picture.getcolors(maxcolors=1 << 20) or []) > 100
    assert browser.messages == []
    assert browser.run("performance.getEntriesByType('resource').filter(e => !e.name.startsWith('data:')).length") == 0
    assert browser.run("document.querySelector('.page image').getBoundingClientRect().width") > 300


def test_nothing_may_be_loaded_or_run_from_elsewhere(browser: Browser) -> None:
    browser.run(
        "(() => { const s = document.createElement('script'); s.textContent = 'window.intruder = 1';"
        " document.body.append(s); new Image().src = 'http://127.0.0.1:9/x.png'; })()"
    )
    browser.run("new Promise(done => setTimeout(done, 50))")
    assert browser.run("window.intruder === undefined")
    assert any("Content Security Policy" in message for message in browser.messages)


def test_a_field_lights_its_place_on_the_page_and_in_the_text(browser: Browser) -> None:
    browser.point(".rows button[data-k=f0]")
    assert lit(browser, ".pages") == ["f0"]
    assert set(lit(browser, ".text")) == {"f0"}
    assert browser.run("document.querySelector('.written .lit').textContent") == "1961-04-09"
    assert "birth date" in browser.run("document.getElementById('status').textContent")


def test_a_word_on_the_page_lights_in_the_text_with_its_surroundings(browser: Browser) -> None:
    number = next(n for n, w in enumerate(drawn_document().text.words) if w.confidence < 0.7)
    browser.point(f".l-words [data-k^='w{number} ']")
    assert browser.run("document.querySelector('.written .word.lit').textContent") == DOUBTFUL
    assert browser.run("document.querySelector('.l-regions .near') !== null")
    assert DOUBTFUL in browser.run("document.getElementById('status').textContent")


def test_a_word_on_the_page_lights_the_statement_that_it_belongs_to(browser: Browser) -> None:
    browser.point(".l-words [data-k~=t0]")
    assert set(lit(browser, ".facts-pane")) == {"t0"}
    assert {key[0] for key in lit(browser, ".pages")} == {"w", "t"}
    assert browser.run("[...document.querySelectorAll('.written .lit')].map(e => e.textContent).join('')") == (
        "Type 2 diabetes mellitus"
    )


def test_a_word_in_the_text_lights_on_the_page(browser: Browser) -> None:
    browser.point(".written .word.poor")
    assert [key[0] for key in lit(browser, ".pages")] == ["w"]


def test_a_section_and_a_cell_light_their_places(browser: Browser) -> None:
    browser.point(".rows button[data-k=s2]")
    assert "s2" in lit(browser, ".pages")
    browser.point(".grid td:nth-child(2)")
    assert any(key.startswith("c0.") for key in lit(browser, ".pages"))


def test_a_click_keeps_it_lit_until_escape(browser: Browser) -> None:
    browser.point(".rows button[data-k=t0]", click=True)
    browser.point(".brand")
    assert "t0" in lit(browser, ".pages")
    browser.press("Escape")
    browser.point(".brand")
    assert lit(browser, ".pages") == []


def test_layers_go_on_and_off_by_key_and_by_button(browser: Browser) -> None:
    def stroke(selector: str) -> str:
        value: str = browser.run(f"getComputedStyle(document.querySelector('{selector}')).stroke")
        return value

    assert stroke(".l-regions rect") != "none"
    assert stroke(".l-words rect") == "none"
    browser.press("1")
    browser.press("7")
    assert stroke(".l-regions rect") == "none"
    assert stroke(".l-words rect") != "none"
    browser.point(".layer[data-layer=words]", click=True)
    assert stroke(".l-words rect") == "none"
    assert browser.run("document.querySelector('.layer[data-layer=words]').getAttribute('aria-pressed')") == "false"


def test_sections_are_named_on_the_page_when_their_layer_is_on(browser: Browser) -> None:
    names = (
        "[...document.querySelectorAll('.l-sections text')].filter(e => e.checkVisibility()).map(e => e.textContent)"
    )
    assert browser.run(names) == []
    browser.press("4")
    assert browser.run(names) == ["header", "history", "assessment", "results"]


def test_pages_are_turned_and_made_larger_by_keys(tab: Browser, tmp_path: Path) -> None:
    document = drawn_document()
    pages = tuple(document.text.pages[0].model_copy(update={"number": number}) for number in (1, 2, 3))
    longer = dataclasses.replace(document, text=document.text.model_copy(update={"pages": pages}))
    page = tmp_path / "long.html"
    page.write_text(render([SeenFile("long.png", "extracted", (), (longer,), 0.1)]), encoding="utf-8")
    tab.open(page)

    def top() -> float:
        value: float = tab.run("document.querySelector('.pages .scroll').scrollTop")
        return value

    tab.press("]")
    second = top()
    tab.press("]")
    assert 0 < second < top()
    tab.press("[")
    assert top() == second
    width = tab.run("document.querySelector('.page').getBoundingClientRect().width")
    tab.press("+")
    assert tab.run("document.querySelector('.page').getBoundingClientRect().width") == pytest.approx(
        1.25 * width, rel=0.02
    )


def test_the_keyboard_alone_reaches_every_finding(browser: Browser) -> None:
    reached = set()
    for _ in range(60):
        browser.press("Tab")
        reached.add(browser.run("document.activeElement.dataset.k || document.activeElement.className"))
    assert {"f0", "f1", "f2", "t0", "t1", "s0", "s3", "layer"} <= reached
    browser.run("document.querySelector('button[data-k=f2]').focus()")
    assert "f2" in lit(browser, ".text")


def test_light_and_dark_are_both_legible(browser: Browser) -> None:
    browser.press("6")
    for _ in range(2):
        browser.press("t")
        for selector in (".brand", ".rows button[data-k=s1]", ".rows button[data-k=f0]", ".grid td"):
            browser.point(selector)
            assert browser.run(_LOWEST_CONTRAST) >= 4.5


@pytest.mark.parametrize("width", [1366, 3840, 800])
def test_nothing_sticks_out_on_a_laptop_a_wall_or_a_narrow_window(browser: Browser, tmp_path: Path, width: int) -> None:
    browser.open(tmp_path / "drawn.html", width, width * 9 // 16)
    assert browser.run("document.documentElement.scrollWidth <= innerWidth")
    assert browser.run("document.querySelector('.page').getBoundingClientRect().width") > width * 0.3


def test_files_are_chosen_from_a_list_and_a_refused_one_says_why(tab: Browser, tmp_path: Path) -> None:
    refused = SeenFile("cut.pdf", "rejected", (Problem("document_truncated", "cut short", "send again"),), (), 0.1)
    page = tmp_path / "two.html"
    page.write_text(render([drawn_file(), refused]), encoding="utf-8")
    tab.open(page)
    assert tab.run("document.querySelectorAll('main:not([hidden])').length") == 1
    tab.run(
        "(() => { const p = document.getElementById('pick'); p.value = '1'; p.dispatchEvent(new Event('change')); })()"
    )
    assert "send again" in tab.run("document.querySelector('main:not([hidden])').innerText")


def test_what_a_note_says_is_text_and_never_markup(tab: Browser, tmp_path: Path) -> None:
    document = drawn_document()
    hostile = "</script><script>window.intruder = 1</script><img src=x onerror=alert(1)>"
    text = document.text.model_copy(update={"text": hostile, "words": (), "lines": (), "regions": (), "tables": ()})
    field = document.fields[0].model_copy(update={"value": hostile})
    file = SeenFile(
        hostile,
        "extracted",
        (),
        (dataclasses.replace(document, text=text, fields=(field,), sections=(), statements=()),),
        0.1,
    )
    page = tmp_path / "hostile.html"
    page.write_text(render([file]), encoding="utf-8")
    tab.open(page)
    assert tab.run("window.intruder === undefined && document.querySelectorAll('img').length === 0")
    assert hostile in tab.run("document.querySelector('.written').textContent")


# The lowest ratio of WCAG 2 between a text and what it stands on, over all visible texts outside the page images.
_LOWEST_CONTRAST = """(() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data; };
  const light = (c) => { const l = [0, 1, 2].map(i => { const v = c[i] / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return .2126 * l[0] + .7152 * l[1] + .0722 * l[2]; };
  let lowest = 21;
  for (const element of document.querySelectorAll('body *:not(svg *)')) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest('script, style, option')) continue;
    let ground = element;
    while (ground && rgba(getComputedStyle(ground).backgroundColor)[3] < 255) ground = ground.parentElement;
    const [a, b] = [light(rgba(getComputedStyle(element).color)),
      light(rgba(ground ? getComputedStyle(ground).backgroundColor : '#fff'))].sort((x, y) => y - x);
    lowest = Math.min(lowest, (a + 0.05) / (b + 0.05));
  }
  return lowest;
})()"""
