"""Mentions: the lexicon's terms in one statement, the fullest first, none inside another."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from chartstream.coding.lexicon.lexicon import OWN, Entry, Lexicon
from chartstream.coding.vocabulary.tokens import Token

_JOINED: Final = re.compile(r"/|&|\band\b|\bor\b", re.IGNORECASE)
_LISTED: Final = re.compile(rf",|{_JOINED.pattern}", re.IGNORECASE)
# The longest list of parts before what they share, in code points.
_LIST_LENGTH: Final = 30
# How many foreign words may stand between the words of a term.
_HEADING_GAP: Final = 4
_SENTENCE_GAP: Final = 1
# How many forms one abbreviation is written out to at most: a bound on how far apart a term's tokens can be.
_LONGEST_EXPANSION: Final = 8
# In code points: what is longer and stands for several words is a phrase, whose words may go with others.
_LONGEST_ABBREVIATION: Final = 7
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
    def edits(self) -> int:
        """How many letters its misspelt words were corrected by."""
        return sum(token.edits for token in self.tokens)

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
    items = sorted((m for m in found if m.entry.source == OWN), key=lambda m: m.begin)
    begins = [item.begin for item in items]
    return fullest([m for m in found if not m.gap or not _reaches_over_item(m, items, begins, text)], text)


def _reaches_over_item(mention: Mention, items: Sequence[Mention], begins: Sequence[int], text: str) -> bool:
    """Whether a term was put together around another item of a list: "diabetes, hypertension and hyperlipidemia"."""
    inside = items[bisect_right(begins, mention.begin) : bisect_left(begins, mention.end)]
    for other in (item for item in inside if item.end < mention.end):
        before = max((t.end for t in mention.tokens if t.end <= other.begin), default=other.begin)
        after = min((t.begin for t in mention.tokens if t.begin >= other.end), default=other.end)
        apart = not any(token in mention.tokens for token in other.tokens)
        if apart and _LISTED.search(text, before, other.begin) and _LISTED.search(text, other.end, after):
            return True
    return False


def occurrences(lexicon: Lexicon, tokens: Sequence[Token], barriers: Sequence[int], most_between: int) -> list[Mention]:
    """Every occurrence of a term, also inside others: its words in any order, ``most_between`` others among them.

    ``barriers`` are offsets that no term reaches across.
    """
    places: dict[str, list[int]] = {}
    for place, token in enumerate(tokens):
        places.setdefault(token.form, []).append(place)
    walls = sorted(barriers)
    found = []
    for anchor, entry in lexicon.matching(places):
        # "Knee pain due to arthritis of the knee": a word that stands twice may be meant at either place.
        repeated = any(len(places[form]) > 1 for form in entry.forms)
        for start, later in product(places[anchor], (False, True) if repeated else (False,)):
            mention = _gather(entry, tokens, places, start, most_between, later=later)
            if mention is not None and bisect_right(walls, mention.begin) == bisect_left(walls, mention.end):
                found.append(mention)
    return found


def _gather(
    entry: Entry,
    tokens: Sequence[Token],
    places: Mapping[str, Sequence[int]],
    start: int,
    most_between: int,
    *,
    later: bool,
) -> Mention | None:
    """The occurrence of ``entry`` around ``start``, of each word the nearest; None if they stand far apart."""
    if len(entry.forms) == 1:
        return Mention(entry, (tokens[start],), 0)
    chosen = sorted(_together([_nearest(places[form], start, later=later) for form in entry.forms], tokens, places))
    if chosen[-1] - chosen[0] > len(chosen) + _LONGEST_EXPANSION * (most_between + 1):
        return None
    if any(_torn(tokens, place, chosen) for place in chosen):
        return None
    # Words of one abbreviation share a place in the text: a gap is counted in words, not in their expansions.
    between = {tokens[place].begin for place in range(chosen[0], chosen[-1] + 1)}
    own = {tokens[place].begin for place in chosen}
    gap = len(between - own)
    return Mention(entry, tuple(tokens[place] for place in chosen), gap) if gap <= most_between else None


def _together(chosen: Sequence[int], tokens: Sequence[Token], places: Mapping[str, Sequence[int]]) -> Sequence[int]:
    """The places; a repeated word's is moved to the abbreviation that has another word of the term, if one does."""
    if all(len(places[tokens[place].form]) == 1 for place in chosen):
        return chosen
    groups = [group for place in chosen if len(group := list(_written_together(tokens, place))) > 1]
    inside = {place for group in groups for place in group}
    written = {tokens[place].form: place for place in sorted(inside, reverse=True)}
    return [place if place in inside else written.get(tokens[place].form, place) for place in chosen]


