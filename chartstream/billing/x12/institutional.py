"""Loop 2300 of an 837I: 005010X223A2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

from chartstream.billing.bill import Bill
from chartstream.billing.gaps import Report
from chartstream.billing.lines import ServiceLine
from chartstream.billing.site import Site
from chartstream.billing.x12.claim_parts import (
    charge,
    diagnosis_code,
    drug,
    references,
    service,
    service_dates,
    total,
    undotted,
    units,
)
from chartstream.billing.x12.parties import billing_provider, person, service_facility
from chartstream.billing.x12.segments import Segment, date8
from chartstream.events.coding import CodeSystem, Diagnosis, DiagnosisRole, PresentOnAdmission, Procedure
from chartstream.events.encounter import ClaimType, ProviderRole

T = TypeVar("T")

MOST_OTHER_DIAGNOSES, MOST_OTHER_PROCEDURES, MOST_CAUSES, MOST_REASONS, MOST_LINES = 24, 24, 12, 3, 999
_A_SEGMENT = 12

_STILL_A_PATIENT = "30"
_APART = {DiagnosisRole.ADMITTING, DiagnosisRole.REASON_FOR_VISIT, DiagnosisRole.EXTERNAL_CAUSE}
_UNSCHEDULED = {"1", "2", "5"}
_UNSCHEDULED_REVENUE = ("045", "0516", "0762")


def institutional_claim(bill: Bill, site: Site, report: Report) -> list[Segment]:
    """The claim and its lines. What is missing stands in the report; the segments are then not to be sent."""
    inpatient = bill.encounter.claim_type is ClaimType.FACILITY_INPATIENT
    statements = site.claims
    segments: list[Segment] = [
        (
            "CLM",
            bill.control_number,
            total(bill.lines, report),
            "",
            "",
            (_bill_type(bill, site, report), "A", bill.task.frequency),
            "",
            statements.assignment,
            statements.benefits_assigned,
            statements.release_of_information,
        ),
        *_dates(bill, report, inpatient=inpatient),
        _visit(bill, report),
        *references(bill, report),
        *_diagnoses(bill, report, inpatient=inpatient),
        *_procedures(bill, report),
        *_providers(bill, site, report),
    ]
    if not 1 <= len(bill.lines) <= MOST_LINES:
        reason = f"a facility's claim has 1 to {MOST_LINES} lines, this one has {len(bill.lines)}"
        report.gap("lines", "2400", reason, "let the source charge the services, or split the claim")
    for count, line in enumerate(bill.lines, 1):
        segments += _line(count, line, report, inpatient=inpatient)
    return segments


def _bill_type(bill: Bill, site: Site, report: Report) -> str:
    provider = billing_provider(bill, site, report)
    found = provider.bill_types.get(bill.encounter.claim_type) if provider is not None else None
    if found is None:
        return report.gap("site.billing_providers.bill_types", "CLM05-1",
                          f"there is none for {bill.encounter.claim_type}", "add it to the site file")  # fmt: skip
    return found


def _dates(bill: Bill, report: Report, *, inpatient: bool) -> list[Segment]:
    """Discharge hour, statement dates, admission date: DTP*096, 434, 435. Hours come in the encounter's attributes."""
    encounter = bill.encounter
    begin, end = encounter.service_from, encounter.service_through or encounter.service_from
    if begin is None or end is None or end < begin:
        report.gap("service_from", "DTP*434", "the statement dates are not known or run backwards",
                   "let the source send both dates")  # fmt: skip
        return []
    segments: list[Segment] = []
    if inpatient and encounter.discharge_disposition != _STILL_A_PATIENT:
        segments.append(("DTP", "096", "TM", _hour("discharge_hour", "DTP*096", bill, report)))
    segments.append(("DTP", "434", "RD8", f"{date8(begin)}-{date8(end)}"))
    if inpatient:
        segments.append(_admission(begin, bill, report))
    return segments


def _admission(begin: date, bill: Bill, report: Report) -> Segment:
    if "admission_hour" not in bill.encounter.attributes:
        return ("DTP", "435", "D8", date8(begin))
    return ("DTP", "435", "DT", date8(begin) + _hour("admission_hour", "DTP*435", bill, report))


