"""Images: every page, upright and with square dots, cleaned where they are black and white."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from chartstream.extraction.engines.engine import OcrPage
from chartstream.extraction.fragments import Box, Fragment
from chartstream.extraction.image import MAX_PIXELS
from chartstream.extraction.reader import read
from tests.unit.paper import paper


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def test_every_page_of_a_tiff_is_read(scripted_ocr: Any) -> None:
    pages = [Image.new("L", (300, 400), 200 + n) for n in range(3)]
    content = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    ocr = scripted_ocr(
        *(OcrPage((Fragment.of_line(f"page {n}", Box(10, 10, 90, 30), 0.9),), paper(300, 400)) for n in range(3))
    )
    found = read(content, "image/tiff", ocr)
    assert found.text.split("\n") == ["page 0", "page 1", "page 2"]
    assert [image[0, 0, 0] for image in ocr.seen] == [200, 201, 202]
    assert [(page.number, page.unit, page.width, page.height) for page in found.pages] == [
        (n, "px", 300, 400) for n in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    ("dpi", "shape"),
    [
        ((204, 98), (833, 300, 3)),
        ((98, 204), (400, 624, 3)),
        ((200, 200), (400, 300, 3)),
        ((9000, 10), (400, 300, 3)),
    ],
)
def test_dots_become_square(dpi: tuple[int, int], shape: tuple[int, ...], scripted_ocr: Any) -> None:
    ocr = scripted_ocr()
    read(saved(Image.new("L", (300, 400), 255), "TIFF", dpi=dpi), "image/tiff", ocr)
    assert ocr.seen[0].shape == shape


def test_the_orientation_that_a_camera_noted_is_followed(scripted_ocr: Any) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    ocr = scripted_ocr()
    read(saved(Image.new("L", (300, 400), 255), "JPEG", exif=exif), "image/jpeg", ocr)
    assert ocr.seen[0].shape == (300, 400, 3)


def test_stray_dots_of_a_fax_go_and_strokes_stay(scripted_ocr: Any) -> None:
    page = np.full((100, 120), 255, dtype=np.uint8)
    page[20:60, 30:33] = 0
    page[10, 10] = page[80, 80] = page[80, 81] = 0
    page[40, 31] = 255
    ocr = scripted_ocr()
    read(saved(Image.fromarray(page).convert("1"), "TIFF", compression="group4"), "image/tiff", ocr)
    expected = np.full_like(page, 255)
    expected[20:60, 30:33] = 0
    assert np.array_equal(ocr.seen[0][:, :, 0], expected)


def test_a_huge_page_is_read_at_a_bearable_size(scripted_ocr: Any) -> None:
    ocr = scripted_ocr()
    found = read(saved(Image.new("1", (5000, 6250), 1), "TIFF", compression="group4"), "image/tiff", ocr)
    height, width, _ = ocr.seen[0].shape
    assert height * width <= MAX_PIXELS
    assert width / height == pytest.approx(0.8, abs=0.001)
    assert (found.pages[0].width, found.pages[0].height) == (width, height)


def test_the_dots_of_a_dithered_fax_stay_for_the_engine_to_melt(scripted_ocr: Any) -> None:
    page = Image.new("L", (200, 200), 235).convert("1")
    ocr = scripted_ocr()
    read(saved(page, "TIFF", compression="group4"), "image/tiff", ocr)
    assert np.array_equal(ocr.seen[0][:, :, 0], np.asarray(page.convert("L")))
    assert (ocr.seen[0] == 0).mean() > 0.05
