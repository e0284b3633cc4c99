"""Which stretches of a note state a diagnosis: problem headings and lists first, sentences where there are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from chartstream.coding.model import Document, Section
from chartstream.coding.passages.section_rules import roles

# Looked for by their marks first, then by what stands before these: a search skips to the next mark at once.
_MARK: Final = r"[.!?;\n\r]"
_FULL_STOP: Final = r"(?<=[.!?])(?<!\bDr.)(?<!\bMr.)(?<!\bMs.)(?<!\bMrs.)(?<!\bvs.)(?=\s|$)"
SENTENCE_END: Final = re.compile(rf"{_MARK}(?:{_FULL_STOP}|(?<=[\n\r])[\n\r]*|(?<=;))")

# The same, but a line that goes on in lower case after a full line is the same sentence, broken by the page's width.
_WRAPPED_END: Final = re.compile(
    rf"{_MARK}(?:{_FULL_STOP}|(?:(?<=\n)(?:(?<![^\n]{{50}}\n)|(?![a-z]))|(?<=\r))[\n\r]*|(?<=;))"
)


class Kind(IntEnum):
    """How a statement was made; the lower, the surer that it names a diagnosis of this encounter.

    ``STATED`` is running text that says it states a diagnosis ("I believe she has ...", "MRI shows ...").
    """

    LISTED = 1
    HEADING = 2
    STATED = 3
    SENTENCE = 4
    REASON = 5


@dataclass(frozen=True, slots=True)
class Statement:
    """A stretch that may name a diagnosis and, up to ``block_end``, what is said about it. Offsets: code points.

    Only what begins at ``named_from`` or behind it is named by the statement; the words before it lead up to that.
    """

    document: Document
    section: Section
    begin: int
    end: int
    block_end: int
    kind: Kind
    named_from: int = 0


def sentences(document: Document, role: str, kind: Kind) -> Iterator[Statement]:
    """The sentences of the sections that have ``role``."""
    for section in document.sections:
        if roles().roles.get(section.kind) == role:
            yield from sentences_of(document, section, start_of(section), section.end, kind)


def sentences_of(document: Document, section: Section, begin: int, end: int, kind: Kind) -> Iterator[Statement]:
    """The sentences of ``text[begin:end]``, which lies in ``section``."""
    for match in (*_WRAPPED_END.finditer(document.text, begin, end), None):
        stop = match.start() if match else end
        if document.text[begin:stop].strip():
            yield Statement(document, section, begin, stop, stop, kind)
        begin = match.end() if match else stop


def start_of(section: Section) -> int:
    """Where the words of a section begin, behind its title."""
    return section.begin if section.title_end is None else max(section.begin, section.title_end)
