"""Sides as notes write them: "left knee", "R hip", "knee pain, right-sided", "OD", "both ankles"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import cache, lru_cache
from typing import Final

from pydantic import BaseModel, ConfigDict

from chartstream.validation.rule_files import shipped_rules

_FILE: Final = "laterality.yaml"
_NEAR: Final = 4
"""How many words behind a side may name the part of the body it belongs to."""
_WORD: Final = re.compile(r"[A-Za-z']+")
_CLAUSE: Final = re.compile(r"[,;:()\n]|(?<!\b[LRlr]t)\.")
_EYE, _EAR = "eye", "ear"


class Side(Enum):
    """The side that a code's description, or a note, states."""

    LEFT = "left"
    RIGHT = "right"
    BILATERAL = "bilateral"
    UNSPECIFIED = "unspecified"


class SideWords(BaseModel):
    """``data/laterality.yaml``; its comments say what the parts mean."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    paired: frozenset[str]
    left: frozenset[str]
    right: frozenset[str]
    bilateral: frozenset[str]
    letters: Mapping[str, Side]
    abbreviations: Mapping[str, Side]
    eye: Mapping[str, Side]
    ear: Mapping[str, Side]
    no_side_before: frozenset[str]
    no_side_after: frozenset[str]
    regions: Mapping[str, frozenset[str]]


@cache
def side_words() -> SideWords:
    """The words as shipped. Raises ``ConfigurationError`` when the file does not hold."""
    return shipped_rules(_FILE, SideWords)


@lru_cache(maxsize=20_000)
def regions_of(words: Iterable[str]) -> frozenset[str]:
    """The regions of the body that some lower-case words name (a hashable collection); empty where none is known."""
    return frozenset(region for word in words for region in _regions().get(word, ()))


def sides_in(text: str, begin: int, end: int, regions: frozenset[str]) -> frozenset[Side]:
    """The sides that ``text[begin:end]`` states of parts of the body in ``regions``, or without naming a part.

    A side of a part of another region is left out; empty ``regions`` leave nothing out. "Both" is ``BILATERAL``.
    """
    return frozenset(
        side for side, places in _stated(text, begin, end, regions) if not places or not regions or places & regions
    )


def sides_of_part(text: str, begin: int, end: int, regions: frozenset[str]) -> frozenset[Side]:
    """Of ``sides_in`` only those that stand with a part of the body in ``regions``."""
    return frozenset(side for side, places in _stated(text, begin, end, regions) if places & regions)


def _stated(text: str, begin: int, end: int, regions: frozenset[str]) -> Iterator[tuple[Side, frozenset[str]]]:
    """Each side that is stated, and the regions of the part of the body behind it (empty where none is known)."""
    for match in _pattern().finditer(text, begin, end):
        word = match[0]
        side = _side(word, regions)
        if side is None:
            continue
        part = _part(text, match.end(), end)
        if word in side_words().letters and not part and not _bracketed(text, match):
            continue
        if word.lower() == "both" and not part:
            continue
        if not _leads_elsewhere(text, match, end):
            yield side, part


def _side(word: str, regions: frozenset[str]) -> Side | None:
    words = side_words()
    if (found := _plain_words().get(word.lower())) is not None:
        return found
    if (found := words.letters.get(word) or words.abbreviations.get(word)) is not None:
        return found
    if _EYE in regions and word in words.eye:
        return words.eye[word]
    return words.ear.get(word) if _EAR in regions else None


def _part(text: str, begin: int, end: int) -> frozenset[str]:
    """The regions of the first part of the body named within a few words, in the same clause."""
    stop = _CLAUSE.search(text, begin, end)
    near = _WORD.findall(text[begin : min(stop.start() if stop else end, begin + 60)].lower())[:_NEAR]
    return next((places for word in near if (places := frozenset(_regions().get(word, ())))), frozenset())


def _bracketed(text: str, match: re.Match[str]) -> bool:
    return text[match.start() - 1 : match.start()] == "(" and text[match.end() : match.end() + 1] == ")"


def _leads_elsewhere(text: str, match: re.Match[str], end: int) -> bool:
    """Whether the words beside it tell that no side is meant: "left the room", "right now", "all right"."""
    words = side_words()
    behind = _WORD.match(text, match.end() + 1, end)
    if behind is not None and behind[0].lower() in words.no_side_before:
        return True
    before = _WORD.findall(text[max(0, match.start() - 15) : match.start()].lower())[-1:]
    return bool(before) and before[0] in words.no_side_after and match[0].lower() in {"left", "right"}


@cache
def _plain_words() -> Mapping[str, Side]:
    words = side_words()
    named = ((words.left, Side.LEFT), (words.right, Side.RIGHT), (words.bilateral, Side.BILATERAL))
    return {word: side for group, side in named for word in group}


@cache
def _regions() -> Mapping[str, tuple[str, ...]]:
    """Regions by word, in singular and plural."""
    found: dict[str, tuple[str, ...]] = {}
    for region, parts in side_words().regions.items():
        for part in sorted(parts):
            for form in (part, f"{part}s"):
                found[form] = (*found.get(form, ()), region)
    return found


@cache
def _pattern() -> re.Pattern[str]:
    words = side_words()
    plain = "|".join(re.escape(word) for word in sorted(_plain_words(), key=len, reverse=True))
    capitals = "|".join(sorted({*words.letters, *words.abbreviations, *words.eye, *words.ear}, key=len, reverse=True))
    return re.compile(rf"(?<![\w/])(?:(?i:{plain})|{capitals})(?![\w/])")
