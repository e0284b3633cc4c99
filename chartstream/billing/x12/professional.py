"""Loop 2300 of an 837P: 005010X222A1."""

from __future__ import annotations

from dataclasses import dataclass

from chartstream.billing.bill import Bill
from chartstream.billing.gaps import Report
from chartstream.billing.lines import ServiceLine
from chartstream.billing.site import Site, Unpointed
from chartstream.billing.x12.claim_parts import (
    charge,
    diagnosis_code,
    drug,
    references,
    service,
    service_dates,
    total,
    units,
)
from chartstream.billing.x12.parties import billing_provider, person, service_facility
from chartstream.billing.x12.segments import Segment
from chartstream.events.encounter import ProviderRole

MOST_DIAGNOSES, MOST_LINES, MOST_POINTERS = 12, 50, 4

_UNTIMED_ANAESTHESIA = {"01953", "01996"}
"""By area of burns and by the day."""

_INPATIENT_PLACES = {"21", "51", "61"}
_OTHERS = (("DN", ProviderRole.REFERRING), ("DQ", ProviderRole.SUPERVISING))


def professional_claim(bill: Bill, site: Site, report: Report) -> list[Segment]:
    """The claim and its lines. What is missing stands in the report; the segments are then not to be sent."""
    places = {diagnosis.sequence: place for place, diagnosis in enumerate(bill.diagnoses[:MOST_DIAGNOSES], 1)}
    where = _place_of_service(bill, report)
    statements = site.claims
    segments: list[Segment] = [
        (
            "CLM",
            bill.control_number,
            total(bill.lines, report),
            "",
            "",
            (where, "B", bill.task.frequency),
            "Y" if statements.signature_on_file else "N",
            statements.assignment,
            statements.benefits_assigned,
            statements.release_of_information,
        ),
        *_admission(bill, where, report),
        *references(bill, report),
        _diagnoses(bill, report),
        *_providers(bill, site, report),
    ]
    if not 1 <= len(bill.lines) <= MOST_LINES:
        reason = f"a professional claim has 1 to {MOST_LINES} lines, this one has {len(bill.lines)}"
        report.gap("lines", "2400", reason, "let the source charge the services, or split the claim")
    case = _Case(bill, site, report, places, where)
    for count, line in enumerate(bill.lines, 1):
        segments += _line(count, line, case)
    return segments


@dataclass(frozen=True, slots=True)
class _Case:
    """What the lines have in common: where each diagnosis (by its sequence) stands in HI, and the place of service."""

    bill: Bill
    site: Site
    report: Report
    places: dict[int, int]
    where: str


def _place_of_service(bill: Bill, report: Report) -> str:
    facility = bill.encounter.facility
    named = facility.place_of_service if facility is not None else None
    of_lines = {line.place_of_service for line in bill.lines}
    value = named or (of_lines.pop() if len(of_lines) == 1 else None)
    return report.matching(value, "[0-9]{2}", "facility.place_of_service", "CLM05-1", "let the source send it")


def _admission(bill: Bill, where: str, report: Report) -> list[Segment]:
    """DTP*435, required where the place of service is inpatient. The encounter's dates are the physician's, so the day
    comes in its attributes.
    """
    if where not in _INPATIENT_PLACES:
        return []
    remedy = "let the source send the attribute admission_date as YYYY-MM-DD"
    day = bill.encounter.attributes.get("admission_date")
    form = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
    return [
        (
            "DTP",
            "435",
            "D8",
            report.matching(day, form, "attributes.admission_date", "DTP*435", remedy).replace("-", ""),
        )
    ]


def _diagnoses(bill: Bill, report: Report) -> Segment:
    """HI: the first one ABK, the others ABF, twelve at most; external causes stand among the others."""
    if not bill.diagnoses:
        report.gap("diagnoses", "HI", "the claim has none", "code the encounter")
    beyond = len(bill.diagnoses) - MOST_DIAGNOSES
    if beyond > 0:
        report.note(f"{beyond} diagnoses were left off: a professional claim has room for {MOST_DIAGNOSES}")
    return (
        "HI",
        *(
            ("ABF" if place else "ABK", diagnosis_code(diagnosis, f"HI{place + 1:02}", report))
            for place, diagnosis in enumerate(bill.diagnoses[:MOST_DIAGNOSES])
        ),
    )


