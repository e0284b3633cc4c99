"""What came of a note, as a line of predictions: read off the events that the pipeline produced for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from chartstream.errors import Problem
from chartstream.events.claims import ClaimCoded
from chartstream.events.coding import Candidate, CodesProposed, CodeSystem, Diagnosis, Procedure
from chartstream.events.documents import NoteRejected
from chartstream.events.extraction import Evidence, NoteExtracted
from chartstream.events.head import Event
from chartstream.events.review import ReviewKind, ReviewRequested
from chartstream.ports import DocumentStore
from chartstream.texts import text_of

Decision = Literal["auto", "review", "candidate"]
Outcome = Literal["coded", "review", "rejected"]

_SYSTEM_NAMES = {CodeSystem.ICD_10_CM: "ICD-10-CM", CodeSystem.ICD_10_PCS: "ICD-10-PCS"}


@dataclass(frozen=True, slots=True)
class Span:
    """A quote; offsets count code points of the note's text, from 0, end exclusive."""

    begin: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Code:
    """A code with its decision. ``confidence`` is the probability that it is right, 0 to 1."""

    system: str
    code: str
    description: str
    confidence: float
    decision: Decision
    evidence: Sequence[Span]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What came of one note: its codes in the order of the claim, candidates after them, and why it went where."""

    note_id: str
    outcome: Outcome
    codes: Sequence[Code]
    problems: Sequence[Problem] = field(default=())

    def line(self) -> str:
        """One line of JSON, without its end: the form of predictions, with outcome and problems beside it."""
        codes = [
            {
                "system": code.system,
                "code": code.code,
                "confidence": round(code.confidence, 6),
                "decision": code.decision,
                "evidence": [{"begin": s.begin, "end": s.end, "quote": s.quote} for s in code.evidence],
            }
            for code in self.codes
        ]
        content = {"note_id": self.note_id, "codes": codes, "outcome": self.outcome}
        return json.dumps({**content, "problems": [p.code for p in self.problems]}, ensure_ascii=False)


def prediction_of(note_id: str, events: Sequence[Event], documents: DocumentStore) -> Prediction:
    """The prediction that the events of one submission amount to. Raises as ``texts.text_of`` does."""
    outcome, problems = _outcome(events)
    texts = texts_of(events, documents)
    proposals = [event.coding for event in events if isinstance(event, CodesProposed) and event.coding is not None]
    codes: list[Code] = []
    for coding in proposals:
        decision: Decision = "auto" if outcome == "coded" else "review"
        lines: list[Diagnosis | Procedure] = [*coding.diagnoses, *coding.procedures]
        codes.extend(_code(line, decision, texts) for line in lines)
        codes.extend(_code(candidate, "candidate", texts) for candidate in coding.candidates)
    return Prediction(note_id, outcome, tuple(codes), problems)


def _outcome(events: Sequence[Event]) -> tuple[Outcome, Sequence[Problem]]:
    for event in events:
        if isinstance(event, ClaimCoded):
            return "coded", ()
        if isinstance(event, NoteRejected):
            return "rejected", event.problems
        if isinstance(event, ReviewRequested) and event.kind is ReviewKind.REQUESTED:
            return "review", event.problems
    raise ValueError("a submission led to no claim, no review and no rejection")


def texts_of(events: Sequence[Event], documents: DocumentStore) -> dict[str, str]:
    """The extracted texts by document; empty where extraction did not come to its end."""
    found: dict[str, str] = {}
    for event in events:
        if isinstance(event, NoteExtracted):
            for document in event.documents:
                text = text_of(event, document, documents).text
                found[document.document_id] = text if isinstance(text, str) else ""
    return found


def _code(line: Diagnosis | Procedure | Candidate, decision: Decision, texts: dict[str, str]) -> Code:
    confidence = line.code_confidence if line.code_confidence is not None else 0.0
    spans = tuple(_span(place, texts) for place in line.evidence)
    system = _SYSTEM_NAMES.get(line.system, line.system.value)
    return Code(system, line.code, line.description, confidence, decision, spans)


def _span(place: Evidence, texts: dict[str, str]) -> Span:
    return Span(place.begin, place.end, texts[place.document_id][place.begin : place.end])
