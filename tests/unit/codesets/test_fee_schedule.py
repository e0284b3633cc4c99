"""The Physician Fee Schedule's relative value file: the indicators by code, found by headings over several rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from chartstream.codesets.importing.fee_schedule import IMPORTER
from chartstream.codesets.importing.model import Edition
from chartstream.codesets.services import FeeIndicators
from chartstream.errors import ConfigurationError
from tests.unit.codesets.at_hand import editions, read, written
from tests.unit.codesets.mangling import MANGLINGS, Mangling, reads_or_refuses

NAME = "PPRRVU26_JAN.csv"
HEADING = """An invented title of the relative value file,,,,,,,,,,,,,,,
"Invented copyright, all rights reserved",,,,,,,,,,,,,,,
,,,,NOT USED,,,,,,,,,,,
,,,,FOR MEDICARE,,,,,,,,,,,
,,,STATUS,,WORK,PCTC,GLOB,PRE,MULT,BILAT,ASST,CO-,TEAM,CONV,
HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,IND,DAYS,OP,PROC,SURG,SURG,SURG,SURG,FACTOR,NOTE
"""
ROWS = """0001U,,Invented assay,X,,0.00,9,XXX,0.00,9,9,9,9,9,33.5,
27447,,Invented surgery,A,,19.60,0,090,0.10,2,1,2,1,0,33.5,
71046,26,Invented picture,A,,0.18,1,XXX,0.00,0,0,0,0,0,33.5,
71046,TC,Invented picture,A,,0.00,1,XXX,0.00,0,3,0,0,0,33.5,
71046,,Invented picture,A,,0.18,1,XXX,0.00,0,2,0,0,0,33.5,
93010,26,Invented trace,A,,0.17,2,XXX,0.00,0,0,0,0,0,33.5,
V5364,,,N,,0.00,9,XXX,0.00,9,9,9,9,9,33.5,
"""


def content(rows: str = ROWS, heading: str = HEADING) -> str:
    return (heading + rows).replace("\n", "\r\n")


def test_the_indicators_of_each_code(tmp_path: Path) -> None:
    imported = read(IMPORTER, written(tmp_path / NAME, content()))
    assert imported.release.name == "Physician Fee Schedule 2026 Q1"
    assert (imported.release.effective_from, imported.release.effective_to) == (date(2026, 1, 1), date(2026, 3, 31))
    assert imported.counts == {"codes": 5, "repeated in a second file": 0}
    tables = editions(date(2026, 3, 31), imported)
    assert tables.fee("27447") == FeeIndicators(
        "27447", bilateral="1", pc_tc="0", global_days="090", multiple="2", status="A", assistant="2",
        co_surgeons="1", team="0",
    )  # fmt: skip
    assert tables.fee("27448") is None


def test_the_row_without_modifier_counts_and_else_the_first(tmp_path: Path) -> None:
    tables = editions(date(2026, 1, 1), read(IMPORTER, written(tmp_path / NAME, content())))
    picture, trace = tables.fee("71046"), tables.fee("93010")
    assert picture is not None
    assert picture.bilateral == "2"
    assert trace is not None
    assert trace.pc_tc == "2"


def test_a_heading_in_one_row_is_read_too(tmp_path: Path) -> None:
    heading = "HCPCS\tMOD\tSTATUS CODE\tPCTC IND\tGLOB DAYS\tMULT PROC\tBILAT SURG\tASST SURG\tCO-SURG\tTEAM SURG\n"
    text = heading + "27447\t\tA\t0\t090\t2\t1\t2\t\t0\n"
    imported = read(IMPORTER, written(tmp_path / "fees 2026q1.txt", text))
    fee = editions(date(2026, 1, 1), imported).fee("27447")
    assert fee is not None
    assert (fee.bilateral, fee.assistant, fee.co_surgeons, fee.team) == ("1", "2", "", "0")


@pytest.mark.parametrize("ending", ["\r", "\n"])
def test_lines_may_end_in_each_way(tmp_path: Path, ending: str) -> None:
    text = content().replace("\r\n", ending)
    assert read(IMPORTER, written(tmp_path / NAME, text)).counts["codes"] == 5


def test_two_files_of_one_quarter_must_agree(tmp_path: Path) -> None:
    paths = [written(tmp_path / f"PPRRVU2026_Jan_{kind}.csv", content()) for kind in ("QPP", "nonQPP")]
    assert read(IMPORTER, *paths).counts == {"codes": 5, "repeated in a second file": 5}
    written(paths[1], content(ROWS.replace("090", "010")))
    with pytest.raises(ConfigurationError, match=r"nonQPP\.csv: and .*_QPP\.csv differ in the indicators of 27447"):
        IMPORTER.read(paths, Edition(), lambda _: None)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("27447,,x,A,,1,0,090,0,2,1,2,1,0,33.5,", "line 14: lists 27447 a second time"),
        ("71046,TC,x,A,,1,0,090,0,2,1,2,1,0,33.5,", "line 14: lists 71046 TC a second time"),
        ("100,,x,A,,1,0,090,0,2,1,2,1,0,33.5,", "line 14: holds no code in its first column; .*leading zeros"),
        ("27448,,x,A,,1,0,90,0,2,1,2,1,0,33.5,", "line 14: has no value for GLOB DAYS .*leading zeros"),
        ("27448,,x,AA,,1,0,090,0,2,1,2,1,0,33.5,", "line 14: has no value for STATUS CODE"),
        ("27448,,x,A,,1,x,090,0,2,1,2,1,0,33.5,", "line 14: has no value for PCTC IND"),
        ("27448,,x,A,,1,0,090,0,8,1,2,1,0,33.5,", "line 14: has no value for MULT PROC"),
        ("27448,,x,A,,1,0,090,0,2,4,2,1,0,33.5,", "line 14: has no value for BILAT SURG"),
        ("27448,,x,A,,1,0,090,0,2,1,3,1,0,33.5,", "line 14: has no value for ASST SURG"),
        ("27448,,x,A,,1,0,090,0,2,1,2,3,0,33.5,", "line 14: has no value for CO- SURG"),
        ("27448,,x,A,,1,0,090,0,2,1,2,1,3,33.5,", "line 14: has no value for TEAM SURG"),
        ("27448,,x,A,,1,0,090", "line 14: has 8 columns, too few"),
        ('27448,,"x', "line 14: .* a quoted cell is not closed"),
    ],
)
def test_a_damaged_row_is_refused(tmp_path: Path, row: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{NAME}, {reason}"):
        IMPORTER.read([written(tmp_path / NAME, content(ROWS + row))], Edition(), lambda _: None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("<!DOCTYPE html>", "is a web page"),
        (content(heading=""), "has no heading that begins with HCPCS and MOD"),
        (content(rows=""), "holds no codes"),
        (content(heading=HEADING.replace("GLOB", "")), "line 6: has 0 columns GLOB DAYS, one is expected"),
        (content(heading=HEADING.replace("ASST", "BILAT")), "line 6: has 2 columns BILAT SURG, one is expected"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        IMPORTER.read([written(tmp_path / NAME, text)], Edition(), lambda _: None)


@pytest.mark.parametrize("name", ["PPRRVU26_JAN.txt", "PPRRVU26_JAN.xlsx", "GPCI2026.csv", "RVU26A.pdf"])
def test_what_lies_beside_the_file_is_not_read(tmp_path: Path, name: str) -> None:
    assert not IMPORTER.recognises(
        tmp_path / name, b"27447  Invented surgery   A  19.60 090\nMedicare,State,Locality\n"
    )


@given(mangling=MANGLINGS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, mangling: Mangling) -> None:
    path = written(tmp_path / NAME, mangling(content().encode()))
    imported = reads_or_refuses(IMPORTER, [path], path)
    assert imported is None or imported.counts["codes"] == len(imported.entries)
