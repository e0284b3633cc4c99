"""Judged codes: what the engine proposes and turns down on charts, cases and gold sets, each with its features."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.charts.chart import Half, charts
from benchmarks.charts.coded import code_text
from benchmarks.confidence.logistic import Example
from chartstream.coding import Coded, CodingEngine, Profile

_SETTINGS = {"outpatient": "professional", "inpatient": "facility_inpatient"}
_TITLES = {"assessment_and_plan": "ASSESSMENT AND PLAN", "discharge_diagnoses": "DISCHARGE DIAGNOSES"}
CASES = Path(__file__).resolve().parents[2] / "tests" / "unit" / "coding" / "cases"


@dataclass(frozen=True, slots=True)
class JudgedCode:
    """A code with its confidence, ``proposed`` or turned down, and whether it is one of the note's codes."""

    note: str
    code: str
    confidence: float
    proposed: bool
    right: bool
    features: dict[str, float]
    reason: str = ""

    def example(self, **further: float) -> Example:
        """It as an example to fit on, with ``further`` features."""
        return Example(self.note, {**self.features, **further}, self.right)


def of_charts(engine: CodingEngine, half: Half) -> list[JudgedCode]:
    """The codes of our own charts; optional ones are left out."""
    found: list[JudgedCode] = []
    for chart in charts(half):
        answer, _ = code_text(engine, chart.note, setting=chart.setting, age=chart.age, sex=chart.sex)
        right = {code for group in chart.codes for code in group}
        judged = _judge(chart.chart_id, answer, right)
        found.extend(item for item in judged if item.code not in chart.optional)
    return found


def of_gold(engine: CodingEngine, path: Path, profile: Profile, system: str = "ICD-10-CM") -> list[JudgedCode]:
    """The codes of a gold set, one note a line: ``note_id``, ``text``, ``codes`` and optionally setting and patient."""
    found: list[JudgedCode] = []
    for line in _lines(path):
        setting = _SETTINGS.get(line.get("setting", "outpatient"), line.get("setting", "professional"))
        patient = line.get("patient") or {}
        answer, _ = code_text(
            engine, line["text"], setting=setting, age=patient.get("age"), sex=_sex(patient), profile=profile
        )
        right = {c["code"].upper() for c in line["codes"] if c["system"] == system}
        found.extend(_judge(line["note_id"], answer, right))
    return found


def of_cases(engine: CodingEngine, folder: Path = CASES) -> list[JudgedCode]:
    """The codes of the cases that the engine is tested by."""
    found: list[JudgedCode] = []
    for path in sorted(folder.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            answer, _ = code_text(
                engine,
                "\n\n".join(_section(name, text) for name, text in _sections(case)),
                setting=case.get("setting", "professional"),
                age=case.get("age", 54),
                sex=case.get("sex"),
            )
            found.extend(_judge(case["id"], answer, set(case["expected"])))
    return found


def _judge(note: str, answer: Coded, right: set[str]) -> Iterator[JudgedCode]:
    known = {code.replace(".", "") for code in right}
    for proposed in answer.codes:
        hit = proposed.code.replace(".", "") in known
        values = dict(proposed.explanation.features)
        yield JudgedCode(note, proposed.code, proposed.confidence, proposed=True, right=hit, features=values)
    for rejected in answer.rejected:
        hit = rejected.code.replace(".", "") in known
        values = dict(rejected.features)
        yield JudgedCode(
            note, rejected.code, rejected.confidence, proposed=False, right=hit, features=values, reason=rejected.reason
        )


def _sections(case: dict[str, Any]) -> Sequence[tuple[str, str]]:
    return [*case.get("before", {}).items(), (case.get("section", "assessment_and_plan"), case["note"])]


def _section(name: str, text: str) -> str:
    return f"{_TITLES.get(name, name.replace('_', ' ').upper())}\n{text}"


def _sex(patient: dict[str, Any]) -> str | None:
    said = str(patient.get("sex") or "").lower()
    return {"f": "female", "female": "female", "m": "male", "male": "male"}.get(said)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)
