"""What is measured on a page is what was done to it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chartstream.intake.page_image import Lettering, measure
from tests.unit.intake.sheets import sheet


def lettering(**how: float) -> Lettering:
    found = measure(sheet(**how)).lettering  # type: ignore[arg-type]
    assert found is not None
    return found


@settings(max_examples=15, deadline=None)
@given(st.floats(-12, 12), st.sampled_from([0.0, 15.0]))
def test_skew_is_right_to_a_fifth_of_a_degree(angle: float, grain: float) -> None:
    found = lettering(angle=angle, grain=grain)
    assert found.skew == pytest.approx(abs(angle), abs=0.2)
    assert not found.sideways


@settings(max_examples=15, deadline=None)
@given(st.integers(90, 300), st.floats(9.5, 10.5), st.floats(-3, 3))
def test_resolution_by_print_is_right_to_15_percent(dpi: int, points: float, angle: float) -> None:
    assert lettering(dpi=dpi, points=points, angle=angle).text_dpi == pytest.approx(dpi, rel=0.15)


@settings(max_examples=8, deadline=None)
@given(st.sampled_from([0, 1, 2, 3]), st.floats(-4, 4))
def test_turned_pages_are_known(turns: int, angle: float) -> None:
    found = measure(np.ascontiguousarray(np.rot90(sheet(angle=angle), turns))).lettering
    assert found is not None
    assert found.sideways == bool(turns % 2)
    assert found.skew == pytest.approx(abs(angle), abs=0.2)


@pytest.mark.parametrize("grain", [0.0, 5.0])
@pytest.mark.parametrize("paper", [255, 225])
def test_blank_paper_has_no_ink(grain: float, paper: int) -> None:
    found = measure(sheet(ink=paper, paper=paper, grain=grain))
    assert found.ink < 0.02
    assert found.lettering is None


def test_one_line_of_print_is_ink() -> None:
    assert measure(sheet(lines=1)).ink > 0.02


def test_contrast_is_the_difference_between_ink_and_paper() -> None:
    measured = [measure(sheet(ink=ink, paper=240)).contrast for ink in (0, 120, 200, 215)]
    assert measured == pytest.approx([100 * (240 - ink) / 255 for ink in (0, 120, 200, 215)], rel=0.2)


def test_blur_grows_with_blur_and_not_with_resolution() -> None:
    sharp, soft, blurred = (lettering(dpi=200, blur=radius).blur for radius in (0, 2, 5))
    assert sharp < soft < blurred
    assert blurred > 60 > 2 * lettering(dpi=300).blur


def test_a_shadow_is_no_ink() -> None:
    page = sheet().astype(np.float64)
    shade = np.linspace(1.0, 0.55, page.shape[1])
    shaded = measure((page * shade).astype(np.uint8))
    plain = measure(sheet())
    assert shaded.ink == pytest.approx(plain.ink, rel=0.2)
    assert shaded.lettering is not None
    assert shaded.lettering.skew < 0.05
    assert not shaded.lettering.sideways


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (3, 7)])
def test_strips_and_dots_are_measured_as_well(shape: tuple[int, int]) -> None:
    assert measure(np.zeros(shape, dtype=np.uint8)).lettering is None
