"""Weeks of gestation and the trimester that a note states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from chartstream.coding.model import Document, Evidence

_WEEKS: Final = re.compile(
    r"\b(?P<weeks>\d{1,2})(?:\s*(?:\+|and|&)\s*\d(?:/7)?| \d/7|w\d)?\s*-?\s*(?:weeks?|wks?|w)\b", re.IGNORECASE
)
_TRIMESTER: Final = re.compile(
    r"\b(?P<name>first|second|third|1st|2nd|3rd)[- ]trimester\b(?!\s+(?:screen|ultrasound|labs?|scan))", re.IGNORECASE
)
_OBSTETRIC: Final = re.compile(
    r"gestation|pregnan|\biup\b|\bega\b|\bga\b|g\d ?p\d|gravid|prenatal|obstetric", re.IGNORECASE
)
_PAST: Final = re.compile(r"\b(?:deliver(?:ed|y)|born|previous|prior|last)\b[^.\n]{0,30}$|\bago\b", re.IGNORECASE)
_AROUND: Final = 40
_NUMBERS: Final = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3}
# The longest pregnancy that Z3A has a code for; more weeks are weeks of something else.
_LONGEST: Final = 42


def weeks_of_gestation(document: Document) -> tuple[int, int, int] | None:
    """(completed weeks, begin, end) of the first statement of the present gestational age, in code points."""
    for match in _WEEKS.finditer(document.text):
        before = document.text[max(0, match.start() - _AROUND) : match.start()]
        after = document.text[match.end() : match.end() + _AROUND]
        if not _OBSTETRIC.search(before + " " + after) or _PAST.search(before) or after.lower().startswith(" ago"):
            continue
        if 0 < int(match["weeks"]) <= _LONGEST:
            return int(match["weeks"]), match.start(), match.end()
    return None


def trimester(documents: Sequence[Document]) -> tuple[int, Evidence] | None:
    """(trimester, its evidence) of the encounter by the stated weeks, else by name; None where neither is stated.

    Guideline I.C.15.a.3: the first runs up to 13 weeks 6 days, the second up to 27 weeks 6 days, then the third.
    """
    for document in documents:
        stated = weeks_of_gestation(document)
        if stated is not None:
            weeks, begin, end = stated
            return 1 if weeks < 14 else 2 if weeks < 28 else 3, Evidence(document.document_id, begin, end, "trimester")
    for document in documents:
        names = list(_TRIMESTER.finditer(document.text))
        numbers = {_NUMBERS[m["name"].lower()] for m in names}
        if len(numbers) == 1:
            return numbers.pop(), Evidence(document.document_id, *names[0].span(), "trimester")
    return None
