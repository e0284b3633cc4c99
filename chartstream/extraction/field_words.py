"""The words by which fields are found, from ``data/fields.yaml``, made into patterns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from chartstream.extraction.packaged import in_form, packaged

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
    return packaged("fields.yaml", dict[str, Any])


@cache
def patterns() -> dict[str, Pattern]:
    """The pattern of each label and of each state of signature. Raises ``ConfigurationError`` for a broken file."""
    with in_form("fields.yaml"):
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
