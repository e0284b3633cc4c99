"""PDF pages: the text layer where it says what the page shows, else OCR."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from chartstream.errors import Rejected
from chartstream.events.extraction import RegionKind
from chartstream.extraction.engines.engine import OcrPage
from chartstream.extraction.fragments import Box, Fragment
from chartstream.extraction.reader import PDF, read
from tests.unit.paper import paper

LINES = ["ASSESSMENT AND PLAN", "1. Hypertension, well controlled.", "2. Type 2 diabetes mellitus.", "Return in June."]


def drawn(rotation: int = 0, draw: Callable[[Canvas], None] | None = None) -> bytes:
    """A page that a viewer shows upright, whatever its own rotation is."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(612, 792))
    canvas.setPageRotation(rotation)
    shift, turn = {0: ((0, 0), 0), 90: ((612, 0), 90), 180: ((612, 792), 180), 270: ((0, 792), 270)}[rotation]
    canvas.translate(*shift)
    canvas.rotate(turn)
    (draw or text_lines)(canvas)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def text_lines(canvas: Canvas) -> None:
    for row, line in enumerate(LINES):
        canvas.setFont("Helvetica-Bold" if row == 0 else "Helvetica", 11)
        canvas.drawString(220, 500 - 14 * row, line)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_boxes_lie_on_the_ink_of_the_displayed_page(rotation: int, no_ocr: Any) -> None:
    content = drawn(rotation)
    found = read(content, PDF, no_ocr)
    assert found.text.split("\n") == LINES
    ink = pypdfium2.PdfDocument(content)[0].render(scale=1, grayscale=True).to_numpy().reshape(
        round(found.pages[0].height), round(found.pages[0].width)
    ) < 128  # fmt: skip
    boxed = np.zeros_like(ink)
    for line in found.lines:
        assert line.box is not None
        boxed[int(line.box.y0) - 1 : int(line.box.y1) + 2, int(line.box.x0) - 1 : int(line.box.x1) + 2] = True
    assert ink.sum() > 300
    assert ink[boxed].sum() == ink.sum()


def test_bold_lines_are_emphasised_and_a_gap_gives_an_empty_line(no_ocr: Any) -> None:
    def draw(canvas: Canvas) -> None:
        text_lines(canvas)
        canvas.drawString(220, 380, "Electronically signed by A. Brandt, MD")

    found = read(drawn(draw=draw), PDF, no_ocr)
    assert [line.emphasised for line in found.lines][:2] == [True, False]
    assert found.text.endswith("Return in June.\n\nElectronically signed by A. Brandt, MD")


def test_cells_of_a_row_come_in_one_line_whatever_order_they_were_drawn_in(no_ocr: Any) -> None:
    def draw(canvas: Canvas) -> None:
        for column, cells in ((300, ["6.9 %", "52 mL/min"]), (72, ["Hemoglobin A1c", "Filtration rate"])):
            for row, cell in enumerate(cells):
                canvas.drawString(column, 600 - 20 * row, cell)

    assert read(drawn(draw=draw), PDF, no_ocr).text == "Hemoglobin A1c  6.9 %\nFiltration rate  52 mL/min"


def scan(canvas: Canvas) -> None:
    page = Image.new("L", (850, 1100), 255)
    ImageDraw.Draw(page).text((100, 100), "a scanned page")
    canvas.drawImage(ImageReader(page), 0, 0, 612, 792)


def invisible(canvas: Canvas) -> None:
    text = canvas.beginText(72, 600)
    text.setTextRenderMode(3)
    for _ in range(30):
        text.textLine("the guess of another machine")
    canvas.drawText(text)


def stamped_scan(canvas: Canvas) -> None:
    scan(canvas)
    canvas.drawString(72, 780, "Received by fax 02/17/2026, page 1 of 2")


def sideways(canvas: Canvas) -> None:
    canvas.translate(612, 0)
    canvas.rotate(90)
    text_lines(canvas)


def typed_on_a_scan(canvas: Canvas) -> None:
    page = Image.new("L", (850, 1100), 255)
    for row in range(30):
        ImageDraw.Draw(page).rectangle((100, 400 + 20 * row, 700, 405 + 20 * row), fill=0)
    canvas.drawImage(ImageReader(page), 0, 0, 612, 792)
    for row in range(10):
        canvas.drawString(72, 700 - 14 * row, "typed into the boxes of a form that was scanned")


