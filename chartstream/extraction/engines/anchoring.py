"""Two readings of one page put together: the words of the stronger, the places that the other found them at.

A word that two engines read alike, each by itself, is as sure as the surer of them says. Lines are matched wherever
they stand, since the two may differ in their reading order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import accumulate

from chartstream.extraction.engines.engine import OcrPage
from chartstream.extraction.fragments import Box, Fragment, Word, enclosing

_SLACK = 3
"""Words by which a line may shift within the other reading: words joined, split or left out before it."""


@dataclass(frozen=True, slots=True)
class Anchored:
    """``page``: the stronger reading with places. ``kept``: the share (0 to 1) of the letters that the other reading
    was sure of which the stronger one has too; 1 when there were none.
    """

    page: OcrPage
    kept: float


def anchored(stronger: OcrPage, first: OcrPage, sure: float) -> Anchored:
    """Give the words of ``stronger``, read from the image of ``first``, the places of the same words there.

    ``sure``: the score from which a word of ``first`` counts as surely read. What has no counterpart stands between its
    neighbours on the line; where its line has none at all, it keeps its place.
    """
    words = [word for fragment in stronger.fragments for word in fragment.words]
    counterparts = _matched([_key(word) for word in words], first.fragments)
    placed = []
    begin = 0
    for fragment in stronger.fragments:
        end = begin + len(fragment.words)
        placed.append(_placed(fragment, [counterparts.get(number) for number in range(begin, end)]))
        begin = end
    page = replace(
        stronger,
        fragments=tuple(placed),
        image=first.image,
        rotation=first.rotation,
        skew=first.skew,
    )
    return Anchored(page, _kept(first.fragments, words, sure))


def _key(word: Word) -> str:
    """What makes words the same in two readings: letters and digits, or the signs where there are none."""
    letters = "".join(c for c in word.text.casefold() if c.isalnum())
    return letters or word.text


def _matched(keys: Sequence[str], lines: Sequence[Fragment]) -> dict[int, Word]:
    """Numbers of the words in the stronger reading, with the same word of the other; each word at most once.

    Long lines go first: what short ones say ("mg", "2 x") may stand in many places. Of places that suit a line alike,
    the one nearest to where it stands in its own reading is taken.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for number, key in enumerate(keys):
        places[key].append(number)
    found: dict[int, Word] = {}
    before = accumulate((len(line.words) for line in lines), initial=0)
    for here, line in sorted(zip(before, lines, strict=False), key=lambda item: -len(item[1].text)):
        own = [_key(word) for word in line.words]
        votes = Counter(
            number - position for position, key in enumerate(own) for number in places[key] if number not in found
        )
        if not votes:
            continue
        most = max(votes.values())
        start = min((abs(shift - here), shift) for shift, count in votes.items() if count == most)[1]
        if most == len(own):
            found |= {start + position: word for position, word in enumerate(line.words)}
            continue
        begin, end = max(0, start - _SLACK), min(len(keys), start + len(own) + _SLACK)
        window = [f"\0{number}" if number in found else keys[number] for number in range(begin, end)]
        for block in SequenceMatcher(None, window, own, autojunk=False).get_matching_blocks():
            found |= {begin + block.a + step: line.words[block.b + step] for step in range(block.size)}
    return found


def _placed(line: Fragment, counterparts: Sequence[Word | None]) -> Fragment:
    known = [word for word in counterparts if word is not None]
    if not known:
        return line
    around = enclosing(word.box for word in known)
    words = []
    for number, (word, same) in enumerate(zip(line.words, counterparts, strict=True)):
        if same is None:
            words.append(replace(word, box=_between(counterparts, number, around, line.box)))
            continue
        alike = same.text == word.text
        words.append(Word(word.text, same.box, max(word.confidence, same.confidence) if alike else word.confidence))
    return Fragment(tuple(words), line.bold)


def _between(counterparts: Sequence[Word | None], number: int, around: Box, outer: Box) -> Box:
    """From the end of the last known word on its left to the beginning of the next on its right.

    Where the line goes on beyond all that is known, it may go on to the edge of what it was said to stand in.
    """
    left = next((w.box for w in reversed(counterparts[:number]) if w is not None), None)
    right = next((w.box for w in counterparts[number + 1 :] if w is not None), None)
    if left is not None and right is not None:
        if left.x1 < right.x0:
            return Box(left.x1, min(left.y0, right.y0), right.x0, max(left.y1, right.y1))
        return enclosing((left, right))  # the line is broken on the page, or a word is missing in a narrow gap
    if left is not None:
        return Box(min(left.x1, outer.x1 - 1), left.y0, max(outer.x1, left.x1), left.y1)
    if right is not None:
        return Box(min(outer.x0, right.x0), right.y0, max(right.x0, outer.x0 + 1), right.y1)
    return around


def _kept(lines: Sequence[Fragment], words: Sequence[Word], sure: float) -> float:
    """By letters, wherever they stand: engines split and order words differently."""
    letters = "".join(_key(word) for word in words)
    surely = [_key(word) for line in lines for word in line.words if word.confidence >= sure]
    total = sum(len(key) for key in surely)
    return sum(len(key) for key in surely if key in letters) / total if total else 1.0
