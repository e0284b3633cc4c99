"""Codes that the Excludes notes of the tabular list speak of."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Literal

from chartstream.codesets import CodeSet
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.notes import CodeNotes, Note, Notes, notes_of
from chartstream.validation.references import plain
from chartstream.validation.registry import Hit, Registry

registry = Registry()


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.A.12.a: an Excludes1 note means not coded here",
    remedy="keep the one that the documentation supports, or acknowledge that the two conditions are unrelated",
    example={"codes": ["E11.9", "E10.9"]},
)
def excludes1(claim: Claim) -> Iterator[Hit]:
    """Two codes that an Excludes1 note keeps apart, unless a note printed nearer to one of them asks for both."""
    codes = claim.code_set
    if codes is None:
        return
    for holder, excluded, note in _pairs(claim, codes, "excludes1"):
        if not _joined(codes, holder, excluded, note.depth):
            message = f"{excluded} does not stand beside {holder} (Excludes1 at {note.entry}: {note.text})"
            yield Hit(message, (holder, excluded))


@registry.edit(
    Severity.WARNS,
    source="ICD-10-CM Official Guidelines I.A.12.b: an Excludes2 note means not included here",
    remedy="keep both where the documentation supports both",
    example={"codes": ["R05.9", "R04.2"]},
)
def excludes2(claim: Claim) -> Iterator[Hit]:
    """A code that an Excludes2 note at the category or code of another names: the one does not include the other."""
    codes = claim.code_set
    if codes is None:
        return
    for holder, excluded, note in _pairs(claim, codes, "excludes2"):
        if plain(excluded).startswith(note.references.prefixes):
            message = f"{holder} does not include {excluded} (Excludes2 at {note.entry}: {note.text})"
            yield Hit(message, (holder, excluded))


def _pairs(claim: Claim, codes: CodeSet, kind: Literal["excludes1", "excludes2"]) -> Iterator[tuple[str, str, Note]]:
    """Each pair of codes that a note keeps apart, once: the one that the note holds for, the other, and the note."""
    reported = claim.reported
    categories = [code[:3] for code in reported]
    seen: set[frozenset[str]] = set()
    for holder in reported.values():
        notes: Notes = getattr(notes_of(codes, holder), kind)
        if notes.categories.isdisjoint(categories):
            continue
        for code, excluded in reported.items():
            if code[:3] not in notes.categories or (pair := frozenset((holder, excluded))) in seen:
                continue
            if (note := _naming(notes, code)) is not None:
                seen.add(pair)
                yield holder, excluded, note


def _naming(notes: Notes, code: str) -> Note | None:
    return next((note for note in notes.every if note.references.match(code)), None)


def _joined(codes: CodeSet, one: str, other: str, depth: int) -> bool:
    """Whether a note nearer than ``depth`` to one of the codes asks for the other beside it."""
    return any(
        note.depth > depth and note.references.match(plain(named))
        for holder, named in ((one, other), (other, one))
        for note in _joining(notes_of(codes, holder))
    )


def _joining(notes: CodeNotes) -> Iterator[Note]:
    return chain(notes.code_first.every, notes.use_additional.every, notes.code_also.every)
