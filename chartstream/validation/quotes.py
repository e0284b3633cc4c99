"""The words that evidence points to, read from the documents when an edit asks for them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from enum import Enum, auto

from chartstream.errors import Rejected
from chartstream.events.extraction import Evidence

Texts = Mapping[str, Callable[[], str]]
"""How the text of each document is read, by its id. A reader raises ``Rejected`` for a text that is gone or altered and
``Transient`` when the store is out of reach.
"""


class Quoted(Enum):
    """What became of the words that evidence points to."""

    VERBATIM = auto()
    """They are those that were marked, by their hash."""
    ALTERED = auto()
    """Other words stand there."""
    EMPTY = auto()
    """Nothing stands there, or blanks: the span is empty or reaches out of the text."""
    UNREADABLE = auto()
    """The claim has no such document, or its text cannot be read."""


class Quotes:
    """Quotes of one claim's documents. Each text is read at most once, and only if an edit asks for it."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._read: dict[str, str | None] = {}

    def text(self, document_id: str) -> str | None:
        """The whole text of a document; None where the claim has no such document or its text cannot be read."""
        if document_id not in self._read:
            reader = self._texts.get(document_id)
            try:
                self._read[document_id] = reader() if reader is not None else None
            except Rejected:  # what is gone is a finding of evidence_unreadable, not a defect
                self._read[document_id] = None
        return self._read[document_id]

    def quote(self, evidence: Evidence) -> str | None:
        """The words that the evidence points to, or None where they cannot be read."""
        text = self.text(evidence.document_id)
        return None if text is None else text[evidence.begin : evidence.end]

    def quoted(self, evidence: Evidence) -> Quoted:
        """What became of the words that the evidence points to."""
        return _compared(self.text(evidence.document_id), evidence)


def _compared(text: str | None, evidence: Evidence) -> Quoted:
    if text is None:
        return Quoted.UNREADABLE
    quote = text[evidence.begin : evidence.end] if 0 <= evidence.begin < evidence.end <= len(text) else ""
    if not quote.strip():
        return Quoted.EMPTY
    same = hashlib.sha256(quote.encode()).hexdigest() == evidence.quote_sha256
    return Quoted.VERBATIM if same else Quoted.ALTERED
