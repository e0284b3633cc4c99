"""The corpus profile: whatever a note mentions, denied, past, doubted and of relatives included.

Annotated corpora of clinical cases (CodiEsp) mark every mention of a condition wherever it stands and give each its
code: no rules of reportability, no codes combined of two mentions, the least specific code where no more is said. What
such annotators never mark, and which words are seldom meant, stands in ``data/corpus/rules.yaml``; the words they give
another code than a claim would, in ``data/corpus/terms.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from chartstream.coding.finding import Finding
from chartstream.coding.lexicon import TABULAR
from chartstream.coding.matching import Mention, fullest
from chartstream.coding.model import Document, Section
from chartstream.coding.statements import SENTENCE_END, Kind, Statement
from chartstream.coding.tokens import DATA, Token, Vocabulary
from chartstream.errors import ConfigurationError

CORPUS: Final = DATA / "corpus"
# The feature of a finding that is not proposed: the probability of its code after all.
REJECTED: Final = "p_rejected"
# What a stretch is called that stands in no section.
_BODY: Final = "body"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a mention is not proposed, and the probability that its code is right after all."""

    reason: str
    confidence: float


@dataclass(frozen=True, slots=True)
class CorpusRules:
    """``data/corpus/rules.yaml``; its head says what the parts mean. Words are in the vocabulary's forms."""

    gap: int
    candidate_gap: int
    barriers: re.Pattern[str]
    never: Sequence[tuple[re.Pattern[str], Doubt]]
    terms: dict[frozenset[str], Doubt]
    nested: re.Pattern[str]
    doubts: dict[str, Doubt]

    def breaks(self, text: str, begin: int, end: int) -> list[int]:
        """Where no term reaches across in ``text[begin:end]``, as offsets into ``text``."""
        return [match.start() for match in self.barriers.finditer(text, begin, end)]


@lru_cache(maxsize=1)
def corpus_rules(vocabulary: Vocabulary, path: Path = CORPUS / "rules.yaml") -> CorpusRules:
    """The rules of the package. Raises ``ConfigurationError`` naming what is missing or not well-formed."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        return CorpusRules(
            gap=int(data["gap"]),
            candidate_gap=int(data["candidate_gap"]),
            barriers=re.compile(data["barriers"], re.IGNORECASE),
            never=[(re.compile(row["codes"]), _doubt(row)) for row in data["never"]],
            terms={
                vocabulary.forms(term): _doubt(row)
                for row in data["terms"]
                for term in row["words"].split("|")
                if vocabulary.forms(term)
            },
            nested=re.compile(data["nested"]["codes"]),
            doubts={name: _doubt(row) for name, row in data["doubts"].items()},
        )
    except (KeyError, TypeError, ValueError, re.error) as error:
        raise ConfigurationError(f"corpus/rules.yaml: {error!r}; correct it.") from error


def _doubt(row: dict[str, Any]) -> Doubt:
    doubt = Doubt(str(row["reason"]), float(row["confidence"]))
    if not doubt.reason or not 0 < doubt.confidence < 1:
        raise ValueError(f"{doubt.reason!r} needs a reason and a confidence between 0 and 1")
    return doubt


def every_sentence(document: Document) -> Iterator[Statement]:
    """Every sentence of the document, headings and what stands in no section included."""
    text, begin = document.text, 0
    for match in (*SENTENCE_END.finditer(text), None):
        end = match.start() if match else len(text)
        if text[begin:end].strip():
            yield Statement(document, _section_at(document, begin), begin, end, end, Kind.SENTENCE)
        begin = match.end() if match else end


def _section_at(document: Document, place: int) -> Section:
    found = next((s for s in document.sections if s.begin <= place < s.end), None)
    return found or Section(_BODY, 0, len(document.text))


def judged(found: Sequence[Mention], rules: CorpusRules, text: str) -> list[tuple[Mention, Doubt | None]]:
    """``found`` (every occurrence in one sentence) in order of the text, each proposed or with its doubt.

    Of mentions that share words the fullest is proposed, and of those inside it the ones whose codes the rules name:
    a pain of some place is marked as that pain and as pain.
    """
    trusted = [m for m in found if m.gap <= rules.gap and m.entry.forms not in rules.terms]
    chosen = fullest(trusted, text)
    taken: set[Token] = set()
    for mention in chosen:
        taken.update(mention.tokens)
    return [
        (mention, None if mention in chosen else _doubt_of(mention, taken, rules))
        for mention in sorted(found, key=lambda m: (m.begin, -m.end))
    ]


def _doubt_of(mention: Mention, taken: set[Token], rules: CorpusRules) -> Doubt | None:
    known = rules.terms.get(mention.entry.forms)
    if known is not None:
        return known
    if mention.gap > rules.gap:
        return rules.doubts["gap"]
    inside = mention.gap == 0 and taken.issuperset(mention.tokens)
    if inside and mention.entry.source != TABULAR and rules.nested.fullmatch(mention.entry.code or ""):
        return None
    return rules.doubts["nested"]


def doubt_of_code(code: str, rules: CorpusRules) -> Doubt | None:
    """Why ``code`` is not proposed however it is mentioned, or None."""
    return next((doubt for pattern, doubt in rules.never if pattern.fullmatch(code)), None)


def doubted(finding: Finding, doubt: Doubt | None) -> None:
    """Write ``doubt`` into a finding."""
    if doubt is not None:
        finding.reason = doubt.reason
        finding.features[REJECTED] = doubt.confidence
