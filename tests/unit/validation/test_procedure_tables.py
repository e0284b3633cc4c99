"""Procedure lines and their tables: which are asked, which are missing; the rules about codes and modifiers."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from chartstream.events.validation import Severity
from chartstream.validation.edits.procedures import registry
from chartstream.validation.edits.procedures.lines import table_of
from chartstream.validation.modifier_rules import ModifierRules, modifier_rules
from chartstream.validation.service_rules import Family, families, listed, visit
from tests.unit.validation.tables import WrittenLibrary
from tests.unit.validation.test_procedures import EDITS, EXAMPLES, line, said, stay


def test_a_conflict_names_no_more_than_eight_of_the_values_that_would_fit() -> None:
    labels = {value: value for value in "0123456789"}
    tables = {
        "tables": {
            "axis": "Section",
            "values": {
                "0": {
                    "label": "",
                    "axis": "Body System",
                    "values": {"D": {"label": "", "axis": "Operation", "values": {"T": {"label": ""}}}},
                }
            },
        },
        "0DT": {
            "axes": [["Section", {}], ["Body System", {}], ["Operation", {}]],
            "rows": [[["Body Part", labels], ["Approach", {"0": ""}], ["Device", {"Z": ""}], ["Qualifier", {"Z": ""}]]],
        },
    }
    found = said("pcs_invalid", stay("0DTJ0ZZ"), WrittenLibrary({"ICD-10-PCS": tables}))
    assert found[0][0].endswith("J at position 4 (Body Part) does not fit the others; 0, 1, 2, 3, 4, 5, 6, 7, … would")


@pytest.mark.parametrize(
    ("day", "on_column", "edit"),
    [
        ("2019-06-30", 1, "ncci_pair_without_modifier"),
        ("2019-06-30", 2, "ncci_pair_as_distinct"),
        ("2019-07-01", 1, "ncci_pair_as_distinct"),
        ("2019-07-01", 2, "ncci_pair_as_distinct"),
    ],
)
def test_until_july_2019_a_distinct_service_was_said_on_column_two(day: str, on_column: int, edit: str) -> None:
    pair = {"effective_from": "2010-01-01", "deleted": None, "modifier_indicator": 1, "rationale": ""}
    library = WrittenLibrary({"NCCI PTP": {"practitioner:": {}, "practitioner:11042:97597": pair}})
    procedures = [
        line("11042", *(["59"] if on_column == 1 else [])),
        line("97597", *(["59"] if on_column == 2 else [])),
    ]
    claim = {"day": day, "procedures": procedures}
    fired = {name for name in EDITS if name.startswith("ncci_") and said(name, claim, library)}
    assert fired == {edit}


def test_another_ncci_modifier_counted_on_column_one_before_that() -> None:
    pair = {"effective_from": "2010-01-01", "deleted": None, "modifier_indicator": 1, "rationale": ""}
    library = WrittenLibrary({"NCCI PTP": {"practitioner:": {}, "practitioner:11042:97597": pair}})
    claim = {"day": "2019-06-30", "procedures": [line("11042", "T5"), "97597"]}
    assert said("ncci_pair_by_modifier", claim, library) == [("T5 allows 97597 beside 11042", ("11042", "97597", "T5"))]


@pytest.mark.parametrize(
    ("code", "system"),
    [
        ("99213", "CPT"),
        ("0054T", "CPT"),
        ("0001U", "CPT"),
        ("J1885", "HCPCS"),
        ("W1885", None),
        ("0054Z", None),
        ("", None),
    ],
)
def test_a_code_stands_in_the_table_of_its_form(code: str, system: str | None) -> None:
    assert table_of(code) == system


@pytest.mark.parametrize(
    ("code", "family", "belongs"),
    [
        ("99202", "evaluation", True),
        ("99499", "evaluation", True),
        ("99201", "evaluation", False),
        ("00100", "anesthesia", True),
        ("01999", "anesthesia", True),
        ("0054T", "anesthesia", False),
        ("10004", "surgery", True),
        ("69990", "surgery", True),
        ("70010", "radiology", True),
        ("G0438", "visit", True),
        ("G0440", "visit", False),
        ("C9608", "coronary", True),
    ],
)
def test_a_family_holds_the_codes_of_its_ranges(code: str, family: str, belongs: bool) -> None:
    assert (family in families(code)) is belongs


def test_a_kind_of_visit_is_known_by_its_code() -> None:
    office, none = visit("99213"), visit("93000")
    assert office is not None
    assert office.name == "office visit"
    assert none is None


@pytest.mark.parametrize("span", ["9920", "99499-99202", "99202-9949", "99202-G0463", "99202-99202"])
def test_what_is_no_range_of_codes_is_refused(span: str) -> None:
    with pytest.raises(ValidationError, match="neither a code of five characters nor a range"):
        Family(name="f", source="s", codes=(span,))


def test_a_single_code_is_no_beginning_of_others() -> None:
    assert listed("99292", ("99292",))
    assert not listed("99293", ("99292",))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"history": [{"modifiers": ["ZZ"], "needs": "same_code", "source": "s"}]}, "not among the known"),
        ({"required": [{"family": "astrology", "one_of": ["GP"], "source": "s"}]}, "families that services.yaml"),
        (
            {"conflicts": [{"one": ["LT"], "certain": True, "reason": "r", "source": "s"}]},
            "any_two_of, or one with other",
        ),
        (
            {"conflicts": [{"any_two_of": ["LT", "ZZ"], "certain": True, "reason": "r", "source": "s"}]},
            "not among the known",
        ),
    ],
)
def test_rules_about_modifiers_that_do_not_hold_are_refused(changes: dict[str, Any], reason: str) -> None:
    rules = modifier_rules().model_dump()
    with pytest.raises(ValidationError, match=reason):
        ModifierRules.model_validate({**rules, **changes})


def test_no_edit_on_procedures_corrects() -> None:
    assert Severity.CORRECTS not in {edit.severity for edit in registry}


def test_lines_of_an_unknown_day_count_as_of_one_day() -> None:
    claim = {"day": None, "procedures": ["99213", "99214"]}
    assert said("visits_repeated", claim) == [EXAMPLES["visits_repeated"]]


def test_the_edits_of_the_line_s_own_day_count() -> None:
    limits = {"practitioner:": {}, "practitioner:36415": {"limit": 1, "adjudication": 1, "rationale": ""}}
    library = WrittenLibrary({"NCCI MUE 2026-03": {"practitioner:": {}}, "NCCI MUE 2026-04": limits})
    on_day = {"through": "2026-04-02", "procedures": [line("36415", units="2", day="2026-04-01")]}
    assert said("units_over_line_limit", on_day, library)
    assert not said("units_over_line_limit", {"procedures": [line("36415", units="2")]}, library)
