"""X12 835 (005010X221A1): what was paid, denied or adjusted, claim by claim.

The outcome of a claim (CLP02, X12 data element 1029, and what was paid): 4 is denied; 1, 2, 3 and 19 to 21 are paid,
unless nothing was paid and nothing left to the patient of what was charged, which is a denial by another name; 22 takes
an earlier payment back and is corrected; 23 (not ours, forwarded) and 25 (predetermination) are neither.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from chartstream.billing.answers.answer import Answer, Unread, amount, malformed
from chartstream.billing.answers.reasons import Reasons
from chartstream.billing.x12.reading import ReadSegment, Transaction
from chartstream.errors import Rejected
from chartstream.events.claims import Adjustment, OutcomeKind

_PROCESSED = {"1", "2", "3", "19", "20", "21"}
_DENIED, _REVERSED = "4", "22"
_NEITHER = {"23", "25"}
_PATIENTS = "PR"
_GROUPS = {"CO", "CR", "OA", "PI", "PR"}
_REMARKS = {"MIA": (5, 20, 21, 22, 23), "MOA": (3, 4, 5, 6, 7)}
_MOST_IN_CAS = 6


@dataclass(frozen=True, slots=True)
class _Payer:
    identity: str
    trace: str


@dataclass(frozen=True, slots=True)
class _Case:
    """Where a claim's answer stands, from whom it is, and what it is known by."""

    transaction: Transaction
    payer: _Payer
    identity: str
    place: str


def remittances(transaction: Transaction, reasons: Reasons) -> tuple[list[Answer], list[Unread]]:
    """The answers of one 835, and what of it could not be taken. Nothing raises for a single claim."""
    head, claims, tail = _parted(transaction.segments)
    payer = _payer(head)
    answers: list[Answer] = []
    unread: list[Unread] = []
    seen: Counter[str] = Counter()
    for count, claim in enumerate(claims, 1):
        place = f"835 {transaction.control}, claim {count}"
        digest = _digest(payer, claim)
        seen[digest] += 1
        try:
            case = _Case(transaction, payer, f"{digest}/{seen[digest]}", place)
            answers.append(_answer(claim, case, reasons))
        except Rejected as error:
            unread.append(Unread(place, error.problems[0].message))
            continue
        if not _balances(claim):
            unread.append(Unread(place, "charge, adjustments and payment do not add up", failed=False))
    adjusted = sum(segment.name == "PLB" for segment in tail)
    if adjusted:
        reason = f"{adjusted} adjustments of the provider's balance (PLB) are about no claim and were passed over"
        unread.append(Unread(f"835 {transaction.control}", reason, failed=False))
    return answers, unread


def _parted(segments: Sequence[ReadSegment]) -> tuple[list[ReadSegment], list[list[ReadSegment]], list[ReadSegment]]:
    """What stands before the claims, each claim from its CLP on, and what stands after them."""
    head: list[ReadSegment] = []
    claims: list[list[ReadSegment]] = []
    tail: list[ReadSegment] = []
    current = head
    for segment in segments:
        if segment.name == "CLP":
            current = []
            claims.append(current)
        elif segment.name == "PLB":
            current = tail
        elif segment.name in {"LX", "TS2", "TS3"} and current is not head:
            continue
        current.append(segment)
    return head, claims, tail


def _payer(head: Iterable[ReadSegment]) -> _Payer:
    """REF*2U or the identifier in N1*PR, else the originator of the payment (TRN03)."""
    found: dict[str, str] = {}
    inside = ""
    for segment in head:
        if segment.name == "N1":
            inside = segment.text(1)
            if inside == "PR" and segment.text(4):
                found["N1"] = segment.text(4)
        elif segment.name == "REF" and inside == "PR" and segment.text(1) == "2U":
            found["REF"] = segment.text(2)
        elif segment.name == "TRN":
            found["TRN"], found["trace"] = segment.text(3), segment.text(2)
    identity = found.get("REF") or found.get("N1") or found.get("TRN") or ""
    return _Payer(identity, found.get("trace", ""))


