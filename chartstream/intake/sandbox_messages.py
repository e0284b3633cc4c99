"""What is said between the sandbox and its child, as JSON."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, TypeAdapter

from chartstream.errors import Problem
from chartstream.intake.inspection import Inspection


@dataclass(frozen=True, slots=True)
class Order:
    """To inspect the bytes that follow, within so many seconds."""

    declared_media_type: str | None
    seconds: float


class Answer(BaseModel):
    """Exactly one is set: what was found, why the document is refused, or what went wrong in our own code."""

    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")

    inspection: Inspection | None = None
    rejected: tuple[Problem, ...] = ()
    defect: str | None = None


_ORDER = TypeAdapter(Order)


def order_to_json(order: Order) -> bytes:
    """For the child."""
    return _ORDER.dump_json(order)


def order_from_json(said: bytes) -> Order:
    """In the child. Raises ``ValueError`` for anything else."""
    return _ORDER.validate_json(said)


def answer_to_json(answer: Answer) -> bytes:
    """For the parent."""
    return answer.model_dump_json().encode()


def answer_from_json(said: bytes) -> Answer:
    """In the parent. Raises ``ValueError`` for anything else."""
    return Answer.model_validate_json(said)
