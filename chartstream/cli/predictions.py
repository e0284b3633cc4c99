"""What came of a note, as a line of predictions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from chartstream.cli.note_lines import places_in_original
from chartstream.errors import Problem
from chartstream.events.coding import Candidate
from chartstream.viewer.coded import CodedNote, Outcome, Proposed, system_name

Decision = Literal["auto", "review", "candidate"]


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


def prediction_of(note: CodedNote, original: str | None = None) -> Prediction:
    """The prediction that a coded note amounts to; offsets count in ``original`` where it is given."""
    decision: Decision = "auto" if note.outcome == "coded" else "review"
    codes = [_code(note, line, decision) for line in note.proposed]
    codes += [_code(note, candidate, "candidate") for candidate in note.candidates]
    if original is not None and note.texts and original != note.texts[0].text:
        places = places_in_original(original, note.texts[0].text)
        codes = [_moved(code, places, original) for code in codes]
    return Prediction(note.name, note.outcome, tuple(codes), note.problems)


def _code(note: CodedNote, line: Proposed | Candidate, decision: Decision) -> Code:
    confidence = line.code_confidence if line.code_confidence is not None else 0.0
    spans = tuple(Span(place.begin, place.end, note.quote(place)) for place in line.evidence)
    return Code(system_name(line.system), line.code, line.description, confidence, decision, spans)


def _moved(code: Code, places: Sequence[tuple[int, int]], original: str) -> Code:
    """The code with its quotes where they stand in the original."""

    def move(span: Span) -> Span:
        begin, end = places[span.begin][0], places[span.end - 1][1]
        return Span(begin, end, original[begin:end])

    return replace(code, evidence=tuple(move(span) for span in code.evidence))
