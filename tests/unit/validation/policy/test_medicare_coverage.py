"""CMS's article download, in small files of our own in its layout, as coverage lists."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import pytest

from chartstream.errors import ConfigurationError
from chartstream.validation.policy.asked import names_found
from chartstream.validation.policy.medicare_coverage import read_coverage
from chartstream.validation.written import WrittenClaim
from tests.unit.validation.policy.policies import rules_of

FOLDER = Path(__file__).parent / "articles"
CONTRACTOR = "Example Contractor, Inc."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "articles"))


def test_an_article_becomes_a_list() -> None:
    read = read_coverage([FOLDER], ["medicare-b"], [CONTRACTOR])
    assert list(read.lists) == [
        {
            "name": "article_a50001_v12",
            "number": "LCD L39999, article A50001",
            "source": (
                "CMS Medicare Coverage Database, article download, version 12: Billing and Coding: Frobnication Assay"
            ),
            "from": "2026-01-01",
            "procedures": ["80299", "80300"],
            "groups": [
                {"name": "1", "diagnoses": ["E11.9"], "procedures": ["80299"]},
                {"name": "2", "diagnoses": ["I10"]},
            ],
            "not_covered": ["Z00.00"],
            "when": {"payer": ["medicare-b"]},
        }
    ]
    assert (read.worded, read.left_out, read.not_codes) == (1, 0, 1)


def test_a_retired_article_holds_to_its_end() -> None:
    (old,) = read_coverage([FOLDER], [], ["09999"]).lists
    assert (old["from"], old["to"]) == ("2024-01-01", "2025-12-31")
    assert "when" not in old


@pytest.mark.parametrize(
    ("procedure", "diagnosis", "payer", "expect"),
    [
        ("80299", "E11.9", "medicare-b", set()),
        ("80300", "I10", "medicare-b", set()),
        ("80300", "E11.9", "medicare-b", {"article_a50001_v12"}),
        ("80299", "E78.5", "medicare-b", {"article_a50001_v12"}),
        ("80299", "E78.5", "other", set()),
    ],
)
def test_what_was_read_is_asked_of_claims(procedure: str, diagnosis: str, payer: str, expect: set[str]) -> None:
    rules = rules_of({"coverage": list(read_coverage([FOLDER], ["medicare-b"], [CONTRACTOR]).lists)})
    claim = WrittenClaim.model_validate({"codes": [diagnosis], "procedures": [procedure], "payer": payer})
    assert names_found(rules, claim) == expect


def test_the_archive_may_be_given_as_it_is_downloaded(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        for path in FOLDER.glob("*.csv"):
            archive.write(path, path.name)
    outer = tmp_path / "current_article.zip"
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("current_article_csv.zip", inner.getvalue())
        archive.writestr("readme.pdf", b"")
    assert read_coverage([outer], [], [CONTRACTOR]) == read_coverage([FOLDER], [], [CONTRACTOR])


def test_dates_may_stand_as_month_day_year(folder: Path) -> None:
    file = folder / "article.csv"
    file.write_text(file.read_text().replace("2026-01-01 00:00:00", "01/01/2026"))
    assert read_coverage([folder], [], [CONTRACTOR]).lists[0]["from"] == "2026-01-01"


def test_an_article_without_a_date_is_left_out(folder: Path) -> None:
    file = folder / "article.csv"
    file.write_text(file.read_text().replace("2026-01-01 00:00:00", ""))
    read = read_coverage([folder], [], [CONTRACTOR])
    assert (len(read.lists), read.left_out) == (0, 1)


def test_titles_of_the_windows_code_page_are_read(folder: Path) -> None:
    file = folder / "article.csv"
    file.write_bytes(file.read_text().replace("Frobnication", "Frobnication “B”").encode("cp1252"))
    assert read_coverage([folder], [], [CONTRACTOR]).lists[0]["source"].endswith("Frobnication “B” Assay")


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "article_x_hcpc_code.csv").unlink()
    with pytest.raises(ConfigurationError, match=r"missing are article_x_hcpc_code\.csv; give the CSV files"):
        read_coverage([folder], [], [CONTRACTOR])


def test_a_missing_column_is_named(folder: Path) -> None:
    file = folder / "article.csv"
    file.write_text(file.read_text().replace("article_eff_date", "effective"))
    with pytest.raises(ConfigurationError, match=r"article\.csv has no column article_eff_date"):
        read_coverage([folder], [], [CONTRACTOR])


def test_an_unknown_contractor_is_named_with_those_that_there_are() -> None:
    with pytest.raises(ConfigurationError, match=r"no article is of contractor nobody; .*Example Contractor, Inc\.;"):
        read_coverage([FOLDER], [], [CONTRACTOR, "Nobody"])


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read: No such file or directory"):
        read_coverage([tmp_path / "article.csv"], [], [CONTRACTOR])
