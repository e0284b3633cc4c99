"""The routing policy: risk classes and what holds for all claims. Data, read from a YAML file and checked at start."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from chartstream.errors import ConfigurationError


class RiskClass(BaseModel):
    """Codes that share a risk, by their beginnings without dots, or, where it is the class of ``drivers``, because a
    payment group rests on them alone. ``priority`` is that of their reviews, 1 the most urgent to 9.
    ``mandatory_review``: a person sees every claim with such a code, whatever the confidence.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    source: str
    prefixes: tuple[str, ...] = ()
    drivers: bool = False
    priority: int = Field(ge=1, le=9)
    mandatory_review: bool = False

    @model_validator(mode="after")
    def _of_one_kind(self) -> Self:
        if self.drivers == bool(self.prefixes):
            raise ValueError(f"the class {self.name} must have either prefixes or the drivers of payment groups")
        return self


class Policy(BaseModel):
    """The whole policy. ``classes`` stand from the highest risk to the lowest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    audit_share: float = Field(ge=0, le=1)
    review_due_hours: int = Field(gt=0)
    classes: tuple[RiskClass, ...] = Field(min_length=1)

    _by_prefix: dict[str, RiskClass] = PrivateAttr(default_factory=dict)
    _rank: dict[str, int] = PrivateAttr(default_factory=dict)
    _sha256: str = PrivateAttr(default="")

    @model_validator(mode="after")
    def _index(self) -> Self:
        for risk in self.classes:
            for prefix in risk.prefixes:
                if prefix in self._by_prefix:
                    raise ValueError(f"the prefix {prefix!r} stands in two classes")
                self._by_prefix[prefix] = risk
        if sum(risk.drivers for risk in self.classes) > 1:
            raise ValueError("two classes are those of the drivers of payment groups")
        self._rank.update({risk.name: rank for rank, risk in enumerate(self.classes)})
        if "" not in self._by_prefix:
            raise ValueError('no class has the prefix "", so some codes would have no class')
        self._sha256 = hashlib.sha256(self.model_dump_json().encode()).hexdigest()
        return self

    @property
    def sha256(self) -> str:
        """Hash of what the policy says (not of how its file is written); certificates name it."""
        return self._sha256

    def risk_of(self, code: str, drivers: Collection[str] = ()) -> RiskClass:
        """The class of a code (with or without its dot): the one with the longest beginning that fits, or that of the
        claim's ``drivers`` where the code is one of them and that class is of the higher risk.
        """
        plain = code.replace(".", "").upper()
        named = next(
            self._by_prefix[plain[:length]] for length in range(len(plain), -1, -1) if plain[:length] in self._by_prefix
        )
        driving = [risk for risk in self.classes if risk.drivers and code in drivers]
        return min((named, *driving), key=lambda risk: self._rank[risk.name])

    def highest(self, codes: Iterable[str], drivers: Collection[str] = ()) -> RiskClass | None:
        """The class of the highest risk among some codes; None for no codes."""
        classes = (self.risk_of(code, drivers) for code in codes)
        return min(classes, key=lambda risk: self._rank[risk.name], default=None)

    @classmethod
    def load(cls, path: Path) -> Policy:
        """The policy in a file. Raises ``ConfigurationError`` when it cannot be read or does not hold."""
        try:
            return _parsed(path.read_text(encoding="utf-8"), path.name)
        except OSError as error:
            raise ConfigurationError(
                f"the policy {path.name} cannot be read: {error.strerror}; check the path"
            ) from error


@cache
def default_policy() -> Policy:
    """The policy as shipped."""
    return _parsed((files("chartstream.routing") / "data" / "policy.yaml").read_text(encoding="utf-8"), "policy.yaml")


def _parsed(text: str, name: str) -> Policy:
    try:
        return Policy.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"the policy {name} does not hold: {error}; correct it") from error
