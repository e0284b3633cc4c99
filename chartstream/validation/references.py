"""The codes that a note of the tabular list refers to: ``(E10.-)``, ``(O00-O07, O08.8)``, ``(E08-E13 with .42)``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_PARENTHESIS = re.compile(r"\(([^()]*)\)")
_SEPARATOR = re.compile(r",\s*|;\s*|\s+and\s+|\s+or\s+")
_CODE = r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]*)?"
_SINGLE = re.compile(rf"({_CODE})\.?-?")
_RANGE = re.compile(rf"({_CODE})-?\s*-\s*({_CODE})-?(?: with \.([0-9A-Z]+)-?)?")


def plain(code: str) -> str:
    """A code without its dot, upper case, as codes are compared here."""
    return code.replace(".", "").strip().upper()


@dataclass(frozen=True, slots=True)
class References:
    """What a note refers to: beginnings of codes, and ranges of categories with an optional ending after the third
    character. Codes are compared without their dots.
    """

    prefixes: tuple[str, ...]
    ranges: tuple[tuple[str, str, str], ...]

    def match(self, code: str) -> bool:
        """Whether ``code`` (without its dot) is among what the note refers to."""
        return code.startswith(self.prefixes) or any(
            low <= code[: len(low)] and code[: len(high)] <= high and code[3:].startswith(ending)
            for low, high, ending in self.ranges
        )


def references_in(texts: Iterable[str]) -> References:
    """The references in parentheses of some notes.

    Some forty notes of the list qualify a code by a later character in words ("S06.0X- with seventh character A") or
    refer to conditions without a code: these give no reference, because a wrong one would hold correct claims back.
    """
    prefixes: list[str] = []
    ranges: list[tuple[str, str, str]] = []
    for text in texts:
        for inside in _PARENTHESIS.findall(text):
            for part in _SEPARATOR.split(inside):
                if single := _SINGLE.fullmatch(part.strip()):
                    prefixes.append(plain(single.group(1)))
                elif span := _RANGE.fullmatch(part.strip()):
                    ranges.append((plain(span.group(1)), plain(span.group(2)), span.group(3) or ""))
    return References(tuple(dict.fromkeys(prefixes)), tuple(dict.fromkeys(ranges)))
