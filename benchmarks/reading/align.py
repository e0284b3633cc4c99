"""Which characters of a page an engine read, whatever order and pieces it gave them in.

The measure follows the flexible character accuracy of Clausner, Pletschacher and Antonacopoulos ("Flexible character
accuracy measure for reading-order-independent evaluation of OCR results", Pattern Recognition Letters 131, 2020):
lines of truth and of output are matched piece by piece, the best match first; what a match leaves over of a line is
matched on. Reading order therefore costs nothing here; it is measured for itself (``metrics.Order``). Beyond that
paper, place counts: output boxes are taken back to the page's points, pieces further apart than ``REACH`` never match,
and of equal texts the nearer wins, so that "98" in one cell does not stand for "98" in another.

Texts are compared as they are, but for: runs of white space are one space; the bullet of a list item is left out on
both sides; curved quotes and dashes of any length count as straight ones.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from chartstream.extraction.fragments import Box

REACH = (140.0, 40.0)
"""Points across and down between two pieces that may still be the same text: lines are about 14 apart."""

_LINE, _WORD = 12.0, 90.0  # points down, and across, that cost as much as one character
_ALIKE = 45.0  # in percent: pieces less alike are different texts
_LEEWAY = 3  # characters by which the ends of a match may be off at first
_SAME = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-", "\u2212": "-"}
)
_BULLET = re.compile(r"^[-*\u2022\u00b7\u25cf\u25aa\u2219\u25e6](?: |$)")


def plain(text: str) -> str:
    """A text as it is compared."""
    return _BULLET.sub("", " ".join(text.translate(_SAME).split()))


@dataclass(frozen=True, slots=True)
class Unit:
    """One line of truth or of output, ``plain``, with its box in points of the page."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """Characters ``begin`` to ``end`` of unit ``unit``."""

    unit: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Match:
    """A piece of truth and the piece of output that reads it."""

    truth: Piece
    output: Piece


@dataclass(frozen=True, slots=True)
class Alignment:
    """All matches of a page, and what nothing matches."""

    truth: Sequence[Unit]
    output: Sequence[Unit]
    matches: Sequence[Match]
    unread: Sequence[Piece]
    invented: Sequence[Piece]

    def equal(self) -> dict[tuple[int, int], tuple[int, int]]:
        """(truth unit, offset) to (output unit, offset) of every character that was read right."""
        found = {}
        for match in self.matches:
            t, o = match.truth, match.output
            left, right = self.truth[t.unit].text[t.begin : t.end], self.output[o.unit].text[o.begin : o.end]
            for code in Levenshtein.opcodes(left, right):
                if code.tag == "equal":
                    for i in range(code.src_end - code.src_start):
                        source = (t.unit, t.begin + code.src_start + i)
                        found[source] = (o.unit, o.begin + code.dest_start + i)
        return found

    def errors(self, match: Match) -> int:
        """Insertions, deletions and substitutions within a match."""
        t, o = match.truth, match.output
        left, right = self.truth[t.unit].text[t.begin : t.end], self.output[o.unit].text[o.begin : o.end]
        return Levenshtein.distance(left, right)


def align(truth: Sequence[Unit], output: Sequence[Unit]) -> Alignment:
    """Match two pages."""
    return _Matching(truth, output).run()


class _Matching:
    """Pieces that are still free, and a heap of the pairs among them, the most promising first."""

    def __init__(self, truth: Sequence[Unit], output: Sequence[Unit]) -> None:
        self._truth, self._output = truth, output
        self._free = tuple(
            {Piece(i, 0, len(unit.text)) for i, unit in enumerate(units) if unit.text} for units in (truth, output)
        )
        self._heap: list[tuple[float, int, int, Piece, Piece]] = []

    def run(self) -> Alignment:
        matches = []
        for t, o in product(*self._free):
            self._consider(t, o)
        while self._heap:
            *_, t, o = heapq.heappop(self._heap)
            if t in self._free[0] and o in self._free[1]:
                matches.append(self._take(t, o))
        unread, invented = (sorted(free, key=lambda p: (p.unit, p.begin)) for free in self._free)
        return Alignment(self._truth, self._output, matches, unread, invented)

    def _text(self, side: int, piece: Piece) -> str:
        return (self._truth, self._output)[side][piece.unit].text[piece.begin : piece.end]

    def _consider(self, t: Piece, o: Piece) -> None:
        away = _away(_part(self._truth[t.unit], t), _part(self._output[o.unit], o))
        if away is None:
            return
        left, right = self._text(0, t), self._text(1, o)
        alike = fuzz.partial_ratio(left, right, score_cutoff=_ALIKE)
        gain = min(len(left), len(right)) * (2 * alike / 100 - 1) - away
        if alike and (min(len(left), len(right)) > 1 or alike == 100.0):
            heapq.heappush(self._heap, (-gain, t.unit, o.unit, t, o))

    def _take(self, t: Piece, o: Piece) -> Match:
        left, right = self._text(0, t), self._text(1, o)
        if len(left) <= len(right):
            begin, end = _window(left, right)
            match = Match(t, Piece(o.unit, o.begin + begin, o.begin + end))
        else:
            begin, end = _window(right, left)
            match = Match(Piece(t.unit, t.begin + begin, t.begin + end), o)
        for side, whole, used in ((0, t, match.truth), (1, o, match.output)):
            self._free[side].remove(whole)
            for rest in self._rests(side, whole, used):
                self._free[side].add(rest)
                for other in self._free[1 - side]:
                    self._consider(*((rest, other) if side == 0 else (other, rest)))
        return match

    def _rests(self, side: int, whole: Piece, used: Piece) -> Iterator[Piece]:
        for begin, end in ((whole.begin, used.begin), (used.end, whole.end)):
            text = self._text(side, Piece(whole.unit, begin, end))
            if text.strip():
                lead = len(text) - len(text.lstrip())
                yield Piece(whole.unit, begin + lead, begin + lead + len(text.strip()))


def _window(short: str, long: str) -> tuple[int, int]:
    """Where in the longer text the shorter stands with the fewest errors.

    Where that is level: at bounds of words, and then as much of the text as possible.
    """
    first = fuzz.partial_ratio_alignment(short, long)
    if first is None:
        return 0, len(long)
    around = range(-_LEEWAY, _LEEWAY + 1)
    begins = sorted({min(max(first.dest_start + d, 0), len(long)) for d in around})
    ends = sorted({min(max(first.dest_end + d, 0), len(long)) for d in around})
    windows = [(b, e) for b, e in product(begins, ends) if b < e]
    return min(windows, key=lambda w: (Levenshtein.distance(short, long[w[0] : w[1]]), _cuts(long, *w), w[0] - w[1]))


def _cuts(text: str, begin: int, end: int) -> int:
    """How many words a window would cut."""
    return (begin > 0 and text[begin - 1] != " " and text[begin] != " ") + (
        end < len(text) and text[end - 1] != " " and text[end] != " "
    )


def _part(unit: Unit, piece: Piece) -> Box:
    """The share of a unit's box that a piece takes, by its characters."""
    share = unit.box.width / max(len(unit.text), 1)
    left = unit.box.x0
    return Box(left + piece.begin * share, unit.box.y0, left + piece.end * share, unit.box.y1)


def _away(one: Box, other: Box) -> float | None:
    """The distance of two pieces in characters of gain, None beyond ``REACH``."""
    across = max(one.x0 - other.x1, other.x0 - one.x1, 0.0)
    down = abs(one.y0 + one.y1 - other.y0 - other.y1) / 2
    if across > REACH[0] or down > REACH[1]:
        return None
    return down / _LINE + across / _WORD
