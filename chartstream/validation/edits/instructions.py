"""What the tabular list instructs: code first, use additional code, code also."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.notes import Note, Notes, notes_of
from chartstream.validation.registry import Hit, Registry

registry = Registry()

# Circumstances and causes from outside are no complication and explain no manifestation; symptoms explain none either,
# though they may be what a drug did (T36-T50).
_CIRCUMSTANCES = ("V", "W", "X", "Y", "Z")
_NO_DISEASE = ("R", *_CIRCUMSTANCES)


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.A.13 and I.A.17: 'code first' notes",
    remedy="put the underlying condition before it, or acknowledge that the note does not apply",
    example={"codes": ["D63.1", "N18.4"]},
)
def code_first(claim: Claim) -> Iterator[Hit]:
    """A code before the one that its "code first" note names, or first-listed although the note demands another."""
    codes, first = claim.code_set, claim.first_listed
    if codes is None:
        return
    for place, code in enumerate(claim.reported.values()):
        notes = notes_of(codes, code).code_first
        if not notes.every:
            continue
        listed = list(claim.reported)
        named = _named(notes, listed)
        behind = next((other for other in named if other in listed[place + 1 :]), None)
        if behind is not None:
            other = claim.reported[behind]
            yield Hit(f"{other} belongs before {code}", (code, other))
        elif first is not None and code == first.code and notes.demanding:
            yield Hit(f"{code} cannot stand first (code first at {_told(notes.demanding[0])})", (code,))


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.A.13: etiology and manifestation are coded as a pair",
    remedy="code the underlying condition before it, or acknowledge that the note does not apply",
    example={"codes": ["I10", "D63.1"]},
)
def etiology_missing(claim: Claim) -> Iterator[Hit]:
    """A code whose "code first" note demands another, and none is listed that the note names or that could be it."""
    codes, first = claim.code_set, claim.first_listed
    if codes is None:
        return
    for place, code in enumerate(claim.reported.values()):
        demanding = notes_of(codes, code).code_first.demanding
        if not demanding or (first is not None and code == first.code):
            continue
        if _etiology_listed(demanding[0], list(claim.reported), place):
            continue
        yield Hit(f"{code} is listed without what must precede it ({_told(demanding[0])})", (code,))


@registry.edit(
    Severity.WARNS,
    source="ICD-10-CM Official Guidelines I.A.13 and I.B.7: 'use additional code' notes",
    remedy="add the code where the documentation supports it",
    example={"codes": ["E11.22"]},
)
def additional_code_missing(claim: Claim) -> Iterator[Hit]:
    """A note demands an additional code and nothing that it names, or could mean, is listed."""
    yield from _missing(claim, "use_additional", "asks for an additional code")


@registry.edit(
    Severity.WARNS,
    source="ICD-10-CM Official Guidelines I.A.17: 'code also' notes",
    remedy="add the code where the documentation supports it; the order is a matter of the encounter",
    example={"codes": ["E26.01"]},
)
def code_also_missing(claim: Claim) -> Iterator[Hit]:
    """A "code also" note speaks of one certain thing and nothing that it names, or could mean, is listed."""
    yield from _missing(claim, "code_also", "asks for another code beside it")


def _missing(claim: Claim, kind: Literal["use_additional", "code_also"], wording: str) -> Iterator[Hit]:
    codes = claim.code_set
    if codes is None:
        return
    for plain_code, code in claim.reported.items():
        notes: Notes = getattr(notes_of(codes, code), kind)
        for note in notes.demanding:
            others = [other for other in claim.reported if other != plain_code]
            found = any(map(note.references.match, others)) if note.references else any(map(_disease, others))
            if not found:
                yield Hit(f"{code} {wording} ({_told(note)})", (code,))


def _named(notes: Notes, listed: list[str]) -> list[str]:
    near = (code for code in listed if code[:3] in notes.categories)
    return [code for code in near if any(note.references.match(code) for note in notes.every)]


def _etiology_listed(note: Note, listed: list[str], place: int) -> bool:
    """Whether a code is listed that the note names or, where it gives examples or none, a disease stands before."""
    if any(map(note.references.match, listed)):
        return True
    closed = bool(note.references) and "such as" not in note.text
    none = _CIRCUMSTANCES if listed[place].startswith("T") else _NO_DISEASE
    return not closed and any(not code.startswith(none) for code in listed[:place])


def _disease(code: str) -> bool:
    return not code.startswith(_NO_DISEASE)


def _told(note: Note) -> str:
    return f"{note.entry}: {note.text.strip(' ,').partition(chr(10))[0]}"
