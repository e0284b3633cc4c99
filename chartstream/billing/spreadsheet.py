"""Claims as a flat table: a row for each service line, one for a claim without any. Safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from chartstream.billing.bill import Bill
from chartstream.billing.gaps import number
from chartstream.billing.lines import ServiceLine
from chartstream.billing.quoting import Quoted
from chartstream.events.coding import CodeSystem, Diagnosis
from chartstream.events.encounter import ProviderRole

COLUMNS = (
    "control_number", "claim_id", "revision", "kind", "frequency", "encounter_id", "claim_type", "service_from",
    "service_through", "payer_id", "billing_provider", "rendering_provider", "diagnoses", "icd_10_pcs", "line", "code",
    "modifiers", "units", "line_from", "line_through", "place_of_service", "revenue_code", "diagnosis_pointers",
    "amount", "approval", "quotes",
)  # fmt: skip

# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"); full-width forms count as well.
_FORMULA = "=+-@\t\r\n|\uff1d\uff0b\uff0d\uff20"


def table(bills: Iterable[tuple[Bill, Sequence[Quoted]]]) -> str:
    """CSV (RFC 4180) with a heading line. Several values in a cell stand in order, separated by spaces; a diagnosis has
    its present-on-admission indicator behind a colon; quotes are separated by " | ".
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for bill, quotes in bills:
        shared = _claim(bill, quotes)
        for line in bill.lines or (None,):
            cells = shared | (_line(line) if line is not None else {})
            writer.writerow([safe(cells.get(column, "")) for column in COLUMNS])
    return out.getvalue()


def safe(cell: str) -> str:
    """A cell that no spreadsheet reads as a formula: an apostrophe stands before what would begin one."""
    return f"'{cell}" if cell.lstrip(" ").startswith(tuple(_FORMULA)) else cell


def _claim(bill: Bill, quotes: Sequence[Quoted]) -> dict[str, str]:
    encounter, revision = bill.encounter, bill.task.revision
    billing, biller = encounter.billing, bill.provider(ProviderRole.BILLING)
    rendering = bill.provider(ProviderRole.RENDERING) or bill.provider(ProviderRole.ATTENDING)
    approval = bill.task.content.approval
    procedures = sorted(bill.task.content.procedures, key=lambda p: p.sequence)
    return {
        "control_number": bill.control_number,
        "claim_id": revision.claim_id,
        "revision": str(revision.revision),
        "kind": revision.kind,
        "frequency": bill.task.frequency,
        "encounter_id": revision.head.encounter_id,
        "claim_type": encounter.claim_type,
        "service_from": _day(encounter.service_from),
        "service_through": _day(encounter.service_through),
        "payer_id": (billing.payer_id or "") if billing is not None else "",
        "billing_provider": biller.provider_id if biller is not None else "",
        "rendering_provider": rendering.provider_id if rendering is not None else "",
        "diagnoses": " ".join(_diagnosis(diagnosis) for diagnosis in bill.diagnoses),
        "icd_10_pcs": " ".join(p.code for p in procedures if p.system is CodeSystem.ICD_10_PCS),
        "approval": approval.mode if approval is not None else "",
        "quotes": " | ".join(f"{quoted.code}: {' '.join(quoted.text.split())}" for quoted in quotes),
    }


def _line(line: ServiceLine) -> dict[str, str]:
    return {
        "line": str(line.number),
        "code": line.code,
        "modifiers": " ".join(line.modifiers),
        "units": number(line.units),
        "line_from": _day(line.begin),
        "line_through": _day(line.end),
        "place_of_service": line.place_of_service or "",
        "revenue_code": line.revenue_code or "",
        "diagnosis_pointers": " ".join(map(str, line.pointers)),
        "amount": f"{line.amount:.2f}" if line.amount is not None else "",
    }


def _diagnosis(diagnosis: Diagnosis) -> str:
    indicator = diagnosis.present_on_admission
    return diagnosis.code if indicator is None else f"{diagnosis.code}:{indicator}"


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""
