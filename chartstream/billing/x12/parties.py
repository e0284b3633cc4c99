"""Who is named on an 837, the same in 837P and 837I: billing provider, subscriber, payer, patient, providers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chartstream.billing.bill import Bill
from chartstream.billing.coverage import SELF, Insured
from chartstream.billing.gaps import Report
from chartstream.billing.site import Address, BillingProvider, Payer, Site
from chartstream.billing.x12.segments import Segment, date8
from chartstream.events.encounter import Provider, ProviderRole

_COVERAGE = "let the source send the coverage (HL7 IN1 or FHIR Coverage)"
_PATIENT = "let the source send the patient with the coverage (HL7 PID or FHIR Patient)"


@dataclass(frozen=True, slots=True)
class Parties:
    """The loops above the claim, without HL segments. ``patient`` is empty where the patient is the subscriber."""

    billing_provider: tuple[Segment, ...]
    subscriber: tuple[Segment, ...]
    patient: tuple[Segment, ...]


def parties(bill: Bill, site: Site, report: Report) -> Parties:
    """Loops 2000A to 2010CA (005010X222A1, 005010X223A2)."""
    payer = _payer(bill, site, report)
    billing = billing_provider(bill, site, report)
    return Parties(
        billing_provider=_billing_loop(billing, report) if billing is not None else (),
        subscriber=_subscriber(bill, payer, report),
        patient=() if bill.coverage.relationship == SELF else _patient(bill, report),
    )


def billing_provider(bill: Bill, site: Site, report: Report) -> BillingProvider | None:
    """The billing provider by the id of the encounter's one, or the site's default; None, with a gap, for neither."""
    named = bill.provider(ProviderRole.BILLING)
    provider_id = named.provider_id if named is not None else site.default_billing_provider
    found = site.billing_providers.get(provider_id) if provider_id is not None else None
    if found is None:
        remedy = "name the provider with role BILLING in the encounter and describe it in the site file"
        report.gap("site.billing_providers", "2010AA", "the claim's billing provider is not among them", remedy)
    return found


def person(segment: str, provider: Provider, role: str, site: Site, report: Report) -> tuple[Segment, str]:
    """NM1 of a provider who is a person, and the taxonomy where it is known. ``segment`` is the entity, as ``82``."""
    known = site.providers.get(provider.provider_id)
    field, element = f"providers.{role}", f"NM1*{segment}"
    remedy = "describe the provider in the site file's providers, by the provider_id of the event"
    npi = report.npi(provider.npi or (known.npi if known else None), f"{field}.npi", f"{element} 09", remedy)
    last = report.text(known.last_name if known else None, f"{field}.last_name", f"{element} 03", 60, remedy)
    first = report.optional_text(known.first_name if known else None, f"{field}.first_name", 35)
    taxonomy = provider.taxonomy or (known.taxonomy if known else None) or ""
    if taxonomy:
        report.matching(taxonomy, r"[0-9A-Z]{10}", f"{field}.taxonomy", "PRV03", remedy)
    return ("NM1", segment, "1", last, first, "", "", "", "XX", npi), taxonomy


def service_facility(bill: Bill, site: Site, report: Report) -> tuple[Segment, ...]:
    """NM1*77 with its address, where the encounter took place elsewhere than at the billing provider's."""
    facility = bill.encounter.facility
    if facility is None:
        return ()
    place, billing = site.facilities.get(facility.facility_id), billing_provider(bill, site, report)
    npi = facility.npi or (place.npi if place is not None else None)
    if npi is None or (billing is not None and npi == billing.npi):
        return ()
    if place is None:
        remedy = "describe it in the site file's facilities, by the facility_id of the event"
        report.gap("site.facilities", "NM1*77", "the facility's name and address are not known", remedy)
        return ()
    name = report.text(place.name, "site.facilities.name", "NM1*77 03", 60, "name it")
    checked = report.npi(npi, "facility.npi", "NM1*77 09", "correct the facility's npi")
    return (("NM1", "77", "2", name, "", "", "", "", "XX", checked), *_site_address(place.address, report))


def _billing_loop(provider: BillingProvider, report: Report) -> tuple[Segment, ...]:
    name = report.text(provider.name, "site.billing_providers.name", "2010AA NM103", 60, "name it")
    first = report.optional_text(provider.first_name, "site.billing_providers.first_name", 35)
    kind = "1" if provider.first_name else "2"
    specialty: tuple[Segment, ...] = (("PRV", "BI", "PXC", provider.taxonomy),) if provider.taxonomy else ()
    return (
        *specialty,
        ("NM1", "85", kind, name, first, "", "", "", "XX", provider.npi),
        *_site_address(provider.address, report),
        ("REF", provider.tax_id_kind, provider.tax_id),
    )


