"""How the notes of the tabular list are read: what they refer to, what they demand, what stays unread."""

from __future__ import annotations

from collections import Counter
from datetime import date
from importlib.resources import files

import pytest
import yaml

from chartstream.codesets import ICD10CM, load, release_for
from chartstream.validation.notes import notes_of
from chartstream.validation.references import references_in
from chartstream.validation.relation_rules import Rule

RELEASE = release_for(ICD10CM, date(2026, 3, 2))
assert RELEASE is not None
CODES = load(RELEASE)


@pytest.mark.parametrize(
    ("note", "named", "not_named"),
    [
        ("diabetes (E08-E13 with .51-.52)", ["E1151", "E0852"], ["E1159", "E1451", "E0751"]),
        ("dysphasia (I69. with final characters -21)", ["I69321"], ["I69320"]),
        ("underdosing (T36-T50) with fifth or sixth character 6", ["T465X6A", "T50996A"], ["T465X5A", "T5194XA"]),
        ("poisoning (T36-T65 with fifth or sixth character 1-4)", ["T391X1A", "T6404XS"], ["T391X5A", "T40415A"]),
        ("fracture (S42.- with 7th character B or C)", ["S42001B", "S42001C"], ["S42001A", "S42001"]),
        ("rheumatoid arthritis by site, if  known (M05.00 to M05.8A)", ["M0500", "M058A"], ["M059"]),
        ("rehabilitation (F98.2.-F98.3)", ["F9821", "F983"], ["F984"]),
        ("diabetes (E08, E11 with final characters .00 or .01)", ["E0800", "E1101"], ["E0900", "E1110"]),
        ("status (Z89.52-", ["Z89521"], ["Z8951"]),
        ("pneumoconiosis, any type in A15 (J65)", ["J65"], ["A150"]),
        ("G6PD deficiency", [], ["G6PD"]),
        ("acidosis, see E08-E10 with ketoacidosis", [], ["E0810"]),
        ("fracture (S42.- with a meaning that nobody reads)", [], ["S42001B"]),
    ],
)
def test_references_are_read_as_far_as_they_are_certain(note: str, named: list[str], not_named: list[str]) -> None:
    read = references_in(note)
    assert [code for code in named if not read.match(code)] == []
    assert [code for code in not_named if read.match(code)] == []


def test_the_excludes1_notes_that_give_no_reference_are_those_that_are_listed() -> None:
    unread = Counter(
        code
        for code in CODES
        for note in notes_of(CODES, code).excludes1.every
        if note.entry == code and not note.references.prefixes and not note.references.spans
    )
    rows = yaml.safe_load((files("chartstream.validation") / "data" / "unread_notes.yaml").read_text(encoding="utf-8"))
    assert unread == Counter(entry for row in rows for entry in row["entries"])
    assert unread.total() == 130


def test_a_code_without_notes_of_its_own_shares_those_above_it() -> None:
    assert notes_of(CODES, "E11.9") is not None
    assert notes_of(CODES, "S72.001A").excludes1 is notes_of(CODES, "S72.00").excludes1


def test_a_rule_that_is_not_written_as_the_tabular_list_writes_codes_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a list of codes"):
        Rule(codes="E11.9 and the like", states="s", source="s")
