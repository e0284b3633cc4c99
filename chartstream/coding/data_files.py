"""Where the data files lie and how YAML is read: by the parser written in C, in a tenth of the other one's time."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import yaml

from chartstream.errors import ConfigurationError

DATA: Final = Path(__file__).parent / "data"
"""The folder of the data files: rules, terms and words, each with its source."""


def read_yaml(path: Path) -> Any:
    """What the file holds. Raises ``ConfigurationError`` naming the line where it is no YAML."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        where = f", line {mark.line + 1}" if mark is not None else ""
        raise ConfigurationError(f"{path.name}{where}: no YAML; restore it from the package.") from error
