"""Our own charts: their codes are of the release, their parts apart; and how they are scored."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.charts.chart import Chart, charts
from benchmarks.charts.scoring import Figures, calibration_error, error_by_chance, figures, judge, sure
from chartstream import codesets

CODES = codesets.load()


def chart(codes: list[tuple[str, ...]], optional: tuple[str, ...] = ()) -> Chart:
    """A chart with these codes."""
    return Chart("x-1", "other", "Note.", codes, frozenset(optional))


def test_every_code_of_every_chart_may_stand_on_a_claim() -> None:
    wrong = [
        (item.chart_id, code)
        for item in charts()
        for code in (*(c for group in item.codes for c in group), *item.optional)
        if not CODES.is_billable(code)
    ]
    assert wrong == []


def test_there_are_enough_charts_and_each_is_of_one_part() -> None:
    parts = {part: {item.chart_id for item in charts(part)} for part in ("F", "K", "C")}
    assert sum(map(len, parts.values())) == len(charts()) >= 120
    assert len(set.union(*parts.values())) == len(charts())
    assert all(len(part) > 30 for part in parts.values())
    assert sum(item.setting == "facility_inpatient" for item in charts()) >= 15


def test_a_key_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("- {id: a, note: text, codes: [I10], kodes: [I10]}\n")
    with pytest.raises(ValueError, match="kodes"):
        charts(folder=tmp_path)


def test_optional_codes_do_not_count_and_either_of_two_sound_ones_does_once() -> None:
    taken = chart([("E66.01", "E66.813"), ("I10",)], optional=("Z79.899",))
    proposed = [("E66.813", 0.9), ("E66.01", 0.8), ("Z79.899", 0.9), ("J45.909", 0.5)]
    judged = judge(taken, proposed)
    assert [(item.expected, item.right) for item in judged] == [
        ("E66.01", True),
        ("E66.01", False),
        ("J45.909", False),
    ]
    assert figures([(taken, judged)])["all"] == Figures(hit=1, proposed=3, expected=2)


def test_calibration_error_and_sure_codes() -> None:
    pairs = [(0.95, True), (0.95, True), (0.95, False), (0.15, False)]
    assert calibration_error(pairs) == pytest.approx((abs(2.85 - 2) + 0.15) / 4)
    count, precise = sure(pairs)
    assert count == 3
    assert precise == pytest.approx(2 / 3)
    assert calibration_error([]) == 0


def test_few_codes_show_an_error_by_chance_and_many_hardly_any() -> None:
    assert error_by_chance([0.5]) == 0.5
    assert error_by_chance([0.8] * 1000) < 0.02 < error_by_chance([0.8] * 20)
