"""The site file: who sends claims to whom, and the names and addresses that claims name by their ids only."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from chartstream.billing.gaps import is_npi
from chartstream.errors import ConfigurationError
from chartstream.events.encounter import ClaimType

Id15 = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 .\-]{0,14}$")]
PartyId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 .\-]{1,79}$")]
Name = Annotated[str, StringConstraints(pattern=r"[A-Za-z0-9]", max_length=60)]
Npi = Annotated[str, StringConstraints(pattern=r"^[12][0-9]{9}$")]
Taxonomy = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{10}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class Identity(_Part):
    """Who we or they are to the interchange: ISA05 to ISA08, GS02 and GS03."""

    qualifier: Literal["01", "14", "20", "27", "28", "29", "30", "33", "ZZ"] = "ZZ"
    id: Id15
    application: Id15


class Interchange(_Part):
    """The envelope. ``usage`` is T for test files, P for production (ISA15)."""

    usage: Literal["P", "T"]
    sender: Identity
    receiver: Identity


class Submitter(_Part):
    """Loop 1000A."""

    name: Name
    id: PartyId
    contact: Name
    telephone: Annotated[str, StringConstraints(pattern=r"^[0-9]{10}$")]


class Receiver(_Part):
    """Loop 1000B."""

    name: Name
    id: PartyId


class Address(_Part):
    """A postal address in the United States; ``zip`` has five or nine digits."""

    lines: tuple[str, ...] = Field(min_length=1, max_length=2)
    city: str
    state: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    zip: Annotated[str, StringConstraints(pattern=r"^[0-9]{5}([0-9]{4})?$")]


class _Numbered(_Part):
    npi: Npi

    @model_validator(mode="after")
    def _check_digit(self) -> _Numbered:
        if not is_npi(self.npi):
            raise ValueError("the check digit of the npi is wrong")
        return self


class BillingProvider(_Numbered):
    """Loop 2010AA. An organisation, or a person where ``first_name`` is given. The address is that of a street, its zip
    has nine digits. ``bill_types`` gives the first two digits of the type of bill (NUBC, form locator 4, without the
    leading zero) for each kind of facility claim.
    """

    name: str
    first_name: str | None = None
    taxonomy: Taxonomy | None = None
    tax_id: Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")]
    tax_id_kind: Literal["EI", "SY"] = "EI"
    address: Address
    bill_types: dict[ClaimType, Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]$")]] = Field(
        default_factory=dict
    )

    @model_validator(mode="after")
    def _whole_zip(self) -> BillingProvider:
        if len(self.address.zip) != 9:
            raise ValueError("the zip of a billing provider has nine digits (005010, loop 2010AA N403)")
        return self


class Person(_Part):
    """A provider who is named on claims. ``npi`` and ``taxonomy`` stand in where the claim has none."""

    last_name: str
    first_name: str | None = None
    npi: Npi | None = None
    taxonomy: Taxonomy | None = None


class Place(_Numbered):
    """A service location that is not the billing provider's: loop 2310C, or 2310E of a facility's claim."""

    name: str
    address: Address


class Payer(_Part):
    """Loop 2010BB; ``filing_indicator`` is SBR09."""

    name: str
    id: str
    id_kind: Literal["PI", "XV"] = "PI"
    filing_indicator: Literal[
        "11", "12", "13", "14", "15", "16", "17", "AM", "BL", "CH", "CI", "DS", "FI", "HM", "LM", "MA", "MB", "MC",
        "OF", "TV", "VA", "WC", "ZZ",
    ]  # fmt: skip


class Unpointed(StrEnum):
    """What a service line without diagnosis pointers gets (SV107 is required on professional claims)."""

    HOLD = "hold"
    FIRST = "first"
    ALL = "all"


class Statements(_Part):
    """What the site declares on each claim: CLM06 to CLM09, and how lines without pointers are to be pointed."""

    signature_on_file: bool
    assignment: Literal["A", "B", "C"]
    benefits_assigned: Literal["Y", "N", "W"]
    release_of_information: Literal["Y", "I"]
    unpointed_lines: Unpointed = Unpointed.HOLD


class Site(_Part):
    """The site file. Providers, facilities and payers are found by the ids that the events carry."""

    interchange: Interchange
    submitter: Submitter
    receiver: Receiver
    claims: Statements
    billing_providers: dict[str, BillingProvider] = Field(min_length=1)
    default_billing_provider: str | None = None
    providers: dict[str, Person] = Field(default_factory=dict)
    facilities: dict[str, Place] = Field(default_factory=dict)
    payers: dict[str, Payer] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _default_is_there(self) -> Site:
        if self.default_billing_provider not in {None, *self.billing_providers}:
            raise ValueError("default_billing_provider is none of billing_providers")
        return self

    @staticmethod
    def load(path: Path) -> Site:
        """Read a YAML file. Raises ``ConfigurationError`` that names what does not hold."""
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigurationError(f"{path.name} cannot be read: {error.strerror}; name the site file") from error
        except (yaml.YAMLError, UnicodeDecodeError):
            raise ConfigurationError(f"{path.name} is no YAML; see samples/billing/site.yaml") from None
        try:
            return Site.model_validate(content)
        except ValidationError as error:
            faults = "; ".join(
                f"{'.'.join(map(str, fault['loc'])) or 'file'}: {fault['msg']}"
                for fault in error.errors(include_input=False, include_url=False, include_context=False)
            )
            raise ConfigurationError(f"{path.name}: {faults}; see samples/billing/site.yaml") from None
