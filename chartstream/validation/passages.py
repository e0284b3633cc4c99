"""What stands around the words that evidence points to: their sentence, and the heading of their paragraph."""

from __future__ import annotations

from typing import Final

Span = tuple[int, int]
"""Begin and end in a document's text, end exclusive."""

_ENDS: Final = ".!?;\n"
_PARAGRAPH: Final = "\n\n"
_LONGEST_SENTENCE: Final = 600
_LONGEST_HEADING: Final = 120
_SHORT: Final = frozenset({"lt", "rt", "dr", "mr", "ms", "st", "mt"})
"""Words that end with a full stop which ends no sentence."""


def sentence_around(text: str, begin: int, end: int) -> Span:
    """The sentence (or line) that holds ``text[begin:end]``."""
    first = _begin(text, max(0, begin - _LONGEST_SENTENCE), begin)
    return first, _end(text, max(begin, end - 1), min(len(text), end + _LONGEST_SENTENCE))


def heading_above(text: str, begin: int) -> Span | None:
    """The first line of the paragraph that holds ``begin``, where it is another line and short; else None."""
    top = text.rfind(_PARAGRAPH, 0, begin)
    first = 0 if top < 0 else top + len(_PARAGRAPH)
    last = text.find("\n", first)
    if last < 0 or last >= begin or last - first > _LONGEST_HEADING:
        return None
    return first, last


def _begin(text: str, top: int, begin: int) -> int:
    at = begin
    while (at := max(text.rfind(mark, top, at) for mark in _ENDS)) >= 0:
        if _ends_sentence(text, at):
            return at + 1
    return top


def _end(text: str, last: int, bottom: int) -> int:
    at = last - 1
    while (at := min((found for mark in _ENDS if (found := text.find(mark, at + 1, bottom)) >= 0), default=-1)) >= 0:
        if _ends_sentence(text, at):
            return at
    return bottom


def _ends_sentence(text: str, at: int) -> bool:
    """Whether the mark at ``at`` ends a sentence."""
    mark, behind = text[at], text[at + 1 : at + 2]
    if mark == "\n":
        # A line that goes on in small letters was only broken to fit the page.
        return not text[at + 1 : at + 40].lstrip()[:1].islower()
    if mark == ";":
        return True
    if behind and not behind.isspace():
        return False
    return mark != "." or text[max(0, at - 2) : at].lower() not in _SHORT or text[max(0, at - 3) : at - 2].isalpha()
