"""The cases of cases/*.yaml: what a coder assigns by the guidelines. cases/basics.yaml says how they are written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from chartstream.coding import CodingEngine
from chartstream.coding.model import Profile
from tests.unit.coding.notes import context, document

CASES: list[dict[str, Any]] = [
    case
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(engine: CodingEngine, case: dict[str, Any]) -> None:
    note = document({**case.get("before", {}), case.get("section", "assessment_and_plan"): case["note"]})
    patient = context(case.get("setting", "professional"), age=case.get("age", 54), sex=case.get("sex"))
    coded = engine.code_note([note], replace(patient, profile=Profile(case.get("profile", "claim"))))
    codes = [code.code for code in coded.codes]
    if case.get("any_order"):
        assert sorted(codes) == sorted(case["expected"])
    else:
        assert codes == case["expected"]
    assert bool(coded.queries) is case.get("query", False)
    for code in coded.codes:
        assert engine.codes.is_billable(code.code)
        assert code.evidence
        assert 0 < code.confidence < 1
        assert code.explanation.steps


def test_there_are_enough_cases_and_each_names_its_guideline() -> None:
    assert len(CASES) >= 60
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert all(case["guideline"] for case in CASES)
