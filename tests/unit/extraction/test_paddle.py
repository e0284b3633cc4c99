"""PaddleOCR on its own: the page's four ways up, and scores that mean something."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import reportlab
from PIL import Image, ImageDraw, ImageFont

from chartstream.extraction.engines.paddle import PaddleOcr, engine_name
from chartstream.extraction.layout.segments import rows_of

pytestmark = pytest.mark.ocr

LINES = [
    "ASSESSMENT AND PLAN",
    "1. Persistent atrial fibrillation, heart rate 98.",
    "2. Hypertension, BP 138/84 today.",
    "3. Hyperlipidemia, LDL 71 mg/dL on atorvastatin 40 mg.",
]


@pytest.fixture(scope="module")
def engine() -> PaddleOcr:
    return PaddleOcr()


def page() -> Image.Image:
    image = Image.new("RGB", (1100, 1400), "white")
    font = ImageFont.truetype(str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"), 26)
    for row in range(12):
        ImageDraw.Draw(image).text((100, 100 + 50 * row), LINES[row % 4], font=font, fill="black")
    return image


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_page_reads_the_same_whichever_way_up(engine: PaddleOcr, turned: int) -> None:
    found = engine.read(np.asarray(page().rotate(turned, expand=True)))
    assert found.rotation == turned
    assert (found.width, found.height) == (1100, 1400)
    assert [" ".join(f.text for f in row) for row in rows_of(found.fragments)] == LINES * 3
    assert min(fragment.confidence for fragment in found.fragments) > 0.9
    first = found.fragments[0].box
    assert (first.x0, first.y0) == (pytest.approx(100, abs=8), pytest.approx(100, abs=12))


def test_a_blank_page_has_no_fragments(engine: PaddleOcr) -> None:
    assert engine.read(np.full((800, 600, 3), 255, dtype=np.uint8)).fragments == ()


def test_every_word_has_its_own_box(engine: PaddleOcr) -> None:
    font = ImageFont.truetype(str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"), 26)
    words = [word for fragment in engine.read(np.asarray(page())).fragments for word in fragment.words]
    expected = [(line, at) for line in LINES * 3 for at in range(len(line.split()))]
    assert len(words) == len(expected)
    for word, (line, at) in zip(words, expected, strict=True):
        before = " ".join([*line.split()[:at], ""])
        assert word.text == line.split()[at]
        assert word.box.x0 == pytest.approx(100 + font.getlength(before), abs=8), word.text
        assert word.box.x1 == pytest.approx(100 + font.getlength(before + word.text), abs=8), word.text
        assert 15 < word.box.height < 40


def test_a_leaning_page_is_levelled_with_its_boxes(engine: PaddleOcr) -> None:
    found = engine.read(np.asarray(page().rotate(-2.5, resample=Image.Resampling.BICUBIC, fillcolor="white")))
    assert found.skew == pytest.approx(-2.5, abs=0.15)
    assert [" ".join(f.text for f in row) for row in rows_of(found.fragments)] == LINES * 3
    assert abs(np.asarray(found.image, dtype=int) - np.asarray(page(), dtype=int)).mean() < 8
    first = found.fragments[0].box
    assert (first.x0, first.y0) == (pytest.approx(100, abs=8), pytest.approx(100, abs=12))


def test_a_small_page_keeps_its_own_pixels(engine: PaddleOcr) -> None:
    small = page().resize((550, 700), Image.Resampling.LANCZOS)
    found = engine.read(np.asarray(small))
    assert (found.width, found.height) == (550, 700)
    assert [" ".join(f.text for f in row) for row in rows_of(found.fragments)] == LINES * 3
    assert found.fragments[0].box.x0 == pytest.approx(50, abs=5)


def test_the_name_tells_weights_and_settings(engine: PaddleOcr, monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine.name == engine_name()
    before = engine_name()
    monkeypatch.setattr("chartstream.extraction.engines.paddle.UNCLIP_RATIO", 1.4)
    assert engine_name() != before
