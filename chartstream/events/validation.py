"""Findings of edits and groupings; the event codes.validated."""

from __future__ import annotations

from enum import StrEnum

from chartstream.events.coding import Coding
from chartstream.events.encounter import Encounter, PatientFacts
from chartstream.events.extraction import ExtractedDocument, ExtractedField
from chartstream.events.head import Acknowledgement, Action, Answer, Component, Event, Origin
from chartstream.events.record import Record


class Severity(StrEnum):
    """What an edit does: keeps the claim back whoever decided, sends it to a person, tells, or mends."""

    BLOCKS = "BLOCKS"
    REVIEW = "REVIEW"
    WARNS = "WARNS"
    CORRECTS = "CORRECTS"


class Finding(Record):
    """An edit that fired."""

    edit: str
    severity: Severity
    message: str
    remedy: str
    source: str
    codes: tuple[str, ...] = ()
    acknowledged: Acknowledgement | None = None


class Grouping(Record):
    """A group that the codes fall into."""

    system: str
    value: str
    weight: float | None = None
    drivers: tuple[str, ...] = ()


class CodesValidated(Event):
    """Codes after every edit."""

    action: Action
    origin: Origin
    answer: Answer | None = None
    encounter: Encounter | None = None
    patient_facts: PatientFacts | None = None
    documents: tuple[ExtractedDocument, ...] = ()
    fields: tuple[ExtractedField, ...] = ()
    coding: Coding | None = None
    findings: tuple[Finding, ...] = ()
    groupings: tuple[Grouping, ...] = ()
    validator: Component | None = None
    withdrawal_reason: str | None = None
