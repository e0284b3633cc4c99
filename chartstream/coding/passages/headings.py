"""Problem headings and listed diagnoses, in the many forms that notes give them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from chartstream.coding.model import Document, Section
from chartstream.coding.passages.section_rules import roles
from chartstream.coding.passages.statements import Kind, Statement, start_of

_LINE: Final = re.compile(r"[^\n\r]+")
_MARKER: Final = re.compile(
    r"\s*(?P<mark>(?:"
    r"(?:problem|issue|dx|diagnosis)\s*\#?\s*\d{1,2}\s*[.:)\u2013-]"
    r"|\(?\d{1,2}[.):](?!\d)|\d{1,2}\s+[\u2013-]\s|\#\s?\d*[.):]?|(?:I{1,3}|IV|VI{0,3}|IX)[.)](?=\s+[A-Z])"
    r"|[A-Za-z]\)|[-*\u2022\u00b7\u2023\u25aa\u25e6\u25cf\u25a0\u2013\u2014>]+)\s*)?",
    re.IGNORECASE,
)
# "1. Asthma, stable. 2. Gout. 3. ...": a numbered list written in one line.
_INLINE: Final = re.compile(r"(?:^|(?<=[.;,:)\s]))\(?(\d{1,2})[.)]\s+(?=[A-Z])")
_HEAD_END: Final = re.compile(
    r":|\s[-\u2013\u2014]+\s|(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bvs)\.(?=\s|$)|;(?=\s)|$"
)
_WORD: Final = re.compile(r"[\w'\u2019/-]+")
_PLAIN_HEADING_WORDS: Final = 18
# A line of so many code points may have been broken by the page's width.
_FULL_LINE: Final = 50
# An unmarked line's head longer than this must fill its line, in a plan; in an assessment it may be twice as long.
_SHORT_HEAD: Final = 6
_LONG_HEAD: Final = 12


@dataclass(frozen=True, slots=True)
class _Line:
    begin: int
    end: int
    head_end: int
    mark: str
    words: Sequence[str]
    head_words: int
    label: bool


def headings(document: Document, section: Section, *, plan_only: bool = False) -> Iterator[Statement]:
    """The problem headings of a section, each with the block beneath it; every line of a list of diagnoses."""
    lines = _lines(document, section)
    listed = section.kind.endswith(("diagnoses", "diagnosis", "problem_list"))
    numbered = _numbered(lines)
    # Beside an assessment, a plan's unmarked lines are problems only where they say nothing else.
    assessed = plan_only and any(roles().roles.get(other.kind) == "problems" for other in document.sections)
    most = 0 if assessed else _SHORT_HEAD if plan_only else _LONG_HEAD
    heads = [line for line in lines if listed or _is_heading(line, lines, numbered, most)]
    for line, following in pairwise([*heads, None]):
        if line is None:
            continue
        block_end = following.begin if following else section.end
        end = line.end if listed else line.head_end
        kind = Kind.LISTED if listed or section.kind == "impression" else Kind.HEADING
        yield Statement(document, section, line.begin, end, block_end, kind)


def _lines(document: Document, section: Section) -> list[_Line]:
    lines = []
    for begin, end in _stretches(document.text, start_of(section), section.end):
        marker = _MARKER.match(document.text, begin, end)
        start = marker.end() if marker else begin
        words = [w.lower() for w in _WORD.findall(document.text, start, end)]
        if words:
            mark = ((marker and marker["mark"]) or "").strip()
            head_end = _head_end(document.text, start, end)
            head_words = len(_WORD.findall(document.text, start, head_end))
            label = document.text[head_end : head_end + 1] == ":"
            lines.append(_Line(start, end, head_end, mark, words, head_words, label))
    return lines


def _stretches(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The lines of ``text[begin:end]``; a line that holds several numbered items gives one stretch an item."""
    for line in _unwrapped(text, begin, end):
        starts: list[int] = []
        expected = None
        for match in _INLINE.finditer(text, *line):
            number = int(match[1])
            if number == (expected or 1):
                starts.append(match.start())
                expected = number + 1
        cuts = [line[0], *(start for start in starts if start > line[0]), line[1]]
        yield from pairwise(cuts) if len(starts) > 1 else [line]


def _unwrapped(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The lines of ``text[begin:end]``, a sentence that the page's width broke as one: it goes on in lower case."""
    start = stop = begin
    for match in _LINE.finditer(text, begin, end):
        goes_on = stop > start and match.start() == stop + 1 and text[match.start()].islower()
        if goes_on and len(text[start:stop].splitlines()[-1]) >= _FULL_LINE:
            stop = match.end()
            continue
        if stop > start:
            yield start, stop
        start, stop = match.span()
    if stop > start:
        yield start, stop


def _head_end(text: str, begin: int, end: int) -> int:
    """Where a line's head ends: at its first colon, dash or full stop, behind a label that says nothing itself."""
    match = _HEAD_END.search(text, begin, end)
    if match is None:
        return end
    if match.end() > match.start() and text[begin : match.start()].strip().lower() in roles().introductions:
        behind = _HEAD_END.search(text, match.end(), end)
        return behind.start() if behind else end
    return match.start()


def _is_heading(line: _Line, lines: Sequence[_Line], numbered: bool, most: int) -> bool:
    """Whether a line names a problem, judged by its mark and by how the other lines of the section are marked.

    ``most``: of how many words an unmarked head may be that does not fill its line; in a plan it is short.
    """
    if line.words[0] in roles().remarks or _labels_an_action(line):
        return False
    if numbered:
        return _is_number(line.mark)
    if line.mark:
        if _has_plain_headings(lines):
            return False
        return most == _LONG_HEAD or (line.label and line.head_words <= _SHORT_HEAD)
    return _is_short(line, _SHORT_HEAD if line.label else most)


def _numbered(lines: Sequence[_Line]) -> bool:
    """Whether the section's problems are numbered; numbers before orders alone ("1. Continue lisinopril") are none."""
    marked = [line for line in lines if _is_number(line.mark)]
    return any(line.words[0] not in roles().remarks for line in marked)


def _is_short(line: _Line, most: int) -> bool:
    """Whether an unmarked line reads as a heading: few words before its first break, and no sentence's verb."""
    if roles().verbs.intersection(line.words[: line.head_words]):
        return False
    return line.head_words <= _PLAIN_HEADING_WORDS and (line.head_words <= most or line.head_words == len(line.words))


def _is_number(mark: str) -> bool:
    return bool(mark) and (mark[0] in "#(" or any(c.isdigit() for c in mark) or (mark[0] in "IVX" and len(mark) > 1))


def _labels_an_action(line: _Line) -> bool:
    return line.label and any(word in roles().labels for word in line.words[: line.head_words])


def _has_plain_headings(lines: Sequence[_Line]) -> bool:
    """Whether short unmarked lines stand above marked ones, which then say what is done about them."""
    return any(
        not above.mark and below.mark and _is_short(above, _SHORT_HEAD) and above.words[0] not in roles().remarks
        for above, below in pairwise(lines)
    )
