"""What is counted on one page, and how counts become figures.

- *Character error rate*: errors within matches, plus characters of truth that nothing matches, plus characters of
  output that match nothing, to characters of truth (``align``). Print only; stamps and handwriting are counted apart
  (``marks``), and output that matches nothing and lies on such a mark is counted there.
- *Word recall*: words of truth that stand whole and alone in the output, at their place.
- *Number accuracy*: every word with a digit, with the unit behind it, and without the stop or comma that ends its
  sentence: all of its characters right, one after the other, and no further digit or letter against it. "5 mg" read
  as "5mg", "84.0" as "84,0" or "84" are wrong.
- *Order*: of all pairs of words read right, the share that stands the other way round: Kendall's distance, normalised
  (Lapata, "Automatic evaluation of information ordering: Kendall's tau", Computational Linguistics 32(4), 2006).
  ``breaks``: of words that follow one another in the truth, both read right, the share with other words between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Self

import numpy as np

from benchmarks.reading.align import Alignment, Piece, Unit, align, plain
from benchmarks.reading.truth import MARKS, Kind, Page
from benchmarks.reading.variants import Matrix
from chartstream.extraction.fragments import Box

_UNITS = (
    r"%|mg/dL|mg/kg/day|mcg/kg/min|mg/day|mg/m2|mg/mL|mg/L|mg/g|mg|mcg|mL/min/1\.73 m2|mL/min|mL/h|mL/s|mL|g/dL|g|"
    r"kg/m2|kg|mmol/L|mmHg|mm|mEq|mIU/L|IU|U/L|units/h|units|ng/mL|ng/dL|pg/mL|cm2|cmH2O|cm|m2|fL|C|F|h|min|L/min"
)
NUMBER = re.compile(rf"(?<![^\s(])[^\s(]*\d\S*?(?=[.,;:)]*(?:\s|$))(?: (?:{_UNITS})(?![\w/^]))?")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that an engine gave, in its own order; its box is in pixels of the ``frame`` (width, height) it read."""

    text: str
    box: Box


@dataclass(slots=True)
class Counts:
    """Sums over pages; the properties are shares."""

    pages: int = 0
    characters: int = 0
    errors: int = 0
    marks: int = 0
    mark_errors: int = 0
    words: int = 0
    words_right: int = 0
    numbers: int = 0
    numbers_right: int = 0
    pairs: int = 0
    pairs_turned: int = 0
    neighbours: int = 0
    neighbours_parted: int = 0

    def __iadd__(self, other: Counts) -> Self:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        return self

    @property
    def error_rate(self) -> float:
        """Character error rate of print, 0 upwards."""
        return self.errors / max(self.characters, 1)

    @property
    def mark_error_rate(self) -> float:
        """Character error rate of stamps and handwriting."""
        return self.mark_errors / max(self.marks, 1)

    @property
    def word_recall(self) -> float:
        """Words right, 0 to 1."""
        return self.words_right / max(self.words, 1)

    @property
    def number_accuracy(self) -> float:
        """Numbers right, 0 to 1."""
        return self.numbers_right / max(self.numbers, 1)

    @property
    def order_error(self) -> float:
        """Pairs of words in the wrong order, 0 to 1."""
        return self.pairs_turned / max(self.pairs, 1)

    @property
    def breaks(self) -> float:
        """Neighbours that are none any more, 0 to 1."""
        return self.neighbours_parted / max(self.neighbours, 1)


@dataclass(frozen=True, slots=True)
class Compared:
    """A page and what an engine made of it, matched. ``kinds``: of each truth unit. ``lines``: the output unit of each
    line that the engine gave."""

    page: Page
    kinds: Sequence[Kind]
    alignment: Alignment
    equal: dict[tuple[int, int], tuple[int, int]]

    def reads(self, unit: int, begin: int, end: int) -> Piece | None:
        """The piece of output that reads these characters of truth without an error, if there is one."""
        places = [self.equal.get((unit, at)) for at in range(begin, end)]
        first = places[0] if places else None
        if first is None or any(place != (first[0], first[1] + i) for i, place in enumerate(places)):
            return None
        return Piece(first[0], first[1], first[1] + end - begin)


def compare(
    page: Page, lines: Sequence[Line], frame: tuple[float, float], matrix: Matrix, size: tuple[float, float]
) -> Compared:
    """Match an engine's lines to a page.

    ``frame`` is what the engine's boxes refer to: the picture, of ``size`` in pixels, which the engine may have turned
    by right angles and stretched. The turn under which most is matched counts.
    """
    truth, kinds = _truth_units(page)
    best: Alignment | None = None
    for back in _ways_back(frame, matrix, size):
        tried = align(truth, [Unit(plain(line.text), _to_points(line.box, back)) for line in lines])
        if best is None or _matched(tried) > _matched(best):
            best = tried
        if _matched(tried) > 0.5 * sum(len(unit.text) for unit in truth):
            break
    assert best is not None
    return Compared(page, kinds, best, best.equal())