def _hour(attribute: str, element: str, bill: Bill, report: Report) -> str:
    remedy = f"let the source send the attribute {attribute} as HHMM"
    value = bill.encounter.attributes.get(attribute)
    return report.matching(value, "([01][0-9]|2[0-3])[0-5][0-9]", f"attributes.{attribute}", element, remedy)


def _visit(bill: Bill, report: Report) -> Segment:
    """CL1: priority, point of origin, patient status (NUBC form locators 14, 15 and 17)."""
    encounter, remedy = bill.encounter, "let the source send the UB-04 code"
    priority = report.matching(encounter.admission_type, "[1-9]", "admission_type", "CL101", remedy)
    origin = report.matching(encounter.admission_source, "[1-9A-Z]", "admission_source", "CL102", remedy)
    status = report.matching(encounter.discharge_disposition, "[0-9]{2}", "discharge_disposition", "CL103", remedy)
    return ("CL1", priority, origin, status)


def _diagnoses(bill: Bill, report: Report, *, inpatient: bool) -> list[Segment]:
    """HI segments in the guide's order: principal, admitting, reason for visit, external causes, DRG, others."""
    by_role = {role: [d for d in bill.diagnoses if d.role is role] for role in DiagnosisRole}
    own = [d for d in bill.diagnoses if d.role not in _APART]
    if not own:
        report.gap("diagnoses", "HI*ABK", "the claim has none", "code the encounter")
        return []
    causes = _limited(by_role[DiagnosisRole.EXTERNAL_CAUSE], MOST_CAUSES, "external causes", report)
    others = _limited(own[1:], MOST_OTHER_DIAGNOSES, "diagnoses", report)
    segments = _segments([_with_poa("ABK", own[0], report, inpatient=inpatient)])
    segments += _of_the_visit(bill, by_role, report, inpatient=inpatient)
    segments += _segments([_with_poa("ABN", d, report, inpatient=inpatient) for d in causes])
    segments += _drg(bill)
    return segments + _segments([_with_poa("ABF", d, report, inpatient=inpatient) for d in others])


def _of_the_visit(
    bill: Bill, by_role: dict[DiagnosisRole, list[Diagnosis]], report: Report, *, inpatient: bool
) -> list[Segment]:
    """The admitting diagnosis of a stay, the reasons for an outpatient visit."""
    if inpatient:
        admitting = by_role[DiagnosisRole.ADMITTING]
        if not admitting:
            report.gap("diagnoses.ADMITTING", "HI*ABJ", "a stay needs an admitting diagnosis", "code it")
        return _segments([("ABJ", diagnosis_code(d, "HI*ABJ", report)) for d in admitting[:1]])
    reasons = _limited(by_role[DiagnosisRole.REASON_FOR_VISIT], MOST_REASONS, "reasons for the visit", report)
    unscheduled = bill.encounter.admission_type in _UNSCHEDULED and any(
        (line.revenue_code or "").startswith(_UNSCHEDULED_REVENUE) for line in bill.lines
    )
    if unscheduled and not reasons:
        # NUBC form locator 70: emergency room, urgent care or observation on an unscheduled visit
        report.gap("diagnoses.REASON_FOR_VISIT", "HI*APR", "an unscheduled visit needs its reason", "code it")
    return _segments([("APR", diagnosis_code(d, "HI*APR", report)) for d in reasons])


def _with_poa(qualifier: str, diagnosis: Diagnosis, report: Report, *, inpatient: bool) -> tuple[str, ...]:
    """The composite; its ninth component is the indicator, empty for exempt codes (5010 dropped the 1 of 4010)."""
    code = diagnosis_code(diagnosis, f"HI*{qualifier}", report)
    indicator = diagnosis.present_on_admission
    if not inpatient:
        return (qualifier, code)
    if indicator is None:
        report.gap(f"diagnoses[{diagnosis.sequence}].present_on_admission", f"HI*{qualifier} 9",
                   "a stay needs it on each diagnosis", "let a coder decide it")  # fmt: skip
        return (qualifier, code)
    poa = "" if indicator is PresentOnAdmission.EXEMPT else str(indicator)
    return (qualifier, code, "", "", "", "", "", "", poa)


