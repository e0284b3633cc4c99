"""The most specific code that the record supports for a mention: side, trimester, axis values, seventh character."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chartstream.codesets import CodeSet
from chartstream.coding.defaults import TRIMESTERS, UNKNOWN, complete
from chartstream.coding.episode import is_subsequent, seventh_character
from chartstream.coding.gestation import trimester
from chartstream.coding.laterality import Laterality, Side
from chartstream.coding.lexicon import Entry
from chartstream.coding.matching import Mention
from chartstream.coding.model import Document, Evidence, Query
from chartstream.coding.queries import queries_of, variant_query
from chartstream.coding.refinement import Refiner
from chartstream.coding.statements import Statement
from chartstream.coding.tokens import Token, Vocabulary


@dataclass(frozen=True, slots=True)
class Specific:
    """The codes of a mention (two where both sides have a code each), how they came about, and what is missing."""

    codes: Sequence[str]
    evidence: Sequence[Evidence]
    steps: Sequence[str]
    queries: Sequence[Query] = ()


@dataclass(slots=True)
class _Path:
    """What has been found so far for one mention."""

    stems: list[str]
    evidence: list[Evidence] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)
    side: Side | None = None


class Specifier:
    """Chooses among a code's variants and siblings with what the documents of one encounter say.

    It keeps what it has read of them. Without a refiner it knows sides, trimesters and seventh characters only.
    """

    def __init__(
        self,
        codes: CodeSet,
        vocabulary: Vocabulary,
        refiner: Refiner | None = None,
        documents: Sequence[Document] = (),
    ) -> None:
        self._codes = codes
        self._laterality = Laterality(vocabulary, documents)
        self._refiner = refiner
        self._documents = documents
        self._subsequent: dict[str, bool] = {}

    def specify(
        self, mention: Mention, statement: Statement, tokens: Sequence[Token], others: Sequence[Mention] = ()
    ) -> Specific:
        """The codes for ``mention`` in ``statement``, whose tokens and other mentions are given.

        None of them if no code is billable.
        """
        path = _Path([mention.entry.code] if mention.entry.code else [])
        if mention.entry.variants:
            self._choose_variant(path, mention, statement, tokens)
        self._refine(path, mention, statement, tokens, others)
        billable = [self._completed(stem, statement, path) for stem in path.stems]
        return Specific([code for code in billable if code], path.evidence, path.steps, path.queries)

    def _choose_variant(self, path: _Path, mention: Mention, statement: Statement, tokens: Sequence[Token]) -> None:
        entry = mention.entry
        found: tuple[str, Sequence[Evidence]] | None = None
        conflict: Sequence[Evidence] = ()
        if TRIMESTERS.intersection(entry.variants):
            stated = trimester((statement.document, *self._documents))
            found = (f"trimester{stated[0]}", (stated[1],)) if stated else None
        else:
            path.side = self._laterality.side(mention, statement, tokens, next(iter(entry.variants.values())))
            if path.side is not None and path.side.name is not None:
                found = path.side.name, path.side.places
            elif path.side is not None:
                conflict = path.side.places
        if found is not None:
            path.stems = _variant_codes(entry, found[0]) or path.stems
            path.evidence.extend(found[1])
            path.steps.append(f"{found[0].capitalize()} is documented, which selects {' and '.join(path.stems)}.")
            return
        path.stems = path.stems or [entry.variants[name] for name in (UNKNOWN,) if name in entry.variants]
        if path.stems and _is_asked_for(entry):
            path.queries.append(variant_query(entry, path.stems[0], _quote(mention, statement), conflict))
        if conflict:
            path.evidence.extend(conflict)
            path.steps.append("The documents contradict each other on the side: left unspecified (guidelines I.B.13).")

    def _refine(
        self, path: _Path, mention: Mention, statement: Statement, tokens: Sequence[Token], others: Sequence[Mention]
    ) -> None:
        """Replace each code by the sibling that documented axis values select, then ask for what is still open."""
        if self._refiner is None:
            return
        rest = [other for other in others if other is not mention]
        for at, stem in enumerate(path.stems):
            side = path.side
            if not mention.entry.variants and self._refiner.wants_side(stem):
                side = self._laterality.side(mention, statement, tokens, stem)
            refined = self._refiner.refine(stem, mention, statement, rest, side)
            if refined is not None:
                path.stems[at] = refined.code
                path.evidence.extend(refined.evidence)
                path.steps.append(refined.step)
        path.queries.extend(queries_of(path.stems, _quote(mention, statement)))

    def _completed(self, stem: str, statement: Statement, path: _Path) -> str | None:
        if self._codes.is_billable(stem):
            return stem
        characters = self._codes.seventh_characters(stem)
        character, place = seventh_character(characters, statement, subsequent=self._returns(statement.document))
        code = complete(self._codes, stem, character) if character is not None else None
        if code is not None and character is not None:
            path.steps.append(f"Seventh character {character}: {characters[character]}.")
            if place is not None:
                path.evidence.append(place)
        return code

    def _returns(self, document: Document) -> bool:
        if document.document_id not in self._subsequent:
            self._subsequent[document.document_id] = is_subsequent(document)
        return self._subsequent[document.document_id]


def _is_asked_for(entry: Entry) -> bool:
    """Whether a missing variant is worth a question: not where the list parts both sides from one side alone."""
    return bool({"right", "left", *TRIMESTERS}.intersection(entry.variants))


def _variant_codes(entry: Entry, name: str) -> list[str]:
    if name in entry.variants:
        return [entry.variants[name]]
    if name == "bilateral":
        return [entry.variants[side] for side in ("right", "left") if side in entry.variants]
    return []


def _quote(mention: Mention, statement: Statement) -> Evidence:
    return Evidence(statement.document.document_id, mention.begin, mention.end, "term", statement.section.kind)
