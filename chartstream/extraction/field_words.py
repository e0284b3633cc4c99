"""The words by which fields are found, from ``data/fields.yaml``, made into patterns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from chartstream.errors import ConfigurationError

DATE_FIELDS = ("encounter_date", "encounter_date_weak", "admission_date", "discharge_date", "birth_date")
"""Labels that a date follows. The weak one, a bare "Date", counts only where a note has no better."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What finds a label, and how often a value found behind it is right (0 to 1)."""

    regex: re.Pattern[str]
    reliability: float


@cache
def field_words() -> dict[str, Any]:
    """``data/fields.yaml`` as it stands."""
    source = resources.files("chartstream.extraction").joinpath("data", "fields.yaml")
    data: dict[str, Any] = yaml.safe_load(source.read_text("utf-8"))
    return data


@cache
def patterns() -> dict[str, Pattern]:
    """The pattern of each label and of each state of signature. Raises ``ConfigurationError`` for a broken file."""
    try:
        labels = {
            name: Pattern(_labels(name, entry["words"]), float(entry["reliability"]))
            for name, entry in field_words()["labels"].items()
        }
        signature = {
            kind: Pattern(_signature(entry), float(entry["reliability"]))
            for kind, entry in field_words()["signature"].items()
        }
        letterhead = field_words()["letterhead"]
        known = re.compile(rf"\b(?:{_alternatives(letterhead['words'])})\b", re.IGNORECASE)
        labels["letterhead"] = Pattern(known, float(letterhead["reliability"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(
            f"fields.yaml lacks a part or has one of another form ({error}); restore it from the package"
        ) from error
    return labels | signature


def _labels(name: str, words: list[str]) -> re.Pattern[str]:
    """Any of the labels, up to where the value begins. A date may follow its label bare; other values need a colon."""
    bare = name in DATE_FIELDS and name != "encounter_date_weak"
    separator = r"[ \t]*(?:[:#-]|on\b)?[ \t]*" if bare else r"[ \t]*:[ \t]*"
    return re.compile(rf"(?<![A-Za-z])(?:{_alternatives(words)}){separator}", re.IGNORECASE)


def _signature(entry: dict[str, list[str]]) -> re.Pattern[str]:
    anywhere = rf"(?<![A-Za-z])(?:{_alternatives(entry['anywhere'])})"
    ending = r"(?=[ \t]*(?:$|[-:,.;)\]*\u2013\u2014]|(?i:note|report|document|by)\b|[A-Z][a-z]+[ ][A-Z]))"
    line_start = rf"^[ \t*(\[_-]*(?i:{_alternatives(entry['line_start'])}){ending}"
    return re.compile(rf"(?P<label>(?i:{anywhere})|{line_start})[ \t]*[:]?[ \t]*", re.MULTILINE)


def _alternatives(words: list[str]) -> str:
    """The labels, longest first, with spaces that may be missing and colons that may stand after any word."""
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(r"[ :]{0,2}".join(re.escape(part) for part in word.split()) for word in longest_first)
