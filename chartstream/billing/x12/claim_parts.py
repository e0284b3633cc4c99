"""What 837P and 837I write alike of a claim: its references, totals, dates of lines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from chartstream.billing.bill import ORIGINAL, Bill
from chartstream.billing.gaps import Report, number
from chartstream.billing.lines import ServiceLine
from chartstream.billing.x12.segments import Segment, date8
from chartstream.events.coding import CodeSystem, Diagnosis

_CODE = {CodeSystem.ICD_10_CM: r"[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?", CodeSystem.ICD_10_PCS: r"[0-9A-HJ-NP-Z]{7}"}


def references(bill: Bill, report: Report) -> list[Segment]:
    """REF segments of loop 2300 in order: prior authorisation, the payer's number of what is replaced, medical record.

    The payer's number is required of replacements and voids (REF*F8, both guides).
    """
    billing = bill.encounter.billing
    authorization = report.optional_identifier(
        billing.authorization_ref if billing is not None else None,
        "billing.authorization_ref", "REF*G1", 50, "let the source send the payer's own number",
    )  # fmt: skip
    record = bill.encounter.patient.record_number
    record_number = report.optional_identifier(
        record if isinstance(record, str) else None, "patient.record_number", "REF*EA", 50, "correct it at its source"
    )
    payers = ""
    if bill.task.frequency != ORIGINAL:
        remedy = "read the payer's 835 or 277CA of the earlier revision (`chartstream claims outcomes --ledger`)"
        given = bill.task.payer_claim_number
        payers = report.identifier(given, "payer_claim_number", "REF*F8", 50, remedy)
    found = (("G1", authorization), ("F8", payers), ("EA", record_number))
    return [("REF", qualifier, value) for qualifier, value in found if value]


def total(lines: tuple[ServiceLine, ...], report: Report) -> str:
    """CLM02: the sum of all lines."""
    amounts = [line.amount for line in lines if line.amount is not None]
    return report.amount(sum(amounts, Decimal(0)), "lines.amount", "CLM02", "split the claim")


def charge(line: ServiceLine, element: str, report: Report) -> str:
    """The amount of a line."""
    remedy = f"let the source charge {line.code or line.revenue_code}, or put it into the fee table"
    return report.amount(line.amount, f"lines[{line.number}].amount", element, remedy)


def units(line: ServiceLine, element: str, report: Report) -> str:
    """The units of a line: more than none, at most eight digits before the point."""
    if not 0 < line.units < 10**8:
        return report.gap(f"lines[{line.number}].units", element, "they are not above 0 and below 100,000,000",
                          "correct the units")  # fmt: skip
    return number(line.units)


def service(line: ServiceLine, element: str, report: Report) -> tuple[str, ...]:
    """The composite of a procedure code and its modifiers; HC is for CPT and HCPCS."""
    name, remedy = f"lines[{line.number}]", "correct the line"
    code = report.matching(line.code, "[0-9A-Z][0-9]{3}[0-9A-Z]", f"{name}.code", element, remedy)
    if len(line.modifiers) > 4:
        report.gap(f"{name}.modifiers", element, "a line has room for four", remedy)
    modifiers = [report.matching(m, "[0-9A-Z]{2}", f"{name}.modifiers", element, remedy) for m in line.modifiers[:4]]
    return ("HC", code, *modifiers)


def service_dates(line: ServiceLine, report: Report) -> tuple[Segment, ...]:
    """DTP*472 of a line."""
    if line.begin is None:
        report.gap(f"lines[{line.number}].date", "DTP*472", "it is not known", "let the source date the service")
        return ()
    return (period("472", line.begin, line.end or line.begin),)


def period(qualifier: str, begin: date, end: date) -> Segment:
    """DTP of one day, or of a range."""
    if begin == end:
        return ("DTP", qualifier, "D8", date8(begin))
    return ("DTP", qualifier, "RD8", f"{date8(begin)}-{date8(end)}")


def undotted(code: str, system: CodeSystem, name: str, element: str, report: Report) -> str:
    """A diagnosis or ICD-10-PCS code as an 837 wants it: without its dot. Another system's code is a gap."""
    remedy = "code it anew in ICD-10"
    if system not in _CODE:
        return report.gap(name, element, f"{system} has no qualifier here", remedy)
    return report.matching(code, _CODE[system], name, element, remedy).replace(".", "")


def diagnosis_code(diagnosis: Diagnosis, element: str, report: Report) -> str:
    """The code of a diagnosis, without its dot."""
    name = f"diagnoses[{diagnosis.sequence}].code"
    if diagnosis.system is not CodeSystem.ICD_10_CM:
        return report.gap(name, element, f"{diagnosis.system} is no system of diagnoses", "code it in ICD-10-CM")
    return undotted(diagnosis.code, diagnosis.system, name, element, report)


def drug(line: ServiceLine, report: Report) -> None:
    """A National Drug Code needs a quantity and a unit (loop 2410 CTP), which the event does not carry."""
    if line.ndc:
        report.note(f"lines[{line.number}].ndc was left off: the quantity and unit of the drug are not known")
