"""Coverage lists out of the Medicare Coverage Database: the CSV files of CMS's download of articles.

Billing and coding articles of Medicare's contractors list the procedures of a local coverage determination and, in
groups, the diagnoses that support them. Read are ``article.csv`` (one row a version), ``article_x_hcpc_code.csv``,
``article_x_icd10_covered.csv``, ``article_x_contractor.csv`` with ``contractor.csv`` (whose article it is) and, where
they are there, ``article_x_icd10_noncovered.csv``, ``article_x_icd10_covered_group.csv`` (the paragraph above each
group) and ``article_related_documents.csv`` (which determination an article belongs to).
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from chartstream.errors import ConfigurationError
from chartstream.validation.policy.codes import diagnosis_codes, service_codes
from chartstream.validation.policy.medicare_download import Row, tables_of

Article = tuple[str, str]
"""Number and version."""

_PUBLISHED = {"A", "R"}  # active and retired; P is not in force yet, D a draft
_TAG = re.compile(r"<[^>]+>")
_PROCEDURE = re.compile(r"\b(?:[A-Z]\d{4}|\d{4}[0-9A-Z])\b")
_SOURCE = "CMS Medicare Coverage Database, article download"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was read: coverage lists in the form of a policy file, and what a person should look at.

    ``worded``: groups with a paragraph that may set a condition (a second diagnosis, say), which no list can express.
    ``left_out``: articles without procedures or diagnoses, drafts, and those whose dates are not stated.
    ``not_codes``: rows whose code is none (CMS writes XX000 where no code is meant).
    """

    lists: Sequence[dict[str, Any]]
    worded: int
    left_out: int
    not_codes: int


