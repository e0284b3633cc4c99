from __future__ import annotations

from datetime import date

import pytest

from chartstream import codesets
from chartstream.codesets import ICD10CM, CodeSet, Release
from chartstream.errors import ConfigurationError


@pytest.fixture(scope="module")
def icd() -> CodeSet:
    return codesets.load()


def test_the_release_holds_to_its_last_day() -> None:
    assert codesets.release_for(ICD10CM, date(2026, 9, 30)) is not None
    assert codesets.release_for(ICD10CM, date(2025, 10, 1)) is not None
    assert codesets.release_for(ICD10CM, date(2026, 10, 1)) is None
    assert codesets.release_for(ICD10CM, date(2025, 9, 30)) is None
    assert codesets.releases_for("ICD-9-CM", date(2026, 1, 1)) == ()


def test_a_release_that_is_not_installed_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="not installed"):
        codesets.load(Release(ICD10CM, "FY2019", date(2018, 10, 1), date(2019, 9, 30)))


@pytest.mark.parametrize(
    ("code", "billable"),
    [
        ("I10", True),
        ("E11.22", True),
        ("e1122", True),
        ("E11.2", False),
        ("S52.501", False),
        ("S52.501A", True),
        ("C00-C96", False),
        ("4", False),
        ("Z99.999", False),
        ("", False),
    ],
)
def test_only_a_code_without_children_is_billable(icd: CodeSet, code: str, billable: bool) -> None:
    assert icd.is_billable(code) is billable


def test_an_entry_has_its_place_and_its_notes(icd: CodeSet) -> None:
    code = icd.get("E1122")
    assert code is not None
    assert code.description == "Type 2 diabetes mellitus with diabetic chronic kidney disease"
    assert (code.parent, code.chapter, code.category) == ("E11.2", "4", "E11")
    assert "N18.1-N18.6" in code.use_additional
    assert [a.code for a in icd.ancestors("E11.22")] == ["E11.2", "E11", "E08-E13", "4"]
    assert ("E11", "type 1 diabetes mellitus (E10.-)") in icd.notes("E11.22", "excludes1")


def test_seventh_characters_are_found_from_any_level(icd: CodeSet) -> None:
    assert icd.seventh_characters("S52.501")["A"] == "initial encounter for closed fracture"
    assert icd.seventh_characters("S93.401A")["D"] == "subsequent encounter"
    assert icd.seventh_characters("I10") == {}
    placeholder = icd.get("W19.XXXA")
    assert placeholder is not None
    assert placeholder.billable


def test_the_whole_list_is_there_and_every_child_knows_its_parent(icd: CodeSet) -> None:
    entries = [icd.get(code) for code in icd]
    assert sum(entry.billable for entry in entries if entry) == 74_719
    for entry in entries:
        assert entry is not None
        for child in entry.children:
            found = icd.get(child)
            assert found is not None
            assert found.parent == entry.code
