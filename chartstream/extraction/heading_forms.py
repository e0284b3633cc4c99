"""What may be a heading, by its form alone: the words before a colon, a line on its own, what stands in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import chain

from chartstream.extraction.headings import Known, headings, key_of
from chartstream.extraction.readtext import Line, ReadText

_LEAD = re.compile(
    r"[ \t>]*(?P<bullet>[-*\u2022\u00b7\u25aa\u25cf][ \t]+)?(?P<open>[#*=_~<\[({-]+[ \t]*)?"
    r"(?:(?P<number>\d{1,2}|[IVX]{1,4}|[A-H])[.)](?:[ \t]+|(?=[A-Z*]{2})))?(?P<bold>[*_]+)?"
)
_CLOSED = re.compile(r"(?P<title>[^\]*=>\n]{1,60}?)[ \t]*(?:\]|\*\*|__|==+|>)[ \t]*[:.]?")
_COLON = re.compile(r"(?P<title>[^:;\uff1a\n]{1,60}?)[ \t*_]*(?P<mark>[:;\uff1a])")
_CAPITALS_THEN = re.compile(r"(?P<title>[A-Z][A-Z&/ ]{1,45}?)(?:[ \t]+[-\u2013\u2014]+[ \t]+|\.[ \t]+|[ \t]{2,})(?=\S)")
# Abbreviations that head what follows them without any sign: "A/P 1. Asthma", "Dx. Gout", "Imp Low back pain".
_BARE = re.compile(r"(?P<title>A ?[/&+] ?P|Dx|DX|Imp|IMP)\.?[ \t]+(?=[A-Z0-9#(*-])")
_LETTER = re.compile(
    r"[ \t]*(?P<open>[(\[])?(?P<title>[SOAP])(?:[)\]:.\u2013-]{1,2}[ \t]*|[ \t]*$|[ \t]+-[ \t]+)(?=\S|$)"
)
_PLAN_BEHIND = re.compile(r"[^\n]*[.;][ \t]+P:")
_AFTER_SENTENCE = re.compile(r"(?<=[.;)])[ \t]+(?P<title>[A-Z][A-Z&/ ]{1,45}?)[ \t]*:(?=[ \t])")
_BARE_AFTER_SENTENCE = re.compile(r"(?<=[.;)])[ \t]+(?P<title>A ?[/&+] ?P|Dx|DX|Imp|IMP)[.:]?[ \t]+(?=[A-Z]|\d[.)])")
_CELL = re.compile(r"(?:[ \t]{2,}|\t)(?=\S)")
_UNDERLINE = re.compile(r"[ \t]*[-=_~*\u2014]{3,}[ \t]*")
_TRAIL = " \t:;*=_#-.]>)~\u2013\u2014\uff1a"
_MAX_WORDS = 7


class Form(Enum):
    """How a possible heading is set."""

    CAPITALS = auto()
    COLON = auto()
    MARKED = auto()
    PLAIN = auto()
    LOWER = auto()
    LETTER = auto()
    SIGNATURE = auto()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible heading. Offsets count in the document's text; ``text_begin`` is where what it heads begins.

    ``alone``: nothing else stands on its line. ``number`` is the enumeration before it, ``bullet`` whether one stands
    there, ``indent`` the columns before it. ``beside``: another heading stands before it on its line. ``row`` counts
    the note's lines from 0; ``after_blank``: the line above is empty, or there is none.
    """

    line: Line
    title: str
    title_begin: int
    title_end: int
    text_begin: int
    known: Known | None
    form: Form
    alone: bool
    number: str | None = None
    bullet: bool = False
    indent: int = 0
    beside: bool = False
    row: int = 0
    after_blank: bool = True

    @property
    def key(self) -> str:
        """The title's letters in lower case."""
        return key_of(self.title)


def candidates(read: ReadText) -> Iterator[Candidate]:
    """Everything that could head a section, in order of place; most of it will not."""
    letters = _has_letters(read)
    for number, line in enumerate(read.lines):
        content = read.text[line.begin : line.end]
        if not content.strip():
            continue
        below = read.lines[number + 1] if number + 1 < len(read.lines) else None
        underlined = below is not None and bool(_UNDERLINE.fullmatch(read.text, below.begin, below.end))
        first = (
            _signature(content, line)
            or (_letter(content, line) if letters else None)
            or _first(content, line, underlined)
        )
        if first is not None:
            above = read.lines[number - 1] if number else None
            blank = above is None or not read.text[above.begin : above.end].strip()
            text_begin = below.end if underlined and first.alone and below is not None else first.text_begin
            first = replace(first, row=number, after_blank=blank, text_begin=text_begin)
            yield first
            yield from _beside(content, line, first)
        yield from _after_sentences(content, line, first)


def _has_letters(read: ReadText) -> bool:
    """Whether at least three of the letters S, O, A and P open lines, or A does and P stands behind it in its line."""
    found = [match for line in read.lines if (match := _LETTER.match(read.text, line.begin, line.end))]
    assessed = (match.end() for match in found if match["title"] == "A")
    return len({match["title"] for match in found}) >= 3 or any(
        _PLAN_BEHIND.match(read.text, begin) is not None for begin in assessed
    )


def _signature(content: str, line: Line) -> Candidate | None:
    start = len(content) - len(content.lstrip(" \t*_#([-"))
    if not content[start : start + 1].isupper() or not key_of(content).startswith(headings().signature_openings):
        return None
    begin = line.begin + start
    return Candidate(line, "", begin, begin, line.begin, None, Form.SIGNATURE, alone=True)


