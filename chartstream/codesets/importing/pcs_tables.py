"""The tables of ICD-10-PCS as CMS publishes them in XML (``icd10pcs_tables_2026.xml``).

Layout: each ``pcsTable`` has axes 1 to 3 with one label each (the third with the operation's definition), then rows
(``pcsRow codes="99"``) of axes 4 to 7 with one label or more (``values="3"``). The two numbers say how many codes the
row holds and how many labels the axis has, so a damaged file gives itself away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

from chartstream.codesets.importing.published import refused, root_of
from chartstream.codesets.pcs import Axis, ProcedureTable

ROOT: Final = "ICD10PCS.tabular"
VALUE: Final = re.compile(r"[0-9A-HJ-NP-Z]")
"""A value of a code: a digit or a letter other than I and O."""


@dataclass(frozen=True, slots=True)
class PublishedTables:
    """One file: the year it states ("2026"), and its tables by their first three characters, in order."""

    version: str
    tables: dict[str, ProcedureTable]


def read_tables(path: Path) -> PublishedTables:
    """The tables in ``path``.

    Raises ``ConfigurationError`` for what is no such file, and for a table whose axes, values or numbers do not fit,
    named by its first three characters and its row.
    """
    root = root_of(path)
    if root.tag != ROOT:
        raise refused(path, f"holds no tables of ICD-10-PCS (its root is {root.tag[:40]})")
    tables: dict[str, ProcedureTable] = {}
    for number, element in enumerate(root.iterfind("pcsTable"), start=1):
        key, table = _table(path, number, element)
        if key in tables:  # a table may be printed in parts
            table = ProcedureTable(table.axes, table.definition, (*tables[key].rows, *table.rows))
        tables[key] = table
    if not tables:
        raise refused(path, "holds no table")
    return PublishedTables((root.findtext("version") or "").strip(), tables)


def codes_of(key: str, table: ProcedureTable) -> Iterator[str]:
    """Every code of a table; one that two rows hold comes twice."""
    for row in table.rows:
        for values in product(*(axis.labels for axis in row)):
            yield key + "".join(values)


def _table(path: Path, number: int, element: Element) -> tuple[str, ProcedureTable]:
    where = f"table {number}"
    axes = _axes(path, where, element, (1, 2, 3))
    if any(len(axis.labels) != 1 for axis in axes):
        raise refused(path, f"{where} has an axis 1, 2 or 3 without exactly one value")
    key = "".join(value for axis in axes for value in axis.labels)
    definition = " ".join((element.findtext("axis[@pos='3']/definition") or "").split())
    rows = tuple(
        _row(path, f"table {key}, row {at}", row) for at, row in enumerate(element.iterfind("pcsRow"), start=1)
    )
    if not rows:
        raise refused(path, f"table {key} has no row")
    return key, ProcedureTable(axes, definition, rows)


def _row(path: Path, where: str, element: Element) -> tuple[Axis, ...]:
    axes = _axes(path, where, element, (4, 5, 6, 7))
    stated, held = element.get("codes", ""), prod(len(axis.labels) for axis in axes)
    if stated != str(held):
        raise refused(path, f"{where} states {stated[:8] or 'no number of'} codes and holds {held}")
    return axes


def _axes(path: Path, where: str, element: Element, positions: Sequence[int]) -> tuple[Axis, ...]:
    found = element.findall("axis")
    if [axis.get("pos") for axis in found] != [str(position) for position in positions]:
        raise refused(path, f"{where} does not have the axes {positions[0]} to {positions[-1]} in order")
    return tuple(_axis(path, f"{where}, axis {at}", axis) for at, axis in zip(positions, found, strict=True))


def _axis(path: Path, where: str, element: Element) -> Axis:
    labels: dict[str, str] = {}
    for label in element.iterfind("label"):
        value, text = label.get("code", ""), " ".join((label.text or "").split())
        if VALUE.fullmatch(value) is None or not text:
            raise refused(path, f"{where} has a label without a value or a meaning")
        if value in labels:
            raise refused(path, f"{where} has the value {value} twice")
        labels[value] = text
    if element.get("values") != str(len(labels)) or not labels:
        raise refused(path, f"{where} does not hold as many values as it states")
    return Axis(" ".join((element.findtext("title") or "").split()), labels)
