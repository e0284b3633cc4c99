"""Sections of a note, by their headings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chartstream.extraction.heading_forms import Candidate, Form, candidates
from chartstream.extraction.heading_style import HeadingStyle, style_of
from chartstream.extraction.headings import Known, headings
from chartstream.extraction.readtext import ReadText
from chartstream.extraction.soap import unlabelled_parts

# Sections that follow a plan, also with a heading run into their text.
_AFTER_A_PLAN = frozenset(
    {"disposition", "procedures", "assessment", "discharge_diagnoses", "discharge_medications", "addendum"}
)
# Kinds whose words are also labels in the lines with the patient's data ("Time:", "Surgeon:").
_NOT_IN_THE_HEAD = frozenset({"disposition", "operative_details", "addendum", "complications"})
# Inside these, headings that are not known are parts of the section, not new ones.
_WHOLE = frozenset(
    {"vitals", "examination", "review_of_systems", "results", "family_history", "operative_findings", "signature"}
)
_SURE = {
    Form.CAPITALS: 0.99,
    Form.COLON: 0.99,
    Form.MARKED: 0.99,
    Form.PLAIN: 0.95,
    Form.LOWER: 0.85,
    Form.LETTER: 0.9,
    Form.SIGNATURE: 1.0,
}
_RUN_IN_SURE = {Form.CAPITALS: 0.98, Form.COLON: 0.95}
_MISREAD_SURE = 0.8
_BESIDE_SURE = 0.85
_UNKNOWN_SURE = 0.8
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
    if not any(heading.kind not in ("signature", "other") for heading in chosen):
        signed = next((heading for heading in chosen if heading.kind == "signature" and heading.starts > 0), None)
        chosen = [*_unlabelled(read, signed.starts if signed else len(read.text)), *([signed] if signed else [])]
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
        accepted = _accepted(candidate, current, above, style)
        if accepted is None:
            continue
        kind, sure = accepted
        current, above = kind, candidate
        starts = candidate.title_begin if candidate.beside else candidate.line.begin
        title = (candidate.title_begin, candidate.title_end)
        confidence = sure * read.confidence_at(*title)
        yield _Heading(kind, starts, title, candidate.text_begin, confidence)


def _accepted(
    candidate: Candidate, current: str, above: Candidate | None, style: HeadingStyle
) -> tuple[str, float] | None:
    """The kind that a candidate opens in its place and how sure that is; None if it opens nothing."""
    known = candidate.known
    if known is None:
        return _unknown(candidate, current, style)
    if not _stands_out(candidate, style) or _in_the_head(candidate, known.kind, current, style):
        return None
    if candidate.number is not None and not _numbered_as_others(candidate, current, style):
        return None
    if current != "header" and _belongs_inside(candidate, known, current, above, style):
        return None
    return known.kind, _sure(candidate, known)


def _sure(candidate: Candidate, known: Known) -> float:
    sure = _SURE[candidate.form]
    if not candidate.alone:
        sure = min(sure, _RUN_IN_SURE.get(candidate.form, sure))
    if candidate.beside:
        sure = min(sure, _BESIDE_SURE)
    return sure * (_MISREAD_SURE if known.misread else 1.0)


def _stands_out(candidate: Candidate, style: HeadingStyle) -> bool:
    """Whether the form is one that headings of this note have."""
    if len(candidate.key) == 1:
        return candidate.form is Form.LETTER or (candidate.form is Form.CAPITALS and not candidate.number)
    if candidate.form is Form.PLAIN:
        others = style.forms[Form.CAPITALS] + style.forms[Form.COLON] + style.forms[Form.MARKED]
        return candidate.alone and (style.forms[Form.PLAIN] >= 2 or others < 3)
    if candidate.form is Form.LOWER:
        return style.forms[Form.LOWER] >= 3
    return candidate.known is not None and (
        candidate.known.exact or candidate.form is not Form.COLON or candidate.alone
    )


def _in_the_head(candidate: Candidate, kind: str, current: str, style: HeadingStyle) -> bool:
    if current != "header":
        return False
    titles = headings().document_titles
    if candidate.title_begin < style.head_end and candidate.alone and candidate.key in titles:
        return True
    return kind in _NOT_IN_THE_HEAD and (not candidate.alone or candidate.title_begin < style.head_end)


def _numbered_as_others(candidate: Candidate, current: str, style: HeadingStyle) -> bool:
    """Whether a numbered line is one of the note's numbered headings rather than an item of a list."""
    if style.numbered:
        return candidate.title_begin in style.numbered
    return current == "header" or (candidate.form is Form.CAPITALS and not headings().names_problems(current))


