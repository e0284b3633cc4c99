"""``chartstream codesets``: import, list, show, verify, diff."""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from chartstream.cli import app
from chartstream.codesets import icd10cm
from chartstream.codesets.importing.keeping import keep
from chartstream.codesets.model import HCPCS
from chartstream.errors import ConfigurationError
from tests.unit.codesets.test_keeping import small

FILES = Path(__file__).parent / "icd10cm"
TABULAR = FILES / "icd10cm_tabular_2027.xml"
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
FY2025, FY2026, FY2027 = "ICD-10-CM FY2025", "ICD-10-CM FY2026 (April 2026)", "ICD-10-CM FY2027"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CHARTSTREAM_CODESETS", str(tmp_path / "site"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "site"


def run(*words: str | Path, code: int = 0) -> str:
    result: Result = CliRunner().invoke(app, ["codesets", *map(str, words)], catch_exceptions=False)
    assert result.exit_code == code
    return result.output


def test_import_list_and_show(site: Path) -> None:
    assert "nothing is imported" in run("list")
    said = run("import", *sorted(FILES.iterdir()))
    assert "ICD-10-CM FY2027, 2026-10-01 to 2027-09-30: 10 billable codes" in said
    assert "services see it at their next start" in said
    listed = run("list")
    assert [line.split("│")[3].strip() for line in listed.splitlines() if "│ ICD-10-CM FY" in line] == [
        "2025-10-01",
        "2026-10-01",
    ]
    assert "packaged" in listed
    assert "Dilated cardiomyopathy, of one kind" in run("show", "i4201")
    kidney = run("show", "n18.31")
    assert "Chronic kidney disease, stage 3a" in kidney
    assert "at N18" in kidney
    assert "seventh character D" in run("show", "T07", "--release", FY2027)
    with pytest.raises(ConfigurationError, match=r"N18\.31 is no entry of ICD-10-CM FY2027"):
        run("show", "N18.31", "--release", FY2027)
    with pytest.raises(ConfigurationError, match="XX9 is no entry of ICD-10-CM FY2026"):
        run("show", "XX9")


def test_dates_names_and_replacing(site: Path) -> None:
    run("import", TABULAR, "--from", "2027-04-01", "--to", "2027-05-31", "--name", "Ours")
    with pytest.raises(ConfigurationError, match="Ours is imported already"):
        run("import", TABULAR, "--from", "2027-04-01", "--name", "Ours")
    said = run("import", TABULAR, "--from", "2027-04-01", "--name", "Ours", "--replace")
    assert "Ours, 2027-04-01 to 2027-09-30" in said
    assert "in place of Ours" in said


def test_a_zip_is_imported_and_what_is_not_read_is_named(site: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "download.zip", "w") as archive:
        archive.write(TABULAR, "Table and Index/icd10cm_tabular_2027.xml")
        archive.writestr("readme.pdf", b"%PDF-1.7")
    said = run("import", tmp_path / "download.zip")
    assert "ICD-10-CM FY2027, 2026-10-01 to 2027-09-30" in said
    assert "not read: download.zip/readme.pdf" in said
    (manifest,) = site.glob("*.release.json")
    (source,) = json.loads(manifest.read_text())["sources"]
    assert source["name"] == "download.zip/Table and Index/icd10cm_tabular_2027.xml"
    assert source["sha256"] == hashlib.sha256(TABULAR.read_bytes()).hexdigest()


def test_an_entry_of_another_system_is_shown_with_its_fields(site: Path) -> None:
    imported = small("HCPCS 2026", *YEAR, [], HCPCS)
    entries = {"practitioner:A0021": json.dumps({"limit": 2, "primaries": [str(n) for n in range(20)]}).encode()}
    keep(type(imported)(imported.release, entries, {}), (), site)
    shown = run("show", "a0021")
    assert "practitioner:A0021 HCPCS 2026" in shown
    assert "limit 2" in shown
    assert "11 and 8 more" in shown


