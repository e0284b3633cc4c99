"""HCPCS Level II: every record of CMS's layout is read, and a file that is not whole is refused."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from chartstream.codesets.importing.hcpcs import IMPORTER
from chartstream.codesets.importing.model import Edition
from chartstream.codesets.model import HCPCS
from chartstream.errors import ConfigurationError
from tests.unit.codesets.at_hand import editions, read, written
from tests.unit.codesets.mangling import MANGLINGS, Mangling, reads_or_refuses

NAME = "HCPC2026_JAN_ANWEB.txt"


def record(code: str, kind: int, text: str, sequence: int = 1, **fields: str) -> str:
    """A line of 320 characters. ``fields``: coverage, note, betos, added, effective, terminated, action."""
    line = [" "] * 320
    places = {
        "coverage": 229,
        "note": 252,
        "betos": 256,
        "added": 268,
        "effective": 276,
        "terminated": 284,
        "action": 292,
    }
    for place, value in [
        (0, code.rjust(5)),
        (5, f"{sequence:03}00{kind}"),
        (11, text),
        *((places[name], value) for name, value in fields.items()),
    ]:
        line[place : place + len(value)] = value
    return "".join(line)


LINES = (
    record("LT", 7, "Left side", coverage="C", added="19840101", effective="19970101", action="N"),
    record("QX", 7, "A service by one person", added="19920101", effective="19920101", action="N"),
    record("QX", 8, "with the direction of another", sequence=2),
    record(
        "A0021", 3, "An invented ride", coverage="I", note="0051", betos="O1A", added="19850101", effective="19960910",
        action="N",
    ),
    record("G0501", 3, "The first words of a long text", added="20170101", effective="20170101", action="A"),
    record("G0501", 4, "its second line", sequence=2),
    record("G0501", 4, " and its third", sequence=3),
    record("V5364", 3, "A gone screening", added="19900101", effective="20260101", terminated="20251231", action="D"),
)  # fmt: skip
TITLE = ("*** Disclaimers\t\t", "*Brand names may appear.\xa0", "")


def content(lines: tuple[str, ...] = LINES) -> str:
    return "\r\n".join([*TITLE, *lines, ""])


def test_codes_and_modifiers_with_all_of_their_text(tmp_path: Path) -> None:
    imported = read(IMPORTER, written(tmp_path / NAME, content().encode("latin-1")))
    assert imported.release.name == "HCPCS 2026 Q1"
    assert (imported.release.effective_from, imported.release.effective_to) == (date(2026, 1, 1), date(2026, 3, 31))
    assert imported.counts == {"codes": 3, "modifiers": 2, "terminated": 1}
    tables = editions(date(2026, 2, 1), imported)
    ride = tables.service(HCPCS, "A0021")
    assert ride is not None
    assert (ride.description, ride.modifier, ride.added, ride.effective_from, ride.terminated) == (
        "An invented ride", False, date(1985, 1, 1), date(1996, 9, 10), None,
    )  # fmt: skip
    assert (ride.coverage, ride.note, ride.betos, ride.action) == ("I", "0051", "O1A", "N")
    long = tables.service(HCPCS, "G0501")
    assert long is not None
    assert long.description == "The first words of a long text its second line and its third"
    modifier = tables.service(HCPCS, "QX")
    assert modifier is not None
    assert modifier.modifier
    assert modifier.description == "A service by one person with the direction of another"
    assert tables.service(HCPCS, "A0022") is None


def test_a_code_may_be_used_from_its_adding_to_its_last_day(tmp_path: Path) -> None:
    imported = read(IMPORTER, written(tmp_path / NAME, content().encode("latin-1")))
    gone = editions(date(2026, 2, 1), imported).service(HCPCS, "V5364")
    assert gone is not None
    assert [gone.valid_on(date(1989, 12, 31)), gone.valid_on(date(1990, 1, 1))] == [False, True]
    assert [gone.valid_on(date(2025, 12, 31)), gone.valid_on(date(2026, 1, 1))] == [True, False]


def test_the_file_of_a_year_holds_for_the_year(tmp_path: Path) -> None:
    path = written(tmp_path / "HCPC2019_CONTR_ANWEB.txt", content())
    release = read(IMPORTER, path).release
    assert (release.name, release.effective_from, release.effective_to) == (
        "HCPCS 2019", date(2019, 1, 1), date(2019, 12, 31),
    )  # fmt: skip


def test_a_file_under_another_name_is_known_by_its_records(tmp_path: Path) -> None:
    path = written(tmp_path / "codes.txt", content())
    imported = read(IMPORTER, path, edition=Edition(effective_from=date(2026, 1, 1)))
    assert imported.counts["codes"] == 3


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("HCPC2026_JAN_ANWEB.xlsx", "PK\x03\x04"),
        ("proc_notes_2026.txt", "   0001--THIS PROCESSING NOTE DELETED\n"),
        ("HCPC2026_README.txt", "This file contains the Level II codes\n"),
        ("list.txt", "A0021001003 a record too short\n"),
    ],
)
def test_what_lies_beside_the_file_is_not_taken_for_it(tmp_path: Path, name: str, text: str) -> None:
    assert not IMPORTER.recognises(tmp_path / name, text.encode())


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (LINES[:-1], "ends with G0501, before section V: it is cut short"),
        (LINES[:3], "holds no codes"),
        (LINES[3:], "holds no modifiers"),
        ((*LINES, "V5365 and so on"), "line 12: is no record of HCPCS"),
        ((*LINES, LINES[-1]), "lists V5364 a second time"),
        ((*LINES, record("V5365", 3, "x")[:292]), "line 12: has 292 characters, a record has 320"),
        ((*LINES, record("V5365", 4, "x", 2)), "line 12: does not follow on the description of V5364"),
        ((*LINES, record("V5364", 4, "x", 3)), "line 12: does not follow on the description of V5364"),
        ((*LINES, record("V5364", 8, "x", 2)), "line 12: does not follow on the description of V5364"),
        ((*LINES[:4], *LINES[5:]), "does not follow on the description of A0021"),
        (LINES[2:], "line 4: begins within a description"),
        ((*LINES, record("LT", 3, "x")), "line 12: holds no code in its first five"),
        ((*LINES, record("V5365", 7, "x")), "line 12: holds no modifier in its first five"),
        ((*LINES, record("VV365", 3, "x")), "line 12: holds no code in its first five"),
        ((*LINES, record("V5365", 3, "x", added="20261301")), "line 12: has no date .* where added stands"),
        ((*LINES, record("V5365", 3, "x", effective="2026010")), "line 12: has no date .* where effective from stands"),
        ((*LINES, record("V5365", 3, "x", terminated="never")), "line 12: has no date .* where terminated stands"),
    ],
)
def test_a_file_that_is_not_whole_is_refused_with_the_line(tmp_path: Path, lines: tuple[str, ...], reason: str) -> None:
    with pytest.raises(ConfigurationError, match=f"HCPC2026_JAN_ANWEB.txt.*{reason}.*; "):
        IMPORTER.read([written(tmp_path / NAME, content(lines))], Edition(), lambda _: None)


def test_blanks_at_the_end_of_a_line_may_be_lost(tmp_path: Path) -> None:
    text = "\n".join(line.rstrip() for line in LINES)
    assert read(IMPORTER, written(tmp_path / NAME, text)).counts["codes"] == 3


def test_two_editions_at_once_are_refused(tmp_path: Path) -> None:
    files = [written(tmp_path / name, content()) for name in (NAME, "HCPC2026_APR_ANWEB.txt")]
    with pytest.raises(ConfigurationError, match=r"APR_ANWEB\.txt: is a second HCPCS file"):
        IMPORTER.read(files, Edition(), lambda _: None)


@given(mangling=MANGLINGS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, mangling: Mangling) -> None:
    path = written(tmp_path / NAME, mangling(content().encode("latin-1")))
    imported = reads_or_refuses(IMPORTER, [path], path)
    assert imported is None or imported.counts["codes"] + imported.counts["modifiers"] == len(imported.entries)


def test_the_official_file_of_2019(reference: Path, tmp_path: Path) -> None:
    archive = reference / "2019-Alpha-Numeric-HCPCS-File.zip"
    if not archive.exists():
        pytest.skip("the official HCPCS file of 2019 is not at hand")
    path = written(tmp_path / "HCPC2019_CONTR_ANWEB.txt", _member(archive, "HCPC2019_CONTR_ANWEB.txt"))
    imported = read(IMPORTER, path)
    assert imported.counts == {"codes": 6440, "modifiers": 360, "terminated": 515}
    tables = editions(date(2019, 7, 1), imported)
    side, gone = tables.service(HCPCS, "LT"), tables.service(HCPCS, "A4466")
    assert side is not None
    assert side.modifier
    assert gone is not None
    assert not gone.valid_on(date(2019, 7, 1))
    assert gone.valid_on(date(2016, 12, 31))


def _member(archive: Path, name: str) -> bytes:
    with zipfile.ZipFile(archive) as opened:
        return opened.read(name)
