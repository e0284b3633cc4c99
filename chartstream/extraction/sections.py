"""Sections of a note, by their headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from chartstream.errors import ConfigurationError
from chartstream.extraction.readtext import Line, ReadText

# An enumeration or markup before a heading's words, and markup behind them.
_LEAD = re.compile(r"[ \t]*(?:(?:\d{1,2}|[IVX]{1,4}|[A-H])[.)][ \t]+)?[#*=_ \t]*")
_RUN_IN = re.compile(r"[^:\n]{1,60}?(?=[ \t*_]*:)")
_TRAIL = " \t:*=_#-."
# Inside these a short unknown heading is the name of a problem, not a new section.
_PROBLEM_KINDS = frozenset(
    {"assessment", "assessment_and_plan", "impression", "diagnoses", "discharge_diagnoses", "plan"}
)
# Sections that follow a plan, also with a heading run into their text.
_LATER_KINDS = frozenset({"disposition", "procedures", "assessment", "discharge_diagnoses", "discharge_medications"})
_MAX_WORDS = 6


@dataclass(frozen=True, slots=True)
class Section:
    """A section. The heading's words stand at ``title_begin`` to ``title_end``, its text at ``begin`` to ``end``.

    ``kind`` is one of ``data/headings.yaml``; ``header`` for what stands before the first heading and ``signature`` for
    the signature block (both without a title), ``other`` for a heading that is not known. ``confidence``, 0 to 1, is
    that of the boundary: how sure the form of the heading is, times how well its line was read.
    """

    kind: str
    title_begin: int | None
    title_end: int | None
    begin: int
    end: int
    confidence: float


@dataclass(frozen=True, slots=True)
class _Heading:
    kind: str
    line_begin: int
    title_begin: int
    title_end: int
    begin: int
    confidence: float


@dataclass(frozen=True, slots=True)
class _Words:
    """``data/headings.yaml``, by comparison key."""

    kinds: dict[str, str]
    endings: tuple[tuple[str, str], ...]
    signature_openings: tuple[str, ...]


def find_sections(read: ReadText) -> tuple[Section, ...]:
    """The sections of a document in order, without overlap. Raises ``ConfigurationError`` for a broken data file."""
    headings = list(_headings(read))
    first = headings[0].line_begin if headings else len(read.text)
    sections = []
    if read.text[:first].strip():
        begin, end = _trimmed(read.text, 0, first)
        sections.append(Section("header", None, None, begin, end, 1.0))
    stops = [*(heading.line_begin for heading in headings), len(read.text)][1:]
    for heading, stop in zip(headings, stops, strict=True):
        begin, end = _trimmed(read.text, heading.begin, stop)
        titled = heading.title_end > heading.title_begin
        title_begin, title_end = (heading.title_begin, heading.title_end) if titled else (None, None)
        sections.append(Section(heading.kind, title_begin, title_end, begin, end, heading.confidence))
    return tuple(sections)


def _headings(read: ReadText) -> Iterator[_Heading]:
    current = "header"
    for line in read.lines:
        heading = _heading(read.text, line, current)
        if heading is not None:
            current = heading.kind
            yield heading


def _heading(text: str, line: Line, current: str) -> _Heading | None:
    content = text[line.begin : line.end]
    lead = _LEAD.match(content)
    start = lead.end() if lead else 0
    words = content[start:]
    if not words or not (words[0].isupper() or words[0].isdigit()):
        return None
    if _key(words).startswith(_words().signature_openings):
        return _Heading("signature", line.begin, line.begin + start, line.begin + start, line.begin, line.confidence)
    for title, has_colon in _titles(words):
        form = _form(title, words, has_colon=has_colon, line=line, current=current)
        if form is not None:
            kind, sure = form
            title_begin = line.begin + start
            title_end = title_begin + len(title)
            return _Heading(
                kind, line.begin, title_begin, title_end, _text_begin(text, title_end), sure * line.confidence
            )
    return None


def _titles(words: str) -> Iterator[tuple[str, bool]]:
    """What may be the title of a line: the words before its colon, or all of it. With whether a colon follows."""
    run_in = _RUN_IN.match(words)
    if run_in is not None:
        yield run_in.group().rstrip(_TRAIL), True
    else:
        yield words.rstrip(_TRAIL), False


def _form(title: str, words: str, *, has_colon: bool, line: Line, current: str) -> tuple[str, float] | None:
    """The kind that a title opens and how sure that is; None if it opens nothing."""
    key = _key(title)
    capitals = title.isupper()
    alone = not words[len(title) :].strip(_TRAIL)
    kind = _words().kinds.get(key) or _kind_by_ending(title, key)
    if kind is None:
        marked = (capitals or line.emphasised) and (has_colon or alone) and len(title.split()) <= _MAX_WORDS
        known_place = current in _PROBLEM_KINDS or current == "header"
        return ("other", 0.8) if marked and len(key) > 3 and not known_place else None
    if len(key) == 1 and not (has_colon and capitals):
        return None
    if current in ("assessment_and_plan", "plan") and kind not in _LATER_KINDS and not (capitals or alone):
        # "Plan: …" or "Labs: …" below a problem is part of that problem.
        return None
    if alone or line.emphasised:
        return kind, 0.99 if capitals or has_colon or line.emphasised else 0.95
    return (kind, 0.98 if capitals else 0.95) if has_colon else None


def _kind_by_ending(title: str, key: str) -> str | None:
    if len(title.split()) > _MAX_WORDS:
        return None
    return next((kind for ending, kind in _words().endings if key.endswith(ending)), None)


def _text_begin(text: str, title_end: int) -> int:
    position = title_end
    while position < len(text) and text[position] in _TRAIL and text[position] != "-":
        position += 1
    return position


def _trimmed(text: str, begin: int, end: int) -> tuple[int, int]:
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    return begin, end


def _key(words: str) -> str:
    """Letters alone, in lower case: reading machines lose the spaces between words."""
    return "".join(c for c in words.replace("&", "and").lower() if c.isalpha())


@cache
def _words() -> _Words:
    source = resources.files("chartstream.extraction").joinpath("data", "headings.yaml")
    data = yaml.safe_load(source.read_text("utf-8"))
    try:
        kinds = {_key(title): kind for kind, titles in data["kinds"].items() for title in titles}
        endings = tuple((_key(ending), kind) for kind, words in data["endings"].items() for ending in words)
        openings = tuple(_key(opening) for opening in data["signature_openings"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"headings.yaml lacks a part or has one of another form ({error}); restore it from the package"
        ) from error
    return _Words(kinds, endings, openings)
