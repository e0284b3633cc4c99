"""The most specific code that the note supports for a mention: side, trimester, seventh character."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chartstream.codesets import CodeSet
from chartstream.coding.defaults import TRIMESTERS, UNKNOWN, complete
from chartstream.coding.laterality import Laterality
from chartstream.coding.lexicon import Entry
from chartstream.coding.matching import Mention
from chartstream.coding.model import Document, Evidence, Query
from chartstream.coding.statements import Kind, Statement, sentences
from chartstream.coding.tokens import Token, Vocabulary

_SUBSEQUENT: Final = re.compile(
    r"\b(?:subsequent|healing|healed|cast removal|suture removal|routine follow[- ]?up"
    r"|follow[- ]?up (?:of|for|visit|appointment))\b",
    re.IGNORECASE,
)
_RETURNS: Final = re.compile(
    r"\b(?:returns|presents|here|seen|comes|back)\b[^.\n]{0,40}\b(?:follow[- ]?up|recheck|re-?evaluation|cast)\b",
    re.IGNORECASE,
)
_COMPLAINTS: Final = frozenset({"chief_complaint", "reason_for_visit"})
_SEQUELA: Final = re.compile(r"\b(?:sequelae?|late effects?) of\b", re.IGNORECASE)
_OPEN: Final = re.compile(r"\b(?:open|compound)\b(?! (?:reduction|treatment))", re.IGNORECASE)
_WEEKS: Final = re.compile(
    r"\b(\d{1,2})(?:\s*(?:\+|and|&)\s*\d(?:/7)?| \d/7|w\d)?\s*-?\s*(?:weeks?|wks?|w)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Specific:
    """The codes of a mention (two where both sides have a code each), how they came about, and what is missing."""

    codes: Sequence[str]
    evidence: Sequence[Evidence]
    steps: Sequence[str]
    query: Query | None


def _is_subsequent(document: Document) -> bool:
    """Whether the reason for the visit is one after active treatment."""
    reasons = list(sentences(document, "reason", Kind.REASON))
    complaints = [s for s in reasons if s.section.kind in _COMPLAINTS]
    return any(_RETURNS.search(document.text, s.begin, s.end) for s in reasons) or any(
        _SUBSEQUENT.search(document.text, s.begin, s.end) for s in complaints
    )


class Specifier:
    """Chooses among an entry's variants with what the heading, its block and the reason for the visit say.

    One serves one encounter: it keeps what it has read of the documents.
    """

    def __init__(self, codes: CodeSet, vocabulary: Vocabulary) -> None:
        self._codes = codes
        self._laterality = Laterality(vocabulary)
        self._subsequent: dict[str, bool] = {}

    def specify(self, mention: Mention, statement: Statement, tokens: Sequence[Token]) -> Specific:
        """The codes for ``mention`` in ``statement``, whose tokens are given; none if no code is billable."""
        entry = mention.entry
        stems: list[str] = [entry.code] if entry.code else []
        evidence: list[Evidence] = []
        steps: list[str] = []
        query = None
        if entry.variants:
            found = self._variant(mention, statement, tokens)
            if found is None:
                stems = stems or [entry.variants[name] for name in (UNKNOWN,) if name in entry.variants]
                query = _query(entry, stems, mention, statement)
            else:
                name, place = found
                stems = _variant_codes(entry, name) or stems
                steps.append(f"{name.capitalize()} is documented, which selects {' and '.join(stems)}.")
                evidence.append(place)
        billable = [self._completed(stem, statement, steps) for stem in stems]
        return Specific([code for code in billable if code], evidence, steps, query)

    def _completed(self, stem: str, statement: Statement, steps: list[str]) -> str | None:
        if self._codes.is_billable(stem):
            return stem
        characters = self._codes.seventh_characters(stem)
        character = _seventh(characters, statement, subsequent=self._returns(statement.document))
        code = complete(self._codes, stem, character)
        if code is not None:
            steps.append(f"Seventh character {character}: {characters[character]}.")
        return code

    def _returns(self, document: Document) -> bool:
        if document.document_id not in self._subsequent:
            self._subsequent[document.document_id] = _is_subsequent(document)
        return self._subsequent[document.document_id]

    def _variant(self, mention: Mention, statement: Statement, tokens: Sequence[Token]) -> tuple[str, Evidence] | None:
        if TRIMESTERS.intersection(mention.entry.variants):
            return self._trimester(statement)
        return self._laterality.side(mention, statement, tokens)

    def _trimester(self, statement: Statement) -> tuple[str, Evidence] | None:
        stated = weeks_of_gestation(statement.document)
        if stated is None:
            return None
        weeks, begin, end = stated
        # Guideline I.C.15.a.3: first up to 13 weeks 6 days, second up to 27 weeks 6 days, third from 28 weeks.
        number = 1 if weeks < 14 else 2 if weeks < 28 else 3
        place = Evidence(statement.document.document_id, begin, end, "trimester")
        return f"trimester{number}", place


def weeks_of_gestation(document: Document) -> tuple[int, int, int] | None:
    """(completed weeks, begin, end) of the first statement of gestational age, in code points."""
    for match in _WEEKS.finditer(document.text):
        around = document.text[max(0, match.start() - 40) : match.end() + 40].lower()
        if re.search(r"gestation|pregnan|\biup\b|\biu p\b|\bega\b|\bga\b|g\d ?p\d|gravid|prenatal|obstetric", around):
            return int(match[1]), match.start(), match.end()
    return None


def _variant_codes(entry: Entry, name: str) -> list[str]:
    if name in entry.variants:
        return [entry.variants[name]]
    if name == "bilateral":
        return [entry.variants[side] for side in ("right", "left") if side in entry.variants]
    return []


def _query(entry: Entry, stems: Sequence[str], mention: Mention, statement: Statement) -> Query | None:
    if not stems:
        return None
    axis = "trimester" if TRIMESTERS.intersection(entry.variants) else "laterality"
    quote = Evidence(statement.document.document_id, mention.begin, mention.end, "term", statement.section.kind)
    options = tuple(name for name in entry.variants if name != UNKNOWN)
    return Query(stems[0], f"Please document the {axis} of: {entry.label}.", options, (quote,))


def _seventh(characters: dict[str, str], statement: Statement, *, subsequent: bool) -> str:
    heading = statement.document.text[statement.begin : statement.end]
    if "S" in characters and _SEQUELA.search(heading):
        return "S"
    # Guideline I.C.19.a: D while the injury heals, whoever treats it.
    if "D" in characters and (subsequent or _SUBSEQUENT.search(heading)):
        return "D"
    if "B" in characters and "open" in characters["B"] and _OPEN.search(heading):
        return "B"
    return next((c for c in ("A", "0") if c in characters), next(iter(characters), "A"))
