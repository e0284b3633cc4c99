"""Checks of plain text."""

from __future__ import annotations

from chartstream.errors import Problem, Rejected
from chartstream.intake.findings import Findings
from chartstream.intake.policy import Check
from chartstream.plaintext import decode


def check_text(content: bytes, findings: Findings) -> None:
    """Decodable, not empty, not too long. Text has no pages."""
    text = decode(content)
    if not text.strip():
        raise Rejected(Problem("document_empty", "the document holds no text", "submit the note with its text"))
    findings.add(Check.CHARACTERS, len(text))
