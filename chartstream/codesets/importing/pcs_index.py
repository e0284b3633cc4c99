"""The index of ICD-10-PCS as CMS publishes it in XML (``icd10pcs_index_2026.xml``).

Layout: letters hold main terms, these nested terms, each with or without a title. A term has a whole code (``code``),
the beginning of several (``codes``), a table's three characters (``tab``), another main term to look under (``see``)
or the value that a body part or a device is coded with (``use``); the latter two may carry codes of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

from chartstream.codesets.importing.published import refused, root_of
from chartstream.codesets.pcs import ProcedureIndexTerm

ROOT: Final = "ICD10PCS.index"
_CODES: Final = ("code", "codes", "tab")
_FORM: Final = re.compile(r"[0-9A-HJ-NP-Z]{1,7}")
_DEEPEST: Final = 12
"""Terms nest four or five deep; far more is no index."""


@dataclass(frozen=True, slots=True)
class PublishedIndex:
    """One file: the year it states, and its lines by the letter under which they stand, in order."""

    version: str
    letters: dict[str, Sequence[ProcedureIndexTerm]]


def read_index(path: Path) -> PublishedIndex:
    """The index in ``path``. Raises ``ConfigurationError`` for what is no such file, or a line with an impossible
    code.
    """
    root = root_of(path)
    if root.tag != ROOT:
        raise refused(path, f"holds no index of ICD-10-PCS (its root is {root.tag[:40]})")
    letters: dict[str, Sequence[ProcedureIndexTerm]] = {}
    for letter in root.iterfind("letter"):
        title = _words(letter.findtext("title") or "")
        lines = tuple(line for main in letter.iterfind("mainTerm") for line in _lines(path, main, ()))
        letters[title] = (*letters.get(title, ()), *lines)
    if not any(letters.values()):
        raise refused(path, "holds no term with a code or a reference")
    return PublishedIndex((root.findtext("version") or "").strip(), letters)


def _lines(path: Path, element: Element, above: tuple[str, ...]) -> Iterator[ProcedureIndexTerm]:
    title = _words(element.findtext("title") or "")
    words = (*above, title) if title else above
    if len(words) > _DEEPEST:
        raise refused(path, f"nests terms more than {_DEEPEST} deep under {words[0][:40]!r}")
    for code in _codes(path, element, words):
        yield ProcedureIndexTerm(words, code)
    for see in element.iterfind("see"):
        yield from (ProcedureIndexTerm(words, code, see=_own(see)) for code in _codes(path, see, words) or [""])
    for use in element.iterfind("use"):
        yield from (ProcedureIndexTerm(words, code, use=_own(use)) for code in _codes(path, use, words) or [""])
    for term in element.iterfind("term"):
        yield from _lines(path, term, words)


def _codes(path: Path, element: Element, words: Sequence[str]) -> list[str]:
    codes = [_words(child.text or "").rstrip("-") for child in element if child.tag in _CODES]
    for code in codes:
        if _FORM.fullmatch(code) is None:
            raise refused(path, f"has no code where one must be, under {' > '.join(words)[:80]!r}")
    return codes


def _own(element: Element) -> str:
    """The text of a reference without the codes inside it."""
    return _words(" ".join([element.text or "", *(child.tail or "" for child in element)]))


def _words(text: str) -> str:
    return " ".join(text.split())
