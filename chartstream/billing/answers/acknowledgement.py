"""X12 277CA (005010X214): whether a claim was taken into adjudication, or turned away before it.

A claim is rejected where any of its statuses says so: a category of A3 (returned as unprocessable), A6, A7 or A8
(rejected for missing, invalid or contradicting information), or the action U. It is accepted where the action is WQ or
the category A2. Lists 507 and 508 of X12.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chartstream.billing.answers.answer import Answer, Unread
from chartstream.billing.answers.reasons import Reasons
from chartstream.billing.x12.reading import ReadSegment, Transaction
from chartstream.events.claims import OutcomeKind

_REJECTED = {"A3", "A6", "A7", "A8"}
_ACCEPTED = "A2"
_TAKEN, _REFUSED = "WQ", "U"
_PATIENT, _SOURCE = "PT", "20"
_LEVELS = {"21": "everything that was sent", "19": "all claims of a billing provider"}
_STATUSES = (1, 10, 11)


@dataclass(frozen=True, slots=True)
class _Level:
    code: str
    segments: list[ReadSegment]


@dataclass(frozen=True, slots=True)
class _Case:
    """Where a claim's answer stands, from whom it is, and what it is known by."""

    transaction: Transaction
    payer: str
    identity: str
    place: str


def acknowledgements(transaction: Transaction, reasons: Reasons) -> tuple[list[Answer], list[Unread]]:
    """The answers of one 277CA, and what of it could not be taken. Nothing raises for a single claim."""
    answers: list[Answer] = []
    unread: list[Unread] = []
    seen: Counter[str] = Counter()
    payer, count = "", 0
    for level in _levels(transaction.segments):
        if level.code == _SOURCE:
            payer = next((s.text(9) for s in level.segments if s.name == "NM1"), "")
        elif level.code in _LEVELS and _is_rejected(level.segments):
            reason = f"{_LEVELS[level.code]} was rejected at once; look at the file and send it again"
            unread.append(Unread(f"277CA {transaction.control}", reason))
        elif level.code == _PATIENT:
            for claim in _claims(level.segments):
                count += 1
                place = f"277CA {transaction.control}, claim {count}"
                digest = _digest(payer, claim)
                seen[digest] += 1
                case = _Case(transaction, payer, f"{digest}/{seen[digest]}", place)
                found = _answer(claim, case, reasons)
                if isinstance(found, Answer):
                    answers.append(found)
                else:
                    unread.append(found)
    return answers, unread


def _levels(segments: Sequence[ReadSegment]) -> Iterator[_Level]:
    level: _Level | None = None
    for segment in segments:
        if segment.name == "HL":
            if level is not None:
                yield level
            level = _Level(segment.text(3), [])
        elif level is not None:
            level.segments.append(segment)
    if level is not None:
        yield level


def _claims(segments: Sequence[ReadSegment]) -> Iterator[list[ReadSegment]]:
    """The claims of a patient: each begins with its TRN."""
    claim: list[ReadSegment] = []
    for segment in segments:
        if segment.name == "TRN":
            if claim:
                yield claim
            claim = [segment]
        elif claim:
            claim.append(segment)
    if claim:
        yield claim


def _answer(claim: Sequence[ReadSegment], case: _Case, reasons: Reasons) -> Answer | Unread:
    number = claim[0].text(2)
    categories, statuses, actions = _told(claim)
    if not number or not categories:
        return Unread(case.place, "it has no control number (TRN02) or no status (STC)")
    outcome, related = OutcomeKind.OTHER, None
    if _is_rejected(claim):
        outcome, related = OutcomeKind.REJECTED, reasons.of_statuses(statuses)
    elif _TAKEN in actions or _ACCEPTED in categories:
        outcome = OutcomeKind.ACCEPTED
    payer_number = next((s.text(2) for s in claim if s.name == "REF" and s.text(1) == "1K"), "")
    return Answer(
        control_number=number,
        outcome=outcome,
        identity=case.identity,
        place=case.place,
        received_at=case.transaction.made_at,
        payer_claim_number=payer_number or None,
        payer_id=case.payer or None,
        coding_related=related,
    )


def _is_rejected(segments: Sequence[ReadSegment]) -> bool:
    categories, _, actions = _told(segments)
    return bool(categories & _REJECTED) or _REFUSED in actions


def _told(segments: Sequence[ReadSegment]) -> tuple[set[str], set[str], set[str]]:
    """Categories, status codes and actions of all STC segments, those of the lines included."""
    found = [s for s in segments if s.name == "STC"]
    composites = [(s.text(n, 1), s.text(n, 2)) for s in found for n in _STATUSES]
    categories = {category for category, _ in composites if category}
    return categories, {status for _, status in composites if status}, {s.text(3) for s in found if s.text(3)}


def _digest(payer: str, claim: Sequence[ReadSegment]) -> str:
    digest = hashlib.sha256(f"277CA/{payer}".encode())
    for segment in claim:
        digest.update("\x1e".join(segment.elements).replace(segment.component, "\x1f").encode() + b"\x1d")
    return digest.hexdigest()