def _drg(bill: Bill) -> list[Segment]:
    groups = (g.value for g in bill.task.content.groupings if g.system == "MS-DRG" and g.value.isdigit())
    return [("HI", ("DR", value.zfill(3))) for value in list(groups)[:1]]


def _procedures(bill: Bill, report: Report) -> list[Segment]:
    """ICD-10-PCS: the first one principal (BBR), the others BBQ, each with its day."""
    found = sorted(
        (p for p in bill.task.content.procedures if p.system is CodeSystem.ICD_10_PCS), key=lambda p: p.sequence
    )
    others = _limited(found[1:], MOST_OTHER_PROCEDURES, "procedures", report)
    return _segments([_procedure("BBR", p, report) for p in found[:1]]) + _segments(
        [_procedure("BBQ", p, report) for p in others]
    )


def _procedure(qualifier: str, procedure: Procedure, report: Report) -> tuple[str, ...]:
    name, element = f"procedures[{procedure.sequence}]", f"HI*{qualifier}"
    code = undotted(procedure.code, procedure.system, f"{name}.code", element, report)
    day = procedure.performed_from
    when = date8(day) if day else report.gap(f"{name}.performed_from", element, "it is not known", "date it")
    return (qualifier, code, "D8", when)


def _providers(bill: Bill, site: Site, report: Report) -> list[Segment]:
    """2310A attending, 2310B operating, 2310E service facility, 2310F referring."""
    segments: list[Segment] = []
    attending, operating = bill.provider(ProviderRole.ATTENDING), bill.provider(ProviderRole.OPERATING)
    if attending is None:
        report.gap("providers.ATTENDING", "NM1*71", "a facility's claim names who attended",
                   "let the source name the provider with role ATTENDING")  # fmt: skip
    else:
        name, taxonomy = person("71", attending, ProviderRole.ATTENDING, site, report)
        segments += [name, ("PRV", "AT", "PXC", taxonomy)] if taxonomy else [name]
    if operating is not None:
        segments.append(person("72", operating, ProviderRole.OPERATING, site, report)[0])
    elif any(p.system is CodeSystem.ICD_10_PCS and p.code.startswith("0") for p in bill.task.content.procedures):
        # the medical and surgical section of ICD-10-PCS
        report.gap("providers.OPERATING", "NM1*72", "a surgical procedure names who operated",
                   "let the source name the provider with role OPERATING")  # fmt: skip
    segments += service_facility(bill, site, report)
    referring = bill.provider(ProviderRole.REFERRING)
    if referring is not None and bill.encounter.claim_type is ClaimType.FACILITY_OUTPATIENT:
        segments.append(person("DN", referring, ProviderRole.REFERRING, site, report)[0])
    return segments


def _line(count: int, line: ServiceLine, report: Report, *, inpatient: bool) -> list[Segment]:
    """LX, SV2, DTP where the line is dated (outpatient lines are), REF*6R with our number of the line."""
    element, remedy = f"SV2 of line {line.number}", "let the source send the charge's revenue code"
    drug(line, report)
    revenue = report.matching(line.revenue_code, "[0-9]{4}", f"lines[{line.number}].revenue_code", element, remedy)
    composite = service(line, element, report) if line.code else ""
    dates: Iterable[Segment] = () if inpatient else service_dates(line, report)
    return [
        ("LX", str(count)),
        ("SV2", revenue, composite, charge(line, element, report), _unit(revenue), units(line, element, report)),
        *dates,
        ("REF", "6R", str(line.number)),
    ]


def _unit(revenue_code: str) -> str:
    """Days for accommodation, which NUBC's revenue codes 010x to 021x stand for; units for the rest."""
    return "DA" if "0100" <= revenue_code <= "0219" else "UN"


def _limited(found: Sequence[T], most: int, what: str, report: Report) -> Sequence[T]:
    if len(found) > most:
        report.note(f"{len(found) - most} {what} were left off: a facility's claim has room for {most}")
    return found[:most]


def _segments(composites: Sequence[tuple[str, ...]]) -> list[Segment]:
    """HI segments of twelve composites at most."""
    starts = range(0, len(composites), _A_SEGMENT)
    return [("HI", *composites[start : start + _A_SEGMENT]) for start in starts]
