"""ICD-10-PCS as its tables state it: which values may stand beside each other, what they mean, where a procedure is
found.

A code is seven characters. The first three name a table (section, body system, operation); each of its rows lists the
values that positions 4 to 7 may take together, so a code is valid when one row holds all four (ICD-10-PCS Official
Guidelines A5, A9).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

from chartstream.codesets.table import Reader

LENGTH: Final = 7
_TABLE_LENGTH: Final = 3
TABLES_KEY: Final = "tables"
INDEX_KEY: Final = "index"
DEFINITIONS_KEY: Final = "definitions"
"""Keys beside those of tables (three characters) and codes (seven); parts of the latter two lie under ``index:A``."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One position of a table or of a row: its title ("Approach") and the meaning of each value it may take."""

    title: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ProcedureTable:
    """The table of three characters: its axes 1 to 3, the definition of its operation, and rows of axes 4 to 7."""

    axes: Sequence[Axis]
    definition: str
    rows: Sequence[Sequence[Axis]]


@dataclass(frozen=True, slots=True)
class AxisConflict:
    """The ``value`` at ``position`` (1 to 7, titled ``axis``) may not stand beside the others; ``allowed`` would, each
    with its meaning.
    """

    position: int
    axis: str
    value: str
    allowed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ProcedureIndexTerm:
    """One line of the index. ``words`` are the titles from the main term down; ``code`` is a whole code or the first
    three to six characters of several; ``see`` another main term; ``use`` the value that a body part or a device has.
    Each of the three may be empty; a code may stand with ``see`` or ``use``.
    """

    words: Sequence[str]
    code: str = ""
    see: str = ""
    use: str = ""


@dataclass(frozen=True, slots=True)
class ProcedureDefinition:
    """What the values titled ``titles`` mean at ``position`` (titled ``axis``) of section ``section``."""

    section: str
    position: int
    axis: str
    titles: Sequence[str]
    definition: str = ""
    explanation: str = ""
    includes: Sequence[str] = ()


class ProcedureTables:
    """One release of ICD-10-PCS. Codes are upper case. Reads are cheap and safe from several threads."""

    def __init__(self, table: Reader) -> None:
        self._entries = table
        self._read = lru_cache(maxsize=1000)(self._read_table)
        self._why_not = lru_cache(maxsize=20_000)(self._compared)

    def valid(self, code: str) -> bool:
        """Whether ``code`` is a whole code: seven characters, one row of its table holds the last four."""
        return len(code) == LENGTH and self.why_not(code) is None

    def why_not(self, code: str) -> AxisConflict | None:
        """The value that makes seven characters no code, and those that would make them one; None for a valid code.

        Where several single changes would do, it is the value at which reading the table from the left comes to a
        stop, if that is one of them. Where no single change would do, it is that value too, with what the table has
        beside those to its left. Raises ``ValueError`` for anything but seven characters.
        """
        if len(code) != LENGTH:
            raise ValueError(f"a code of ICD-10-PCS has {LENGTH} characters")
        return self._why_not(code)

    def table(self, first_three: str) -> ProcedureTable | None:
        """The table of the first three characters, or None."""
        return self._read(first_three)

    def tables(self) -> Iterator[str]:
        """The first three characters of every table, in order."""
        for section, systems in self._overview["values"].items():
            for system, operations in systems["values"].items():
                yield from (section + system + operation for operation in operations["values"])

    def title(self, code: str) -> str | None:
        """The official title of a code where it is known, else its values' meanings; None for what is no code."""
        if not self.valid(code):
            return None
        raw = self._entries.get(code)
        if raw is not None and (description := json.loads(raw).get("description")):
            return str(description)
        found = self.table(code[:_TABLE_LENGTH])
        return None if found is None else composed_title(found, code)

    def index(self) -> Iterator[ProcedureIndexTerm]:
        """Every line of the index in order; none where it was not imported."""
        for letter in self._list(INDEX_KEY):
            yield from (ProcedureIndexTerm(**line) for line in self._list(f"{INDEX_KEY}:{letter}"))

    def definitions(self) -> Iterator[ProcedureDefinition]:
        """Every definition in order; none where they were not imported."""
        for section in self._list(DEFINITIONS_KEY):
            yield from (ProcedureDefinition(**term) for term in self._list(f"{DEFINITIONS_KEY}:{section}"))

    @cached_property
    def _overview(self) -> dict[str, Any]:
        """Sections, body systems and operations: ``{"axis": title, "values": {value: {"label": …, "axis": …}}}``."""
        raw = self._entries.get(TABLES_KEY)
        return {"axis": "Section", "values": {}} if raw is None else dict(json.loads(raw))

    def _compared(self, code: str) -> AxisConflict | None:
        found = self.table(code[:_TABLE_LENGTH])
        return _unknown(self._overview, code, 1) if found is None else _conflict(found.rows, code)

    def _list(self, key: str) -> list[Any]:
        raw = self._entries.get(key)
        return [] if raw is None else list(json.loads(raw))

    def _read_table(self, key: str) -> ProcedureTable | None:
        raw = self._entries.get(key) if len(key) == _TABLE_LENGTH else None
        if raw is None:
            return None
        record = json.loads(raw)
        return ProcedureTable(_axes(record["axes"]), record.get("definition", ""), tuple(map(_axes, record["rows"])))


