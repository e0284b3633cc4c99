"""Which revisions of claims are to be sent, and as what: originals, replacements and voids of what the payer has.

The claim frequency tells the payer what to do with what it already took in (NUBC, type of bill, third digit; both 837
guides, CLM05-3). What never reached it cannot be replaced: a correction of a claim that was not sent yet, or that was
rejected before adjudication, is an original.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from chartstream.billing.bill import ORIGINAL, REPLACEMENT, VOID, Task
from chartstream.billing.ledger import PayerAnswer, Sent
from chartstream.events.claims import ClaimCoded, ClaimKind, OutcomeKind


class History(Protocol):
    """What is known of earlier exports; ``chartstream.billing.ledger.Ledger`` is one."""

    def last_sent(self, form: str, claim_id: str) -> Sent | None: ...
    def answer(self, number: str) -> PayerAnswer | None: ...


@dataclass(frozen=True, slots=True)
class Skipped:
    """A revision that is not to be sent, now or later, and why."""

    claim: ClaimCoded
    reason: str


def plan(claims: Iterable[ClaimCoded], form: str, history: History) -> tuple[list[Task], list[Skipped]]:
    """Tasks, one for each claim at most, in the order in which the claims first came; and what is passed over.

    ``claims`` are all revisions at hand: those that waited and those that came.
    """
    revisions: dict[str, dict[int, ClaimCoded]] = {}
    for claim in claims:
        revisions.setdefault(claim.claim_id, {})[claim.revision] = claim
    tasks: list[Task] = []
    skipped: list[Skipped] = []
    for claim_id, by_revision in revisions.items():
        sent = history.last_sent(form, claim_id)
        done = sent.revision.revision if sent is not None else 0
        fresh = [by_revision[revision] for revision in sorted(by_revision) if revision > done]
        skipped += [Skipped(c, "it was exported before") for r, c in sorted(by_revision.items()) if r <= done]
        skipped += [Skipped(claim, "a later revision came before it was sent") for claim in fresh[:-1]]
        told = _task(fresh, sent, history) if fresh else None
        if isinstance(told, Task):
            tasks.append(told)
        elif told is not None:
            skipped.append(told)
    return tasks, skipped


def _task(fresh: list[ClaimCoded], sent: Sent | None, history: History) -> Task | Skipped:
    if sent is None:
        return _never_sent(fresh)
    latest, answer = fresh[-1], history.answer(sent.control_number)
    standing = sent.frequency != VOID and not _turned_away(sent, answer)
    if not standing:
        reason = "the payer has nothing of the claim that could be voided"
        return Skipped(latest, reason) if latest.kind is ClaimKind.VOID else Task(latest, latest, ORIGINAL)
    return Task(
        revision=latest,
        content=sent.content if latest.kind is ClaimKind.VOID else latest,
        frequency=VOID if latest.kind is ClaimKind.VOID else REPLACEMENT,
        prior_control_number=sent.control_number,
        payer_claim_number=answer.payer_claim_number if answer is not None else None,
    )


def _turned_away(sent: Sent, answer: PayerAnswer | None) -> bool:
    """Rejected before adjudication. A rejected replacement or void leaves what it was about standing."""
    return answer is not None and answer.outcome is OutcomeKind.REJECTED and sent.frequency == ORIGINAL


def _never_sent(fresh: list[ClaimCoded]) -> Task | Skipped:
    latest = fresh[-1]
    if latest.kind is ClaimKind.VOID:
        return Skipped(latest, "nothing of the claim was sent from here that could be voided")
    if any(claim.kind is ClaimKind.ORIGINAL for claim in fresh):
        return Task(latest, latest, ORIGINAL)
    # Its original is not at hand: it may have gone out from elsewhere, so it is not turned into an original.
    return Task(latest, latest, REPLACEMENT)
