"""From a document as read to the records that travel: text with relative boxes, sections, evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from chartstream.events import extraction as records
from chartstream.extraction.fragments import Box
from chartstream.extraction.pdf import TEXT_LAYER
from chartstream.extraction.readtext import Page, PlacedWord, ReadText, Region, Table
from chartstream.extraction.sections import Section
from chartstream.texts import place_of


def text_record(read: ReadText) -> records.ExtractedText:
    """The text with the lines and words that have a place on a page, the pages, the regions and the tables."""
    return records.ExtractedText(
        text=read.text,
        lines=tuple(
            records.TextLine(
                begin=line.begin,
                end=line.end,
                page=line.page,
                box=_box(line.box, read.pages[line.page - 1]),
                confidence=line.confidence,
            )
            for line in read.lines
            if line.page is not None and line.box is not None
        ),
        pages=tuple(_page(page) for page in read.pages),
        words=tuple(_word(word, read) for word in read.words),
        regions=tuple(_region(region, read) for region in read.regions),
        tables=tuple(_table(table) for table in read.tables),
    )


def section_record(section: Section) -> records.Section:
    """A section as it travels."""
    return records.Section(
        kind=section.kind,
        family=section.family,
        title_begin=section.title_begin,
        title_end=section.title_end,
        begin=section.begin,
        end=section.end,
        confidence=round(section.confidence, 4),
    )


def evidence(
    document_id: str, read: ReadText, sections: Sequence[Section], span: tuple[int, int], role: str
) -> records.Evidence:
    """The reference to a quote: its offsets, hash, section, and the boxes of its words on the page where it begins."""
    begin, end = span
    page, boxes = place_of([_word(word, read) for word in read.words_at(begin, end)])
    return records.Evidence(
        document_id=document_id,
        begin=begin,
        end=end,
        page=page,
        boxes=boxes,
        quote_sha256=hashlib.sha256(read.text[begin:end].encode()).hexdigest(),
        role=role,
        section=next((s.kind for s in sections if s.begin <= begin < s.end), None),
    )


def _word(word: PlacedWord, read: ReadText) -> records.TextWord:
    return records.TextWord(
        begin=word.begin,
        end=word.end,
        page=word.page,
        box=_box(word.box, read.pages[word.page - 1]),
        confidence=word.confidence,
    )


def _region(region: Region, read: ReadText) -> records.Region:
    return records.Region(
        kind=region.kind,
        begin=region.begin,
        end=region.end,
        page=region.page,
        box=None if region.page is None or region.box is None else _box(region.box, read.pages[region.page - 1]),
    )


def _table(table: Table) -> records.Table:
    return records.Table(
        begin=table.begin,
        end=table.end,
        page=table.page,
        rows=table.rows,
        columns=table.columns,
        ruled=table.ruled,
        cells=tuple(
            records.TableCell(
                row=cell.row,
                column=cell.column,
                row_span=cell.row_span,
                column_span=cell.column_span,
                begin=cell.begin,
                end=cell.end,
            )
            for cell in table.cells
        ),
    )


def _box(box: Box, page: Page) -> records.Box:
    """A box as fractions of its page."""
    return records.Box(
        x0=_share(box.x0, page.width),
        y0=_share(box.y0, page.height),
        x1=_share(box.x1, page.width),
        y1=_share(box.y1, page.height),
    )


def _share(position: float, whole: float) -> float:
    return round(min(max(position / whole, 0.0), 1.0), 5)


def _page(page: Page) -> records.Page:
    return records.Page(
        number=page.number,
        width=round(page.width, 2),
        height=round(page.height, 2),
        unit=page.unit,
        rotation=page.rotation,
        engine=page.engine,
        confidence=None if page.engine == TEXT_LAYER else page.confidence,
        begin=page.begin,
        end=page.end,
        skew=round(page.skew, 3),
        credits=page.credits,
    )
