"""Section boundaries on our own notes: precision, recall and F1.

python -m benchmarks.reading.sections [--json FILE] [--misses]

``section_notes/*.txt`` are notes with ``{{kind}}`` before the words of each heading (before the first word of a part
that has none); ``{{bold}}`` marks a line as set in bold. Half A (a....txt) was read while the rules were written; B
(b....txt) was written before the rules had seen it, and read afterwards. A boundary is right when a section of the same
kind begins its title there.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from chartstream.extraction.readtext import ReadText, TextBuilder
from chartstream.extraction.sections import find_sections

NOTES = Path(__file__).parent / "section_notes"
_MARK = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True, slots=True)
class MarkedNote:
    """A note as read, and the boundaries that it has: offsets of titles (or of untitled parts) with their kinds."""

    name: str
    read: ReadText
    boundaries: frozenset[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Score:
    """How many boundaries there are, how many were found, and how many of those are right."""

    notes: int
    expected: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """Share of the found boundaries that are right."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the expected boundaries that were found."""
        return self.right / self.expected if self.expected else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def marked_notes() -> Iterator[MarkedNote]:
    """Every note of ``section_notes`` in order of its name."""
    for path in sorted(NOTES.glob("*.txt")):
        yield _parsed(path.stem, path.read_text("utf-8").rstrip("\n"))


def _parsed(name: str, source: str) -> MarkedNote:
    builder = TextBuilder()
    boundaries = set()
    offset = 0
    for marked in source.split("\n"):
        kinds, pieces = [], []
        for number, piece in enumerate(_MARK.split(marked)):
            if number % 2 == 0:
                pieces.append(piece)
            elif piece == "bold":
                kinds.append(piece)
            else:
                boundaries.add((offset + len("".join(pieces)), piece))
        line = "".join(pieces).rstrip()
        builder.add_line(line, emphasised="bold" in kinds)
        offset += len(line) + 1
    return MarkedNote(name, builder.build(), frozenset(boundaries))


def found_boundaries(read: ReadText) -> frozenset[tuple[int, str]]:
    """What the extraction finds: begin of each title, or of each untitled part, with its kind; the head apart."""
    return frozenset(
        (section.begin if section.title_begin is None else section.title_begin, section.kind)
        for section in find_sections(read)
        if section.kind != "header"
    )


def score(notes: Iterable[MarkedNote], *, with_kind: bool = True) -> Score:
    """Boundaries over all notes together; without kinds, only where they are."""
    count = expected = found = right = 0
    for note in notes:
        theirs = {each if with_kind else each[0] for each in note.boundaries}
        ours = {each if with_kind else each[0] for each in found_boundaries(note.read)}
        count, expected, found, right = count + 1, expected + len(theirs), found + len(ours), right + len(theirs & ours)
    return Score(count, expected, found, right)


def measure() -> dict[str, dict[str, float]]:
    """Figures of half A, half B and all notes: counts, precision, recall, F1, and F1 of the places alone."""
    notes = list(marked_notes())
    halves = {
        "A": [note for note in notes if note.name.startswith("a")],
        "B": [note for note in notes if note.name.startswith("b")],
        "all": notes,
    }
    figures = {}
    for half, members in halves.items():
        exact, places = score(members), score(members, with_kind=False)
        figures[half] = {
            **asdict(exact),
            "precision": exact.precision,
            "recall": exact.recall,
            "f1": exact.f1,
            "f1_places": places.f1,
        }
    return figures


def _misses(console: Console) -> None:
    for note in marked_notes():
        text = note.read.text
        ours = found_boundaries(note.read)
        for begin, kind in sorted(note.boundaries ^ ours):
            sign = "missing" if (begin, kind) in note.boundaries else "too many"
            console.print(f"{note.name}: {sign} {kind}: {text[begin : begin + 40]!r}", markup=False, highlight=False)


def main() -> None:
    """Print the table; write the figures as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--misses", action="store_true", help="list every boundary that is missing or too many")
    options = parser.parse_args()
    console = Console()
    if options.misses:
        _misses(console)
    figures = measure()
    table = Table(
        "half", "notes", "boundaries", "precision", "recall", "F1", "F1 of places", title="Section boundaries"
    )
    for half, row in figures.items():
        shares = (f"{row[name]:.4f}" for name in ("precision", "recall", "f1", "f1_places"))
        table.add_row(half, str(row["notes"]), str(row["expected"]), *shares)
    console.print(table)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
