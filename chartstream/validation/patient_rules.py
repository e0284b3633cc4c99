"""Which codes fit which patients: the rules of ``data/patient.yaml``, checked when they are loaded."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from chartstream.errors import ConfigurationError

_FILE = "patient.yaml"


class SexRule(BaseModel):
    """Codes, by their beginnings without dots, that one sex alone can have."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sex: Literal["FEMALE", "MALE"]
    source: str
    prefixes: tuple[str, ...]


class AgeRule(BaseModel):
    """Codes, by their beginnings without dots, and the ages in completed days at which they occur (inclusive)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    source: str
    prefixes: tuple[str, ...]
    min_days: int = 0
    max_days: int | None = None


class PatientRules(BaseModel):
    """All rules of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sex: tuple[SexRule, ...]
    age: tuple[AgeRule, ...]


@cache
def patient_rules() -> PatientRules:
    """The rules as shipped. Raises ``ConfigurationError`` when the file does not hold."""
    text = (files("chartstream.validation") / "data" / _FILE).read_text(encoding="utf-8")
    try:
        return PatientRules.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"{_FILE} of the edits does not hold: {error}; install the package again") from error
