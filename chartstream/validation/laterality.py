"""Sides in the descriptions of codes, and which codes are one condition on different sides."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from importlib.resources import files

import yaml

from chartstream.codesets import CodeSet


class Side(Enum):
    """The side that a code's description states."""

    LEFT = "left"
    RIGHT = "right"
    BILATERAL = "bilateral"
    UNSPECIFIED = "unspecified"


_WORD = re.compile(r"[a-z0-9]+")
_STATED = {"left": Side.LEFT, "right": Side.RIGHT, "bilateral": Side.BILATERAL}
_DATA = files("chartstream.validation") / "data" / "laterality.yaml"
_PAIRED: frozenset[str] = frozenset(yaml.safe_load(_DATA.read_text(encoding="utf-8"))["paired"])
# "unspecified" states a side only before something that there are two of ("unspecified knee", not "unspecified type").
_UNSPECIFIED = re.compile(rf"unspecified (?:upper |lower |lesser |great )?(?:{'|'.join(sorted(_PAIRED))})s?\b")
_SIDE_WORDS = frozenset({"left", "right", "bilateral", "unilateral", "unspecified"})
# Words that come and go with the side alone: "right eye", "bilateral"; "of knee", "left knee".
_FILLERS = frozenset({"of", "the", "in"})


@lru_cache(maxsize=20_000)
def side_of(codes: CodeSet, code: str) -> Side | None:
    """The side that a code states, or None: its description says nothing of sides, or of several."""
    entry = codes.get(code)
    if entry is None:
        return None
    description = entry.description.lower()
    stated = {_STATED[word] for word in _WORD.findall(description) if word in _STATED}
    if not stated and _UNSPECIFIED.search(description):
        return Side.UNSPECIFIED
    return stated.pop() if len(stated) == 1 else None


def same_family(codes: CodeSet, one: str, other: str) -> bool:
    """Whether two codes state one condition on different sides."""
    if one[:3] != other[:3] or side_of(codes, one) is side_of(codes, other):
        return False
    return _differ_by_side_alone(_words(codes, one), _words(codes, other))


@lru_cache(maxsize=20_000)
def bilateral_sibling(codes: CodeSet, code: str) -> str | None:
    """The billable code of the same condition on both sides, or None where the release has none."""
    ancestors = codes.ancestors(code)
    category = next((entry.code for entry in ancestors if len(entry.code) == 3), None)
    if category is None:
        return None
    found = (
        candidate
        for candidate in _billable_below(codes, category)
        if side_of(codes, candidate) is Side.BILATERAL and same_family(codes, code, candidate)
    )
    return next(found, None)


@lru_cache(maxsize=2_000)
def _billable_below(codes: CodeSet, category: str) -> tuple[str, ...]:
    entry = codes.get(category)
    if entry is None:
        return ()
    if entry.billable:
        return (category,)
    return tuple(code for child in entry.children for code in _billable_below(codes, child))


@lru_cache(maxsize=20_000)
def _words(codes: CodeSet, code: str) -> frozenset[str]:
    entry = codes.get(code)
    words = _WORD.findall(entry.description.lower()) if entry is not None else []
    return frozenset(_singular(word) for word in words if word not in _SIDE_WORDS and word not in _FILLERS)


def _differ_by_side_alone(one: frozenset[str], other: frozenset[str]) -> bool:
    """The words are the same but for a paired part of the body that only one of the two names."""
    only_one, only_other = one - other, other - one
    return (not only_one or not only_other) and (only_one | only_other) <= _PAIRED


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and word[:-1] in _PAIRED else word
