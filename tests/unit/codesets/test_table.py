from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartstream.codesets.cache import cached_table
from chartstream.codesets.table import Table, write_table
from chartstream.errors import ConfigurationError

ENTRIES = st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), st.binary(max_size=20), max_size=40)


@given(entries=ENTRIES)
def test_a_table_gives_back_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, entries: dict[str, bytes]
) -> None:
    path = tmp_path_factory.mktemp("table") / "t.table"
    write_table(path, entries)
    table = Table(path)
    assert len(table) == len(entries)
    assert {key: table.get(key) for key in table} == entries
    assert table.get("not a key that is in there") is None


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 200])
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.table"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="delete it to build it again"):
        Table(path)


def test_a_failed_build_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        write_table(tmp_path / "t.table", {"a": "not bytes"})  # type: ignore[dict-item]
    assert list(tmp_path.iterdir()) == []


def _open(folder: Path) -> int:
    def build() -> dict[str, bytes]:
        with (folder / "builds").open("a") as log:
            log.write("built\n")
        return {"I10": b"{}"}

    return len(cached_table("demo", build, folder))


def test_processes_that_start_together_build_once(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.map(_open, [tmp_path] * 6) == [1] * 6
    assert (tmp_path / "builds").read_text() == "built\n"


def test_a_cache_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigurationError, match="XDG_CACHE_HOME"):
        cached_table("demo", dict, tmp_path / "file")