def _letter(content: str, line: Line) -> Candidate | None:
    match = _LETTER.match(content)
    if match is None:
        return None
    begin, end = line.begin + match.start("title"), line.begin + match.end("title")
    known = headings().known(match["title"])
    alone = match.end() == len(content)
    return Candidate(line, match["title"], begin, end, line.begin + match.end(), known, Form.LETTER, alone)


def _first(content: str, line: Line, underlined: bool) -> Candidate | None:
    lead = _LEAD.match(content)
    if lead is None:
        return None
    start = lead.end()
    marked = bool(lead["open"] or lead["bold"]) or underlined or line.emphasised
    found = _title(content, start, marked=bool(lead["open"] or lead["bold"]))
    if found is None:
        return None
    title, colon, begins = found
    if not title[:1].isalnum():
        return None
    alone = not content[start + len(title) :].strip(_TRAIL)
    return Candidate(
        line,
        title,
        line.begin + start,
        line.begin + start + len(title),
        line.begin + begins,
        headings().known(title),
        _form(title, marked=marked, colon=colon),
        alone,
        number=lead["number"],
        bullet=bool(lead["bullet"]),
        indent=len(content) - len(content.lstrip()),
    )


def _title(content: str, start: int, *, marked: bool) -> tuple[str, bool, int] | None:
    """The title at ``start``, whether a colon follows, and where the text behind it begins."""
    if marked and (closed := _CLOSED.match(content, start)):
        return closed["title"].strip(), True, closed.end()
    colon = _COLON.match(content, start)
    if colon is not None and _is_title_before(colon, content):
        return colon["title"].rstrip(_TRAIL), True, colon.end()
    whole = content[start:].rstrip(_TRAIL)
    known = headings().known(whole) if whole.strip() and len(whole.split()) <= _MAX_WORDS else None
    if known is not None and known.exact:
        return whole, False, len(content)
    bare = _BARE.match(content, start)
    if bare is not None:
        return bare["title"], True, bare.end()
    run_in = _CAPITALS_THEN.match(content, start)
    if run_in is not None and _heads_a_sentence(run_in):
        return run_in["title"].rstrip(), False, run_in.end()
    return (whole, False, len(content)) if whole.strip() and len(whole.split()) <= _MAX_WORDS else None


def _heads_a_sentence(run_in: re.Match[str]) -> bool:
    """Whether capitals before a dash, a full stop or a gap are a known title; "MRI. Brace." is an order."""
    known = headings().known(run_in["title"])
    least = 4 if run_in.group().rstrip().endswith(".") else 2
    return known is not None and known.exact and len(key_of(run_in["title"])) >= least


def _is_title_before(colon: re.Match[str], content: str) -> bool:
    """Not the hour of a time, and a semicolon only where it looks like a colon misread."""
    title = colon["title"].rstrip(_TRAIL)
    after = content[colon.end() : colon.end() + 1]
    if not title or (title[-1].isdigit() and after.isdigit()):
        return False
    return colon["mark"] != ";" or (title.isupper() and headings().known(title) is not None)


def _form(title: str, *, marked: bool, colon: bool) -> Form:
    letters = [c for c in title if c.isalpha()]
    if not title[0].isupper() and not title[0].isdigit():
        return Form.MARKED if marked else Form.LOWER
    if letters and sum(c.isupper() for c in letters) >= 0.8 * len(letters):
        return Form.CAPITALS
    if marked:
        return Form.MARKED
    return Form.COLON if colon else Form.PLAIN


def _beside(content: str, line: Line, first: Candidate) -> Iterator[Candidate]:
    """Headings in the further cells of a row that begins with one: "PMH: asthma    PSH: none"."""
    if first.known is None or not first.known.exact:
        return
    for gap in _CELL.finditer(content, first.title_end - line.begin):
        found = _title(content, gap.end(), marked=False)
        if found is None:
            continue
        cell_end = next((g.start() for g in _CELL.finditer(content, gap.end())), len(content))
        whole = content[gap.end() : cell_end].rstrip(_TRAIL)
        title, colon, begins = found if found[1] else (whole, False, cell_end)
        known = headings().known(title)
        if known is None or not known.exact or not (colon or first.alone or first.title == first.title.upper()):
            continue
        if not colon and not title.isupper():
            continue
        begin = line.begin + gap.end()
        form = _form(title, marked=line.emphasised, colon=colon)
        text_begin = line.begin + begins
        yield Candidate(line, title, begin, begin + len(title), text_begin, known, form, alone=False, beside=True)


def _after_sentences(content: str, line: Line, first: Candidate | None) -> Iterator[Candidate]:
    """Headings within a paragraph: "…for two days. ALLERGIES: none. MEDICATIONS: none. Dx Croup."."""
    start = first.title_end - line.begin if first is not None and (first.known or first.alone) else 0
    found = chain(_AFTER_SENTENCE.finditer(content, start), _BARE_AFTER_SENTENCE.finditer(content, start))
    for match in sorted(found, key=lambda match: match.start()):
        known = headings().known(match["title"])
        if known is None or not known.exact or len(key_of(match["title"])) < 2:
            continue
        begin = line.begin + match.start("title")
        end = line.begin + match.end("title")
        yield Candidate(
            line, match["title"], begin, end, line.begin + match.end(), known, Form.CAPITALS, alone=False, beside=True
        )
