"""Whether our confidences hold: words by what they claim, and lines of handwriting that are relied on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.reading.align import plain
from benchmarks.reading.metrics import Compared
from benchmarks.reading.truth import Kind
from chartstream.extraction.stage import TEXT_BOUND

BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0)


@dataclass(frozen=True, slots=True)
class WordOutcome:
    """A word that we read: its probability, the score and height (pixels) of its line, and whether it stands in the
    truth, whole and alone, at that place. ``kind`` is None for a word that nothing on the page accounts for."""

    text: str
    probability: float
    line_score: float
    line_height: float
    kind: Kind | None
    right: bool


def word_outcomes(compared: Compared, answer: Mapping[str, Any]) -> Iterator[WordOutcome]:
    """Every word of a page; ``answer`` is ``ours``'s."""
    back = {output: truth for truth, output in compared.equal.items()}
    touched = {match.output.unit: match.truth.unit for match in compared.alignment.matches}
    for line, begin, end, probability in answer["words"]:
        text, *sides = answer["lines"][line]
        shift = len(" ".join(text.split())) - len(plain(text))  # the bullet that is left out
        places = [back.get((line, at - shift)) for at in range(begin, end)]
        if begin < shift:
            continue
        owner = touched.get(line)
        kind = compared.kinds[owner] if owner is not None else None
        right = _whole(compared, places)
        yield WordOutcome(text[begin:end], probability, answer["scores"][line], sides[3] - sides[1], kind, right)


def _whole(compared: Compared, places: Sequence[tuple[int, int] | None]) -> bool:
    """Whether the characters are one whole word of the truth."""
    first = places[0]
    if first is None or any(place != (first[0], first[1] + i) for i, place in enumerate(places)):
        return False
    text = compared.alignment.truth[first[0]].text
    return any(word.span() == (first[1], first[1] + len(places)) for word in re.finditer(r"\S+", text))


def calibration_error(outcomes: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error over ``BINS``: mean distance of claim and share right, weighted by words."""
    return sum(len(b) * abs(_mean(b, 0) - _mean(b, 1)) for b in binned(outcomes) if b) / max(len(outcomes), 1)


def binned(outcomes: Sequence[tuple[float, bool]]) -> list[list[tuple[float, bool]]]:
    """The outcomes of each bin: from its lower bound to below its upper, the last to 1 inclusive."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in BINS[1:]]
    for claim, right in outcomes:
        bins[max(i for i, low in enumerate(BINS[:-1]) if claim >= low)].append((claim, right))
    return bins


def reliability(outcomes: Sequence[tuple[float, bool]]) -> list[dict[str, float]]:
    """For each bin that has words: its bounds, how many, what they claim in the mean and the share right."""
    return [
        {"from": low, "to": high, "words": len(each), "claimed": _mean(each, 0), "right": _mean(each, 1)}
        for low, high, each in zip(BINS, BINS[1:], binned(outcomes), strict=False)
        if each
    ]


def _mean(outcomes: Sequence[tuple[float, bool]], of: int) -> float:
    return sum(float(each[of]) for each in outcomes) / len(outcomes)


def handwriting(compared: Compared, answer: Mapping[str, Any]) -> tuple[int, int, int]:
    """Lines of handwriting on a page: all, those read wrong, and those wrong whose score reaches ``TEXT_BOUND``.

    A line's score is that of its most doubtful word, as the evidence of a code is scored.
    """
    lines = [unit for unit, kind in enumerate(compared.kinds) if kind == "handwriting"]
    wrong = [u for u in lines if compared.reads(u, 0, len(compared.alignment.truth[u].text)) is None]
    scores = {
        unit: [answer["scores"][m.output.unit] for m in compared.alignment.matches if m.truth.unit == unit]
        for unit in wrong
    }
    return len(lines), len(wrong), sum(1 for found in scores.values() if found and min(found) >= TEXT_BOUND)
