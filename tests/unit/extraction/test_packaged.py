"""Data files of the package are refused with their name and a remedy, whatever is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from chartstream.errors import ConfigurationError
from chartstream.extraction.packaged import in_form, packaged


@pytest.mark.parametrize(
    "form", [lambda data: data["no such part"], lambda data: data + 1, lambda _: int("x"), lambda _: re.compile("(")]
)
def test_a_file_of_another_form_is_named(form: Callable[[Any], Any]) -> None:
    with pytest.raises(ConfigurationError, match=r"^stamps\.yaml lacks a part .*restore it from the package"):
        packaged("stamps.yaml", form)


def test_what_is_whole_is_given() -> None:
    assert "received" in {word.lower() for word in packaged("stamps.yaml", lambda data: data["openings"])}
    with in_form("stamps.yaml"):
        pass
