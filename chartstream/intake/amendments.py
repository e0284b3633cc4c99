"""Documents that amend others: addenda stand behind what they add to, new versions in place of what they replace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chartstream.errors import Problem
from chartstream.events.documents import DocumentStatus, QualityCheck, Verdict
from chartstream.intake.opening import Found

REPLACES = "replaces"
"""Name of the check that tells which document stood down for the one that has it."""


def arranged(found: Sequence[Found]) -> list[Found]:
    """The documents that count, in the order in which they are to be read.

    Those entered in error are left out, and so are those that an amended document or a later version of the same CDA
    document replaces; the replacement has a check that says so. Each addendum follows the document that it adds to,
    other addenda to it before; one whose document is not there keeps its place and gets a problem.
    """
    standing = [each for each in found if each.document.status is not DocumentStatus.ENTERED_IN_ERROR]
    replacements = _replacements(standing)
    kept = [
        _noted(each, sorted({old for old, new in replacements.items() if new == each.document.document_id}))
        for each in standing
        if each.document.document_id not in replacements
    ]
    behind: dict[str, list[Found]] = {}
    roots: list[Found] = []
    for each in kept:
        if each.document.status is not DocumentStatus.ADDENDUM:
            roots.append(each)
            continue
        parent = _current(_amended(each, standing), replacements)
        if parent is None or _circular(each, parent, standing, replacements):
            roots.append(_alone(each))
        else:
            amended = each.document.model_copy(update={"amends": parent})
            tied = replace(each, accepted=each.accepted.model_copy(update={"document": amended}))
            behind.setdefault(parent, []).append(tied)
    return [each for root in roots for each in _with_addenda(root, behind)]


def _with_addenda(found: Found, behind: dict[str, list[Found]]) -> list[Found]:
    addenda = behind.get(found.document.document_id, [])
    return [found, *(each for addendum in addenda for each in _with_addenda(addendum, behind))]


def _amended(found: Found, among: Sequence[Found]) -> list[str]:
    """Ids of the documents that a document says it amends; all of what came in one envelope, where it names that."""
    named = found.document.amends
    if named is not None:
        own = named in _names(found)
        return [each.document.document_id for each in among if not own and named in _names(each)]
    numbers = {number for source in found.sources for number in source.amends}
    known = _numbers(found)  # parts of one message share its numbers, and do not amend one another
    return [
        each.document.document_id
        for each in among
        if numbers & {each.document.document_id, *_numbers(each)} and not known & _numbers(each) and each is not found
    ]


def _names(found: Found) -> tuple[str, ...]:
    return found.document.document_id, *found.origins


def _numbers(found: Found) -> set[str]:
    return {number for source in found.sources for number in source.numbers}


def _replacements(found: Sequence[Found]) -> dict[str, str]:
    """Which document stands in place of which, both by id."""
    replaced: dict[str, str] = {}
    for each in found:
        identity = each.document.document_id
        if each.document.status is DocumentStatus.AMENDED and identity not in replaced:
            replaced.update({old: identity for old in _amended(each, found) if replaced.get(identity) != old})
    for each in found:
        older, newer = _series(each), each.document.document_id
        for other in found:
            series = _series(other)
            if older is not None and series is not None and series[0] == older[0] and series[1] < older[1]:
                replaced.setdefault(other.document.document_id, newer)
    return replaced


def _series(found: Found) -> tuple[str, int] | None:
    """The series that a signed CDA document belongs to, and its version."""
    if found.document.status not in {DocumentStatus.FINAL, DocumentStatus.AMENDED}:
        return None
    return next(((s.series, s.version) for s in reversed(found.sources) if s.series is not None), None)


def _current(identities: Sequence[str], replacements: dict[str, str]) -> str | None:
    """The last of the documents named, or what stands in its place; None where none is there."""
    if not identities:
        return None
    identity = identities[-1]
    for _ in replacements:
        identity = replacements.get(identity, identity)
    return None if identity in replacements else identity


def _circular(found: Found, parent: str, among: Sequence[Found], replacements: dict[str, str]) -> bool:
    """Whether following addenda from the parent leads to no document that is none."""
    by_id = {each.document.document_id: each for each in among}
    seen = {found.document.document_id}
    step: str | None = parent
    while step is not None and step not in seen:
        seen.add(step)
        if by_id[step].document.status is not DocumentStatus.ADDENDUM:
            return False
        step = _current(_amended(by_id[step], among), replacements)
    return step is not None


def _noted(found: Found, replaced: Sequence[str]) -> Found:
    if not replaced:
        return found
    notes = tuple(
        QualityCheck(name=REPLACES, verdict=Verdict.NORMALISE, message=f"stands in place of document {identity}")
        for identity in replaced
    )
    return replace(found, accepted=found.accepted.model_copy(update={"checks": (*found.accepted.checks, *notes)}))


def _alone(found: Found) -> Found:
    problem = Problem(
        "addendum_without_document",
        "the document that this addendum adds to is not among those of the encounter",
        "submit the encounter again with both documents, or name the one it belongs to in amends",
        found.document.document_id,
    )
    return replace(found, problems=(*found.problems, problem))
