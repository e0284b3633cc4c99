"""A diagnosis on its way from mention to code: what it rests on, and what was done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chartstream.coding.assertion.assertion import Status
from chartstream.coding.lexicon.matching import Mention
from chartstream.coding.model import Evidence, Query
from chartstream.coding.passages.statements import Kind, Statement


@dataclass(slots=True)
class Finding:
    """One code and its path. ``forms`` are the words of its term, none for what a rule
    added. Rules extend ``steps`` and ``evidence``; a ``reason`` means it is not proposed.
    ``statement`` is where its mention stands, None for what a rule added."""

    code: str
    term: str
    kind: Kind
    source: str
    status: Status
    evidence: list[Evidence]
    forms: frozenset[str] = frozenset()
    rule: str = "term"
    steps: list[str] = field(default_factory=list)
    features: dict[str, float] = field(default_factory=dict)
    queries: list[Query] = field(default_factory=list)
    reason: str | None = None
    statement: Statement | None = None


def evidence_of(mention: Mention, statement: Statement) -> Evidence:
    """The quote of a mention: from its first word to its last."""
    return Evidence(statement.document.document_id, mention.begin, mention.end, "term", statement.section.kind)


def merged(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence without repetition, in order."""
    return list(dict.fromkeys(evidence))
