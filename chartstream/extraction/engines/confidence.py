"""Word confidence: the probability that a word is read exactly, from what the networks were unsure of."""

from __future__ import annotations

import math
from dataclasses import dataclass

from chartstream.extraction.engines.cascade import ReadWord
from chartstream.extraction.packaged import packaged

_LEAST, _MOST = 0.001, 0.9999


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model; its weights and where they come from stand in ``data/confidence.yaml``."""

    weights: dict[str, float]

    @classmethod
    def load(cls) -> Calibration:
        """The one that the package carries."""
        return cls(
            packaged("confidence.yaml", lambda data: {name: float(value) for name, value in data["weights"].items()})
        )

    def probability(self, word: ReadWord) -> float:
        """Between 0 and 1."""
        features = features_of(word)
        score = sum(weight * features[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-score))


def features_of(word: ReadWord) -> dict[str, float]:
    """What the model sees of a word; the keys are the names of its weights."""
    return {
        "constant": 1.0,
        "lowest": _logit(min(glyph.score for glyph in word.span.glyphs)),
        "length": math.log(len(word.span.glyphs)),
        "disagreed": float(not word.agreed),
    }


def _logit(score: float) -> float:
    bounded = min(max(score, _LEAST), _MOST)
    return math.log(bounded / (1 - bounded))
