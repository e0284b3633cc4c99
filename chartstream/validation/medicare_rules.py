"""What becomes of each named edit of the Medicare Code Editor: ``data/medicare.yaml``, checked when it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from chartstream.medicare.editor import CodeEdit
from chartstream.validation.registry import ICD10_COMPLIANCE
from chartstream.validation.rule_files import shipped_rules


class MedicareEdit(BaseModel):
    """One edit of the editor as one of ours. The fields are explained at the head of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mce: str
    chapter: int
    of: Literal["principal", "diagnosis", "procedure"]
    code: CodeEdit | None = None
    table: tuple[str, ...] = ()
    alone: bool = False
    name: str
    says: str
    message: str
    remedy: str
    example: dict[str, Any]
    since: date = ICD10_COMPLIANCE
    until: date | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.of == "procedure") == (self.code is not None):
            raise ValueError(f"{self.name}: edits of diagnoses rest on a code's edit, those of procedures do not")
        if "{code}" not in self.message:
            raise ValueError(f"{self.name}: the message does not name the code")
        return self

    @property
    def source(self) -> str:
        """Where the rule stands."""
        return f"Definitions of Medicare Code Edits, chapter {self.chapter}"


class MedicareRules(BaseModel):
    """All of the file. ``elsewhere`` maps a name of the editor to the edits of ours that stand for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    edits: tuple[MedicareEdit, ...]
    elsewhere: Mapping[str, tuple[str, ...]]

    @property
    def names(self) -> frozenset[str]:
        """The editor's names that an edit of ours stands for."""
        return frozenset({*(row.mce for row in self.edits), *self.elsewhere})


@cache
def medicare_rules() -> MedicareRules:
    """The rules as shipped. Raises ``ConfigurationError`` when the file does not hold."""
    return shipped_rules("medicare.yaml", MedicareRules)
