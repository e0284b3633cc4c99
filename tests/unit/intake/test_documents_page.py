"""The page of formats and refusals says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chartstream.formats import cda, media_types, rtf
from chartstream.intake import envelope

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reference" / "documents.md").read_text("utf-8")
OPENERS = ("media", "envelope", "opening", "hl7_message", "cda_document", "fhir_resource", "word_processor")
SOURCES = [
    *(ROOT / "chartstream" / "formats").glob("*.py"),
    *(ROOT / "chartstream" / "intake" / f"{name}.py" for name in OPENERS),
]


@pytest.mark.parametrize("name", ["PDF", "DOC", "RTF", "PNG", "JPEG", "TIFF", "TEXT", "HL7", "CDA", "FHIR"])
def test_every_media_type_is_listed(name: str) -> None:
    assert f"`{getattr(media_types, name)}`" in PAGE


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        ("documents within documents", envelope.MAX_DEPTH),
        ("documents that one submitted document carries", envelope.MAX_PARTS),
        ("groups within groups of RTF", rtf.MAX_DEPTH),
        ("elements within elements of CDA", cda.MAX_DEPTH),
    ],
)
def test_limits_are_those_of_the_code(words: str, limit: int) -> None:
    assert re.search(rf"\| {words} \| {limit}\b", PAGE)


def test_every_code_of_a_refusal_is_listed() -> None:
    text = "".join(source.read_text("utf-8") for source in SOURCES)
    raised = set(re.findall(r'Problem\(\s*"([a-z_]+)"', text))
    assert "document_truncated" in raised
    assert raised <= set(re.findall(r"`([a-z_]+)`", PAGE))
