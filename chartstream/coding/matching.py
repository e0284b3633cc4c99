"""Mentions: the lexicon's terms in one statement, the fullest first, none inside another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chartstream.coding.lexicon import OWN, Entry, Lexicon
from chartstream.coding.tokens import Token

_JOINED: Final = re.compile(r"/|&|\band\b|\bor\b", re.IGNORECASE)
_LISTED: Final = re.compile(rf",|{_JOINED.pattern}", re.IGNORECASE)
# The longest list of parts before what they share, in code points.
_LIST_LENGTH: Final = 30
# How many foreign words may stand between the words of a term.
_HEADING_GAP: Final = 4
_SENTENCE_GAP: Final = 1
# Words that qualify a condition and make no second one: "gout of the foot, acute" is one gout.
_QUALIFIERS: Final = frozenset(
    {"acute", "chronic", "mild", "moderate", "severe", "recurrent", "primary", "exacerbation"}
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A term found: its entry and the tokens that carry its words, in order. Offsets: code points of the text."""

    entry: Entry
    tokens: Sequence[Token]
    gap: int

    @property
    def begin(self) -> int:
        """Where its first word begins."""
        return self.tokens[0].begin

    @property
    def end(self) -> int:
        """Where its last word ends, exclusive."""
        return max(token.end for token in self.tokens)

    @property
    def spans(self) -> Sequence[tuple[int, int]]:
        """The places of its words."""
        return tuple((token.begin, token.end) for token in self.tokens)


def mentions(
    lexicon: Lexicon, tokens: Sequence[Token], text: str, barriers: Sequence[int], *, in_sentence: bool
) -> list[Mention]:
    """The terms in ``tokens``, the fullest first, none inside another; in a sentence its words stand closer together.

    ``barriers`` are offsets that no term reaches across.
    """
    found = occurrences(lexicon, tokens, barriers, _SENTENCE_GAP if in_sentence else _HEADING_GAP)
    if in_sentence:
        found = [m for m in found if m.entry.source == OWN or len(m.entry.forms) > 1]
    return fullest(found, text)


def occurrences(lexicon: Lexicon, tokens: Sequence[Token], barriers: Sequence[int], most_between: int) -> list[Mention]:
    """Every occurrence of a term, also inside others: its words in any order, ``most_between`` others among them.

    ``barriers`` are offsets that no term reaches across.
    """
    places: dict[str, list[int]] = {}
    for place, token in enumerate(tokens):
        places.setdefault(token.form, []).append(place)
    found = []
    for anchor, entry in lexicon.matching(places):
        for start in places[anchor]:
            mention = _gather(entry, tokens, places, start)
            crosses = any(mention.begin < barrier < mention.end for barrier in barriers)
            if not crosses and mention.gap <= most_between:
                found.append(mention)
    return found


def _gather(entry: Entry, tokens: Sequence[Token], places: Mapping[str, Sequence[int]], start: int) -> Mention:
    """The occurrence of ``entry`` around place ``start``: of each word the nearest."""
    chosen = sorted(min(places[form], key=lambda place: (abs(place - start), place)) for form in entry.forms)
    # Words of one abbreviation share a place in the text: a gap is counted in words, not in their expansions.
    between = {tokens[place].begin for place in range(chosen[0], chosen[-1] + 1)}
    own = {tokens[place].begin for place in chosen}
    return Mention(entry, tuple(tokens[place] for place in chosen), len(between - own))


def fullest(found: Sequence[Mention], text: str) -> list[Mention]:
    """Greedily the mention with the most words, then the least gap, then the product's own term."""
    ordered = sorted(found, key=lambda m: (-len(m.entry.forms), m.gap, m.entry.source != OWN, m.begin))
    chosen: list[Mention] = []
    used: set[Token] = set()
    for mention in ordered:
        shared = used.intersection(mention.tokens)
        if not shared or (len(shared) < len(mention.tokens) and _coordinated(mention, shared, chosen, text)):
            chosen.append(mention)
            used.update(mention.tokens)
    return sorted(chosen, key=lambda m: m.begin)


def _coordinated(mention: Mention, shared: set[Token], chosen: Sequence[Mention], text: str) -> bool:
    """Whether a mention shares words with another as "neck and back pain" shares "pain"."""
    for other in chosen:
        if not shared.intersection(other.tokens):
            continue
        own = [t for t in mention.tokens if t not in shared and t.form not in _QUALIFIERS]
        theirs = [t for t in other.tokens if t not in shared]
        if not own or not theirs:
            return False
        first, second = sorted((own[-1], theirs[-1]), key=lambda t: t.begin)
        # "neck, shoulder and back pain": a comma joins only what the shared word follows.
        leads = all(token.begin > second.begin for token in shared)
        joined = _LISTED if leads else _JOINED
        if second.begin - first.end > _LIST_LENGTH or not joined.search(text, first.end, second.begin):
            return False
    return True
