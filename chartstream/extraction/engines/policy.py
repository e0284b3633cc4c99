"""When a page is read again by a stronger engine: rules and limits, from a YAML file that is checked at start."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from chartstream.errors import ConfigurationError
from chartstream.extraction.engines.doubt import Doubt

Share = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(_Strict):
    """Reasons to read a page again; all that are stated must hold."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    mean_below: Share | None = None
    doubtful_above: Share | None = None
    doubtful_lines_above: int | None = Field(default=None, ge=0)
    shapeless_above: Share | None = None
    unread_ink_above: Share | None = None

    @model_validator(mode="after")
    def _states_something(self) -> Self:
        if not self.model_fields_set - {"name"}:
            raise ValueError(f"the rule {self.name} states no condition, so every page would meet it")
        return self

    def holds(self, doubt: Doubt) -> bool:
        """Whether a page's measures meet every condition."""
        return (
            (self.mean_below is None or doubt.mean < self.mean_below)
            and (self.doubtful_above is None or doubt.doubtful > self.doubtful_above)
            and (self.doubtful_lines_above is None or doubt.doubtful_lines > self.doubtful_lines_above)
            and (self.shapeless_above is None or doubt.shapeless > self.shapeless_above)
            and (self.unread_ink_above is None or doubt.unread_ink > self.unread_ink_above)
        )


class Limits(_Strict):
    """How many pages may be read again; None is no limit.

    ``share_of_pages`` counts the day's pages of this worker, the first ``share_free_pages`` rereadings left out.
    """

    pages_per_document: int | None = Field(default=None, ge=0)
    share_of_pages: Share | None = None
    share_free_pages: int = Field(default=0, ge=0)
    pages_per_day: int | None = Field(default=None, ge=0)
    credits_per_day: float | None = Field(default=None, ge=0)


class EnginePolicy(_Strict):
    """The whole policy; what each number means stands in the packaged file, ``data/engine_policy.yaml``."""

    source: str
    doubtful_below: Share
    rules: tuple[Rule, ...] = Field(min_length=1)
    sure_from: Share
    kept_at_least: Share
    limits: Limits = Limits()
    rest_seconds: float = Field(default=60.0, ge=0)
    required: bool = False

    @property
    def sha256(self) -> str:
        """Hash of what the policy says, not of how its file is written."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def reason(self, doubt: Doubt) -> str | None:
        """The name of the first rule that a page meets; None when its reading will do."""
        return next((rule.name for rule in self.rules if rule.holds(doubt)), None)

    @classmethod
    def load(cls, path: Path) -> EnginePolicy:
        """The policy in a file. Raises ``ConfigurationError`` when it cannot be read or does not hold."""
        try:
            return _parsed(path.read_text(encoding="utf-8"), path.name)
        except OSError as error:
            raise ConfigurationError(
                f"the engine policy {path.name} cannot be read: {error.strerror}; check the path"
            ) from error


@cache
def default_policy() -> EnginePolicy:
    """The policy as shipped."""
    text = files("chartstream.extraction").joinpath("data", "engine_policy.yaml").read_text(encoding="utf-8")
    return _parsed(text, "engine_policy.yaml")


def _parsed(text: str, name: str) -> EnginePolicy:
    try:
        return EnginePolicy.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"the engine policy {name} does not hold: {error}; correct it") from error
