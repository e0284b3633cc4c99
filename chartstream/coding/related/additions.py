"""Codes that go with others: what notes of the tabular list ask for, body mass, weeks of gestation, stroke scale."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from chartstream.codesets import CodeSet
from chartstream.coding.assertion.assertion import Status
from chartstream.coding.data_files import DATA, read_yaml
from chartstream.coding.finding import Finding
from chartstream.coding.model import Context, Document, Evidence
from chartstream.coding.passages.statements import Kind
from chartstream.coding.related.instructions import Instruction, InstructionKind, instructions
from chartstream.coding.specificity.gestation import weeks_of_gestation
from chartstream.errors import ConfigurationError

_BMI: Final = re.compile(r"\b(?:BMI|body mass index)\b\D{0,12}(\d{2}(?:\.\d+)?)", re.IGNORECASE)
_PERCENTILE: Final = re.compile(
    r"\b(?:BMI|body mass index)\b[^.\n]{0,40}?\b(\d{1,2})(?:st|nd|rd|th)\s+percentile", re.IGNORECASE
)
_STROKE_SCALE: Final = re.compile(
    r"\b(?:NIHSS|NIH stroke scale)\b(?: score)?(?: of| is| was|:|=)?\s*(\d{1,2})\b", re.IGNORECASE
)
_WEIGHT: Final = re.compile(r"E66.*|R63\.[46]|E4[346].*|F50\.0.*|O99\.21.*")
_PREGNANCY: Final = re.compile(r"O(?:09|1[0-6]|2[0-9]|3[0-9]|4[0-8]|6[0-9]|7[0-7]|98|99|9A).*|Z34.*")
_STROKE: Final = re.compile(r"I63.*")
_ADULT: Final = 20
# Upper bounds (exclusive) of Z68's classes from 40, and of a child's percentiles up to the 95th. Above it the class
# depends on how far above, which a bare percentile does not say.
_HIGH_CLASSES: Final = ((45, "Z68.41"), (50, "Z68.42"), (60, "Z68.43"), (70, "Z68.44"))
_PERCENTILES: Final = ((5, "Z68.51"), (85, "Z68.52"), (95, "Z68.53"))
_HIGHEST_STROKE_SCORE: Final = 42
_UNTRUSTED_SECTIONS: Final = frozenset({"allergies", "family_history"})
# How far back words are looked at that deny a phrase, or give it to somebody else.
_BEFORE: Final = 60
# How far behind a phrase words may stand that it needs ("smokes ... packs").
_BEHIND: Final = 40


@dataclass(frozen=True, slots=True)
class Addition:
    """One line of ``data/additions.yaml``; its head says what the parts mean."""

    code: str
    name: str
    source: str
    group: str
    text: re.Pattern[str]
    behind: re.Pattern[str] | None
    unless: Sequence[re.Pattern[str]]
    beside: re.Pattern[str] | None


@lru_cache(maxsize=1)
def additions(path: Path = DATA / "additions.yaml") -> Sequence[Addition]:
    """The additions of the package. Raises ``ConfigurationError`` naming the code whose line is not well-formed."""
    data = read_yaml(path)
    found = []
    for row in data["additions"]:
        try:
            # Drugs that are only planned are none of long standing; of smoking others may be told.
            unless = [data["denied"]]
            unless += [data["others"]] if row.get("others", True) else []
            unless += [] if row.get("planned", True) else [data["planned"]]
            found.append(
                Addition(
                    row["code"],
                    row["name"],
                    row["source"],
                    row.get("group", row["code"]),
                    re.compile(row["text"], re.IGNORECASE),
                    re.compile(row["behind"], re.IGNORECASE) if "behind" in row else None,
                    tuple(re.compile(pattern, re.IGNORECASE) for pattern in unless),
                    re.compile(data[row["beside"]]) if "beside" in row else None,
                )
            )
        except (KeyError, re.error) as error:
            raise ConfigurationError(f"{path.name}, code {row.get('code', '?')}: {error}; correct it.") from error
    return tuple(found)


def added(
    findings: Sequence[Finding], codes: CodeSet, documents: Sequence[Document], context: Context
) -> list[Finding]:
    """The codes to add to ``findings``, each billable and with its own evidence; none that is among them already."""
    found = [
        *_asked_for(findings, codes, documents),
        *_body_mass(findings, documents, context),
        *_weeks(findings, documents),
        *_stroke_scale(findings, documents),
    ]
    known = {finding.code for finding in findings}
    return [finding for finding in found if finding.code not in known and codes.is_billable(finding.code)]


def _asked_for(findings: Sequence[Finding], codes: CodeSet, documents: Sequence[Document]) -> Iterator[Finding]:
    """What the notes of the tabular list at ``findings`` ask for and the documents state."""
    filled = {a.group for a in additions() for f in findings if f.code[:5] == a.code[:5] or f.code == a.code}
    for addition in additions():
        why = _why(addition, findings, codes)
        if why is None or addition.group in filled:
            continue
        place = _stated(addition, documents)
        if place is not None:
            filled.add(addition.group)
            step = f"{addition.name[:1].upper()}{addition.name[1:]}: {why}; {addition.source}."
            yield _addition(addition.code, place, step, addition.name)


def _why(addition: Addition, findings: Sequence[Finding], codes: CodeSet) -> str | None:
    """What asks for ``addition`` beside ``findings``: a note of the tabular list, or what it stands beside; or None."""
    note = _asking(addition.code, findings, codes)
    if note is not None:
        return f"{note.kind.value.replace('_', ' ')} code note at {note.holder}"
    if addition.beside is None:
        return None
    return next((f"beside {f.code}" for f in findings if addition.beside.fullmatch(f.code)), None)


def _asking(code: str, findings: Sequence[Finding], codes: CodeSet) -> Instruction | None:
    return next((note for f in findings if (note := _asked_by(codes, f.code).get(code)) is not None), None)


@lru_cache(maxsize=20_000)
def _asked_by(codes: CodeSet, code: str) -> Mapping[str, Instruction]:
    """The additions that notes at ``code`` ask for, each with its note."""
    notes = instructions(codes)
    found: dict[str, Instruction] = {}
    for kind in (InstructionKind.CODE_ALSO, InstructionKind.USE_ADDITIONAL):
        for addition in additions():
            note = notes.asking(code, addition.code, kind)
            if note is not None:
                found[addition.code] = note
    return found


def _stated(addition: Addition, documents: Sequence[Document]) -> Evidence | None:
    for document in documents:
        for match in addition.text.finditer(document.text):
            place = _place(document, match.span(), "support")
            begin = max(0, match.start() - _BEFORE)
            if place.section in _UNTRUSTED_SECTIONS or any(
                pattern.search(document.text[begin : match.start()]) for pattern in addition.unless
            ):
                continue
            end = min(len(document.text), match.end() + _BEHIND)
            if addition.behind is None or addition.behind.search(document.text, match.start(), end):
                return place
    return None


def _body_mass(findings: Sequence[Finding], documents: Sequence[Document], context: Context) -> Iterator[Finding]:
    # Guideline I.B.14: only with a weight diagnosis of the provider.
    if context.age_years is None or not any(_WEIGHT.fullmatch(f.code) for f in findings):
        return
    adult = context.age_years >= _ADULT
    for document in documents:
        match = (_BMI if adult else _PERCENTILE).search(document.text)
        if match:
            code = _body_mass_code(float(match[1])) if adult else _percentile_code(int(match[1]))
            measure = "Body mass index" if adult else "Percentile of the body mass index"
            step = f"{measure} {match[1]} beside a weight diagnosis: guidelines I.B.14."
            if code is not None:
                yield _addition(code, _place(document, match.span()), step, "body mass index")
            return


def _body_mass_code(index: float) -> str:
    if index < 20:
        return "Z68.1"
    if index < 40:
        return f"Z68.{int(index)}"
    return next((code for bound, code in _HIGH_CLASSES if index < bound), "Z68.45")


def _percentile_code(percentile: int) -> str | None:
    return next((code for bound, code in _PERCENTILES if percentile < bound), None)


def _weeks(findings: Sequence[Finding], documents: Sequence[Document]) -> Iterator[Finding]:
    if not any(_PREGNANCY.fullmatch(f.code) for f in findings):
        return
    for document in documents:
        stated = weeks_of_gestation(document)
        if stated is not None:
            weeks, begin, end = stated
            # Z3A.01 is for less than 8 weeks.
            code = f"Z3A.{weeks:02d}" if weeks >= 8 else "Z3A.01"
            step = f"{weeks} completed weeks of gestation: guidelines I.C.21.c.11."
            yield _addition(code, _place(document, (begin, end)), step, "weeks of gestation")
            return


def _stroke_scale(findings: Sequence[Finding], documents: Sequence[Document]) -> Iterator[Finding]:
    if not any(_STROKE.fullmatch(f.code) for f in findings):
        return
    for document in documents:
        match = _STROKE_SCALE.search(document.text)
        if match and int(match[1]) <= _HIGHEST_STROKE_SCORE:
            # Guideline I.C.18.i: at a minimum the first score documented.
            step = f"Stroke scale of {match[1]}: guidelines I.C.18.i; use additional code at I63."
            yield _addition(f"R29.7{int(match[1]):02d}", _place(document, match.span()), step, "stroke scale")
            return


def _place(document: Document, span: tuple[int, int], role: str = "value") -> Evidence:
    section = next((s.kind for s in document.sections if s.begin <= span[0] < s.end), None)
    return Evidence(document.document_id, *span, role, section)


def _addition(code: str, place: Evidence, step: str, rule: str) -> Finding:
    return Finding(code, rule, Kind.HEADING, "combination", Status.AFFIRMED, [place], rule=rule, steps=[step])
