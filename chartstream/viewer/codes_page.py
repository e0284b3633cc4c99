"""The HTML file of coded notes: the text with each code's evidence lit up, the codes with their paths beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chartstream.events.coding import Candidate, QueryDraft
from chartstream.events.extraction import Evidence, Section
from chartstream.events.validation import Finding
from chartstream.viewer.coded import CodedNote, CodedText, Proposed, system_name
from chartstream.viewer.html import environment, shell
from chartstream.viewer.marks import family_of
from chartstream.viewer.places import start_of

_HUES = 8


@dataclass(frozen=True, slots=True)
class _Quote:
    """Evidence as it is listed: its own key, the words, and where they stand."""

    key: str
    text: str
    role: str
    where: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A code with its evidence. ``key`` is that of all its places in the text."""

    key: str
    hue: int
    item: Proposed | Candidate
    system: str
    quotes: tuple[_Quote, ...]
    edits: Sequence[Finding] = ()
    queries: Sequence[QueryDraft] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """Characters that belong to the same codes; ``label`` names those that begin here."""

    text: str
    keys: str
    names: str
    label: str


@dataclass(frozen=True, slots=True)
class _Part:
    """A section of the text, or what stands in none."""

    kind: str
    family: str
    pieces: tuple[_Piece, ...]


@dataclass(frozen=True, slots=True)
class _Sheet:
    note: CodedNote
    texts: tuple[tuple[CodedText, tuple[_Part, ...]], ...]
    proposed: tuple[_Line, ...]
    candidates: tuple[_Line, ...]
    general: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class _Span:
    begin: int
    end: int
    key: str
    own: str
    name: str
    label: str


def render_codes(notes: Sequence[CodedNote]) -> str:
    """One HTML file for all notes; it holds their whole text."""
    return (
        environment()
        .get_template("codes.html.j2")
        .render(
            sheets=[_sheet(note) for note in notes],
            title=notes[0].name if len(notes) == 1 else f"{len(notes)} notes",
            shell=shell(("viewer.css", "codes.css"), "codes.js"),
        )
    )


def _sheet(note: CodedNote) -> _Sheet:
    proposed = tuple(_line(note, f"d{n}", n % _HUES, item) for n, item in enumerate(note.proposed))
    candidates = tuple(_line(note, f"x{n}", _HUES, item) for n, item in enumerate(note.candidates))
    texts = tuple((text, _parts(text, proposed, candidates)) for text in note.texts)
    named = {line.item.code for line in proposed}
    general = tuple(edit for edit in note.edits if not named.intersection(edit.codes))
    return _Sheet(note, texts, proposed, candidates, general)


def _line(note: CodedNote, key: str, hue: int, item: Proposed | Candidate) -> _Line:
    quotes = tuple(
        _Quote(f"{key}.{n}", " ".join(note.quote(place).split()), place.role, _where(place))
        for n, place in enumerate(item.evidence)
    )
    queries = () if note.coding is None else tuple(q for q in note.coding.queries if q.code == item.code)
    return _Line(key, hue, item, system_name(item.system), quotes, note.edits_of(item.code), queries)


def _where(place: Evidence) -> str:
    section = (place.section or "").replace("_", " ")
    return ", ".join(filter(None, (section, f"page {place.page}" if place.page is not None else "")))


def _parts(text: CodedText, proposed: Sequence[_Line], candidates: Sequence[_Line]) -> tuple[_Part, ...]:
    spans = sorted(_spans(text, (*proposed, *candidates)), key=lambda span: (span.begin, span.end))
    parts = []
    for section, begin, end in _stretches(text):
        inside = [span for span in spans if span.begin < end and begin < span.end]
        pieces = tuple(_pieces(text.text, begin, end, inside))
        kind = section.kind.replace("_", " ") if section is not None else ""
        parts.append(_Part(kind, family_of(section) if section is not None else "other", pieces))
    return tuple(parts)


def _spans(text: CodedText, lines: Sequence[_Line]) -> Iterator[_Span]:
    for line in lines:
        for number, place in enumerate(line.item.evidence):
            if place.document_id == text.document_id:
                name = f"mark h{line.hue}" + (" aside" if place.role != "term" else "")
                yield _Span(place.begin, place.end, line.key, f"{line.key}.{number}", name, line.item.code)


def _stretches(text: CodedText) -> Iterator[tuple[Section | None, int, int]]:
    """The sections in order, and what lies between them, as (section, begin, end) without blank ends."""
    at = 0
    for section in sorted(text.sections, key=start_of):
        begin = max(at, start_of(section))
        if text.text[at:begin].strip():
            yield None, at, begin
        if begin < section.end:
            yield section, begin, section.end
        at = max(at, section.end)
    if text.text[at:].strip():
        yield None, at, len(text.text)


def _pieces(text: str, begin: int, end: int, spans: Sequence[_Span]) -> Iterator[_Piece]:
    """The stretch cut where a span begins or ends; blank lines at its end are left out."""
    end = begin + len(text[begin:end].rstrip())
    cuts = sorted({begin, end, *(cut for s in spans for cut in (s.begin, s.end) if begin < cut < end)})
    for low, high in pairwise(cuts):
        over = [s for s in spans if s.begin < high and low < s.end]
        # A code's own colour comes before that of one that was turned down.
        first = min(over, key=lambda s: (s.key[0] == "x", "aside" in s.name), default=None)
        starting = dict.fromkeys(s.label for s in over if s.begin == low and s.key[0] == "d" and "aside" not in s.name)
        keys = " ".join(dict.fromkeys(key for s in over for key in (s.key, s.own)))
        yield _Piece(text[low:high], keys, first.name if first is not None else "", " ".join(starting))
