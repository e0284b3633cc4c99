"""The tabular list's own instructions, read into ranges of codes: code first, use additional code, code also.

They decide two things: which code stands before which (guidelines I.A.13 and I.A.17), and which codes another one asks
for. Notes without a code ("code first underlying disease") order nothing and are left to the coder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from chartstream.codesets import CodeSet

_CODE: Final = r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]*)?"
_CODES: Final = re.compile(rf"(?<![A-Za-z0-9])({_CODE})(?:\s*-+\s*({_CODE}))?(?![a-z])")
# "For codes G31.0-G31.83, to identify ...": the codes that the note stands at, not what it asks for.
_HOLDERS: Final = re.compile(r"\bfor codes\b[^a-z]*")
_CHARACTER: Final = re.compile(
    r"\bwith (?P<places>(?:fifth|sixth|six|5th|6th|or|\s)+) characters?,? (?P<low>\d)(?:-(?P<high>\d))?"
    r"|\bwith final characters? -?(?P<ending>\d+)"
)
_CHAPTERS: Final = {"Chapter 1": ("A00", "B99"), "Chapter 20": ("V00", "Y99")}
_CHAPTER: Final = re.compile(r"\bChapter (?:1|20)\b")
_PLACES: Final = {"fifth": 4, "5th": 4, "sixth": 5, "six": 5, "6th": 5}


class InstructionKind(StrEnum):
    """Which note of the tabular list it is."""

    CODE_FIRST = "code_first"
    USE_ADDITIONAL = "use_additional"
    CODE_ALSO = "code_also"


@dataclass(frozen=True, slots=True)
class CodeRange:
    """Codes from ``first`` to ``last``, both inclusive with all below them, written without dots.

    ``characters`` narrows it to codes with one of these at one of ``places`` (from 0); ``ending`` to those ending so.
    """

    first: str
    last: str
    characters: frozenset[str] = frozenset()
    places: tuple[int, ...] = ()
    ending: str = ""

    def covers(self, code: str) -> bool:
        """Whether ``code`` (with or without its dot) lies in the range."""
        plain = code.replace(".", "")
        if not (self.first <= plain[: max(len(self.first), 3)] and plain[: len(self.last)] <= self.last):
            return False
        if self.places and not any(plain[place : place + 1] in self.characters for place in self.places):
            return False
        return plain.endswith(self.ending)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One note: the entry that prints it, its words, and the codes it names."""

    holder: str
    kind: InstructionKind
    text: str
    ranges: Sequence[CodeRange]

    def covers(self, code: str) -> bool:
        """Whether the note names ``code``."""
        return any(found.covers(code) for found in self.ranges)


class Instructions:
    """The instructions of one release. Reads each entry's notes once."""

    def __init__(self, codes: CodeSet) -> None:
        self._codes = codes
        self._read = lru_cache(maxsize=4096)(self._notes)

    def of(self, code: str, kind: InstructionKind) -> Sequence[Instruction]:
        """The notes of ``kind`` that hold for ``code``, its own first, then its ancestors'. Empty if it is unknown."""
        return self._read(code, kind)

    def asking(self, code: str, other: str, kind: InstructionKind) -> Instruction | None:
        """The note of ``kind`` at ``code`` that names ``other``, or None."""
        return next((note for note in self.of(code, kind) if note.covers(other)), None)

    def names(self, code: str, other: str) -> bool:
        """Whether a note at ``code`` asks for ``other`` beside it, so that ``code`` does not include it."""
        kinds = (InstructionKind.USE_ADDITIONAL, InstructionKind.CODE_ALSO)
        return any(self.asking(code, other, kind) is not None for kind in kinds)

    def must_precede(self, code: str) -> Sequence[CodeRange]:
        """What stands before ``code`` where a claim has both: the codes that its notes say to code first."""
        return tuple(found for note in self.of(code, InstructionKind.CODE_FIRST) for found in note.ranges)

    def must_follow(self, code: str) -> Sequence[CodeRange]:
        """What stands behind ``code`` where a claim has both: the additional codes that its notes ask for."""
        return tuple(found for note in self.of(code, InstructionKind.USE_ADDITIONAL) for found in note.ranges)

    def ordering(self, first: str, second: str) -> Instruction | None:
        """The note by which ``first`` stands before ``second`` (guidelines I.A.13, I.A.17), or None.

        "Code first" is the stronger: it wins where a "use additional code" of the other says the opposite. Notes that
        contradict each other equally order nothing, so no two codes are ever each before the other.
        """
        for kind, there, back in (
            (InstructionKind.CODE_FIRST, (second, first), (first, second)),
            (InstructionKind.USE_ADDITIONAL, (first, second), (second, first)),
        ):
            note, opposite = self.asking(*there, kind), self.asking(*back, kind)
            if note is not None or opposite is not None:
                return note if opposite is None else None
        return None

    def _notes(self, code: str, kind: InstructionKind) -> tuple[Instruction, ...]:
        return tuple(
            Instruction(holder, kind, " ".join(text.split()), tuple(self._ranges(text)))
            for holder, text in self._codes.notes(code, kind.value)
        )

    def _ranges(self, text: str) -> Iterator[CodeRange]:
        for chapter in _CHAPTER.findall(text):
            yield CodeRange(*_CHAPTERS[chapter])
        stripped = _HOLDERS.sub(" ", text)
        for match in _CODES.finditer(stripped):
            # "Vitamin B12" looks like a category and is none.
            if match[1][:3] in self._codes:
                first, last = (part.replace(".", "") for part in (match[1], match[2] or match[1]))
                yield _narrowed(first, last, stripped, match.end())


def _narrowed(first: str, last: str, text: str, at: int) -> CodeRange:
    """The range whose codes end at ``at`` of ``text``, narrowed by what the rest of its parenthesis says."""
    rest = re.split(r"[)\n]", text[at:], maxsplit=1)[0]
    condition = _CHARACTER.search(rest)
    if condition is None:
        return CodeRange(first, last)
    if condition["ending"]:
        return CodeRange(first, last, ending=condition["ending"])
    low, high = int(condition["low"]), int(condition["high"] or condition["low"])
    characters = frozenset(str(number) for number in range(low, high + 1))
    places = tuple(dict.fromkeys(_PLACES[word] for word in condition["places"].split() if word in _PLACES))
    return CodeRange(first, last, characters, places)


@lru_cache(maxsize=4)
def instructions(codes: CodeSet) -> Instructions:
    """The instructions of a release, read once for all encounters."""
    return Instructions(codes)
