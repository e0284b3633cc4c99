"""Words of a text in a common form, so that a note's wording and the code set's meet.

Both are cut into words, singular and American in spelling, then run through the vocabulary: equivalent words and
phrases get one form (``renal`` and ``kidney``), abbreviations are written out, words without meaning vanish.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from chartstream.errors import ConfigurationError

DATA: Final = Path(__file__).parent / "data"
_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019][a-z]+)?|\d+(?:\.\d+)?[a-z]?\b|\d+(?:\.\d+)?|%")
_BRITISH: Final = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"aemi", "emi"),
        (r"haem", "hem"),
        (r"oesoph", "esoph"),
        (r"oedema", "edema"),
        (r"rrhoea", "rrhea"),
        (r"paed", "ped"),
        (r"tumour", "tumor"),
        (r"leuk?caem", "leukem"),
        (r"gynaec", "gynec"),
        (r"orthopaed", "orthoped"),
        (r"ischaem", "ischem"),
        (r"faec", "fec"),
        (r"caec", "cec"),
        (r"foetal", "fetal"),
        (r"sulph", "sulf"),
    )
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word in its common form and where it stands: code points of the text, ``end`` exclusive."""

    form: str
    begin: int
    end: int


@lru_cache(maxsize=50_000)
def singular(word: str) -> str:
    """A lower-case word without its plural ending and in American spelling. Not always a word of the language."""
    if word.endswith(("'s", "\u2019s")):
        word = word[:-2]
    for pattern, replacement in _BRITISH:
        word = pattern.sub(replacement, word)
    if len(word) < 4 or word.endswith(("ss", "us", "is", "os")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


class Vocabulary:
    """Equivalent words and phrases, read from ``data/vocabulary.csv`` (columns: words, form, source).

    ``words`` holds alternatives divided by ``|``; an empty ``form`` drops them.
    """

    def __init__(self, rows: Iterable[tuple[Sequence[str], str]]) -> None:
        self._phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        for alternatives, form in rows:
            target = tuple(singular(word) for word in form.split())
            for alternative in alternatives:
                key = tuple(singular(m.group().lower()) for m in _WORD.finditer(alternative))
                self._phrases.setdefault(key[0], []).append((key, target))
        for entries in self._phrases.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    @classmethod
    def read(cls, path: Path = DATA / "vocabulary.csv") -> Vocabulary:
        """The vocabulary of the package. Raises ``ConfigurationError`` naming the line that is not well-formed."""
        rows = []
        with path.open(newline="", encoding="utf-8") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                if not row["words"] or not row["source"] or row["form"] is None:
                    raise ConfigurationError(f"{path.name}, line {number}: words or source is empty; fill it in.")
                rows.append((row["words"].split("|"), row["form"]))
        return cls(rows)

    def tokens(self, text: str, begin: int = 0, end: int | None = None) -> list[Token]:
        """The words of ``text[begin:end]`` in their common form, with offsets into ``text``."""
        words = [
            (singular(m.group().lower()), m.start(), m.end())
            for m in _WORD.finditer(text, begin, len(text) if end is None else end)
        ]
        found: list[Token] = []
        at = 0
        while at < len(words):
            length, forms = self._at(words, at)
            first, last = words[at][1], words[at + length - 1][2]
            found.extend(Token(form, first, last) for form in forms)
            at += length
        return found

    def forms(self, text: str) -> frozenset[str]:
        """The set of forms in ``text``."""
        return frozenset(token.form for token in self.tokens(text))

    def _at(self, words: Sequence[tuple[str, int, int]], at: int) -> tuple[int, Sequence[str]]:
        for key, target in self._phrases.get(words[at][0], ()):
            if len(key) == 1 or tuple(word for word, _, _ in words[at : at + len(key)]) == key:
                return len(key), target
        return 1, (words[at][0],)
