"""The words of an encounter's documents, sentence by sentence, cut once for all that look through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chartstream.coding.model import Document
from chartstream.coding.section_rules import roles
from chartstream.coding.statements import Kind, Statement, sentences_of, start_of
from chartstream.coding.tokens import Token, Vocabulary

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


class Reading:
    """Reads the documents of one encounter, each when it is first asked for."""

    def __init__(self, vocabulary: Vocabulary, documents: Sequence[Document] = ()) -> None:
        self.vocabulary = vocabulary
        self.documents = documents
        self._read: dict[str, Sequence[Sentence]] = {}

    def sentences(self, document: Document) -> Sequence[Sentence]:
        """The sentences of ``document`` that have words, by role ("reason" first), then in its order."""
        known = self._read.get(document.document_id)
        if known is None:
            found = []
            for section in document.sections:
                role = roles().roles.get(section.kind)
                if role in _ROLES:
                    for statement in sentences_of(document, section, start_of(section), section.end, Kind.REASON):
                        tokens = self.vocabulary.tokens(document.text, statement.begin, statement.end)
                        if tokens:
                            forms = frozenset(token.form for token in tokens)
                            found.append(Sentence(statement, role, tokens, forms))
            known = tuple(sorted(found, key=lambda sentence: _ROLES.index(sentence.role)))
            self._read[document.document_id] = known
        return known
