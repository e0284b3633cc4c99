"""Sides in the descriptions of codes, and which codes are one condition on different sides."""

from __future__ import annotations

import re
from functools import lru_cache

from chartstream.codesets import CodeSet
from chartstream.validation.sides import Side, regions_of, side_words
from chartstream.validation.spelling import billable_below

_WORD = re.compile(r"[a-z0-9]+")
_STATED = {"left": Side.LEFT, "right": Side.RIGHT, "bilateral": Side.BILATERAL}
_PAIRED = side_words().paired
# "unspecified" states a side only before something that there are two of ("unspecified knee", not "unspecified type").
_UNSPECIFIED = re.compile(rf"unspecified (?:upper |lower |lesser |great )?(?:{'|'.join(sorted(_PAIRED))})s?\b")
_SIDE_WORDS = frozenset({"left", "right", "bilateral", "unilateral", "unspecified"})
# Chapters 7 and 8, whose descriptions do not always name the eye or the ear.
_EYE, _EAR, _END_OF_EAR = "H00", "H60", "H96"
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
def on_side(codes: CodeSet, code: str, side: Side) -> str | None:
    """The billable code of the same condition on another side, or None where the release has none."""
    found = (
        candidate
        for candidate in billable_below(codes, code[:3])
        if side_of(codes, candidate) is side and same_family(codes, code, candidate)
    )
    return next(found, None)


@lru_cache(maxsize=20_000)
def regions_of_code(codes: CodeSet, code: str) -> frozenset[str]:
    """The regions of the body that the code's description names; empty where none is known."""
    named = regions_of(_words(codes, code))
    if not _EYE <= code < _END_OF_EAR:
        return named
    return named | {"eye" if code < _EAR else "ear"}


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
