"""PDF files with a text layer."""

from __future__ import annotations

from io import BytesIO

from reportlab.lib.pagesizes import letter
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from rendering.note import Kind, NoteLine, lines_of

_MARGIN = 60
_SIZE = 10
_LEADING = 13.5
_COLUMN = 110


def render(text: str) -> bytes:
    """A letter page in Helvetica, headings bold; further pages where the note needs them."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=letter, invariant=1)
    width, height = letter
    y = height - _MARGIN
    for line in lines_of(text):
        bold = line.kind in (Kind.LETTERHEAD, Kind.HEADING)
        font, size = ("Helvetica-Bold" if bold else "Helvetica"), (14 if line.kind is Kind.LETTERHEAD else _SIZE)
        for cells in _rows(line, font, size, width - 2 * _MARGIN):
            if y < _MARGIN:
                canvas.showPage()
                y = height - _MARGIN
            canvas.setFont(font, size)
            for column, cell in enumerate(cells):
                canvas.drawString(_MARGIN + column * _COLUMN, y, cell)
            y -= _LEADING if line.text else _LEADING * 0.6
    canvas.save()
    return out.getvalue()


def _rows(line: NoteLine, font: str, size: int, width: float) -> list[list[str]]:
    """What stands side by side on each printed line: the cells of a table's row, else one stretch of wrapped text."""
    if line.kind is Kind.ROW:
        return [line.text.split(" | ")]
    content = f"\u2022 {line.text}" if line.kind is Kind.ITEM else line.text
    return [[part] for part in simpleSplit(content, font, size, width) or [""]]


def truncated(text: str) -> bytes:
    """A PDF whose transfer broke off after two thirds."""
    whole = render(text)
    return whole[: len(whole) * 2 // 3]
