"""What the engine takes and gives, free of events: documents with sections in, codes with evidence out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Setting(StrEnum):
    """Which part of the official guidelines decides what is reportable: section IV, or sections II and III."""

    PROFESSIONAL = "professional"
    FACILITY_OUTPATIENT = "facility_outpatient"
    FACILITY_INPATIENT = "facility_inpatient"


class Sex(StrEnum):
    """Administrative sex, where it is known to be one of the two that some codes ask for."""

    FEMALE = "female"
    MALE = "male"


class Presence(StrEnum):
    """A present-on-admission indicator, as far as the notes decide it."""

    YES = "Y"
    NO = "N"
    EXEMPT = "EXEMPT"


class Profile(StrEnum):
    """What counts as reportable: what a claim may carry, or whatever is mentioned."""

    CLAIM = "claim"
    CORPUS = "corpus"


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document; ``begin`` and ``end`` are code points of its text, ``end`` exclusive.

    ``title_end`` is where the heading's own words end (``begin`` if it has none).
    """

    kind: str
    begin: int
    end: int
    title_end: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One note as plain text. ``kind`` is the kind of document if known (``discharge_summary``)."""

    document_id: str
    text: str
    sections: Sequence[Section] = ()
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What coding must know beside the text."""

    setting: Setting
    service_date: date
    age_years: int | None = None
    sex: Sex | None = None
    profile: Profile = Profile.CLAIM


@dataclass(frozen=True, slots=True)
class Evidence:
    """An exact quote: ``text[begin:end]`` of its document. ``role`` says what it supports (``term``, …)."""

    document_id: str
    begin: int
    end: int
    role: str
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The path from evidence to code, as it was walked."""

    rule: str
    term: str | None = None
    features: Mapping[str, float] = field(default_factory=dict)
    steps: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ProposedCode:
    """A billable code with its evidence; ``sequence`` counts from 1, which is the principal or first-listed one.

    ``presence`` is None outside inpatient stays and where the notes leave it open.
    """

    sequence: int
    code: str
    description: str
    confidence: float
    evidence: Sequence[Evidence]
    explanation: Explanation
    presence: Presence | None = None


@dataclass(frozen=True, slots=True)
class RejectedCode:
    """A candidate that was considered and not proposed, and why. ``confidence`` is that of it being right after all.

    ``features`` are what that confidence rests on.
    """

    code: str
    description: str
    confidence: float
    reason: str
    evidence: Sequence[Evidence]
    features: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Query:
    """What the provider would have to document for a more specific code."""

    code: str
    question: str
    options: Sequence[str]
    evidence: Sequence[Evidence]


@dataclass(frozen=True, slots=True)
class CoderIdentity:
    """Who coded: named beside the codes, and what a certificate holds for. Equal hashes code alike."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Coded:
    """The answer for one encounter. ``release`` is None when no release covers the date of service.

    ``by`` is who coded where it is not the coder itself that was asked.
    """

    release: str | None
    codes: Sequence[ProposedCode] = ()
    rejected: Sequence[RejectedCode] = ()
    queries: Sequence[Query] = ()
    by: CoderIdentity | None = None
