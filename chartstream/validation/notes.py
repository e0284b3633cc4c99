"""The notes of the tabular list as instructions: who prints them, which codes they name, whether they demand one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from chartstream.codesets import Code, CodeSet
from chartstream.errors import ConfigurationError
from chartstream.validation.references import References, plain, references_in

Instruction = Literal["excludes1", "excludes2", "code_first", "use_additional", "code_also"]
"""The kinds of notes that speak of other codes."""

_FILE = "notes.yaml"
_CONFIG = ConfigDict(frozen=True, extra="forbid")

# "Code first underlying disease" names something that must be there; "code first, if applicable" need not be.
_CONDITION = re.compile(r"\b(?:if\s+(?:applicable|known|present)|any|complicating)\b")
# An additional code is demanded where the note names one thing, not a list of what may go with the code.
_OPEN = re.compile(r"\b(?:if|any|such as|associated|presence of|when|where|including|or radiation-induced)\b|:$")

# What a note asks for, and only a culture makes known or no law requires: organisms, resistance, causes from outside.
_SELDOM_KNOWN = ("B95", "B96", "B97", "Z16", "V", "W", "X", "Y")


@dataclass(frozen=True, slots=True)
class Note:
    """An instruction of the tabular list: the entry that prints it, its words, the codes that it names, and whether it
    demands one (else it speaks of what may be there).
    """

    entry: str
    text: str
    references: References
    demands: bool

    @property
    def depth(self) -> int:
        """How near to the codes it is printed: 1 for a chapter, 2 for a block, else the characters of the entry."""
        if "-" in self.entry:
            return 2
        return len(plain(self.entry)) if len(self.entry) >= 3 else 1


class _Reading(BaseModel):
    model_config = _CONFIG

    kind: Instruction
    entry: str
    begins: str
    reads: str
    why: str


class _HoldsFor(BaseModel):
    model_config = _CONFIG

    kind: Instruction
    entry: str
    codes: str
    why: str


class _Conditional(BaseModel):
    model_config = _CONFIG

    kind: Instruction
    entries: tuple[str, ...]
    why: str


class _NoteRules(BaseModel):
    model_config = _CONFIG

    readings: tuple[_Reading, ...]
    holds_for: tuple[_HoldsFor, ...]
    conditional: tuple[_Conditional, ...]


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes of a kind that hold for a code, its own first; those that demand; the categories that they name."""

    every: tuple[Note, ...] = ()
    demanding: tuple[Note, ...] = ()
    categories: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CodeNotes:
    """All notes that hold for a code. Codes without notes of their own share what the entry above them has."""

    excludes1: Notes = Notes()
    excludes2: Notes = Notes()
    code_first: Notes = Notes()
    use_additional: Notes = Notes()
    code_also: Notes = Notes()


@lru_cache(maxsize=50_000)
def notes_of(codes: CodeSet, code: str) -> CodeNotes:
    """The notes that hold for ``code``; none where the release does not have it."""
    entry = codes.get(code)
    if entry is None:
        return CodeNotes()
    found = _notes_at(codes, entry)
    for row in _rules().holds_for:
        limits = references_in(row.codes)
        if plain(code)[:3] in limits.categories and not limits.match(plain(code)):
            kept = (note for note in getattr(found, row.kind).every if note.entry != row.entry)
            found = replace(found, **{row.kind: _gathered(tuple(kept))})
    return found


def _notes_at(codes: CodeSet, entry: Code) -> CodeNotes:
    above = _notes_above(codes, entry.parent) if entry.parent is not None else CodeNotes()
    own = {kind: tuple(_printed(kind, entry)) for kind in get_args(Instruction)}
    changed = {kind: _gathered((*notes, *getattr(above, kind).every)) for kind, notes in own.items() if notes}
    return replace(above, **changed) if changed else above


@lru_cache(maxsize=50_000)
def _notes_above(codes: CodeSet, parent: str) -> CodeNotes:
    entry = codes.get(parent)
    return CodeNotes() if entry is None else _notes_at(codes, entry)


def _gathered(notes: tuple[Note, ...]) -> Notes:
    categories = frozenset[str]().union(*(note.references.categories for note in notes))
    return Notes(notes, tuple(note for note in notes if note.demands), categories)


def _printed(kind: Instruction, entry: Code) -> Iterator[Note]:
    if kind == "excludes2" and (len(entry.code) < 3 or "-" in entry.code):
        return  # a chapter's or a block's says what other chapters hold, which tells a coder nothing
    printed: str | Sequence[str] = getattr(entry, kind)
    for text in (printed,) if isinstance(printed, str) else printed:
        if text:
            yield from _instructions(kind, entry.code, text)


def _instructions(kind: Instruction, entry: str, text: str) -> Iterator[Note]:
    if kind in {"excludes1", "excludes2"}:
        yield Note(entry, text, _without_own(_read(kind, entry, text), entry), demands=False)
    elif kind == "code_first":
        demands = not _CONDITION.search(text) and ("\n" not in text.strip() or "such as" in text)
        yield Note(entry, text, _read(kind, entry, text), demands and not _conditional(kind, entry))
    else:
        for part in _parts(text):
            references = _read(kind, entry, part)
            open_ended = "\n" in part or _OPEN.search(part) is not None or _seldom_known(references)
            yield Note(entry, part, references, demands=not open_ended and not _conditional(kind, entry))


def _seldom_known(references: References) -> bool:
    return any(category.startswith(_SELDOM_KNOWN) for category in references.categories)


def _parts(text: str) -> Sequence[str]:
    """A note of several instructions, one each: a list belongs to the line that opens it."""
    parts: list[str] = []
    for line in (line.strip() for line in text.splitlines()):
        if parts and _opens(parts[-1]) and not re.match(r"codes?\b|code\(s\)|external cause code", line):
            parts[-1] += "\n" + line
        elif line:
            parts.append(line)
    return parts


def _opens(part: str) -> bool:
    return part.splitlines()[0].rstrip().endswith(":")


def _read(kind: Instruction, entry: str, text: str) -> References:
    words = text.strip()
    for row in _rules().readings:
        if row.kind == kind and row.entry == entry and words.startswith(row.begins):
            return references_in(row.reads)
    return references_in(text)


def _without_own(references: References, entry: str) -> References:
    kept = tuple(prefix for prefix in references.prefixes if not prefix.startswith(plain(entry)))
    return replace(references, prefixes=kept)


def _conditional(kind: Instruction, entry: str) -> bool:
    return any(row.kind == kind and entry in row.entries for row in _rules().conditional)


@cache
def _rules() -> _NoteRules:
    text = (files("chartstream.validation") / "data" / _FILE).read_text(encoding="utf-8")
    try:
        return _NoteRules.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"{_FILE} of the edits does not hold: {error}; install the package again") from error
