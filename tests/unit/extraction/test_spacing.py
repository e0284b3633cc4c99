"""Words parted where the ink leaves gaps, whatever the network made of the spaces."""

from __future__ import annotations

import numpy as np
import pytest

from chartstream.extraction.engines.engine import Image
from chartstream.extraction.engines.glyphs import Glyph
from chartstream.extraction.engines.spacing import ink_of, words_of

HEIGHT, LETTER, NARROW, WIDE = 40, 12, 4, 22
"""Pixels: of a line, of a letter, of the gap between letters, and of the gap between words."""


def line(text: str, gaps: str) -> tuple[tuple[Glyph, ...], Image]:
    """``text`` as the network read it, and its ink: ``gaps`` has for each gap "." where narrow, "_" where wide."""
    letters = [letter for letter in text if letter != " "]
    places = [10]
    for gap in gaps:
        places.append(places[-1] + LETTER + (WIDE if gap == "_" else NARROW))
    image = np.full((HEIGHT, places[-1] + LETTER + 10, 3), 255, dtype=np.uint8)
    for place in places:
        image[10:30, place : place + LETTER] = 0
    width = image.shape[1]
    assert len(letters) == len(places)
    glyphs = []
    at = iter(places)
    for letter in text:
        if letter == " ":
            glyphs.append(Glyph(" ", 0.9, glyphs[-1].end, glyphs[-1].end))
        else:
            place = next(at)
            glyphs.append(Glyph(letter, 0.99, (place + 3) / width, (place + LETTER - 3) / width))
    return tuple(glyphs), image


@pytest.mark.parametrize(
    ("read", "gaps", "words"),
    [
        ("ab cd", "._.", ["ab", "cd"]),
        ("MRN:55", "..._.", ["MRN:", "55"]),
        ("ab cd.ef", "._.._.", ["ab", "cd.", "ef"]),
        ("4 .5 mg", ".._.", ["4.5", "mg"]),
        ("11:30", "....", ["11:30"]),
        ("1 11", "_.", ["1", "11"]),
        ("a b", ".", ["a", "b"]),
        ("80mg", "._.", ["80", "mg"]),
        ("5x4", "__", ["5", "x", "4"]),
        ("5x4", "..", ["5x4"]),
        ("pT3b", "...", ["pT3b"]),
        ("", "", []),
    ],
)
def test_words_end_where_there_is_a_gap(read: str, gaps: str, words: list[str]) -> None:
    if not read:
        assert words_of((), ink_of(np.full((HEIGHT, 50, 3), 255, dtype=np.uint8))) == []
        return
    glyphs, image = line(read, gaps)
    assert [span.text for span in words_of(glyphs, ink_of(image))] == words


def test_two_digits_far_apart_stay_one_number() -> None:
    glyphs, image = line("5011", "...")
    wide = np.full((HEIGHT, image.shape[1] + 12, 3), 255, dtype=np.uint8)
    wide[:, : image.shape[1] - 16], wide[:, image.shape[1] - 4 :] = image[:, :-16], image[:, -16:]
    scale = image.shape[1] / wide.shape[1]
    moved = [Glyph(g.character, g.score, g.begin * scale, g.end * scale) for g in glyphs[:3]]
    moved.append(Glyph("1", 0.99, (wide.shape[1] - 16) / wide.shape[1], (wide.shape[1] - 12) / wide.shape[1]))
    assert [span.text for span in words_of(tuple(moved), ink_of(wide))] == ["5011"]


def test_a_word_reaches_as_far_as_its_ink() -> None:
    glyphs, image = line("ab cd", "._.")
    first, second = words_of(glyphs, ink_of(image))
    width = image.shape[1]
    assert first.begin * width == pytest.approx(10, abs=1)
    assert first.end * width == pytest.approx(10 + 2 * LETTER + NARROW, abs=1)
    assert second.begin * width == pytest.approx(10 + 2 * LETTER + NARROW + WIDE, abs=1)
    assert second.end * width == pytest.approx(width - 10, abs=2)


def test_a_space_that_only_one_of_network_and_ink_saw_is_told() -> None:
    glyphs, image = line("ab cd.ef", "._.._.")
    assert [span.spaced for span in words_of(glyphs, ink_of(image))] == [True, False, False]


@pytest.mark.parametrize("light_on_dark", [False, True])
def test_the_ink_of_neighbouring_lines_is_none_of_this_one(light_on_dark: bool) -> None:
    _, image = line("ab", ".")
    image[:2] = image[-1:] = 0
    ink = ink_of(255 - image if light_on_dark else image)
    assert (ink.top, ink.bottom) == (10 / HEIGHT, 30 / HEIGHT)
    assert ink.columns.sum() == 2 * LETTER


def test_a_number_is_parted_from_its_unit_by_a_gap_too_narrow_elsewhere() -> None:
    for text, parted in (("80mg", ["80", "mg"]), ("bomg", ["bomg"])):
        glyphs, image = line(text, "...")
        apart = 5
        places = [round(glyph.begin * image.shape[1]) - 3 for glyph in glyphs]
        wider = np.full((HEIGHT, image.shape[1] + apart, 3), 255, dtype=np.uint8)
        moved = []
        for at, (glyph, place) in enumerate(zip(glyphs, places, strict=True)):
            begin = place + (apart if at > 1 else 0)
            wider[10:30, begin : begin + LETTER] = 0
            width = wider.shape[1]
            moved.append(Glyph(glyph.character, 0.99, (begin + 3) / width, (begin + LETTER - 3) / width))
        assert [span.text for span in words_of(tuple(moved), ink_of(wider))] == parted
