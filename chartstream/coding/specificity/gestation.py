"""Weeks of gestation and the trimester that a note states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from chartstream.codesets import CodeSet
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
_ORDINALS: Final = {1: "first", 2: "second", 3: "third"}
# Codes that only a pregnant patient has; abortive outcomes (O00-O08) and what follows birth are none of them.
_PREGNANT: Final = re.compile(r"O(?:09|[1-4]\d|6\d|7[0-7])\..*|Z34\..*|Z33\.1|Z3A\..*")
_INCIDENTAL: Final = re.compile(r"\bpregnan\w+ (?:is )?incidental|\bincidental(?:ly)? pregnan", re.IGNORECASE)
# The longest pregnancy that Z3A has a code for; more weeks are weeks of something else.
_LONGEST: Final = 42


def weeks_of_gestation(document: Document) -> tuple[int, int, int] | None:
    """(completed weeks, begin, end) of the first statement of the present gestational age, in code points."""
    return _weeks_in(document.text)


# Every code of an encounter asks anew: its few documents are read once.
@lru_cache(maxsize=8)
def _weeks_in(text: str) -> tuple[int, int, int] | None:
    for match in _WEEKS.finditer(text):
        before = text[max(0, match.start() - _AROUND) : match.start()]
        after = text[match.end() : match.end() + _AROUND]
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


def pregnancy(codes: Sequence[str], documents: Sequence[Document]) -> Sequence[Evidence] | None:
    """What shows that the patient is pregnant now, empty where a code of the encounter already does; else None.

    Conditions of a pregnant patient are presumed to complicate the pregnancy unless it is called incidental (guideline
    I.C.15.a.1).
    """
    if any(_is_incidental(document.text) for document in documents):
        return None
    if any(_PREGNANT.fullmatch(code) for code in codes):
        return ()
    for document in documents:
        stated = weeks_of_gestation(document)
        if stated is not None:
            return (Evidence(document.document_id, stated[1], stated[2], "pregnancy"),)
    return None


@lru_cache(maxsize=8)
def _is_incidental(text: str) -> bool:
    return _INCIDENTAL.search(text) is not None


def in_trimester(stem: str, codes: CodeSet, documents: Sequence[Document]) -> tuple[str, Sequence[Evidence]]:
    """(the code below ``stem`` for the trimester of the encounter, what states it); else the unspecified one.

    ``stem`` itself where the tabular list has no such code.
    """
    stated = trimester(documents)
    words = f"{_ORDINALS[stated[0]]} trimester" if stated else "unspecified trimester"
    entry = codes.get(stem)
    for child in entry.children if entry else ():
        found = codes.get(child)
        if found is not None and words in found.description.lower():
            return child, (stated[1],) if stated else ()
    return stem, ()
