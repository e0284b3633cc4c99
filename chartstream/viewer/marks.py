"""What is drawn on a page image: boxes with keys. The same key marks the same thing in the text and in the lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chartstream.events.extraction import Box, Evidence, Page, Section, Table
from chartstream.viewer.places import Places, start_of
from chartstream.viewer.seen import SeenDocument, plain

WIDTH = 1000
"""Units across a drawn page; its height follows the page's proportions."""

SURE, FAIR = 0.95, 0.85
"""Bounds of the three bands in which confidence is shown; a date below ``FAIR`` is not relied upon."""

_LETTER, _LETTER_HEIGHT = 8.6, 17  # what a letter of a name takes, in drawing units
_NUMBER = 19  # drawing units that a number in a circle needs around its middle
_AIR = 0.004  # of the page's width: boxes around things stand off the letters


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle in drawing units from the upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Note:
    """A name beside a mark, its right end at ``x``; ``free``: nothing stands where it is written."""

    text: str
    x: float
    y: float
    free: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on a page: its keys (its own first, then what it lies in), a CSS class, its rectangles, a label."""

    keys: str
    name: str
    boxes: tuple[Rectangle, ...]
    label: str = ""
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """One page with its layers, each in drawing units. ``order``: where the number of each region stands, in order."""

    page: Page
    height: float
    regions: tuple[Mark, ...]
    order: tuple[tuple[float, float], ...]
    tables: tuple[Mark, ...]
    cells: tuple[Mark, ...]
    sections: tuple[Mark, ...]
    headings: tuple[Mark, ...]
    fields: tuple[Mark, ...]
    statements: tuple[Mark, ...]
    words: tuple[Mark, ...]


def band(confidence: float) -> str:
    """``sure``, ``fair`` or ``poor``."""
    return "sure" if confidence >= SURE else "fair" if confidence >= FAIR else "poor"


def drawings(document: SeenDocument) -> tuple[Drawing, ...]:
    """All pages of a document; none where its format knows no pages."""
    places = Places(document)
    return tuple(_drawing(document, places, page) for page in document.text.pages)


def _drawing(document: SeenDocument, places: Places, page: Page) -> Drawing:
    number, canvas = page.number, _Canvas(page)
    regions = [(n, r) for n, r in enumerate(document.text.regions) if r.page == number and r.box is not None]
    tables = [(n, t) for n, t in enumerate(document.text.tables) if t.page == number]
    found = list(_placed(_findings(document), canvas))
    return Drawing(
        page=page,
        height=canvas.height,
        regions=tuple(
            Mark(f"r{n}", region.kind.value.lower(), (canvas.around(region.box),), str(n + 1))
            for n, region in regions
            if region.box is not None
        ),
        order=tuple(canvas.beside(r.box) for _, r in regions if r.box is not None),
        tables=tuple(_table_mark(places, n, table, canvas) for n, table in tables),
        cells=tuple(cell for n, table in tables for cell in _cell_marks(places, n, table, canvas)),
        sections=tuple(_section_marks(document, places, canvas)),
        headings=tuple(_heading_marks(document, places, canvas)),
        fields=tuple(mark for mark in found if mark.keys.startswith("f")),
        statements=tuple(mark for mark in found if mark.keys.startswith("t")),
        words=tuple(_word_marks(document, places, canvas)),
    )


class _Canvas:
    """From fractions of a page to drawing units."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.height = round(WIDTH * page.height / page.width, 1)

    def x(self, share: float) -> float:
        return round(share * WIDTH, 1)

    def y(self, share: float) -> float:
        return round(share * self.height, 1)

    def exact(self, box: Box) -> Rectangle:
        x, y = self.x(box.x0), self.y(box.y0)
        return Rectangle(x, y, round(self.x(box.x1) - x, 1), round(self.y(box.y1) - y, 1))

    def beside(self, box: Box) -> tuple[float, float]:
        """The middle of a number that stands left of a box, at its top, inside the page."""
        return max(self.x(box.x0) - _NUMBER, _NUMBER), max(self.y(box.y0) + 10, _NUMBER)

    def around(self, box: Box) -> Rectangle:
        across, down = _AIR, _AIR * WIDTH / self.height
        return self.exact(Box(x0=box.x0 - across, y0=box.y0 - down, x1=box.x1 + across, y1=box.y1 + down))


def _enclosing(boxes: Sequence[Box]) -> Box:
    return Box(
        x0=min(b.x0 for b in boxes),
        y0=min(b.y0 for b in boxes),
        x1=max(b.x1 for b in boxes),
        y1=max(b.y1 for b in boxes),
    )


def _word_marks(document: SeenDocument, places: Places, canvas: _Canvas) -> Iterator[Mark]:
    page = canvas.page.number
    found = [(key, e) for key, e in _findings(document) if e is not None and e.page == page]
    for word in places.words:
        if word.item.page == page:
            over = [key for key, e in found if max(e.begin, word.item.begin) < min(e.end, word.item.end)]
            keys = " ".join([word.key, *over, *places.keys_around(word.item.begin)])
            yield Mark(keys, band(word.item.confidence), (canvas.exact(word.item.box),))


