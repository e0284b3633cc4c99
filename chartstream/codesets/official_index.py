"""The official indexes of ICD-10-CM as CMS publishes them in XML: Alphabetic Index, Neoplasm Table, Table of Drugs and
Chemicals, External Cause Index.

Layout (icd10cm-index.xsd): letters hold main terms, these nested terms; each has a title with its nonessential
modifiers (``nemod``), and a ``code``, the cells of a table (``cell col="2"`` …), or a reference (``see``, ``seeAlso``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

from chartstream.codesets.importing.published import refused, root_of


class IndexKind(StrEnum):
    """Which of the four."""

    ALPHABETIC = "alphabetic"
    NEOPLASM = "neoplasm"
    DRUG = "drug"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class IndexTerm:
    """One coded line of an index.

    ``words`` are the titles from the main term down, without nonessential modifiers; ``column`` is a table's
    ("Malignant Primary"), else empty. ``code`` is as printed without its closing hyphen, ``manifestation`` the code in
    brackets.
    """

    words: Sequence[str]
    code: str
    column: str = ""
    manifestation: str = ""


@dataclass(frozen=True, slots=True)
class OfficialIndex:
    """One file: its kind, the edition it states, and its coded lines in order."""

    kind: IndexKind
    edition: str
    terms: Sequence[IndexTerm]


_TABLES: Final = {"Neoplasm": IndexKind.NEOPLASM, "Substance": IndexKind.DRUG}
_EXTERNAL: Final = "EXTERNAL CAUSE"
ROOT: Final = "ICD10CM.index"
SYSTEMS: Final[Mapping[IndexKind, str]] = {
    IndexKind.ALPHABETIC: "ICD-10-CM Alphabetic Index",
    IndexKind.NEOPLASM: "ICD-10-CM Table of Neoplasms",
    IndexKind.DRUG: "ICD-10-CM Table of Drugs and Chemicals",
    IndexKind.EXTERNAL: "ICD-10-CM External Cause Index",
}
"""What each index is called among the installed releases."""
_FIRST_COLUMN: Final = re.compile(r"<head col=\"1\">([^<]*)")
_TITLE: Final = re.compile(r"<title>([^<]*)")
# "NEC" and "NOS" in a title say where else to look, not what the note says.
_NO_WORDS: Final = frozenset({"NEC", "NOS"})


def kind_of_head(text: str) -> IndexKind:
    """The kind of an index by the beginning of its file: a table names what its first column holds."""
    first = _FIRST_COLUMN.search(text)
    if first is not None:
        return _TABLES.get(first.group(1).strip(), IndexKind.NEOPLASM)
    title = _TITLE.search(text)
    return IndexKind.EXTERNAL if title is not None and _EXTERNAL in title.group(1).upper() else IndexKind.ALPHABETIC


def read_official_index(path: Path) -> OfficialIndex:
    """The index in ``path``. Raises ``ConfigurationError`` for what is no such file."""
    root = root_of(path)
    if root.tag != ROOT or root.find("letter") is None:
        raise refused(
            path,
            f"is no index of ICD-10-CM (root {root.tag})",
            "give the XML files of the index, of the neoplasm or the drug table, or of the external cause index",
        )
    columns = {head.get("col", ""): _text(head) for head in root.iterfind("indexHeading/head")}
    terms = tuple(term for main in root.iterfind("letter/mainTerm") for term in _lines(main, (), columns))
    return OfficialIndex(_kind(root, columns), (root.findtext("version") or "").strip(), terms)


def _kind(root: Element, columns: Mapping[str, str]) -> IndexKind:
    if columns:
        return _TABLES.get(columns.get("1", ""), IndexKind.NEOPLASM)
    return IndexKind.EXTERNAL if _EXTERNAL in (root.findtext("title") or "").upper() else IndexKind.ALPHABETIC


def _lines(element: Element, above: Sequence[str], columns: Mapping[str, str]) -> Iterator[IndexTerm]:
    title = element.find("title")
    words = (*above, _title(title) if title is not None else "")
    code = _code(element.findtext("code"))
    if code:
        yield IndexTerm(words, code, manifestation=_code(element.findtext("manif")))
    for cell in element.iterfind("cell"):
        code = _code(cell.text)
        if code:
            yield IndexTerm(words, code, columns.get(cell.get("col", ""), ""))
    for term in element.iterfind("term"):
        yield from _lines(term, words, columns)


def _title(element: Element) -> str:
    """The title without its nonessential modifiers."""
    own = [element.text or "", *(child.tail or "" for child in element)]
    return " ".join(word for word in " ".join(own).split() if word not in _NO_WORDS)


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _code(text: str | None) -> str:
    """``C50.9-`` as ``C50.9``, ``--`` (none) as nothing."""
    return (text or "").strip(" []").rstrip("-").rstrip(".")