def _providers(bill: Bill, site: Site, report: Report) -> list[Segment]:
    """2310A referring, 2310B rendering, 2310C service facility, 2310D supervising."""
    segments: list[Segment] = []
    loops: dict[str, tuple[Segment, ...]] = {"77": service_facility(bill, site, report)}
    for entity, role in _OTHERS:
        provider = bill.provider(role)
        if provider is not None:
            loops[entity] = (person(entity, provider, role, site, report)[0],)
    loops["82"] = _rendering(bill, site, report)
    for entity in ("DN", "82", "77", "DQ"):
        segments += loops.get(entity, ())
    return segments


def _rendering(bill: Bill, site: Site, report: Report) -> tuple[Segment, ...]:
    """Required where it is not the billing provider (005010X222A1, loop 2310B)."""
    provider, billing = bill.provider(ProviderRole.RENDERING), billing_provider(bill, site, report)
    if provider is None:
        if billing is not None and not billing.first_name:
            report.gap("providers.RENDERING", "NM1*82", "an organisation bills and nobody rendered the services",
                       "let the source name the provider with role RENDERING")  # fmt: skip
        return ()
    if billing is not None and provider.npi == billing.npi:
        return ()
    name, taxonomy = person("82", provider, ProviderRole.RENDERING, site, report)
    return (name, ("PRV", "PE", "PXC", taxonomy)) if taxonomy else (name,)


def _line(count: int, line: ServiceLine, case: _Case) -> list[Segment]:
    """LX, SV1, DTP, REF*6R with our number of the line, and its own rendering provider where that is another."""
    bill, report = case.bill, case.report
    element = f"SV1 of line {line.number}"
    place = ""
    if line.place_of_service and line.place_of_service != case.where:
        place = report.matching(line.place_of_service, "[0-9]{2}", f"lines[{line.number}].place_of_service", element,
                                "correct it")  # fmt: skip
    drug(line, report)
    _time(line, element, report)
    segments: list[Segment] = [
        ("LX", str(count)),
        (
            "SV1",
            service(line, element, report),
            charge(line, element, report),
            "UN",
            units(line, element, report),
            place,
            "",
            _pointers(line, case),
        ),
        *service_dates(line, report),
        ("REF", "6R", str(line.number)),
    ]
    rendering, own = bill.provider(ProviderRole.RENDERING), bill.provider_by_id(line.provider_id)
    if own is not None and rendering is not None and own.provider_id != rendering.provider_id:
        name, taxonomy = person("82", own, f"lines[{line.number}]", case.site, report)
        segments += [name, ("PRV", "PE", "PXC", taxonomy)] if taxonomy else [name]
    return segments


def _time(line: ServiceLine, element: str, report: Report) -> None:
    """Anaesthesia is billed in minutes (SV103 MJ; Medicare Claims Processing Manual, chapter 12, section 50), and what
    a claim carries are units.
    """
    timed = line.code.isdecimal() and "00100" <= line.code <= "01999" and line.code not in _UNTIMED_ANAESTHESIA
    if timed:
        report.gap(f"lines[{line.number}].minutes", element, "anaesthesia is billed in minutes, which are not known",
                   "bill the line by hand")  # fmt: skip


def _pointers(line: ServiceLine, case: _Case) -> tuple[str, ...]:
    """SV107: places of up to four diagnoses in HI."""
    report, places, rule = case.report, case.places, case.site.claims.unpointed_lines
    name = f"lines[{line.number}].diagnosis_pointers"
    pointed: tuple[int, ...] = line.pointers
    if not pointed and rule is not Unpointed.HOLD:
        wanted = 1 if rule is Unpointed.FIRST else MOST_POINTERS
        pointed = tuple(diagnosis.sequence for diagnosis in case.bill.diagnoses[:wanted])
        report.note(f"{name}: none were given; pointed as the site file says ({rule})")
    if not pointed:
        report.gap(name, "SV107", "the line points to no diagnosis", "point it, or set the site's unpointed_lines")
    lost = [sequence for sequence in pointed[:MOST_POINTERS] if sequence not in places]
    if lost:
        report.gap(name, "SV107", "it points to a diagnosis that is not on the claim", "correct the pointers")
    if len(pointed) > MOST_POINTERS:
        report.note(f"{name}: cut to the first {MOST_POINTERS}")
    return tuple(str(places[sequence]) for sequence in pointed[:MOST_POINTERS] if sequence in places)
