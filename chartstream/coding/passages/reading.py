"""The words of an encounter's documents, sentence by sentence, cut once for all that look through them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chartstream.coding.model import Document
from chartstream.coding.passages.section_rules import roles
from chartstream.coding.passages.statements import Kind, Statement, sentences_of, start_of
from chartstream.coding.vocabulary.tokens import Token, Vocabulary

# Sections that tell of this encounter's conditions; what relatives or older notes say decides nothing.
_ROLES: Final = ("reason", "support", "problems", "plan")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a section that has a role, its words, and their common forms."""

    statement: Statement
    role: str
    tokens: Sequence[Token]
    forms: frozenset[str]

    def lies_in(self, statement: Statement) -> bool:
        """Whether it is part of a statement or of its block."""
        same = self.statement.document is statement.document
        return same and statement.begin <= self.tokens[0].begin < statement.block_end


@dataclass(frozen=True, slots=True)
class _Read:
    """A document's sentences, and their numbers by each of their words and by where they begin (ascending)."""

    sentences: Sequence[Sentence]
    by_word: Mapping[str, Sequence[int]]
    begins: Sequence[tuple[int, int]]


class Reading:
    """Reads the documents of one encounter, each when it is first asked for."""

    def __init__(self, vocabulary: Vocabulary, documents: Sequence[Document] = ()) -> None:
        self.vocabulary = vocabulary
        self.documents = documents
        self._known: dict[str, _Read] = {}

    def sentences(self, document: Document) -> Sequence[Sentence]:
        """The sentences of ``document`` that have words, by role ("reason" first), then in its order."""
        return self._read(document).sentences

    def with_words(self, document: Document, words: frozenset[str]) -> Iterator[Sentence]:
        """Those of ``sentences`` that have all of ``words`` (one at least), without a look at the others."""
        known = self._read(document)
        rarest = min((known.by_word.get(word, ()) for word in words), key=len)
        return (known.sentences[at] for at in rarest if words <= known.sentences[at].forms)

    def within(self, document: Document, begin: int, end: int) -> Iterator[Sentence]:
        """Those of ``sentences`` whose first word begins in ``[begin, end)``, code points."""
        known = self._read(document)
        low, high = bisect_left(known.begins, (begin,)), bisect_left(known.begins, (end,))
        return (known.sentences[at] for at in sorted(at for _, at in known.begins[low:high]))

    def _read(self, document: Document) -> _Read:
        known = self._known.get(document.document_id)
        if known is None:
            known = _indexed(sorted(self._cut(document), key=lambda sentence: _ROLES.index(sentence.role)))
            self._known[document.document_id] = known
        return known

    def _cut(self, document: Document) -> Iterator[Sentence]:
        for section in document.sections:
            role = roles().roles.get(section.kind)
            if role not in _ROLES:
                continue
            for statement in sentences_of(document, section, start_of(section), section.end, Kind.REASON):
                tokens = self.vocabulary.tokens(document.text, statement.begin, statement.end)
                if tokens:
                    yield Sentence(statement, role, tokens, frozenset(token.form for token in tokens))


def _indexed(sentences: Sequence[Sentence]) -> _Read:
    by_word: dict[str, list[int]] = {}
    for at, sentence in enumerate(sentences):
        for form in sentence.forms:
            by_word.setdefault(form, []).append(at)
    return _Read(sentences, by_word, sorted((s.tokens[0].begin, at) for at, s in enumerate(sentences)))
