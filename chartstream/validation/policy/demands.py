"""What a rule can demand, as changes to a claim: each way to meet the demand, and the claim without any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chartstream.validation.policy.codes import Codes, diagnosis_codes, diagnosis_key, service_codes, service_key
from chartstream.validation.policy.formula import (
    FALSE,
    TRUE,
    Atom,
    Authorized,
    Diagnosed,
    Formula,
    Label,
    Line,
    Scalar,
    atoms,
)
from chartstream.validation.policy.model import LineTest, Requirement
from chartstream.validation.policy.spelling import EVERY, a_diagnosis, a_procedure, procedure_code
from chartstream.validation.policy.witness import Written, other_than

Change = Callable[[Written], Written]


@dataclass(frozen=True, slots=True)
class Option:
    """One way to meet a demand, as a change to a claim; and either what it makes of an atom of another rule, or, for a
    modifier, the test of the rule's own line that it makes pass.
    """

    add: Change
    makes_of: Callable[[Atom], Formula] | None = None
    on_line: LineTest | None = None


@dataclass(frozen=True, slots=True)
class Demanded:
    """One thing that is required. ``options``: the ways to meet it that another rule looks at; ``way_out``: there is
    one that the other rule does not look at, so that it cannot be opposed.
    """

    what: str
    remove: Change
    options: tuple[Option, ...]
    way_out: bool


def demanded(requirement: Requirement, opposing: Formula) -> Iterator[Demanded]:
    """Each thing that a requirement asks for, beside a rule that may oppose it."""
    if requirement.modifier is not None:
        yield _modifier(requirement.modifier, opposing)
    if requirement.companion is not None:
        yield _companion(service_codes(requirement.companion), opposing)
    if requirement.diagnosis is not None:
        yield _diagnosis(diagnosis_codes(requirement.diagnosis), opposing)
    if requirement.authorization is not None:
        yield _authorization(opposing)
    if requirement.specialty is not None:
        yield _specialty(requirement.specialty, opposing)
    for name in ("document", "section", "field"):
        if (values := getattr(requirement, name)) is not None:
            yield _label(name, values, opposing)


def _modifier(values: tuple[str, ...], opposing: Formula) -> Demanded:
    looked_at = {
        modifier.upper()
        for test in _line_tests(opposing)
        for modifier in (*(test.modifiers or ()), *(test.without_modifiers or ()))
    }
    wanted = [value.upper() for value in values]

    def without(claim: Written) -> Written:
        first, *others = claim["procedures"]
        left = [modifier for modifier in first.get("modifiers", ()) if modifier not in wanted]
        return {**claim, "procedures": [{**first, "modifiers": left}, *others]}

    def with_modifier(value: str) -> Change:
        def add(claim: Written) -> Written:
            first, *others = claim["procedures"]
            return {**claim, "procedures": [{**first, "modifiers": [*first["modifiers"], value]}, *others]}

        return add

    return Demanded(
        f"modifier {' or '.join(wanted)}",
        without,
        tuple(Option(with_modifier(value), on_line=LineTest(modifiers=(value,))) for value in wanted),
        not looked_at.issuperset(wanted),
    )


def _companion(codes: Codes, opposing: Formula) -> Demanded:
    sets = [EVERY if test.code_set is None else test.code_set for test in _line_tests(opposing)]
    left = codes
    for one in sets:
        left -= one
    keys = [key for one in sets if (key := a_procedure(codes & one)) is not None]

    def without(claim: Written) -> Written:
        lines = [line for line in claim["procedures"] if service_key(line["code"]) not in codes]
        return {**claim, "procedures": lines}

    def with_line(key: str) -> Option:
        system, code = procedure_code(key)
        line = {"code": code, "system": system}

        def makes_of(atom: Atom) -> Formula:
            fits = isinstance(atom, Line) and all(t.code_set is None or key in t.code_set for t in atom.tests)
            return TRUE if fits and atom.holds else atom

        return Option(lambda claim: {**claim, "procedures": [*claim["procedures"], line]}, makes_of)

    return Demanded("a companion", without, tuple(map(with_line, keys)), a_procedure(left) is not None)


def _diagnosis(codes: Codes, opposing: Formula) -> Demanded:
    sets = [atom.codes for atom in atoms(opposing) if isinstance(atom, Diagnosed)]
    sets += [diagnosis_codes(test.pointing_to) for test in _line_tests(opposing) if test.pointing_to is not None]
    left = codes
    for one in sets:
        left -= one
    found = [code for one in sets if (code := a_diagnosis(codes & one)) is not None]

    def without(claim: Written) -> Written:
        return {**claim, "codes": [code for code in claim["codes"] if diagnosis_key(code) not in codes]}

    def with_code(code: str) -> Option:
        def makes_of(atom: Atom) -> Formula:
            fits = isinstance(atom, Diagnosed) and not atom.first and diagnosis_key(code) in atom.codes
            return TRUE if fits and atom.holds else atom

        return Option(lambda claim: {**claim, "codes": [*claim["codes"], code]}, makes_of)

    return Demanded("a diagnosis", without, tuple(map(with_code, found)), a_diagnosis(left) is not None)


def _authorization(opposing: Formula) -> Demanded:
    def makes_of(atom: Atom) -> Formula:
        return TRUE if isinstance(atom, Authorized) and atom.holds else atom

    return Demanded(
        "an authorization",
        lambda claim: {**claim, "authorization": None},
        (Option(lambda claim: {**claim, "authorization": "A-1"}, makes_of),),
        not any(isinstance(atom, Authorized) for atom in atoms(opposing)),
    )


def _specialty(values: tuple[str, ...], opposing: Formula) -> Demanded:
    tested = [atom for atom in atoms(opposing) if isinstance(atom, Scalar) and atom.name == "specialty"]
    named = {value for atom in tested for value in atom.values}

    def as_specialty(value: str) -> Option:
        def makes_of(atom: Atom) -> Formula:
            if not isinstance(atom, Scalar) or atom.name != "specialty":
                return atom
            return TRUE if (value in atom.values) is atom.holds else FALSE

        return Option(lambda claim: {**claim, "specialty": value}, makes_of)

    return Demanded(
        f"specialty {' or '.join(values)}",
        lambda claim: {**claim, "specialty": other_than({*values, *named})},
        tuple(map(as_specialty, values)),
        not tested,
    )


def _label(name: str, values: tuple[str, ...], opposing: Formula) -> Demanded:
    tested = [atom for atom in atoms(opposing) if isinstance(atom, Label) and atom.name == name]
    named = {value for atom in tested for value in atom.values}

    def with_label(value: str) -> Option:
        def makes_of(atom: Atom) -> Formula:
            fits = isinstance(atom, Label) and atom.name == name and value in atom.values
            return TRUE if fits and atom.holds else atom

        return Option(lambda claim: _labelled(claim, name, value), makes_of)

    return Demanded(
        f"{name} {' or '.join(values)}",
        lambda claim: _unlabelled(claim, name, values),
        tuple(map(with_label, values)),
        not named.issuperset(values),
    )


def _labelled(claim: Written, name: str, value: str) -> Written:
    if name == "field":
        return {**claim, "fields": [*claim.get("fields", ()), value]}
    documents = claim.get("documents", ())
    if name == "document":
        return {**claim, "documents": [*documents, {"kind": value}]}
    first, *others = documents or ({"kind": "OTHER"},)
    return {**claim, "documents": [{**first, "sections": [*first.get("sections", ()), value]}, *others]}


def _unlabelled(claim: Written, name: str, values: tuple[str, ...]) -> Written:
    """Without any of the values, but with another of the kind, so that it is known that these are not there."""
    if name == "field":
        return {**claim, "fields": ["OTHER", *(field for field in claim.get("fields", ()) if field not in values)]}
    documents = claim.get("documents", ())
    if name == "document":
        return {**claim, "documents": [{"kind": "OTHER"}, *(one for one in documents if one["kind"] not in values)]}
    kept = [{**one, "sections": [kind for kind in one.get("sections", ()) if kind not in values]} for one in documents]
    return {**claim, "documents": kept or [{"kind": "OTHER"}]}


def _line_tests(formula: Formula) -> Iterator[LineTest]:
    for atom in atoms(formula):
        if isinstance(atom, Line):
            yield from atom.tests
