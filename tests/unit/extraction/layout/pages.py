"""Pages for tests of layout: words set in a typewriter's type, letters 6 wide and 10 high, lines 12 apart."""

from __future__ import annotations

from collections.abc import Sequence

from chartstream.extraction.fragments import Box, Fragment, Word
from chartstream.extraction.layout.content import PageContent
from chartstream.extraction.readtext import PageFacts

WIDTH, HEIGHT = 600.0, 800.0


def typed(text: str, x: float, y: float, *, bold: bool = False) -> Fragment:
    """A line of text at a place; a space is as wide as half a letter."""
    words = []
    for part in text.split():
        words.append(Word(part, Box(x, y, x + 6 * len(part), y + 10), 1.0))
        x += 6 * len(part) + 3
    return Fragment(tuple(words), bold)


def typed_lines(lines: Sequence[str], x: float, y: float, pitch: float = 12) -> list[Fragment]:
    """Lines one below the other; empty ones leave a gap."""
    return [typed(line, x, y + pitch * row) for row, line in enumerate(lines) if line]


def page(fragments: Sequence[Fragment], rulings: Sequence[Box] = (), number: int = 1, skew: float = 0.0) -> PageContent:
    """A page of these fragments."""
    facts = PageFacts(number, WIDTH, HEIGHT, "pt", 0, "test", skew)
    return PageContent(facts, tuple(fragments), tuple(rulings))


def across(y: float, x0: float, x1: float) -> Box:
    """A horizontal ruling."""
    return Box(x0, y - 0.3, x1, y + 0.3)


def down(x: float, y0: float, y1: float) -> Box:
    """A vertical ruling."""
    return Box(x - 0.3, y0, x + 0.3, y1)
