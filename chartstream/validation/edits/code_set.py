"""Is every code a code of the release of the date of service, billable, and written as it is printed?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chartstream.codesets import ICD10CM, CodeSet, load
from chartstream.codesets.releases import installed
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.registry import Hit, Registry
from chartstream.validation.spelling import (
    billable_below,
    nearest,
    printed,
    with_placeholders,
    without_seventh,
)
from chartstream.validation.successors import successors

registry = Registry()

_NAMED = 5
"""How many codes a message names before it says how many more there are."""


@registry.edit(
    Severity.REVIEW,
    source="45 CFR 162.1000(a): the code set valid at the time of service",
    remedy="establish the date of service, or install the release that covers it",
    example={"codes": ["I10"], "day": "2026-10-01"},
)
def release_unknown(claim: Claim) -> Iterator[Hit]:
    """No installed release covers the date, or the date is not known: nothing can be said of the codes."""
    if claim.code_set is None and claim.icd10cm:
        reason = "the date of service is not known" if claim.day is None else f"no release covers {claim.day}"
        yield Hit(f"the codes cannot be checked: {reason}")


@registry.edit(
    Severity.BLOCKS,
    source="45 CFR 162.1000(a): the code set valid at the time of service; ICD-10-CM tabular list of that release",
    remedy="choose a code that was in force on the date of service, or check that date",
    example={"codes": ["Z99.999"]},
)
def code_unknown(claim: Claim) -> Iterator[Hit]:
    """A code that the release does not have; the message says so of one that another installed release has."""
    for codes, code in claim.irregular:
        if printed(codes, code) or with_placeholders(codes, code) or without_seventh(codes, code):
            continue
        if not _replaced_by(claim, code):
            yield Hit(f"{code or 'an empty code'} is not in {codes.release.name}{_known_of(codes, code)}", (code,))


@registry.edit(
    Severity.BLOCKS,
    source="45 CFR 162.1000(a): the code set valid at the time of service; CMS ICD-10-CM conversion table",
    remedy="choose what is documented among the codes that took its place",
    example={"codes": ["M54.5"]},
)
def code_retired(claim: Claim) -> Iterator[Hit]:
    """A code that was billable before the date of service, and the codes that took its place."""
    for _, code in claim.irregular:
        if new := _replaced_by(claim, code):
            yield Hit(f"{code} was retired; {_list(new)} took its place", (code,))


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM tabular list of the release of the date of service; NUCC 1500 and ASC X12N 837: codes as printed",
    remedy="write the code as it is printed: capital letters, the dot after the third character",
    example={"codes": ["e1122"]},
)
def code_not_as_printed(claim: Claim) -> Iterator[Hit]:
    """A code of the release in another spelling. It is not corrected: what is sent must be what was decided."""
    for codes, code in claim.irregular:
        entry = printed(codes, code)
        if entry is not None and entry.code != code:
            yield Hit(f"{code} is printed {entry.code}", (code,))


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM Official Guidelines I.B.2: codes are used at their highest number of characters",
    remedy="choose a code at the highest number of characters below it",
    example={"codes": ["E11"]},
)
def code_not_billable(claim: Claim) -> Iterator[Hit]:
    """A category or an incomplete code, other than one that was once billable or lacks its seventh character alone."""
    for codes, code in claim.irregular:
        entry = printed(codes, code)
        if entry is None or entry.billable or without_seventh(codes, code) or _replaced_by(claim, code):
            continue
        yield Hit(f"{code} is not billable{_below(codes, entry.code)}", (code,))


def _replaced_by(claim: Claim, code: str) -> Sequence[str]:
    """What took the place of a code that is not billable; empty for one that is, or was not."""
    entry = printed(claim.code_set, code) if claim.code_set is not None else None
    if claim.code_set is None or (entry is not None and entry.billable):
        return ()
    return successors(claim.code_set, claim.editions, code)


def _other_release(codes: CodeSet, code: str) -> str | None:
    """The installed release of other dates that has ``code`` as a billable one, and its dates."""
    others = (release for release in installed() if release.system == ICD10CM and release != codes.release)
    found = next((release for release in others if load(release).is_billable(code)), None)
    return None if found is None else f"{found.name}, in force from {found.effective_from} to {found.effective_to}"


def _known_of(codes: CodeSet, code: str) -> str:
    """What helps with a code that the release does not have: the release that has it, or the entry it begins with."""
    if (elsewhere := _other_release(codes, code)) is not None:
        return f", but in {elsewhere}"
    entry = nearest(codes, code)
    if entry is None:
        return ""
    return f"; {entry.code} is{'' if entry.billable else _below(codes, entry.code)}"


def _below(codes: CodeSet, code: str) -> str:
    """How many billable codes stand below an entry, and the first few; a heading may have none of its own."""
    below = billable_below(codes, code)
    return f", with billable codes below it ({len(below)}): {_list(below)}" if below else ", a heading"


def _list(codes: Sequence[str]) -> str:
    """The first few of some codes, and how many more there are."""
    more = len(codes) - _NAMED
    named = ", ".join(codes[:_NAMED])
    return f"{named} and {more} more" if more > 0 else named
