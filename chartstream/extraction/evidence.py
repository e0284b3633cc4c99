"""From a document as read to the records that travel: text with relative boxes, sections, evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from chartstream.events import extraction as records
from chartstream.extraction.pdf import TEXT_LAYER
from chartstream.extraction.readtext import Line, Page, ReadText
from chartstream.extraction.sections import Section


def text_record(read: ReadText) -> records.ExtractedText:
    """The text with the lines that have a place on a page, and the pages."""
    lines = tuple(_placed(line, read) for line in read.lines)
    return records.ExtractedText(
        text=read.text,
        lines=tuple(line for line in lines if line is not None),
        pages=tuple(_page(page) for page in read.pages),
    )


def section_record(section: Section) -> records.Section:
    """A section as it travels."""
    return records.Section(
        kind=section.kind,
        title_begin=section.title_begin,
        title_end=section.title_end,
        begin=section.begin,
        end=section.end,
        confidence=round(section.confidence, 4),
    )


def evidence(
    document_id: str, read: ReadText, sections: Sequence[Section], span: tuple[int, int], role: str
) -> records.Evidence:
    """The reference to a quote: its offsets, hash, section, and the boxes of its lines on the page where it begins."""
    begin, end = span
    places = [_placed(line, read) for line in read.lines_at(begin, end)]
    placed = [place for place in places if place is not None]
    page = placed[0].page if placed else None
    return records.Evidence(
        document_id=document_id,
        begin=begin,
        end=end,
        page=page,
        boxes=tuple(place.box for place in placed if place.page == page),
        quote_sha256=hashlib.sha256(read.text[begin:end].encode()).hexdigest(),
        role=role,
        section=next((s.kind for s in sections if s.begin <= begin < s.end), None),
    )


def _placed(line: Line, read: ReadText) -> records.TextLine | None:
    """A line with its box as fractions of its page; None for a line that has no place on a page."""
    if line.page is None or line.box is None:
        return None
    page = read.pages[line.page - 1]
    box = records.Box(
        x0=_share(line.box.x0, page.width),
        y0=_share(line.box.y0, page.height),
        x1=_share(line.box.x1, page.width),
        y1=_share(line.box.y1, page.height),
    )
    return records.TextLine(begin=line.begin, end=line.end, page=line.page, box=box, confidence=line.confidence)


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
    )