def shifted(canvas: Canvas) -> None:
    """Letters as a font without a map gives them: three places further on."""
    text = "the patient reports no chest pain and takes all medication as prescribed by the clinic"
    for row in range(4):
        canvas.drawString(72, 600 - 14 * row, "".join(chr(ord(c) + 3) if c != " " else c for c in text))


@pytest.mark.parametrize(
    "draw", [scan, invisible, stamped_scan, sideways, typed_on_a_scan, shifted, lambda canvas: None]
)
def test_pages_without_a_usable_text_layer_are_rendered_at_200_dpi(
    draw: Callable[[Canvas], None], scripted_ocr: Any
) -> None:
    ocr = scripted_ocr(OcrPage((Fragment.of_line("read by OCR", Box(200, 400, 600, 450), 0.9),), paper(1700, 2200), 90))
    found = read(drawn(draw=draw), PDF, ocr)
    assert [image.shape for image in ocr.seen] == [(2200, 1700, 3)]
    assert found.text == "read by OCR"
    (page,) = found.pages
    assert (page.engine, page.rotation, page.unit, page.width) == ("scripted", 90, "pt", pytest.approx(612))
    assert found.lines[0].box == Box(72, 144, 216, 162)


def test_a_logo_and_a_short_page_need_no_recognition(no_ocr: Any) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(Image.new("L", (80, 80), 90)), 500, 700, 60, 60)
        text_lines(canvas)

    assert read(drawn(draw=draw), PDF, no_ocr).text.split("\n") == LINES
    assert (
        read(drawn(draw=lambda canvas: canvas.drawString(72, 700, "End of note.")), PDF, no_ocr).text == "End of note."
    )


def test_values_of_form_fields_are_read(no_ocr: Any) -> None:
    def draw(canvas: Canvas) -> None:
        text_lines(canvas)
        canvas.drawString(220, 400, "Provider:")
        canvas.acroForm.textfield(name="provider", value="Hannah Brandt", x=280, y=394, width=200, height=18)

    found = read(drawn(draw=draw), PDF, no_ocr).text.split("\n")
    assert [line.split() for line in found if line.startswith("Provider")] == [["Provider:", "Hannah", "Brandt"]]


def test_words_have_boxes_of_their_own(no_ocr: Any) -> None:
    found = read(drawn(), PDF, no_ocr)
    word = next(w for w in found.words if found.text[w.begin : w.end] == "well")
    begin = 220 + stringWidth("1. Hypertension, ", "Helvetica", 11)
    assert (word.box.x0, word.box.x1) == (
        pytest.approx(begin, abs=0.5),
        pytest.approx(begin + stringWidth("well", "Helvetica", 11), abs=0.5),
    )


def test_text_that_stands_askew_is_a_stamp_and_counts_as_doubtful(no_ocr: Any) -> None:
    def draw(canvas: Canvas) -> None:
        text_lines(canvas)
        canvas.translate(400, 300)
        canvas.rotate(20)
        canvas.drawString(0, 0, "RECEIVED 02/20/2026")

    found = read(drawn(draw=draw), PDF, no_ocr)
    stamp = found.regions[-1]
    assert (stamp.kind, found.text[stamp.begin : stamp.end]) == (RegionKind.STAMP, "RECEIVED 02/20/2026")
    assert found.confidence_at(stamp.begin, stamp.end) <= 0.5
    assert found.confidence_at(0, stamp.begin) == 1.0


def test_each_page_is_read_in_its_own_way(scripted_ocr: Any) -> None:
    out = BytesIO()
    canvas = Canvas(out, pagesize=(612, 792))
    for draw in (text_lines, scan, text_lines):
        draw(canvas)
        canvas.showPage()
    canvas.save()
    found = read(
        out.getvalue(),
        PDF,
        scripted_ocr(OcrPage((Fragment.of_line("middle", Box(0, 0, 9, 9), 0.7),), paper(1700, 2200))),
    )
    assert [page.engine for page in found.pages] == ["text-layer", "scripted", "text-layer"]
    assert [found.text[page.begin : page.end].split("\n")[0] for page in found.pages] == [LINES[0], "middle", LINES[0]]


def test_a_damaged_pdf_is_rejected(no_ocr: Any) -> None:
    with pytest.raises(Rejected) as rejection:
        read(b"%PDF-1.7 and no more", PDF, no_ocr)
    assert rejection.value.problems[0].code == "document_unreadable"
