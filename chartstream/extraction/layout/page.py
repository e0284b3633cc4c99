"""Pages of a document laid out, each in its reading order."""

from __future__ import annotations

from collections.abc import Sequence

from chartstream.events.extraction import RegionKind
from chartstream.extraction.fragments import Box, enclosing
from chartstream.extraction.layout import furniture, stamps
from chartstream.extraction.layout.aligned import aligned_table
from chartstream.extraction.layout.blocks import blocks_of, table_block
from chartstream.extraction.layout.columns import Aligned, in_order
from chartstream.extraction.layout.content import Block, LaidPage, PageContent, Row, Segment
from chartstream.extraction.layout.furniture import Furnished
from chartstream.extraction.layout.ruled import ruled_tables
from chartstream.extraction.layout.rulings import not_of_letters
from chartstream.extraction.layout.segments import Scale, joined, made_of, rows_of, scale_of, segments_of


def lay_out(pages: Sequence[PageContent]) -> list[LaidPage]:
    """Every page of a document as blocks in reading order, running headers and footers apart."""
    scales = [scale_of(page.fragments) for page in pages]
    segments = [
        [] if page.ordered else segments_of(page.fragments, scale) for page, scale in zip(pages, scales, strict=True)
    ]
    parted = furniture.part([(found, page.facts.height) for found, page in zip(segments, pages, strict=True)])
    return [_laid(page, parts, scale) for page, parts, scale in zip(pages, parted, scales, strict=True)]


def _laid(page: PageContent, parts: Furnished, scale: Scale) -> LaidPage:
    printed, free = stamps.part(parts.body, scale)
    body = _in_given_order(page) if page.ordered else _body(page, free, scale)
    return LaidPage(
        page.facts,
        header=_furniture(RegionKind.HEADER, parts.header),
        body=tuple(body),
        footer=(*_marks(page), *map(_stamp, printed), *_furniture(RegionKind.FOOTER, parts.footer)),
    )


def _body(page: PageContent, segments: list[Segment], scale: Scale) -> list[Block]:
    if not segments:
        return []
    size = scale.letter
    drawn = not_of_letters(page.rulings, [word for segment in segments for word in segment.words])
    tables, free = ruled_tables(segments, drawn, scale)
    extent = Box(0, 0, page.facts.width, page.facts.height)
    found: list[Block] = []
    rulings = [r for r in drawn if not any(t.box.y0 <= r.y0 and r.y1 <= t.box.y1 for t in tables)]
    for part in in_order([*tables, *free], rulings, scale, extent):
        if isinstance(part, Aligned):
            table = aligned_table(part.segments, drawn, scale)
            blocks = [table_block(table, space_above=False)] if table else blocks_of(part.segments, size)
        else:
            blocks = blocks_of(part.items, size)
        found += _joined_on(found, blocks, size)
    return found


def _joined_on(above: list[Block], blocks: list[Block], size: float) -> list[Block]:
    """The blocks, the first of them with a space above if it stands clear of what was read before it."""
    if not above or not blocks:
        return blocks
    first, last = _extent(blocks[0]), _extent(above[-1])
    # The next column goes on with the text; whether a paragraph ended with the column cannot be seen from the gap.
    clear = first.y0 - last.y1 > 0.8 * size or (first.y0 < last.y0 and not _goes_on(above[-1], blocks[0]))
    head = blocks[0]
    return [Block(head.kind, head.rows, head.table, clear), *blocks[1:]]


def _goes_on(above: Block, below: Block) -> bool:
    """Whether text runs on from the foot of a column to the head of the next."""
    texts = (RegionKind.TEXT, RegionKind.LIST)
    if above.kind not in texts or below.kind not in texts or not above.rows or not below.rows:
        return False
    return not above.rows[-1].text.endswith((".", ":", "!", "?")) or below.rows[0].text[:1].islower()


def _extent(block: Block) -> Box:
    return block.table.box if block.table else enclosing(row.box for row in block.rows)


def _furniture(kind: RegionKind, segments: list[Segment]) -> tuple[Block, ...]:
    rows = tuple(_row(row) for row in rows_of(segments))
    return (Block(kind, rows),) if rows else ()


def _marks(page: PageContent) -> tuple[Block, ...]:
    """What does not stand upright: stamps and remarks put on the page."""
    return tuple(
        Block(RegionKind.STAMP, (_row([made_of(fragment.words, bold=fragment.bold)]),)) for fragment in page.turned
    )


def _stamp(segments: list[Segment]) -> Block:
    return Block(RegionKind.STAMP, tuple(_row(row) for row in rows_of(segments)))


def _in_given_order(page: PageContent) -> list[Block]:
    rows = tuple(_row([made_of(fragment.words, bold=fragment.bold)]) for fragment in page.fragments)
    return [Block(RegionKind.TEXT, rows)] if rows else []


def _row(segments: list[Segment]) -> Row:
    return Row(tuple(joined(segments)), enclosing(segment.box for segment in segments))
