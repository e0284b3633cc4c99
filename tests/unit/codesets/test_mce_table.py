"""The Medicare Code Editor's table: read with the dates of its version, refused when it is anything else."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from chartstream.codesets.importing.mce_table import IMPORTER
from chartstream.codesets.importing.model import Edition, Imported
from chartstream.errors import ConfigurationError
from tests.unit.codesets.mangling import MANGLINGS, Mangling, reads_or_refuses

HEADER = "MCE_Version	ICD_Version	MCE_Section	MCE_Subsection	MCE_Edit_Type	ICD_Code_Type	ICD_Code	ICD_Desc"
LINES = (
    "4	A	Newborn_Only	D	A33	Tetanus of the newborn",
    "4	B	Pediatric_Only	D	Z00121	Child examination",
    "4	C	Maternity_Only	D	O80	Delivery",
    "4	D	Adult_Only	D	N401	Prostate",
    "5	A	Female_Only	D	O80	Delivery",
    "5	B	Female_Only	P	0UT90ZZ	Uterus",
    "6	_	Principal_Manifestation	D	F0280	Dementia elsewhere",
    "9	_	Principal_Unacceptable	D	Z00121	Child examination",
    "11	A	Noncovered_Always	P	0DTJ0ZZ	Appendix",
    "11	F	Noncovered_Over60	P	0DTJ0ZZ	Appendix",
    "17	A	Limited_Coverage	P	02YA0Z0	Heart",
)


def content(version: str = "37", lines: tuple[str, ...] = LINES) -> str:
    return "\r\n".join([HEADER, *(f"{version}\t10\t{line}" for line in lines)])


def written(folder: Path, text: str, name: str = "MCE_Simple_Code_Edits_v37.txt") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def read(path: Path, edition: Edition | None = None) -> Imported:
    return IMPORTER.read([path], edition or Edition(), lambda _: None)


def test_edits_stand_under_their_codes_procedures_apart(tmp_path: Path) -> None:
    imported = read(written(tmp_path, content()))
    entries = {key: json.loads(value) for key, value in imported.entries.items()}
    assert entries == {
        "A33": ["Newborn_Only"],
        "Z00121": ["Pediatric_Only", "Principal_Unacceptable"],
        "O80": ["Maternity_Only", "Female_Only"],
        "N401": ["Adult_Only"],
        "P:0UT90ZZ": ["Female_Only"],
        "F0280": ["Principal_Manifestation"],
        "P:0DTJ0ZZ": ["Noncovered_Always", "Noncovered_Over60"],
        "P:02YA0Z0": ["Limited_Coverage"],
    }
    assert imported.counts["lines"] == 11
    assert (imported.counts["diagnoses"], imported.counts["procedures"]) == (5, 3)
    assert imported.counts["Female_Only"] == 2


@pytest.mark.parametrize(
    ("version", "begins", "ends", "name"),
    [
        ("37", date(2019, 10, 1), date(2020, 9, 30), "Medicare Code Editor FY2020"),
        ("43", date(2025, 10, 1), date(2026, 9, 30), "Medicare Code Editor FY2026"),
        ("43.0", date(2025, 10, 1), date(2026, 9, 30), "Medicare Code Editor FY2026"),
        ("43.1", date(2026, 4, 1), date(2026, 9, 30), "Medicare Code Editor FY2026 (April 2026)"),
    ],
)
def test_the_version_says_from_when_to_when(tmp_path: Path, version: str, begins: date, ends: date, name: str) -> None:
    release = read(written(tmp_path, content(version))).release
    assert (release.effective_from, release.effective_to, release.name) == (begins, ends, name)


def test_what_the_person_says_counts_before_the_version(tmp_path: Path) -> None:
    path = written(tmp_path, content())
    release = read(path, Edition("ours", date(2026, 1, 1))).release
    assert (release.name, release.effective_from, release.effective_to) == ("ours", date(2026, 1, 1), date(2026, 9, 30))
    with pytest.raises(ConfigurationError, match="would hold from 2026-01-01 to 2025-12-31; check --from and --to"):
        read(path, Edition(effective_from=date(2026, 1, 1), effective_to=date(2025, 12, 31)))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "MCE_Simple_Code_Edits_v37.txt: is empty; take it from the official download again"),
        ("Code\tDescription\nA33\tTetanus", "line 1: does not begin with the header"),
        (content().replace("37\t10\t6", "37\t9\t6"), "line 8: is not about ICD-10"),
        (content().replace("37\t10\t6", "38\t10\t6"), "line 8: has lines of version 38 after lines of version 37"),
        (content("3"), "line 2: names no version"),
        (content().replace("\tF0280\tDementia elsewhere", "\tF02"), "line 8: has 7 fields in place of 8"),
        (content().replace("D\tA33", "X\tA33"), "line 2: says neither D nor P"),
        (content().replace("D\tA33", "D\tA.33"), "line 2: holds no code of that kind"),
        (content().replace("P\t0UT90ZZ", "P\t0UT9OZZ"), "line 7: holds no code of that kind"),
        (content().replace("Newborn_Only", "Newborn Only"), "line 2: names no edit"),
        (content(lines=LINES[:-1]), r"lacks edits that every version has \(Limited_Coverage\): it is cut short"),
        (HEADER, "lacks edits that every version has"),
        ("  <!DOCTYPE html>\n<html>", "line 1: is a web page"),
        ("PK\x03\x04", "is a zip archive or a workbook of Excel; give the text or XML file inside it"),
        (content() + "\r\n37\t10\0", "line 13: is no text: it holds zero bytes"),
    ],
)
def test_other_files_are_refused_with_the_line_and_the_remedy(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        read(written(tmp_path, text))


def test_several_files_are_several_editions(tmp_path: Path) -> None:
    one, other = written(tmp_path, content()), written(tmp_path, content("38"), "v38.txt")
    with pytest.raises(ConfigurationError, match=r"v37\.txt, v38\.txt: .* import each edition by itself"):
        IMPORTER.read([one, other], Edition(), lambda _: None)


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.txt: cannot be read \(No such file or directory\)"):
        read(tmp_path / "gone.txt")


def test_it_is_recognised_by_its_header(tmp_path: Path) -> None:
    assert IMPORTER.recognises(tmp_path / "any.txt", content().encode())
    assert IMPORTER.recognises(tmp_path / "any.txt", content().encode("utf-16"))
    assert not IMPORTER.recognises(tmp_path / "MCE_v37.txt", b"Code\tDescription\n")
    assert not IMPORTER.recognises(tmp_path / "MCE_v37.txt", b"")


@given(mangling=MANGLINGS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, mangling: Mangling) -> None:
    path = tmp_path / "mce.txt"
    path.write_bytes(mangling(content().encode()))
    imported = reads_or_refuses(IMPORTER, [path], path)
    assert imported is None or all(json.loads(value) for value in imported.entries.values())


def test_the_official_table_of_fiscal_year_2020(reference: Path) -> None:
    path = reference / "MCE_Simple_Code_Edits_v37.txt"
    if not path.exists():
        pytest.skip("the official table of version 37 is not at hand")
    assert IMPORTER.recognises(path, path.read_bytes()[: 1 << 16])
    imported = read(path)
    assert imported.release.effective_from == date(2019, 10, 1)
    assert imported.counts["lines"] == 14_153
    assert imported.counts["Principal_Manifestation"] == 395
    assert json.loads(imported.entries["A33"]) == ["Newborn_Only"]
