"""Words of a text in a common form, so that a note's wording and the code set's meet.

Both are cut into words, each in its common form, then run through the vocabulary: equivalent words and phrases get one
form (``renal`` and ``kidney``), abbreviations are written out, words without meaning vanish. In notes, not in the code
set, misspelt words are corrected as well.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from copy import copy
from pathlib import Path
from typing import Final, NamedTuple

from chartstream.coding.data_files import DATA
from chartstream.coding.vocabulary.abbreviations import Abbreviations, Word
from chartstream.coding.vocabulary.spelling import Speller
from chartstream.coding.vocabulary.words import common_form
from chartstream.errors import ConfigurationError

# "non-union" and "gastro-esophageal" are one word, however they are written.
_PREFIX: Final = (
    r"(?:anti|pre|sub|intra|inter|infra|supra|hyper|peri|hemi|[^\W\d_]{3,}o)-(?=[^\W\d_]{3})|non[- ](?=[^\W\d_]{2})"
)
_WORD: Final = re.compile(
    rf"(?:{_PREFIX})?[^\W\d_]+(?:['\u2019][a-z]+)?|\d+(?:\.\d+)?[a-z]?\b|\d+(?:\.\d+)?|%", re.IGNORECASE
)
# Behind these stands a name, which is no misspelling.
_TITLES: Final = frozenset({"dr", "mr", "mrs", "ms", "miss", "prof"})
# A short word in capitals is an abbreviation, not a misspelt word.
_LONGEST_ABBREVIATION: Final = 7


class Token(NamedTuple):
    """A word in its common form and where it stands: code points of the text, ``end`` exclusive.

    ``edits`` counts the letters that a misspelt word was corrected by.
    """

    form: str
    begin: int
    end: int
    edits: int = 0


class Vocabulary:
    """Equivalent words and phrases, read from ``data/vocabulary.csv`` (columns: words, form, source).

    ``words`` holds alternatives divided by ``|``; an empty ``form`` drops them.
    """

    def __init__(
        self,
        rows: Iterable[tuple[Sequence[str], str]],
        abbreviations: Abbreviations | None = None,
    ) -> None:
        self._abbreviations = abbreviations or Abbreviations(())
        self._speller: Speller | None = None
        self._single: dict[str, tuple[str, ...]] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        for alternatives, form in rows:
            target = tuple(common_form(word) for word in form.split())
            for alternative in alternatives:
                key = tuple(word for word, _, _ in _words(alternative))
                if len(key) == 1:
                    self._single.setdefault(key[0], target)
                else:
                    self._phrases.setdefault(key[0], []).append((key, target))
        for entries in self._phrases.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        # What one line writes out another may put into a common form: "AS" is aortic stenosis, and "aortic" is "aorta".
        single = {word: self._resolved(target) for word, target in self._single.items()}
        phrases = {
            first: [(key, self._resolved(target)) for key, target in entries]
            for first, entries in self._phrases.items()
        }
        self._written_out = {forms: self._resolved(forms) for forms in self._abbreviations.meanings()}
        self._single, self._phrases = single, phrases

    @classmethod
    def read(cls, path: Path = DATA / "vocabulary.csv", abbreviations: Path = DATA / "abbreviations.csv") -> Vocabulary:
        """The vocabulary of the package. Raises ``ConfigurationError`` naming the line that is not well-formed."""
        rows = []
        with path.open(newline="", encoding="utf-8") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                if not row["words"] or not row["source"] or row["form"] is None:
                    raise ConfigurationError(f"{path.name}, line {number}: words or source is empty; fill it in.")
                rows.append((row["words"].split("|"), row["form"]))
        return cls(rows, Abbreviations.read(abbreviations))

    def tolerant(self, clinical: Iterable[str]) -> Vocabulary:
        """The same vocabulary for notes: words misspelt are corrected to ``clinical`` ones or to its own."""
        own = {word for entries in self._phrases.values() for key, _ in entries for word in key}
        tolerant = copy(self)
        tolerant._speller = Speller.read(own | set(self._single) | set(clinical), DATA)  # noqa: SLF001 — a copy of this
        return tolerant

    def tokens(self, text: str, begin: int = 0, end: int | None = None) -> list[Token]:
        """The words of ``text[begin:end]`` in their common form, with offsets into ``text``."""
        words = _words(text, begin, len(text) if end is None else end)
        edited = self._correct(words, text) if self._speller is not None else {}
        found: list[Token] = []
        at = 0
        while at < len(words):
            length, forms = self._at(words, at, text)
            first, last = words[at][1], words[at + length - 1][2]
            edits = sum(edited.get(place, 0) for place in range(at, at + length)) if edited else 0
            found.extend([Token(form, first, last, edits) for form in forms])
            at += length
        return found

    def forms(self, text: str) -> frozenset[str]:
        """The set of forms in ``text``."""
        return frozenset(token.form for token in self.tokens(text))

    def _at(self, words: Sequence[Word], at: int, text: str) -> tuple[int, Sequence[str]]:
        """(how many words one phrase, abbreviation or word takes, its forms)."""
        word = words[at][0]
        for key, target in self._phrases.get(word, ()):
            if tuple(other for other, _, _ in words[at : at + len(key)]) == key:
                return len(key), target
        if word in self._abbreviations:
            meaning = self._abbreviations.written_out(text, words, at)
            if meaning is not None:
                return 1, self._written_out[meaning]
        return 1, self._single.get(word, (word,))

    def _resolved(self, target: tuple[str, ...]) -> tuple[str, ...]:
        """The forms of a line's target as the other lines have them, each once."""
        found: list[str] = []
        at = 0
        while at < len(target):
            matches = (e for e in self._phrases.get(target[at], ()) if target[at : at + len(e[0])] == e[0])
            key, forms = next(matches, (target[at : at + 1], self._single.get(target[at], (target[at],))))
            found.extend(forms)
            at += len(key)
        return tuple(dict.fromkeys(found)) or target

    def _correct(self, words: list[Word], text: str) -> dict[int, int]:
        """Corrects misspelt words in place; edits by place."""
        edited = {}
        for place, (word, begin, end) in enumerate(words):
            if len(word) < 5 or self._speller is None:
                continue
            correction = self._speller.corrected(word)
            if correction is None or _is_name_or_abbreviation(words, place, text):
                continue
            words[place] = (correction[0], begin, end)
            edited[place] = correction[1]
        return edited


def _is_name_or_abbreviation(words: Sequence[Word], place: int, text: str) -> bool:
    word, begin, end = words[place]
    if text[begin:end].isupper() and len(word) <= _LONGEST_ABBREVIATION:
        return True
    return place > 0 and words[place - 1][0] in _TITLES


def _words(text: str, begin: int = 0, end: int | None = None) -> list[Word]:
    """The words of ``text[begin:end]``, each in its common form, with its place."""
    return [
        (common_form(m.group().lower()), m.start(), m.end())
        for m in _WORD.finditer(text, begin, len(text) if end is None else end)
    ]
