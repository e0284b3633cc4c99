"""A claim on which some atoms hold together, or the proof that there is none.

The proof is exact over all claims of one day whose facts are known: values, ranges and sets of codes are followed to
the end. What an edit finds (``Fired``) is not followed: a claim is then only a suggestion, to be tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chartstream.events.encounter import ClaimType, ProviderRole, Sex
from chartstream.validation.policy.codes import Codes
from chartstream.validation.policy.formula import (
    Atom,
    Authorized,
    Day,
    Diagnosed,
    Fired,
    Label,
    Line,
    Number,
    Scalar,
)
from chartstream.validation.policy.lines import Box, boxes
from chartstream.validation.policy.numbers import Numbers, outside, within_span
from chartstream.validation.policy.spelling import EVERY, a_diagnosis, a_procedure, procedure_code

Written = dict[str, Any]
_ORDINARY_DAY = date(2026, 3, 2)
_OLDEST = 130
_FINITE = {
    "claim_type": frozenset(ClaimType),
    "sex": frozenset({Sex.FEMALE, Sex.MALE, Sex.OTHER}),
    "provider_role": frozenset(ProviderRole),
}


def claim_for(atoms: Sequence[Atom]) -> Written | None:
    """A claim, in the form of ``written.py``, on which all the atoms hold; None where there can be none."""
    if _edits_contradict(atoms):
        return None
    facts = _facts(atoms)
    diagnoses = _Diagnoses.of([atom for atom in atoms if isinstance(atom, Diagnosed)])
    if facts is None or diagnoses is None:
        return None
    lines = [atom for atom in atoms if isinstance(atom, Line)]
    for chosen in boxes(lines):
        with_lines = _with_lines(facts, diagnoses, chosen)
        if with_lines is not None:
            return with_lines
    return None


def other_than(values: Iterable[str]) -> str:
    """A value that is none of these."""
    taken = set(values)
    return next(name for n in range(len(taken) + 1) if (name := f"OTHER-{n}" if n else "OTHER") not in taken)


@dataclass(frozen=True, slots=True)
class _Diagnoses:
    """What must stand first, what must stand somewhere, and what must stand nowhere."""

    first: Codes
    first_demanded: bool
    somewhere: tuple[Codes, ...]
    nowhere: Codes

    @classmethod
    def of(cls, atoms: Sequence[Diagnosed]) -> _Diagnoses | None:
        nowhere = _union(atom.codes for atom in atoms if not atom.first and not atom.holds)
        first = EVERY - nowhere
        for atom in atoms:
            if atom.first:
                first = first & atom.codes if atom.holds else first - atom.codes
        somewhere = tuple(atom.codes - nowhere for atom in atoms if not atom.first and atom.holds)
        demanded = any(atom.first and atom.holds for atom in atoms)
        possible = all(a_diagnosis(codes) is not None for codes in ((first,) if demanded else ()) + somewhere)
        return cls(first, demanded, somewhere, nowhere) if possible else None

    def listed(self, also: Sequence[str]) -> list[str] | None:
        """Codes in the order of a claim, with others besides; None where nothing can stand first."""
        rest = [code for codes in self.somewhere if (code := a_diagnosis(codes)) is not None]
        rest = list(dict.fromkeys([*rest, *also]))
        if not rest and not self.first_demanded:
            return []
        fitting = next((code for code in rest if code.replace(".", "") in self.first), None)
        first = fitting or a_diagnosis(self.first)
        return None if first is None else [first, *(code for code in rest if code != first)]


def _with_lines(facts: Written, diagnoses: _Diagnoses, chosen: Sequence[Box]) -> Written | None:
    pointed: list[list[str]] = []
    for box in chosen:
        codes = _pointed(box, diagnoses.nowhere)
        if codes is None:
            return None
        pointed.append(codes)
    listed = diagnoses.listed([code for codes in pointed for code in codes])
    if listed is None:
        return None
    procedures = [
        _line(box, [listed.index(code) + 1 for code in codes] or ([1] if listed else []), facts)
        for box, codes in zip(chosen, pointed, strict=True)
    ]
    if any(line is None for line in procedures):
        return None
    return {**facts, "codes": listed, "procedures": procedures}


def _pointed(box: Box, nowhere: Codes) -> list[str] | None:
    allowed = EVERY - nowhere - box.not_pointing
    wanted = [a_diagnosis(codes & allowed) for codes in box.pointing]
    if not wanted and box.not_pointing:
        wanted = [a_diagnosis(allowed)]
    return None if None in wanted else [code for code in wanted if code is not None]


def _line(box: Box, pointers: list[int], facts: Written) -> Written | None:
    key = a_procedure(box.codes)
    units = box.units.choice()
    modifiers = [min(wanted - box.without, default=None) for wanted in box.modifiers]
    place = _value(box.places, box.not_places, "place_of_service")
    if key is None or units is None or place is None or None in modifiers:
        return None
    system, code = procedure_code(key)
    line: Written = {"code": code, "system": system, "pointers": pointers}
    if modifiers:
        line["modifiers"] = sorted({modifier for modifier in modifiers if modifier is not None})
    if units != 1:
        line["units"] = str(units)
    if box.places is not None or box.not_places:
        line["place_of_service"] = place
    return line


def _facts(atoms: Sequence[Atom]) -> Written | None:
    written: Written = {}
    parts = (_scalars(atoms), _labels(atoms), _ages(atoms), _day(atoms), _authorization(atoms))
    for part in parts:
        if part is None:
            return None
        written |= part
    return written


def _scalars(atoms: Sequence[Atom]) -> Written | None:
    written: Written = {}
    attributes: dict[str, str] = {}
    tests = [atom for atom in atoms if isinstance(atom, Scalar)]
    for name in dict.fromkeys(atom.name for atom in tests):
        allowed: frozenset[str] | None = None
        excluded: frozenset[str] = frozenset()
        for atom in tests:
            if atom.name == name and atom.holds:
                allowed = atom.values if allowed is None else allowed & atom.values
            elif atom.name == name:
                excluded |= atom.values
        value = _value(allowed, excluded, name)
        if value is None:
            return None
        if name.startswith("attributes."):
            attributes[name.removeprefix("attributes.")] = value
        else:
            written[name] = value
    return written | ({"attributes": attributes} if attributes else {})


def _value(allowed: frozenset[str] | None, excluded: frozenset[str], name: str) -> str | None:
    allowed = _FINITE.get(name) if allowed is None else allowed
    if allowed is None:
        return other_than(excluded)
    return min((str(value) for value in allowed - excluded), default=None)


def _labels(atoms: Sequence[Atom]) -> Written | None:
    found: dict[str, list[str]] = {}
    tests = [atom for atom in atoms if isinstance(atom, Label)]
    for name in dict.fromkeys(atom.name for atom in tests):
        excluded = frozenset(value for atom in tests if atom.name == name and not atom.holds for value in atom.values)
        wanted = [_value(atom.values, excluded, name) for atom in tests if atom.name == name and atom.holds]
        values = wanted or [_value(None, excluded, name)]
        if None in values:
            return None
        found[name] = sorted({value for value in values if value is not None})
    written: Written = {}
    if "document" in found or "section" in found:
        kinds = found.get("document", ["OTHER"])
        written["documents"] = [{"kind": kind, "sections": found.get("section", [])} for kind in kinds]
    if "field" in found:
        written["fields"] = found["field"]
    if "provider_role" in found:
        written["providers"] = found["provider_role"]
    return written


def _ages(atoms: Sequence[Atom]) -> Written | None:
    years, days = (_numbers(atoms, name) for name in ("age_years", "age_days"))
    if years is None and days is None:
        return {}
    if days is None:
        chosen = years.choice() if years is not None else None
        return None if chosen is None else {"age_years": int(chosen)}
    if years is None:
        chosen = days.choice()
        return None if chosen is None else {"age_days": int(chosen)}
    for year in range(_OLDEST):
        day = (days & Numbers.whole(365 * year, 366 * (year + 1) - 1)).choice()
        if year in years and day is not None:
            return {"age_years": year, "age_days": int(day)}
    return None


def _numbers(atoms: Sequence[Atom], name: str) -> Numbers | None:
    numbers: Numbers | None = None
    for atom in atoms:
        if isinstance(atom, Number) and atom.name == name:
            numbers = Numbers.whole(0, None) if numbers is None else numbers
            numbers &= within_span(atom.span) if atom.holds else outside(atom.span, 1)
    return numbers


def _day(atoms: Sequence[Atom]) -> Written | None:
    days = Numbers.whole(date(2015, 10, 1).toordinal(), date(9999, 1, 1).toordinal())
    stated = False
    for atom in atoms:
        if isinstance(atom, Day):
            stated = True
            begin = atom.since.toordinal() if atom.since is not None else None
            end = atom.until.toordinal() if atom.until is not None else None
            period = Numbers.whole(begin, end)
            days = days & period if atom.holds else days & period.others(1)
    if not stated:
        return {}
    chosen = days.choice(_ORDINARY_DAY.toordinal())
    return None if chosen is None else {"day": date.fromordinal(int(chosen)).isoformat()}


def _authorization(atoms: Sequence[Atom]) -> Written | None:
    stated = {atom.holds for atom in atoms if isinstance(atom, Authorized)}
    if len(stated) > 1:
        return None
    return {"authorization": "A-1"} if stated == {True} else {}


def _edits_contradict(atoms: Sequence[Atom]) -> bool:
    never = frozenset(edit for atom in atoms if isinstance(atom, Fired) and not atom.holds for edit in atom.edits)
    return any(isinstance(atom, Fired) and atom.holds and atom.edits <= never for atom in atoms)


def _union(sets: Iterable[Codes]) -> Codes:
    return Codes.of(stretch for codes in sets for stretch in codes.stretches)
