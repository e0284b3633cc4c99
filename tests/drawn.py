"""A drawn page of an invented patient and the document as it would be read from it: two columns and a table."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from chartstream.events.documents import QualityCheck, Verdict
from chartstream.events.extraction import (
    Box,
    Evidence,
    ExtractedField,
    ExtractedText,
    Page,
    Region,
    RegionKind,
    Section,
    Statement,
    StatementKind,
    Table,
    TableCell,
    TextLine,
    TextWord,
)
from chartstream.viewer.seen import SeenDocument, SeenFile

WIDTH, HEIGHT = 850, 1100
DOUBTFUL = "metformln"

_Lines = Sequence[str]
_REGIONS: tuple[tuple[RegionKind, int, int, _Lines], ...] = (
    (RegionKind.TITLE, 80, 60, ["Westhaven Internal Medicine"]),
    (RegionKind.TEXT, 80, 110, ["Patient: Ada Quill  DOB: 1961-04-09  Sex: F", "Date of service: 2026-03-18"]),
    (RegionKind.TITLE, 80, 180, ["HISTORY"]),
    (RegionKind.TEXT, 80, 205, ["Two weeks of thirst and fatigue.", f"Takes {DOUBTFUL} twice daily."]),
    (RegionKind.TITLE, 450, 180, ["ASSESSMENT"]),
    (RegionKind.LIST, 450, 205, ["1. Type 2 diabetes mellitus", "2. Essential hypertension"]),
    (RegionKind.TITLE, 80, 300, ["RESULTS"]),
    (RegionKind.FOOTER, 80, 1040, ["Page 1 of 1"]),
)
_TABLE = (("Test", "Value", "Range"), ("Glucose", "182", "70-99"), ("HbA1c", "8.1", ""), ("Sodium", "139", "135-145"))
_COLUMNS = (80, 300, 440)


class _Sheet:
    def __init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH, HEIGHT), "white")
        self._draw = ImageDraw.Draw(self.image)
        self._font = ImageFont.load_default(19)
        self._text: list[str] = []
        self.offset = 0
        self.lines: list[TextLine] = []
        self.words: list[TextWord] = []

    @property
    def text(self) -> str:
        return "\n".join(self._text)

    def put(self, parts: Sequence[tuple[float, str]], y: float) -> tuple[int, int]:
        """One line of the text from parts that stand at their own x; gives its span."""
        content, boxes = "", []
        for x, part in parts:
            content += ("  " if content and part else "") + part
            at, base = x, self.offset + len(content) - len(part)
            position = 0
            for word in part.split():
                position = part.index(word, position)
                width = self._draw.textlength(word, font=self._font)
                at = x + self._draw.textlength(part[:position], font=self._font)
                self._draw.text((at, y), word, fill="black", font=self._font)
                box = _box(at, y, at + width, y + 22)
                score = 0.62 if DOUBTFUL in word else 0.99
                begin = base + position
                self.words.append(TextWord(begin=begin, end=begin + len(word), page=1, box=box, confidence=score))
                boxes.append(box)
                position += len(word)
        span = (self.offset, self.offset + len(content))
        self.lines.append(TextLine(begin=span[0], end=span[1], page=1, box=_around(boxes), confidence=0.99))
        self._text.append(content)
        self.offset += len(content) + 1
        return span


def drawn_document() -> SeenDocument:
    """The page as one document: regions in order, a table, sections, fields, statements, one doubtful word."""
    sheet = _Sheet()
    regions = []
    table = None
    for kind, x, y, lines in _REGIONS:
        if kind is RegionKind.FOOTER:
            table, region = _table(sheet, 335)
            regions.append(region)
        begin = sheet.offset
        for number, line in enumerate(lines):
            end = sheet.put([(x, line)], y + 27 * number)[1]
        regions.append(_region(kind, sheet, begin, end))
    assert table is not None
    out = BytesIO()
    sheet.image.save(out, "PNG")
    text = sheet.text
    return SeenDocument(
        document_id="note",
        media_type="image/png",
        content=out.getvalue(),
        text=ExtractedText(
            text=text,
            lines=tuple(sheet.lines),
            pages=(_page(text),),
            words=tuple(sheet.words),
            regions=tuple(regions),
            tables=(table,),
        ),
        confidence=0.98,
        page_count=1,
        checks=(
            QualityCheck(
                name="resolution", value=100, unit="dpi", verdict=Verdict.REVIEW, message="100 dpi is below 150", page=1
            ),
        ),
        sections=tuple(_sections(text)),
        fields=(
            _field("birth_date", "1961-04-09", sheet, "1961-04-09"),
            _field("sex", "FEMALE", sheet, "F", after="Sex: "),
            _field("encounter_date", "2026-03-18", sheet, "2026-03-18"),
        ),
        statements=(
            _statement(sheet, "Type 2 diabetes mellitus", StatementKind.DIAGNOSIS),
            _statement(sheet, "182", StatementKind.RESULT, name="Glucose", value="182", unit="mg/dL"),
        ),
        page_seconds={1: 0.42},
    )


def drawn_file() -> SeenFile:
    """The drawn page as a file of its own that goes on."""
    return SeenFile("drawn.png", "extracted", (), (drawn_document(),), 0.5)


def _page(text: str) -> Page:
    return Page(
        number=1,
        width=WIDTH,
        height=HEIGHT,
        unit="px",
        rotation=0,
        engine="drawn",
        confidence=0.98,
        begin=0,
        end=len(text),
    )


def _table(sheet: _Sheet, y: int) -> tuple[Table, Region]:
    begin, cells = sheet.offset, []
    for row, texts in enumerate(_TABLE):
        start, end = sheet.put(list(zip(_COLUMNS, texts, strict=True)), y + 30 * row)
        at = start
        for column, content in enumerate(texts):
            at = sheet.text.index(content, at) if content else end
            cells.append(TableCell(row=row, column=column, begin=at, end=at + len(content)))
            at += len(content)
    table = Table(begin=begin, end=end, page=1, rows=len(_TABLE), columns=3, cells=tuple(cells))
    return table, _region(RegionKind.TABLE, sheet, begin, end)


def _region(kind: RegionKind, sheet: _Sheet, begin: int, end: int) -> Region:
    box = _around([line.box for line in sheet.lines if begin <= line.begin < end])
    return Region(kind=kind, begin=begin, end=end, page=1, box=box)


def _sections(text: str) -> list[Section]:
    kinds = (("HISTORY", "history"), ("ASSESSMENT", "assessment"), ("RESULTS", "results"))
    titles = [(text.index(title), title, kind) for title, kind in kinds]
    stops = [*(at for at, _, _ in titles[1:]), text.index("Page 1")]
    found = [Section(kind="header", family="administrative", begin=0, end=titles[0][0] - 1, confidence=1.0)]
    for (at, title, kind), stop in zip(titles, stops, strict=True):
        end = at + len(title)
        found.append(
            Section(kind=kind, family=kind, title_begin=at, title_end=end, begin=end + 1, end=stop - 1, confidence=0.97)
        )
    return found


def _field(name: str, value: str, sheet: _Sheet, quote: str, *, after: str = "") -> ExtractedField:
    begin = sheet.text.index(quote, sheet.text.index(after) + len(after))
    evidence = _evidence(sheet, begin, begin + len(quote), "value")
    return ExtractedField(name=name, value=value, evidence=evidence, extraction_confidence=0.96)


def _statement(
    sheet: _Sheet,
    quote: str,
    kind: StatementKind,
    *,
    name: str | None = None,
    value: str | None = None,
    unit: str | None = None,
) -> Statement:
    begin = sheet.text.index(quote)
    evidence = _evidence(sheet, begin, begin + len(quote), "statement")
    return Statement(
        kind=kind, evidence=evidence, name=name or quote, value=value, unit=unit, extraction_confidence=0.9
    )


def _evidence(sheet: _Sheet, begin: int, end: int, role: str) -> Evidence:
    return Evidence(
        document_id="note",
        begin=begin,
        end=end,
        page=1,
        boxes=tuple(w.box for w in sheet.words if max(w.begin, begin) < min(w.end, end)),
        quote_sha256=hashlib.sha256(sheet.text[begin:end].encode()).hexdigest(),
        role=role,
    )


def _box(x0: float, y0: float, x1: float, y1: float) -> Box:
    return Box(x0=x0 / WIDTH, y0=y0 / HEIGHT, x1=x1 / WIDTH, y1=y1 / HEIGHT)


def _around(boxes: Sequence[Box]) -> Box:
    return Box(
        x0=min(b.x0 for b in boxes),
        y0=min(b.y0 for b in boxes),
        x1=max(b.x1 for b in boxes),
        y1=max(b.y1 for b in boxes),
    )
