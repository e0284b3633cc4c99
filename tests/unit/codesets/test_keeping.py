"""What an import keeps, what it refuses, and that nothing is left of one that fails."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from chartstream.codesets import ICD10CM, Release, release_for
from chartstream.codesets.importing.keeping import Kept, import_files, keep
from chartstream.codesets.importing.model import Edition, Imported
from chartstream.codesets.importing.registry import IMPORTERS
from chartstream.codesets.library import MANIFEST, InstalledLibrary, installed_library, read_library_again
from chartstream.codesets.model import NCCI_MUE, POA_EXEMPT
from chartstream.codesets.releases import installed, load, release_named, releases_for, table, table_name
from chartstream.errors import ConfigurationError

FILES = Path(__file__).parent / "icd10cm"
TABULAR, ORDER = FILES / "icd10cm_tabular_2027.xml", FILES / "icd10cm_order_2027.txt"
FY2027 = Release(ICD10CM, "ICD-10-CM FY2027", date(2026, 10, 1), date(2027, 9, 30))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    monkeypatch.setenv("CHARTSTREAM_CODESETS", str(folder))
    return folder


def imported(*paths: Path, edition: Edition | None = None, replace: bool = False) -> list[Kept]:
    return list(import_files(paths, edition or Edition(), _watched, replace=replace))


def _watched(_: str) -> Callable[[int], None]:
    return lambda _: None


def small(name: str, begins: date, ends: date, keys: Sequence[str], system: str = POA_EXEMPT) -> Imported:
    return Imported(Release(system, name, begins, ends), dict.fromkeys(keys, b"{}"), {"codes": len(keys)})


def test_a_release_is_kept_with_hashes_counts_and_sources(site: Path) -> None:
    (kept,) = imported(TABULAR, ORDER)
    manifest = kept.manifest
    assert manifest.release == FY2027
    assert kept.replaced is None
    assert manifest.entries == 23
    assert manifest.counts["billable codes"] == 10
    assert {source.name: source.sha256 for source in manifest.sources} == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (TABULAR, ORDER)
    }
    assert manifest.sha256 == hashlib.sha256((site / manifest.table).read_bytes()).hexdigest()
    assert InstalledLibrary(site).manifests == (manifest,)
    assert {path.stat().st_mode & 0o777 for path in site.glob("icd*")} == {0o644}


def test_releases_stand_side_by_side_each_with_its_dates(site: Path) -> None:
    packaged = installed()[0]
    imported(TABULAR)
    assert installed() == (packaged, FY2027)
    assert release_for(ICD10CM, date(2026, 9, 30)) == packaged
    assert release_for(ICD10CM, date(2026, 10, 1)) == FY2027
    assert release_for(ICD10CM, date(2027, 9, 30)) == FY2027
    assert release_for(ICD10CM, date(2027, 10, 1)) is None
    assert release_for(ICD10CM, date(2025, 9, 30)) is None
    assert releases_for(POA_EXEMPT, date(2026, 10, 1)) == ()
    assert release_named("ICD-10-CM FY2027") == FY2027
    assert load(FY2027).is_billable("I42.01")
    assert not load(FY2027).is_billable("I42.0")
    assert load(packaged).is_billable("I42.0")
    assert table_name(FY2027) != table_name(packaged)
    assert len(table(FY2027)) == 23


def test_what_is_not_imported_is_refused_by_name(site: Path) -> None:
    for ask in (load, table, table_name):
        with pytest.raises(ConfigurationError, match="ICD-10-CM FY2027 is not installed"):
            ask(FY2027)
    with pytest.raises(ConfigurationError, match="no release is called 'ICD-10-CM FY2027'; installed: ICD"):
        release_named("ICD-10-CM FY2027")


def test_a_name_is_taken_once_unless_replaced(site: Path, tmp_path: Path) -> None:
    (first,) = imported(TABULAR)
    with pytest.raises(ConfigurationError, match="is imported already; give --replace"):
        imported(TABULAR)
    changed = tmp_path / TABULAR.name
    changed.write_text(TABULAR.read_text().replace("Congestive cardiomyopathy", "Another name"))
    (second,) = imported(changed, replace=True)
    assert second.replaced == first.manifest
    assert second.manifest.table != first.manifest.table
    assert InstalledLibrary(site).manifests == (second.manifest,)
    assert sorted(path.name for path in site.glob("*.table")) == [second.manifest.table]
    entry = load(FY2027).get("I42.0")
    assert entry is not None
    assert entry.inclusion_terms == ("Another name",)
    (third,) = imported(changed, replace=True)
    assert (site / third.manifest.table).exists()


@pytest.mark.parametrize(
    ("begins", "ends", "free"),
    [
        (date(2026, 9, 30), date(2027, 9, 30), False),
        (date(2025, 1, 1), date(2025, 9, 30), True),
        (date(2025, 1, 1), date(2025, 10, 1), False),
        (date(2026, 1, 1), date(2026, 1, 1), False),
    ],
)
def test_the_packaged_release_keeps_its_days(site: Path, begins: date, ends: date, free: bool) -> None:
    if free:
        imported(TABULAR, edition=Edition("Ours", begins, ends))
        assert release_for(ICD10CM, ends) == Release(ICD10CM, "Ours", begins, ends)
        return
    with pytest.raises(ConfigurationError, match="which comes with the product, holds from 2025-10-01 to 2026-09-30"):
        imported(TABULAR, edition=Edition("Ours", begins, ends))
    assert list(site.glob("*.*table")) == []


@pytest.mark.parametrize(
    ("begins", "ends", "free"),
    [
        (date(2027, 9, 30), date(2028, 9, 30), False),
        (date(2027, 10, 1), date(2028, 9, 30), True),
        (date(2026, 1, 1), date(2026, 9, 30), True),
        (date(2026, 1, 1), date(2026, 10, 1), False),
    ],
)
def test_two_releases_of_one_system_do_not_share_a_day(site: Path, begins: date, ends: date, free: bool) -> None:
    keep(small("one", date(2026, 10, 1), date(2027, 9, 30), ["A00"]), (), site)
    other = small("other", begins, ends, ["A01"])
    if free:
        assert keep(other, (), site).replaced is None
        return
    with pytest.raises(ConfigurationError, match=r"but one, which is imported, holds from 2026-10-01 to 2027-09-30"):
        keep(other, (), site)


def test_parts_of_one_system_and_other_systems_may_share_days(site: Path) -> None:
    year = (date(2026, 1, 1), date(2026, 12, 31))
    keep(small("practitioners", *year, ["practitioner:", "practitioner:99213"], NCCI_MUE), (), site)
    keep(small("hospitals", *year, ["outpatient:", "outpatient:99213"], NCCI_MUE), (), site)
    keep(small("exempt", *year, ["A00"]), (), site)
    assert len(InstalledLibrary(site).tables(NCCI_MUE, date(2026, 6, 1))) == 2
    with pytest.raises(ConfigurationError, match="but practitioners, which is imported"):
        keep(small("again", *year, ["practitioner:99214", "supplier:A0001"], NCCI_MUE), (), site)


def test_the_later_table_is_asked_first(site: Path) -> None:
    keep(small("early", date(2026, 1, 1), date(2026, 12, 31), ["practitioner:1"], NCCI_MUE), (), site)
    keep(small("late", date(2026, 4, 1), date(2026, 6, 30), ["outpatient:1", "outpatient:2"], NCCI_MUE), (), site)
    library = InstalledLibrary(site)
    assert [len(found) for found in library.tables(NCCI_MUE, date(2026, 4, 1))] == [2, 1]
    assert [len(found) for found in library.tables(NCCI_MUE, date(2026, 3, 31))] == [1]
    assert library.tables(NCCI_MUE, date(2027, 1, 1)) == ()


def test_a_release_without_entries_is_refused(site: Path) -> None:
    with pytest.raises(ConfigurationError, match="the files hold no entry"):
        keep(small("none", date(2026, 1, 1), date(2026, 1, 2), []), (), site)


def test_one_name_for_two_systems_is_refused(site: Path) -> None:
    poa = Path(__file__).parent / "pcs"
    with pytest.raises(ConfigurationError, match="names one release, but the files are of 2: ICD-10-CM, ICD-10-PCS"):
        imported(TABULAR, *sorted(poa.iterdir()), edition=Edition("Ours"))


def test_files_of_several_systems_become_a_release_each(site: Path) -> None:
    kept = imported(*sorted((Path(__file__).parent / "pcs").iterdir()), TABULAR)
    assert [one.manifest.system for one in kept] == ["ICD-10-CM", "ICD-10-PCS"]
    assert len(kept[1].manifest.sources) == 5


def test_a_failure_leaves_nothing_behind(site: Path, tmp_path: Path) -> None:
    broken = tmp_path / TABULAR.name
    broken.write_text(TABULAR.read_text()[:2000])
    with pytest.raises(ConfigurationError, match="no well-formed XML"):
        imported(broken)
    assert InstalledLibrary(site).manifests == ()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CHARTSTREAM_CODESETS", str(tmp_path / "file" / "below"))
    with pytest.raises(ConfigurationError, match="set CHARTSTREAM_CODESETS to one that is"):
        imported(TABULAR)


def test_a_damaged_manifest_is_named_with_the_remedy(site: Path) -> None:
    site.mkdir()
    (site / f"broken{MANIFEST}").write_text(json.dumps({"system": ICD10CM}))
    read_library_again()
    with pytest.raises(ConfigurationError, match=r"broken\.release\.json is damaged; delete that file"):
        installed_library()


def test_a_table_that_is_gone_is_named_with_the_remedy(site: Path) -> None:
    (kept,) = imported(TABULAR)
    (site / kept.manifest.table).unlink()
    with pytest.raises(ConfigurationError, match=r"\.table cannot be read: No such file .*; import its files again"):
        load(FY2027)


def test_every_system_of_an_importer_is_its_own_or_tells_its_parts_apart() -> None:
    titles = [importer.title for importer in IMPORTERS]
    assert len(set(titles)) == len(titles)


def test_a_process_keeps_reading_what_it_began_with(site: Path, tmp_path: Path) -> None:
    (first,) = imported(TABULAR)
    running = installed_library()
    changed = tmp_path / TABULAR.name
    changed.write_text(TABULAR.read_text().replace("Congestive cardiomyopathy", "Another name"))
    imported(changed, replace=True)
    assert not (site / first.manifest.table).exists()
    (read,) = running.tables(ICD10CM, date(2026, 10, 1))
    assert b"Congestive cardiomyopathy" in (read.get("I42.0") or b"")
    (fresh,) = installed_library().tables(ICD10CM, date(2026, 10, 1))
    assert b"Another name" in (fresh.get("I42.0") or b"")