def _digest(payer: _Payer, claim: Sequence[ReadSegment]) -> str:
    digest = hashlib.sha256(f"835/{payer.identity}/{payer.trace}".encode())
    for segment in claim:
        digest.update("\x1e".join(segment.elements).replace(segment.component, "\x1f").encode() + b"\x1d")
    return digest.hexdigest()


def _answer(claim: Sequence[ReadSegment], case: _Case, reasons: Reasons) -> Answer:
    payment = claim[0]
    charged, paid = amount(payment.text(3), "CLP03"), amount(payment.text(4), "CLP04")
    remarks = _remarks(claim)
    adjustments = tuple(_adjustments(claim, remarks))
    left = sum((each.amount for each in adjustments if each.group_code == _PATIENTS), Decimal(0))
    # CLP05 may be left out where the adjustments say it
    responsible = max(amount(payment.text(5) or "0", "CLP05"), left)
    return Answer(
        control_number=payment.text(1),
        outcome=_outcome(payment.text(2), charged, paid, responsible),
        identity=case.identity,
        place=case.place,
        received_at=case.transaction.made_at,
        payer_claim_number=payment.text(7) or None,
        payer_id=case.payer.identity or None,
        adjustments=adjustments,
        paid_amount=paid,
        coding_related=reasons.of_adjustments(adjustments, remarks),
    )


def _outcome(status: str, charged: Decimal, paid: Decimal, responsible: Decimal) -> OutcomeKind:
    if status == _DENIED:
        return OutcomeKind.DENIED
    if status == _REVERSED:
        return OutcomeKind.CORRECTED
    if status in _NEITHER:
        return OutcomeKind.OTHER
    if status not in _PROCESSED:
        raise malformed("CLP02 is no claim status")
    nothing = charged > 0 and paid == 0 and responsible == 0
    return OutcomeKind.DENIED if nothing else OutcomeKind.PAID


def _remarks(claim: Iterable[ReadSegment]) -> tuple[str, ...]:
    """Remark codes of the whole claim: MIA05 and MIA20 to 23, MOA03 to 07."""
    return tuple(
        code for segment in claim for number in _REMARKS.get(segment.name, ()) if (code := segment.text(number)) != ""
    )


def _adjustments(claim: Sequence[ReadSegment], remarks: tuple[str, ...]) -> Iterator[Adjustment]:
    """CAS of the claim with its remarks, CAS of each line with the line's (LQ*HE) and our number of it (REF*6R)."""
    for loop in _loops(claim):
        of_line = loop[0].name == "SVC"
        number = _line_number(loop) if of_line else None
        told = tuple(s.text(2) for s in loop if s.name == "LQ" and s.text(1) == "HE" and s.text(2))
        for segment in loop:
            if segment.name == "CAS":
                yield from _of_segment(segment, number, told if of_line else remarks)


def _of_segment(segment: ReadSegment, line: int | None, remarks: tuple[str, ...]) -> Iterator[Adjustment]:
    group = segment.text(1)
    if group not in _GROUPS:
        raise malformed("CAS01 is no group of adjustments")
    for first in range(2, 2 + 3 * _MOST_IN_CAS, 3):
        carc = segment.text(first)
        if carc:
            told = amount(segment.text(first + 1), f"CAS{first + 1:02}")
            yield Adjustment(group_code=group, carc=carc, rarcs=remarks, amount=told, line=line)


def _loops(claim: Sequence[ReadSegment]) -> list[list[ReadSegment]]:
    """The claim's own segments, then those of each service."""
    loops: list[list[ReadSegment]] = [[]]
    for segment in claim:
        if segment.name == "SVC":
            loops.append([])
        loops[-1].append(segment)
    return loops


def _line_number(loop: Sequence[ReadSegment]) -> int | None:
    given = next((s.text(2) for s in loop if s.name == "REF" and s.text(1) == "6R"), "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else None


def _balances(claim: Sequence[ReadSegment]) -> bool:
    """CLP04 is CLP03 less all adjustments (005010X221A1, 1.10.2.1)."""
    charged, paid = amount(claim[0].text(3), "CLP03"), amount(claim[0].text(4), "CLP04")
    return charged - sum((each.amount for each in _adjustments(claim, ())), Decimal(0)) == paid
