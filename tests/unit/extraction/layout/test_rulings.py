"""Lines on the image of a page are found, rows of letters are not taken for them."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from chartstream.extraction.fragments import Box, Word
from chartstream.extraction.layout.rulings import not_of_letters, rulings_of
from tests.unit.paper import paper


@pytest.mark.parametrize("width", [850, 1700, 2550])
def test_the_lines_of_a_grid_are_found_at_any_resolution(width: int) -> None:
    scale = width / 850
    image = Image.fromarray(paper(width, round(1100 * scale)))
    draw = ImageDraw.Draw(image)
    thick = max(round(scale), 1)
    for y in (100, 140, 180):
        draw.line([(100 * scale, y * scale), (600 * scale, y * scale)], fill=(60, 60, 60), width=thick)
    for x in (100, 350, 600):
        draw.line([(x * scale, 100 * scale), (x * scale, 180 * scale)], fill=(60, 60, 60), width=thick)
    draw.text((120 * scale, 110 * scale), "Potassium 4.1 mmol/L", fill=(0, 0, 0), font_size=12 * scale)
    words = [Word("4.1", Box(118 * scale, 108 * scale, 260 * scale, 124 * scale), 1.0)]
    found = [box.scaled(1 / scale) for box in not_of_letters(rulings_of(np.asarray(image)), words)]
    across = sorted(round((box.y0 + box.y1) / 2 / 4) * 4 for box in found if box.width > box.height)
    down = sorted(round((box.x0 + box.x1) / 2 / 5) * 5 for box in found if box.height > box.width)
    assert across == [100, 140, 180]
    assert down == [100, 350, 600]


def test_a_page_of_text_has_none() -> None:
    image = Image.fromarray(paper(1700, 2200))
    for row in range(30):
        words = "The patient came with pain in the right knee after a fall from a low ladder"
        ImageDraw.Draw(image).text((200, 200 + 40 * row), words, fill=(0, 0, 0), font_size=28)
    assert rulings_of(np.asarray(image)) == ()


def test_lines_that_run_through_words_are_letters() -> None:
    words = [Word("Hemoglobin", Box(100, 100, 200, 120), 1.0), Word("11.9", Box(220, 100, 260, 120), 1.0)]
    through, under = Box(100, 108, 190, 111), Box(90, 121, 270, 123)
    assert not_of_letters([through, under], words) == [under]
