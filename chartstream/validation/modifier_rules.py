"""What is known of modifiers: the rows of ``data/modifiers.yaml``, checked when they are loaded."""

from __future__ import annotations

from functools import cache, cached_property
from itertools import combinations, product
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from chartstream.codesets.services import FeeIndicators
from chartstream.events.encounter import ClaimType
from chartstream.validation.rule_files import shipped_rules
from chartstream.validation.service_rules import service_rules

_FILE = "modifiers.yaml"
_CONFIG = ConfigDict(frozen=True, extra="forbid")


class ModifierList(BaseModel):
    """Modifiers with the source that names them."""

    model_config = _CONFIG

    source: str
    codes: frozenset[str]


class NcciModifiers(BaseModel):
    """The modifiers that may bypass an NCCI edit: of a site, of a distinct service, and others."""

    model_config = _CONFIG

    source: str
    anatomic: frozenset[str]
    distinct: frozenset[str]
    other: frozenset[str]

    @cached_property
    def every(self) -> frozenset[str]:
        """All of them."""
        return self.anatomic | self.distinct | self.other


class SideModifiers(BaseModel):
    """The modifiers that state a side of the body."""

    model_config = _CONFIG

    source: str
    left: frozenset[str]
    right: frozenset[str]


class RepeatModifiers(BaseModel):
    """What tells a second line of one code from the first: it is done again, or it is another part of the service."""

    model_config = _CONFIG

    source: str
    again: frozenset[str]
    part: frozenset[str]


class Conflict(BaseModel):
    """Modifiers that do not go together on one line: any two of a list, or one of a list with one of another."""

    model_config = _CONFIG

    any_two_of: tuple[str, ...] = ()
    one: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    certain: bool
    reason: str
    source: str

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if bool(self.any_two_of) == bool(self.one and self.other):
            raise ValueError("a conflict is either any_two_of, or one with other")
        return self

    def pairs(self) -> frozenset[frozenset[str]]:
        """The pairs that it forbids."""
        found = [*combinations(self.any_two_of, 2), *product(self.one, self.other)]
        return frozenset(frozenset(pair) for pair in found)


class Use(BaseModel):
    """The services and the claims that modifiers are for: families of codes, kinds of claims."""

    model_config = _CONFIG

    modifiers: frozenset[str]
    only: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    claim_types: frozenset[ClaimType] = frozenset(ClaimType)
    certain: bool
    reason: str
    source: str

    def allows(self, families: frozenset[str], claim_type: ClaimType) -> bool:
        """Whether a code of these families, on such a claim, may carry them."""
        if self.only and not self.only & families:
            return False
        return not self.never & families and claim_type in self.claim_types


class FeeRule(BaseModel):
    """Modifiers that some values of a fee-schedule indicator rule out."""

    model_config = _CONFIG

    modifiers: frozenset[str]
    indicator: Literal["bilateral", "pc_tc", "global_days"]
    values: frozenset[str]
    reason: str
    source: str

    def rules_out(self, fee: FeeIndicators) -> bool:
        """Whether the indicators rule the modifiers out."""
        return getattr(fee, self.indicator) in self.values


class Required(BaseModel):
    """A family of codes whose professional lines carry one of some modifiers."""

    model_config = _CONFIG

    family: str
    one_of: tuple[str, ...]
    source: str


class History(BaseModel):
    """Modifiers that speak of an earlier service, and what the claim itself would show of it."""

    model_config = _CONFIG

    modifiers: frozenset[str]
    needs: Literal["same_code", "earlier_surgery"]
    source: str


class ModifierRules(BaseModel):
    """All rows of the file. Refuses a modifier that is not among the known ones, and a family that is none."""

    model_config = _CONFIG

    known: ModifierList
    ncci: NcciModifiers
    sides: SideModifiers
    repeats: RepeatModifiers
    conflicts: tuple[Conflict, ...]
    uses: tuple[Use, ...]
    fee_schedule: tuple[FeeRule, ...]
    required: tuple[Required, ...]
    history: tuple[History, ...]

    @model_validator(mode="after")
    def _names_hold(self) -> Self:
        named = self.ncci.every | self.sides.left | self.sides.right | self.repeats.again | self.repeats.part
        named = named.union(*(pair for conflict in self.conflicts for pair in conflict.pairs()))
        named = named.union(*(use.modifiers for use in self.uses), *(rule.modifiers for rule in self.fee_schedule))
        named = named.union(*(row.modifiers for row in self.history))
        named = named.union(*(row.one_of for row in self.required))
        if unknown := named - self.known.codes:
            raise ValueError(f"rules name modifiers that are not among the known ones: {sorted(unknown)}")
        spoken = {row.family for row in self.required}.union(*(use.only | use.never for use in self.uses))
        if strange := spoken - {family.name for family in service_rules().families}:
            raise ValueError(f"rules name families that services.yaml does not have: {sorted(strange)}")
        return self

    @cached_property
    def conflict_of(self) -> dict[frozenset[str], Conflict]:
        """The conflict of each pair that one forbids."""
        return {pair: conflict for conflict in self.conflicts for pair in conflict.pairs()}

    @cached_property
    def history_of(self) -> dict[str, str]:
        """What each modifier of an earlier service needs."""
        return {modifier: row.needs for row in self.history for modifier in row.modifiers}

    @cached_property
    def uses_of(self) -> dict[str, tuple[Use, ...]]:
        """The rows about the use of each modifier."""
        return {code: tuple(use for use in self.uses if code in use.modifiers) for code in self.known.codes}


@cache
def modifier_rules() -> ModifierRules:
    """The rows as shipped. Raises ``ConfigurationError`` when the file does not hold."""
    return shipped_rules(_FILE, ModifierRules)
