"""The tabular list, order file and code list of ICD-10-CM, as CMS publishes them."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from chartstream.codesets import ICD10CM, CodeSet, Release, icd10cm
from chartstream.codesets.importing.icd10cm import IMPORTER
from chartstream.codesets.importing.icd10cm_tabular import read_tabular
from chartstream.codesets.importing.model import Edition
from chartstream.codesets.table import Table, write_table
from chartstream.errors import ConfigurationError
from tests.unit.codesets.at_hand import read, written
from tests.unit.codesets.mangling import MANGLINGS, Mangling, reads_or_refuses

FILES = Path(__file__).parent / "icd10cm"
TABULAR, ORDER, CODES = (
    FILES / name for name in ("icd10cm_tabular_2027.xml", "icd10cm_order_2027.txt", "icd10cm_codes_2027.txt")
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> CodeSet:
    imported = read(IMPORTER, TABULAR, ORDER, CODES)
    path = tmp_path_factory.mktemp("table") / "small.table"
    write_table(path, imported.entries)
    return CodeSet(imported.release, Table(path))


def test_the_packaged_list_is_read_as_its_package_reads_it() -> None:
    oracle = Path(__file__).parent / "packaged_oracle.py"
    done = subprocess.run([sys.executable, str(oracle)], stdout=subprocess.PIPE, check=True)
    expected = dict(line.split("\t", 1) for line in done.stdout.decode().splitlines())
    built = icd10cm.build()
    assert built.keys() == expected.keys()
    differing = {code for code in built if json.loads(built[code]) != json.loads(expected[code])}
    # A block of one category: the package leaves the notes of the block out.
    assert differing == {"T07"}
    assert json.loads(built["T07"])["excludes1"][:1] == json.loads(expected["T07"])["excludes1"]
    assert "burns and corrosions (T20-T32)" in json.loads(built["T07"])["excludes1"]


def test_release_and_counts() -> None:
    imported = read(IMPORTER, TABULAR, ORDER, CODES)
    assert imported.release == Release(ICD10CM, "ICD-10-CM FY2027", date(2026, 10, 1), date(2027, 9, 30))
    assert imported.counts == {
        "billable codes": 10,
        "codes and headers of the order file": 18,
        "codes of the code list": 10,
    }


def test_an_april_update_holds_from_april_and_what_a_person_says_holds_against_the_files(tmp_path: Path) -> None:
    april = written(tmp_path / "icd10cm-tabular-April-1-2027.xml", TABULAR.read_bytes())
    assert read(IMPORTER, april).release.effective_from == date(2027, 4, 1)
    said = Edition("Ours", date(2026, 11, 1), date(2026, 12, 1))
    assert read(IMPORTER, april, edition=said).release == Release(ICD10CM, "Ours", date(2026, 11, 1), date(2026, 12, 1))


@pytest.mark.parametrize(
    ("code", "field", "value"),
    [
        ("I42.0", "billable", False),
        ("I42.01", "billable", True),
        ("I42.01", "parent", "I42.0"),
        ("I42.01", "chapter", "9"),
        ("I42.0", "inclusion_terms", ("Congestive cardiomyopathy",)),
        ("I42.0", "children", ("I42.01", "I42.09")),
        ("I42", "code_first", "pre-existing cardiomyopathy complicating pregnancy and puerperium (O99.4)"),
        ("I10", "includes", ("high blood pressure",)),
        ("I10", "excludes1", ("dilated cardiomyopathy (I42.0-)",)),
        ("I10-I1A", "use_additional", "code to identify:\ntobacco use (Z72.0)"),
        ("I10-I1A", "billable", False),
        ("9", "excludes2", ("neoplasms (C00-D49)",)),
        ("9", "children", ("I10-I1A", "I30-I5A")),
        ("S06", "seventh_characters", {"A": "initial encounter", "D": "subsequent encounter", "S": "sequela"}),
        ("S06.1X0S", "description", "Traumatic cerebral edema without loss of consciousness, sequela"),
        ("S06.1X0", "children", ("S06.1X0A", "S06.1X0D", "S06.1X0S")),
        ("S06.1X7", "children", ("S06.1X7A",)),
        ("T07", "excludes1", ("injury NOS (T14.90)", "burns and corrosions (T20-T32)")),
        ("T07", "parent", "19"),
        ("T07", "children", ("T07.XXXA", "T07.XXXD")),
        ("T07.XXXA", "description", "Unspecified multiple injuries, initial encounter/for closed injuries"),
        ("T07.XXXA", "billable", True),
    ],
)
def test_an_entry_has_what_the_list_prints(small: CodeSet, code: str, field: str, value: Any) -> None:
    entry = small.get(code)
    assert entry is not None
    assert getattr(entry, field) == value


@pytest.mark.parametrize(
    ("line", "without", "reason"),
    [
        ("00004 I4201", True, "1 codes of the tabular list are missing (I4201)"),
        ("00015 S061X7A", False, "1 codes are not in the tabular list (S061X7D)"),
        ("00006 I429    1", False, "1 billable codes of the tabular list are missing (I429)"),
    ],
)
def test_an_order_file_that_differs_is_refused(tmp_path: Path, line: str, without: bool, reason: str) -> None:
    lines = [one for one in ORDER.read_text().splitlines() if not (without and one.startswith(line))]
    if line.endswith("S061X7A"):
        lines.append("00019 S061X7D 1 Not there                                                    Not there")
    if line.endswith("I429    1"):
        lines = [one.replace(line, line[:-1] + "0") for one in lines]
    numbered = "\n".join(f"{number:05}{one[5:]}" for number, one in enumerate(lines, start=1))
    changed = written(tmp_path / ORDER.name, numbered + "\n")
    with pytest.raises(ConfigurationError) as raised:
        read(IMPORTER, TABULAR, changed)
    assert reason in str(raised.value)


def test_a_code_list_that_differs_is_refused(tmp_path: Path) -> None:
    changed = written(tmp_path / CODES.name, CODES.read_text() + "I4299   Not there\n")
    with pytest.raises(ConfigurationError, match=r"1 billable codes are not in the tabular list \(I4299\)"):
        read(IMPORTER, TABULAR, changed)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<name>I42.9</name>", "<name>I42.09</name>", "I42.09 stands there twice"),
        ("<name>I42.9</name>", "<name>I42-9</name>", "'I42-9', which is no code"),
        ("<name>I42.9</name>", "", "an entry below I42 has no name"),
        ('char="S"', 'char="SS"', "'SS' for a seventh character"),
        ("<version>2027</version>", "<version>next</version>", "does not say from which day it holds"),
        ("</ICD10CM.tabular>", "", "no well-formed XML"),
        ("chapter>", "kapitel>", "holds no chapter"),
    ],
)
def test_a_tabular_list_at_fault_is_refused(tmp_path: Path, old: str, new: str, reason: str) -> None:
    text = TABULAR.read_text()
    assert old in text
    path = written(tmp_path / TABULAR.name, text.replace(old, new))
    with pytest.raises(ConfigurationError) as raised:
        IMPORTER.read([path], Edition(), lambda _: None)
    assert reason in str(raised.value)
    assert path.name in str(raised.value)


@pytest.mark.parametrize(
    ("name", "line", "reason"),
    [
        ("icd10cm_order_2027.txt", "00001 I10     0 header\n00003 I42     0 Cardiomyopathy\n", "should be 00002"),
        ("icd10cm_order_2027.txt", "00001 I10     0 header\nmore text\n", "line 2: is no line of an order file"),
        ("icd10cm_codes_2027.txt", "I10     Essential\nI10 short\n", "line 2: is no line of a code list"),
    ],
)
def test_a_list_at_fault_is_refused_with_its_line(tmp_path: Path, name: str, line: str, reason: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read(IMPORTER, TABULAR, written(tmp_path / name, line))
    assert reason in str(raised.value)


def test_one_tabular_list_is_needed_and_no_more(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="stands without its tabular list"):
        read(IMPORTER, ORDER)
    with pytest.raises(ConfigurationError, match="is a second tabular list"):
        read(IMPORTER, TABULAR, written(tmp_path / "again.xml", TABULAR.read_bytes()))


def test_lists_of_changes_and_of_other_systems_are_not_taken() -> None:
    head = ORDER.read_bytes()
    assert IMPORTER.recognises(Path("icd10cm_order_2027.txt"), head)
    assert not IMPORTER.recognises(Path("icd10cm_order_addenda_2027.txt"), head)
    assert not IMPORTER.recognises(Path("icd10pcs_order_2027.txt"), b"00001 001     0 Central Nervous System")
    assert not IMPORTER.recognises(Path("exempt.txt"), CODES.read_bytes())


@pytest.mark.parametrize("which", [TABULAR, ORDER, CODES], ids=lambda path: path.name)
@given(mangle=MANGLINGS)
@settings(max_examples=40, deadline=None)
def test_a_damaged_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, which: Path, mangle: Mangling
) -> None:
    mangled = written(tmp_path_factory.mktemp("mangled") / which.name, mangle(which.read_bytes()))
    files = [mangled if path == which else path for path in (TABULAR, ORDER, CODES)]
    reads_or_refuses(IMPORTER, files, mangled)


def test_another_xml_file_is_no_tabular_list(tmp_path: Path) -> None:
    index = written(tmp_path / "icd10cm_tabular_2027.xml", "<ICD10CM.index><version>2027</version></ICD10CM.index>")
    assert not IMPORTER.recognises(index, index.read_bytes())
    with pytest.raises(ConfigurationError, match=r"no tabular list of ICD-10-CM \(root ICD10CM.index\)"):
        read_tabular(index, lambda _: None)
