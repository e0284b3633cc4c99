"""Who is insured with whom: what a claim needs of coverage, in one form whatever the source sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

SELF = "18"


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """A postal address as the source sent it; parts that it did not send are empty."""

    lines: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class Insured:
    """A person on a claim: the patient or the subscriber. ``sex`` is F, M, U or empty."""

    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    birth_date: date | None = None
    sex: str = ""
    address: PostalAddress = PostalAddress()


@dataclass(frozen=True, slots=True)
class Coverage:
    """The primary coverage. ``relationship`` of the patient to the subscriber is X12's code (18 self, 01 spouse, 19
    child, 20 employee, 21 unknown, 39 organ donor, 40 cadaver donor, 53 life partner, G8 other), or empty.
    """

    patient: Insured | None = None
    subscriber: Insured | None = None
    relationship: str = ""
    member_id: str = ""
    group_number: str = ""
    group_name: str = ""
    payer_name: str = ""
    payer_id: str = ""
