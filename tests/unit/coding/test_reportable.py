"""The files of reportable conditions, history codes, routine visits and order; what is kept of the rejected."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from chartstream import codesets
from chartstream.coding import CodingEngine
from chartstream.coding.data_files import DATA
from chartstream.coding.reportability.history import histories
from chartstream.coding.reportability.reportable import explains, is_chronic, is_notable, is_symptom, reportability
from chartstream.coding.reportability.sequence import order_rules
from chartstream.coding.reportability.visits import visit_rules
from chartstream.errors import ConfigurationError
from tests.unit.coding.notes import context, document

CODES = codesets.load()
BILLABLE = [code for code in CODES if CODES.is_billable(code)]


def test_groups_name_codes_of_the_release() -> None:
    rules = reportability()
    for group in (rules.chronic, rules.symptoms, rules.notable, rules.lifelong):
        assert [prefix for prefix in group if not any(code.startswith(prefix) for code in BILLABLE)] == []


def test_codes_that_stand_instead_are_billable() -> None:
    table = histories()
    for rows in (table.personal, table.family, table.screening):
        for pattern, code in rows:
            assert CODES.is_billable(code), code
            assert any(pattern.fullmatch(other) for other in BILLABLE), pattern.pattern


def test_codes_of_visits_are_billable() -> None:
    rules = visit_rules()
    for table in (rules.abnormal, rules.children, rules.after_cancer):
        for plain, chosen in table.items():
            assert CODES.is_billable(plain)
            assert CODES.is_billable(chosen)


def test_patterns_of_order_match_codes_of_the_release() -> None:
    rules = order_rules()
    patterns = [g.codes for g in (*rules.ahead, *rules.behind)] + [p for r in rules.pairs for p in (r.first, r.then)]
    assert [p.pattern for p in patterns if not any(p.fullmatch(code) for code in BILLABLE)] == []


def test_classes_of_codes() -> None:
    assert is_symptom("R05.9")
    assert not is_symptom("J18.9")
    assert is_chronic("I10")
    assert not is_chronic("J18.9")
    assert is_notable("R09.02")
    assert explains("J18.9", "R05.9")
    assert not explains("I10", "R05.9")


def test_every_candidate_that_is_not_proposed_has_its_reason(engine: CodingEngine) -> None:
    note = document(
        {"assessment": "1. Pneumonia with cough\n2. Possible gout\n3. Asthma was ruled out\n4. Resolved bronchitis"}
    )
    coded = engine.code_note([note], context())
    assert [code.code for code in coded.codes] == ["J18.9"]
    reasons = {item.code: item.reason for item in coded.rejected}
    assert "integral" in reasons["R05.9"]
    assert "uncertain" in reasons["M10.9"]
    assert "negated" in reasons["J45.909"]
    assert all(item.evidence for item in coded.rejected)


def test_the_first_code_says_why_it_is_first(engine: CodingEngine) -> None:
    note = {"discharge_diagnoses": "1. Pneumonia\n2. Sepsis"}
    coded = engine.code_note([document(note)], context("facility_inpatient"))
    assert coded.codes[0].code == "A41.9"
    assert coded.codes[0].explanation.steps[-1].startswith("Principal:")
    assert any("I.C.1.d.4" in step for step in coded.codes[1].explanation.steps)


@pytest.mark.parametrize(
    ("load", "name", "part"),
    [
        (reportability, "reportable.yaml", "notable"),
        (histories, "history.yaml", "screening"),
        (visit_rules, "visits.yaml", "children"),
        (order_rules, "sequence.yaml", "behind"),
    ],
)
def test_a_file_without_a_part_is_refused(load: Callable[[Path], object], name: str, part: str, tmp_path: Path) -> None:
    data = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    del data[part]
    path = tmp_path / name
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=re.escape(name)):
        load(path)
