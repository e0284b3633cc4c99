"""Codes against charts: precision, recall and F1, of all and by class, and how far confidences can be believed."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.charts.chart import Chart
from chartstream.coding.confidence import code_class

BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A proposed code and whether the chart has it; ``expected`` is the chart's own code for it."""

    code: str
    confidence: float
    right: bool
    expected: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of codes: ``hit`` of ``proposed`` are among ``expected``."""

    hit: int = 0
    proposed: int = 0
    expected: int = 0

    @property
    def precision(self) -> float:
        """The share of the proposed that is right; 0 where nothing was proposed."""
        return self.hit / self.proposed if self.proposed else 0.0

    @property
    def recall(self) -> float:
        """The share of the expected that was proposed; 0 where nothing was expected."""
        return self.hit / self.expected if self.expected else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        total = self.proposed + self.expected
        return 2 * self.hit / total if total else 0.0


def judge(chart: Chart, proposed: Iterable[tuple[str, float]]) -> list[Judged]:
    """The proposed (code, confidence) of a chart, optional ones left out; two that stand for one code count once."""
    meant = {code: group[0] for group in chart.codes for code in group}
    judged: list[Judged] = []
    found: set[str] = set()
    for code, confidence in proposed:
        if code in chart.optional:
            continue
        expected = meant.get(code)
        right = expected is not None and expected not in found
        judged.append(Judged(code, confidence, right, expected if right and expected else code))
        if right and expected:
            found.add(expected)
    return judged


def figures(judged: Sequence[tuple[Chart, Sequence[Judged]]]) -> dict[str, Figures]:
    """Figures of all codes (``all``) and by class of code."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for chart, codes in judged:
        for item in codes:
            for name in ("all", code_class(item.expected)):
                counts[name][0] += item.right
                counts[name][1] += 1
        for group in chart.codes:
            for name in ("all", code_class(group[0])):
                counts[name][2] += 1
    return {name: Figures(*row) for name, row in sorted(counts.items())}


def calibration_error(judged: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error over ten equal bins of (confidence, right); 0 for none."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in judged:
        bins[min(BINS - 1, int(confidence * BINS))].append((confidence, right))
    gaps = (abs(sum(c for c, _ in rows) - sum(r for _, r in rows)) for rows in bins.values())
    return sum(gaps) / len(judged) if judged else 0.0


def error_by_chance(confidences: Sequence[float], draws: int = 400) -> float:
    """The calibration error that so few codes show were every confidence exact: the mean of ``draws`` drawings."""
    chance = random.Random(13)
    drawn = (calibration_error([(c, chance.random() < c) for c in confidences]) for _ in range(draws))
    return sum(drawn) / draws


def sure(judged: Sequence[tuple[float, bool]], bound: float = 0.9) -> tuple[int, float]:
    """(how many have a confidence of at least ``bound``, the share of those that is right)."""
    high = [right for confidence, right in judged if confidence >= bound]
    return len(high), sum(high) / len(high) if high else 0.0
