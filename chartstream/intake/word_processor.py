"""Checks of word processors' files other than DOCX: RTF and Word 97-2003."""

from __future__ import annotations

from collections.abc import Sequence

from chartstream.errors import Problem, Rejected
from chartstream.formats import rtf, word97
from chartstream.formats.paragraph import Paragraph
from chartstream.intake.findings import Findings
from chartstream.intake.policy import Check


def check_rtf(content: bytes, findings: Findings) -> None:
    """Whole, not nested without end, with some text. Pages exist only once printed."""
    _check_text(rtf.paragraphs(content), findings)


def check_doc(content: bytes, findings: Findings) -> None:
    """Whole, not locked, without macros, with some text. Pages exist only once printed."""
    if word97.has_macros(content):
        raise Rejected(
            Problem("document_has_macros", "the Word file carries macros", "save it as .docx without macros")
        )
    _check_text(word97.paragraphs(content), findings)


def _check_text(paragraphs: Sequence[Paragraph], findings: Findings) -> None:
    if not any(paragraph.text.strip() for paragraph in paragraphs):
        raise Rejected(Problem("document_empty", "the document holds no text", "submit the note with its text"))
    findings.add(Check.CHARACTERS, sum(len(paragraph.text) for paragraph in paragraphs))
