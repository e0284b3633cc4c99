"""Logistic regression: finds what is there, keeps its priors where nothing is, and heeds no order."""

from __future__ import annotations

import random

import pytest

from benchmarks.confidence.logistic import Example, fit


def examples(count: int = 600) -> list[Example]:
    """Right nine times in ten, with ``odd`` one time in four; ``noise`` says nothing."""
    chance = random.Random(7)
    made = []
    for at in range(count):
        odd, noise = float(chance.random() < 0.5), float(chance.random() < 0.5)
        right = chance.random() < (0.25 if odd else 0.9)
        made.append(Example(f"n{at // 3}", {"odd": odd, "noise": noise}, right))
    return made


def test_probabilities_are_those_of_the_examples() -> None:
    fitted = fit(examples(), ["noise", "odd"], {})
    assert fitted.probability({}) == pytest.approx(0.9, abs=0.06)
    assert fitted.probability({"odd": 1.0}) == pytest.approx(0.25, abs=0.08)
    assert abs(fitted.weights["noise"]) < 0.4


def test_what_no_example_has_keeps_its_prior_weight() -> None:
    fitted = fit(examples(), ["odd", "rare"], {"rare": -1.5})
    assert fitted.weights["rare"] == -1.5


def test_few_examples_leave_weights_near_their_priors() -> None:
    few, many = (fit(examples(count), ["odd"], {}).weights["odd"] for count in (30, 600))
    assert many < few < 0


def test_the_order_of_examples_does_not_matter() -> None:
    given = examples()
    shuffled = random.Random(3).sample(given, len(given))
    assert fit(given, ["odd", "noise"], {}).weights == fit(shuffled, ["odd", "noise"], {}).weights