def test_verify_ends_with_one_for_a_table_that_differs(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(icd10cm, "build", lambda: {"A00": b"{}"})  # the packaged list in short
    run("import", TABULAR)
    assert "ICD-10-CM FY2027: 23 entries, as imported" in run("verify")
    (table,) = site.glob("*.table")
    table.write_bytes(table.read_bytes() + b" ")
    said = run("verify", code=1)
    assert "its hash differs; import the release again" in said
    assert f"{FY2026}: 1 entries, as imported" in said


@pytest.fixture
def two_years(site: Path, tmp_path: Path) -> Path:
    """FY2025, in which I42.0 is not yet split and I42.B still stands, and FY2027."""
    earlier = TABULAR.read_text().replace("2027", "2025")
    for code in ("I42.01", "I42.09"):
        begin = earlier.index(f"<diag><name>{code}")
        earlier = earlier[:begin] + earlier[earlier.index("</diag>", begin) + len("</diag>") :]
    path = tmp_path / "icd10cm_tabular_2025.xml"
    path.write_text(earlier.replace("<name>I42.9<", "<name>I42.B</name><desc>Old name</desc></diag><diag><name>I42.9<"))
    run("import", path)
    run("import", TABULAR)
    return tmp_path / "changes.json"


def test_diff_counts_what_changes_and_writes_all_of_it(two_years: Path) -> None:
    said = run("diff", FY2025, FY2027, "--json", two_years)
    rows = {row[1].strip(): row[2:5] for row in (line.split("│") for line in said.splitlines()) if len(row) > 4}
    assert {kind: [cell.strip() for cell in cells] for kind, cells in rows.items()} == {
        "added": ["2", "2", "I42.01, I42.09"],
        "retired": ["1", "1", "I42.B"],
        "no longer billable": ["1", "", "I42.0"],
    }
    written = json.loads(two_years.read_text())
    assert (written["before"], written["after"]) == (FY2025, FY2027)
    split = {"key": "I42.0", "kind": "no longer billable", "before": {"billable": True}, "after": {"billable": False}}
    assert split in written["changes"]
    assert "claims" not in written
    assert "no difference" in run("diff", FY2027, FY2027)


def test_diff_says_which_past_claims_change_and_how(two_years: Path, tmp_path: Path) -> None:
    lines = [
        {"id": "unchanged", "codes": ["I10", "I42.9"]},
        {"id": "split", "codes": ["I42.0"]},
        {"note_id": "gone", "codes": [{"system": "ICD-10-CM", "code": "I42.B", "decision": "auto"}]},
        {"id": "candidate", "codes": [{"system": "ICD-10-CM", "code": "I42.B", "decision": "candidate"}]},
        {"id": "service", "codes": [{"system": "CPT", "code": "99213", "decision": "auto"}]},
        {"id": "unknown to both", "codes": ["E11.9"]},
    ]
    claims = tmp_path / "claims.jsonl"
    claims.write_text("".join(f"{json.dumps(line)}\n" for line in lines) + "\n")
    said = run("diff", FY2025, FY2027, "--claims", claims, "--json", two_years)
    changed = {one["id"]: one["findings"] for one in json.loads(two_years.read_text())["claims"]}
    assert set(changed) == {"split", "gone"}
    assert "2 of the claims would change" in said
    assert [finding["codes"] for finding in changed["split"]] == [["I42.0"]]
    assert "I42.01, I42.09" in changed["split"][0]["message"]
    assert [finding["codes"] for finding in changed["gone"]] == [["I42.B"]]


def test_diff_of_another_system_names_the_codes_that_are_gone(site: Path, tmp_path: Path) -> None:
    begins, ends = YEAR
    keep(small("old", begins, ends, ["A0021", "A0080"], HCPCS), (), site)
    keep(small("new", begins.replace(year=2027), ends.replace(year=2027), ["A0080"], HCPCS), (), site)
    claims = tmp_path / "claims.jsonl"
    claims.write_text('{"id": 1, "codes": ["A0021", "A0080"]}\n{"id": 2, "codes": ["A0080"]}\n')
    said = run("diff", "old", "new", "--claims", claims)
    assert "1 of the claims would change" in said
    assert "1: A0021 is not in new" in said
    with pytest.raises(ConfigurationError, match="are of two systems"):
        run("diff", "old", FY2026)
    claims.write_text('{"id": 1}\n')
    with pytest.raises(ConfigurationError, match=r"claims\.jsonl, line 1: is no claim"):
        run("diff", "old", "new", "--claims", claims)
    with pytest.raises(ConfigurationError, match="cannot be written"):
        run("diff", "old", "new", "--json", tmp_path / "no" / "folder")


def test_a_procedure_code_is_composed_or_its_wrong_character_named(site: Path) -> None:
    run("import", *sorted((FILES.parent / "pcs").iterdir()))
    assert "description Resection of Appendix, Open Approach" in run("show", "0dtj0zz")
    refused = run("show", "0DTJXZZ")
    assert "no code character 5, Approach, is X" in refused
    assert "would be one with 0 (Open), 4 (Percutaneous Endoscopic)" in refused
