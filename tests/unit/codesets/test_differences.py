"""What a release changes, entry by entry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chartstream.codesets.differences import Change, ChangeKind, changes
from chartstream.codesets.table import Table, write_table

CODE = {"description": "Dilated cardiomyopathy", "billable": True, "parent": "I42", "excludes1": ["ischemic (I25.5)"]}


@pytest.fixture
def changed(tmp_path: Path) -> Any:
    def of(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
        for name, entries in (("before", before), ("after", after)):
            write_table(tmp_path / name, {key: json.dumps(value).encode() for key, value in entries.items()})
        return list(changes(Table(tmp_path / "before"), Table(tmp_path / "after")))

    return of


def test_equal_releases_do_not_differ(changed: Any) -> None:
    assert changed({"I42.0": CODE}, {"I42.0": CODE}) == []


def test_keys_come_and_go(changed: Any) -> None:
    assert changed({"I42.0": CODE}, {"I42.1": CODE}) == [
        Change("I42.0", ChangeKind.RETIRED, CODE, {}),
        Change("I42.1", ChangeKind.ADDED, {}, CODE),
    ]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"description": "Another"}, ChangeKind.DESCRIPTION),
        ({"excludes1": []}, ChangeKind.NOTES),
        ({"code_first": "x"}, ChangeKind.NOTES),
        ({"use_additional": "x"}, ChangeKind.NOTES),
        ({"code_also": "x"}, ChangeKind.NOTES),
        ({"excludes2": ["x"]}, ChangeKind.NOTES),
        ({"includes": ["x"]}, ChangeKind.NOTES),
        ({"inclusion_terms": ["x"]}, ChangeKind.NOTES),
        ({"seventh_characters": {"A": "x"}}, ChangeKind.SEVENTH),
        ({"status": "T"}, ChangeKind.CONTENT),
    ],
)
def test_a_field_that_differs_is_named_with_both_contents(changed: Any, fields: dict[str, Any], kind: str) -> None:
    (name,) = fields
    (found,) = changed({"I42.0": CODE}, {"I42.0": {**CODE, **fields}})
    assert found == Change("I42.0", ChangeKind(kind), {name: CODE.get(name)}, fields)


def test_a_code_that_is_split_is_no_longer_billable_and_its_place_is_not_told(changed: Any) -> None:
    split = {**CODE, "billable": False, "children": ["I42.00"], "parent": "I42-", "chapter": "9"}
    assert changed({"I42.0": CODE}, {"I42.0": split}) == [
        Change("I42.0", ChangeKind.NOT_BILLABLE, {"billable": True}, {"billable": False})
    ]
    (found,) = changed({"I42.0": split}, {"I42.0": CODE})
    assert found.kind is ChangeKind.BILLABLE


def test_several_kinds_at_once_are_told_apart(changed: Any) -> None:
    after = {**CODE, "description": "Another", "code_first": "x", "excludes1": ["y"]}
    assert [(c.kind, sorted(c.after)) for c in changed({"I42.0": CODE}, {"I42.0": after})] == [
        (ChangeKind.NOTES, ["code_first", "excludes1"]),
        (ChangeKind.DESCRIPTION, ["description"]),
    ]


def test_entries_that_are_no_records_are_compared_whole(changed: Any) -> None:
    assert changed({"A00": ["Adult_Only"]}, {"A00": ["Newborn_Only"]}) == [
        Change("A00", ChangeKind.CONTENT, {"entry": ["Adult_Only"]}, {"entry": ["Newborn_Only"]})
    ]
