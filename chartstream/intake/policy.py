"""What intake makes of what it measures: bounds, verdicts and remedies. Data, read from YAML and checked at start."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from chartstream.errors import ConfigurationError
from chartstream.events.documents import Verdict


class Check(StrEnum):
    """Everything that is measured, by the name that it has in events."""

    SIZE = "size"
    CHARACTERS = "characters"
    UNPACKED_SIZE = "unpacked_size"
    BODY_SIZE = "body_size"
    PARTS = "parts"
    SEGMENTS = "segments"
    PAGE_COUNT = "page_count"
    PAGE_PIXELS = "page_pixels"
    PAGE_INCHES = "page_inches"
    OBJECTS = "objects"
    PAGE_OBJECTS = "page_objects"
    SCRIPTS = "scripts"
    EMBEDDED_FILES = "embedded_files"
    ENCRYPTION = "encryption"
    BLANK = "blank"
    BLANK_PAGES = "blank_pages"
    DUPLICATE_PAGES = "duplicate_pages"
    SIMILAR_PAGES = "similar_pages"
    STATED_DPI = "stated_dpi"
    EFFECTIVE_DPI = "effective_dpi"
    MEASURED_DPI = "measured_dpi"
    ESTIMATED_DPI = "estimated_dpi"
    ROTATION_STATED = "rotation_stated"
    ROTATION = "rotation"
    SKEW = "skew"
    CONTRAST = "contrast"
    BLUR = "blur"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bound(_Frozen):
    """A verdict for values strictly below, or strictly above, a number."""

    below: float | None = None
    above: float | None = None
    verdict: Verdict

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.below is None) == (self.above is None):
            raise ValueError("a bound has either `below` or `above`")
        return self

    def passed_by(self, value: float) -> bool:
        """Whether the value lies beyond it."""
        return (self.below is not None and value < self.below) or (self.above is not None and value > self.above)

    def __str__(self) -> str:
        return f"at least {self.below:,.12g}" if self.below is not None else f"at most {self.above:,.12g}"


class CheckPolicy(_Frozen):
    """One check: what its number is, and what becomes of it. The first bound that the value passes decides."""

    label: str = Field(min_length=1)
    unit: str = Field(min_length=1)
    code: str = Field(pattern=r"^[a-z_]+$")
    remedy: str = Field(min_length=1)
    source: str = Field(min_length=1)
    bounds: tuple[Bound, ...]

    def passed(self, value: float) -> Bound | None:
        """The bound that decides on a value; None where it is accepted."""
        return next((bound for bound in self.bounds if bound.passed_by(value)), None)


class SandboxLimits(_Frozen):
    """What opening one document may cost: wall-clock and processor seconds, by its size, and memory."""

    seconds: float = Field(gt=0)
    seconds_per_megabyte: float = Field(ge=0)
    megabytes: int = Field(ge=200)

    def seconds_for(self, size: int) -> float:
        """The seconds that a document of so many bytes may take."""
        return self.seconds + self.seconds_per_megabyte * size / 1e6


class Policy(_Frozen):
    """Every check's policy, and the limits of the sandbox."""

    sandbox: SandboxLimits
    checks: dict[Check, CheckPolicy]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        missing = sorted(set(Check) - set(self.checks))
        if missing:
            raise ValueError(f"no policy for {', '.join(missing)}")
        return self

    def of(self, check: Check) -> CheckPolicy:
        """The policy of one check."""
        return self.checks[check]


@cache
def default_policy() -> Policy:
    """The policy that comes with the package."""
    return Policy.model_validate(_packaged())


def load_policy(path: Path) -> Policy:
    """A site's policy: the packaged one, with what the file names in its place.

    Raises ``ConfigurationError`` when the file cannot be read or says what no policy may say.
    """
    try:
        changes = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Policy.model_validate(_merged(_packaged(), changes or {}))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"the policy {path} cannot be read: {error}; correct the path or the file") from error
    except (ValidationError, TypeError) as error:
        raise ConfigurationError(f"the policy {path} is not valid: {error}; correct the file") from error


def _packaged() -> dict[str, Any]:
    text = (files("chartstream.intake") / "data" / "policy.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def _merged(base: dict[str, Any], changes: Any) -> dict[str, Any]:
    if not isinstance(changes, dict):
        raise TypeError(f"expected a mapping, found {type(changes).__name__}")
    merged = dict(base)
    for key, value in changes.items():
        merged[key] = _merged(base[key], value) if isinstance(base.get(key), dict) else value
    return merged
