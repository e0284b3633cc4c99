"""Data of combinations, additions, companions and questions against the release; the with convention's limits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chartstream.coding import CodingEngine
from chartstream.coding.related.additions import additions
from chartstream.coding.related.combinations import Rule, rules, unrelated
from chartstream.coding.related.companions import companions
from chartstream.coding.related.instructions import instructions
from chartstream.coding.specificity.episode import episode_rules
from chartstream.coding.specificity.queries import questions
from chartstream.errors import ConfigurationError
from tests.unit.coding.notes import context, document


@pytest.fixture(scope="module")
def billable(engine: CodingEngine) -> list[str]:
    # No rule reads a seventh character; what comes by one stands for all.
    codes = [code for code in engine.codes if "-" not in code and engine.codes.is_billable(code)]
    return [code for code in codes if len(code) < 8 or code.endswith(("A", "0"))]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_every_combination_matches_and_gives_codes_of_the_release(
    engine: CodingEngine, billable: list[str], rule: Rule
) -> None:
    assert rule.source
    assert rule.absent is None or any(rule.absent.fullmatch(code) for code in billable)
    matches = [[match for code in billable if (match := pattern.fullmatch(code))] for pattern in rule.when]
    assert all(matches)
    template = rule.give or rule.add
    if template is not None:
        given = {_filled(template, rule, match) for found in matches for match in found}
        assert any(engine.codes.is_billable(code) or _has_trimesters(engine, code) for code in given if code)
    assert template or rule.drop or rule.ask


def _filled(template: str, rule: Rule, match: re.Match[str]) -> str:
    """``template`` with what ``match`` of one of the rule's patterns gives it; empty where that is not all."""
    first = match.re is rule.when[0]
    filled = template
    for number, value in enumerate(match.groups(), start=1):
        filled = filled.replace(f"\\{number}", value or "") if first else filled
    for name, value in match.groupdict().items():
        filled = filled.replace(f"{{{name}}}", value)
    return "" if "\\" in filled or re.search(r"\{(?!trimester)", filled) else filled


def _has_trimesters(engine: CodingEngine, template: str) -> bool:
    entry = engine.codes.get(template.replace("{trimester}", ""))
    children = [engine.codes.get(child) for child in entry.children] if entry and "{" in template else []
    return any(child is not None and "trimester" in child.description for child in children)


def test_additional_codes_are_asked_for_by_some_note(engine: CodingEngine) -> None:
    notes = instructions(engine.codes)
    entries = [entry for code in engine.codes if (entry := engine.codes.get(code)) is not None]
    holders = [entry.code for entry in entries if entry.use_additional or entry.code_also]
    for addition in additions():
        assert engine.codes.is_billable(addition.code)
        assert any(notes.names(code, addition.code) for code in holders), addition.code


def test_companions_and_questions_are_about_codes_of_the_release(engine: CodingEngine, billable: list[str]) -> None:
    for companion in companions():
        assert all(engine.codes.is_billable(code) for code in (companion.code, *(code for _, code in companion.sites)))
        assert any(companion.codes.fullmatch(code) for code in billable)
    for question in questions():
        assert any(question.codes.fullmatch(code) for code in billable), question.codes.pattern
        assert question.source
        assert len(question.options) > 1


def test_two_conditions_called_unrelated_part_a_term() -> None:
    text = "Polyneuropathy, unrelated to diabetes"
    assert unrelated(text, 0, len(text)) == [text.index("unrelated")]


@pytest.mark.parametrize("words", ["unrelated to diabetes", "not due to diabetes", "due to alcohol", "non-diabetic"])
def test_the_with_convention_ends_where_the_note_says_so(engine: CodingEngine, words: str) -> None:
    """Guideline I.A.15: linked unless the documentation states that the conditions are unrelated."""
    note = document({"assessment_and_plan": f"1. Type 2 diabetes mellitus\n2. Polyneuropathy, {words}"})
    codes = [found.code for found in engine.code_note([note], context()).codes]
    assert "E11.42" not in codes
    assert "E11.9" in codes


def test_what_a_rule_makes_needless_is_shown_with_its_reason(engine: CodingEngine) -> None:
    note = document({"assessment_and_plan": "1. Hypertension\n2. CKD stage 4"})
    coded = engine.code_note([note], context())
    assert [found.code for found in coded.codes] == ["I12.9", "N18.4"]
    (rejected,) = coded.rejected
    assert rejected.code == "I10"
    assert "I.C.9.a.2" in rejected.reason


@pytest.mark.parametrize(
    "read", [rules, additions, companions, questions, episode_rules], ids=lambda read: read.__name__
)
def test_a_data_file_at_fault_is_refused(tmp_path: Path, read: object) -> None:
    path = tmp_path / "faulty.yaml"
    rows = "[{name: broken, source: s, codes: '(', when: ['('], question: q, options: [a]}]"
    path.write_text(
        f"causes: {{}}\nphrases: {{}}\ndenied: a\nothers: a\nplanned: a\n"
        f"rules: {rows}\nadditions: {rows}\ncompanions: {rows}\nqueries: {rows}\n"
        "sequela: '('\n"
    )
    with pytest.raises(ConfigurationError):
        read.__wrapped__(path)  # type: ignore[attr-defined]
