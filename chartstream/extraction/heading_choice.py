"""Which of the possible headings of a note are its headings: each judged in its place and by the note's style."""

from __future__ import annotations

from chartstream.extraction.heading_forms import Candidate, Form
from chartstream.extraction.heading_style import HeadingStyle
from chartstream.extraction.headings import Known, headings

# Sections that follow a plan, also with a heading run into their text.
_AFTER_A_PLAN = frozenset(
    {"disposition", "procedures", "assessment", "discharge_diagnoses", "discharge_medications", "addendum"}
)
_AFTER_PROBLEMS = _AFTER_A_PLAN | {"plan", "assessment_and_plan"}
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
_MOSTLY = 0.7


def kind_in_place(
    candidate: Candidate, current: str, above: Candidate | None, style: HeadingStyle
) -> tuple[str, float] | None:
    """The kind that a candidate opens in its place and how sure (0 to 1) that is; None if it opens nothing.

    ``current`` is the kind of the section that it stands in, ``above`` that section's heading (None in the head).
    """
    known = candidate.known
    if known is None:
        return _unknown(candidate, current, above, style)
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
    exact = candidate.known is not None and candidate.known.exact
    if candidate.form is Form.PLAIN:
        others = style.forms[Form.CAPITALS] + style.forms[Form.COLON] + style.forms[Form.MARKED]
        usual = style.forms[Form.PLAIN] >= 3 and candidate.after_blank
        return candidate.alone and (usual or (exact and (style.forms[Form.PLAIN] >= 2 or others < 3)))
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
    if not candidate.alone and _part_of(candidate, known, current, above):
        return True
    small = candidate.form in (Form.COLON, Form.PLAIN, Form.LOWER)
    if headings().names_problems(current):
        return _label_of_a_problem(candidate, known.kind, current, style, small=small)
    if candidate.bullet and small:
        return True
    told = current in ("hospital_course", "procedures") or known.kind in ("plan", "impression")
    return told and style.strict and small and not candidate.alone


def _part_of(candidate: Candidate, known: Known, current: str, above: Candidate | None) -> bool:
    """Whether a label with text behind it names a part of the section: "Skin exam: ..." in an examination."""
    if above is not None and above.alone and (known.kind == current or _same_findings(known.kind, current)):
        return True
    if candidate.key in headings().minor_titles and candidate.form is not Form.MARKED:
        return current not in ("disposition", "discharge_medications")
    return not known.exact and current in _WHOLE


def _same_findings(kind: str, current: str) -> bool:
    """Whether vital signs and findings stand under one heading, "OBJECTIVE" for example."""
    return headings().family(kind) == headings().family(current) == "examination"


def _label_of_a_problem(candidate: Candidate, kind: str, current: str, style: HeadingStyle, *, small: bool) -> bool:
    """Whether "Plan:" or "Labs:" stands beneath a problem, inside an assessment, a plan or a list of diagnoses."""
    if candidate.bullet or (small and candidate.indent >= 2):
        return True
    if candidate.form is Form.MARKED:
        return False
    both = current in ("assessment_and_plan", "plan", "problem_list")
    if not candidate.alone and candidate.key in style.repeated and (both or small):
        return True
    if kind in _AFTER_A_PLAN or (candidate.alone and candidate.form is not Form.PLAIN):
        return False
    if not small:
        return both and style.alone > _MOSTLY
    return both or style.strict


def _unknown(
    candidate: Candidate, current: str, above: Candidate | None, style: HeadingStyle
) -> tuple[str, float] | None:
    """What a title that is not known opens: a known kind, if it was misread; else ``other`` or nothing."""
    if candidate.form not in (Form.CAPITALS, Form.MARKED, Form.COLON) or candidate.number or candidate.bullet:
        return None
    set_apart = candidate.form is not Form.COLON
    problems = headings().names_problems(current)
    if candidate.alone or candidate.form is Form.CAPITALS:
        misread = headings().misread(candidate.title)
        usual = (
            candidate.form is Form.CAPITALS or not problems or (misread is not None and misread.kind in _AFTER_PROBLEMS)
        )
        if misread is not None and usual and not _in_the_head(candidate, misread.kind, current, style):
            return misread.kind, _sure(candidate, misread)
    inside = problems or current == "header" or current in _WHOLE or candidate.key in headings().labels_inside
    if inside or not set_apart or len(candidate.key) <= 3:
        return None
    if candidate.alone:
        below = above is not None and above.alone and candidate.row == above.row + 1
        apart = candidate.after_blank or not style.after_blank
        listed = any(c.isdigit() or c == "," for c in candidate.title)
        return ("other", _UNKNOWN_SURE) if apart and not below and not listed else None
    run_in_capitals = style.forms[Form.CAPITALS] >= 3 and " " in candidate.title
    return ("other", _UNKNOWN_SURE) if run_in_capitals and candidate.form is Form.CAPITALS else None
