"""What stands around the words that evidence points to: their sentence, and the heading of their paragraph."""

from __future__ import annotations

import re
from typing import Final

Span = tuple[int, int]
"""Begin and end in a document's text, end exclusive."""

# A line that goes on in small letters was only broken to fit the page; "Lt." and the like end no sentence.
_BREAK: Final = re.compile(r"(?<!\b[LRlrDMS][trs])[.!?](?=\s|$)|;|\n(?!\s*[a-z])")
_PARAGRAPH: Final = "\n\n"
_LONGEST_SENTENCE: Final = 600
_LONGEST_HEADING: Final = 120


def sentence_around(text: str, begin: int, end: int) -> Span:
    """The sentence (or line) that holds ``text[begin:end]``."""
    start = max(0, begin - _LONGEST_SENTENCE)
    first = start
    for found in _BREAK.finditer(text, start, begin):
        first = found.end()
    last = _BREAK.search(text, max(begin, end - 1), min(len(text), end + _LONGEST_SENTENCE))
    return first, last.start() if last else min(len(text), end + _LONGEST_SENTENCE)


def heading_above(text: str, begin: int) -> Span | None:
    """The first line of the paragraph that holds ``begin``, where it is another line and short; else None."""
    top = text.rfind(_PARAGRAPH, 0, begin)
    first = 0 if top < 0 else top + len(_PARAGRAPH)
    last = text.find("\n", first)
    if last < 0 or last >= begin or last - first > _LONGEST_HEADING:
        return None
    return first, last
