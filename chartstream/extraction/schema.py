"""The schema that an encounter must fulfil before it is coded: required fields by claim type, each well-formed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from chartstream.errors import ConfigurationError, Problem
from chartstream.events.encounter import ClaimType, ProviderRole, Sex
from chartstream.extraction.packaged import packaged
from chartstream.extraction.settle import DATE_BOUND, Settled, Stated, doubtful, missing

Named = Literal["age", "sex", "provider", "facility", "diagnosis"]


class RequiredData(BaseModel):
    """``data/required.yaml`` as it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    required: dict[ClaimType, tuple[Named, ...]]
    settings: dict[ClaimType, str]


class EncounterFields(BaseModel):
    """The fields of one encounter as coding will rely upon them. Building one raises ``ValidationError`` when the dates
    are out of order or the age is nobody's.

    ``born``: the birth date is known, so that the age will be once the date of service is. ``provider`` and
    ``facility`` are the submission's identifier or the words of a note; ``diagnoses`` counts the statements, or the
    complaints where there are none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    claim_type: ClaimType
    setting: str
    service_from: date | None
    service_through: date | None
    age_years: Annotated[int, Field(ge=0, le=125)] | None
    age_days: Annotated[int, Field(ge=0)] | None
    born: bool
    sex: Sex
    provider: str | None
    facility: str | None
    diagnoses: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.service_from and self.service_through and self.service_through < self.service_from:
            raise ValueError("the encounter ends before it begins")
        return self

    def absent(self) -> tuple[Named, ...]:
        """The required fields that are not there."""
        present = {
            "age": self.age_years is not None or self.born,
            "sex": self.sex is not Sex.UNKNOWN,
            "provider": self.provider is not None,
            "facility": self.facility is not None,
            "diagnosis": self.diagnoses > 0,
        }
        return tuple(name for name in required_data().required[self.claim_type] if not present[name])


def check_fields(
    settled: Settled, stated: Sequence[Stated], diagnoses: int, waived: Sequence[str] = ()
) -> tuple[Problem, ...]:
    """What keeps a settled encounter from being coded: ``<field>_missing``, ``<field>_uncertain`` or a malformed field.

    ``diagnoses``: how many statements there are to code from. ``waived`` names fields that may be absent.
    """
    encounter = settled.encounter
    provider = next((p.provider_id for p in encounter.providers if p.role is not ProviderRole.BILLING), None)
    facility = encounter.facility.facility_id if encounter.facility else None
    try:
        fields = EncounterFields(
            claim_type=encounter.claim_type,
            setting=required_data().settings[encounter.claim_type],
            service_from=encounter.service_from,
            service_through=encounter.service_through,
            age_years=settled.facts.age_years,
            age_days=settled.facts.age_days,
            born=encounter.patient.birth_date is not None or _relied_upon(stated, "birth_date") is not None,
            sex=settled.facts.sex,
            provider=provider or _relied_upon(stated, "provider"),
            facility=facility or _relied_upon(stated, "facility"),
            diagnoses=diagnoses,
        )
    except ValidationError as error:
        return tuple(_malformed(str(each["loc"][0]) if each["loc"] else "encounter_date") for each in error.errors())
    named = {"age": ("age", "birth_date")}
    return tuple(
        doubtful(name) if any(item.field.name in named.get(name, (name,)) for item in stated) else missing(name)
        for name in fields.absent()
        if name not in waived
    )


def _relied_upon(stated: Sequence[Stated], name: str) -> str | None:
    sure = [item.field for item in stated if item.field.name == name and item.field.confidence >= DATE_BOUND]
    return max(sure, key=lambda field: field.confidence).value if sure else None


def _malformed(name: str) -> Problem:
    words = name.removesuffix("_years").removesuffix("_days").replace("_", " ")
    return Problem(
        f"{words.replace(' ', '_')}_conflict",
        f"the {words} is not possible together with the encounter's other fields",
        f"enter the right {words}, or submit the encounter again with it",
    )


@cache
def required_data() -> RequiredData:
    """The data of the package. Raises ``ConfigurationError`` when a part is missing or has another form."""
    data = packaged("required.yaml", RequiredData.model_validate)
    if set(data.required) != set(ClaimType) or set(data.settings) != set(ClaimType):
        raise ConfigurationError("required.yaml must name every claim type; restore it from the package")
    return data
