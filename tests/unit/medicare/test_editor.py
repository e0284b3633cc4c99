"""Medicare's editor, asked about one code: against CMS's table of its FY2020 version, and where its answers change."""

from __future__ import annotations

import csv
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartstream.medicare import editor
from chartstream.medicare.editor import (
    IN_TABLES,
    SEX_EDIT_UNTIL,
    CodeEdit,
    code_edits,
    covers,
    known_discharge_status,
    stay_edits,
    valid_procedure,
)
from chartstream.medicare.grouper import Stay

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("A33", {CodeEdit.NEWBORN}),
        ("A48.51", {CodeEdit.PEDIATRIC}),
        ("O26.891", {CodeEdit.MATERNITY}),
        ("C91.50", {CodeEdit.ADULT}),
        ("F02.80", {CodeEdit.MANIFESTATION}),
        ("E08.21", {CodeEdit.MANIFESTATION}),
        ("I10", {CodeEdit.QUESTIONABLE_ADMISSION}),
        ("B95.1", {CodeEdit.UNACCEPTABLE}),
        ("Z51.89", {CodeEdit.REQUIRES_SECONDARY}),
        ("S72.009A", {CodeEdit.UNSPECIFIED}),
        ("W19.XXXA", {CodeEdit.EXTERNAL_CAUSE}),
        ("Y65.51", {CodeEdit.EXTERNAL_CAUSE, CodeEdit.WRONG_PROCEDURE}),
        ("I50.22", set()),
        ("I5022", set()),
        ("Z99.999", {CodeEdit.INVALID}),
        ("E11", {CodeEdit.INVALID}),
        ("", {CodeEdit.INVALID}),
        ("e11.9", {CodeEdit.INVALID}),
        ("S72.009AX", {CodeEdit.INVALID}),
    ],
)
def test_what_the_editor_says_of_a_code(code: str, said: set[CodeEdit]) -> None:
    assert code_edits(code, DAY) == said


@pytest.mark.parametrize(
    ("code", "last", "before", "since"),
    [
        ("N40.1", SEX_EDIT_UNTIL, {CodeEdit.ADULT, CodeEdit.MALE}, {CodeEdit.ADULT}),
        ("N83.201", SEX_EDIT_UNTIL, {CodeEdit.FEMALE}, set()),
        ("S72.009A", date(2022, 3, 31), set(), {CodeEdit.UNSPECIFIED}),
        ("M35.81", date(2020, 12, 31), {CodeEdit.INVALID}, set()),
        ("U07.1", date(2020, 3, 31), {CodeEdit.INVALID}, set()),
        ("I42.0", date(2026, 9, 30), set(), {CodeEdit.INVALID}),
    ],
)
def test_its_answer_changes_from_one_day_to_the_next(
    code: str, last: date, before: set[CodeEdit], since: set[CodeEdit]
) -> None:
    assert code_edits(code, last) == before
    assert code_edits(code, last + timedelta(days=1)) == since


def test_a_procedure_is_valid_from_the_day_on_which_it_came_into_force() -> None:
    assert not valid_procedure("XW033E5", date(2020, 7, 31))
    assert valid_procedure("XW033E5", date(2020, 8, 1))
    assert valid_procedure("0DTJ4ZZ", DAY)
    assert not valid_procedure("0DTJ4ZY", DAY)
    assert not valid_procedure("0dtj4zz", DAY)
    assert not valid_procedure("I50.22", DAY)


def test_it_covers_the_years_of_icd_10_as_far_as_the_package_goes() -> None:
    assert [covers(day) for day in (date(2015, 9, 30), date(2015, 10, 1))] == [False, True]
    assert [covers(day) for day in (date(2027, 3, 31), date(2027, 4, 1))] == [True, False]


def test_discharge_statuses() -> None:
    assert [status for status in (0, 1, 7, 8, 20, 30, 40, 66, 95, 96, 99) if known_discharge_status(status, DAY)] == [
        1,
        7,
        20,
        30,
        66,
        95,
    ]


def test_a_whole_stay_is_edited_with_all_that_was_given() -> None:
    stay = Stay(DAY, 14, "MALE", "I10", ("I10", "C9150"), ("00F3XZZ",), (), 99)
    found = {"QUESTIONABLE_ADMISSION", "DUPLICATE_OF_PDX", "AGE_CONFLICT", "NON_COVERED", "INVALID_DISCHARGE_STATUS"}
    assert stay_edits(stay) == found
    assert stay_edits(Stay(SEX_EDIT_UNTIL, 50, "FEMALE", "N401", (), (), ())) == {"SEX_CONFLICT"}
    assert stay_edits(Stay(SEX_EDIT_UNTIL, 50, "MALE", "N401", (), (), ())) == frozenset()
    assert stay_edits(Stay(SEX_EDIT_UNTIL, 50, "OTHER", "I5022", (), (), ())) == {"INVALID_SEX"}


def test_the_table_of_fy2020_says_the_same_of_every_code_that_it_lists(reference: Path) -> None:
    listed: dict[str, set[str]] = {}
    with (reference / "MCE_Simple_Code_Edits_v37.txt").open(encoding="cp1252", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["ICD_Code_Type"] == "D":
                listed.setdefault(row["ICD_Code"], set()).add(row["MCE_Edit_Type"])
    said = {code: {edit.value for edit in code_edits(code, date(2020, 2, 3)) & IN_TABLES} for code in listed}
    differing = {code for code in listed if said[code] != listed[code]}
    assert differing == {"Z5189"}  # the manual's footnote: acceptable beside a secondary diagnosis
    assert len(listed) > 7_000


@given(st.text(max_size=12))
def test_whatever_is_no_code_is_invalid_and_nothing_else(text: str) -> None:
    said = code_edits(text, DAY)
    assert said == {CodeEdit.INVALID} or text.replace(".", "").isalnum()


def test_many_threads_get_the_same_answers() -> None:
    codes = ["A33", "A4851", "O26891", "C9150", "F0280", "I10", "B951", "S72009A"] * 200
    editor._code_edits.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda code: code_edits(code, DAY), codes))
    editor._code_edits.cache_clear()
    assert together == [code_edits(code, DAY) for code in codes]


def test_one_editor_serves_the_process_and_is_closed_when_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    at_the_end: list[Callable[[], None]] = []
    monkeypatch.setattr(editor.atexit, "register", at_the_end.append)
    opened = editor._editor.__wrapped__()
    assert repr(opened) == "MceEditor(open)"
    at_the_end[0]()
    assert repr(opened) == "MceEditor(closed)"
    assert editor._editor() is editor._editor()
