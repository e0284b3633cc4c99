"""The notes of the tabular list as instructions: who prints them, which codes they name, whether they demand one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from chartstream.codesets import CodeSet
from chartstream.codesets.catalogue import NoteKind
from chartstream.errors import ConfigurationError
from chartstream.validation.references import References, plain, references_in

_FILE = "notes.yaml"
_CONFIG = ConfigDict(frozen=True, extra="forbid")

# "Code first underlying disease" names something that must be there; "code first, if applicable" need not be.
_CONDITION = re.compile(r"\b(?:if\s+(?:applicable|known|present)|any|complicating)\b")
# An additional code is demanded where the note names one thing, not a list of what may go with the code.
_OPEN = re.compile(r"\b(?:if|any|such as|associated|presence of|when|where|including|or radiation-induced)\b|:$")


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

    kind: NoteKind
    entry: str
    begins: str
    reads: str
    why: str


class _HoldsFor(BaseModel):
    model_config = _CONFIG

    kind: NoteKind
    entry: str
    codes: str
    why: str


class _Conditional(BaseModel):
    model_config = _CONFIG

    kind: NoteKind
    entries: tuple[str, ...]
    why: str


class _NoteRules(BaseModel):
    model_config = _CONFIG

    readings: tuple[_Reading, ...]
    holds_for: tuple[_HoldsFor, ...]
    conditional: tuple[_Conditional, ...]


@lru_cache(maxsize=50_000)
def notes_of(codes: CodeSet, code: str, kind: NoteKind) -> tuple[Note, ...]:
    """The notes of ``kind`` that hold for ``code``, its own first, each as often as it is printed in a line of its own.

    A reference to the very codes that the entry holds is left out: a note does not speak against its own entry.
    """
    return tuple(
        note
        for entry, text in codes.notes(code, kind)
        if _holds(kind, entry, code)
        for note in _instructions(kind, entry, text)
    )


def _holds(kind: NoteKind, entry: str, code: str) -> bool:
    rows = (row for row in _rules().holds_for if row.kind == kind and row.entry == entry)
    return all(references_in(row.codes).match(plain(code)) for row in rows)


def _instructions(kind: NoteKind, entry: str, text: str) -> Iterator[Note]:
    if kind in {"excludes1", "excludes2"}:
        yield Note(entry, text, _without_own(_read(kind, entry, text), entry), demands=False)
    elif kind == "code_first":
        demands = not _CONDITION.search(text) and ("\n" not in text.strip() or "such as" in text)
        yield Note(entry, text, _read(kind, entry, text), demands and not _conditional(kind, entry))
    else:
        for part in _parts(text):
            demands = "\n" not in part and not _OPEN.search(part) and not _conditional(kind, entry)
            yield Note(entry, part, _read(kind, entry, part), demands)


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


def _read(kind: NoteKind, entry: str, text: str) -> References:
    words = text.strip()
    for row in _rules().readings:
        if row.kind == kind and row.entry == entry and words.startswith(row.begins):
            return references_in(row.reads)
    return references_in(text)


def _without_own(references: References, entry: str) -> References:
    kept = tuple(prefix for prefix in references.prefixes if not prefix.startswith(plain(entry)))
    return replace(references, prefixes=kept)


def _conditional(kind: NoteKind, entry: str) -> bool:
    return any(row.kind == kind and entry in row.entries for row in _rules().conditional)


@cache
def _rules() -> _NoteRules:
    text = (files("chartstream.validation") / "data" / _FILE).read_text(encoding="utf-8")
    try:
        return _NoteRules.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"{_FILE} of the edits does not hold: {error}; install the package again") from error
