"""Which axis values a note documents for one condition: in its heading, in its block, elsewhere beside its words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from chartstream.codesets import Code
from chartstream.coding.assertion.assertion import Asserter, Status, Stretch
from chartstream.coding.lexicon.matching import Mention
from chartstream.coding.model import Evidence
from chartstream.coding.passages.reading import Reading, Sentence
from chartstream.coding.passages.statements import Statement
from chartstream.coding.specificity.axes import Axes, Reach, Stated

# How many words may stand between a value and the condition's own words outside its heading.
_NEAR: Final = 3
# "Stage 3b, stable on losartan.": a short line that begins with the value speaks of the problem above it.
_FRAGMENT_WORDS: Final = 8
# Between two values of such a line stand a comma and a blank at most.
_GAP: Final = 2
_LABEL: Final = re.compile(r"[\s\W]*(?:[A-Za-z ]{3,30}:\s*)?")
# What stands between a mention and a value that belongs to another one.
_PARTED: Final = re.compile(r"[,;/]|\band\b|\bwith\b", re.IGNORECASE)
_PARTED_COST: Final = 20
# A value behind its mention may belong to the next; one before it rarely belongs to the one before.
_BEHIND_COST: Final = 3
# Words that many conditions share, so that one of them alone does not show which is meant.
_SHARED: Final = frozenset(
    {"disease", "disorder", "syndrome", "pain", "infection", "injury", "failure", "fracture", "chronic", "acute"}
)
_QUALIFIERS: Final = frozenset({"acute", "chronic", "unspecified"})
# Two values of one axis that together make a third.
_SUMS: Final = {frozenset({"acute", "chronic"}): "acute on chronic"}


@dataclass(frozen=True, slots=True)
class Documented:
    """Values that hold for a condition and values that are denied of it, each with its place."""

    stated: Sequence[Stated] = ()
    denied: Sequence[Stated] = ()
    evidence: dict[Stated, Evidence] = field(default_factory=dict)


# A value, where it stands, and whether it holds rather than is denied.
_Found = tuple[Stated, Evidence, bool]


class Documentation:
    """Finds axis values in the documents of one encounter; in each sentence once, however many mentions ask."""

    def __init__(self, axes: Axes, asserter: Asserter, reading: Reading) -> None:
        self._axes = axes
        self._asserter = asserter
        self._reading = reading
        self._valued: dict[tuple[str, int, int], Sequence[Stated]] = {}
        self._stretches: dict[tuple[str, int, int], Stretch] = {}

    def of(self, mention: Mention, statement: Statement, others: Sequence[Mention], code: Code) -> Documented:
        """What is documented of ``mention`` in ``statement``, whose other mentions are ``others``, for ``code``.

        A place nearer to the mention silences those farther away, axis by axis. Values that contradict each other at
        one place count for nothing.
        """
        found = Documented()
        own = self._own_words(mention, code)
        stated, denied = list[Stated](), list[Stated]()
        for scope in (
            self._in_heading(mention, statement, others),
            self._in_block(own, statement),
            self._elsewhere(own, statement),
        ):
            settled = {value.axis for value in (*stated, *denied)}
            here = [item for item in scope if item[0].concerns(code.code) and item[0].axis not in settled]
            for value, place, holds in _agreeing(here):
                (stated if holds else denied).append(value)
                found.evidence[value] = place
        return Documented(tuple(stated), tuple(denied), found.evidence)

    def _in_heading(self, mention: Mention, statement: Statement, others: Sequence[Mention]) -> Iterator[_Found]:
        text, bounds = statement.document.text, (statement.begin, statement.end)
        for value in self._axes.stated(text, *bounds):
            # "With bleeding": what is a term by itself as well is no rival for its own word.
            rivals = [m for m in others if not (value.begin <= m.begin and m.end <= value.end)]
            if min((mention, *rivals), key=lambda m: _distance(m, value, text)) is not mention:
                continue
            yield value, _place(value, statement), self._meant(value, statement) is not Status.NEGATED

    def _in_block(self, own: frozenset[str], statement: Statement) -> Iterator[_Found]:
        if statement.block_end <= statement.end:
            return
        for sentence in self._reading.within(statement.document, statement.end, statement.block_end):
            values = self._values(sentence)
            for value in values:
                if value.reach is Reach.HEADING:
                    continue
                if value.reach is Reach.BLOCK or _beside(value, sentence, own) or _leads(value, values, sentence):
                    yield from self._judged(value, sentence)

    def _elsewhere(self, own: frozenset[str], statement: Statement) -> Iterator[_Found]:
        others = (document for document in self._reading.documents if document is not statement.document)
        for document in (statement.document, *others) if own else ():
            for sentence in self._reading.with_words(document, own):
                if sentence.lies_in(statement):
                    continue
                for value in self._values(sentence):
                    if value.reach is not Reach.HEADING and _beside(value, sentence, own - _SHARED or own):
                        yield from self._judged(value, sentence)

    def _judged(self, value: Stated, sentence: Sentence) -> Iterator[_Found]:
        meant = self._meant(value, sentence.statement)
        if meant in (Status.AFFIRMED, Status.NEGATED):
            yield value, _place(value, sentence.statement), meant is Status.AFFIRMED

    def _meant(self, value: Stated, where: Statement) -> Status:
        """How a value is meant; cues of a statement are looked for once, however many values ask."""
        key = where.document.document_id, where.begin, where.end
        if key not in self._stretches:
            self._stretches[key] = self._asserter.stretch(where.document.text, where.begin, where.end)
        return self._stretches[key].assertion(value.begin, value.end, ((value.begin, value.end),)).status

    def _own_words(self, mention: Mention, code: Code) -> frozenset[str]:
        """The words that name the condition, without those that only qualify it ("rate controlled", "acute")."""
        words = frozenset(f for f in mention.entry.forms if f not in _QUALIFIERS and not f.isdigit())
        return words & self._reading.vocabulary.forms(code.description) or words

    def _values(self, sentence: Sentence) -> Sequence[Stated]:
        """The axis values that a sentence names; looked for once."""
        where = sentence.statement
        key = where.document.document_id, where.begin, where.end
        if key not in self._valued:
            self._valued[key] = tuple(self._axes.stated(where.document.text, where.begin, where.end))
        return self._valued[key]


def _place(value: Stated, statement: Statement) -> Evidence:
    return Evidence(statement.document.document_id, value.begin, value.end, value.axis, statement.section.kind)


def _distance(mention: Mention, value: Stated, text: str) -> int:
    """How far a value is from a mention, in code points and what stands between them; 0 inside it."""
    if value.end <= mention.begin:
        between, cost = text[value.end : mention.begin], 1
    elif value.begin >= mention.end:
        between, cost = text[mention.end : value.begin], _BEHIND_COST
    else:
        return 0
    return cost * len(between) + (_PARTED_COST if _PARTED.search(between) else 0)


def _beside(value: Stated, sentence: Sentence, words: frozenset[str]) -> bool:
    """Whether one of ``words`` stands within reach of the value, or the value covers it."""
    places = [at for at, t in enumerate(sentence.tokens) if t.begin < value.end and value.begin < t.end]
    if not places:
        return False
    low, high = places[0] - 1 - _NEAR, places[-1] + 1 + _NEAR
    return any(token.form in words for token in sentence.tokens[max(0, low) : high + 1])


def _leads(value: Stated, values: Sequence[Stated], sentence: Sentence) -> bool:
    """Whether the sentence is a short remark that begins with the value, or with others right before it."""
    where = sentence.statement
    label = _LABEL.match(where.document.text, where.begin, where.end)
    if label is None or len(sentence.tokens) > _FRAGMENT_WORDS:
        return False
    reached = label.end()
    for other in sorted(values, key=lambda v: v.begin):
        if other.begin <= reached + _GAP:
            reached = max(reached, other.end)
    return value.end <= reached


def _agreeing(found: Sequence[_Found]) -> Iterator[_Found]:
    """Of each axis the first statement of a value, unless others at the same place contradict it."""
    by_axis: dict[str, list[_Found]] = {}
    for item in found:
        by_axis.setdefault(item[0].axis, []).append(item)
    for items in by_axis.values():
        if items[0][0].many:
            yield from _once(items)
            continue
        settled = _settled([item for item in items if item[2]]) or _settled([item for item in items if not item[2]])
        if settled is not None:
            yield settled


def _once(items: Sequence[_Found]) -> Iterator[_Found]:
    """One statement a value; a value both stated and denied counts for nothing."""
    for value in dict.fromkeys(item[0].values for item in items):
        same = [item for item in items if item[0].values == value]
        if len({holds for _, _, holds in same}) == 1:
            yield same[0]


def _settled(items: Sequence[_Found]) -> _Found | None:
    if not items:
        return None
    common = set(items[0][0].values).intersection(*(item[0].values for item in items))
    if common:
        return items[0]
    named = frozenset(value for item in items for _, value in item[0].values)
    for parts, whole in _SUMS.items():
        if whole in named and named - {whole} <= parts:
            return next(item for item in items if item[0].values[0][1] == whole)
        if named == parts:
            first = items[0][0]
            both = Stated(((first.axis, whole),), first.begin, first.end, first.reach, first.only, first.many)
            return both, items[0][1], True
    return None
