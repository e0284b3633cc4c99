"""A regular expression that is compiled when first needed, and looked for only where its own words stand.

Hundreds of wordings are tried on every sentence about an injury. Most fail because a word that they cannot do without
is not there, which a search for the plain word finds out far faster than the expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final

_OPTIONAL: Final = frozenset("?*{")
_Words = frozenset[str]


class Wording:
    """An expression without regard to case."""

    def __init__(self, text: str) -> None:
        self.text: Final = text

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The compiled expression. Raises ``re.error`` where it is none."""
        return re.compile(self.text, re.IGNORECASE)

    @cached_property
    def needed(self) -> tuple[tuple[_Words, ...], ...]:
        """By alternative: sets of lower-case words; any match has a word of each set of one alternative."""
        return tuple(tuple(_needed(alternative)) for alternative in _alternatives(self.text))

    def possible(self, text: str) -> bool:
        """Whether a lower-case text has the words for a match."""
        return any(all(any(word in text for word in words) for words in sets) for sets in self.needed)


def _alternatives(text: str) -> list[str]:
    """What stands between the bars of an expression that are in no bracket and no group."""
    depth, begin, found = 0, 0, []
    for at, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if character == "|" and depth == 0:
            found.append(text[begin:at])
            begin = at + 1
    return [*found, text[begin:]]


def _needed(alternative: str) -> Iterator[_Words]:
    """The plain stretches of an alternative, and for each of its groups one word for each way through it."""
    for item in _items(alternative):
        if not item.startswith("("):
            if item.strip():
                yield frozenset({item.lower()})
            continue
        if item.startswith("(?") and not item.startswith("(?:"):
            continue  # what stands around a match is not of it
        inside = [list(_needed(each)) for each in _alternatives(item[1:-1].removeprefix("?:"))]
        if all(inside):
            # Of each way through the group the words that are hardest to meet by chance.
            yield frozenset().union(*(max(sets, key=lambda words: min(map(len, words))) for sets in inside))


def _items(text: str) -> Iterator[str]:
    """Stretches of plain characters and groups, without what may be missing."""
    run, at = "", 0
    while at < len(text):
        end = _end(text, at)
        optional = text[end : end + 1] in _OPTIONAL
        plain = end == at + 1 and text[at] not in ".^$+?*}"
        if plain and not optional:
            run += text[at]
        else:
            yield run
            run = ""
            if text[at] == "(" and not optional:
                yield text[at:end]
        at = _behind_count(text, end)
    yield run


def _end(text: str, at: int) -> int:
    """Where the item that begins at ``at`` ends: a group, a class, an escape or one character."""
    if text[at] == "\\":
        return at + 2
    if text[at] not in "([":
        return at + 1
    depth = 0
    for place in range(at, len(text)):
        depth += (text[place] in "([") - (text[place] in ")]")
        if depth == 0:
            return place + 1
    return len(text)


def _behind_count(text: str, at: int) -> int:
    """Behind the counts ("?", "*", "+", "{0,3}") that follow an item."""
    count = re.compile(r"(?:\{\d*,?\d*\}|[?*+])*").match(text, at)
    return count.end() if count else at
