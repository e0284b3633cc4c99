"""A sample of ``benchmarks/edits_oracle.py``: our verdicts on stays are those of Medicare's editor."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

from benchmarks.oracle.agreement import OURS, Agreement, with_editor, with_table
from benchmarks.oracle.judges import VERDICTS, EditorJudge, TableJudge
from benchmarks.oracle.stays import FY2020, FY2026, every_code, stays
from chartstream import codesets
from chartstream.validation.claim import Claim
from chartstream.validation.edits import EDITS

STAYS = 1_000


def differing(agreement: Agreement) -> dict[str, list[str]]:
    return {verdict: kept.examples for verdict, kept in agreement.verdicts.items() if kept.differing}


def test_stays_of_fy2020_are_judged_as_by_the_table_of_that_year(reference: Path) -> None:
    chance = random.Random(20)
    table = TableJudge(reference / "MCE_Simple_Code_Edits_v37.txt")
    listed = chance.sample(table.codes, STAYS)
    others = every_code(codesets.load(), table.codes, chance)[: STAYS // 2]
    agreement = with_table(stays([*listed, *others], FY2020, STAYS, chance), table)
    assert differing(agreement) == {}
    assert all(agreement.verdicts[verdict].both for verdict in ("age", "sex", "unacceptable principal"))


def test_stays_of_fy2026_are_judged_as_by_the_editor_on_the_whole_stay() -> None:
    chance = random.Random(26)
    every = every_code(codesets.load(), ("M54.5", "I48.2"), chance)
    with EditorJudge() as editor:
        agreement = with_editor(stays(every, FY2026, STAYS, chance), editor, VERDICTS)
    assert differing(agreement) == {}
    assert all(agreement.verdicts[verdict].both for verdict in ("age", "external cause as principal", "invalid code"))


def test_the_edits_that_are_compared_are_edits() -> None:
    assert set(OURS) <= {edit.name for edit in EDITS}
    assert set(OURS.values()) == set(VERDICTS)


class Silent:
    """A judge who finds nothing."""

    def counted(self, claim: Claim) -> Counter[str]:
        return Counter()


def test_a_difference_is_seen_and_its_code_is_named() -> None:
    found = list(stays(["A33"], FY2026, 40, random.Random(1)))
    of_age = sum(claim.facts.age_years == 0 for claim in found)
    kept = with_editor(found, Silent(), ("age",)).verdicts["age"]
    assert 0 < of_age < len(found)
    assert (kept.both, kept.ours_alone, kept.judge_alone) == (0, len(found) - of_age, 0)
    assert set(kept.examples) == {"A33"}
    assert kept.agreeing == 0.0
