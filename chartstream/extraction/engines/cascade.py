"""Two sizes of one recogniser: what the tiny one is not sure of is read again by the small one, ten times as dear.

Read again are runs of words, not lines: those with a doubtful character, and those with a digit, for the tiny network
drops decimal points ("2.1" as "21") and is sure of itself when it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from chartstream.extraction.engines.engine import Image
from chartstream.extraction.engines.glyphs import Glyph
from chartstream.extraction.engines.spacing import Span, ink_of, words_of

BOUND = 0.99
"""The score that every character of a word must reach for the first reading to stand; see docs."""

PRISTINE_BOUND = 0.95
"""The same on pages with nothing wrong, where a higher one changes nothing but the time."""

_NEAR = 3.0
"""Runs closer together than this many line heights are read as one: the network pads short pictures anyway."""


class Reader(Protocol):
    """Reads the picture of one line; ``glyphs.LineReader`` is one."""

    def read(self, line: Image) -> tuple[Glyph, ...]:
        """The characters from left to right."""
        ...


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A word of a line, by the reader that had the last say; ``agreed``: the first reader saw the same, and
    ``again``: it was read a second time."""

    span: Span
    again: bool = False
    agreed: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """A line as read. ``top`` and ``bottom`` are where its ink begins and ends, as shares of its picture's height."""

    words: tuple[ReadWord, ...]
    top: float
    bottom: float


class Cascade:
    """Two readers as one."""

    def __init__(self, first: Reader, second: Reader) -> None:
        self._first = first
        self._second = second

    def read(self, line: Image, bound: float = BOUND) -> Reading:
        """Read the picture of one line; ``bound`` as in ``BOUND``."""
        ink = ink_of(line)
        spans = words_of(self._first.read(line), ink)
        words: list[ReadWord] = []
        done = 0
        for first, last in self._runs(spans, bound, near=_NEAR * line.shape[0] / line.shape[1]):
            words += [ReadWord(span) for span in spans[done:first]]
            words += self._again(line, spans, first, last)
            done = last + 1
        words += [ReadWord(span) for span in spans[done:]]
        return Reading(tuple(words), ink.top, ink.bottom)

    def _runs(self, spans: Sequence[Span], bound: float, near: float) -> Iterator[tuple[int, int]]:
        """Runs of doubtful words, as indexes of their first and last; ``near`` is a share of the line's width."""
        first: int | None = None
        last = 0
        for at, span in enumerate(spans):
            if not _doubtful(span, bound):
                continue
            if first is not None and span.begin - spans[last].end > near:
                yield first, last
                first = None
            first = at if first is None else first
            last = at
        if first is not None:
            yield first, last

    def _again(self, line: Image, spans: Sequence[Span], first: int, last: int) -> list[ReadWord]:
        """The run as the second reader sees it; as the first did, where the second sees nothing."""
        begin = (spans[first - 1].end + spans[first].begin) / 2 if first else 0.0
        end = (spans[last].end + spans[last + 1].begin) / 2 if last + 1 < len(spans) else 1.0
        width = line.shape[1]
        left, right = round(begin * width), max(round(end * width), round(begin * width) + 1)
        picture = line[:, left:right]
        ink = ink_of(picture)
        once = [span.text for span in spans[first : last + 1]]
        seen = words_of(self._second.read(picture), ink)
        found = [_placed(span, left / width, (right - left) / width) for span in seen]
        if not found:
            return [ReadWord(span, again=True, agreed=False) for span in spans[first : last + 1]]
        return [ReadWord(span, again=True, agreed=span.text in once) for span in found]


def _doubtful(span: Span, bound: float) -> bool:
    return not span.spaced or any(glyph.score < bound or glyph.character.isdigit() for glyph in span.glyphs)


def _placed(span: Span, begin: float, share: float) -> Span:
    """A word of a part of a line as a word of the line; the glyphs keep their places in the part."""
    return replace(span, begin=begin + span.begin * share, end=begin + span.end * share)