def count(compared: Compared) -> Counts:
    """All counts of one page."""
    counts = Counts(pages=1)
    _count_characters(compared, counts)
    found: list[tuple[int, int] | None] = []
    for unit, kind in enumerate(compared.kinds):
        if kind in MARKS:
            continue
        text = compared.alignment.truth[unit].text
        for word in re.finditer(r"\S+", text):
            piece = compared.reads(unit, *word.span())
            right = piece is not None and _alone(compared.alignment.output[piece.unit].text, piece)
            counts.words += 1
            counts.words_right += right
            found.append((piece.unit, piece.begin) if right and piece else None)
        for number in NUMBER.finditer(text):
            piece = compared.reads(unit, *number.span())
            counts.numbers += 1
            counts.numbers_right += piece is not None and _unextended(compared.alignment.output[piece.unit].text, piece)
    _count_order(found, counts)
    return counts


def _truth_units(page: Page) -> tuple[list[Unit], list[Kind]]:
    pairs = [(Unit(plain(line.text), line.box), region.kind) for region in page.regions for line in region.lines]
    return [unit for unit, _ in pairs], [kind for _, kind in pairs]


def _ways_back(frame: tuple[float, float], matrix: Matrix, size: tuple[float, float]) -> Iterator[Matrix]:
    """From the engine's pixels to the page's points, for each turn that the engine may have given the picture."""
    width, height = frame
    turned = np.eye(3)
    for _ in range(4):
        stretched = np.diag([size[0] / width, size[1] / height, 1.0])
        yield np.linalg.inv(matrix) @ stretched @ turned
        turned = np.array([[0, 1, 0], [-1, 0, width], [0, 0, 1.0]]) @ turned
        width, height = height, width


def _to_points(box: Box, back: Matrix) -> Box:
    corners = np.array([[x, y, 1.0] for x in (box.x0, box.x1) for y in (box.y0, box.y1)]) @ back.T
    xs, ys = corners[:, 0] / corners[:, 2], corners[:, 1] / corners[:, 2]
    return Box(float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max()))


def _matched(alignment: Alignment) -> int:
    return sum(match.truth.end - match.truth.begin - alignment.errors(match) for match in alignment.matches)


def _count_characters(compared: Compared, counts: Counts) -> None:
    alignment, kinds = compared.alignment, compared.kinds
    for unit, kind in zip(alignment.truth, kinds, strict=True):
        if kind in MARKS:
            counts.marks += len(unit.text)
        else:
            counts.characters += len(unit.text)
    wrong = [(kinds[match.truth.unit] in MARKS, alignment.errors(match)) for match in alignment.matches]
    wrong += [(kinds[piece.unit] in MARKS, piece.end - piece.begin) for piece in alignment.unread]
    marks = [region.box for region in compared.page.regions if region.kind in MARKS]
    for piece in alignment.invented:
        box = alignment.output[piece.unit].box
        wrong.append((any(_on(box, mark) for mark in marks), piece.end - piece.begin))
    counts.errors += sum(errors for mark, errors in wrong if not mark)
    counts.mark_errors += sum(errors for mark, errors in wrong if mark)


def _on(box: Box, mark: Box) -> bool:
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    return mark.x0 - 12 <= x <= mark.x1 + 12 and mark.y0 - 12 <= y <= mark.y1 + 12


def _alone(text: str, piece: Piece) -> bool:
    return text[piece.begin - 1 : piece.begin].strip() == "" and text[piece.end : piece.end + 1].strip() == ""


def _unextended(text: str, piece: Piece) -> bool:
    before, after = text[: piece.begin], text[piece.end :]
    return not re.search(r"(?:\w|\d[.,/:-])$", before) and not re.match(r"\w|[.,/:-]\d", after)


def _count_order(found: Sequence[tuple[int, int] | None], counts: Counts) -> None:
    places = [place for place in found if place is not None]
    rank = {place: i for i, place in enumerate(sorted(places))}
    order = np.array([rank[place] for place in places], dtype=np.int64)
    counts.pairs += len(order) * (len(order) - 1) // 2
    counts.pairs_turned += int(np.triu(order[:, None] > order[None, :], 1).sum()) if len(order) else 0
    for one, other in pairwise(found):
        if one is not None and other is not None:
            counts.neighbours += 1
            counts.neighbours_parted += rank[other] != rank[one] + 1
