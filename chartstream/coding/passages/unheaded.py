"""Notes without sections: what stands behind "A/P" or "Dx", and the closing lines that name problems in few words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from chartstream.coding.model import Document, Section
from chartstream.coding.passages.section_rules import roles
from chartstream.coding.passages.statements import Kind, Statement, sentences_of, start_of

_WORD: Final = re.compile(r"[\w'\u2019/-]+")
_MARK: Final = re.compile(r"\s*(?:\(?\d{1,2}[.):]\s+|[-*\u2022#]+\s*)?")
# A remark of more words is a sentence, not the name of a problem.
_MOST_WORDS: Final = 14
_BODY: Final = "body"


def is_unheaded(document: Document) -> bool:
    """Whether no section of the document holds its problems."""
    return all(roles().roles.get(section.kind) != "problems" for section in document.sections)


def fragments(document: Document) -> Iterator[Statement]:
    """The problems that a note without an assessment names in few words: behind a label, else in its second half."""
    if not is_unheaded(document):
        return
    labels = list(roles().unheaded.finditer(document.text))
    begin = labels[-1].start() if labels else len(document.text) // 2
    for section in _open_sections(document):
        low = max(begin, start_of(section))
        if low >= section.end:
            continue
        for sentence in sentences_of(document, section, low, section.end, Kind.HEADING):
            if (sentence.begin > begin or labels) and _names_problem(sentence):
                yield sentence


def _open_sections(document: Document) -> Sequence[Section]:
    """The stretches that no other role claims; the whole text where nothing was parted."""
    found = [s for s in document.sections if roles().roles.get(s.kind, "plan") == "plan" and s.kind not in roles().past]
    return found if document.sections else (Section(_BODY, 0, len(document.text)),)


def _names_problem(sentence: Statement) -> bool:
    """Whether a sentence is a name rather than a report: few words, no verb of a sentence, no order."""
    text = sentence.document.text
    mark = _MARK.match(text, sentence.begin, sentence.end)
    begin = mark.end() if mark else sentence.begin
    label = roles().unheaded.match(text, begin, sentence.end)
    words = [w.lower() for w in _WORD.findall(text, label.end() if label else begin, sentence.end)]
    if not words or len(words) > _MOST_WORDS or words[0] in roles().remarks:
        return False
    return not roles().verbs.intersection(words)
