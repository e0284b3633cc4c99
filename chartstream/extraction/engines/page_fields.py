"""What a service that fills in a schema is asked for: the whole text of a page, and the encounter's required fields."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class LaboratoryResult(BaseModel):
    """One result as printed."""

    test: str = Field(description="Name of the test as printed")
    value: str = Field(description="Value as printed, without the unit")
    unit: str | None = Field(default=None, description="Unit as printed")
    reference_range: str | None = Field(default=None, description="Reference range as printed")


class PageFields(BaseModel):
    """One page of a clinical note. Everything verbatim: nothing completed, corrected or inferred."""

    page_text: str = Field(
        description="The whole text of the page in reading order as Markdown, verbatim, handwriting and stamps included"
    )
    encounter_date: str | None = Field(default=None, description="Date of the visit or service as printed")
    setting: str | None = Field(default=None, description="Clinic, emergency, observation or inpatient, as printed")
    birth_date: str | None = Field(default=None, description="The patient's date of birth as printed")
    age: str | None = Field(default=None, description="The patient's age as printed")
    sex: str | None = Field(default=None, description="The patient's sex as printed")
    provider: str | None = Field(default=None, description="The clinician who rendered the service")
    facility: str | None = Field(default=None, description="Hospital or clinic")
    signature: str | None = Field(default=None, description="The line that says that the note is signed, or is not")
    diagnoses: list[str] = Field(default=[], description="Diagnosis statements, one each, verbatim")
    procedures: list[str] = Field(default=[], description="Procedure statements, one each, verbatim")
    results: list[LaboratoryResult] = Field(default=[], description="Laboratory results")


def page_schema() -> dict[str, Any]:
    """The JSON Schema of ``PageFields``, definitions written out in place: not every service follows references."""
    schema = PageFields.model_json_schema()
    definitions = schema.pop("$defs", {})
    resolved: dict[str, Any] = _resolved(schema, definitions)
    return resolved


def _resolved(node: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(node, dict):
        if "$ref" in node:
            return _resolved(definitions[node["$ref"].rpartition("/")[2]], definitions)
        return {name: _resolved(inner, definitions) for name, inner in node.items()}
    return [_resolved(inner, definitions) for inner in node] if isinstance(node, list) else node
