"""The form of a policy file: metadata, rules, coverage lists and examples. What a key means stands beside it.

Scalars may stand where a list of one is meant. Codes are patterns (``policy.codes``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from chartstream.events.encounter import ClaimType, ProviderRole, Sex
from chartstream.validation.policy.codes import Codes, diagnosis_codes, pcs_codes, service_codes
from chartstream.validation.written import WrittenClaim


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _as(codes: Callable[[Iterable[str]], Codes]) -> AfterValidator:
    def check(patterns: tuple[str, ...]) -> tuple[str, ...]:
        codes(patterns)
        return patterns

    return AfterValidator(check)


def _one_line(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise ValueError("may not be empty")
    return text


def _true(value: bool) -> bool:
    if not value:
        raise ValueError("an authorization is required or not spoken of; write true")
    return value


Text = Annotated[str, AfterValidator(_one_line)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
_OR_ONE = BeforeValidator(_listed, json_schema_input_type=str | list[str])
Values = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1), _OR_ONE]
DiagnosisCodes = Annotated[Values, _as(diagnosis_codes)]
ServiceCodes = Annotated[Values, _as(service_codes)]
PcsCodes = Annotated[Values, _as(pcs_codes)]
ClaimTypes = Annotated[tuple[ClaimType, ...], Field(min_length=1), _OR_ONE]
Sexes = Annotated[tuple[Literal[Sex.FEMALE, Sex.MALE, Sex.OTHER], ...], Field(min_length=1), _OR_ONE]
Roles = Annotated[tuple[ProviderRole, ...], Field(min_length=1), _OR_ONE]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)


class _Named(_Part):
    """What has a name, and the dates of service for which it holds, both inclusive; open where not stated."""

    name: Name
    since: date | None = Field(default=None, alias="from")
    until: date | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since is not None and self.until is not None and self.until < self.since:
            raise ValueError(f"it ends on {self.until}, before it begins on {self.since}")
        return self


class Span(_Part):
    """Numbers from … to …, both inclusive; open where not stated."""

    low: Decimal | None = Field(default=None, alias="from")
    high: Decimal | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.low is None and self.high is None:
            raise ValueError("state `from`, `to` or both")
        if self.low is not None and self.high is not None and self.high < self.low:
            raise ValueError(f"no number is from {self.low} to {self.high}")
        return self


class LineTest(_Part):
    """What one procedure line is: all that is stated must hold of the same line."""

    codes: ServiceCodes | None = None
    """CPT and HCPCS codes."""
    pcs_codes: PcsCodes | None = None
    """ICD-10-PCS codes; beside ``codes``: one of either."""
    modifiers: Values | None = None
    """Has at least one of these modifiers."""
    without_modifiers: Values | None = None
    """Has none of these modifiers."""
    units: Span | None = None
    place_of_service: Values | None = None
    """Of the line, else of the claim."""
    pointing_to: DiagnosisCodes | None = None
    """Points to at least one such diagnosis; a line without pointers stands for all diagnoses of the claim."""

    @property
    def code_set(self) -> Codes | None:
        """The codes that the line may have; None for any."""
        if self.codes is None and self.pcs_codes is None:
            return None
        return service_codes(self.codes or ()) | pcs_codes(self.pcs_codes or ())


class Condition(_Part):
    """What a claim is: all that is stated must hold. A fact that is not known makes it undecided."""

    payer: Values | None = None
    plan: Values | None = None
    line_of_business: Values | None = None
    claim_type: ClaimTypes | None = None
    place_of_service: Values | None = None
    specialty: Values | None = None
    admission_type: Values | None = None
    discharge_disposition: Values | None = None
    sex: Sexes | None = None
    age_years: Span | None = None
    """In completed years on the first date of service."""
    age_days: Span | None = None
    provider_role: Roles | None = None
    """The claim has a provider in one of these parts."""
    attributes: dict[str, Values] | None = None
    """Facts of the encounter that the site sends under names of its own."""
    authorization: bool | None = None
    """Whether an authorization is referred to."""
    diagnosis: DiagnosisCodes | None = None
    """Some diagnosis is one of these."""
    first_listed: DiagnosisCodes | None = None
    """The principal or first-listed diagnosis is one of these."""
    procedure: LineTest | None = None
    """Some line is so. At the top of ``when``: these are the lines that the rule is about."""
    document: Values | None = None
    """A document of such a kind is there."""
    section: Values | None = None
    """Some document has such a section."""
    field: Values | None = None
    """Such a field was extracted or submitted."""
    edit_fired: Values | None = None
    """One of these edits found something on the claim."""
    all_: Annotated[tuple[Condition, ...], Field(min_length=1)] | None = Field(default=None, alias="all")
    any_: Annotated[tuple[Condition, ...], Field(min_length=1)] | None = Field(default=None, alias="any")
    none_: Annotated[tuple[Condition, ...], Field(min_length=1)] | None = Field(default=None, alias="none")


class Requirement(_Part):
    """What must be there: all that is stated, of each list at least one."""

    modifier: Values | None = None
    """On each line that the rule is about."""
    companion: ServiceCodes | None = None
    """Another line with one of these codes."""
    diagnosis: DiagnosisCodes | None = None
    authorization: Annotated[bool, AfterValidator(_true)] | None = None
    document: Values | None = None
    section: Values | None = None
    field: Values | None = None
    specialty: Values | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("state what is required")
        return self


class Demand(_Part):
    """An effect that asks for something: where it is missing, the claim is held back as ``otherwise`` says."""

    require: Requirement
    otherwise: Literal["block", "review"] = "review"


def _kind_of_effect(value: Any) -> str:
    return "effect" if isinstance(value, str) else "demand"


Effect = Literal["block", "review", "warn"]
Then = Annotated[Annotated[Effect, Tag("effect")] | Annotated[Demand, Tag("demand")], Discriminator(_kind_of_effect)]


class Rule(_Named):
    """When … then …"""

    source: Text
    when: Condition
    then: Then
    message: Text
    remedy: Text
    when_unknown: Literal["review", "ignore"] = "review"
    """What becomes of a claim of which a fact is not known that decides: a person looks, or nothing."""

    @model_validator(mode="after")
    def _modifier_of_a_line(self) -> Self:
        if isinstance(self.then, Demand) and self.then.require.modifier and self.when.procedure is None:
            raise ValueError("a modifier is required of lines: say in `when: procedure:` of which")
        return self


class CoverageGroup(_Part):
    """Diagnoses that support medical necessity, for some of the list's procedures or for all."""

    name: str
    diagnoses: DiagnosisCodes
    procedures: ServiceCodes | None = None