def _belongs_inside(
    candidate: Candidate, known: Known, current: str, above: Candidate | None, style: HeadingStyle
) -> bool:
    """Whether the candidate is a label within the section above it, not a heading beside that section's."""
    if current == "results" and known.kind == "impression" and candidate.title_begin < style.last_conclusion:
        # The radiologist's impression, quoted among results, is no conclusion of the note's author.
        return True
    run_in = not candidate.alone
    if run_in and known.kind == current and above is not None and above.alone:
        return True
    small = candidate.form in (Form.COLON, Form.PLAIN, Form.LOWER)
    if headings().names_problems(current):
        return _label_of_a_problem(candidate, known.kind, current, style, small=small)
    if candidate.bullet and small:
        return True
    if not (run_in and small):
        return False
    return style.strict and (current in ("hospital_course", "procedures") or known.kind in ("plan", "impression"))


def _label_of_a_problem(candidate: Candidate, kind: str, current: str, style: HeadingStyle, *, small: bool) -> bool:
    """Whether "Plan:" or "Labs:" stands beneath a problem, inside an assessment, a plan or a list of diagnoses."""
    if candidate.form is Form.MARKED:
        return False
    if candidate.bullet or (small and candidate.indent >= 2):
        return True
    both = current in ("assessment_and_plan", "plan", "problem_list")
    if not candidate.alone and candidate.key in style.repeated and (both or small):
        return True
    if not small or (candidate.alone and candidate.form is Form.COLON):
        return False
    if kind in _AFTER_A_PLAN:
        return False
    return both or style.strict


def _unknown(candidate: Candidate, current: str, style: HeadingStyle) -> tuple[str, float] | None:
    """What a title that is not known opens: a known kind, if it was misread; else ``other`` or nothing."""
    if candidate.form not in (Form.CAPITALS, Form.MARKED, Form.COLON) or candidate.number or candidate.bullet:
        return None
    set_apart = candidate.form is not Form.COLON
    problems = headings().names_problems(current)
    if candidate.alone or candidate.form is Form.CAPITALS:
        misread = headings().misread(candidate.title)
        usual = candidate.form is Form.CAPITALS or not problems
        if misread is not None and usual and not _in_the_head(candidate, misread.kind, current, style):
            return misread.kind, _sure(candidate, misread)
    inside = problems or current == "header" or current in _WHOLE or candidate.key in headings().labels_inside
    if inside or not set_apart or len(candidate.key) <= 3:
        return None
    if candidate.alone:
        return "other", _UNKNOWN_SURE
    run_in_capitals = style.forms[Form.CAPITALS] >= 3 and " " in candidate.title
    return ("other", _UNKNOWN_SURE) if run_in_capitals and candidate.form is Form.CAPITALS else None


def _unlabelled(read: ReadText, stop: int) -> Iterator[_Heading]:
    for kind, begin in unlabelled_parts(read.text[:stop]):
        yield _Heading(kind, begin, None, begin, _UNLABELLED_SURE * read.confidence_at(begin, begin + 1))


def _trimmed(text: str, begin: int, end: int) -> tuple[int, int]:
    while begin < end and (text[begin].isspace() or text[begin] in ":*"):
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    return begin, end
