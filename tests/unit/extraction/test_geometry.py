"""Lines that lean: measured, levelled, cut out straight; boxes after the turn."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from chartstream.extraction.engines.geometry import box_of, cut, levelled, part, skew_of, top_down, turning
from chartstream.extraction.engines.networks import Floats


def leaning(degrees: float, count: int = 5) -> Floats:
    """Lines of 400 by 20 pixels, turned clockwise by so many degrees about the page's centre (500, 400)."""
    lines = [[[300, y], [700, y], [700, y + 20], [300, y + 20]] for y in (200 + 60 * n for n in range(count))]
    matrix = turning(1000, 800, degrees)
    return np.asarray(np.array(lines, dtype=np.float32) @ matrix[:, :2].T + matrix[:, 2], dtype=np.float32)


@pytest.mark.parametrize("degrees", [-4.5, -1.0, 0.3, 2.0])
def test_skew_is_what_levels_the_lines(degrees: float) -> None:
    lines = leaning(degrees)
    assert skew_of(lines) == pytest.approx(-degrees, abs=0.05)
    box = box_of(lines[0], turning(1000, 800, skew_of(lines)))
    assert (box.x0, box.y0, box.x1, box.y1) == pytest.approx((300, 200, 700, 220), abs=0.6)


def test_short_lines_and_slight_skew_do_not_count() -> None:
    stub = np.array([[[0, 0], [50, 20], [42, 40], [-8, 20]]], dtype=np.float32)
    assert skew_of(stub) == 0.0
    assert skew_of(np.concatenate([leaning(0.05), np.repeat(stub, 20, axis=0)])) == 0.0
    assert skew_of(np.zeros((0, 4, 2), dtype=np.float32)) == 0.0


def test_a_level_page_is_left_alone_and_a_leaning_one_keeps_its_size_and_paper() -> None:
    page = np.full((800, 1000, 3), 230, dtype=np.uint8)
    cv2.fillPoly(page, [leaning(3.0)[0].round().astype(np.int32)], (0, 0, 0))
    assert levelled(page, 0.0) is page
    level = levelled(page, -3.0)
    assert level.shape == page.shape
    assert level[0, 0, 0] == pytest.approx(230, abs=2)
    rows = np.flatnonzero(level[:, 500, 0] < 128)
    assert (rows[0], rows[-1]) == (pytest.approx(200, abs=1), pytest.approx(220, abs=1))


def test_a_line_is_cut_out_straight() -> None:
    page = np.full((800, 1000, 3), 255, dtype=np.uint8)
    line = leaning(5.0)[0]
    cv2.fillPoly(page, [line.round().astype(np.int32)], (10, 10, 10))
    picture = cut(page, line)
    assert picture.shape == (20, 400, 3)
    assert picture[3:-3, 3:-3].max() < 60


def test_part_of_a_line() -> None:
    line = np.array([[0, 0], [100, 0], [100, 20], [0, 20]], dtype=np.float32)
    assert part(line, 0.25, 0.5, 0.1, 0.9).tolist() == [[25, 2], [50, 2], [50, 18], [25, 18]]


def test_lines_go_from_top_to_bottom() -> None:
    lines = leaning(0.0)
    assert np.array_equal(top_down(lines[::-1]), lines)