class Frequency(_Part):
    """The most units within so many days. One claim shows only its own lines: more than these may have been billed."""

    units: Annotated[Decimal, Field(gt=0)]
    days: Annotated[int, Field(gt=0)] = 1


class CoverageList(_Named):
    """Procedures and the diagnoses that support them, as an LCD's billing article or an NCD lists them."""

    number: Text
    """Of the determination, as a payer cites it: "LCD L33333, article A56789"."""
    source: Text
    when: Condition = Condition()
    procedures: ServiceCodes
    groups: tuple[CoverageGroup, ...] = ()
    not_covered: DiagnosisCodes | None = None
    """Diagnoses that do not support them. Without groups, every other diagnosis does."""
    frequency: Frequency | None = None
    otherwise: Effect = "review"
    remedy: Text = (
        "point the line to the diagnosis that the documentation supports, or settle coverage with payer and patient"
    )
    when_unknown: Literal["review", "ignore"] = "review"

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.groups and self.not_covered is None and self.frequency is None:
            raise ValueError("state `groups`, `not_covered` or `frequency`")
        if self.when.procedure is not None:
            raise ValueError("`procedures` says what lines it is about; leave `procedure` out of `when`")
        return self


class Example(_Part):
    """A claim and everything that the file's rules find on it, by their names; ``rule:undecided`` for what a fact that
    is not known leaves open.
    """

    name: Text
    claim: WrittenClaim
    expect: Annotated[tuple[str, ...], _OR_ONE] = ()


class Policy(_Part):
    """A policy file."""

    policy: Text
    """Its name."""
    version: str
    owner: Text
    source: Text
    rules: tuple[Rule, ...] = ()
    coverage: tuple[CoverageList, ...] = ()
    examples: tuple[Example, ...] = ()

    @property
    def named(self) -> tuple[Rule | CoverageList, ...]:
        """All rules, then all coverage lists."""
        return (*self.rules, *self.coverage)

    @model_validator(mode="after")
    def _each_name_once(self) -> Self:
        names = [one.name for one in self.named]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"two rules are called {', '.join(repeated)}; findings are told apart by the name")
        return self
