"""The fuller name of a condition elsewhere in the encounter: "diabetes" above, "type 1 diabetes" in the history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from chartstream.codesets import CodeSet
from chartstream.coding.assertion import Asserter, Status
from chartstream.coding.axes import axes
from chartstream.coding.lexicon import Entry, Lexicon
from chartstream.coding.matching import Mention, mentions
from chartstream.coding.model import Document, Evidence
from chartstream.coding.statements import Kind, Statement, sentences
from chartstream.coding.tokens import Token, Vocabulary

# Sections that tell of this encounter's conditions.
_ROLES: Final = ("problems", "plan", "reason", "support")
# Words that make another condition of the one they stand beside.
_OTHERWISE: Final = frozenset({"historyof", "familyhistoryof", "statuspost", "screening", "without", "prediabetes"})


@dataclass(frozen=True, slots=True)
class _Sentence:
    statement: Statement
    tokens: Sequence[Token]
    forms: frozenset[str]


class FullerNames:
    """Looks for fuller names in the documents of one encounter; reads their words once."""

    def __init__(
        self,
        codes: CodeSet,
        lexicon: Lexicon,
        vocabulary: Vocabulary,
        asserter: Asserter,
        documents: Sequence[Document],
    ) -> None:
        self._codes = codes
        self._merged = axes().merged
        self._lexicon = lexicon
        self._vocabulary = vocabulary
        self._asserter = asserter
        self._documents = documents
        self._sentences: Sequence[_Sentence] | None = None

    def of(self, mention: Mention, statement: Statement) -> tuple[Entry, Evidence] | None:
        """(entry, where it stands) of the one fuller name of the same condition that the documents affirm.

        None where the mention's own code is specific already, where there is no such name, and where several give
        different codes.
        """
        if mention.entry.code is None or not self._is_plain(mention.entry.code):
            return None
        found = list(self._found(mention, statement))
        if len({entry.code for entry, _ in found}) != 1:
            return None
        return found[0]

    def _found(self, mention: Mention, statement: Statement) -> Iterator[tuple[Entry, Evidence]]:
        own = mention.entry.forms
        for sentence in self._read():
            where = sentence.statement
            inside = where.document is statement.document and statement.begin <= where.begin < statement.block_end
            if inside or not own < sentence.forms:
                continue
            text = where.document.text
            stretch = self._asserter.stretch(text, where.begin, where.end)
            for other in mentions(self._lexicon, sentence.tokens, text, stretch.barriers, in_sentence=True):
                if not self._is_fuller(other.entry, mention.entry):
                    continue
                if stretch.assertion(other.begin, other.end, other.spans).status is Status.AFFIRMED:
                    place = Evidence(where.document.document_id, other.begin, other.end, "fuller", where.section.kind)
                    yield other.entry, place

    def _is_fuller(self, entry: Entry, than: Entry) -> bool:
        if entry.code is None or than.code is None or not than.forms < entry.forms or entry.forms & _OTHERWISE:
            return False
        here, there = than.code[:3], entry.code[:3]
        return here == there or there in self._merged.get(here, ())

    def _is_plain(self, code: str) -> bool:
        """Whether the list's own words leave the condition open."""
        entry = self._codes.get(code)
        text = entry.description.lower() if entry is not None else ""
        return "unspecified" in text or "without complication" in text

    def _read(self) -> Sequence[_Sentence]:
        if self._sentences is None:
            self._sentences = tuple(
                _Sentence(s, tokens, frozenset(token.form for token in tokens))
                for document in self._documents
                for role in _ROLES
                for s in sentences(document, role, Kind.SENTENCE)
                if (tokens := self._vocabulary.tokens(document.text, s.begin, s.end))
            )
        return self._sentences
