"""Pages of images and PDFs are judged as they will be seen: turned, squared, upon white paper."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from chartstream.events.documents import QualityCheck, Verdict
from chartstream.intake.inspection import inspect
from tests.unit.intake.sheets import sheet


def saved(page: Image.Image, form: str, **options: Any) -> bytes:
    out = BytesIO()
    page.save(out, form, **options)
    return out.getvalue()


def scans(*pages: Image.Image, inches: tuple[float, float] = (8.5, 11)) -> bytes:
    out = BytesIO()
    size = (inches[0] * 72, inches[1] * 72)
    canvas = Canvas(out, pagesize=size)
    for page in pages:
        canvas.drawImage(ImageReader(page), 0, 0, *size)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def checks(content: bytes) -> dict[str, QualityCheck]:
    return {check.name: check for check in inspect(content, None).checks}


def test_a_turn_that_the_file_asks_for_is_done_before_measuring() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = Image.fromarray(sheet()).rotate(90, expand=True)
    found = checks(saved(lying, "JPEG", dpi=(150, 150), exif=exif))
    assert (found["rotation_stated"].value, found["rotation_stated"].verdict) == (270, Verdict.NORMALISE)
    assert found["rotation"].value == 0
    assert checks(saved(lying, "JPEG", dpi=(150, 150)))["rotation"].value == 90


def test_a_fax_is_squared_before_measuring() -> None:
    fax = Image.fromarray(sheet(200)).resize((1700, 1100))
    found = checks(saved(fax, "TIFF", dpi=(200, 100)))
    assert found["effective_dpi"].value == 100
    assert found["rotation"].value == 0


def test_transparent_pages_lie_upon_white_paper() -> None:
    ink = Image.fromarray(255 - sheet())
    page = Image.merge("LA", (Image.new("L", ink.size, 0), ink))
    found = checks(saved(page, "PNG", dpi=(150, 150)))
    assert found["contrast"].value == pytest.approx(100 * 235 / 255, abs=15)
    assert found["blank_pages"].value == 0


def test_scans_in_a_pdf_are_measured_and_blank_ones_counted() -> None:
    pages = [Image.fromarray(sheet(angle=2.5)), Image.new("L", (1275, 1650), 255), Image.fromarray(sheet(angle=2.5))]
    found = checks(scans(*pages))
    assert found["skew"].value == pytest.approx(2.5, abs=0.2)
    assert (found["blank"].page, found["blank"].verdict) == (2, Verdict.NORMALISE)
    assert (found["blank_pages"].value, found["duplicate_pages"].value) == (1, 1)


def test_a_pdf_page_whose_size_is_a_default_is_judged_by_its_print() -> None:
    found = checks(scans(Image.fromarray(sheet(200)), inches=(1700 / 72, 2200 / 72)))
    assert "effective_dpi" not in found
    assert found["measured_dpi"].value == pytest.approx(200, rel=0.15)


def test_print_too_small_for_the_stated_resolution_is_believed() -> None:
    coarse = saved(Image.fromarray(sheet(60, points=9)), "PNG", dpi=(300, 300))
    assert "resolution_too_low" in [p.code for p in inspect(coarse, None).problems]
    assert checks(coarse)["stated_dpi"].value == pytest.approx(300, abs=0.1)


def test_faint_and_blurred_pages_go_to_a_person() -> None:
    faint = saved(Image.fromarray(sheet(ink=210, paper=240)), "PNG", dpi=(150, 150))
    blurred = saved(Image.fromarray(sheet(200, blur=6)), "PNG", dpi=(200, 200))
    assert [p.code for p in inspect(faint, None).problems] == ["contrast_too_low"]
    assert [p.code for p in inspect(blurred, None).problems] == ["page_blurred"]
