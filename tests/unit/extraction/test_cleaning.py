"""Pages are cleaned by what is measured on them; a clean page is not touched."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from chartstream.extraction.engines.cleaning import Grey, cleaned, grain_of, paper_of
from chartstream.extraction.engines.engine import Image


def page(paper: int = 255) -> Grey:
    """1,300 by 1,000 pixels with ten bars of "print"."""
    grey = np.full((1300, 1000), paper, dtype=np.uint8)
    for row in range(10):
        grey[100 + 60 * row : 112 + 60 * row, 100:900] = 20
    return grey


def coloured(grey: Grey) -> Image:
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), dtype=np.uint8)


def noisy() -> Grey:
    draw = np.random.default_rng(3)
    grainy = page(235) + draw.normal(0, 20, (1300, 1000))
    dots = draw.random(grainy.shape)
    grainy[dots < 0.004] = 0
    return np.clip(grainy, 0, 255).astype(np.uint8)


def dithered() -> Grey:
    return np.asarray(Pillow.fromarray(page(235)).convert("1").convert("L"))


def test_a_clean_page_is_not_touched() -> None:
    image = coloured(page())
    assert cleaned(image).image is image
    assert cleaned(image).scale == 1.0


def test_grain_tells_the_kinds_of_pages_apart() -> None:
    assert grain_of(page()) == (0.0, 0.0)
    grain, dots = grain_of(noisy())
    assert grain > 4
    assert dots < 0.015
    assert grain_of(dithered())[1] > 0.045
    assert grain_of(np.full((20, 20), 255, dtype=np.uint8)) == (0.0, 0.0)


@pytest.mark.parametrize("worn", [noisy, dithered], ids=["noisy", "dithered"])
def test_paper_becomes_calm_and_print_stays(worn: object) -> None:
    assert callable(worn)
    clean = cleaned(coloured(worn()))
    assert clean.scale == 1.0
    grey = clean.image[:, :, 0]
    assert grey[750:1250, 50:950].std() < 0.3 * float(worn()[750:1250, 50:950].std())
    assert grey[103:109, 110:890].mean() < 60
    assert grey[750:1250, 50:950].mean() > 230


def test_uneven_light_is_evened() -> None:
    light = np.linspace(0.5, 1.0, 1000)
    shaded = (page(240) * light).astype(np.uint8)
    assert paper_of(shaded) < 150
    grey = cleaned(coloured(shaded)).image[:, :, 0]
    assert grey[800:1200].min() > 225
    assert grey[103:109, 110:890].max() < 80


def test_a_coarse_page_is_enlarged_and_says_so() -> None:
    small = cleaned(coloured(page()[:1100]))
    assert small.image.shape == (2200, 2000, 3)
    assert small.scale == 2.0


def test_only_print_with_grey_edges_and_nothing_mended_is_pristine() -> None:
    sheet = np.full((1600, 1200, 3), 255, dtype=np.uint8)
    for row in range(100, 1500, 40):
        cv2.putText(sheet, "hemoglobin 11.8 g/dL", (80, row), cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 0, 0), 2, cv2.LINE_AA)
    fax = np.where(sheet < 128, 0, 255).astype(np.uint8)
    noise = np.random.default_rng(3).normal(0, 14, sheet.shape[:2])[:, :, None]
    assert cleaned(sheet).pristine
    assert not cleaned(fax).pristine
    assert not cleaned(np.clip(sheet + noise, 0, 255).astype(np.uint8)).pristine
