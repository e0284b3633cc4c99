"""Families of procedure codes and kinds of visits: the rows of ``data/services.yaml``, checked when they are loaded."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from chartstream.validation.rule_files import shipped_rules

_FILE = "services.yaml"
_CONFIG = ConfigDict(frozen=True, extra="forbid")
_LENGTH = 5


def _well_formed(span: str) -> str:
    low, _, high = span.partition("-")
    if len(low) != _LENGTH or (high and (len(high) != _LENGTH or _form(low) != _form(high) or high <= low)):
        raise ValueError(f"{span!r} is neither a code of five characters nor a range of two codes of one form")
    return span


Codes = tuple[Annotated[str, AfterValidator(_well_formed)], ...]
"""Codes (``G0402``) and ranges of codes of one form, both ends included (``99202-99499``)."""


class Family(BaseModel):
    """Codes that rules speak of together."""

    model_config = _CONFIG

    name: str
    source: str
    codes: Codes


class Visit(BaseModel):
    """A kind of visit: its codes, those for new and for established patients, and its places of service: where it
    never, or alone, takes place.
    """

    model_config = _CONFIG

    name: str
    source: str
    codes: Codes
    new: Codes = ()
    established: Codes = ()
    never_at: tuple[str, ...] = ()
    only_at: tuple[str, ...] = ()

    def fits(self, place: str) -> bool:
        """Whether the visit can take place there."""
        return place not in self.never_at and (not self.only_at or place in self.only_at)


class CodeList(BaseModel):
    """Codes with the source that names them."""

    model_config = _CONFIG

    source: str
    codes: Codes


class Places(BaseModel):
    """The codes of places of service that are assigned."""

    model_config = _CONFIG

    source: str
    codes: frozenset[str]


class InpatientHcpcs(CodeList):
    """HCPCS codes that an inpatient claim carries, and the revenue code of their lines."""

    revenue_code: str


class Prefixes(BaseModel):
    """Beginnings of diagnosis codes, without a dot."""

    model_config = _CONFIG

    source: str
    prefixes: tuple[str, ...]


class ServiceRules(BaseModel):
    """All rows of the file."""

    model_config = _CONFIG

    families: tuple[Family, ...]
    visits: tuple[Visit, ...]
    places: Places
    fractional_units: CodeList
    inpatient_hcpcs: InpatientHcpcs
    add_on_alone_allowed: CodeList
    supplementary_diagnoses: Prefixes


@cache
def service_rules() -> ServiceRules:
    """The rows as shipped. Raises ``ConfigurationError`` when the file does not hold."""
    return shipped_rules(_FILE, ServiceRules)


def listed(code: str, codes: Codes) -> bool:
    """Whether a code of CPT or HCPCS is one of ``codes`` or lies in one of their ranges."""
    return any(_within(code, span) for span in codes)


@lru_cache(maxsize=20_000)
def families(code: str) -> frozenset[str]:
    """The names of the families that a code belongs to."""
    return frozenset(family.name for family in service_rules().families if listed(code, family.codes))


@lru_cache(maxsize=20_000)
def visit(code: str) -> Visit | None:
    """The kind of visit that a code stands for, or None."""
    return next((one for one in service_rules().visits if listed(code, one.codes)), None)


def _within(code: str, span: str) -> bool:
    low, _, high = span.partition("-")
    return code == low or (bool(high) and _form(code) == _form(low) and low <= code <= high)


def _form(code: str) -> tuple[int, str, str]:
    """Where a code has its letter, if any: 0054T stands between 00100 and 01999 in no list."""
    return len(code), code[:1] if code[:1].isalpha() else "", code[-1:] if code[-1:].isalpha() else ""
