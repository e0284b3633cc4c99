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
from itertools import islice
from pathlib import Path
from typing import Any, Final

from chartstream.codesets import CodeSet
from chartstream.codesets.cache import cached_table
from chartstream.codesets.releases import table_name
from chartstream.coding.data_files import DATA, read_yaml
from chartstream.coding.finding import Finding
from chartstream.coding.lexicon.lexicon import TABULAR, Lexicon, to_table_entries
from chartstream.coding.lexicon.matching import Mention, fullest, occurrences
from chartstream.coding.lexicon.terms import gather, lexicon_name
from chartstream.coding.model import Document, Section
from chartstream.coding.passages.statements import SENTENCE_END, Kind, Statement
from chartstream.coding.vocabulary.tokens import Token, Vocabulary
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
    spelt: dict[str, Doubt]
    nested: re.Pattern[str]
    doubts: dict[str, Doubt]

    def doubt_of(self, code: str) -> Doubt | None:
        """Why ``code`` is not proposed however it is mentioned, or None."""
        return next((doubt for pattern, doubt in self.never if pattern.fullmatch(code)), None)


def corpus_rules(vocabulary: Vocabulary, path: Path = CORPUS / "rules.yaml") -> CorpusRules:
    """The rules of the package. Raises ``ConfigurationError`` naming what is missing or not well-formed."""
    data = read_yaml(path)
    try:
        return CorpusRules(
            gap=int(data["gap"]),
            candidate_gap=int(data["candidate_gap"]),
            barriers=re.compile(data["barriers"], re.IGNORECASE),
            never=[(re.compile(row["codes"]), _doubt(row)) for row in data["never"]],
            terms={_forms(term, vocabulary): _doubt(row) for row in data["terms"] for term in row["words"].split("|")},
            spelt=dict.fromkeys(data["spelt"]["words"].split("|"), _doubt(data["spelt"])),
            nested=re.compile(data["nested"]["codes"]),
            doubts={name: _doubt(data["doubts"][name]) for name in ("gap", "nested")},
        )
    except (KeyError, TypeError, ValueError, re.error) as error:
        raise ConfigurationError(f"corpus/rules.yaml: {error!r}; correct it.") from error


def _doubt(row: dict[str, Any]) -> Doubt:
    doubt = Doubt(str(row["reason"]), float(row["confidence"]))
    if not doubt.reason or not 0 < doubt.confidence < 1:
        raise ValueError(f"{doubt.reason!r} needs a reason and a confidence between 0 and 1")
    return doubt


def _forms(term: str, vocabulary: Vocabulary) -> frozenset[str]:
    forms = vocabulary.forms(term)
    if not forms:
        raise ValueError(f"the vocabulary leaves no words of {term!r}")
    return forms


def every_sentence(document: Document) -> Iterator[Statement]:
    """Every sentence of the document, headings and what stands in no section included."""
    text, begin, passed = document.text, 0, 0
    sections = document.sections
    for match in (*SENTENCE_END.finditer(text), None):
        end = match.start() if match else len(text)
        if text[begin:end].strip():
            # Sentences come in order: what ends before one is behind all that follow.
            while passed < len(sections) and sections[passed].end <= begin:
                passed += 1
            yield Statement(document, _section_at(document, begin, passed), begin, end, end, Kind.SENTENCE)
        begin = match.end() if match else end


def _section_at(document: Document, place: int, passed: int) -> Section:
    """The first section at ``place``, of those behind the first ``passed``."""
    found = next((s for s in islice(document.sections, passed, None) if s.begin <= place < s.end), None)
    return found or Section(_BODY, 0, len(document.text))


def judged(found: Sequence[Mention], rules: CorpusRules, text: str) -> list[tuple[Mention, Doubt | None]]:
    """``found`` (every occurrence in one sentence) in order of the text, each proposed or with its doubt.

    Of mentions that share words the fullest is proposed, and of those inside it the ones whose codes the rules name:
    a pain of some place is marked as that pain and as pain.
    """
    doubts = {_key(m): _doubt_alone(m, rules, text) for m in found}
    chosen = fullest([m for m in found if doubts[_key(m)] is None], text)
    taken = {token for mention in chosen for token in mention.tokens}
    proposed = {_key(mention) for mention in chosen}
    for mention in found:
        key = _key(mention)
        if doubts[key] is None and key not in proposed and not _stays(mention, taken, rules, text):
            doubts[key] = rules.doubts["nested"]
    return [(mention, doubts[_key(mention)]) for mention in sorted(found, key=_place)]


def _place(mention: Mention) -> tuple[int, int, int]:
    """In order of the text, of two mentions at one place the fuller first."""
    return mention.begin, -mention.end, -len(mention.entry.forms)


def _key(mention: Mention) -> tuple[frozenset[str], int, int]:
    return mention.entry.forms, mention.begin, mention.end


def _doubt_alone(mention: Mention, rules: CorpusRules, text: str) -> Doubt | None:
    """Why a mention is not proposed whatever stands around it."""
    known = rules.terms.get(mention.entry.forms) or rules.spelt.get(text[mention.begin : mention.end].lower())
    # "History of X" is no code here, so that it must not take the words of X.
    known = known or rules.doubt_of(mention.entry.code or "")
    return known or (rules.doubts["gap"] if mention.gap > rules.gap else None)


def _stays(mention: Mention, taken: set[Token], rules: CorpusRules, text: str) -> bool:
    """Whether a mention inside a proposed one is proposed too: its words are written there, not an abbreviation's."""
    if mention.entry.source == TABULAR or mention.gap or not taken.issuperset(mention.tokens):
        return False
    written = " " in text[mention.begin : mention.end] or not any(
        token not in mention.tokens and (token.begin, token.end) == (mention.begin, mention.end) for token in taken
    )
    return written and bool(rules.nested.fullmatch(mention.entry.code or ""))


@dataclass(frozen=True, slots=True)
class Corpus:
    """What the profile reads with. Its words are taken as they are spelt: one corrected by mistake would be coded."""

    vocabulary: Vocabulary
    lexicon: Lexicon
    rules: CorpusRules

    @classmethod
    def load(cls, codes: CodeSet) -> Corpus:
        """The lexicon with the profile's own terms over it. Raises ``ConfigurationError`` for data that is wrong."""
        vocabulary = Vocabulary.read()
        name = f"{table_name(codes.release)}-{lexicon_name(codes.release, over=CORPUS)}"
        table = cached_table(name, lambda: to_table_entries(gather(codes, vocabulary, over=CORPUS)))
        return cls(vocabulary, Lexicon(table), corpus_rules(vocabulary))

    def read(
        self, statement: Statement, barriers: Sequence[int]
    ) -> tuple[Sequence[Token], list[tuple[Mention, Doubt | None]]]:
        """(tokens, mentions with their doubts) of a statement; no term reaches across ``barriers``."""
        text = statement.document.text
        tokens = self.vocabulary.tokens(text, statement.begin, statement.end)
        breaks = (match.start() for match in self.rules.barriers.finditer(text, statement.begin, statement.end))
        found = occurrences(self.lexicon, tokens, [*barriers, *breaks], self.rules.candidate_gap)
        return tokens, judged(found, self.rules, text)


def doubted(finding: Finding, doubt: Doubt | None) -> None:
    """Write ``doubt`` into a finding."""
    if doubt is not None:
        finding.reason = doubt.reason
        finding.features[REJECTED] = doubt.confidence
