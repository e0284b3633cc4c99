"""A revision of a claim made ready to be billed: its content, its number, what it does to the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chartstream.billing.control_number import control_number
from chartstream.billing.coverage import Coverage, Insured, coverage_of
from chartstream.billing.fees import FeeTable
from chartstream.billing.gaps import Report
from chartstream.billing.lines import ServiceLine, service_lines
from chartstream.errors import Rejected
from chartstream.events.claims import ClaimCoded
from chartstream.events.coding import Diagnosis, DiagnosisRole
from chartstream.events.encounter import Encounter, Provider, ProviderRole, Sex
from chartstream.ports import DocumentStore

ORIGINAL, REPLACEMENT, VOID = "1", "7", "8"
_SEX = {Sex.FEMALE: "F", Sex.MALE: "M", Sex.OTHER: "U", Sex.UNKNOWN: ""}


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be sent: ``revision`` as it came, ``content`` (of a void: the revision that it voids), the claim
    frequency (NUBC: 1 original, 7 replacement, 8 void) and for 7 and 8 what went out before.

    ``prior_control_number`` is our number of what is replaced, ``payer_claim_number`` the payer's; None where the payer
    has not told it yet.
    """

    revision: ClaimCoded
    content: ClaimCoded
    frequency: str
    prior_control_number: str | None = None
    payer_claim_number: str | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """A task with its context. ``encounter`` is the content's; diagnoses and lines stand in their order."""

    task: Task
    control_number: str
    encounter: Encounter
    coverage: Coverage
    patient: Insured
    diagnoses: tuple[Diagnosis, ...]
    lines: tuple[ServiceLine, ...]

    def provider(self, role: ProviderRole) -> Provider | None:
        """The first provider with this part in the encounter."""
        return next((p for p in self.encounter.providers if p.role is role), None)

    def provider_by_id(self, provider_id: str | None) -> Provider | None:
        """The provider of a line."""
        return next((p for p in self.encounter.providers if p.provider_id == provider_id), None)


def prepare(task: Task, fees: FeeTable, documents: DocumentStore | None, report: Report) -> Bill | None:
    """The bill of a task; None, with a gap, where nothing can be said of it.

    What coverage says lies in the document store. Raises ``Transient`` when that cannot be reached.
    """
    claim = task.content
    if claim.encounter is None:
        report.gap("encounter", "CLM", "the claim carries no encounter", "find out which system wrote the claim")
        return None
    try:
        number = control_number(task.revision.claim_id, task.revision.revision)
    except Rejected as error:
        problem = error.problems[0]
        report.gap("claim_id", "CLM01", problem.message, problem.remedy)
        return None
    coverage = _coverage(claim.encounter, documents, report)
    return Bill(
        task=task,
        control_number=number,
        encounter=claim.encounter,
        coverage=coverage,
        patient=_patient(claim.encounter, coverage, report),
        diagnoses=tuple(sorted(claim.diagnoses, key=lambda d: (d.role is not DiagnosisRole.PRINCIPAL, d.sequence))),
        lines=tuple(service_lines(claim, fees, report)),
    )


def _coverage(encounter: Encounter, documents: DocumentStore | None, report: Report) -> Coverage:
    check = encounter.billing.coverage if encounter.billing is not None else None
    if check is None:
        return Coverage()
    if documents is None:
        report.note("billing.coverage was not looked up: no document store was given")
        return Coverage()
    try:
        return coverage_of(documents.get(check.uri, check.sha256))
    except Rejected as error:
        problem = error.problems[0]
        report.gap("billing.coverage", "2000B", problem.message, problem.remedy)
        return Coverage()


def _patient(encounter: Encounter, coverage: Coverage, report: Report) -> Insured:
    """The patient as coverage states the person, completed by the encounter."""
    stated, told = coverage.patient or Insured(), encounter.patient
    last, first = _name(told.name) if isinstance(told.name, str) else ("", "")
    if not isinstance(told.birth_date, str | None) or not isinstance(told.name, str | None):
        report.note("the patient is encrypted in the event: only what coverage says is known here")
    birth_date = stated.birth_date
    if birth_date is None and isinstance(told.birth_date, str):
        birth_date = _day(told.birth_date)
    return Insured(
        last_name=stated.last_name or last,
        first_name=stated.first_name if stated.last_name else first,
        middle_name=stated.middle_name,
        birth_date=birth_date,
        sex=stated.sex or _SEX[told.sex],
        address=stated.address,
    )


def _name(text: str) -> tuple[str, str]:
    """Last and first name, where the text keeps them apart (``Quill, Ada`` or HL7's ``Quill^Ada``); else none."""
    for separator in ("^", ","):
        if separator in text:
            last, first = text.split(separator)[:2]
            return last.strip(), first.strip()
    return "", ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
