"""Is every procedure code a code, in force on its day, and of the code set that such a claim carries?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from chartstream.events.coding import CodeSystem, Procedure
from chartstream.events.encounter import ClaimType
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.edits.procedures.lines import first_day, is_service, last_day, lines_of
from chartstream.validation.registry import INPATIENT, Hit, Registry
from chartstream.validation.service_rules import listed, service_rules

registry = Registry(of_lines=True)

PCS_FORM: Final = re.compile(r"[0-9A-HJ-NP-Z]{7}")
# Diagnostic and related services of the three days before admission stand on the inpatient claim.
_PAYMENT_WINDOW = timedelta(days=3)


@registry.edit(
    Severity.BLOCKS,
    source="45 CFR 162.1002(c): CPT and HCPCS codes have five characters, ICD-10-PCS codes seven, without I and O",
    remedy="write the code as its code set prints it",
    example={"codes": ["I10"], "procedures": ["9921"]},
)
def procedure_malformed(claim: Claim) -> Iterator[Hit]:
    """A code that its system cannot have, whatever the day."""
    for service in lines_of(claim).every:
        if service.service.system is None:
            yield Hit(f"{service.code} has not the form of a CPT or HCPCS code", (service.code,))
    for line in claim.procedures:
        if line.system is CodeSystem.ICD_10_PCS and PCS_FORM.fullmatch(line.code) is None:
            yield Hit(f"{line.code} has not the form of an ICD-10-PCS code", (line.code,))
        elif line.system is CodeSystem.ICD_10_CM:
            yield Hit(f"{line.code} is given as a diagnosis code on a procedure line", (line.code,))


@registry.edit(
    Severity.BLOCKS,
    source="45 CFR 162.1002(c)(3) and (4): ICD-10-PCS for hospital inpatients, CPT and HCPCS for other services",
    remedy="code the procedure in the code set of such a claim",
    example={"codes": ["I10"], "claim_type": "FACILITY_INPATIENT", "procedures": ["99221"]},
)
def procedure_system_conflict(claim: Claim) -> Iterator[Hit]:
    """CPT or HCPCS on an inpatient facility claim, ICD-10-PCS on any other."""
    inpatient = claim.claim_type is ClaimType.FACILITY_INPATIENT
    for line in claim.procedures:
        if line.system is CodeSystem.ICD_10_PCS and not inpatient:
            yield Hit(f"{line.code}: ICD-10-PCS is for inpatient hospital claims", (line.code,))
        elif is_service(line) and inpatient and not _carried_by_inpatients(line):
            yield Hit(f"{line.code}: an inpatient hospital claim carries ICD-10-PCS codes", (line.code,))


@registry.edit(
    Severity.BLOCKS,
    source="45 CFR 162.1000(a): the code set valid at the time of service",
    remedy="choose a code of the edition in force on the day",
    example={"codes": ["I10"], "procedures": ["99201"]},
)
def procedure_unknown(claim: Claim) -> Iterator[Hit]:
    """A code that the installed CPT or HCPCS table of the line's day does not have."""
    for line in lines_of(claim).every:
        if line.service.installed and line.service.entry is None:
            yield Hit(f"{line.code} is not in the installed {line.service.system} table", (line.code,))


@registry.edit(
    Severity.BLOCKS,
    source="45 CFR 162.1000(a): the code set valid at the time of service; dates of the HCPCS and CPT tables",
    remedy="choose the code that is in force on the day of the line",
    example={"codes": ["I10"], "procedures": ["G2012"]},
)
def procedure_not_in_force(claim: Claim) -> Iterator[Hit]:
    """A code before the day on which it was added, or after the last one on which it holds."""
    for line in lines_of(claim).every:
        entry = line.service.entry
        if entry is not None and line.first is not None and not entry.valid_on(line.first):
            yield Hit(f"{line.code} is not in force on {line.first}", (line.code,))


@registry.edit(
    Severity.REVIEW,
    source="45 CFR 162.1000(a): the code set valid at the time of service",
    remedy="install the table of the code set for the date, or look the code up",
    example={"codes": ["I10"], "procedures": [{"code": "D0120", "system": "OTHER"}]},
)
def procedure_unchecked(claim: Claim) -> Iterator[Hit]:
    """A code of which nothing can be said: no table is installed for its day, no date, another system."""
    for line in claim.procedures:
        if line.system is CodeSystem.OTHER:
            yield Hit(f"{line.code} cannot be checked: it is of no code set that is known here", (line.code,))
    for service_line in lines_of(claim).every:
        code, service = service_line.code, service_line.service
        if service.system is None or service.installed:
            continue
        if service_line.tables is None:
            yield Hit(f"{code} cannot be checked: its date of service is not known", (code,))
        else:
            yield Hit(f"{code} cannot be checked: no {service.system} table is installed for the day", (code,))


@registry.edit(
    Severity.BLOCKS,
    source="NUCC 1500 instructions, item 24A; NUBC FL 6 and FL 45: lines lie within the period of the claim; Medicare "
    "Claims Processing Manual, chapter 3, section 40.3: three days before admission on inpatient claims",
    remedy="correct the date of the line or the period of the encounter",
    example={"codes": ["I10"], "procedures": [{"code": "99213", "day": "2026-03-01"}]},
)
def line_date_outside(claim: Claim) -> Iterator[Hit]:
    """A line that begins before the encounter, ends after it, or ends before it begins."""
    begins, ends = claim.encounter.service_from, claim.encounter.service_through
    if begins is not None and claim.claim_type in INPATIENT:
        begins -= _PAYMENT_WINDOW
    for line in claim.procedures:
        first, last = first_day(claim, line), last_day(claim, line)
        if first is None or last is None:
            continue
        if last < first:
            yield Hit(f"{line.code} ends on {last}, before it begins on {first}", (line.code,))
        elif begins is not None and first < begins:
            yield Hit(f"{line.code} begins on {first}, before the encounter", (line.code,))
        elif ends is not None and last > ends:
            yield Hit(f"{line.code} ends on {last}, after the encounter", (line.code,))


@registry.edit(
    Severity.REVIEW,
    source="NUCC 1500 instructions, item 24A; NUBC FL 6 and FL 45: lines lie within the period of the claim",
    remedy="state the last day of the encounter, or correct the date of the line",
    example={"codes": ["I10"], "procedures": [{"code": "99213", "day": "2026-03-05"}]},
)
def line_date_unchecked(claim: Claim) -> Iterator[Hit]:
    """A line after the first day of an encounter whose last day is not known."""
    begins = claim.encounter.service_from
    if begins is None or claim.encounter.service_through is not None:
        return
    for line in claim.procedures:
        last = last_day(claim, line)
        if last is not None and last > begins:
            yield Hit(f"{line.code} is of {last}; the encounter's last day is not known", (line.code,))


def _carried_by_inpatients(line: Procedure) -> bool:
    rule = service_rules().inpatient_hcpcs
    return line.revenue_code == rule.revenue_code and listed(line.code, rule.codes)
