"""Which past claims another release would change: what its edits would newly find, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chartstream.codesets import ICD10CM, CodeSet, Release
from chartstream.codesets.table import Table, write_table
from chartstream.validation.past_claims import PastClaims
from tests.unit.validation.tables import written_library

BEFORE = Release(ICD10CM, "before", date(2025, 10, 1), date(2026, 9, 30))
AFTER = replace(BEFORE, name="after", effective_from=date(2026, 10, 1), effective_to=date(2027, 9, 30))


def entry(description: str, **fields: Any) -> dict[str, Any]:
    return {"description": description, "billable": True, "parent": "I00-I99", "chapter": "9", **fields}


LIST = {
    "I00-I99": entry("Diseases", billable=False, parent=None),
    "I10": entry("Essential hypertension"),
    "I42.0": entry("Dilated cardiomyopathy"),
    "I42.9": entry("Cardiomyopathy, unspecified"),
}


SPLIT = {
    "I42.0": entry("Dilated cardiomyopathy", billable=False, children=["I42.01"]),
    "I42.01": entry("Dilated cardiomyopathy, of one kind", parent="I42.0"),
}


def code_set(folder: Path, release: Release, entries: Mapping[str, Any]) -> CodeSet:
    path = folder / release.name
    write_table(path, {key: json.dumps(value).encode() for key, value in entries.items()})
    return CodeSet(release, Table(path))


@pytest.mark.parametrize(
    ("change", "codes", "found"),
    [
        ({}, ["I10", "I42.9"], []),
        ({"I42.9": None}, ["I10", "I42.9"], [("code_unknown", ("I42.9",))]),
        ({"I42.9": None}, ["I10"], []),
        ({"I10": entry("Essential hypertension", excludes1=["x (I42.9)"])}, ["I10", "I42.9"], ["excludes1"]),
        ({"I10": entry("Essential hypertension", excludes1=["x (I42.0)"])}, ["I10", "I42.9"], []),
        ({"I10": entry("Another description")}, ["I10"], []),
        (SPLIT, ["I42.0"], ["split"]),
    ],
)
def test_only_what_the_later_release_would_newly_find_is_told(
    tmp_path: Path, change: dict[str, Any], codes: Sequence[str], found: list[Any]
) -> None:
    later = {key: value for key, value in {**LIST, **change}.items() if value is not None}
    past = PastClaims(code_set(tmp_path, BEFORE, LIST), code_set(tmp_path, AFTER, later), written_library())
    changed = list(past.changed(iter([("claim", codes)])))
    if not found:
        assert changed == []
        return
    (claim,) = changed
    assert claim.claim_id == "claim"
    if found == ["split"]:
        assert [finding.codes for finding in claim.findings] == [("I42.0",)]
        assert "I42.01" in claim.findings[0].message
    elif found == ["excludes1"]:
        assert {finding.edit for finding in claim.findings} == {"excludes1"}
    else:
        assert [(finding.edit, finding.codes) for finding in claim.findings] == found


def test_what_is_wrong_under_both_releases_is_not_told(tmp_path: Path) -> None:
    same = code_set(tmp_path, BEFORE, LIST), code_set(tmp_path, AFTER, LIST)
    assert list(PastClaims(*same, written_library()).changed(iter([("claim", ["Z99.9", "I10", "I10"])]))) == []
