"""Where the parts of a document stand: looked up by page and offset, quick enough for charts of hundreds of pages."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chartstream.events.extraction import Box, Section, TextLine, TextWord
from chartstream.viewer.seen import SeenDocument

Placed = TextWord | TextLine


@dataclass(frozen=True, slots=True)
class Numbered:
    """A word, or a line where words have no places of their own, with the key that it has everywhere."""

    key: str
    item: Placed


class Places:
    """An index over one document. Offsets count in its text; boxes are fractions of the upright page."""

    def __init__(self, document: SeenDocument) -> None:
        text = document.text
        letter = "w" if text.words else "l"
        items: Sequence[Placed] = text.words or text.lines
        self.words = [Numbered(f"{letter}{number}", item) for number, item in enumerate(items)]
        self._words = {page: _Row(found) for page, found in _by_page(items).items()}
        self._lines = {page: _Row(found) for page, found in _by_page(text.lines).items()}
        self._all_lines = text.lines
        self._line_ends = [line.end for line in text.lines]
        self._regions = text.regions
        self._region_begins = [region.begin for region in text.regions]
        self._section_begins = [start_of(section) for section in document.sections]

    def word_boxes(self, page: int, begin: int, end: int) -> list[Box]:
        """Boxes on a page of the words that a stretch of text touches."""
        return self._words[page].touched(begin, end) if page in self._words else []

    def line_boxes(self, page: int, begin: int, end: int) -> list[Box]:
        """Boxes on a page of the lines that a stretch of text touches."""
        return self._lines[page].touched(begin, end) if page in self._lines else []

    def page_at(self, begin: int, end: int) -> int | None:
        """The page on which the first line stands that a stretch of text touches."""
        at = bisect_right(self._line_ends, begin)
        return self._all_lines[at].page if at < len(self._all_lines) and self._all_lines[at].begin < end else None

    def region_at(self, begin: int) -> int | None:
        """The index of the region that a character stands in."""
        at = bisect_right(self._region_begins, begin) - 1
        return at if at >= 0 and begin < self._regions[at].end else None

    def section_at(self, begin: int) -> int | None:
        """The index of the section that a character stands in; a section goes on until the next one begins."""
        at = bisect_right(self._section_begins, begin) - 1
        return at if at >= 0 else None

    def keys_around(self, begin: int) -> list[str]:
        """Keys of what a character lies in, the nearest first: region, section."""
        region, section = self.region_at(begin), self.section_at(begin)
        return [*([] if region is None else [f"r{region}"]), *([] if section is None else [f"s{section}"])]


def start_of(section: Section) -> int:
    """Where a section begins, its heading included."""
    return section.begin if section.title_begin is None else section.title_begin


class _Row:
    """Items of one page in the order of the text; they do not overlap."""

    def __init__(self, items: Sequence[Placed]) -> None:
        self._items = items
        self._begins = [item.begin for item in items]
        self._ends = [item.end for item in items]

    def touched(self, begin: int, end: int) -> list[Box]:
        first, last = bisect_right(self._ends, begin), bisect_left(self._begins, end)
        return [item.box for item in self._items[first:last]]


def _by_page(items: Iterable[Placed]) -> dict[int, list[Placed]]:
    found: dict[int, list[Placed]] = {}
    for item in items:
        found.setdefault(item.page, []).append(item)
    return found
