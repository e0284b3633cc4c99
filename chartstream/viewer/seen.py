"""A file as it was read, with everything that a person may want to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from chartstream.errors import Problem
from chartstream.events.documents import QualityCheck
from chartstream.events.extraction import ExtractedField, ExtractedText, Section, Statement

Outcome = Literal["extracted", "review", "rejected"]


@dataclass(frozen=True, slots=True)
class SeenDocument:
    """One document of a file: most files are one, a message with attachments is several.

    ``content`` are its bytes, from which page images are drawn; boxes are fractions of the upright page. ``fields`` and
    ``statements`` are this document's own: their evidence counts in ``text``. ``confidence``, 0 to 1, is the mean score
    of its lines. ``page_seconds``: what OCR took for a page, by its number from 1; pages with a text layer have none.
    """

    document_id: str
    media_type: str
    content: bytes = field(repr=False)
    text: ExtractedText
    confidence: float
    part_of: str | None = None
    page_count: int | None = None
    checks: Sequence[QualityCheck] = ()
    sections: Sequence[Section] = ()
    fields: Sequence[ExtractedField] = ()
    statements: Sequence[Statement] = ()
    page_seconds: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SeenFile:
    """One file, its documents, and what would become of it on Kafka: a rejected file has no documents.

    ``checks`` are those of documents that were measured and then not read. ``seconds``: intake and extraction together,
    without the loading of an engine.
    """

    name: str
    outcome: Outcome
    problems: Sequence[Problem]
    documents: Sequence[SeenDocument]
    seconds: float
    checks: Sequence[QualityCheck] = ()


def plain(value: object) -> str:
    """A confidential text as words: what is encrypted stays so."""
    return value if isinstance(value, str) else "(encrypted)"
