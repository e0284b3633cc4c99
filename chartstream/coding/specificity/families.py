"""Families of codes: those of a category (or of categories that name one condition) that differ along axes alone.

What a description says is parted into axis values, values that it denies ("without bleeding") and the words that are
left; codes with the same words left are siblings. "Mild intermittent asthma with (acute) exacerbation" and "Unspecified
asthma, uncomplicated" both leave "asthma".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from chartstream.codesets import Code, CodeSet
from chartstream.coding.lexicon.defaults import is_completable
from chartstream.coding.specificity.axes import Axes, Stated, Value

_ASIDE: Final = re.compile(r"\([^)]*\)|\[[^\]]*\]")
# "Not specified as recurrent", "chronic or unspecified": the list says that nothing is known.
_UNKNOWN: Final = re.compile(
    r"\b(?:not specified as|unspecified as|unspecified whether with|not stated as|with unspecified severity)\b[^,;]*"
    r"|\b(?:acute|chronic) or unspecified\b|\bunspecified (?:finger|toe)s?\b"
)
_UNSPECIFIED_PART: Final = re.compile(r"(?<=,) unspecified (?!affecting)([^,;]*)")
_DENIED: Final = re.compile(
    r"\b(?:without|not)\b(?P<what>(?:[^,]*, )+and [^,]*|(?:(?!\bwith\b|\bwithout\b)[^,])*)|\buncomplicated\b"
)
_WORD: Final = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Member:
    """A code of a family, without its seventh character, and what its description states and denies."""

    code: str
    values: frozenset[Value]
    denied: frozenset[Value]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Refined:
    """The sibling that documented values select, and those of them that its description names or denies."""

    code: str
    used: Sequence[Stated]


class Families:
    """The families of one release. Reads each category once, when it is first asked for."""

    def __init__(self, codes: CodeSet, axes: Axes) -> None:
        self._codes = codes
        self._axes = axes
        self._category = lru_cache(maxsize=512)(self._read)

    def entry(self, code: str) -> Code | None:
        """What the tabular list says of ``code``."""
        return self._codes.get(code)

    def varies(self, code: str) -> bool:
        """Whether ``code`` has siblings at all."""
        return len(self._siblings(code)) > 1

    def has_axis(self, code: str, *names: str) -> bool:
        """Whether siblings of ``code`` differ along one of the axes called ``names``."""
        return any(axis in names for member in self._siblings(code).values() for axis, _ in member.values)

    def refine(
        self, code: str, stated: Sequence[Stated], denied: Sequence[Stated] = (), own: frozenset[Value] = frozenset()
    ) -> Refined | None:
        """The sibling of ``code`` that the documented values select; None where they select none other.

        ``stated`` holds at most one entry an axis, save those of axes with ``many``; ``own`` are values of ``code``
        itself that the mention's words or side state, which no sibling may lack.
        """
        siblings = self._siblings(code)
        known = siblings.get(code)
        if known is None or not (stated or denied):
            return None
        fitting = [m for m in siblings.values() if _fits(m, known, stated, denied, own)]
        best = max(fitting, key=lambda m: _rank(m, known, stated, denied), default=None)
        if best is None or _merit(best, stated, denied) <= _merit(known, stated, denied):
            return None
        return Refined(best.code, [*_matched(best.values, stated), *_matched(best.denied, denied)])

    def values(self, code: str) -> frozenset[Value]:
        """The values that the description of ``code`` states; empty for a code of no family."""
        known = self._siblings(code).get(code)
        return known.values if known else frozenset()

    def _siblings(self, code: str) -> Mapping[str, Member]:
        members = self._category(code[:3])
        known = members.get(code)
        if known is None:
            return {}
        return {m.code: m for m in members.values() if m.words == known.words}

    def _read(self, category: str) -> dict[str, Member]:
        categories = self._axes.merged.get(category, (category,))
        return {code: self._member(code) for name in categories for code in self._terminals(name)}

    def _terminals(self, code: str) -> Iterator[str]:
        """The billable codes below ``code``, those that only lack a seventh character without it."""
        entry = self._codes.get(code)
        if entry is None:
            return
        if entry.billable or is_completable(self._codes, code):
            yield code
            return
        for child in entry.children:
            yield from self._terminals(child)

    def _member(self, code: str) -> Member:
        entry = self._codes.get(code)
        text = self._axes.plain.get(code) or (entry.description if entry else "")
        text = _UNKNOWN.sub(" ", _ASIDE.sub(" ", text.lower()))
        text = _UNSPECIFIED_PART.sub(self._place_alone, text)
        values, left = self._axes.listed(_DENIED.sub(" ", text))
        denied, refused = self._axes.listed(" , ".join(m["what"] or "" for m in _DENIED.finditer(text)))
        # What is denied and is no axis parts families: gallstones without cholecystitis are no milder cholecystitis.
        words = self._words(left) | {f"no {word}" for word in self._words(refused)}
        return Member(code, values, denied - values, words)

    def _words(self, text: str) -> frozenset[str]:
        return frozenset(word for word in _WORD.findall(text) if word not in self._axes.empty)

    def _place_alone(self, match: re.Match[str]) -> str:
        """ ", unspecified knee" still says the knee; ", unspecified stage" says nothing."""
        found, left = self._axes.listed(match[1])
        return f" {match[1]}" if not left.strip() and all(axis == "site" for axis, _ in found) else " "


def _fits(
    member: Member, known: Member, stated: Sequence[Stated], denied: Iterable[Stated], own: frozenset[Value]
) -> bool:
    """Whether every value of ``member`` is documented or assumed already, and it contradicts none that is."""
    if any(value in member.values for found in denied for value in found.values) or not own <= member.values:
        return False
    for value in member.values:
        about = [found for found in stated if found.axis == value[0]]
        if any(value in found.values for found in about):
            continue
        # What the plain code merely assumes gives way to what is documented.
        if value not in known.values or (about and not any(found.many for found in about) and value not in own):
            return False
    return not any(value in member.denied for found in stated for value in found.values)


def _merit(member: Member, stated: Sequence[Stated], denied: Sequence[Stated]) -> tuple[int, int]:
    return len(_matched(member.values, stated)), len(_matched(member.denied, denied))


def _rank(
    member: Member, known: Member, stated: Sequence[Stated], denied: Sequence[Stated]
) -> tuple[int, int, int, int, bool, bool]:
    """The more documented the better, then the less that is assumed or lost, then the list's own unspecified code."""
    matched, refused = _merit(member, stated, denied)
    lost = len(known.values - member.values)
    assumed = len(member.values) - matched + len(member.denied - known.denied) - refused
    return matched, refused, -lost, -assumed, member.code == known.code, member.code.endswith("9")


def _matched(values: frozenset[Value], stated: Sequence[Stated]) -> list[Stated]:
    return [found for found in stated if any(value in values for value in found.values)]
