"""The words that evidence points to, read from the documents when an edit asks for them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum, auto

from chartstream.errors import Rejected
from chartstream.events.extraction import Evidence
from chartstream.validation.passages import Span, sentence_around

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
        self._sentences: dict[tuple[str, int, int], Span | None] = {}

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

    def text_under(self, evidence: Evidence) -> str | None:
        """The whole text that the evidence points into; None where it cannot be read or the span is not within it."""
        text = self.text(evidence.document_id)
        return text if text is not None and 0 <= evidence.begin < evidence.end <= len(text) else None

    def sentence(self, evidence: Evidence) -> Span | None:
        """The sentence that holds the words that the evidence points to; None where there are none."""
        key = (evidence.document_id, evidence.begin, evidence.end)
        if key not in self._sentences:
            text = self.text_under(evidence)
            self._sentences[key] = sentence_around(text, evidence.begin, evidence.end) if text is not None else None
        return self._sentences[key]

    def sentences(self, evidence: Iterable[Evidence]) -> Sequence[str]:
        """The sentences that hold the words of some evidence, each once."""
        spans = ((self.text(one.document_id), self.sentence(one)) for one in evidence)
        return tuple(dict.fromkeys(text[span[0] : span[1]] for text, span in spans if text is not None and span))

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
