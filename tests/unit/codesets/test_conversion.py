"""Conversion tables in the layouts in which CMS and CDC publish them; a few rows of our own."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from chartstream.codesets import ICD10CM
from chartstream.codesets.importing.conversion import IMPORTERS, ConversionTable
from chartstream.codesets.importing.model import Edition, Imported
from chartstream.codesets.model import ICD10PCS, Release
from chartstream.errors import ConfigurationError
from tests.unit.codesets.mangling import MANGLINGS, Mangling, reads_or_refuses

CM, PCS = IMPORTERS
HEADER = "Current code assignment\tEffective\tPrevious Code(s) Assignment\n"
TITLE = "ICD-10-CM CONVERSION TABLE FY2026\n\n"
PCS_HEADER = (
    "Current code(s) assignment\tCode title\tEffective year\tPrevious code(s) assignment\tPredecessor code title\t"
    "Change type\tComment\tEffective month/day [MM.DD]\n"
)


def written(folder: Path, text: str, name: str = "conversion.txt") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def read(path: Path, importer: ConversionTable = CM, edition: Edition | None = None) -> Imported:
    return importer.read([path], edition or Edition(), lambda rows: None)


def changes(imported: Imported, code: str, system: str = ICD10CM) -> list[list[str]]:
    return json.loads(imported.entries.get(f"{system}:{code}", b"[]"))


def test_a_code_has_all_its_successors_with_the_day_on_which_they_came(tmp_path: Path) -> None:
    rows = "M54.50\t2021\tM54.5\nM54.51\t2021\tM54.5\nM54.59\t2021\tM54.5\n"
    imported = read(written(tmp_path, TITLE + HEADER + rows))
    assert changes(imported, "M545") == [["M5450", "2021-10-01"], ["M5451", "2021-10-01"], ["M5459", "2021-10-01"]]
    assert imported.counts == {"rows": 3, "changes": 3, "left out": 0}


@pytest.mark.parametrize(
    ("effective", "since"),
    [
        ("2024", "2024-10-01"),
        ("4/1/2025", "2025-04-01"),
        ("01/01/21", "2021-01-01"),
        ("45017", "2023-04-01"),
        ("", "2015-10-01"),
    ],
)
def test_the_day_is_that_of_a_year_of_a_date_or_of_a_workbook(tmp_path: Path, effective: str, since: str) -> None:
    imported = read(written(tmp_path, f"{HEADER}E66.813\t{effective}\tE66.8\n"))
    assert changes(imported, "E668") == [["E66813", since]]


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("E66.01, E66.8", ["E6601", "E668"]),
        ('"E66.01, E66.8"', ["E6601", "E668"]),
        ("E66.01; E66.8", ["E6601", "E668"]),
        ("I63.011 AND I63.012", ["I63011", "I63012"]),
        ("I63.011 and I63.012", ["I63011", "I63012"]),
        ("M96.89 & M99.9", ["M9689", "M999"]),
        ("H02.101-H02.103", ["H02101", "H02102", "H02103"]),
        ("H02.108-H02.110", ["H02108", "H02109", "H02110"]),
    ],
)
def test_a_cell_names_several_codes(tmp_path: Path, cell: str, codes: list[str]) -> None:
    imported = read(written(tmp_path, f"{HEADER}Z99.89\t2024\t{cell}\n"))
    assert [key for key in imported.entries if key != f"{ICD10CM}:"] == [f"{ICD10CM}:{code}" for code in codes]


@pytest.mark.parametrize(
    "cell", ["None", "A code from T36-T50", "Codes in categories A00 to A09", "S00-T88", "H02.1-H03.2"]
)
def test_what_names_no_code_is_counted_and_left_out(tmp_path: Path, cell: str) -> None:
    imported = read(written(tmp_path, f"{HEADER}M54.50\t2021\tM54.5\nU09.9\t2021\t{cell}\n"))
    assert imported.counts == {"rows": 2, "changes": 1, "left out": 1}


def test_a_deleted_code_without_successor_is_left_out(tmp_path: Path) -> None:
    imported = read(written(tmp_path, f"{HEADER}M54.50\t2021\tM54.5\nNone\t2021\tZ22.8\n"))
    assert imported.counts == {"rows": 2, "changes": 1, "left out": 1}
    assert changes(imported, "Z228") == []


def test_a_csv_is_read_as_well(tmp_path: Path) -> None:
    text = 'ICD-10-CM CONVERSION TABLE,,\n"Current code assignment","Effective","Previous Code(s) Assignment"\n'
    imported = read(written(tmp_path, text + 'E66.813  ,2024,"E66.01, E66.8"\n', "table.csv"))
    assert changes(imported, "E6601") == [["E66813", "2024-10-01"]]


def test_footnotes_do_no_harm(tmp_path: Path) -> None:
    imported = read(written(tmp_path, f"{HEADER}M54.50\t2021\tM54.5\n\n* See the guidelines\n"))
    assert imported.counts["rows"] == 1


def test_the_release_holds_from_the_first_day_to_the_end_of_its_newest_fiscal_year(tmp_path: Path) -> None:
    release = read(written(tmp_path, f"{HEADER}M54.50\t2021\tM54.5\nE88.A\t4/1/2026\tR64\n")).release
    assert release.name == "ICD-10-CM conversion table FY2026"
    assert (release.effective_from, release.effective_to) == (date(2015, 10, 1), date(2026, 9, 30))


def test_what_the_person_who_imports_says_of_the_release_counts(tmp_path: Path) -> None:
    edition = Edition("ours", date(2020, 1, 1), date(2020, 12, 31))
    release = read(written(tmp_path, f"{HEADER}M54.50\t2021\tM54.5\n"), edition=edition).release
    assert release == Release("ICD-10 conversion", "ours", date(2020, 1, 1), date(2020, 12, 31))


def test_the_table_of_procedures_has_its_day_in_a_column_of_its_own(tmp_path: Path) -> None:
    new = "02HV3DZ\ttitle\t2025\t02HV32Z,02HV33Z\tolder title\tchange\t\t04.01\n"
    deleted = "NoPCS\t\t2016\t0SRB019\t\tDeleted\t\t10.01\n"
    imported = read(written(tmp_path, PCS_HEADER + new + deleted), PCS)
    assert changes(imported, "02HV32Z", ICD10PCS) == [["02HV3DZ", "2025-04-01"]]
    assert changes(imported, "02HV33Z", ICD10PCS) == [["02HV3DZ", "2025-04-01"]]
    assert changes(imported, "0SRB019", ICD10PCS) == []


def test_each_table_is_recognised_by_its_column_heads(tmp_path: Path) -> None:
    cm, pcs = (TITLE + HEADER).encode(), PCS_HEADER.encode()
    path = tmp_path / "table.txt"
    assert (CM.recognises(path, cm), PCS.recognises(path, cm)) == (True, False)
    assert (CM.recognises(path, pcs), PCS.recognises(path, pcs)) == (False, True)
    assert not any(importer.recognises(path, b"Order\tCode\tDescription\n") for importer in IMPORTERS)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (f"{HEADER}M54.50\t2021\n", "line 2: .*cut short"),
        (f"{HEADER}M54.50\tsoon\tM54.5\n", "line 2: .*from when"),
        (f"{HEADER}M54.50\t13/45/2021\tM54.5\n", "line 2: .*from when"),
        (f"{HEADER}M54.50\t0000\tM54.5\n", "line 2: .*from when"),
        (HEADER, "holds no change"),
        ("Order\tCode\tDescription\n", "no row of column heads"),
        ("", "empty"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_line_and_reason(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint) as refusal:
        read(written(tmp_path, text))
    assert "conversion.txt" in str(refusal.value)


def test_two_tables_at_once_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEADER}M54.50\t2021\tM54.5\n")
    with pytest.raises(ConfigurationError):
        CM.read([path, path], Edition(), lambda rows: None)


@given(mangling=MANGLINGS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, mangling: Mangling) -> None:
    path = tmp_path / "conversion.txt"
    rows = "M54.50\t2021\tM54.5\nE66.813\t2024\tE66.01, E66.8\nH02.151\t45017\tH02.101-H02.106\n"
    path.write_bytes(mangling((TITLE + HEADER + rows).encode()))
    imported = reads_or_refuses(CM, [path], path)
    assert imported is None or all("." not in key for key in imported.entries)
