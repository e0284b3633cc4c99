"""Diagnoses stated in running text: beneath a heading, in a letter without headings, or as what a plan addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from chartstream.coding.model import Document, Section
from chartstream.coding.passages.section_rules import roles
from chartstream.coding.passages.statements import Kind, Statement, sentences_of, start_of

# "• Medical Treatment: ...", also where the bullet stands inside a line.
_LABEL: Final = re.compile(r"(?:^|[\n\r]|\s[-\u2022*]\s|[.;]\s+)[\s\-\u2022*]*([A-Z][A-Za-z /&,-]{2,45}):")
_WORD: Final = re.compile(r"[a-z]+(?:-[a-z]+)*")
# What ends the name of a problem that a plan addresses.
_NAME_END: Final = re.compile(r"[,.;:\n\r]|\b(?:and|she|he|they|we|i|the patient)\b", re.IGNORECASE)
_LONGEST_NAME: Final = 60


def stated(document: Document, section: Section, begin: int, end: int) -> Iterator[Statement]:
    """The sentences of ``text[begin:end]`` that state a diagnosis of the patient; general talk and orders are none."""
    for sentence in sentences_of(document, section, begin, end, Kind.STATED):
        found = _stating(sentence)
        if found is not None and not _of_an_order(document.text, begin, sentence.begin):
            yield found


def confirmed(document: Document, section: Section) -> Iterator[Statement]:
    """The sentences of a section in which the writer says what he concludes, in the surest words."""
    for sentence in sentences_of(document, section, start_of(section), section.end, Kind.STATED):
        match = roles().confirming.search(document.text, sentence.begin, sentence.end)
        if match is not None and not _is_general(sentence):
            yield replace(sentence, named_from=match.start())


def concerns(document: Document, section: Section) -> Iterator[Statement]:
    """The problems that "For his hypertension, ..." or "Regarding her diabetes, ..." names."""
    yield from _named_behind(document, section, roles().concerns)


def managed(document: Document, section: Section) -> Iterator[Statement]:
    """The problems for which a treatment is continued or changed: "continue lisinopril for hypertension"."""
    yield from _named_behind(document, section, roles().managing)


def introduced(sentence: Statement) -> Statement | None:
    """The sentence, from the reason for coming on where it introduces the patient; None where it tells no reason."""
    text = sentence.document.text
    patient = roles().patient.search(text, sentence.begin, sentence.end)
    if patient is None:
        return sentence
    reason = roles().reason.search(text, patient.end(), sentence.end)
    return replace(sentence, named_from=reason.start()) if reason else None


def _stating(sentence: Statement) -> Statement | None:
    """The sentence from the words on that state what it says; None if it has none or talks in general."""
    text = sentence.document.text
    if _is_general(sentence) or roles().patient.search(text, sentence.begin, sentence.end):
        return None
    matches = [
        match
        for pattern in (roles().confirming, roles().plain)
        if (match := pattern.search(text, sentence.begin, sentence.end))
    ]
    if matches:
        return replace(sentence, named_from=min(match.start() for match in matches))
    return sentence if roles().closing.search(text, sentence.begin, sentence.end) else None


def _is_general(sentence: Statement) -> bool:
    return roles().general.search(sentence.document.text, sentence.begin, sentence.end) is not None


def _of_an_order(text: str, begin: int, place: int) -> bool:
    """Whether the label that ``place`` stands under, in its own line, introduces orders or advice."""
    line = max(begin, text.rfind("\n", begin, place + 1))
    labels = list(_LABEL.finditer(text, line, min(len(text), place + _LONGEST_NAME)))
    under = [label for label in labels if label.start(1) <= place + 3]
    return bool(under) and any(word in roles().orders for word in _WORD.findall(under[-1][1].lower()))


def _named_behind(document: Document, section: Section, pattern: re.Pattern[str]) -> Iterator[Statement]:
    for match in pattern.finditer(document.text, start_of(section), section.end):
        limit = min(section.end, match.end() + _LONGEST_NAME)
        stop = _NAME_END.search(document.text, match.end(), limit)
        end = stop.start() if stop else limit
        if document.text[match.end() : end].strip():
            block_end = document.text.find("\n", end, section.end)
            yield Statement(
                document, section, match.end(), end, section.end if block_end < 0 else block_end, Kind.STATED
            )
