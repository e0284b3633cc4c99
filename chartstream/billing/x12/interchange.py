"""A file of claims: one interchange, one group, one transaction, a loop for each billing provider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chartstream.billing.gaps import plain_text
from chartstream.billing.site import Site
from chartstream.billing.x12.parties import Parties
from chartstream.billing.x12.segments import Segment, date8, written

PROFESSIONAL, INSTITUTIONAL = "005010X222A1", "005010X223A2"
MOST_CLAIMS = 5000
"""Of one transaction: both guides recommend this limit (section 1.3.2), clearing houses enforce it."""

_PADDED = {2: 10, 4: 10, 6: 15, 8: 15}


@dataclass(frozen=True, slots=True)
class ClaimLoops:
    """A claim with the loops above it, without HL segments."""

    parties: Parties
    claim: Sequence[Segment]


def interchange(claims: Sequence[ClaimLoops], version: str, site: Site, control: int, made_at: datetime) -> str:
    """The 837 of ``claims``, all of one ``version`` of the guide. ``control`` (1 to 999,999,999) is the number of
    interchange, group and transaction; ``made_at`` is the time in the file, in UTC.

    Raises ``ValueError`` for no claims, too many, or a number out of range.
    """
    if not 1 <= len(claims) <= MOST_CLAIMS or not 1 <= control <= 999_999_999:
        raise ValueError(f"1 to {MOST_CLAIMS} claims under a control number of at most nine digits")
    transaction = [*_opening(version, site, control, made_at), *_loops(claims)]
    transaction.append(("SE", str(len(transaction) + 1), f"{control:09}"))
    sender, receiver = site.interchange.sender, site.interchange.receiver
    begin: Segment = (
        "ISA", "00", "", "00", "", sender.qualifier, sender.id, receiver.qualifier, receiver.id,
        f"{made_at:%y%m%d}", f"{made_at:%H%M}", "^", "00501", f"{control:09}", "0", site.interchange.usage, ":",
    )  # fmt: skip
    padded = tuple(part.ljust(_PADDED.get(n, 0)) if isinstance(part, str) else part for n, part in enumerate(begin))
    group: Segment = (
        "GS", "HC", sender.application, receiver.application, date8(made_at), f"{made_at:%H%M}", str(control), "X",
        version,
    )  # fmt: skip
    ends: list[Segment] = [("GE", "1", str(control)), ("IEA", "1", f"{control:09}")]
    return written([padded, group, *transaction, *ends])


def _opening(version: str, site: Site, control: int, made_at: datetime) -> list[Segment]:
    submitter, receiver = site.submitter, site.receiver
    contact = plain_text(submitter.contact)[:60]
    return [
        ("ST", "837", f"{control:09}", version),
        ("BHT", "0019", "00", f"{control:09}", date8(made_at), f"{made_at:%H%M}", "CH"),
        ("NM1", "41", "2", plain_text(submitter.name)[:60], "", "", "", "", "46", submitter.id),
        ("PER", "IC", contact, "TE", submitter.telephone),
        ("NM1", "40", "2", plain_text(receiver.name)[:60], "", "", "", "", "46", receiver.id),
    ]


def _loops(claims: Sequence[ClaimLoops]) -> list[Segment]:
    """HL segments number the levels in the order of the file: 20 billing provider, 22 subscriber, 23 patient."""
    by_provider: dict[tuple[Segment, ...], list[ClaimLoops]] = {}
    for claim in claims:
        by_provider.setdefault(claim.parties.billing_provider, []).append(claim)
    segments: list[Segment] = []
    level = 0
    for provider, theirs in by_provider.items():
        level += 1
        above = level
        segments += [("HL", str(above), "", "20", "1"), *provider]
        for claim in theirs:
            level += 1
            patient = claim.parties.patient
            segments += [("HL", str(level), str(above), "22", "1" if patient else "0"), *claim.parties.subscriber]
            if patient:
                level += 1
                segments += [("HL", str(level), str(level - 1), "23", "0"), *patient]
            segments += claim.claim
    return segments
