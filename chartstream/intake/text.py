"""Checks of plain text."""

from __future__ import annotations

from chartstream.errors import Problem, Rejected
from chartstream.events.documents import QualityCheck, Verdict
from chartstream.intake.limits import Limits
from chartstream.plaintext import decode


def check_text(content: bytes, limits: Limits) -> tuple[None, list[QualityCheck]]:
    """Decodable, not empty, not too long. Text has no pages."""
    text = decode(content)
    if not text.strip():
        raise Rejected(Problem("document_empty", "the document holds no text", "submit the note with its text"))
    if len(text) > limits.max_characters:
        raise Rejected(
            Problem(
                "document_too_large",
                f"the note has {len(text)} characters, the limit is {limits.max_characters}",
                "send the notes of the encounter as separate documents",
            )
        )
    return None, [QualityCheck(name="characters", value=len(text), verdict=Verdict.ACCEPT, message="within the limit")]
