"""The charts of notes/*.yaml: what a careful coder would put on the claim, written before the engine was run on them.

A file is a list of mappings:

- ``id``, ``age``, ``sex``; ``setting`` (``professional`` unless stated).
- ``note``: the text.
- ``codes``: what the claim carries by the ICD-10-CM Official Guidelines FY2026 and the tabular list, first-listed
  first; ``A|B`` where both are sound. ``optional``: what may be added and is neither asked for nor held against the
  coder (place and activity of an injury, status codes without bearing on the visit).
- ``any_first: true`` where the guidelines leave open which is listed first.
- ``why``: the reason for a code that one might doubt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

NOTES = Path(__file__).parent / "notes"

Half = Literal["F", "K", "C", "all"]
"""Half F is open while rules are written; of the rest, part K fits confidences (with F) and part C checks all."""

_CLOSED = frozenset({"closed"})
"""Files of which nothing goes to half F."""

_KEYS = frozenset({"id", "age", "sex", "setting", "note", "codes", "optional", "any_first", "why"})


@dataclass(frozen=True, slots=True)
class Chart:
    """One note; ``codes`` holds for each expected code all that count as it, the preferred one first."""

    chart_id: str
    specialty: str
    note: str
    codes: Sequence[tuple[str, ...]]
    optional: frozenset[str]
    setting: str = "professional"
    age: int | None = None
    sex: str | None = None
    any_first: bool = False

    @property
    def half(self) -> Half:
        """The part that the chart belongs to, by a hash of its id."""
        first, second = hashlib.sha256(self.chart_id.encode()).digest()[:2]
        if first % 2 == 0 and self.specialty not in _CLOSED:
            return "F"
        return "K" if second % 2 == 0 else "C"


def charts(half: Half = "all", folder: Path = NOTES) -> list[Chart]:
    """The charts of a half, by file and place. Raises ``ValueError`` naming the chart that is not as it must be."""
    found = [
        _chart(entry, path.stem)
        for path in sorted(folder.glob("*.yaml"))
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]
    doubled = len(found) - len({chart.chart_id for chart in found})
    if doubled:
        raise ValueError(f"{doubled} charts share an id; give each its own")
    return [chart for chart in found if half in ("all", chart.half)]


def _chart(entry: dict[str, Any], specialty: str) -> Chart:
    unknown = entry.keys() - _KEYS
    missing = {"id", "note", "codes"} - entry.keys()
    if unknown or missing:
        raise ValueError(f"chart {entry.get('id', '?')} of {specialty}: unknown {unknown}, missing {missing}")
    codes = [tuple(code.split("|")) for code in entry["codes"]]
    listed = [code for group in codes for code in group]
    if len(listed) != len(set(listed)):
        raise ValueError(f"chart {entry['id']}: a code is listed twice")
    return Chart(
        chart_id=entry["id"],
        specialty=specialty,
        note=entry["note"],
        codes=codes,
        optional=frozenset(entry.get("optional", ())) - set(listed),
        setting=entry.get("setting", "professional"),
        age=entry.get("age"),
        sex=entry.get("sex"),
        any_first=entry.get("any_first", False),
    )
