"""The most specific code that the record supports for a mention: side, trimester, axis values, seventh character."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chartstream.codesets import CodeSet
from chartstream.coding.lexicon.defaults import TRIMESTERS, UNKNOWN, complete
from chartstream.coding.lexicon.lexicon import Entry
from chartstream.coding.lexicon.matching import Mention
from chartstream.coding.model import Document, Evidence, Query
from chartstream.coding.passages.reading import Reading
from chartstream.coding.passages.statements import Statement
from chartstream.coding.related.companions import companion_of
from chartstream.coding.specificity.episode import is_subsequent, returning, seventh_character
from chartstream.coding.specificity.fuller import FullerNames
from chartstream.coding.specificity.gestation import trimester
from chartstream.coding.specificity.laterality import Laterality, Side
from chartstream.coding.specificity.queries import queries_of, variant_query
from chartstream.coding.specificity.refinement import Refiner
from chartstream.coding.vocabulary.tokens import Token


@dataclass(frozen=True, slots=True)
class Specific:
    """The codes of a mention (two where both sides have a code each), how they came about, and what is missing."""

    codes: Sequence[str]
    evidence: Sequence[Evidence]
    steps: Sequence[str]
    queries: Sequence[Query] = ()

    def queries_for(self, code: str) -> list[Query]:
        """What is missing for one of the codes: a name may carry codes of two categories."""
        return [query for query in self.queries if query.code[:3] == code[:3]]


@dataclass(frozen=True, slots=True)
class _Named:
    """A mention, where it stands, and what else its statement names."""

    mention: Mention
    statement: Statement
    tokens: Sequence[Token]
    others: Sequence[Mention]

    @property
    def quote(self) -> Evidence:
        """The words of the mention."""
        statement = self.statement
        span = (self.mention.begin, self.mention.end)
        return Evidence(statement.document.document_id, *span, "term", statement.section.kind)


@dataclass(slots=True)
class _Path:
    """What has been found so far for one mention."""

    entry: Entry
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
        self, codes: CodeSet, reading: Reading, refiner: Refiner | None = None, fuller: FullerNames | None = None
    ) -> None:
        self._codes = codes
        self._laterality = Laterality(reading)
        self._reading = reading
        self._refiner = refiner
        self._fuller = fuller
        self._returning: dict[str, Sequence[frozenset[str]]] = {}

    def specify(
        self, mention: Mention, statement: Statement, tokens: Sequence[Token], others: Sequence[Mention] = ()
    ) -> Specific:
        """The codes for ``mention`` in ``statement``, whose tokens and other mentions are given.

        None of them if no code is billable.
        """
        named = _Named(mention, statement, tokens, [other for other in others if other is not mention])
        path = self._begun(named)
        if path.entry.variants:
            self._choose_variant(path, named)
        if self._refiner is not None:
            path.stems.extend(code for stem in path.stems if (code := companion_of(stem, statement)) is not None)
            self._refine(path, self._refiner, named)
        billable = [self._completed(stem, statement, path) for stem in path.stems]
        return Specific([code for code in billable if code], path.evidence, path.steps, path.queries)

    def _begun(self, named: _Named) -> _Path:
        """The path from the mention's own entry, or from the fuller name that the condition has elsewhere."""
        entry = named.mention.entry
        fuller = self._fuller.of(named.mention, named.statement) if self._fuller is not None else None
        if fuller is None:
            return _Path(entry, [entry.code] if entry.code else [])
        entry, place = fuller
        step = f"Named more fully elsewhere, as {entry.label!r}: {entry.code} (guidelines I.B.2)."
        return _Path(entry, [entry.code] if entry.code else [], [place], [step])

    def _choose_variant(self, path: _Path, named: _Named) -> None:
        found: tuple[str, Sequence[Evidence]] | None = None
        conflict: Sequence[Evidence] = ()
        if TRIMESTERS.intersection(path.entry.variants):
            stated = trimester((named.statement.document, *self._reading.documents))
            found = (f"trimester{stated[0]}", (stated[1],)) if stated else None
        else:
            path.side = self._side(named, next(iter(path.entry.variants.values())))
            if path.side is not None and path.side.name is not None:
                found = path.side.name, path.side.places
            elif path.side is not None:
                conflict = path.side.places
        if found is not None:
            path.stems = _variant_codes(path.entry, found[0]) or path.stems
            path.evidence.extend(found[1])
            path.steps.append(f"{found[0].capitalize()} is documented, which selects {' and '.join(path.stems)}.")
            return
        path.stems = path.stems or [path.entry.variants[name] for name in (UNKNOWN,) if name in path.entry.variants]
        if path.stems and _is_asked_for(path.entry):
            path.queries.append(variant_query(path.entry, path.stems[0], named.quote, conflict))
        if conflict:
            path.evidence.extend(conflict)
            path.steps.append("The documents contradict each other on the side: left unspecified (guidelines I.B.13).")

    def _side(self, named: _Named, code: str) -> Side | None:
        return self._laterality.side(named.mention, named.statement, named.tokens, code)

    def _refine(self, path: _Path, refiner: Refiner, named: _Named) -> None:
        """Replace each code by the sibling that documented axis values select, then ask for what is still open."""
        for at, stem in enumerate(path.stems):
            side = path.side
            if side is None and refiner.wants_side(stem):
                side = self._side(named, stem)
            refined = refiner.refine(stem, named.mention, named.statement, named.others, side)
            if refined is not None:
                path.stems[at] = refined.code
                path.queries = [replace(q, code=refined.code) if q.code == stem else q for q in path.queries]
                path.evidence.extend(refined.evidence)
                path.steps.append(refined.step)
        path.queries.extend(queries_of(path.stems, named.quote))

    def _completed(self, stem: str, statement: Statement, path: _Path) -> str | None:
        if self._codes.is_billable(stem):
            return stem
        characters = self._codes.seventh_characters(stem)
        character, place = seventh_character(
            characters, statement, subsequent=self._returns(statement.document, path.entry.forms)
        )
        code = complete(self._codes, stem, character) if character is not None else None
        if code is not None and character is not None:
            path.steps.append(f"Seventh character {character}: {characters[character]}.")
            if place is not None:
                path.evidence.append(place)
        return code

    def _returns(self, document: Document, words: frozenset[str]) -> bool:
        known = self._returning.get(document.document_id)
        if known is None:
            reasons = (sentence for sentence in self._reading.sentences(document) if sentence.role == "reason")
            known = self._returning[document.document_id] = tuple(returning(reasons))
        return is_subsequent(known, words)


def _is_asked_for(entry: Entry) -> bool:
    """Whether a missing variant is worth a question: not where the list parts both sides from one side alone."""
    return bool({"right", "left", *TRIMESTERS}.intersection(entry.variants))


def _variant_codes(entry: Entry, name: str) -> list[str]:
    if name in entry.variants:
        return [entry.variants[name]]
    if name == "bilateral":
        return [entry.variants[side] for side in ("right", "left") if side in entry.variants]
    return []
