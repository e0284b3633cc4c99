"""Misspelt words of clinical terms, corrected within narrow bounds.

Only a word that nobody knows is looked at: neither the lexicon nor the vocabulary, neither general English nor a
medicine. One edit (a letter more, less, other, or two swapped) is allowed in five to seven letters, two in more. The
first letter must be right, one correction only the nearest, and no twin of a look-alike pair may lie within the bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property, lru_cache
from pathlib import Path
from string import ascii_lowercase
from typing import Final

from chartstream.coding.data_files import read_yaml
from chartstream.errors import ConfigurationError

_SHORTEST: Final = 5
_TWO_EDITS_FROM: Final = 8

Affixes = Sequence[Sequence[str]]


def allowed_edits(word: str) -> int:
    """How many edits a word of this length may need."""
    if len(word) < _SHORTEST:
        return 0
    return 1 if len(word) < _TWO_EDITS_FROM else 2


class Speller:
    """Corrects words to ``clinical`` ones; words that ``general`` gives are known and stay."""

    def __init__(
        self, clinical: AbstractSet[str], general: Callable[[], AbstractSet[str]], prefixes: Affixes, suffixes: Affixes
    ) -> None:
        """``general`` is asked once, for the first word that is not clinical."""
        self._clinical = clinical
        self._read_general = general
        self._prefixes = prefixes
        self._suffixes = suffixes
        self.corrected = lru_cache(maxsize=20_000)(self._corrected)

    @classmethod
    def read(cls, clinical: AbstractSet[str], folder: Path) -> Speller:
        """With the word lists and affixes below ``folder``. Raises ``ConfigurationError`` if the latter lack a part."""
        path = folder / "affixes.yaml"
        data = read_yaml(path)
        try:
            prefixes, suffixes = ([group.split() for group in data[part]] for part in ("prefixes", "suffixes"))
        except (KeyError, TypeError, AttributeError) as error:
            raise ConfigurationError(f"{path.name}: {error!r}; restore it from the package.") from error
        return cls(clinical, lambda: frozenset(_listed(folder / "words")), prefixes, suffixes)

    @cached_property
    def _general(self) -> AbstractSet[str]:
        return self._read_general()

    @cached_property
    def _buckets(self) -> Mapping[tuple[str, int], Sequence[tuple[str, int]]]:
        """The clinical words and their letters by first letter and length, made for the first word nobody knows."""
        found: dict[tuple[str, int], list[tuple[str, int]]] = {}
        for word in sorted(self._clinical):
            if len(word) >= _SHORTEST and word.isalpha():
                found.setdefault((word[0], len(word)), []).append((word, _letters(word)))
        return found

    def knows(self, word: str) -> bool:
        """Whether a word in its common form is no misspelling."""
        return word in self._clinical or word in self._general

    def _corrected(self, word: str) -> tuple[str, int] | None:
        """(the word meant, edits) for a word in its common form; None where it is known or nothing is near enough."""
        most = allowed_edits(word)
        if not most or self.knows(word) or not word.isalpha():
            return None
        near = self._near(word, most)
        if not near:
            return None
        edits, meant = near[0]
        rivals = near[1:]
        if rivals and rivals[0][0] == edits:
            return None
        if any(self._twins(meant, other) for _, other in rivals) or self._twins(word, meant):
            return None
        # A word of general English that lies as near is as likely to have been meant.
        if any(other in self._general and other not in self._clinical for other in _one_edit_away(word)):
            return None
        return meant, edits

    def _near(self, word: str, most: int) -> list[tuple[int, str]]:
        """(edits, clinical word) within the bounds, the nearest first."""
        own = _letters(word)
        found = []
        for length in range(len(word) - most, len(word) + most + 1):
            for other, letters in self._buckets.get((word[0], length), ()):
                if (own & ~letters).bit_count() <= most and (letters & ~own).bit_count() <= most:
                    edits = distance(word, other, most)
                    # The bound is that of the word meant, too: no two edits in a short one.
                    if edits <= min(most, allowed_edits(other)):
                        found.append((edits, other))
        return sorted(found)

    def _twins(self, one: str, other: str) -> bool:
        """Whether two words differ in an affix that makes another condition of them."""
        for group in self._prefixes:
            first, second = (next((p for p in group if word.startswith(p)), None) for word in (one, other))
            if first and second and first != second:
                return True
        for group in self._suffixes:
            first, second = (next((s for s in group if word.endswith(s)), None) for word in (one, other))
            if first and second and first != second:
                return True
        return False


def distance(one: str, other: str, most: int) -> int:
    """The edits from one word to the other (insert, delete, replace, swap neighbours), or ``most + 1`` if more."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i, *[0] * len(other)]
        for j, wanted in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row[j] = cost
        if min(row) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)


def _letters(word: str) -> int:
    """The set of a word's letters as bits."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 31)
    return bits


def _one_edit_away(word: str) -> Iterable[str]:
    for at in range(1, len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in ascii_lowercase:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]


def _listed(folder: Path) -> Iterable[str]:
    """The words of the lists, which are in their common form already: bringing 54,000 there takes half a second."""
    for path in (folder / "english.txt", folder / "medicines.txt"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                yield line
