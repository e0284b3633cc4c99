"""Fields against the truth."""

from __future__ import annotations

import pytest

from benchmarks.reading.stated import count_fields
from chartstream.extraction.settle import DATE_BOUND, IDENTITY_BOUND

TRUTH = {"encounter_date": "2026-03-09", "birth_date": "1961-11-02", "age": "64", "sex": "MALE"}
STAY = {"admission_date": "2026-03-02", "discharge_date": "2026-03-06", "sex": "FEMALE"}


def test_all_right() -> None:
    counts = count_fields(TRUTH, [(name, value, 0.99) for name, value in TRUTH.items()])
    assert (counts.dates_right, counts.ages_right, counts.sexes_right) == (1, 1, 1)
    assert (counts.relied, counts.relied_wrongly) == (4, 0)


def test_nothing_found_is_not_right_and_not_relied_on() -> None:
    counts = count_fields(TRUTH, [])
    assert (counts.dates, counts.dates_right, counts.ages_right, counts.sexes_right) == (1, 0, 0, 0)
    assert counts.relied == 0


@pytest.mark.parametrize(
    ("name", "value", "bound"),
    [("encounter_date", "2026-08-09", DATE_BOUND), ("birth_date", "1967-11-02", IDENTITY_BOUND)],
)
def test_a_wrong_value_is_relied_on_from_the_bound(name: str, value: str, bound: float) -> None:
    assert count_fields(TRUTH, [(name, value, bound)]).relied_wrongly == 1
    assert count_fields(TRUTH, [(name, value, bound - 0.01)]).relied_wrongly == 0


def test_the_surest_value_counts() -> None:
    found = [("encounter_date", "2026-03-09", 0.9), ("encounter_date", "2026-03-10", 0.5)]
    assert count_fields(TRUTH, found).dates_right == 1
    assert count_fields(TRUTH, [(n, v, 1 - c) for n, v, c in found]).dates_right == 0


def test_age_or_birth_date() -> None:
    assert count_fields(TRUTH, [("age", "64", 0.9), ("birth_date", "1967-11-02", 0.5)]).ages_right == 1
    assert count_fields(TRUTH, [("age", "46", 0.9)]).ages_right == 0


def test_a_stay_has_two_dates_and_any_day_of_it_may_be_the_encounter() -> None:
    right = count_fields(STAY, [("admission_date", "2026-03-02", 0.9), ("encounter_date", "2026-03-04", 0.9)])
    assert (right.dates, right.dates_right, right.relied_wrongly) == (2, 1, 0)
    assert count_fields(STAY, [("encounter_date", "2026-03-07", 0.9)]).relied_wrongly == 1
