"""Codes that go with others by the guidelines and rest on a number in the note: body mass index, weeks of gestation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from chartstream.codesets import CodeSet
from chartstream.coding.assertion import Status
from chartstream.coding.finding import Finding
from chartstream.coding.model import Context, Document, Evidence
from chartstream.coding.gestation import weeks_of_gestation
from chartstream.coding.statements import Kind

_BMI: Final = re.compile(r"\b(?:BMI|body mass index)\b\D{0,12}(\d{2}(?:\.\d+)?)", re.IGNORECASE)
_WEIGHT: Final = re.compile(r"E66.*|R63\.[46]|E4[346].*")
_PREGNANCY: Final = re.compile(r"O(?:09|1[0-6]|2[0-9]|3[0-9]|4[0-8]|6[0-9]|7[0-7]|98|99|9A).*|Z34.*")
_ADULT: Final = 20
# Upper bounds (exclusive) of Z68's classes from 40.
_HIGH_CLASSES: Final = ((45, "Z68.41"), (50, "Z68.42"), (60, "Z68.43"), (70, "Z68.44"))


def added(
    findings: Sequence[Finding], codes: CodeSet, documents: Sequence[Document], context: Context
) -> list[Finding]:
    """The codes to add to ``findings``, each billable and with the number as evidence."""
    found = [*_body_mass(findings, documents, context), *_weeks(findings, documents)]
    return [finding for finding in found if codes.is_billable(finding.code)]


def _body_mass(findings: Sequence[Finding], documents: Sequence[Document], context: Context) -> Iterator[Finding]:
    # Guideline I.B.14: only with a weight diagnosis of the provider; Z68.5 for children needs a percentile.
    if context.age_years is None or context.age_years < _ADULT:
        return
    if not any(_WEIGHT.fullmatch(f.code) for f in findings):
        return
    for document in documents:
        match = _BMI.search(document.text)
        if match:
            step = f"Body mass index {match[1]} beside a weight diagnosis: guidelines I.B.14."
            yield _addition(_body_mass_code(float(match[1])), document, match.span(), step, "body mass index")
            return


def _body_mass_code(index: float) -> str:
    if index < 20:
        return "Z68.1"
    if index < 40:
        return f"Z68.{int(index)}"
    return next((code for bound, code in _HIGH_CLASSES if index < bound), "Z68.45")


def _weeks(findings: Sequence[Finding], documents: Sequence[Document]) -> Iterator[Finding]:
    if not any(_PREGNANCY.fullmatch(f.code) for f in findings):
        return
    for document in documents:
        stated = weeks_of_gestation(document)
        if stated is not None:
            weeks, begin, end = stated
            step = f"{weeks} completed weeks of gestation: guidelines I.C.21.c.11."
            yield _addition(f"Z3A.{weeks:02d}", document, (begin, end), step, "weeks of gestation")
            return


def _addition(code: str, document: Document, span: tuple[int, int], step: str, rule: str) -> Finding:
    section = next((s.kind for s in document.sections if s.begin <= span[0] < s.end), None)
    place = Evidence(document.document_id, *span, "value", section)
    return Finding(
        code, rule, Kind.HEADING, "combination", Status.AFFIRMED, [place], rule=rule, steps=[step], features={}
    )
