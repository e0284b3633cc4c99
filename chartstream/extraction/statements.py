"""Statements of diagnoses, procedures and results, one by one, with the place where each stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chartstream.events.extraction import StatementKind
from chartstream.extraction.readtext import ReadText
from chartstream.extraction.result_tables import outside_tables, results_in_table
from chartstream.extraction.results import Result, results_in
from chartstream.extraction.sections import Section

MOST_STATEMENTS = 300
"""Statements of one encounter that travel in its event; what lies beyond stays in the text and is named as left out."""

_DIAGNOSES = frozenset(
    {
        "assessment",
        "assessment_and_plan",
        "impression",
        "diagnoses",
        "admission_diagnoses",
        "discharge_diagnoses",
        "preoperative_diagnosis",
        "postoperative_diagnosis",
    }
)
_NO_RESULTS = frozenset({"family_history", "signature"})
_ITEM = re.compile(
    r"[ \t]*(?P<mark>(?:\d{1,2}[.)]|#\d{0,2}[:.)]?|[A-H][.)]|[-*\u2022\u00b7\u25aa])(?:[ \t]+|(?=[A-Z])))?"
)
_SENTENCE = re.compile(r"(?<=[a-z)%\d])[.](?=\s+[A-Z])|;[ \t]+(?=\S)")
_NOTHING = re.compile(
    r"(?i)^(?:none|n/?a|nil|not applicable|see (?:above|below)|as above|same|deferred|no procedures?)\b[. ]*$"
)
_LABEL = re.compile(
    r"(?i)^(?:plan|labs?|medications?|assessment|orders?|imaging|follow[- ]?up|diet|education|treatment)[ \t]*:"
)
_RELIABILITY = {StatementKind.DIAGNOSIS: 0.95, StatementKind.PROCEDURE: 0.95, StatementKind.RESULT: 0.97}
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Found:
    """One statement. Offsets span it in the document's text; the values are those of a result, else None.

    ``confidence``, 0 to 1: the lowest word score under the statement (under name and value of a result) times how
    often the rule that found it is right, times the confidence of the section's boundary for diagnoses and procedures.
    """

    kind: StatementKind
    begin: int
    end: int
    confidence: float
    result: Result | None = None


def find_statements(read: ReadText, sections: Sequence[Section]) -> tuple[Found, ...]:
    """The statements of a document: problems of its conclusions, procedures done, results anywhere; in order of place.

    Lines of a list are one statement each, as are sentences and what stands between semicolons in running text.
    """
    found = [*_diagnoses(read, sections), *_procedures(read, sections), *_results(read, sections)]
    return tuple(sorted(found, key=lambda statement: (statement.begin, statement.kind)))


def _diagnoses(read: ReadText, sections: Sequence[Section]) -> Iterator[Found]:
    for section in sections:
        if section.kind in _DIAGNOSES:
            yield from _stated(read, section, StatementKind.DIAGNOSIS)


def _procedures(read: ReadText, sections: Sequence[Section]) -> Iterator[Found]:
    for section in sections:
        if section.kind == "procedures":
            yield from _stated(read, section, StatementKind.PROCEDURE)


def _stated(read: ReadText, section: Section, kind: StatementKind) -> Iterator[Found]:
    for begin, end in _items(read, section, kind):
        sure = read.confidence_at(begin, end) * _RELIABILITY[kind] * section.confidence
        yield Found(kind, begin, end, round(sure, 4))


def _items(read: ReadText, section: Section, kind: StatementKind) -> Iterator[tuple[int, int]]:
    """Spans of the items of a section: of each marked line (a number, a dash, bold) what it names, else each sentence.

    Where a plan stands beside the problem, and in the account of a procedure, the first sentence is what is named.
    """
    lines = [line for line in read.lines_at(section.begin, section.end) if read.text[line.begin : line.end].strip()]
    texts = [(max(line.begin, section.begin), line) for line in lines]
    marked = [bool(_lead(read.text, begin)[1]) or line.emphasised for begin, line in texts]
    if kind is StatementKind.PROCEDURE and not any(marked):
        texts, marked = texts[:1], marked[:1]
    for (begin, line), has_mark in zip(texts, marked, strict=True):
        if any(marked) and not has_mark:
            continue
        start = _lead(read.text, begin)[0]
        rest = read.text[start : min(line.end, section.end)]
        if _LABEL.match(rest):
            continue
        spans = list(_sentences(rest))
        named_first = has_mark or section.kind == "assessment_and_plan" or kind is StatementKind.PROCEDURE
        for first, last in spans[:1] if named_first else spans:
            if last - first > 1 and not _NOTHING.match(rest[first:last]):
                yield start + first, start + min(last, first + _LONGEST)


def _lead(text: str, begin: int) -> tuple[int, str]:
    """Where the words of a line begin, and the mark before them."""
    item = _ITEM.match(text, begin)
    return (item.end(), item["mark"] or "") if item else (begin, "")


def _sentences(line: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for stop in [*_SENTENCE.finditer(line), None]:
        end = stop.start() if stop else len(line)
        piece = line[begin:end]
        words = piece.strip(" \t.;")
        if words:
            first = begin + piece.index(words)
            yield first, first + len(words)
        begin = stop.end() if stop else end


def _results(read: ReadText, sections: Sequence[Section]) -> Iterator[Found]:
    found = [result for table in read.tables for result in results_in_table(read, table)]
    for begin, end in outside_tables(read):
        found.extend(results_in(read.text, begin, end))
    for result in found:
        section = next((s for s in sections if s.begin <= result.begin < s.end), None)
        if section is not None and section.kind in _NO_RESULTS:
            continue
        certain = read.confidence_at(*result.value_span) * read.confidence_at(result.begin, result.value_span[1])
        sure = _RELIABILITY[StatementKind.RESULT] * certain
        yield Found(StatementKind.RESULT, result.begin, result.end, round(sure, 4), result)
