"""What the model is asked to answer with, and its answer read."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chartstream.errors import Transient


class ChosenCode(BaseModel):
    """A code that the model chose, and the words of the note that it says support it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    code: str
    quotes: tuple[str, ...] = Field(min_length=1)
    reason: str = ""


class Answer(BaseModel):
    """The codes in claim order, the principal or first-listed one first."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    codes: tuple[ChosenCode, ...]


SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["codes"],
    "properties": {
        "codes": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["code", "quotes", "reason"],
                "properties": {
                    "code": {"type": "string"},
                    "quotes": {"type": "array", "minItems": 1, "items": {"type": "string"}},
                    "reason": {"type": "string"},
                },
            },
        }
    },
}
"""JSON Schema of an answer, for servers that hold their models to one."""


def read_answer(text: str) -> Answer:
    """The answer in ``text``, which may stand in a fence of Markdown. Raises ``Transient`` for anything else."""
    begin, end = text.find("{"), text.rfind("}")
    try:
        return Answer.model_validate(json.loads(text[begin : end + 1]))
    except (ValueError, ValidationError):
        # Not chained: the message would quote the note.
        raise Transient("the language model answered with what is no list of codes") from None
