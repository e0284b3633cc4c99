"""Conditions made ready to be asked of claims."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chartstream.errors import ConfigurationError
from chartstream.events.coding import Diagnosis, Procedure
from chartstream.events.encounter import PatientFacts, Sex
from chartstream.events.extraction import FieldOrigin
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.policy.codes import Codes, diagnosis_codes, diagnosis_key, line_key
from chartstream.validation.policy.model import Condition, LineTest, Span
from chartstream.validation.policy.truth import Truth, all_hold, any_holds, is_not, one_of, within
from chartstream.validation.registry import Edit

_LONGEST_YEAR = 366
_SHORTEST_YEAR = 365

Test = Callable[[Claim], Truth]
LineCheck = Callable[[Procedure, Claim], Truth]
Edits = Mapping[str, Edit]


@dataclass(frozen=True, slots=True)
class Fact:
    """One test of a claim, and what is not known where it cannot be decided."""

    label: str
    test: Test

    def holds(self, claim: Claim) -> Truth:
        """Whether it holds."""
        return self.test(claim)

    def unknown(self, claim: Claim) -> Iterator[str]:
        """What is not known of the claim, of what decides."""
        if self.test(claim) is None:
            yield self.label


@dataclass(frozen=True, slots=True)
class Together:
    """Several conditions under ``all``, ``any`` or ``none``."""

    parts: Sequence[Fact | Together]
    kind: str

    def holds(self, claim: Claim) -> Truth:
        """Whether it holds. Parts are asked in order, only as far as needed."""
        truths = (part.holds(claim) for part in self.parts)
        if self.kind == "all":
            return all_hold(truths)
        return any_holds(truths) if self.kind == "any" else is_not(any_holds(truths))

    def unknown(self, claim: Claim) -> Iterator[str]:
        """What is not known of the claim, of what decides."""
        for part in self.parts:
            if part.holds(claim) is None:
                yield from part.unknown(claim)


def claim_condition(condition: Condition, edits: Edits, *, nested: bool = False) -> Together:
    """A condition without the lines that a rule is about, cheap tests first. ``nested``: its ``procedure`` is a test
    like any other. Raises ``ConfigurationError`` for an edit that is not among ``edits`` or that corrects.
    """
    parts: list[Fact | Together] = [*_encounter_facts(condition), *_patient_facts(condition), *_code_facts(condition)]
    if nested and condition.procedure is not None:
        parts.append(Fact("what the lines' place of service is", _some_line(line_condition(condition.procedure))))
    parts.extend(_document_facts(condition))
    for kind, inner in (("all", condition.all_), ("any", condition.any_), ("none", condition.none_)):
        if inner is not None:
            parts.append(Together([claim_condition(one, edits, nested=True) for one in inner], kind))
    if condition.edit_fired is not None:
        parts.append(Fact("", _fired([_named(name, edits) for name in condition.edit_fired])))
    return Together(parts, "all")


def line_condition(test: LineTest) -> LineCheck:
    """What a line is, made ready: a function of the line and its claim."""
    checks: list[LineCheck] = []
    if (codes := test.code_set) is not None:
        checks.append(lambda line, _: line_key(line) in codes)
    if test.modifiers is not None:
        wanted = _upper(test.modifiers)
        checks.append(lambda line, _: not wanted.isdisjoint(line.modifiers))
    if test.without_modifiers is not None:
        unwanted = _upper(test.without_modifiers)
        checks.append(lambda line, _: unwanted.isdisjoint(line.modifiers))
    if (units := test.units) is not None:
        checks.append(lambda line, _: within(units, line.units, line.units))
    if test.pointing_to is not None:
        pointed = diagnosis_codes(test.pointing_to)
        checks.append(lambda line, claim: some_diagnosis(pointed_to(line, claim), pointed))
    if test.place_of_service is not None:
        places = frozenset(test.place_of_service)
        checks.append(lambda line, claim: one_of(line.place_of_service or place_of_service(claim), places))
    return lambda line, claim: all_hold(check(line, claim) for check in checks)


def pointed_to(line: Procedure, claim: Claim) -> Sequence[Diagnosis]:
    """The diagnoses that a line points to; all of the claim where it has no pointers (institutional claims)."""
    if not line.diagnosis_pointers:
        return claim.icd10cm
    return [d for d in claim.icd10cm if d.sequence in line.diagnosis_pointers]


def some_diagnosis(diagnoses: Sequence[Diagnosis], codes: Codes) -> bool:
    """Whether one of the diagnoses is among the codes."""
    return any(diagnosis_key(d.code) in codes for d in diagnoses)


def place_of_service(claim: Claim) -> str | None:
    """The claim's own place of service."""
    return claim.encounter.facility.place_of_service if claim.encounter.facility is not None else None


def has_document(claim: Claim, kinds: frozenset[str]) -> Truth:
    """Whether a document of such a kind is there: not known where none is there at all or one has no kind."""
    found = {document.kind for document in claim.documents}
    if not found.isdisjoint(kinds):
        return True
    return None if not found or None in found else False


def has_section(claim: Claim, kinds: frozenset[str]) -> Truth:
    """Whether a document has such a section: not known where there is no document."""
    if not claim.documents:
        return None
    return any(section.kind in kinds for document in claim.documents for section in document.sections)


def has_field(claim: Claim, names: frozenset[str]) -> Truth:
    """Whether such a field was settled: not known where none was. A waived field is not there."""
    if not claim.fields:
        return None
    return any(field.name in names and field.origin is not FieldOrigin.WAIVED for field in claim.fields)


