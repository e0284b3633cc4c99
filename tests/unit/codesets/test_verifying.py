"""Tables that are no longer what was imported are found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from chartstream.codesets import Release, icd10cm
from chartstream.codesets.cache import cached_table
from chartstream.codesets.importing.keeping import keep
from chartstream.codesets.importing.model import Imported
from chartstream.codesets.library import MANIFEST, Manifest
from chartstream.codesets.model import POA_EXEMPT
from chartstream.codesets.table import write_table
from chartstream.codesets.verifying import verified

RELEASE = Release(POA_EXEMPT, "POA exempt FY2026", date(2025, 10, 1), date(2026, 9, 30))
ENTRIES = {"Z00": b"{}", "Z01": b"{}"}


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Manifest:
    # The packaged list in short: it is built in full elsewhere.
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(icd10cm, "build", lambda: {"A00": b'{"description":"Cholera"}'})
    return keep(Imported(RELEASE, ENTRIES, {"codes": 2}), (), tmp_path).manifest


def failures(folder: Path) -> dict[str, str]:
    return {one.name: one.failure for one in verified(folder)}


def test_all_is_well(kept: Manifest, tmp_path: Path) -> None:
    assert failures(tmp_path) == {icd10cm.RELEASE.name: "", RELEASE.name: ""}
    assert [one.entries for one in verified(tmp_path)] == [1, 2]


def more(folder: Path, kept: Manifest) -> None:
    write_table(folder / kept.table, {**ENTRIES, "Z02": b"{}"})


def other(folder: Path, kept: Manifest) -> None:
    write_table(folder / kept.table, {"Z00": b"{}", "Z09": b"{}"})


def cut(folder: Path, kept: Manifest) -> None:
    (folder / kept.table).write_bytes((folder / kept.table).read_bytes()[:10])


def gone(folder: Path, kept: Manifest) -> None:
    (folder / kept.table).unlink()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (more, "is not what was imported: 3 entries, not 2, its hash differs; import the release again"),
        (other, "is not what was imported: its hash differs; import the release again"),
        (cut, "cut short"),
        (gone, "cannot be read"),
    ],
)
def test_a_table_that_differs_is_found(
    kept: Manifest, tmp_path: Path, damage: Callable[[Path, Manifest], None], said: str
) -> None:
    damage(tmp_path, kept)
    found = failures(tmp_path)
    assert found[icd10cm.RELEASE.name] == ""
    assert kept.table in found[RELEASE.name]
    assert said in found[RELEASE.name]


def test_a_damaged_manifest_is_found(kept: Manifest, tmp_path: Path) -> None:
    (tmp_path / f"other{MANIFEST}").write_text("{")
    found = failures(tmp_path)
    assert found[RELEASE.name] == ""
    assert "is damaged" in found[f"other{MANIFEST}"]


def test_a_packaged_table_that_differs_is_found(kept: Manifest, tmp_path: Path) -> None:
    cached_table(icd10cm.table_name(), lambda: {"A00": b"{}"})
    assert "is not what the package holds" in failures(tmp_path)[icd10cm.RELEASE.name]
