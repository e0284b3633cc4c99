"""The fields that our extraction takes from a document, against what the document states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Self

from chartstream.extraction.settle import DATE_BOUND, IDENTITY_BOUND

DATES = ("encounter_date", "admission_date", "discharge_date")
BOUNDS = dict.fromkeys(DATES, DATE_BOUND) | dict.fromkeys(("birth_date", "age", "sex"), IDENTITY_BOUND)

Found = Sequence[tuple[str, str, float]]
"""Name, value and confidence of each."""


@dataclass(slots=True)
class FieldCounts:
    """Sums over documents. ``relied_wrongly``: values that differ from the document's and reach the bound above which
    the stage relies on them; ``relied``: all values that reach it."""

    dates: int = 0
    dates_right: int = 0
    ages: int = 0
    ages_right: int = 0
    sexes: int = 0
    sexes_right: int = 0
    relied: int = 0
    relied_wrongly: int = 0

    def __iadd__(self, other: FieldCounts) -> Self:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        return self


def count_fields(truth: Mapping[str, str], found: Found) -> FieldCounts:
    """One document. A name's value is the one with the highest confidence; age or birth date: either one right."""
    best = {name: value for name, value, _ in sorted(found, key=lambda field: field[2])}
    counts = FieldCounts()
    for name in DATES:
        if name in truth:
            counts.dates += 1
            counts.dates_right += best.get(name) == truth[name]
    counts.ages, counts.sexes = int("birth_date" in truth or "age" in truth), int("sex" in truth)
    counts.ages_right = int(any(name in truth and best.get(name) == truth[name] for name in ("birth_date", "age")))
    counts.sexes_right = int("sex" in truth and best.get("sex") == truth["sex"])
    for name, value, confidence in found:
        if name in BOUNDS and confidence >= BOUNDS[name]:
            counts.relied += 1
            counts.relied_wrongly += not _agrees(truth, name, value)
    return counts


def _agrees(truth: Mapping[str, str], name: str, value: str) -> bool:
    if name == "encounter_date" and name not in truth and "admission_date" in truth:
        return truth["admission_date"] <= value <= truth.get("discharge_date", truth["admission_date"])
    return truth.get(name) == value