@lru_cache(maxsize=8)
def procedure_tables(table: Reader) -> ProcedureTables:
    """The release in ``table``, the same object each time, so that what was read stays read."""
    return ProcedureTables(table)


def composed_title(table: ProcedureTable, code: str) -> str:
    """The meanings of the values from the operation on, without those that say only that there is no device or
    qualifier: "Bypass, Cerebral Ventricle, Open, Synthetic Substitute, Atrium". ``code`` must be one of the table's.
    """
    row = next(row for row in table.rows if _holds(row, code[3:]))
    values = list(zip((*table.axes, *row), code, strict=True))[2:]
    labels = [axis.labels[value] for axis, value in values if not (value == "Z" and _is_none(axis.labels[value]))]
    return ", ".join(labels)


def _is_none(label: str) -> bool:
    return label == "None" or label.startswith("No ")


def _axes(record: Sequence[tuple[str, dict[str, str]]]) -> tuple[Axis, ...]:
    return tuple(Axis(title, labels) for title, labels in record)


def _unknown(level: Mapping[str, Any], code: str, position: int) -> AxisConflict:
    """The first of the positions 1 to 3 whose value opens no table beside those before it."""
    labels = {value: entry["label"] for value, entry in level["values"].items()}
    value = code[position - 1]
    if value not in labels or position == _TABLE_LENGTH:
        return AxisConflict(position, level["axis"], value, labels)
    return _unknown(level["values"][value], code, position + 1)


def _conflict(rows: Sequence[Sequence[Axis]], code: str) -> AxisConflict | None:
    values = code[_TABLE_LENGTH:]
    if any(_holds(row, values) for row in rows):
        return None
    stop = next(at for at in range(len(values)) if not any(_holds(row, values[: at + 1]) for row in rows))
    mended = {at: axis for at in range(stop + 1) if (axis := _allowed(rows, values, at, range(len(values)))).labels}
    # A value left of the stop can be the only wrong one: a body part that takes this approach, but not this device.
    at = stop if stop in mended or not mended else max(mended)
    axis = mended[at] if at in mended else _allowed(rows, values, at, range(at))
    return AxisConflict(at + _TABLE_LENGTH + 1, axis.title, values[at], axis.labels)


def _holds(row: Sequence[Axis], values: str) -> bool:
    """Whether ``row`` allows ``values`` at its first positions."""
    return all(value in axis.labels for axis, value in zip(row, values, strict=False))


def _allowed(rows: Sequence[Sequence[Axis]], values: str, at: int, others: Iterable[int]) -> Axis:
    """What may stand at ``at`` (from 0, in the row) beside the values at ``others``."""
    beside = [other for other in others if other != at]
    fitting = [row for row in rows if all(values[other] in row[other].labels for other in beside)]
    labels = {value: label for row in fitting for value, label in row[at].labels.items()}
    return Axis(fitting[0][at].title if fitting else "", dict(sorted(labels.items())))
