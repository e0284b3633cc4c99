"""Any claim becomes an 837 that pyx12 accepts, or a list of what is missing; what was written can be read back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chartstream.billing.exporting import Export, Format
from chartstream.billing.x12.checking import faults
from chartstream.billing.x12.reading import ReadSegment, transactions
from chartstream.events.claims import ClaimCoded
from chartstream.events.coding import CodeSystem, Diagnosis, DiagnosisRole, PresentOnAdmission, Procedure
from chartstream.events.encounter import ClaimType, Facility, Provider, ProviderRole
from tests.unit.billing.cases import billing, charge, claim, exported, fhir_coverage, stay, stored, visit
from tests.unit.builders import diagnosis, procedure

# Every value is right or hostile: what a source may send by mistake, delimiters and other alphabets among it.
JUNK = st.text(alphabet=st.sampled_from("AZ09*~:^'\"\n |é中\x00-.,"), max_size=40)
CODES = st.sampled_from(["I10", "E11.22", "S52.501A", "W01.0XXA", "Z00.00", "M54.50"])
POINTERS = st.lists(st.integers(1, 3), max_size=3, unique=True).map(tuple)
DAYS = st.dates(date(2025, 10, 1), date(2026, 9, 30))
ANNEX = Facility(facility_id="north-annex", place_of_service="22")
MODIFIERS = st.lists(st.sampled_from(["25", "59", "LT", "GT", "95"]), max_size=4, unique=True).map(tuple)


class Source:
    """Draws values as a source sends them: right ones, and from a careless source now and then a wrong one."""

    def __init__(self, draw: st.DrawFn, *, careless: bool) -> None:
        self._draw = draw
        self.careless = careless

    def one(self, right: Any, wrong: Any = None) -> Any:
        """A value from ``right`` (a strategy, or what may be sampled), or junk."""
        strategy = right if isinstance(right, st.SearchStrategy) else st.sampled_from(right)
        if self.careless and self._draw(st.integers(0, 7)) == 0:
            return self._draw(wrong if wrong is not None else JUNK)
        return self._draw(strategy)


def diagnoses(source: Source) -> tuple[Diagnosis, ...]:
    roles = [DiagnosisRole.SECONDARY, DiagnosisRole.SECONDARY, DiagnosisRole.EXTERNAL_CAUSE, *DiagnosisRole]
    given = [DiagnosisRole.PRINCIPAL, DiagnosisRole.ADMITTING, DiagnosisRole.REASON_FOR_VISIT]
    given += [source.one(roles[:3], st.sampled_from(roles)) for _ in range(source.one([0, 1, 3, 12], st.just(30)))]
    return tuple(
        diagnosis(
            source.one(CODES),
            sequence,
            role=role,
            present_on_admission=source.one(PresentOnAdmission, st.none()),
        )
        for sequence, role in enumerate(given, 1)
    )


def procedures(source: Source) -> tuple[Procedure, ...]:
    return tuple(
        procedure(
            source.one(["99213", "93000", "G0439", "0001A"]),
            sequence=sequence,
            system=source.one([CodeSystem.CPT, CodeSystem.HCPCS], st.sampled_from(CodeSystem)),
            modifiers=source.one(MODIFIERS, st.tuples(JUNK)),
            units=source.one([Decimal(n) for n in ("1", "2.5", "30", "0.125")], st.just(Decimal(-1))),
            diagnosis_pointers=source.one(POINTERS, st.just((40,))),
            amount=source.one(st.decimals(0, 10**6, places=2), st.just(Decimal("-1.00"))),
            performed_from=source.one(DAYS, st.none()),
            revenue_code=source.one(["0250", "0450", "0762"]),
        )
        for sequence in range(1, source.one([2, 3, 4], st.just(1)))
    )


@st.composite
def claims(draw: st.DrawFn) -> ClaimCoded:
    source = Source(draw, careless=draw(st.booleans()))
    base = draw(st.sampled_from([visit(), stay(), stay(claim_type=ClaimType.FACILITY_OUTPATIENT)]))
    named = source.one(["Quill", "Müller", "O'Neil"]).replace('"', "").replace("\x00", "").replace("\n", "")
    whose = fhir_coverage(subscriberId=source.one(["XH-1"]), **draw(st.sampled_from([{}, {"class": []}])))
    alone = st.sampled_from(ProviderRole).map(lambda role: (Provider(role=role, provider_id="dr-osei"),))
    room = charge(source.one(["0120", "0250"]), system="REVENUE", modifiers=())
    encounter = base.model_copy(
        update={
            "billing": billing(
                [room],
                coverage=stored(whose.replace(b"Quill", named.encode())),
                authorization_ref=source.one([None, "AUTH-9"]),
            ),
            "facility": draw(st.sampled_from([base.facility, *([ANNEX] if base.facility else [])])),
            "providers": source.one([base.providers], alone),
            "admission_type": source.one(["1", "3"]),
            "patient": base.patient.model_copy(update={"record_number": source.one([None, "MR 77/1"])}),
        }
    )
    return claim(encounter, diagnoses(source), procedures(source), claim_id=f"{draw(st.integers(0, 2**128 - 1)):032x}")


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(claims(), min_size=1, max_size=3, unique_by=lambda c: c.claim_id[:20]), st.sampled_from(
    [Format.X12_837P, Format.X12_837I]
))  # fmt: skip
def test_any_claims_are_written_or_named(given_claims: list[ClaimCoded], form: Format) -> None:
    export = exported(form, *given_claims)
    written = [w.task.revision.claim_id for file in export.files for w in file.claims]
    others = [h.claim.claim_id for h in export.held] + [s.claim.claim_id for s in export.skipped]
    assert sorted(written + others) == sorted(c.claim_id for c in given_claims)
    assert all(held.gaps for held in export.held)
    for file in export.files:
        assert faults(file.content) == []
    _same_as_read_back(export)


def _same_as_read_back(export: Export) -> None:
    for file in export.files:
        (transaction,) = transactions(file.content.encode())
        for written, segments in zip(file.claims, _claims(transaction.segments), strict=True):
            assert segments[0].text(1) == written.control_number
            assert segments[0].text(5, 3) == written.task.frequency
            coded = written.task.content
            if coded.encounter is not None and coded.encounter.claim_type is ClaimType.PROFESSIONAL:
                _same_professional(coded, segments)
            else:
                _same_institutional(coded, segments)


def _claims(segments: tuple[ReadSegment, ...]) -> list[list[ReadSegment]]:
    found: list[list[ReadSegment]] = []
    for segment in segments:
        if segment.name == "CLM":
            found.append([])
        if segment.name in {"CLM", "HI", "SV1", "SV2", "REF"} and found:
            found[-1].append(segment)
    return found


def _composites(segments: list[ReadSegment], qualifiers: set[str]) -> list[tuple[str, ...]]:
    composites = [s.components(n) for s in segments if s.name == "HI" for n in range(1, len(s.elements))]
    return [composite for composite in composites if composite[0] in qualifiers]


def _same_professional(coded: ClaimCoded, segments: list[ReadSegment]) -> None:
    ordered = sorted(coded.diagnoses, key=lambda d: (d.role is not DiagnosisRole.PRINCIPAL, d.sequence))[:12]
    read = _composites(segments, {"ABK", "ABF"})
    assert [code for _, code in read] == [d.code.replace(".", "") for d in ordered]
    assert [qualifier for qualifier, _ in read] == ["ABK", *["ABF"] * (len(read) - 1)]
    services = [s for s in segments if s.name == "SV1"]
    for line, service in zip(sorted(coded.procedures, key=lambda p: p.sequence), services, strict=False):
        assert service.components(1) == ("HC", line.code, *line.modifiers)
        assert (Decimal(service.text(2)), Decimal(service.text(4))) == (line.amount, line.units)
        pointed = [ordered[int(place) - 1].sequence for place in service.components(7)]
        assert tuple(pointed) == (line.diagnosis_pointers[:4] or (ordered[0].sequence,))
    assert Decimal(segments[0].text(2)) == sum((Decimal(s.text(2)) for s in services), Decimal(0))


def _same_institutional(coded: ClaimCoded, segments: list[ReadSegment]) -> None:
    stays = coded.encounter is not None and coded.encounter.claim_type is ClaimType.FACILITY_INPATIENT
    apart = {DiagnosisRole.ADMITTING, DiagnosisRole.REASON_FOR_VISIT, DiagnosisRole.EXTERNAL_CAUSE}
    wanted = {
        ("ABN" if d.role is DiagnosisRole.EXTERNAL_CAUSE else "AB", d.code.replace(".", ""), _poa(d) if stays else "")
        for d in coded.diagnoses
        if d.role not in apart or d.role is DiagnosisRole.EXTERNAL_CAUSE
    }
    read = {
        ("ABN" if c[0] == "ABN" else "AB", c[1], c[8] if len(c) > 8 else "")
        for c in _composites(segments, {"ABK", "ABF", "ABN"})
    }
    assert read == wanted
    services = [s for s in segments if s.name == "SV2"]
    for line, service in zip(sorted(coded.procedures, key=lambda p: p.sequence), services, strict=False):
        assert service.components(2) == ("HC", line.code, *line.modifiers)
        assert (service.text(1), Decimal(service.text(5))) == (line.revenue_code, line.units)


def _poa(of: Diagnosis) -> str:
    exempt = of.present_on_admission in {None, PresentOnAdmission.EXEMPT}
    return "" if exempt else str(of.present_on_admission)
