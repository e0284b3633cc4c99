"""What the tiny recogniser is not sure of goes to the small one, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from chartstream.extraction.engines.cascade import Cascade
from chartstream.extraction.engines.engine import Image
from chartstream.extraction.engines.glyphs import Glyph

LETTER, GAP, SPACE, MARGIN = 10, 3, 20, 10


def picture(words: list[str]) -> Image:
    """A line whose letters are black blocks."""
    places = _places(words)
    image = np.full((30, places[-1][-1] + LETTER + MARGIN, 3), 255, dtype=np.uint8)
    for word in places:
        for place in word:
            image[8:24, place : place + LETTER] = 0
    return image


def _places(words: list[str]) -> list[list[int]]:
    places, at = [], MARGIN
    for word in words:
        places.append([at + i * (LETTER + GAP) for i in range(len(word))])
        at = places[-1][-1] + LETTER + SPACE
    return places


@dataclass
class Scripted:
    """Reads the words it is told in the order in which they stand in what it is shown; ``seen`` keeps the widths."""

    words: list[tuple[str, float]]
    seen: list[int] = field(default_factory=list)

    def read(self, line: Image) -> tuple[Glyph, ...]:
        self.seen.append(line.shape[1])
        dark = line[:, :, 0].min(axis=0) < 128
        starts = [x for x in range(len(dark)) if dark[x] and (x == 0 or not dark[x - 1])]
        glyphs: list[Glyph] = []
        places = iter(starts)
        for text, score in self.words:
            if glyphs:
                glyphs.append(Glyph(" ", 0.99, glyphs[-1].end, glyphs[-1].end))
            for letter in text:
                place = next(places)
                glyphs.append(Glyph(letter, score, (place + 2) / len(dark), (place + LETTER - 2) / len(dark)))
        return tuple(glyphs)


def test_a_sure_line_is_read_once() -> None:
    second = Scripted([])
    reading = Cascade(Scripted([("no", 0.999), ("fever", 0.99)]), second).read(picture(["no", "fever"]), 0.98)
    assert [(word.span.text, word.again) for word in reading.words] == [("no", False), ("fever", False)]
    assert second.seen == []
    assert (reading.top, reading.bottom) == (8 / 30, 24 / 30)


def test_only_the_doubtful_words_are_read_again() -> None:
    words = ["persistent", "cough", "feyer", "overnight", "yesterday"]
    line = picture(words)
    second = Scripted([("fever", 0.999)])
    first = Scripted([(word, 0.6 if word == "feyer" else 0.999) for word in words])
    reading = Cascade(first, second).read(line, 0.98)
    assert [word.span.text for word in reading.words] == ["persistent", "cough", "fever", "overnight", "yesterday"]
    assert [word.again for word in reading.words] == [False, False, True, False, False]
    assert [word.agreed for word in reading.words] == [True, True, False, True, True]
    assert second.seen[0] < line.shape[1] / 3
    begins = [word.span.begin * line.shape[1] for word in reading.words]
    assert np.allclose(begins, [word[0] for word in _places(words)], atol=2)


def test_numbers_are_read_again_however_sure_the_first_reading_was() -> None:
    reading = Cascade(Scripted([("21", 1.0)]), Scripted([("2l", 0.5)])).read(picture(["21"]), 0.98)
    assert [(word.span.text, word.again, word.agreed) for word in reading.words] == [("2l", True, False)]


def test_the_first_reading_stands_where_the_second_sees_nothing() -> None:
    reading = Cascade(Scripted([("pain", 0.5)]), Scripted([])).read(picture(["pain"]), 0.98)
    assert [(word.span.text, word.agreed) for word in reading.words] == [("pain", False)]


def test_an_empty_line_has_no_words() -> None:
    blank = np.full((30, 200, 3), 255, dtype=np.uint8)
    assert Cascade(Scripted([]), Scripted([])).read(blank, 0.98).words == ()
