"""Sections of a note, by their headings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chartstream.extraction.heading_choice import kind_in_place
from chartstream.extraction.heading_forms import Candidate, Form, candidates
from chartstream.extraction.heading_style import style_of
from chartstream.extraction.headings import headings
from chartstream.extraction.readtext import ReadText
from chartstream.extraction.soap import unlabelled_parts

# Labels that stand in notes without headings, too.
_NO_OUTLINE = frozenset({"signature", "other", "vitals", "results"})
_UNLABELLED_SURE = 0.7


@dataclass(frozen=True, slots=True)
class Section:
    """A section. The heading's words stand at ``title_begin`` to ``title_end``, its text at ``begin`` to ``end``.

    ``kind`` is one of ``data/headings.yaml``; ``header`` for what stands before the first heading and ``signature`` for
    the signature block (both without a title), ``other`` for a heading that is not known. ``confidence``, 0 to 1, is
    that of the boundary: how sure the form of the heading is, times how well its line was read. Parts of a note without
    headings, told by their words alone, have no title and a low confidence.
    """

    kind: str
    title_begin: int | None
    title_end: int | None
    begin: int
    end: int
    confidence: float

    @property
    def family(self) -> str:
        """The family of the kind: history, examination, results, assessment, procedures, course, plan and so on."""
        return headings().family(self.kind)


@dataclass(frozen=True, slots=True)
class _Heading:
    kind: str
    starts: int
    title: tuple[int, int] | None
    begin: int
    confidence: float


def find_sections(read: ReadText) -> tuple[Section, ...]:
    """The sections of a document in order, without overlap. Raises ``ConfigurationError`` for a broken data file."""
    found = list(candidates(read))
    chosen = list(_chosen(read, found))
    if all(heading.kind in _NO_OUTLINE for heading in chosen):
        signed = [heading for heading in chosen if heading.kind == "signature" and heading.starts > 0][:1]
        unlabelled = list(_unlabelled(read, signed[0].starts if signed else len(read.text)))
        chosen = [*unlabelled, *signed] if unlabelled else chosen
    first = chosen[0].starts if chosen else len(read.text)
    sections = []
    if read.text[:first].strip():
        begin, end = _trimmed(read.text, 0, first)
        sections.append(Section("header", None, None, begin, end, 1.0))
    stops = [*(heading.starts for heading in chosen), len(read.text)][1:]
    for heading, stop in zip(chosen, stops, strict=True):
        begin, end = _trimmed(read.text, min(heading.begin, stop), stop)
        title_begin, title_end = heading.title or (None, None)
        sections.append(Section(heading.kind, title_begin, title_end, begin, end, heading.confidence))
    return tuple(sections)


def _chosen(read: ReadText, found: Sequence[Candidate]) -> Iterator[_Heading]:
    style = style_of(read.text, found)
    current, above = "header", None
    for candidate in found:
        if candidate.form is Form.SIGNATURE:
            if current != "signature":
                yield _Heading("signature", candidate.line.begin, None, candidate.line.begin, candidate.line.confidence)
            current, above = "signature", candidate
            continue
        if above is not None and candidate.title_begin < above.title_end:
            continue
        accepted = kind_in_place(candidate, current, above, style)
        if accepted is None:
            continue
        kind, sure = accepted
        current, above = kind, candidate
        starts = candidate.title_begin if candidate.beside else candidate.line.begin
        title = (candidate.title_begin, candidate.title_end)
        confidence = sure * read.confidence_at(*title)
        yield _Heading(kind, starts, title, candidate.text_begin, confidence)


def _unlabelled(read: ReadText, stop: int) -> Iterator[_Heading]:
    for kind, begin in unlabelled_parts(read.text[:stop]):
        yield _Heading(kind, begin, None, begin, _UNLABELLED_SURE * read.confidence_at(begin, begin + 1))


def _trimmed(text: str, begin: int, end: int) -> tuple[int, int]:
    while begin < end and (text[begin].isspace() or text[begin] in ":*"):
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    return begin, end