@dataclass(slots=True)
class _Reading:
    covered: dict[Article, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    not_covered: dict[Article, list[str]] = field(default_factory=lambda: defaultdict(list))
    procedures: dict[Article, list[str]] = field(default_factory=lambda: defaultdict(list))
    paragraphs: dict[tuple[Article, str], str] = field(default_factory=dict)
    determinations: dict[Article, list[str]] = field(default_factory=lambda: defaultdict(list))
    not_codes: int = 0


def read_coverage(paths: Sequence[Path], payers: Sequence[str], contractors: Sequence[str]) -> Coverage:
    """The coverage lists of some CSV files, of a folder of them, or of the archive as downloaded.

    ``payers`` are bound by them; ``contractors`` are the Medicare contractors whose articles are meant, by name or
    number: each has its own for the same procedures. Raises ``ConfigurationError`` for a file that is missing or has
    other columns, and for a contractor of whom there is no article.
    """
    tables = tables_of(paths)
    chosen = _of_contractors(tables, contractors)
    articles = [row for row in tables["article.csv"] if _article(row) in chosen]
    reading = _read(tables, chosen)
    lists = [one for row in articles if (one := _list(row, reading)) is not None]
    if payers:
        lists = [{**one, "when": {"payer": list(payers)}} for one in lists]
    return Coverage(
        lists=lists,
        worded=sum(1 for paragraph in reading.paragraphs.values() if paragraph),
        left_out=len(articles) - len(lists),
        not_codes=reading.not_codes,
    )


def _of_contractors(tables: Mapping[str, Sequence[Row]], contractors: Sequence[str]) -> set[Article]:
    """The articles of some contractors, by name (in any case) or number."""
    called = {
        row["contractor_id"]: {row["contractor_bus_name"].strip().lower(), row["contractor_number"].strip()}
        for row in tables["contractor.csv"]
    }
    of = tables["article_x_contractor.csv"]
    wanted = {name.strip().lower() for name in contractors}
    present = {name for row in of for name in called.get(row["contractor_id"], ())}
    if unknown := sorted(wanted - present):
        names = sorted({row["contractor_bus_name"].strip() for row in tables["contractor.csv"]})
        raise ConfigurationError(
            f"no article is of contractor {', '.join(unknown)}; name one of the download's: {'; '.join(names)}"
        )
    return {_article(row) for row in of if not wanted.isdisjoint(called.get(row["contractor_id"], ()))}


def _read(tables: Mapping[str, Sequence[Row]], chosen: set[Article]) -> _Reading:
    reading = _Reading()
    tables = {
        name: [row for row in rows if _article(row) in chosen]
        for name, rows in tables.items()
        if name != "contractor.csv"
    }
    for row in tables["article_x_hcpc_code.csv"]:
        if _named(row["hcpc_code_id"], service_codes, reading):
            reading.procedures[_article(row)].append(row["hcpc_code_id"].strip().upper())
    for row in tables["article_x_icd10_covered.csv"]:
        if _named(row["icd10_code_id"], diagnosis_codes, reading):
            group = row["icd10_covered_group"].strip() or "1"
            reading.covered[_article(row)][group].append(row["icd10_code_id"].strip().upper())
    for row in tables.get("article_x_icd10_noncovered.csv", ()):
        if _named(row["icd10_code_id"], diagnosis_codes, reading):
            reading.not_covered[_article(row)].append(row["icd10_code_id"].strip().upper())
    for row in tables.get("article_x_icd10_covered_group.csv", ()):
        reading.paragraphs[_article(row), row["icd10_covered_group"].strip()] = _plain(row["paragraph"])
    for row in tables.get("article_related_documents.csv", ()):
        if (number := row["r_lcd_id"].strip()) not in {"", "0"}:
            reading.determinations[_article(row)].append(f"L{number}")
    return reading


def _named(code: str, codes: Any, reading: _Reading) -> bool:
    try:
        codes([code])
    except ValueError:
        reading.not_codes += 1
        return False
    return True


def _list(row: Row, reading: _Reading) -> dict[str, Any] | None:
    article = _article(row)
    procedures = sorted(set(reading.procedures.get(article, ())))
    covered, not_covered = reading.covered.get(article, {}), sorted(set(reading.not_covered.get(article, ())))
    begin, end = _date(row["article_eff_date"]), _end(row)
    status = row["status"].strip().upper()
    dated = begin is not None and (status != "R" or end is not None)
    if status not in _PUBLISHED or not dated or not procedures or not (covered or not_covered):
        return None
    number, version = article
    lcds = "".join(f"LCD {lcd}, " for lcd in dict.fromkeys(reading.determinations.get(article, ())))
    listed: dict[str, Any] = {
        "name": f"article_a{number}_v{version}",
        "number": f"{lcds}article A{number}",
        "source": f"{_SOURCE}, version {version}: {_plain(row['title'])}",
        "from": str(begin),
        "procedures": procedures,
    }
    if end is not None:
        listed["to"] = end.isoformat()
    if covered:
        listed["groups"] = [
            _group(name, codes, procedures, reading, article) for name, codes in sorted(covered.items())
        ]
    if not_covered:
        listed["not_covered"] = not_covered
    return listed


def _group(
    name: str, codes: Sequence[str], procedures: Sequence[str], reading: _Reading, article: Article
) -> dict[str, Any]:
    """A group; where its paragraph names some of the article's procedures, it is for these."""
    group: dict[str, Any] = {"name": name, "diagnoses": sorted(set(codes))}
    paragraph = reading.paragraphs.get((article, name), "")
    named = sorted(set(_PROCEDURE.findall(paragraph.upper())) & set(procedures))
    if named and named != list(procedures):
        group["procedures"] = named
    return group


def _article(row: Row) -> Article:
    return row["article_id"].strip(), row["article_version"].strip()


def _end(row: Row) -> date | None:
    stated = (row.get(name) or "" for name in ("article_end_date", "article_rev_end_date", "date_retired"))
    return next((day for text in stated if (day := _date(text)) is not None), None)


def _date(text: str) -> date | None:
    """Dates as CMS prints them: 2026-03-01 00:00:00, or 03/01/2026."""
    for form in ("%Y-%m-%d", "%m/%d/%Y"):
        try:
            return datetime.strptime(text.strip()[:10], form).date()  # noqa: DTZ007  (a plain date)
        except ValueError:
            continue
    return None


def _plain(text: str) -> str:
    return " ".join(_TAG.sub(" ", html.unescape(html.unescape(text))).split())
