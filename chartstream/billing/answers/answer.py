"""One answer of a payer about one claim, whatever file it came in; and items that could not be taken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chartstream.errors import Problem, Rejected
from chartstream.events.claims import Adjustment, OutcomeKind

_AMOUNT = re.compile(r"-?(?:[0-9]{1,12}(?:\.[0-9]{0,2})?|\.[0-9]{1,2})\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answer:
    """``identity`` is the same whenever the same answer is read again, in whatever envelope; ``place`` says where in
    the file it stands. ``payer_id`` is the payer's own identifier, amounts are US dollars.
    """

    control_number: str
    outcome: OutcomeKind
    identity: str
    place: str
    received_at: datetime
    payer_claim_number: str | None = None
    payer_id: str | None = None
    adjustments: tuple[Adjustment, ...] = ()
    paid_amount: Decimal | None = None
    coding_related: bool | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """An item of a file that gave no answer, or something passed over that a person may want to know of. ``failed``
    where an answer was lost by it.
    """

    place: str
    reason: str
    failed: bool = True


def amount(text: str, what: str) -> Decimal:
    """US dollars with at most two decimals. Raises ``Rejected`` for what is none."""
    if not _AMOUNT.match(text):
        raise malformed(f"{what} is no amount in dollars and cents")
    return Decimal(text)


def malformed(reason: str) -> Rejected:
    """An item that does not hold."""
    return Rejected(Problem("answer_malformed", reason, "ask the payer for a corrected file"))
