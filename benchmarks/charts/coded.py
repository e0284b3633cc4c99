"""Notes as the product reads them: extraction finds the sections, the engine codes."""

from __future__ import annotations

from chartstream.coding import Coded, CodingEngine, Context, Document, Profile, Section, Setting
from chartstream.coding.model import Sex
from chartstream.extraction.plain import read_plain
from chartstream.extraction.sections import find_sections


def code_text(
    engine: CodingEngine,
    text: str,
    *,
    setting: str = "professional",
    age: int | None = None,
    sex: str | None = None,
    profile: Profile = Profile.CLAIM,
) -> tuple[Coded, str]:
    """(what the engine makes of a note, the text that its offsets count in), dated on the release's last day."""
    read = read_plain(text.encode())
    sections = tuple(Section(s.kind, s.begin, s.end) for s in find_sections(read))
    day = engine.codes.release.effective_to
    context = Context(Setting(setting), day, age_years=age, sex=Sex(sex) if sex else None, profile=profile)
    return engine.code_note([Document("note", read.text, sections)], context), read.text
