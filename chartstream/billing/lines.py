"""The service lines of a claim: its procedures with what their charges say, and charges that stand by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from chartstream.billing.fees import FeeTable
from chartstream.billing.gaps import Report
from chartstream.events.claims import ClaimCoded
from chartstream.events.coding import CodeSystem, Procedure
from chartstream.events.encounter import Charge, ClaimType

_SERVICES = {CodeSystem.CPT, CodeSystem.HCPCS}
_REVENUE = "REVENUE"


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One line. ``number`` is the procedure's sequence on the claim (a charge that stands by itself gets the next one),
    ``pointers`` are sequence numbers of diagnoses, ``amount`` is in US dollars for all units; ``code`` is empty for a
    charge by revenue code alone, whose ``system`` is REVENUE.
    """

    number: int
    system: str
    code: str
    units: Decimal
    modifiers: tuple[str, ...] = ()
    begin: date | None = None
    end: date | None = None
    provider_id: str | None = None
    place_of_service: str | None = None
    pointers: tuple[int, ...] = ()
    revenue_code: str | None = None
    amount: Decimal | None = None
    ndc: str | None = None


def service_lines(claim: ClaimCoded, fees: FeeTable, report: Report) -> list[ServiceLine]:
    """The lines in order, each priced where that is possible: by itself, by its charge, by the fee table.

    Procedures of ICD-10-PCS are no lines. A charge belongs to the procedure that names it, else to the one of the same
    code and modifiers on its day. One that belongs to none is a line of its own; but where the claim's procedures name
    charges, they are what coding made of the charge sheet, and a service that was left out of them stays out, with a
    note. Charges by revenue code alone are lines of facility claims only.
    """
    encounter = claim.encounter
    charges = list(encounter.billing.charges) if encounter is not None and encounter.billing is not None else []
    procedures = sorted((p for p in claim.procedures if p.system in _SERVICES), key=lambda p: p.sequence)
    lines: list[ServiceLine] = []
    for procedure in procedures:
        charge = _taken(procedure, charges)
        lines.append(_joined(procedure, charge))
    named = any(procedure.charge_id for procedure in procedures)
    lines += _standing_alone(claim, charges, named=named, report=report)
    first_day = encounter.service_from if encounter is not None else None
    payer = encounter.billing.payer_id if encounter is not None and encounter.billing is not None else None
    return [_priced(_dated(line, first_day), fees, payer) for line in lines]


def _taken(procedure: Procedure, charges: list[Charge]) -> Charge | None:
    """The charge of a procedure, taken out of the list."""
    for index, charge in enumerate(charges):
        if procedure.charge_id is not None:
            fits = charge.charge_id == procedure.charge_id
        else:
            fits = (charge.code, charge.modifiers) == (procedure.code, procedure.modifiers) and (
                None in {charge.performed_on, procedure.performed_from}
                or charge.performed_on == procedure.performed_from
            )
        if fits:
            return charges.pop(index)
    return None


def _joined(procedure: Procedure, charge: Charge | None) -> ServiceLine:
    line = ServiceLine(
        number=procedure.sequence,
        system=procedure.system,
        code=procedure.code,
        units=procedure.units,
        modifiers=procedure.modifiers,
        begin=procedure.performed_from,
        end=procedure.performed_through,
        provider_id=procedure.provider_id,
        place_of_service=procedure.place_of_service,
        pointers=procedure.diagnosis_pointers,
        revenue_code=procedure.revenue_code,
        amount=procedure.amount,
        ndc=procedure.ndc,
    )
    if charge is None:
        return line
    # an amount belongs to its units: where coding changed them, the charge's sum no longer says what the line costs
    amount = charge.amount if charge.units == procedure.units and charge.code == procedure.code else None
    return replace(
        line,
        begin=line.begin or charge.performed_on,
        provider_id=line.provider_id or charge.provider_id,
        revenue_code=line.revenue_code or charge.revenue_code,
        amount=line.amount if line.amount is not None else amount,
        ndc=line.ndc or charge.ndc,
    )


def _standing_alone(
    claim: ClaimCoded, charges: Sequence[Charge], *, named: bool, report: Report
) -> Iterator[ServiceLine]:
    facility = claim.encounter is not None and claim.encounter.claim_type is not ClaimType.PROFESSIONAL
    number = max((p.sequence for p in claim.procedures), default=0)
    for charge in charges:
        service = charge.system in {system.value for system in _SERVICES}
        if service and named:
            report.note("a charge that no procedure of the claim names was left off")
            continue
        if not service and not (facility and charge.system == _REVENUE):
            report.note("a charge that is no service line of this kind of claim was left off")
            continue
        number += 1
        yield ServiceLine(
            number=number,
            system=charge.system,
            code=charge.code if service else "",
            units=charge.units,
            modifiers=charge.modifiers,
            begin=charge.performed_on,
            provider_id=charge.provider_id,
            revenue_code=charge.revenue_code or (None if service else charge.code),
            amount=charge.amount,
            ndc=charge.ndc,
        )


def _dated(line: ServiceLine, day: date | None) -> ServiceLine:
    begin = line.begin or day
    return replace(line, begin=begin, end=line.end if line.end is not None else begin)


def _priced(line: ServiceLine, fees: FeeTable, payer: str | None) -> ServiceLine:
    if line.amount is not None or not line.code or line.begin is None:
        return line
    fee = fees.fee(line.code, line.modifiers, payer, line.begin)
    return line if fee is None else replace(line, amount=round(fee * line.units, 2))
