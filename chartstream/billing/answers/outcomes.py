"""Answers matched to the claims that were sent: events for claims.outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from chartstream.billing.answers.acknowledgement import acknowledgements
from chartstream.billing.answers.answer import Answer, Unread
from chartstream.billing.answers.reasons import reasons
from chartstream.billing.answers.remittance import remittances
from chartstream.billing.control_number import control_number, is_control_number
from chartstream.billing.x12.reading import Transaction, transactions
from chartstream.errors import Problem, Rejected
from chartstream.events.claims import ClaimCoded, ClaimOutcome
from chartstream.events.head import Head
from chartstream.events.identity import event_id
from chartstream.ports import Clock
from chartstream.stage import produced_by


class AnswerFormat(StrEnum):
    """What a payer's file is."""

    AUTO = "auto"
    REMITTANCE = "835"
    ACKNOWLEDGEMENT = "277ca"


Claims = Callable[[str], ClaimCoded | None]
"""The revision of a claim that went out under a control number."""

_ST01 = {AnswerFormat.REMITTANCE: "835", AnswerFormat.ACKNOWLEDGEMENT: "277"}
_ACKNOWLEDGEMENT_GUIDE = "005010X214"


@dataclass(frozen=True, slots=True)
class Matched:
    """An answer and the event that tells of it."""

    answer: Answer
    outcome: ClaimOutcome


def answers_in(content: bytes, form: AnswerFormat = AnswerFormat.AUTO) -> tuple[list[Answer], list[Unread]]:
    """All answers of a file, and what could not be taken.

    Raises ``Rejected`` where the envelope is broken, or where the file is not of the format.
    """
    answers: list[Answer] = []
    unread: list[Unread] = []
    for transaction in transactions(content):
        found, lost = _of_transaction(transaction, form)
        answers += found
        unread += lost
    return answers, unread


def matched(answers: Iterable[Answer], claims: Claims, clock: Clock) -> tuple[list[Matched], list[Unread]]:
    """Events for the answers about our claims, and those that are about none.

    An event's id derives from what the answer says and from the claim: read again, from whatever file, it is the same.
    """
    found: list[Matched] = []
    strangers: list[Unread] = []
    for answer in answers:
        # some payers send the number back in lower case or with spaces
        number = answer.control_number.upper().replace(" ", "")
        claim = claims(number) if is_control_number(number) else None
        if claim is None:
            strangers.append(Unread(answer.place, "its control number is none of a claim that was sent from here"))
        else:
            found.append(Matched(answer, _outcome(answer, claim, clock)))
    return found, strangers


def by_number(claims: Iterable[ClaimCoded]) -> dict[str, ClaimCoded]:
    """Claims under their control numbers; those without one are left out."""
    numbered: dict[str, ClaimCoded] = {}
    for claim in claims:
        try:
            numbered[control_number(claim.claim_id, claim.revision)] = claim
        except Rejected:
            continue
    return numbered


def _of_transaction(transaction: Transaction, form: AnswerFormat) -> tuple[list[Answer], list[Unread]]:
    wanted = _ST01.get(form)
    if wanted is not None and transaction.kind != wanted:
        reason = f"the file holds a {transaction.kind[:3]}, not a {wanted}"
        raise Rejected(Problem("answer_format", reason, "name its format, or auto"))
    if transaction.kind == "835":
        return remittances(transaction, reasons())
    if transaction.kind == "277" and transaction.version.startswith(_ACKNOWLEDGEMENT_GUIDE):
        return acknowledgements(transaction, reasons())
    reason = "it is neither an 835 nor a 277CA (005010X214), and was passed over"
    return [], [Unread(f"transaction {transaction.control}", reason)]


def _outcome(answer: Answer, claim: ClaimCoded, clock: Clock) -> ClaimOutcome:
    billing = claim.encounter.billing if claim.encounter is not None else None
    head = claim.head
    return ClaimOutcome(
        head=Head(
            event_id=event_id(f"{answer.identity}/{claim.head.event_id}", ClaimOutcome, 0, head.run_id),
            caused_by=head.event_id,
            tenant=head.tenant,
            encounter_id=head.encounter_id,
            encounter_version=head.encounter_version,
            run_id=head.run_id,
            occurred_at=clock.now(),
            produced_by=produced_by("billing"),
        ),
        claim_id=claim.claim_id,
        revision=claim.revision,
        outcome=answer.outcome,
        # our own name of the payer, where the claim has it, so that rates by payer have one name for each
        payer_id=(billing.payer_id if billing is not None else None) or answer.payer_id,
        adjustments=answer.adjustments,
        paid_amount=answer.paid_amount,
        coding_related=answer.coding_related,
        received_at=answer.received_at,
    )
