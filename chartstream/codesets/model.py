"""What a code set says: releases and codes, as immutable values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

ICD10CM: Final = "ICD-10-CM"
ICD10PCS: Final = "ICD-10-PCS"
HCPCS: Final = "HCPCS"
CPT: Final = "CPT"
NCCI_PTP: Final = "NCCI PTP"
NCCI_MUE: Final = "NCCI MUE"
NCCI_ADD_ON: Final = "NCCI add-on"
FEE_SCHEDULE: Final = "Physician Fee Schedule"
MCE: Final = "Medicare Code Editor"
POA_EXEMPT: Final = "POA exempt"
CONVERSION: Final = "ICD-10 conversion"


@dataclass(frozen=True, slots=True)
class Release:
    """One published edition of a code set and the dates of service it holds for (both ends inclusive)."""

    system: str
    name: str
    effective_from: date
    effective_to: date

    def covers(self, day: date) -> bool:
        """Whether a service on ``day`` is coded with this release."""
        return self.effective_from <= day <= self.effective_to


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of the tabular list: a chapter, a block, a category, a subcategory or a code.

    ``code`` is written with its dot (``E11.22``). Notes (``excludes1`` and the like) are those printed at this very
    entry; those of its ancestors hold too: ``CodeSet.notes`` gathers them. ``seventh_characters`` maps the character
    to its meaning, at the entry that demands one.
    """

    code: str
    description: str
    billable: bool
    parent: str | None
    chapter: str
    children: Sequence[str] = ()
    inclusion_terms: Sequence[str] = ()
    includes: Sequence[str] = ()
    excludes1: Sequence[str] = ()
    excludes2: Sequence[str] = ()
    code_first: str = ""
    use_additional: str = ""
    code_also: str = ""
    seventh_characters: Mapping[str, str] = field(default_factory=dict)

    @property
    def category(self) -> str:
        """The first three characters, at which the tabular list groups its codes."""
        return self.code[:3]
