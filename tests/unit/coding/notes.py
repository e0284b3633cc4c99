"""Notes for the tests: a document from the texts of its sections."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from chartstream.coding import Context, Document, Section, Setting
from chartstream.coding.model import Sex

DAY = date(2026, 3, 2)


def document(sections: Mapping[str, str], document_id: str = "d1", kind: str | None = None) -> Document:
    """A document whose text is the sections' texts, one below the other."""
    text, placed = "", []
    for name, content in sections.items():
        placed.append(Section(name, len(text), len(text) + len(content)))
        text += content + "\n\n"
    return Document(document_id, text, tuple(placed), kind)


def context(setting: str = "professional", day: date = DAY, *, age: int = 54, sex: str | None = None) -> Context:
    """An encounter, an adult's by default, on a day that the installed release covers."""
    return Context(Setting(setting), day, age_years=age, sex=Sex(sex) if sex else None)
