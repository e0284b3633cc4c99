"""A word's confidence falls with its most doubtful character and where the two recognisers disagree."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chartstream.extraction.engines.cascade import ReadWord
from chartstream.extraction.engines.confidence import Calibration
from chartstream.extraction.engines.glyphs import Glyph
from chartstream.extraction.engines.spacing import Span


def word(text: str, *scores: float) -> ReadWord:
    glyphs = tuple(Glyph(letter, score, 0.1, 0.2) for letter, score in zip(text, scores, strict=True))
    return ReadWord(Span(glyphs, 0.1, 0.9, spaced=True))


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    return Calibration.load()


def test_a_sure_word_is_nearly_certain_and_a_doubtful_one_is_not(calibration: Calibration) -> None:
    assert calibration.probability(word("98", 1.0, 1.0)) > 0.99
    assert calibration.probability(word("98", 1.0, 0.3)) < 0.8
    assert calibration.probability(word("fever", 1.0, 1.0, 1.0, 0.05, 1.0)) < 0.8


def test_the_weakest_character_decides(calibration: Calibration) -> None:
    probabilities = [calibration.probability(word("4.5", 0.99, score, 0.99)) for score in (0.2, 0.5, 0.9, 0.99)]
    assert probabilities == sorted(probabilities)
    assert probabilities[0] < probabilities[-1] - 0.2


def test_disagreement_costs(calibration: Calibration) -> None:
    agreed = word("21", 0.9, 0.9)
    assert calibration.probability(replace(agreed, agreed=False)) < calibration.probability(agreed) - 0.1


def test_no_score_breaks_it(calibration: Calibration) -> None:
    for score in (0.0, 1.0):
        assert 0 < calibration.probability(word("a", score)) < 1
