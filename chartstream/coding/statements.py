"""Which stretches of a note state a diagnosis: problem headings and lists, sentences only where there are none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final

import yaml

from chartstream.coding.model import Document, Section
from chartstream.coding.tokens import DATA
from chartstream.errors import ConfigurationError

_LINE: Final = re.compile(r"[^\n\r]+")
_MARKER: Final = re.compile(
    r"\s*(?P<mark>(?:\(?\d{1,2}[.):](?!\d)|#\s?\d*[.):]?|[A-Za-z]\)|[-*•·‣▪◦\u2013\u2014>])\s*)?"
)
_HEAD_END: Final = re.compile(r":|\s[-\u2013\u2014]+\s|\.(?=\s|$)|;(?=\s)|$")
SENTENCE_END: Final = re.compile(r"(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bvs)[.!?](?=\s|$)|[\n\r]+|;")
_WORD: Final = re.compile(r"[\w'\u2019/-]+")
_EMPTY_LABELS: Final = frozenset(
    {"assessment", "impression", "diagnosis", "diagnoses", "problem", "principal diagnosis"}
)
_PLAIN_HEADING_WORDS: Final = 18


# Verbs that tell a sentence from a heading.
_PROSE: Final = frozenset(
    {"is", "are", "was", "were", "has", "have", "had", "presents", "presented", "reports", "states", "appears", "came"}
)


class Kind(IntEnum):
    """How a statement was made; the lower, the surer that it names a diagnosis of this encounter."""

    LISTED = 1
    HEADING = 2
    SENTENCE = 3
    REASON = 4


@dataclass(frozen=True, slots=True)
class Statement:
    """A stretch that may name a diagnosis and, up to ``block_end``, what is said about it. Offsets: code points."""

    document: Document
    section: Section
    begin: int
    end: int
    block_end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Roles:
    """``data/sections.yaml``: the role of each kind of section, and words that open remarks rather than problems."""

    roles: dict[str, str]
    remarks: frozenset[str]
    labels: frozenset[str]


@lru_cache(maxsize=1)
def roles() -> Roles:
    """The section rules of the package. Raises ``ConfigurationError`` if the file lacks a part."""
    data = yaml.safe_load((DATA / "sections.yaml").read_text(encoding="utf-8"))
    try:
        return Roles(data["roles"], frozenset(data["remarks"].split()), frozenset(data["labels"].split()))
    except KeyError as error:
        raise ConfigurationError(f"sections.yaml has no part {error}; restore it from the package.") from error


@dataclass(frozen=True, slots=True)
class _Line:
    begin: int
    end: int
    head_end: int
    mark: str
    words: Sequence[str]
    head_words: int
    label: bool


def problem_statements(document: Document) -> list[Statement]:
    """Problem headings and listed diagnoses of the assessment, the plan and the lists of diagnoses, in order."""
    found: list[Statement] = []
    for section in document.sections:
        role = roles().roles.get(section.kind)
        if role in ("problems", "plan"):
            found.extend(_headings(document, section, plan_only=role == "plan"))
    return found


def sentences(document: Document, role: str, kind: Kind) -> Iterator[Statement]:
    """The sentences of the sections that have ``role``."""
    for section in document.sections:
        if roles().roles.get(section.kind) != role:
            continue
        begin = _start(section)
        for match in (*SENTENCE_END.finditer(document.text, begin, section.end), None):
            end = match.start() if match else section.end
            if document.text[begin:end].strip():
                yield Statement(document, section, begin, end, end, kind)
            begin = match.end() if match else end


def _start(section: Section) -> int:
    return section.begin if section.title_end is None else max(section.begin, section.title_end)


def _lines(document: Document, section: Section) -> list[_Line]:
    lines = []
    for match in _LINE.finditer(document.text, _start(section), section.end):
        marker = _MARKER.match(document.text, match.start(), match.end())
        begin = marker.end() if marker else match.start()
        words = [w.lower() for w in _WORD.findall(document.text, begin, match.end())]
        if words:
            mark = ((marker and marker["mark"]) or "").strip()
            head_end = _head_end(document.text, begin, match.end())
            head_words = len(_WORD.findall(document.text, begin, head_end))
            lines.append(
                _Line(
                    begin, match.end(), head_end, mark, words, head_words, document.text[head_end : head_end + 1] == ":"
                )
            )
    return lines


def _headings(document: Document, section: Section, *, plan_only: bool) -> Iterator[Statement]:
    lines = _lines(document, section)
    listed = section.kind.endswith(("diagnoses", "diagnosis", "problem_list"))
    heads = [line for line in lines if listed or _is_heading(line, lines, plan_only=plan_only)]
    for line, following in pairwise([*heads, None]):
        if line is None:
            continue
        block_end = following.begin if following else section.end
        end = line.end if listed else line.head_end
        kind = Kind.LISTED if listed or section.kind == "impression" else Kind.HEADING
        yield Statement(document, section, line.begin, end, block_end, kind)


def _head_end(text: str, begin: int, end: int) -> int:
    match = _HEAD_END.search(text, begin, end)
    if match is None:
        return end
    # "Diagnosis: knee pain": the label says nothing, the line's content does.
    if match.group() == ":" and text[begin : match.start()].strip().lower() in _EMPTY_LABELS:
        return end
    return match.start()


def _is_heading(line: _Line, lines: Sequence[_Line], *, plan_only: bool) -> bool:
    """Whether a line names a problem, judged by its mark and by how the other lines of the section are marked."""
    if line.words[0] in roles().remarks or _labels_an_action(line):
        return False
    numbered = any(_is_number(other.mark) for other in lines)
    if numbered:
        return _is_number(line.mark)
    if line.mark:
        return not plan_only and not _has_plain_headings(lines)
    return _is_short(line)


def _is_short(line: _Line) -> bool:
    """Whether an unmarked line reads as a heading: few words before its first break, and no sentence's verb."""
    if _PROSE.intersection(line.words[: line.head_words]):
        return False
    return line.head_words <= _PLAIN_HEADING_WORDS and (line.head_words <= 6 or line.head_words == len(line.words))


def _is_number(mark: str) -> bool:
    return mark[:1] == "#" or mark[:1].isdigit() or mark[:1] == "("


def _labels_an_action(line: _Line) -> bool:
    return line.label and any(word in roles().labels for word in line.words[: line.head_words])


def _has_plain_headings(lines: Sequence[_Line]) -> bool:
    """Whether short unmarked lines stand above marked ones, which then say what is done about them."""
    return any(
        not above.mark and below.mark and _is_short(above) and above.words[0] not in roles().remarks
        for above, below in pairwise(lines)
    )