def _written_together(tokens: Sequence[Token], place: int) -> Iterator[int]:
    """The places of all words of the abbreviation that the word at ``place`` is from, itself included."""
    first = place
    while first and tokens[first - 1].begin == tokens[place].begin:
        first -= 1
    while first < len(tokens) and tokens[first].begin == tokens[place].begin:
        yield first
        first += 1


def _torn(tokens: Sequence[Token], place: int, chosen: Sequence[int]) -> bool:
    """Whether a term takes a word of an abbreviation without its last, which says what it is.

    "AKI on CKD" is no acute on chronic failure, "OSA and BPH" no obstructive hyperplasia.
    """
    token = tokens[place]
    if token.end - token.begin > _LONGEST_ABBREVIATION or tokens[chosen[0]].begin == tokens[chosen[-1]].begin:
        return False
    return max(_written_together(tokens, place)) not in chosen


def _nearest(places: Sequence[int], start: int, *, later: bool) -> int:
    """Of ascending places the one nearest to ``start``; of two the ``later`` one or the former."""
    if len(places) == 1:
        return places[0]
    at = bisect_left(places, start)
    return min(places[max(0, at - 1) : at + 1], key=lambda place: (abs(place - start), -place if later else place))


def fullest(found: Sequence[Mention], text: str) -> list[Mention]:
    """Of mentions that share words the one with the most words, those of the course counting less, then
    the least gap, then the product's own term.
    """
    ordered = sorted(found, key=_rank)
    chosen: list[Mention] = []
    owners: dict[Token, list[Mention]] = {}
    for mention in ordered:
        shared = {token for token in mention.tokens if token in owners}
        if not shared or (len(shared) < len(mention.tokens) and _coordinated(mention, shared, owners, text)):
            chosen.append(mention)
            for token in mention.tokens:
                owners.setdefault(token, []).append(mention)
    return sorted(chosen, key=lambda m: m.begin)


def _rank(mention: Mention) -> tuple[int, int, int, int, bool, int]:
    """Where a mention stands among those that share its words, the fullest first."""
    # Of equals the one that says more of the site than of the course: "chronic low back pain".
    qualifiers = len(mention.entry.forms & _QUALIFIERS)
    return (
        -len(mention.entry.forms),
        qualifiers,
        mention.gap,
        mention.edits,
        mention.entry.source != OWN,
        mention.begin,
    )


def _coordinated(mention: Mention, shared: set[Token], owners: Mapping[Token, Sequence[Mention]], text: str) -> bool:
    """Whether a mention shares words with others as "neck and back pain" shares "pain"."""
    own = [t for t in mention.tokens if t not in shared and t.form not in _QUALIFIERS]
    if not own:
        return False
    for token in shared:
        for other in owners[token]:
            theirs = [t for t in other.tokens if t not in shared]
            if not theirs or not _listed(own[-1], theirs[-1], shared.intersection(other.tokens), text):
                return False
    return True


def _listed(one: Token, other: Token, shared: set[Token], text: str) -> bool:
    """Whether the words in which two mentions differ stand side by side, joined as parts of a list are."""
    first, second = sorted((one, other), key=lambda t: t.begin)
    # "neck, shoulder and back pain": a comma joins only what the shared word follows.
    leads = all(token.begin > second.begin for token in shared)
    joined = _LISTED if leads else _JOINED
    return second.begin - first.end <= _LIST_LENGTH and joined.search(text, first.end, second.begin) is not None
