"""The words that evidence points to, read from the documents when an edit asks for them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from chartstream.errors import Rejected
from chartstream.events.extraction import Evidence

Texts = Mapping[str, Callable[[], str]]
"""How the text of each document is read, by its id. A reader raises ``Rejected`` for a text that is gone or altered and
``Transient`` when the store is out of reach.
"""


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

    def verbatim(self, evidence: Evidence) -> bool:
        """Whether the quote can be read and is the one that was marked, by its hash."""
        quote = self.quote(evidence)
        return bool(quote) and hashlib.sha256(str(quote).encode()).hexdigest() == evidence.quote_sha256
