"""The CSV files of CMS's article download of the Medicare Coverage Database, as they are published."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from chartstream.errors import ConfigurationError

Row = Mapping[str, str]

_COLUMNS = {
    "article.csv": ("article_id", "article_version", "title", "status", "article_eff_date"),
    "article_x_hcpc_code.csv": ("article_id", "article_version", "hcpc_code_id"),
    "article_x_icd10_covered.csv": ("article_id", "article_version", "icd10_code_id", "icd10_covered_group"),
    "article_x_contractor.csv": ("article_id", "article_version", "contractor_id"),
    "contractor.csv": ("contractor_id", "contractor_bus_name", "contractor_number"),
    "article_x_icd10_noncovered.csv": ("article_id", "article_version", "icd10_code_id"),
    "article_x_icd10_covered_group.csv": ("article_id", "article_version", "icd10_covered_group", "paragraph"),
    "article_related_documents.csv": ("article_id", "article_version", "r_lcd_id"),
}
_NEEDED = (
    "article.csv",
    "article_x_hcpc_code.csv",
    "article_x_icd10_covered.csv",
    "article_x_contractor.csv",
    "contractor.csv",
)


def tables_of(paths: Sequence[Path]) -> dict[str, list[Row]]:
    """The tables of some CSV files, of a folder of them, or of the archive as downloaded, by their file names.

    Raises ``ConfigurationError`` for a file that is missing or has other columns.
    """
    tables = {name: list(_rows(name, content)) for name, content in _files(paths) if name in _COLUMNS}
    missing = [name for name in _NEEDED if name not in tables]
    if missing:
        raise ConfigurationError(
            f"missing are {', '.join(missing)}; give the CSV files, or the archive, of CMS's download of articles"
        )
    return tables


def _files(paths: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        if path.is_dir():
            yield from _files(sorted(path.glob("*.csv")))
        elif zipfile.is_zipfile(path):
            yield from _members(path.read_bytes())
        else:
            try:
                yield path.name.lower(), path.read_bytes()
            except OSError as error:
                raise ConfigurationError(f"{path} cannot be read: {error.strerror}; correct the path") from error


def _members(archive: bytes) -> Iterator[tuple[str, bytes]]:
    """CSV files of an archive; CMS packs the archive of the CSV files into another one."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for name in opened.namelist():
            if name.lower().endswith("_csv.zip"):
                yield from _members(opened.read(name))
            elif name.lower().endswith(".csv"):
                yield Path(name).name.lower(), opened.read(name)


def _rows(name: str, content: bytes) -> Iterator[Row]:
    csv.field_size_limit(2**26)  # articles hold whole pages of HTML
    text = content.decode("utf-8-sig") if _is_utf8(content) else content.decode("cp1252", errors="replace")
    reader = csv.DictReader(io.StringIO(text))
    missing = [column for column in _COLUMNS[name] if column not in (reader.fieldnames or ())]
    if missing:
        raise ConfigurationError(
            f"{name} has no column {', '.join(missing)}; is it of the article download of the coverage database?"
        )
    yield from reader


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