def _findings(document: SeenDocument) -> Iterator[tuple[str, Evidence | None]]:
    for number, field in enumerate(document.fields):
        yield f"f{number}", field.evidence
    for number, statement in enumerate(document.statements):
        yield f"t{number}", statement.evidence


def _placed(items: Iterable[tuple[str, Evidence | None]], canvas: _Canvas) -> Iterator[Mark]:
    for key, evidence in items:
        if evidence is not None and evidence.page == canvas.page.number and evidence.boxes:
            yield Mark(key, "", tuple(canvas.around(box) for box in evidence.boxes))


def _section_marks(document: SeenDocument, places: Places, canvas: _Canvas) -> Iterator[Mark]:
    page = canvas.page
    everything = [canvas.exact(box) for box in places.line_boxes(page.number, 0, len(plain(document.text.text)))]
    for number, section in enumerate(document.sections):
        lines = places.line_boxes(canvas.page.number, start_of(section), section.end)
        boxes = tuple(canvas.around(_enclosing(run)) for run in _columns(lines))
        if boxes:
            kind = section.kind.replace("_", " ")
            note = _note(kind, boxes[0], canvas.exact(lines[0]), everything)
            yield Mark(f"s{number}", family_of(section), boxes, kind, note)


def _note(text: str, box: Rectangle, line: Rectangle, others: Sequence[Rectangle]) -> Note:
    """The name in the section's box where its first line leaves room, else right of it where the page is free."""
    width, y = _LETTER * len(text) + _LETTER, box.y + _LETTER_HEIGHT
    right = box.x + box.width
    if line.x + line.width + width < right:
        return Note(text, right - 4, y, free=True)
    beyond = right + width
    free = beyond < WIDTH and not any(
        other.x < beyond and right < other.x + other.width and other.y < y and box.y < other.y + other.height
        for other in others
    )
    return Note(text, beyond if free else right - 4, y, free)


def _heading_marks(document: SeenDocument, places: Places, canvas: _Canvas) -> Iterator[Mark]:
    for number, section in enumerate(document.sections):
        if section.title_begin is None or section.title_end is None:
            continue
        boxes = places.word_boxes(canvas.page.number, section.title_begin, section.title_end)
        if boxes:
            yield Mark(f"s{number}", family_of(section), (canvas.around(_enclosing(boxes)),))


def family_of(section: Section) -> str:
    """The section's family as a CSS class; ``other`` where none is known."""
    return (section.family or "other").lower().replace("_", "-")


def _columns(boxes: Sequence[Box]) -> list[list[Box]]:
    """Runs of lines that go down the page: a line that stands higher than the one before it begins another column."""
    runs: list[list[Box]] = []
    for box in boxes:
        if runs and box.y0 >= runs[-1][-1].y0 - (box.y1 - box.y0):
            runs[-1].append(box)
        else:
            runs.append([box])
    return runs


def _table_mark(places: Places, number: int, table: Table, canvas: _Canvas) -> Mark:
    boxes = places.word_boxes(canvas.page.number, table.begin, table.end)
    outline = (canvas.around(_enclosing(boxes)),) if boxes else ()
    return Mark(f"b{number}", "ruled" if table.ruled else "unruled", outline, f"{table.rows} by {table.columns}")


def _cell_marks(places: Places, number: int, table: Table, canvas: _Canvas) -> Iterator[Mark]:
    """Cells, empty ones too: each as wide as what stands in its columns and as high as what stands in its rows."""
    page = canvas.page.number
    filled = [(c, _enclosing(b)) for c in table.cells if (b := places.word_boxes(page, c.begin, c.end))]
    across = _extents((c.column, box.x0, box.x1) for c, box in filled if c.column_span == 1)
    down = _extents((c.row, box.y0, box.y1) for c, box in filled if c.row_span == 1)
    for index, cell in enumerate(table.cells):
        columns = [across[n] for n in range(cell.column, cell.column + cell.column_span) if n in across]
        rows = [down[n] for n in range(cell.row, cell.row + cell.row_span) if n in down]
        if columns and rows:
            box = Box(x0=columns[0][0], y0=rows[0][0], x1=columns[-1][1], y1=rows[-1][1])
            yield Mark(f"c{number}.{index} b{number}", "" if cell.begin < cell.end else "empty", (canvas.around(box),))


def _extents(stretches: Iterable[tuple[int, float, float]]) -> dict[int, tuple[float, float]]:
    """From where to where each column, or each row, goes."""
    found: dict[int, tuple[float, float]] = {}
    for index, begin, end in stretches:
        low, high = found.get(index, (begin, end))
        found[index] = min(low, begin), max(high, end)
    return found
