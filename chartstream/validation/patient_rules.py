"""Which codes fit which patients: the rules of ``data/patient.yaml``, checked when they are loaded."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from chartstream.events.encounter import PatientFacts, Sex
from chartstream.medicare.editor import CodeEdit
from chartstream.validation.rule_files import shipped_rules

OTHERS_ONLY: Final[Mapping[Sex, CodeEdit]] = {Sex.MALE: CodeEdit.FEMALE, Sex.FEMALE: CodeEdit.MALE}
"""By a patient's registered sex: what is said of codes for the other sex only."""

_DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Age:
    """The least and the greatest age that the facts allow, in completed days and in completed years."""

    min_days: int
    max_days: int
    min_years: int
    max_years: int


def age_of(facts: PatientFacts) -> Age | None:
    """The age on the first date of service, or None where nothing is known of it. Days without years allow two ages in
    years around a birthday; years without days allow a whole year of days.
    """
    return _age(facts.age_days, facts.age_years)


@lru_cache(maxsize=4_096)
def _age(days: int | None, years: int | None) -> Age | None:
    if days is not None:
        return Age(days, days, days // 366, days // 365) if years is None else Age(days, days, years, years)
    if years is None:
        return None
    return Age(math.floor(years * _DAYS_A_YEAR), math.ceil((years + 1) * _DAYS_A_YEAR) - 1, years, years)


class SexRule(BaseModel):
    """Codes, by their beginnings without dots, that one sex alone can have."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sex: Literal["FEMALE", "MALE"]
    source: str
    prefixes: tuple[str, ...]


class AgeRule(BaseModel):
    """The ages at which some codes occur, in completed days or years (inclusive). The codes are given by their
    beginnings without dots, or are those that Medicare's editor lists under ``edit``. It holds for dates of service
    from ``since`` to ``until`` (inclusive).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    source: str
    prefixes: tuple[str, ...] = ()
    edit: CodeEdit | None = None
    min_days: int | None = None
    max_days: int | None = None
    min_years: int | None = None
    max_years: int | None = None
    since: date = date.min
    until: date = date.max

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if bool(self.prefixes) == (self.edit is not None):
            raise ValueError(f"{self.name}: give either prefixes or an edit")
        if all(bound is None for bound in (self.min_days, self.max_days, self.min_years, self.max_years)):
            raise ValueError(f"{self.name}: give at least one bound")
        return self

    def excludes(self, age: Age) -> bool:
        """Whether no age that is possible lies within the bounds."""
        return (
            (self.min_days is not None and age.max_days < self.min_days)
            or (self.max_days is not None and age.min_days > self.max_days)
            or (self.min_years is not None and age.max_years < self.min_years)
            or (self.max_years is not None and age.min_years > self.max_years)
        )


class PatientRules(BaseModel):
    """All rules of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sex: tuple[SexRule, ...]
    age: tuple[AgeRule, ...]


@cache
def patient_rules() -> PatientRules:
    """The rules as shipped. Raises ``ConfigurationError`` when the file does not hold."""
    return shipped_rules("patient.yaml", PatientRules)
