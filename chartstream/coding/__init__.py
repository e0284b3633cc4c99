"""The coding engine: from extracted notes to proposed codes, each with evidence, confidence and explanation."""

from chartstream.coding.engine import CodingEngine
from chartstream.coding.model import Coded, Context, Document, Evidence, Profile, Section, Setting

__all__ = ["Coded", "CodingEngine", "Context", "Document", "Evidence", "Profile", "Section", "Setting"]
