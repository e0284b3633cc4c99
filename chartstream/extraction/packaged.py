"""The data files of this package: read in one way, and refused in one way when a part is missing or misshapen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from typing import Any, TypeVar

import yaml

from chartstream.errors import ConfigurationError

T = TypeVar("T")


def packaged(name: str, form: Callable[[Any], T]) -> T:
    """What ``form`` makes of the YAML file ``data/<name>``. Raises ``ConfigurationError`` as ``in_form`` does."""
    source = resources.files("chartstream.extraction").joinpath("data", name)
    with in_form(name):
        return form(yaml.safe_load(source.read_text("utf-8")))


@contextmanager
def in_form(name: str) -> Iterator[None]:
    """Raises ``ConfigurationError``, naming the file, for whatever missing or misshapen data raises inside."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, ValueError, re.error, yaml.YAMLError) as error:
        raise ConfigurationError(
            f"{name} lacks a part or has one of another form ({error}); restore it from the package"
        ) from error
