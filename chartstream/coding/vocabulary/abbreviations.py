"""Abbreviations of several meanings, written out only where the words around them decide ("PE" the embolism, the exam).

The rules are lines of ``data/abbreviations.csv``:

- ``written``: ``any``, or ``capitals`` where the small word is another one ("as", "all", "add");
- ``place``: ``anywhere``; ``alone``: where it stands alone in its stretch or one of the words ``beside`` stands near;
  ``beside``: only with one of those words;
- ``beside`` and ``never``: words apart by blanks; one of ``never`` near it forbids the meaning.

Of several lines for one abbreviation the first whose conditions hold gives the meaning; if none does, it has none.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from chartstream.coding.vocabulary.words import common_form
from chartstream.errors import ConfigurationError

# How many words away a word still counts as near, on either side.
_NEAR: Final = 5
# "L hip", "hip pain (L)", not "L4", "L-spine", "R/O", "R. Miller".
_FREE_BEFORE: Final = frozenset(" \t\n(,")
_FREE_AFTER: Final = frozenset(" \t\r\n),;:")

Word = tuple[str, int, int]
"""A word's common form and its place: code points of the text, end exclusive."""


class Place(StrEnum):
    """Where an abbreviation has its meaning."""

    ANYWHERE = "anywhere"
    ALONE = "alone"
    BESIDE = "beside"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning of an abbreviation and its conditions; words in their common form."""

    forms: tuple[str, ...]
    capitals: bool
    place: Place
    beside: frozenset[str]
    never: frozenset[str]


class Abbreviations:
    """Meanings by the common form of the abbreviation."""

    def __init__(self, rows: Iterable[tuple[str, Meaning]]) -> None:
        self._meanings: dict[str, list[Meaning]] = {}
        for abbreviation, meaning in rows:
            self._meanings.setdefault(common_form(abbreviation.lower()), []).append(meaning)

    @classmethod
    def read(cls, path: Path) -> Abbreviations:
        """The abbreviations of ``path``. Raises ``ConfigurationError`` naming the line that is not well-formed."""
        rows = []
        with path.open(newline="", encoding="utf-8") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                meaning = _meaning(row)
                if meaning is None:
                    raise ConfigurationError(f"{path.name}, line {number}: a column is wrong or empty; correct it.")
                rows.append((row["abbreviation"], meaning))
        return cls(rows)

    def meanings(self) -> Iterable[tuple[str, ...]]:
        """The forms of every meaning."""
        return (meaning.forms for meanings in self._meanings.values() for meaning in meanings)

    def __contains__(self, form: str) -> bool:
        return form in self._meanings

    def written_out(self, text: str, words: Sequence[Word], at: int) -> tuple[str, ...] | None:
        """The forms that ``words[at]`` stands for among ``words``, or None where nothing decides."""
        form, begin, end = words[at]
        if len(form) == 1 and not _stands_free(text, words, at):
            return None
        capitals = text[begin:end].isupper() and not (len(words) > 1 and text[words[0][1] : words[-1][2]].isupper())
        near = {word for word, _, _ in (*words[max(0, at - _NEAR) : at], *words[at + 1 : at + 1 + _NEAR])}
        for meaning in self._meanings[form]:
            if meaning.capitals and not capitals:
                continue
            if near.isdisjoint(meaning.never) and _placed(meaning, near, len(words)):
                return meaning.forms
        return None


def _placed(meaning: Meaning, near: set[str], count: int) -> bool:
    if meaning.place is Place.ANYWHERE:
        return True
    return not near.isdisjoint(meaning.beside) or (meaning.place is Place.ALONE and count == 1)


def _stands_free(text: str, words: Sequence[Word], at: int) -> bool:
    _, begin, end = words[at]
    if at and words[at - 1][0][:1].isdigit():
        return False
    return (begin == 0 or text[begin - 1] in _FREE_BEFORE) and (end == len(text) or text[end] in _FREE_AFTER)


def _meaning(row: dict[str, str]) -> Meaning | None:
    if not row["abbreviation"] or not row["form"] or not row["source"]:
        return None
    if row["written"] not in ("any", "capitals") or row["place"] not in set(Place):
        return None
    if row["place"] == Place.BESIDE and not row["beside"]:
        return None
    return Meaning(
        tuple(common_form(word) for word in row["form"].split()),
        row["written"] == "capitals",
        Place(row["place"]),
        frozenset(common_form(word) for word in row["beside"].split()),
        frozenset(common_form(word) for word in row["never"].split()),
    )
