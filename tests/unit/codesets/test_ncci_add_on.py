"""NCCI add-on codes: which primaries they may stand beside, on which day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from chartstream.codesets.importing.model import Edition
from chartstream.codesets.importing.ncci_add_on import IMPORTER
from chartstream.codesets.services import AddOn
from chartstream.errors import ConfigurationError
from tests.unit.codesets.at_hand import editions, read, written
from tests.unit.codesets.mangling import MANGLINGS, Mangling, reads_or_refuses

NAME = "AOC_V2025Q4_01-MCR.txt"


def row(kind: int, code: str, beside: str, begins: str = "2013091", **last: str) -> str:
    """A line of the fixed layout. ``last``: add_on, primary, edit: the last day of each."""
    ends = [last.get(name, "").ljust(7) for name in ("add_on", "primary", "edit")]
    return f"{kind}{code}{ends[0]}{beside}{ends[1]}{begins}{ends[2]}"


LINES = (
    row(1, "22552", "22551"),
    row(1, "22552", "22554"),
    row(1, "22552", "22585", edit="2024366"),
    row(2, "99354", "CCCCC") + "CONTRACTOR DEFINED",
    row(3, "96361", "96360"),
    row(3, "96361", "CCCCC"),
    row(1, "11008", "11004", edit="2025304"),
    row(1, "11008", "11005", begins="2025305"),
    row(1, "0001T", "11006", begins="2025305"),
    row(1, "0002T", "11006", add_on="2025300"),
    row(1, "0003T", "11006", primary="2025200"),
    row(1, "0004T", "11006", begins="2026001"),
)


def content(lines: tuple[str, ...] = LINES) -> str:
    return "\r\n".join([*lines, ""])


def add_on(tmp_path: Path, code: str, day: date) -> AddOn | None:
    return editions(day, read(IMPORTER, written(tmp_path / NAME, content()))).add_on(code)


def test_rows_of_a_code_are_brought_together(tmp_path: Path) -> None:
    imported = read(IMPORTER, written(tmp_path / NAME, content()))
    assert imported.release.name == "NCCI add-on 2025 Q4"
    assert imported.counts == {"edits": 12, "add-on codes": 6, "not in force": 3}
    day = date(2025, 10, 1)
    assert add_on(tmp_path, "22552", day) == AddOn("22552", 1, ("22551", "22554"))
    assert add_on(tmp_path, "99354", day) == AddOn("99354", 2)
    assert add_on(tmp_path, "96361", day) == AddOn("96361", 3, ("96360",))
    assert add_on(tmp_path, "22551", day) is None
    assert add_on(tmp_path, "0003T", day) is None
    assert add_on(tmp_path, "0004T", day) is None


@pytest.mark.parametrize(
    ("code", "day", "primaries"),
    [
        ("11008", date(2025, 10, 31), ("11004",)),
        ("11008", date(2025, 11, 1), ("11005",)),
        ("0001T", date(2025, 10, 31), None),
        ("0001T", date(2025, 11, 1), ("11006",)),
        ("0002T", date(2025, 10, 27), ("11006",)),
        ("0002T", date(2025, 10, 28), None),
    ],
)
def test_an_edit_holds_on_its_days_only(
    tmp_path: Path, code: str, day: date, primaries: tuple[str, ...] | None
) -> None:
    found = add_on(tmp_path, code, day)
    assert (None if found is None else found.primaries) == primaries


@pytest.mark.parametrize(
    ("begins", "last", "kept"),
    [
        ("2025274", "2025365", "primaries"),
        ("2025275", "", "dated"),
        ("2025001", "2025364", "dated"),
        ("2025365", "", "dated"),
        ("2026001", "", None),
        ("2025001", "2025274", "dated"),
        ("2025001", "2025273", None),
    ],
)
def test_only_what_holds_in_the_release_is_kept(tmp_path: Path, begins: str, last: str, kept: str | None) -> None:
    lines = (row(2, "99354", "CCCCC"), row(1, "11008", "11004", begins=begins, edit=last))
    imported = read(IMPORTER, written(tmp_path / NAME, content(lines)))
    entry = imported.entries.get("11008", b"").decode()
    assert {
        None: entry == "",
        "primaries": entry == '{"kind":1,"primaries":["11004"]}',
        "dated": entry.startswith('{"kind":1,"primaries":[],"dated":[["11004",'),
    }[kept]


def test_a_code_with_rows_of_several_types_has_some_of_its_primaries_listed(tmp_path: Path) -> None:
    lines = (row(1, "11008", "11004"), row(2, "11008", "CCCCC"))
    imported = read(IMPORTER, written(tmp_path / NAME, content(lines)))
    assert editions(date(2025, 10, 1), imported).add_on("11008") == AddOn("11008", 3, ("11004",))


def test_a_title_may_stand_above(tmp_path: Path) -> None:
    text = "CPT only, invented copyright. All rights reserved.\n" + content()
    assert read(IMPORTER, written(tmp_path / NAME, text)).counts["edits"] == 12


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_the_workbook_saved_as_text_is_read(tmp_path: Path, delimiter: str) -> None:
    rows = (
        ["Invented copyright", *[""] * 7],
        ["AOC_Edit_Type", "Add-On_Code", "AOC_DelDT", "Primary_Code", "Primary_Code_DelDT", "AOC_Edit_EffDT",
         "AOC_Edit_DelDT", "Special_Instruction_Notes"],
        ["1", "22552", "", "22551", "", "2013091", "", ""],
        ["2", "99354", "0000000", "CCCCC", "", "2013091", "", "(Contractor defined)"],
    )  # fmt: skip
    path = written(tmp_path / "aoc 2025q4.csv", "\n".join(delimiter.join(row) for row in rows))
    imported = read(IMPORTER, path)
    assert editions(date(2025, 10, 1), imported).add_on("22552") == AddOn("22552", 1, ("22551",))
    assert editions(date(2025, 10, 1), imported).add_on("99354") == AddOn("99354", 2)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("4" + LINES[0][1:], "line 13: is no edit of the fixed layout"),
        (LINES[0][:30], "line 13: is no edit of the fixed layout"),
        (row(1, "ABCDE", "22551"), "line 13: holds no type 1 to 3 with an add-on code"),
        (row(1, "22552", "ABCDE"), "line 13: holds no primary code for 22552"),
        (row(1, "22552", "22551", begins="2025366"), "line 13: has no effective date"),
        (row(1, "22552", "22551", begins="2025000"), "line 13: has no effective date"),
        (row(1, "22552", "22551", begins="0000001"), "line 13: has no effective date"),
        (row(1, "22552", "22551", edit="2025"), "line 13: has a deletion date that is none"),
        (row(1, "22552", "22551", primary="2025999"), "line 13: has a deletion date that is none"),
    ],
)
def test_a_damaged_line_is_refused(tmp_path: Path, line: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"{NAME}, {reason}.*; "):
        IMPORTER.read([written(tmp_path / NAME, content((*LINES, line)))], Edition(), lambda _: None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("<html></html>", "is a web page"),
        ("nothing of the kind\n", "holds neither the fixed layout .* nor a heading"),
        (content(LINES[2:3]), "holds no edit in force from 2025-10-01 to 2025-12-31"),
        (
            "type,add-on code,aoc deldt,primary code,primary deldt,effdt,deldt\n1,22552,,22551,,2013091\n",
            "line 2: has 6 columns",
        ),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        IMPORTER.read([written(tmp_path / NAME, text)], Edition(), lambda _: None)


def test_two_files_are_refused(tmp_path: Path) -> None:
    paths = [written(tmp_path / name, content()) for name in (NAME, "AOC_V2026Q1-MCR.txt")]
    with pytest.raises(ConfigurationError, match="is a second file of add-on codes"):
        IMPORTER.read(paths, Edition(), lambda _: None)


@pytest.mark.parametrize("name", ["AOC_V2025Q4_01-MCR.xlsx", "notes.txt"])
def test_what_lies_beside_the_file_is_not_read(tmp_path: Path, name: str) -> None:
    assert not IMPORTER.recognises(tmp_path / name, b"Add-on codes are listed with their primary codes.")


@given(mangling=MANGLINGS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, mangling: Mangling) -> None:
    path = written(tmp_path / NAME, mangling(content().encode()))
    imported = reads_or_refuses(IMPORTER, [path], path)
    assert imported is None or imported.counts["add-on codes"] == len(imported.entries)
