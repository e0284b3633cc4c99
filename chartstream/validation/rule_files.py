"""The rules that stand as data beside the edits: read, checked against their model, refused as a whole if damaged."""

from __future__ import annotations

from importlib.resources import files
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from chartstream.errors import ConfigurationError

Rules = TypeVar("Rules", bound=BaseModel)


def shipped_rules(name: str, model: type[Rules]) -> Rules:
    """The rules of ``data/{name}`` as shipped. Raises ``ConfigurationError`` when the file does not hold."""
    text = (files("chartstream.validation") / "data" / name).read_text(encoding="utf-8")
    try:
        return model.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"{name} of the edits does not hold: {error}; install the package again") from error
