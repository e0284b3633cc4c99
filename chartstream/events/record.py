"""The base of every record that has an Avro schema, and the scalar types whose range Avro narrows."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field


def _to_milliseconds(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)


Timestamp = Annotated[AwareDatetime, AfterValidator(_to_milliseconds)]
"""An aware moment, in UTC, cut to the millisecond that Avro's timestamp-millis keeps."""

Units = Annotated[Decimal, Field(max_digits=12, decimal_places=3)]
"""A quantity with up to three decimal places."""

Amount = Annotated[Decimal, Field(max_digits=14, decimal_places=2)]
"""An amount of money in US dollars, with cents."""


class Record(BaseModel):
    """One Avro record. Immutable; unknown fields are refused, so that a model and its schema cannot drift apart."""

    model_config = ConfigDict(frozen=True, extra="forbid")
