"""Which files are read, inside archives too, and which archives are refused."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings

from chartstream.codesets.importing import sources
from chartstream.codesets.importing.registry import IMPORTERS
from chartstream.codesets.importing.sources import Source, Unread, recognised
from chartstream.errors import ConfigurationError
from tests.unit.codesets.mangling import MANGLINGS, Mangling

FILES = Path(__file__).parent / "icd10cm"
TABULAR, ORDER = FILES / "icd10cm_tabular_2027.xml", FILES / "icd10cm_order_2027.txt"


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return path


def found(path: Path, folder: Path) -> list[Source | Unread]:
    return list(recognised(path, IMPORTERS, folder))


def test_a_zip_is_read_member_by_member(tmp_path: Path) -> None:
    members = {"Table__icd10cm_tabular_2027.xml": TABULAR.read_bytes(), "icd10cm_order_2027.txt": ORDER.read_bytes()}
    path = zipped(tmp_path / "download.zip", **members, **{"readme.pdf": b"%PDF-1.7", "folder__": b""})
    results = found(path, tmp_path / "unpacked")
    read = [one for one in results if isinstance(one, Source)]
    assert {one.name for one in read} == {
        "download.zip/Table/icd10cm_tabular_2027.xml",
        "download.zip/icd10cm_order_2027.txt",
    }
    assert [one.path.read_bytes() for one in read] == [TABULAR.read_bytes(), ORDER.read_bytes()]
    assert Unread("download.zip/readme.pdf") in results


def test_an_archive_inside_an_archive_is_read_and_no_deeper(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", **{"icd10cm_order_2027.txt": ORDER.read_bytes()})
    middle = zipped(tmp_path / "middle.zip", **{"inner.zip": inner.read_bytes()})
    outer = zipped(tmp_path / "outer.zip", **{"middle.zip": middle.read_bytes()})
    (one,) = found(middle, tmp_path / "a")
    assert isinstance(one, Source)
    assert one.name == "middle.zip/inner.zip/icd10cm_order_2027.txt"
    with pytest.raises(ConfigurationError, match=r"outer\.zip: holds none of the files that are read"):
        found(outer, tmp_path / "b")


@pytest.mark.parametrize("above", ["../../", "/etc/", "..\\"])
def test_no_member_leaves_the_folder(tmp_path: Path, above: str) -> None:
    name = f"{above}icd10cm_order_2027.txt"
    path = tmp_path / "sly.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), ORDER.read_bytes())
    (one,) = found(path, tmp_path / "unpacked")
    assert isinstance(one, Source)
    assert one.path == tmp_path / "unpacked" / "1" / "icd10cm_order_2027.txt"


def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    path = zipped(tmp_path / "bomb.zip", **{"icd10cm_order_2027.txt": ORDER.read_bytes() + b" " * 60_000_000})
    with pytest.raises(ConfigurationError, match=r"icd10cm_order_2027\.txt: unpacks to more than"):
        found(path, tmp_path / "unpacked")
    assert sum(one.stat().st_size for one in (tmp_path / "unpacked").rglob("*.txt")) < 20_000_000


def test_all_members_share_one_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_MOST_BYTES", 2 * ORDER.stat().st_size + 10)
    members = {f"{n}__icd10cm_order_2027.txt": ORDER.read_bytes() for n in "ab"}
    assert len(found(zipped(tmp_path / "two.zip", **members), tmp_path / "two")) == 2
    members["c__icd10cm_order_2027.txt"] = ORDER.read_bytes()
    with pytest.raises(ConfigurationError, match="unpacks to more than 10 bytes"):
        found(zipped(tmp_path / "three.zip", **members), tmp_path / "three")


def test_an_archive_of_very_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_MOST_MEMBERS", 2)
    assert found(zipped(tmp_path / "two.zip", a=b"", b=ORDER.read_bytes()), tmp_path / "two")
    with pytest.raises(ConfigurationError, match="holds 3 files, more than any official download"):
        found(zipped(tmp_path / "three.zip", a=b"", b=ORDER.read_bytes(), c=b""), tmp_path / "three")


def test_an_unknown_file_is_answered_with_what_is_read(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Dear reader")
    with pytest.raises(ConfigurationError) as raised:
        found(tmp_path / "notes.txt", tmp_path)
    message = str(raised.value)
    assert message.startswith("notes.txt: is none of the files that are read; these are read")
    assert all(importer.title in message for importer in IMPORTERS)
    assert "docs/how-to/import-code-sets.md" in message
    with pytest.raises(ConfigurationError, match=r"gone\.txt: cannot be read"):
        found(tmp_path / "gone.txt", tmp_path)


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "locked.zip", **{"icd10cm_order_2027.txt": ORDER.read_bytes()})
    content = bytearray(path.read_bytes())
    for signature, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + flag] |= 1
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"locked\.zip: cannot be unpacked \(.*encrypted"):
        found(path, tmp_path / "unpacked")


@given(mangle=MANGLINGS)
@settings(max_examples=60, deadline=None)
def test_a_damaged_archive_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, mangle: Mangling) -> None:
    folder = tmp_path_factory.mktemp("zip")
    path = zipped(folder / "download.zip", **{"icd10cm_order_2027.txt": ORDER.read_bytes()})
    path.write_bytes(mangle(path.read_bytes()))
    with suppress(ConfigurationError):  # anything else that is raised fails the test
        assert found(path, folder / "unpacked")


@pytest.mark.parametrize("path", sorted(FILES.parent.glob("*/*.*")), ids=lambda path: path.name)
def test_every_file_in_an_official_layout_is_taken_by_one_importer(path: Path) -> None:
    if path.suffix in {".xml", ".txt", ".csv"}:
        head = path.read_bytes()[: 1 << 16]
        assert len([importer for importer in IMPORTERS if importer.recognises(path, head)]) == 1
