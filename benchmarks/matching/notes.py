"""The notes that are timed: the project's own charts, a gold file, and long notes put together from them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from benchmarks.charts.chart import charts
from chartstream.coding import Document, Section
from chartstream.extraction.plain import read_plain
from chartstream.extraction.sections import find_sections

_BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A note whose sections are found already: that is extraction's work and none of the time measured."""

    text: str
    sections: tuple[Section, ...]

    def document(self, more: str = "") -> Document:
        """As the engine takes it, with ``more`` behind its text."""
        return Document("note", self.text + more, self.sections)


def own_notes() -> list[Note]:
    """The charts of benchmarks/charts."""
    return [_note(chart.note) for chart in charts()]


def gold_notes(path: Path) -> list[Note]:
    """The notes of JSON lines with a "text" each."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [_note(row["text"]) for row in rows]


def joined(notes: Sequence[Note], length: int) -> Note:
    """One note of at least ``length`` characters, of these notes over and over."""
    text, sections = "", []
    for note in cycle(notes):
        sections.extend(Section(s.kind, s.begin + len(text), s.end + len(text)) for s in note.sections)
        text += note.text + _BETWEEN
        if len(text) >= length:
            return Note(text, tuple(sections))
    raise ValueError("there are no notes to join")


def _note(text: str) -> Note:
    read = read_plain(text.encode())
    return Note(read.text, tuple(Section(s.kind, s.begin, s.end) for s in find_sections(read)))
