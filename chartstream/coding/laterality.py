"""Which side a mention is on: beside it, in its problem's block, or beside the same part of the body elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from chartstream.coding.defaults import SIDES
from chartstream.coding.matching import Mention
from chartstream.coding.model import Document, Evidence
from chartstream.coding.statements import Kind, Statement, sentences
from chartstream.coding.tokens import Token, Vocabulary

Side = tuple[str, Evidence]

# Words so common in terms that sharing one does not show that a side belongs to the same place of the body.
_NO_PLACE: Final = frozenset(
    {"pain", "fracture", "sprain", "strain", "swelling", "acute", "chronic", "primary", "disorder", "disease"}
)
# How many words may stand between a side and the part of the body it belongs to.
_NEAR: Final = 4


@dataclass(frozen=True, slots=True)
class _Sided:
    """A side stated in a sentence, and the words behind it."""

    token: Token
    sentence: Statement
    followed_by: frozenset[str]


class Laterality:
    """Finds sides in the documents of one encounter. Reads each document once, however many mentions ask."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._sided: dict[tuple[str, str], Sequence[_Sided]] = {}

    def side(self, mention: Mention, statement: Statement, tokens: Sequence[Token]) -> Side | None:
        """(side, its evidence) of a mention in a statement whose tokens are given; None where none is stated."""
        beside = _nearest(mention, tokens)
        if beside is not None:
            return beside.form, _place(beside, statement)
        block = self._vocabulary.tokens(statement.document.text, statement.end, statement.block_end)
        return (
            _only_side(block, statement)
            or self._at_same_place(mention, statement.document, "reason")
            or self._at_same_place(mention, statement.document, "support")
        )

    def _at_same_place(self, mention: Mention, document: Document, role: str) -> Side | None:
        """The side stated beside the mention's part of the body elsewhere in the document, if it is one side only."""
        places = mention.entry.forms - _NO_PLACE
        found = [sided for sided in self._stated(document, role) if places & sided.followed_by]
        if len({sided.token.form for sided in found}) != 1:
            return None
        return found[0].token.form, _place(found[0].token, found[0].sentence)

    def _stated(self, document: Document, role: str) -> Sequence[_Sided]:
        key = (document.document_id, role)
        if key not in self._sided:
            self._sided[key] = tuple(self._read(document, role))
        return self._sided[key]

    def _read(self, document: Document, role: str) -> Iterable[_Sided]:
        for sentence in sentences(document, role, Kind.REASON):
            tokens = self._vocabulary.tokens(document.text, sentence.begin, sentence.end)
            for at, token in enumerate(tokens):
                if token.form in SIDES:
                    yield _Sided(token, sentence, frozenset(t.form for t in tokens[at + 1 : at + 1 + _NEAR]))


def _nearest(mention: Mention, tokens: Sequence[Token]) -> Token | None:
    sides = [token for token in tokens if token.form in SIDES]
    # A side before its mention is its own; one behind may belong to the next.
    return min(
        sides,
        key=lambda s: mention.begin - s.end if s.end <= mention.end else 3 * (s.begin - mention.end) + 1,
        default=None,
    )


def _only_side(tokens: Iterable[Token], statement: Statement) -> Side | None:
    sides = [token for token in tokens if token.form in SIDES]
    names = {token.form for token in sides}
    wanted = "bilateral" if "bilateral" in names else next(iter(names)) if len(names) == 1 else None
    token = next((t for t in sides if t.form == wanted), None)
    return (token.form, _place(token, statement)) if token else None


def _place(token: Token, statement: Statement) -> Evidence:
    return Evidence(statement.document.document_id, token.begin, token.end, "laterality", statement.section.kind)
