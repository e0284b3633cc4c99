"""Every case of ``cases/*.yaml`` through every edit. Each was written from the guideline or table that it names as its
source, then run; never from what the edits happen to answer.

A case: ``name``, ``claim`` (the form of ``chartstream/validation/written.py``), ``expect``: the edits that hold the
claim back or correct it, all of them; ``warns``: the edits that warn, all of them, where the case is about that;
``source``.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from chartstream.events.validation import Finding, Severity
from chartstream.validation.checking import checked
from chartstream.validation.edits import EDITS
from chartstream.validation.registry import Edit
from chartstream.validation.written import WrittenClaim
from tests.unit.validation.tables import written_library

FOLDER = Path(__file__).parent / "cases"
CASES: dict[str, dict[str, Any]] = {
    f"{path.stem}: {case['name']}": case
    for path in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
}
LIBRARY = written_library()


def findings_of(claim: dict[str, Any]) -> tuple[Finding, ...]:
    return checked(WrittenClaim.model_validate(claim).claim(LIBRARY), EDITS)[1]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_claim_has_exactly_the_findings_that_its_case_states(case: dict[str, Any]) -> None:
    found = findings_of(case["claim"])
    assert {f.edit for f in found if f.severity is not Severity.WARNS} == set(case["expect"])
    if "warns" in case:
        assert {f.edit for f in found if f.severity is Severity.WARNS} == set(case["warns"])


def test_every_edit_fires_in_a_case_and_stays_silent_in_the_next() -> None:
    fired = Counter(edit for case in CASES.values() for edit in {*case["expect"], *case.get("warns", ())})
    names = {edit.name for edit in EDITS}
    assert set(fired) == names
    assert all(count < len(CASES) for count in fired.values())


def test_every_case_names_its_source() -> None:
    assert [name for name, case in CASES.items() if not case["source"]] == []


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_every_edit_fires_on_its_example_and_names_source_and_remedy(edit: Edit) -> None:
    assert edit.source
    assert edit.remedy
    assert edit.check.__doc__
    assert edit.name in {finding.edit for finding in findings_of(dict(edit.example))}


def test_the_message_names_the_codes_at_fault() -> None:
    finding = findings_of({"codes": ["E11.9", "E10.9"]})[0]
    assert finding.codes == ("E11.9", "E10.9")
    assert "E11.9" in finding.message
    assert "E10.9" in finding.message
