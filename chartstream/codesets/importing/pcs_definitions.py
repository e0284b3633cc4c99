"""The definitions of ICD-10-PCS as CMS publishes them in XML (``icd10pcs_definitions_2026.xml``).

Layout: sections (``code``) hold axes (``pos``) with ``terms``: one title or several (left and right), a definition, an
explanation, and what is included (procedures, parts of the body, trade names of devices), one line or many. The
aggregation of devices at the end is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

from chartstream.codesets.importing.pcs_tables import VALUE
from chartstream.codesets.importing.published import refused, root_of
from chartstream.codesets.pcs import LENGTH, ProcedureDefinition

ROOT: Final = "ICD10PCS.definitions"


@dataclass(frozen=True, slots=True)
class PublishedDefinitions:
    """One file: the year it states, its terms by section in order, and how many lines on the aggregation of devices
    were left out.
    """

    version: str
    sections: dict[str, Sequence[ProcedureDefinition]]
    aggregations: int


def read_definitions(path: Path) -> PublishedDefinitions:
    """The definitions in ``path``. Raises ``ConfigurationError`` for what is no such file, or a term that has no
    place or no title.
    """
    root = root_of(path)
    if root.tag != ROOT:
        raise refused(path, f"holds no definitions of ICD-10-PCS (its root is {root.tag[:40]})")
    sections: dict[str, Sequence[ProcedureDefinition]] = {}
    for section in root.iterfind("section"):
        code = section.get("code", "")
        if VALUE.fullmatch(code) is None:
            raise refused(path, f"has a section without a value after {len(sections)} sections")
        terms = tuple(
            _term(path, code, axis, term) for axis in section.iterfind("axis") for term in axis.iterfind("terms")
        )
        sections[code] = (*sections.get(code, ()), *terms)
    if not any(sections.values()):
        raise refused(path, "holds no definition")
    aggregations = len(root.findall("deviceAggregation/aggregate"))
    return PublishedDefinitions((root.findtext("version") or "").strip(), sections, aggregations)


def _term(path: Path, section: str, axis: Element, term: Element) -> ProcedureDefinition:
    position = axis.get("pos", "")
    if position not in {str(at) for at in range(1, LENGTH + 1)}:
        raise refused(path, f"section {section} has an axis that is none of 1 to {LENGTH}")
    titles = _texts(term, "title")
    if not titles:
        raise refused(path, f"section {section}, axis {position} has a term without a title")
    return ProcedureDefinition(
        section,
        int(position),
        " ".join((axis.findtext("title") or "").split()),
        titles,
        " ".join(_texts(term, "definition")),
        " ".join(_texts(term, "explanation")),
        _texts(term, "includes"),
    )


def _texts(term: Element, tag: str) -> tuple[str, ...]:
    found = (" ".join((element.text or "").split()) for element in term.iterfind(tag))
    return tuple(text for text in found if text)
