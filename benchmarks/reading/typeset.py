"""Sets a note on pages in a style: blocks flow through frames, and what is drawn is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from benchmarks.reading import additions
from benchmarks.reading.fonts import FACES, HAND_SIZES, HANDS
from benchmarks.reading.note import Block, Heading, Item, Note, Paragraph, Rows, Signature
from benchmarks.reading.sheet import Sheet
from benchmarks.reading.styles import Style
from benchmarks.reading.tabular import Grid
from benchmarks.reading.truth import Kind, Line, Page
from chartstream.extraction.fragments import Box

MARGIN, GUTTER = 58.0, 24.0
_SMALL_WORDS = ("and", "of", "the", "to", "in")


class Setter:
    """Sets one note. ``total`` is the number of pages, known from a first pass; footers state it."""

    def __init__(self, canvas: Canvas, note: Note, style: Style, draw: Random, total: int) -> None:
        self._canvas, self._note, self._style, self._draw, self._total = canvas, note, style, draw, total
        self._face, self._leading = FACES[style.face], style.size * 1.3
        self.pages: list[Page] = []
        self._paragraphs = self._headings = 0
        self._hand = draw.choice(HANDS)
        self._open_page()

    def set(self, blocks: Sequence[Block]) -> list[Page]:
        """Draw everything and return what stands where."""
        self._letterhead()
        self._facts()
        self._top = self._y
        self._column = 0
        for block in blocks:
            self._block(block)
        self._marks()
        self._close_page()
        return self.pages

    # Frames

    def _open_page(self) -> None:
        width, height = self._style.paper
        self._sheet = Sheet(self._canvas, width, height)
        self._column, self._top, self._bottom = 0, MARGIN + 6, height - MARGIN - 4
        self._y = self._top
        if self.pages and self._style.header:
            self._running_header()

    def _close_page(self) -> None:
        self._footer()
        self.pages.append(self._sheet.page(self._note.name, len(self.pages) + 1))
        self._canvas.showPage()

    def _next_frame(self) -> None:
        self._column += 1
        self._y = self._top
        if self._column == self._style.columns:
            self._close_page()
            self._open_page()

    @property
    def _width(self) -> float:
        whole = self._style.paper[0] - 2 * MARGIN
        return (whole - GUTTER * (self._style.columns - 1)) / self._style.columns

    @property
    def _x(self) -> float:
        return MARGIN + self._column * (self._width + GUTTER)

    def _room(self, needed: float) -> None:
        if self._y + needed > self._bottom:
            self._next_frame()

    # Blocks

    def _block(self, block: Block) -> None:
        match block:
            case Heading():
                self._heading(block.text)
            case Paragraph():
                self._flow("text", block.text)
            case Item():
                self._item(block)
            case Rows():
                self._table(block)
            case Signature():
                self._y += self._leading
                self._signature(block.text)

    def _heading(self, text: str) -> None:
        style, size = self._style, self._style.size
        self._room(4.2 * self._leading)
        self._y += 0.55 * self._leading
        self._headings += 1
        forms = {
            "numbered": f"{self._headings}. {_title_case(text)}",
            "colon": f"{_title_case(text)}:",
            "title": _title_case(text),
        }
        shown = forms.get(style.heading, text)
        if style.heading == "title":
            size += 1.5
        parts = simpleSplit(shown, self._face.bold, size, self._width - 6)
        if style.heading == "band":
            depth = len(parts) * self._leading + 1
            self._sheet.shade(Box(self._x - 3, self._y + 1, self._x + self._width, self._y + depth + 1))
        lines = []
        for part in parts:
            self._y += self._leading
            lines.append(self._sheet.line(part, (self._x, self._y - 0.2 * size), self._face.bold, size))
        if style.heading == "underlined":
            self._sheet.rule(self._x, self._y + 1.2, self._x + self._width, self._y + 1.2)
            self._y += 3
        self._y += 1.5
        self._sheet.headings.append(shown)
        self._record("title", lines, self._new_paragraph())

    def _item(self, item: Item) -> None:
        marker = self._style.bullet if item.number is None else f"{item.number}."
        self._flow("list", item.text, indent=12 if item.number is None else 16, marker=marker)

    def _flow(self, kind: Kind, text: str, indent: float = 0.0, marker: str = "") -> None:
        """Running text, over as many frames as it takes."""
        font, size, paragraph = self._face.regular, self._style.size, self._new_paragraph()
        lines: list[Line] = []
        for number, part in enumerate(simpleSplit(text, font, size, self._width - indent)):
            if self._y + self._leading > self._bottom:
                self._record(kind, lines, paragraph)
                lines = []
                self._next_frame()
            self._y += self._leading
            base = self._y - 0.25 * size
            words = self._sheet.line(part, (self._x + indent, base), font, size).words
            if marker and number == 0:
                words = (*self._sheet.line(marker, (self._x, base), font, size).words, *words)
            lines.append(Line(words))
        self._record(kind, lines, paragraph)
        self._y += 0.3 * self._leading

    def _table(self, rows: Rows) -> None:
        grid = Grid(rows.cells, self._style, self._width)
        self._room(sum(grid.heights[:3]))
        self._y += 3
        begin = 0
        while begin < len(rows.cells):
            end = begin
            depth = 0.0
            while end < len(rows.cells) and self._y + depth + grid.heights[end] <= self._bottom:
                depth += grid.heights[end]
                end += 1
            lines, table = grid.draw(self._sheet, self._x, self._y, begin, end)
            self._sheet.tables.append(table)
            self._record("table", lines, self._new_paragraph())
            self._y += depth
            begin = end
            if begin < len(rows.cells):
                self._next_frame()
        self._y += 0.6 * self._leading

    def _signature(self, text: str) -> None:
        if self._style.hand:
            self._room(60)
            name = self._note.fact("Provider", "Attending", "Surgeon", "Ordered by").partition(",")[0]
            self._written(name or "signed", self._draw.uniform(0, 3))
        self._flow("text", text)

    def _written(self, text: str, degrees: float) -> None:
        size = HAND_SIZES[self._hand]
        self._room(size * 1.7 + 20)
        self._y += size * 1.4
        lines = self._sheet.slanted([(text, size)], self._x + 10, self._y, self._hand, degrees, framed=False)
        self._record("handwriting", lines, self._new_paragraph())
        self._y += size * 0.5 + 4

    # What stands around the text

    def _letterhead(self) -> None:
        style, face, sheet = self._style, self._face, self._sheet
        town = [
            f"{self._draw.randrange(12, 980)} {self._draw.choice(additions.STREETS)}",
            self._draw.choice(additions.TOWNS),
            f"Tel. (555) 01{self._draw.randrange(10, 99)}-{self._draw.randrange(1000, 9999)}",
        ]
        right = style.paper[0] - MARGIN
        y = MARGIN - 10.0
        texts = [(self._note.facility, face.bold, 15.0), (self._note.title, face.regular, 12.0)]
        under = [] if style.letterhead == "both" else [(", ".join(town), face.regular, 8.5)]
        for text, font, size in [*texts[:1], *under, *texts[1:]]:
            y += size * 1.35
            x = (style.paper[0] - stringWidth(text, font, size)) / 2 if style.letterhead == "centre" else MARGIN
            self._record(
                "title" if size > 10 else "text", [sheet.line(text, (x, y), font, size)], self._new_paragraph()
            )
        if style.letterhead == "both":
            at, lines = MARGIN + 4.0, []
            for text in town:
                lines.append(sheet.line(text, (right - stringWidth(text, face.regular, 8.5), at), face.regular, 8.5))
                at += 11.0
            self._record("text", lines, self._new_paragraph())
        if style.stamp == "top":
            self._stamp(right - 108, MARGIN + 8)
        y = max(y, MARGIN + 38) + 8
        sheet.rule(MARGIN, y, right, y, 1.0)
        self._y = y + 8

    def _facts(self) -> None:
        """Patient, dates and provider: as lines, or each in a field of a frame of two columns."""
        style, sheet, lines = self._style, self._sheet, []
        font, size = self._face.regular, style.size
        whole = style.paper[0] - 2 * MARGIN
        facts = [f"{label}: {value}" for label, value in self._note.facts]
        if style.facts == "grid":
            top = self._y
            for number, fact in enumerate(facts):
                x = MARGIN + 5 + (number % 2) * whole / 2
                self._y += self._leading * 1.15 if number % 2 == 0 else 0
                lines.append(sheet.line(fact, (x, self._y - 0.3 * size), font, size))
            box = Box(MARGIN, top - 1, MARGIN + whole, self._y + 4)
            for x0, y0, x1, y1 in ((0, 0, 1, 0), (0, 1, 1, 1), (0, 0, 0, 1), (1, 0, 1, 1)):
                corners = (box.x0 + x0 * whole, box.y0 + y0 * box.height, box.x0 + x1 * whole, box.y0 + y1 * box.height)
                sheet.rule(*corners)
            self._y += 8
        else:
            x = MARGIN + whole
            for fact in facts:
                if x + stringWidth(fact, font, size) > MARGIN + whole:
                    x = MARGIN
                    self._y += self._leading
                lines.append(sheet.line(fact, (x, self._y), font, size))
                x += stringWidth(fact, font, size) + 2 * size
            self._y += 4
        self._record("text", lines, self._new_paragraph())

    def _running_header(self) -> None:
        text = f"{self._note.fact('Patient')}    MRN: {self._note.fact('MRN')}    {self._note.title}"
        line = self._sheet.line(text, (MARGIN, 38), self._face.regular, 8.5)
        self._sheet.rule(MARGIN, 43, self._style.paper[0] - MARGIN, 43)
        self._record("header", [line], self._new_paragraph())

    def _footer(self) -> None:
        number = len(self.pages) + 1
        shown = {
            "none": "",
            "page": f"- {number} -",
            "page-of": f"{self._note.facility}    Page {number} of {self._total}",
            "printed": f"Printed 10/{self._draw.randrange(1, 29):02}/2026 08:{self._draw.randrange(10, 59)}    "
            f"Page {number} of {self._total}    Confidential",
        }[self._style.footer]
        if shown:
            font, height = self._face.regular, self._style.paper[1]
            x = (self._style.paper[0] - stringWidth(shown, font, 8.5)) / 2
            self._record("footer", [self._sheet.line(shown, (x, height - 34), font, 8.5)], self._new_paragraph())

    def _marks(self) -> None:
        """The remarks by hand and the stamp at the end of a note."""
        if self._style.hand:
            for remark in self._draw.sample(additions.REMARKS, 2):
                self._written(remark, self._draw.uniform(-2.5, 2.5))
        if self._style.stamp == "end":
            self._room(92)
            self._stamp(self._x + self._draw.uniform(12, self._width - 130), self._y + 40)

    def _stamp(self, x: float, y: float) -> None:
        when = f"{self._draw.choice(('OCT', 'NOV'))} {self._draw.randrange(2, 28):02} 2026"
        texts = [(self._draw.choice(additions.STAMPS), 13.0), (when, 10.0), (self._draw.choice(additions.DESKS), 7.5)]
        degrees = self._draw.choice((-9, -6, -4, 4, 6, 9))
        lines = self._sheet.slanted(texts, x, y, FACES["arial"].bold, degrees, framed=True)
        self._record("stamp", lines, self._new_paragraph())

    def _record(self, kind: Kind, lines: Sequence[Line], paragraph: int) -> None:
        self._sheet.add(kind, lines, paragraph)

    def _new_paragraph(self) -> int:
        self._paragraphs += 1
        return self._paragraphs


def _title_case(text: str) -> str:
    words = text.lower().split()
    shown = [
        word if number and word in _SMALL_WORDS else word[:1].upper() + word[1:] for number, word in enumerate(words)
    ]
    return " ".join(shown)
