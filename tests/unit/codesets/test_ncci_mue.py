"""NCCI medically unlikely edits: a table for each setting, from CMS's CSV or from JSON."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from chartstream.codesets.importing.model import Edition
from chartstream.codesets.importing.ncci_mue import IMPORTERS
from chartstream.codesets.model import NCCI_MUE
from chartstream.codesets.services import NcciSetting, UnitsLimit
from chartstream.errors import ConfigurationError
from tests.unit.codesets.at_hand import editions, read, written
from tests.unit.codesets.mangling import MANGLINGS, Mangling, reads_or_refuses

PRACTITIONER, OUTPATIENT, SUPPLIER = IMPORTERS
COPYRIGHT = '"Invented copyright of the licensor.\r\n\r\nRestrictions apply, as they say.",,,\r\n'
HEADING = '"HCPCS/\r\nCPT Code",{} Services MUE Values,MUE Adjudication Indicator,MUE Rationale\r\n'
ROWS = (
    "0001U,1,2 Date of Service Edit: Policy,Code Descriptor / CPT Instruction\r\n"
    "11042,12,1 Line Edit,Anatomic Consideration\r\n"
    "99213,0,3 Date of Service Edit: Clinical,\r\n"
)
NAME = "MCR_MUE_PractitionerServices_Eff_10-01-2025.csv"
JSON = {"20100": {"limit": 2, "unit": "services", "rationale": "Clinical: Data"}, "Q9999": {"limit": 0}}
SAID = Edition(effective_from=date(2025, 1, 1))


def content(setting: str = "Practitioner", rows: str = ROWS) -> str:
    return COPYRIGHT + HEADING.format(setting) + rows


def test_units_indicator_and_rationale_of_each_code(tmp_path: Path) -> None:
    imported = read(PRACTITIONER, written(tmp_path / NAME, content()))
    assert imported.release.name == "NCCI MUE practitioner 2025 Q4"
    assert (imported.release.effective_from, imported.release.effective_to) == (date(2025, 10, 1), date(2025, 12, 31))
    assert imported.counts == {"codes": 3}
    tables = editions(date(2025, 12, 31), imported)
    limit = tables.units_limit(NcciSetting.PRACTITIONER, "11042")
    assert limit == UnitsLimit("11042", 12, 1, "Anatomic Consideration")
    assert tables.units_limit(NcciSetting.PRACTITIONER, "0001U") == UnitsLimit(
        "0001U", 1, 2, "Code Descriptor / CPT Instruction"
    )
    assert tables.units_limit(NcciSetting.PRACTITIONER, "99213") == UnitsLimit("99213", 0, 3)
    assert tables.units_limit(NcciSetting.OUTPATIENT, "11042") is None
    assert [tables.has_setting(NCCI_MUE, setting) for setting in NcciSetting] == [True, False, False]


@pytest.mark.parametrize(
    ("setting", "heading", "name"),
    [
        (0, "Practitioner", "table.csv"),
        (1, "Outpatient Hospital", "MCR_MUE_OutpatientHospitalServices_Eff_01-01-2026.csv"),
        (1, "Outpatient Hospital", "table.txt"),
        (2, "DME Supplier", "MCR_MUE_DMESupplierServices_Eff_01-01-2026.csv"),
    ],
)
def test_the_heading_or_the_name_says_for_whom_it_holds(tmp_path: Path, setting: int, heading: str, name: str) -> None:
    path = written(tmp_path / name, content(heading))
    assert [importer.recognises(path, path.read_bytes()) for importer in IMPORTERS].index(True) == setting
    imported = read(IMPORTERS[setting], path, edition=SAID)
    assert set(imported.entries) == {f"{IMPORTERS[setting].setting}:{code}" for code in ("", "0001U", "11042", "99213")}


def test_columns_are_found_by_their_heading(tmp_path: Path) -> None:
    heading = "MUE Rationale\tPractitioner Services MUE Values\tMUE Adjudication Indicator\tHCPCS/CPT Code\n"
    text = heading + "A policy\t4\t3\t11042\n"
    imported = PRACTITIONER.read([written(tmp_path / NAME, text)], Edition(), lambda _: None)
    limit = editions(date(2025, 10, 1), imported).units_limit(NcciSetting.PRACTITIONER, "11042")
    assert limit == UnitsLimit("11042", 4, 3, "A policy")


@pytest.mark.parametrize("setting", [0, 1, 2])
def test_json_without_indicator_holds_for_whom_its_name_says(tmp_path: Path, setting: int) -> None:
    importer = IMPORTERS[setting]
    path = written(tmp_path / f"mue {importer.setting} 2025q1.json", json.dumps(JSON))
    imported = read(importer, path)
    assert imported.release.effective_from == date(2025, 1, 1)
    limit = editions(date(2025, 1, 1), imported).units_limit(importer.setting, "20100")
    assert limit == UnitsLimit("20100", 2, None, "Clinical: Data")


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("", "holds no code with its units"),
        (ROWS + "11042,1,1 Line Edit,x\n", "line 9: lists 11042 a second time"),
        (ROWS + "1U,1,1 Line Edit,x\n", "line 9: holds no code in its first column; .*leading zeros"),
        (ROWS + "11043,1.5,1 Line Edit,x\n", "line 9: has no whole units"),
        (ROWS + "11043,,1 Line Edit,x\n", "line 9: has no whole units"),
        (ROWS + "11043,1,4 Edit,x\n", "line 9: .*no adjudication indicator 1, 2 or 3, for 11043"),
        (ROWS + "11043,1,12,x\n", "line 9: .*no adjudication indicator"),
        (ROWS + "11043,1,1 Line Edit\n", "line 9: has 3 columns, too few"),
        (ROWS + '11043,1,1 Line Edit,"x\n', "a quoted cell is not closed"),
    ],
)
def test_a_damaged_table_is_refused(tmp_path: Path, rows: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{NAME}.*{reason}"):
        PRACTITIONER.read([written(tmp_path / NAME, content(rows=rows))], Edition(), lambda _: None)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        (NAME, content("DME Supplier"), "is not the table for practitioner: name and heading differ"),
        ("MCR_MUE_DMESupplierServices.csv", content(), "is not the table for practitioner"),
        (NAME, COPYRIGHT + "A,B,C\n" + ROWS, "has no heading with HCPCS/CPT Code and MUE Values"),
        (NAME, "HCPCS/CPT Code,Practitioner Services MUE Values\n11042,1\n", "has no columns MUE Adjudication"),
        (NAME, "<!doctype html><html>licence</html>", "line 1: is a web page"),
        (NAME, "", "is empty"),
        ("mue.json", json.dumps(JSON), "does not say for whom it holds; put practitioner, outpatient or supplier"),
        ("practitioner.json", json.dumps(JSON)[:60], "is no JSON"),
        ("practitioner.json", "[" * 100_000, "is no JSON"),
        ("practitioner.json", "[1]", "is no JSON object"),
        ("practitioner.json", "{}", "holds no code with its units"),
        ("practitioner.json", '{"2010": {"limit": 1}}', "something else than codes with a limit"),
        ("practitioner.json", '{"20100": {"limit": true}}', "something else than codes with a limit"),
        ("practitioner.json", '{"20100": {"limit": -1}}', "something else than codes with a limit"),
        ("practitioner.json", '{"20100": {"limit": 1.5}}', "something else than codes with a limit"),
        ("practitioner.json", '{"20100": 2}', "something else than codes with a limit"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, name: str, text: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        PRACTITIONER.read([written(tmp_path / name, text)], SAID, lambda _: None)


def test_the_quarter_must_be_said_where_the_name_does_not(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="does not say of which quarter it is"):
        PRACTITIONER.read([written(tmp_path / "practitioner.csv", content())], Edition(), lambda _: None)


def test_two_tables_for_one_setting_are_refused(tmp_path: Path) -> None:
    paths = [written(tmp_path / name, content()) for name in (NAME, NAME.replace("10-01", "07-01"))]
    with pytest.raises(ConfigurationError, match="is a second table for practitioner; import one quarter at a time"):
        PRACTITIONER.read(paths, Edition(), lambda _: None)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("MCR_MUE_PractitionerServices_Eff_10-01-2025.xlsx", "PK\x03\x04"),
        ("readme.txt", "The MUE Values of practitioner services are published quarterly."),
        ("other.json", '{"20100": {"units": 2}}'),
        ("codes.csv", "HCPCS/CPT Code,Description\n"),
    ],
)
def test_what_lies_beside_a_table_is_not_read(tmp_path: Path, name: str, text: str) -> None:
    assert not any(importer.recognises(tmp_path / name, text.encode()) for importer in IMPORTERS)


@pytest.mark.parametrize(("name", "text"), [(NAME, content()), ("practitioner 2025q1.json", json.dumps(JSON))])
@given(mangling=MANGLINGS)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, name: str, text: str, mangling: Mangling) -> None:
    path = written(tmp_path / name, mangling(text.encode()))
    imported = reads_or_refuses(PRACTITIONER, [path], path)
    assert imported is None or imported.counts["codes"] == len(imported.entries) - 1


def test_the_limits_at_hand(reference: Path) -> None:
    path = reference / "ncci_mue.json"
    if not path.exists():
        pytest.skip("the table of medically unlikely edits is not at hand")
    said = Edition("NCCI MUE practitioner", date(2019, 1, 1), date(2019, 3, 31))
    imported = read(PRACTITIONER, path, edition=said)
    assert imported.counts == {"codes": 8253}
    limit = editions(date(2019, 1, 1), imported).units_limit(NcciSetting.PRACTITIONER, "20102")
    assert limit == UnitsLimit("20102", 3, None, "Clinical: Medicare Data")
