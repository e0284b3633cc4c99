"""Which side a mention is on: beside it, in its problem's block, or beside the same part of the body elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chartstream.coding.lexicon.defaults import SIDES
from chartstream.coding.lexicon.matching import Mention
from chartstream.coding.model import Document, Evidence
from chartstream.coding.passages.reading import Reading
from chartstream.coding.passages.statements import Statement
from chartstream.coding.vocabulary.tokens import Token

# Words so common in terms that sharing one does not show that a side belongs to the same place of the body.
_NO_PLACE: Final = frozenset(
    {"pain", "fracture", "sprain", "strain", "swelling", "acute", "chronic", "primary", "disorder", "disease"}
)
# How many words may stand between a side and the part of the body it belongs to.
_NEAR: Final = 4
# "R knee", "(L) hip", but not the "L" of "L4-5" or of a list.
_LETTER: Final = re.compile(r"\(?(?P<side>[RL])\)?(?=\s+\(?[A-Za-z]{3})")
_LETTERS: Final = {"R": "right", "L": "left"}
# Latin of the eye clinic; elsewhere "os" and "od" are other words.
_EYES: Final = {"od": "right", "os": "left", "ou": "bilateral"}
_EYE_CODES: Final = "H"
_EYE_CHAPTER_END: Final = "H60"
# What joins two sides into both: "right and left", "left greater than right".
_BOTH: Final = re.compile(r"\s*(?:and|&|/|\+|>|<|as well as|(?:greater|worse|more) than)?\s*(?:the )?", re.IGNORECASE)
_COMPLAINTS: Final = frozenset({"chief_complaint", "reason_for_visit"})
_ELSEWHERE: Final = ("reason", "support", "problems", "plan")


@dataclass(frozen=True, slots=True)
class Side:
    """A side and where it is stated; ``name`` is None where the documents contradict each other at ``places``."""

    name: str | None
    places: Sequence[Evidence]


@dataclass(frozen=True, slots=True)
class _Sided:
    """A side stated in a sentence, and the words behind it."""

    token: Token
    sentence: Statement
    followed_by: frozenset[str]


class Laterality:
    """Finds sides in the documents of one encounter. Reads each document once, however many mentions ask."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._sided: dict[tuple[str, str], Sequence[_Sided]] = {}

    def side(self, mention: Mention, statement: Statement, tokens: Sequence[Token], code: str) -> Side | None:
        """The side of a mention in a statement whose tokens are given; None where none is stated.

        ``code`` is what the mention would get; codes of eyes understand OD, OS and OU.
        """
        text, eye = statement.document.text, _EYE_CODES <= code < _EYE_CHAPTER_END
        beside = _nearest(mention, _both(list(_sides(tokens, text, eye=eye)), text))
        if beside is not None:
            return self._confirmed(Side(beside.form, (_place(beside, statement),)), mention, statement)
        block = self._reading.vocabulary.tokens(text, statement.end, statement.block_end)
        only = _only_side(_both(list(_sides(block, text, eye=eye)), text), statement)
        if only is not None:
            return only
        others = (document for document in self._reading.documents if document is not statement.document)
        for document in (statement.document, *others):
            for role in _ELSEWHERE:
                found = self._at_same_place(mention, document, role)
                if found is not None:
                    return found
        return None

    def _confirmed(self, side: Side, mention: Mention, statement: Statement) -> Side:
        """``side``, or none where the chief complaint gives the same condition the other side alone."""
        places = mention.entry.forms - _NO_PLACE
        complained = [
            sided
            for sided in self._stated(statement.document, "reason")
            if sided.sentence.section.kind in _COMPLAINTS and places & sided.followed_by
        ]
        names = {sided.token.form for sided in complained}
        if side.name == "bilateral" or len(names) != 1 or names & {side.name, "bilateral"}:
            return side
        return Side(None, (*side.places, _place(complained[0].token, complained[0].sentence)))

    def _at_same_place(self, mention: Mention, document: Document, role: str) -> Side | None:
        """The side stated beside the mention's part of the body in sections of ``role``, if it is one side only."""
        places = mention.entry.forms - _NO_PLACE
        found = [sided for sided in self._stated(document, role) if places & sided.followed_by]
        if len({sided.token.form for sided in found}) != 1:
            return None
        return Side(found[0].token.form, (_place(found[0].token, found[0].sentence),))

    def _stated(self, document: Document, role: str) -> Sequence[_Sided]:
        key = (document.document_id, role)
        if key not in self._sided:
            self._sided[key] = tuple(self._read(document, role))
        return self._sided[key]

    def _read(self, document: Document, role: str) -> Iterable[_Sided]:
        for sentence in self._reading.sentences(document):
            if sentence.role != role:
                continue
            places: Mapping[int, int] = {token.begin: at for at, token in enumerate(sentence.tokens)}
            for side in _sides(sentence.tokens, document.text, eye=False):
                at = places[side.begin]
                behind = sentence.tokens[at + 1 : at + 1 + _NEAR]
                yield _Sided(side, sentence.statement, frozenset(token.form for token in behind))


def _sides(tokens: Iterable[Token], text: str, *, eye: bool) -> Iterator[Token]:
    """The tokens that name a side, each with the side as its form."""
    for token in tokens:
        if token.form in SIDES:
            yield token
        elif eye and token.form in _EYES:
            yield Token(_EYES[token.form], token.begin, token.end)
        elif token.form in ("r", "l"):
            letter = _LETTER.match(text, token.begin)
            if letter is not None:
                yield Token(_LETTERS[letter["side"]], token.begin, token.end)


def _both(sides: Sequence[Token], text: str) -> list[Token]:
    """``sides`` with each neighbouring "right and left" made one "bilateral"."""
    found: list[Token] = []
    for side in sides:
        before = found[-1] if found else None
        opposite = before is not None and {before.form, side.form} == {"right", "left"}
        if before is not None and opposite and _BOTH.fullmatch(text, before.end, side.begin):
            found[-1] = Token("bilateral", before.begin, side.end)
        else:
            found.append(side)
    return found


def _nearest(mention: Mention, sides: Sequence[Token]) -> Token | None:
    # A side right before its mention is its own, whatever stands inside ("left shoulder and right elbow pain"); one
    # behind may belong to the next.
    return min(
        sides,
        key=lambda s: (
            mention.begin - s.end not in (0, 1),
            mention.begin - s.end if s.end <= mention.end else 3 * (s.begin - mention.end) + 1,
        ),
        default=None,
    )


def _only_side(sides: Sequence[Token], statement: Statement) -> Side | None:
    names = {side.form for side in sides}
    wanted = "bilateral" if "bilateral" in names else next(iter(names)) if len(names) == 1 else None
    token = next((side for side in sides if side.form == wanted), None)
    return Side(token.form, (_place(token, statement),)) if token else None


def _place(token: Token, statement: Statement) -> Evidence:
    return Evidence(statement.document.document_id, token.begin, token.end, "laterality", statement.section.kind)
