"""NCCI procedure-to-procedure edits: all four parts of a quarter, or none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from chartstream.codesets.importing.model import Edition, Imported
from chartstream.codesets.importing.ncci_ptp import IMPORTERS
from chartstream.codesets.model import NCCI_PTP
from chartstream.codesets.services import NcciSetting, PtpPair
from chartstream.errors import ConfigurationError
from tests.unit.codesets.at_hand import editions, read, written
from tests.unit.codesets.mangling import MANGLINGS, Mangling, reads_or_refuses

PRACTITIONER, OUTPATIENT = IMPORTERS
HEADING = (
    "CPT only, invented copyright.\tAll rights reserved.\r\n"
    "\tColumn1/Column2 Edits\r\n"
    'Column 1\tColumn 2\t"*=in existence\r\nprior to 1996"\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n'
    "\t\t\tDate\t*=no data\t0=not allowed\t\r\n"
)
PARTS = (
    "00100\t36000\t\t20020101\t*\t1\tMisuse of column two code\r\n00100\t0213T\t*\t20100701\t20251015\t0\tA policy\r\n",
    "27447\t27486\t\t20200101\t20200101\t9\tDeleted at once\r\n",
    "45378\t45330\t\t19960101\t20051231\t0\tMore extensive\r\n45378\t45330\t\t20200101\t*\t1\tMore extensive\r\n",
    "99215\tG0101\t\t20180401\t*\t0\t\r\n",
)


def files(tmp_path: Path, name: str = "ccipra-v313r0", parts: tuple[str, ...] = PARTS) -> list[Path]:
    return [written(tmp_path / f"{name}-f{n}.txt", HEADING + part) for n, part in enumerate(parts, start=1)]


def imported_from(tmp_path: Path) -> Imported:
    return read(PRACTITIONER, *files(tmp_path))


def test_the_four_parts_of_a_quarter_become_one_table(tmp_path: Path) -> None:
    imported = imported_from(tmp_path)
    assert imported.release.name == "NCCI PTP practitioner 2025 Q4"
    assert (imported.release.effective_from, imported.release.effective_to) == (date(2025, 10, 1), date(2025, 12, 31))
    assert imported.counts == {"pairs": 5, "further periods of a pair": 1, "repeated": 0}
    tables = editions(date(2025, 10, 20), imported)
    assert tables.has_setting(NCCI_PTP, NcciSetting.PRACTITIONER)
    assert not tables.has_setting(NCCI_PTP, NcciSetting.OUTPATIENT)
    assert tables.ptp(NcciSetting.PRACTITIONER, "00100", "36000") == PtpPair(
        "00100", "36000", date(2002, 1, 1), None, 1, "Misuse of column two code"
    )
    assert tables.ptp(NcciSetting.PRACTITIONER, "99215", "G0101") == PtpPair(
        "99215", "G0101", date(2018, 4, 1), None, 0
    )
    assert tables.ptp(NcciSetting.PRACTITIONER, "36000", "00100") is None
    assert tables.ptp(NcciSetting.OUTPATIENT, "00100", "36000") is None


def test_an_edit_holds_from_its_effective_to_its_deletion_date(tmp_path: Path) -> None:
    pair = editions(date(2025, 10, 1), imported_from(tmp_path)).ptp(NcciSetting.PRACTITIONER, "00100", "0213T")
    assert pair is not None
    assert [pair.applies_on(date(2010, 6, 30)), pair.applies_on(date(2010, 7, 1))] == [False, True]
    assert [pair.applies_on(date(2025, 10, 15)), pair.applies_on(date(2025, 10, 16))] == [True, False]


def test_an_edit_of_indicator_nine_never_applies(tmp_path: Path) -> None:
    pair = editions(date(2025, 10, 1), imported_from(tmp_path)).ptp(NcciSetting.PRACTITIONER, "27447", "27486")
    assert pair is not None
    assert not pair.applies_on(date(2020, 1, 1))


@pytest.mark.parametrize(
    ("day", "begins", "indicator"),
    [
        (date(2005, 12, 31), date(1996, 1, 1), 0),
        (date(2006, 1, 1), date(2020, 1, 1), 1),
        (date(2020, 1, 1), date(2020, 1, 1), 1),
    ],
)
def test_of_a_pair_edited_twice_the_edit_of_the_day_counts(
    tmp_path: Path, day: date, begins: date, indicator: int
) -> None:
    always = Edition(effective_from=date(1996, 1, 1), effective_to=date(2030, 12, 31))
    imported = read(PRACTITIONER, *files(tmp_path), edition=always)
    pair = editions(day, imported).ptp(NcciSetting.PRACTITIONER, "45378", "45330")
    assert pair is not None
    assert (pair.effective_from, pair.modifier_indicator) == (begins, indicator)


def test_a_row_that_is_repeated_does_no_harm(tmp_path: Path) -> None:
    twice = PARTS[0].splitlines(keepends=True)[0]
    imported = read(PRACTITIONER, *files(tmp_path, parts=(PARTS[0] + twice, *PARTS[1:])))
    assert imported.counts == {"pairs": 5, "further periods of a pair": 1, "repeated": 1}
    pair = editions(date(2025, 10, 1), imported).ptp(NcciSetting.PRACTITIONER, "00100", "36000")
    assert pair is not None
    assert pair.effective_from == date(2002, 1, 1)


def test_tabs_at_the_end_of_a_row_are_no_columns(tmp_path: Path) -> None:
    parts = (PARTS[0].replace("\r\n", "\t\t\r\n"), *PARTS[1:])
    assert read(PRACTITIONER, *files(tmp_path, parts=parts)).entries == imported_from(tmp_path).entries


def test_each_setting_has_its_own_importer(tmp_path: Path) -> None:
    hospital = files(tmp_path, "ccioph-v313r0")
    assert not PRACTITIONER.recognises(hospital[0], hospital[0].read_bytes())
    imported = read(OUTPATIENT, *hospital)
    assert imported.release.name == "NCCI PTP outpatient 2025 Q4"
    assert "outpatient:00100:36000" in imported.entries


def test_the_heading_may_be_written_together(tmp_path: Path) -> None:
    text = "Column1\tColumn2\t*\tEffective\tDeletion\tModifier\tRationale\n" + "".join(PARTS)
    imported = read(PRACTITIONER, written(tmp_path / "ccipra-v313r0.txt", text))
    assert imported.counts["pairs"] == 5


def test_comma_separated_files_and_one_whole_file_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "2026q1 practitioner edits.csv"
    rows = (
        "Column 1,Column 2,*=prior to 1996,Effective Date,Deletion Date,Modifier,Rationale\n00100,36000,,20020101,*,1\n"
    )
    assert read(PRACTITIONER, written(path, rows)).counts["pairs"] == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("100\t36000\t\t20020101\t*\t1\tx", "line 9: holds no pair of codes .*leading zeros"),
        ("00100\t\t\t20020101\t*\t1\tx", "line 9: holds no pair of codes"),
        ("00100\t36001\t\t20020132\t*\t1\tx", "line 9: has no dates"),
        ("00100\t36001\t\t*\t*\t1\tx", "line 9: has no dates"),
        ("00100\t36001\t\t20020101\t\t1\tx", "line 9: has no dates"),
        ("00100\t36001\t\t20020101\t2005\t1\tx", "line 9: has no dates"),
        ("00100\t36001\t\t20020101\t*\t2\tx", "line 9: has no modifier indicator"),
        ("00100\t36001\t\t20020101\t*", "line 9: has 5 columns"),
        ("00100\t36001\t\t20020101\t*\t1\tx\ty", "line 9: has 8 columns"),
        ('00100\t36001\t\t20020101\t*\t1\t"x', "a quoted cell is not closed"),
    ],
)  # fmt: skip
def test_a_damaged_row_is_refused_with_its_line(tmp_path: Path, row: str, reason: str) -> None:
    paths = files(tmp_path, parts=(PARTS[0] + "00100\t36002\t\t20020101\t*\t1\tx\r\n" + row, *PARTS[1:]))
    with pytest.raises(ConfigurationError, match=rf"ccipra-v313r0-f1\.txt.*{reason}"):
        PRACTITIONER.read(paths, Edition(), lambda _: None)


def test_parts_that_are_missing_are_named(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError, match="is one of the parts f1 to f4, of which f1, f2, f4 are here; give all"
    ):
        PRACTITIONER.read([path for path in files(tmp_path) if "f3" not in path.name], Edition(), lambda _: None)


def test_parts_of_two_quarters_are_refused(tmp_path: Path) -> None:
    paths = [*files(tmp_path)[:3], files(tmp_path, "ccipra-v312r0")[3]]
    with pytest.raises(ConfigurationError, match="is of another quarter than"):
        PRACTITIONER.read(paths, Edition(), lambda _: None)


def test_two_files_that_are_no_parts_are_refused(tmp_path: Path) -> None:
    paths = [
        written(tmp_path / f"practitioner-2025q4-{n}.txt", HEADING + part) for n, part in zip("ab", PARTS, strict=False)
    ]
    with pytest.raises(ConfigurationError, match="neither says which part"):
        PRACTITIONER.read(paths, Edition(), lambda _: None)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("edits-2025q4.txt", HEADING + PARTS[0], r"does not say for whom it holds; keep CMS's name"),
        ("ccipra-v313r0.txt", HEADING, "holds no edits"),
        ("ccipra-v313r0.txt", PARTS[0], "has no heading with Column 1 and Column 2"),
        ("ccipra-v313r0.txt", "<html><head><title>License</title></head></html>", "line 1: is a web page"),
        ("ccipra-v313r0.txt", "", "is empty"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, name: str, text: str, reason: str) -> None:
    path = written(tmp_path / name, text)
    assert PRACTITIONER.recognises(path, text.encode())
    with pytest.raises(ConfigurationError, match=reason):
        PRACTITIONER.read([path], Edition(), lambda _: None)


@pytest.mark.parametrize("name", ["ccipra-v313r0-f1.xlsx", "readme.txt", "ccipra.pdf"])
def test_what_lies_beside_the_edits_is_not_read(tmp_path: Path, name: str) -> None:
    assert not PRACTITIONER.recognises(tmp_path / name, b"PTP edits have two columns of codes")


@given(mangling=MANGLINGS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, mangling: Mangling) -> None:
    paths = files(tmp_path)
    written(paths[0], mangling((HEADING + PARTS[0]).encode()))
    imported = reads_or_refuses(PRACTITIONER, paths, paths[0])
    assert imported is None or imported.counts["pairs"] == len(imported.entries) - 1