def _site_address(address: Address, report: Report) -> tuple[Segment, Segment]:
    remedy = "complete the address in the site file"
    lines = [report.text(line, "site.address.lines", "N3", 55, remedy) for line in address.lines]
    city = report.text(address.city, "site.address.city", "N401", 30, remedy)
    return ("N3", *lines), ("N4", city, address.state, address.zip)


def _payer(bill: Bill, site: Site, report: Report) -> Payer | None:
    payer_id = bill.encounter.billing.payer_id if bill.encounter.billing is not None else None
    found = site.payers.get(payer_id or bill.coverage.payer_id)
    if found is None:
        remedy = "let the source name the payer and describe it in the site file's payers, by that id"
        report.gap("site.payers", "2010BB", "the claim's payer is not among them", remedy)
    return found


def _subscriber(bill: Bill, payer: Payer | None, report: Report) -> tuple[Segment, ...]:
    coverage = bill.coverage
    if not coverage.relationship:
        report.gap("coverage.relationship", "SBR02 or PAT01", "whether the patient is the subscriber is not known",
                   _COVERAGE)  # fmt: skip
    itself = coverage.relationship == SELF
    insured = bill.patient if itself else coverage.subscriber or Insured()
    member = report.identifier(coverage.member_id, "coverage.member_id", "2010BA NM109", 80, _COVERAGE)
    group = report.optional_identifier(coverage.group_number, "coverage.group_number", "SBR03", 50, _COVERAGE)
    # SBR04 only where there is no group number (TR3: "required when the subscriber's group number is not known")
    group_name = "" if group else report.optional_text(coverage.group_name, "coverage.group_name", 60)
    filing = payer.filing_indicator if payer is not None else ""
    result: list[Segment] = [
        ("SBR", "P", SELF if itself else "", group, group_name, "", "", "", "", filing),
        _name("IL", insured, "subscriber", report, ("MI", member)),
    ]
    if itself:
        result += _person_details(insured, "patient", report)
    if payer is not None:
        name = report.text(payer.name, "site.payers.name", "2010BB NM103", 60, "name it in the site file")
        identity = report.identifier(payer.id, "site.payers.id", "2010BB NM109", 80, "give it in the site file")
        result.append(("NM1", "PR", "2", name, "", "", "", "", payer.id_kind, identity))
    return tuple(result)


def _patient(bill: Bill, report: Report) -> tuple[Segment, ...]:
    return (
        ("PAT", bill.coverage.relationship),
        _name("QC", bill.patient, "patient", report, ()),
        *_person_details(bill.patient, "patient", report),
    )


def _name(entity: str, insured: Insured, field: str, report: Report, identity: tuple[str, ...]) -> Segment:
    remedy = _PATIENT if field == "patient" else _COVERAGE
    last = report.text(insured.last_name, f"{field}.last_name", f"NM1*{entity} 03", 60, remedy)
    first = report.optional_text(insured.first_name, f"{field}.first_name", 35)
    middle = report.optional_text(insured.middle_name, f"{field}.middle_name", 25)
    return ("NM1", entity, "1", last, first, middle, "", "", *identity)


def _person_details(insured: Insured, field: str, report: Report) -> tuple[Segment, Segment, Segment]:
    """N3, N4 and DMG, which are required of the patient, and of the subscriber who is the patient."""
    address = insured.address
    first, *more = address.lines or ("",)
    line = report.text(first, f"{field}.address.line", "N301", 55, _PATIENT)
    second = report.optional_text(more[0] if more else "", f"{field}.address.line", 55)
    city = report.text(address.city, f"{field}.address.city", "N401", 30, _PATIENT)
    state = report.matching(address.state, "[A-Z]{2}", f"{field}.address.state", "N402", _PATIENT)
    digits = re.sub(r"(?<=[0-9])-(?=[0-9])", "", address.postal_code)
    code = report.matching(digits, "[0-9]{5}([0-9]{4})?", f"{field}.address.postal_code", "N403", _PATIENT)
    born = insured.birth_date
    birth = date8(born) if born else report.gap(f"{field}.birth_date", "DMG02", "it is not known", _PATIENT)
    sex = insured.sex or report.gap(f"{field}.sex", "DMG03", "it is not known", _PATIENT)
    return ("N3", line, second), ("N4", city, state, code), ("DMG", "D8", birth, sex)
