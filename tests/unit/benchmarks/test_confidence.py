"""Calibration and handwriting on hand-made pages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.reading import truth
from benchmarks.reading.confidence import calibration_error, handwriting, reliability, word_outcomes
from benchmarks.reading.metrics import Compared, Line, compare
from chartstream.extraction.fragments import Box
from chartstream.extraction.stage import TEXT_BOUND

BOX = Box(60, 100, 260, 114)


def compared(text: str, read: str, kind: truth.Kind = "text") -> Compared:
    line = truth.Line(tuple(truth.Word(word, BOX) for word in text.split()))
    page = truth.Page("note", 1, 612, 792, (truth.Region(kind, (line,), 1),), (), ())
    return compare(page, [Line(read, BOX)], (612, 792), np.eye(3), (612, 792))


def answer(read: str, score: float = 0.9) -> dict[str, Any]:
    words, at = [], 0
    for word in read.split():
        begin = read.index(word, at)
        at = begin + len(word)
        words.append((0, begin, at, 0.8))
    return {"lines": [(read, BOX.x0, BOX.y0, BOX.x1, BOX.y1)], "scores": [score], "words": words}


@pytest.mark.parametrize(
    ("read", "right"),
    [
        ("Losartan 100 mg daily", [True, True, True, True]),
        ("Losartan 1OO mg daily", [True, False, True, True]),
        ("Losartan 100 mgdaily", [True, True, False]),
        ("\u2022 Losartan 100 mg daily", [True, True, True, True]),
    ],
)
def test_words_right_and_wrong(read: str, right: list[bool]) -> None:
    outcomes = list(word_outcomes(compared("Losartan 100 mg daily", read), answer(read)))
    assert [outcome.right for outcome in outcomes] == right
    assert {outcome.line_height for outcome in outcomes} == {14}


def test_calibration_error_is_the_distance_of_claim_and_truth() -> None:
    half_right = [(0.95, True), (0.95, False)]
    assert calibration_error(half_right) == pytest.approx(0.45)
    assert calibration_error([(1.0, True)] * 5) == 0
    assert calibration_error([(1.0, False)] * 5) == 1


def test_reliability_leaves_no_word_out() -> None:
    claims = [(0.0, False), (0.5, True), (0.949, True), (0.95, True), (1.0, True)]
    rows = reliability(claims)
    assert sum(row["words"] for row in rows) == len(claims)
    assert [row["from"] for row in rows] == [0.0, 0.5, 0.9, 0.95, 0.995]


@pytest.mark.parametrize(
    ("read", "score", "expected"),
    [
        ("call back before Friday", TEXT_BOUND, (1, 0, 0)),
        ("call bock before Friday", TEXT_BOUND, (1, 1, 1)),
        ("call bock before Friday", TEXT_BOUND - 0.01, (1, 1, 0)),
        ("", 1.0, (1, 1, 0)),
    ],
)
def test_handwriting_that_is_wrong_and_relied_on(read: str, score: float, expected: tuple[int, int, int]) -> None:
    found = compared("call back before Friday", read, "handwriting")
    assert handwriting(found, answer(read, score)) == expected
