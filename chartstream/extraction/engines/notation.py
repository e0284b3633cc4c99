"""Letters and digits that look alike, put right where the word's shape leaves one reading only.

A number is never touched: words without a letter stay as they were read.
"""

from __future__ import annotations

from functools import cache

from chartstream.extraction.packaged import packaged

_SHAPE = str.maketrans("0O1lI", "oo|||")
_AROUND = "()[]{},;:.\"'"
_WORDS = frozenset({"Ill"})
"""English words in the shape of a notation, here III."""


def amended(word: str) -> str:
    """The word, or the known notation (``data/notation.yaml``) that looks like it: "Sp02" is "SpO2"."""
    core = word.strip(_AROUND)
    if not any(letter.isalpha() for letter in core) or core in _WORDS:
        return word
    return word.replace(core, _notations().get(core.translate(_SHAPE), core), 1)


@cache
def _notations() -> dict[str, str]:
    return packaged("notation.yaml", lambda data: {known.translate(_SHAPE): known for known in data["notations"]})