def has_authorization(claim: Claim) -> Truth:
    """Whether an authorization is referred to: not known without a billing context."""
    return None if claim.encounter.billing is None else bool(claim.encounter.billing.authorization_ref)


def _encounter_facts(condition: Condition) -> Iterator[Fact]:
    read: tuple[tuple[Sequence[str] | None, str, Callable[[Claim], str | None]], ...] = (
        (condition.payer, "the payer", payer),
        (condition.plan, "the plan", lambda claim: _billing(claim, "plan_id")),
        (condition.line_of_business, "the line of business", lambda claim: _billing(claim, "line_of_business")),
        (condition.claim_type, "the claim type", lambda claim: claim.claim_type),
        (condition.place_of_service, "the place of service", place_of_service),
        (condition.specialty, "the specialty", lambda claim: claim.encounter.specialty),
        (condition.admission_type, "the admission type", lambda claim: claim.encounter.admission_type),
        (
            condition.discharge_disposition,
            "the discharge disposition",
            lambda claim: claim.encounter.discharge_disposition,
        ),
    )
    for values, label, value in read:
        if values is not None:
            yield Fact(label, _is_one_of(frozenset(values), value))
    for name, wanted in (condition.attributes or {}).items():
        yield Fact(f"the attribute {name}", _is_one_of(frozenset(wanted), _attribute(name)))
    if condition.provider_role is not None:
        roles = frozenset(condition.provider_role)
        yield Fact(
            "who took part",
            lambda claim: (
                any(p.role in roles for p in claim.encounter.providers) if claim.encounter.providers else None
            ),
        )
    if (wanted_reference := condition.authorization) is not None:
        yield Fact(
            "the authorization",
            has_authorization if wanted_reference else lambda claim: is_not(has_authorization(claim)),
        )


def _patient_facts(condition: Condition) -> Iterator[Fact]:
    if condition.sex is not None:
        sexes = frozenset(condition.sex)
        yield Fact("the sex", lambda claim: None if claim.facts.sex is Sex.UNKNOWN else claim.facts.sex in sexes)
    if (years := condition.age_years) is not None:
        yield Fact("the age", lambda claim: _age(years, _years(claim.facts)))
    if (days := condition.age_days) is not None:
        yield Fact("the age in days", lambda claim: _age(days, _days(claim.facts)))


def _code_facts(condition: Condition) -> Iterator[Fact]:
    if condition.first_listed is not None:
        first = diagnosis_codes(condition.first_listed)
        yield Fact("", lambda claim: claim.first_listed is not None and some_diagnosis([claim.first_listed], first))
    if condition.diagnosis is not None:
        codes = diagnosis_codes(condition.diagnosis)
        yield Fact("", lambda claim: some_diagnosis(claim.icd10cm, codes))


def _document_facts(condition: Condition) -> Iterator[Fact]:
    reads: tuple[tuple[Sequence[str] | None, str, Callable[[Claim, frozenset[str]], Truth]], ...] = (
        (condition.document, "what kinds of documents there are", has_document),
        (condition.section, "what sections the documents have", has_section),
        (condition.field, "what fields were extracted", has_field),
    )
    for values, label, has in reads:
        if values is not None:
            yield Fact(label, _has(frozenset(values), has))


def payer(claim: Claim) -> str | None:
    """The payer's identifier."""
    return _billing(claim, "payer_id")


def _billing(claim: Claim, name: str) -> str | None:
    value: str | None = getattr(claim.encounter.billing, name, None)
    return value


def _attribute(name: str) -> Callable[[Claim], str | None]:
    return lambda claim: claim.encounter.attributes.get(name)


def _is_one_of(values: frozenset[str], value: Callable[[Claim], str | None]) -> Test:
    return lambda claim: one_of(value(claim), values)


def _has(values: frozenset[str], has: Callable[[Claim, frozenset[str]], Truth]) -> Test:
    return lambda claim: has(claim, values)


def _some_line(check: LineCheck) -> Test:
    return lambda claim: any_holds(check(line, claim) for line in claim.procedures)


def _fired(edits: Sequence[Edit]) -> Test:
    return lambda claim: any(True for edit in edits for _ in edit.hits(claim))


def _named(name: str, edits: Edits) -> Edit:
    edit = edits.get(name)
    if edit is None:
        raise ConfigurationError(f"edit_fired names {name}, which is no edit; `docs/reference` lists their names")
    if edit.severity is Severity.CORRECTS:
        raise ConfigurationError(f"edit_fired names {name}, which corrects: after it nothing is left to be seen")
    return edit


def _age(span: Span, known: tuple[int, int] | None) -> Truth:
    return None if known is None else within(span, *known)


def _years(facts: PatientFacts) -> tuple[int, int] | None:
    if facts.age_years is not None:
        return facts.age_years, facts.age_years
    return None if facts.age_days is None else (facts.age_days // _LONGEST_YEAR, facts.age_days // _SHORTEST_YEAR)


def _days(facts: PatientFacts) -> tuple[int, int] | None:
    if facts.age_days is not None:
        return facts.age_days, facts.age_days
    if facts.age_years is None:
        return None
    return facts.age_years * _SHORTEST_YEAR, (facts.age_years + 1) * _LONGEST_YEAR - 1


def _upper(values: Sequence[str]) -> frozenset[str]:
    return frozenset(value.upper() for value in values)
