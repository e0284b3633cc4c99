"""Every case of ``cases/*.yaml`` through the rules that it states: each was written from what the language says, then
run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chartstream.validation.policy.asked import NoTables, names_found
from chartstream.validation.policy.check import Kind, examined
from chartstream.validation.written import WrittenClaim
from tests.unit.validation.policy.policies import edit_of, loaded, rules_of

FOLDER = Path(__file__).parent / "cases"


def cases(*names: str) -> dict[str, dict[str, Any]]:
    return {
        f"{name}: {case['name']}": case
        for name in names
        for case in yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    }


CLAIMS = cases("encounter", "codes", "effects", "coverage")
REMARKS = cases("remarks")


@pytest.mark.parametrize("case", CLAIMS.values(), ids=CLAIMS)
def test_rules_find_on_a_claim_exactly_what_the_case_states(case: dict[str, Any]) -> None:
    assert names_found(rules_of(case), WrittenClaim.model_validate(case["claim"])) == set(case["expect"])


@pytest.mark.parametrize("case", CLAIMS.values(), ids=CLAIMS)
def test_what_rules_find_does_not_depend_on_how_they_are_looked_up(case: dict[str, Any]) -> None:
    claim = WrittenClaim.model_validate(case["claim"]).claim(NoTables())
    edit = edit_of(case)
    assert {edit.finding(hit).edit for hit in edit.hits(claim)} == {f"policy:{name}" for name in case["expect"]}


@pytest.mark.parametrize("case", REMARKS.values(), ids=REMARKS)
def test_an_examination_says_exactly_what_the_case_states(case: dict[str, Any]) -> None:
    remarks = examined([loaded(case["rules"])]).remarks
    assert [[remark.kind.value, remark.rule, remark.other] for remark in remarks] == case["remarks"]


@pytest.mark.parametrize("case", REMARKS.values(), ids=REMARKS)
def test_the_claim_of_a_conflict_shows_it(case: dict[str, Any]) -> None:
    """On it the one rule asks for something and the other is content."""
    rules = rules_of(case)
    for remark in examined([loaded(case["rules"])]).remarks:
        if remark.kind is Kind.CONFLICT:
            found = names_found(rules, WrittenClaim.model_validate(remark.claim))
            assert remark.rule in found
            required = next(rule for rule in case["rules"] if rule["name"] == remark.other)["then"]
            assert (remark.other in found) is isinstance(required, dict)
