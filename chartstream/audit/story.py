"""Who did and decided what, when: one line for each event, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chartstream.audit.found import Found
from chartstream.audit.material import codes_of
from chartstream.events.claims import Adjustment, ApprovalMode, ClaimCoded, ClaimKind, ClaimOutcome
from chartstream.events.coding import CodesProposed
from chartstream.events.documents import NoteAccepted, NoteRejected, NoteSubmitted
from chartstream.events.extraction import NoteExtracted
from chartstream.events.head import Acknowledgement, Action, Event, Origin
from chartstream.events.operations import AuditRecord, DeadLetter
from chartstream.events.review import CodeChange, ProviderQuery, ReviewDecided, ReviewRequested
from chartstream.events.validation import CodesValidated


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the story. ``by_person``: a person did it, not the product."""

    at: datetime
    who: str
    what: str
    details: tuple[str, ...] = ()
    by_person: bool = False


def story(found: Sequence[Found]) -> tuple[Step, ...]:
    """A step for each readable event, in the order given."""
    return tuple(_TOLD[type(each.event)](each.event) for each in found if type(each.event) in _TOLD)


def released_by(claim: ClaimCoded) -> str:
    """Who released a revision, in words."""
    approval = claim.approval
    if approval is None:
        return "nobody: it voids the claim" if claim.kind is ClaimKind.VOID else "not said"
    if approval.mode is ApprovalMode.PERSON:
        return f"{approval.reviewer_id or 'a person'}, by hand"
    certificate = approval.certificate
    named = f" under certificate {certificate.certificate_id}" if certificate is not None else ""
    return f"Chartstream, automatically{named}"


def outcome_words(outcome: ClaimOutcome) -> str:
    """What a payer answered, with its reasons."""
    words = f"{outcome.outcome.value.lower()} by {outcome.payer_id or 'the payer'}"
    if outcome.paid_amount is not None:
        words += f", {outcome.paid_amount} USD paid"
    reasons = (_adjusted(each) for each in outcome.adjustments)
    return "; ".join((words, *reasons))


def acknowledged(each: Acknowledgement) -> str:
    """An edit that a person let stand, and why."""
    words = f"let {each.edit}{f' on {each.code}' if each.code else ''} stand: {each.reason_code}"
    return f"{words} ({_confidential(each.comment)})" if each.comment is not None else words


def _adjusted(each: Adjustment) -> str:
    line = f", line {each.line}" if each.line is not None else ""
    return " ".join((f"{each.group_code}-{each.carc}", *each.rarcs, f"{each.amount} USD{line}"))


def _step(event: Event, what: str, *details: str, who: str | None = None) -> Step:
    return Step(event.head.occurred_at, who or event.head.produced_by, what, details, by_person=who is not None)


def _submitted(event: NoteSubmitted) -> Step:
    if event.action is Action.WITHDRAW:
        return _step(event, f"Version {event.head.encounter_version} withdrawn")
    return _step(event, f"Version {event.head.encounter_version} submitted", f"documents: {len(event.documents)}")


def _accepted(event: NoteAccepted) -> Step:
    return _step(event, "Documents accepted", f"documents: {len(event.documents)}", who=_answered(event))


def _rejected(event: NoteRejected) -> Step:
    return _step(event, f"Rejected by {event.stage}", *_problems(event.problems), who=_answered(event))


def _extracted(event: NoteExtracted) -> Step:
    return _step(event, "Documents read", *_problems(event.problems), who=_answered(event))


def _proposed(event: CodesProposed) -> Step:
    what = "Codes decided" if event.origin is Origin.PERSON else "Codes proposed"
    return _step(event, what, _codes(event), who=_answered(event))


def _validated(event: CodesValidated) -> Step:
    fired = ", ".join(dict.fromkeys(finding.edit for finding in event.findings))
    return _step(event, "Edits applied", fired or "none fired")


def _claimed(event: ClaimCoded) -> Step:
    details = [f"released by {released_by(event)}"]
    if event.approval is not None:
        details += event.approval.reasons
    if event.void_reason is not None:
        details.append(event.void_reason)
    return _step(event, f"Claim revision {event.revision}: {event.kind.value.lower()}", *details)


def _asked(event: ReviewRequested) -> Step:
    what = f"{event.kind.value.capitalize()} review of {event.subject.value.lower()}"
    return _step(event, what, *_problems(event.problems))


def _decided(event: ReviewDecided) -> Step:
    answer = event.answer
    details = (
        *(_change(change) for change in event.changes),
        *(acknowledged(each) for each in answer.acknowledgements),
        *_problems(event.problems),
    )
    what = f"Review decided: {event.decision.value.replace('_', ' ').lower()}"
    return Step(answer.decided_at, f"{answer.reviewer_id} ({answer.role})", what, details, by_person=True)


def _queried(event: ProviderQuery) -> Step:
    said = [_confidential(event.question)]
    if event.answer is not None:
        said.append(f"answer: {_confidential(event.answer)}")
    to = f" to {event.provider_id}" if event.provider_id else ""
    return _step(event, f"Query{to}: {event.status.value.lower()}", *said)


def _outcome(event: ClaimOutcome) -> Step:
    return _step(event, f"Answer to revision {event.revision}", outcome_words(event))


def _audited(event: AuditRecord) -> Step:
    details = (*_problems(event.problems), *(f"{name}: {value}" for name, value in event.details.items()))
    what = f"{event.action.replace('_', ' ')}: {event.outcome}"
    who = f"{event.actor_id} ({event.actor_kind})"
    return Step(event.head.occurred_at, who, what, details, by_person=event.actor_kind.lower() in {"person", "user"})


def _failed(event: DeadLetter) -> Step:
    return _step(event, f"Could not be processed by {event.stage}", event.error_class)


_TOLD: dict[type[Any], Callable[[Any], Step]] = {
    NoteSubmitted: _submitted,
    NoteAccepted: _accepted,
    NoteRejected: _rejected,
    NoteExtracted: _extracted,
    CodesProposed: _proposed,
    CodesValidated: _validated,
    ClaimCoded: _claimed,
    ReviewRequested: _asked,
    ReviewDecided: _decided,
    ProviderQuery: _queried,
    ClaimOutcome: _outcome,
    AuditRecord: _audited,
    DeadLetter: _failed,
}


def _answered(event: NoteAccepted | NoteRejected | NoteExtracted | CodesProposed) -> str | None:
    return f"{event.answer.reviewer_id} ({event.answer.role})" if event.answer is not None else None


def _codes(event: CodesProposed) -> str:
    return ", ".join(line.code for line in codes_of(event)) or "none"


def _change(change: CodeChange) -> str:
    codes = " → ".join(each.code for each in (change.before, change.after) if each is not None)
    comment = _confidential(change.comment) if change.comment is not None else None
    reasons = ", ".join(filter(None, (change.reason_code, comment)))
    return f"{change.action.value.lower()} {codes}" + (f": {reasons}" if reasons else "")


def _problems(problems: Sequence[Any]) -> tuple[str, ...]:
    return tuple(f"{problem.code}: {problem.message}" for problem in problems)


def _confidential(value: object) -> str:
    return value if isinstance(value, str) else "(encrypted)"
