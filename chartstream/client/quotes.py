"""Evidence quotes of a claim, resolved from the extracted texts: for whoever may see the note."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from chartstream.errors import Problem, Rejected
from chartstream.events.claims import ClaimCoded
from chartstream.events.coding import Diagnosis, Procedure
from chartstream.events.extraction import Box, Evidence
from chartstream.ports import DocumentStore
from chartstream.texts import decode_text


@dataclass(frozen=True, slots=True)
class Quote:
    """The words that support a code. ``begin`` and ``end`` are code points of the document's extracted text.

    ``boxes``: where they stand on page ``page`` (from 1), as fractions of the upright page from its upper left corner;
    none where the document has no pages.
    """

    code: str
    text: str
    document_id: str
    begin: int
    end: int
    role: str
    page: int | None = None
    boxes: tuple[Box, ...] = ()


def quotes_of(claim: ClaimCoded, documents: DocumentStore) -> list[Quote]:
    """All quotes of a claim, code by code in its order.

    Raises ``Rejected`` when a text is gone, encrypted or not the one that was coded, ``Transient`` when the store is
    out of reach.
    """
    texts: dict[str, str] = {}
    for document in claim.documents:
        content = decode_text(documents.get(document.text.uri, document.text.sha256)).text
        if not isinstance(content, str):
            problem = Problem("text_encrypted", "the text is encrypted", "resolve it where the patient's key is")
            raise Rejected(problem)
        texts[document.document_id] = content
    lines: list[Diagnosis | Procedure] = [*claim.diagnoses, *claim.procedures]
    return [quote for line in lines for quote in _of_line(line, texts)]


def _of_line(line: Diagnosis | Procedure, texts: dict[str, str]) -> Iterator[Quote]:
    for evidence in line.evidence:
        yield Quote(
            code=line.code,
            text=_resolved(evidence, texts),
            document_id=evidence.document_id,
            begin=evidence.begin,
            end=evidence.end,
            role=evidence.role,
            page=evidence.page,
            boxes=evidence.boxes,
        )


def _resolved(evidence: Evidence, texts: dict[str, str]) -> str:
    text = texts.get(evidence.document_id, "")[evidence.begin : evidence.end]
    if hashlib.sha256(text.encode()).hexdigest() != evidence.quote_sha256:
        raise Rejected(
            Problem(
                "evidence_altered",
                "the text at the evidence's place is not the one that was coded",
                "look the claim's own version of the text up; do not bill from another",
                evidence.document_id,
            )
        )
    return text
