"""What engines and text layers give: words with their boxes, in runs that stand on one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the page's unit; the origin is the upper left corner of the upright page."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Horizontal extent, in the page's unit."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Vertical extent, in the page's unit."""
        return self.y1 - self.y0

    def scaled(self, factor: float) -> Box:
        """The same rectangle in another unit."""
        return Box(self.x0 * factor, self.y0 * factor, self.x1 * factor, self.y1 * factor)


@dataclass(frozen=True, slots=True)
class Word:
    """One word, free of white space, with its box and the probability (0 to 1) that it is read exactly."""

    text: str
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class Fragment:
    """Words that follow one another on one line, at least one, from left to right; ``bold``: set in bold."""

    words: tuple[Word, ...]
    bold: bool = False

    @classmethod
    def of_line(cls, text: str, box: Box, confidence: float, *, bold: bool = False) -> Fragment:
        """From an engine that knows lines only: each word gets its share of the line's box by its letters."""
        width = box.width / max(len(text), 1)
        words = []
        position = 0
        for part in text.split():
            position = text.index(part, position)
            place = Box(box.x0 + position * width, box.y0, box.x0 + (position + len(part)) * width, box.y1)
            words.append(Word(part, place, confidence))
            position += len(part)
        return cls(tuple(words), bold)

    @property
    def text(self) -> str:
        """The words, a space between them."""
        return " ".join(word.text for word in self.words)

    @property
    def box(self) -> Box:
        """The smallest box around all words."""
        return enclosing(word.box for word in self.words)

    @property
    def confidence(self) -> float:
        """That of the most doubtful word."""
        return min(word.confidence for word in self.words)

    def scaled(self, factor: float) -> Fragment:
        """The same fragment in another unit."""
        return Fragment(tuple(Word(w.text, w.box.scaled(factor), w.confidence) for w in self.words), self.bold)


def enclosing(boxes: Iterable[Box]) -> Box:
    """The smallest box around all of them; at least one is needed."""
    items = list(boxes)
    return Box(min(b.x0 for b in items), min(b.y0 for b in items), max(b.x1 for b in items), max(b.y1 for b in items))
