"""The pages that reading is measured on: our own notes of invented patients, in varied layouts, with their truth.

    from benchmarks.reading.corpus import documents, pages

    for sample in pages(["clean", "fax"], limit=6):
        sample.content, sample.media_type   # a file of one page
        sample.page.regions                 # its words with boxes (points), region by region, in reading order
        sample.matrix                       # from points of the page to pixels of the picture

Variants: ``text-layer`` (PDF of one page), and the pictures of ``variants.VARIANTS``: ``clean``, ``rotated``,
``skewed``, ``noisy``, ``72dpi``, ``fax``, ``photo``. ``half`` parts the documents: tune and fit on A, report B and all.
``limit`` takes that many pages, spread over the corpus and always the same; without it, all of them.
Everything follows from ``SEED``. The first use fetches fonts from Debian's packages into a cache (see fonts.py).
Raises ``benchmarks.reading.debian.NotToBeHad`` where that cannot be done.

PDF and picture are one drawing: the picture is the PDF rendered by PDFium at 300 dpi, then reduced.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from random import Random
from typing import Literal

import numpy as np
import pypdfium2
from reportlab.pdfgen.canvas import Canvas

from benchmarks.reading import additions
from benchmarks.reading import note as notes
from benchmarks.reading.fonts import register
from benchmarks.reading.note import Block, Note, Signature
from benchmarks.reading.styles import IN_TWO_COLUMNS, STYLES, TWO_COLUMNS, Style
from benchmarks.reading.truth import Document, Page
from benchmarks.reading.typeset import Setter
from benchmarks.reading.variants import MASTER_DPI, VARIANTS, Grey, Matrix

SEED = 20260301
TEXT_LAYER = "text-layer"
ALL_VARIANTS = (TEXT_LAYER, *VARIANTS)

Half = Literal["A", "B", "all"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One page in one variant.

    ``matrix`` maps points to pixels of the picture of that ``size`` (width, height); the text layer's are points.
    """

    document: Document
    page: Page
    variant: str
    content: bytes
    media_type: str
    matrix: Matrix
    size: tuple[float, float]

    @property
    def name(self) -> str:
        """``document-number.variant``."""
        return f"{self.page.name}.{self.variant}"


@cache
def documents() -> tuple[Document, ...]:
    """All documents with their truth."""
    register()
    return tuple(_document(note, lot(note.name)) for note in notes.notes())


def lot(name: str) -> int:
    """What decides about a note or page by its name alone: a new note changes none of the others."""
    return zlib.crc32(name.encode())


def pages(variants: Sequence[str], limit: int | None = None, half: Half = "all") -> Iterator[Sample]:
    """The chosen pages in each variant, variant by variant."""
    chosen = selection(limit, half)
    for variant in variants:
        for document, page in chosen:
            yield sample(document, page, variant)


def selection(limit: int | None = None, half: Half = "all") -> list[tuple[Document, Page]]:
    """The chosen pages: evenly spread over the corpus, so that all styles come in."""
    listed = [(each, page) for each in documents() if half in ("all", each.half) for page in each.pages]
    if limit is None or limit >= len(listed):
        return listed
    return [listed[round((i + 0.5) * len(listed) / limit - 0.5)] for i in range(limit)]


def sample(document: Document, page: Page, variant: str) -> Sample:
    """One page in one variant."""
    if variant == TEXT_LAYER:
        content = _single(document.pdf, page.number)
        return Sample(document, page, variant, content, "application/pdf", np.eye(3), (page.width, page.height))
    # a generator for each page and variant: what is chosen does not change what it looks like
    draw = np.random.default_rng([SEED, lot(page.name), list(VARIANTS).index(variant)])
    picture = VARIANTS[variant](_master(document.pdf, page.number), lot(page.name), draw)
    return Sample(document, page, variant, picture.content, picture.media_type, picture.matrix, picture.size)


def _document(note: Note, number: int) -> Document:
    style, blocks = _style(note, number), _blocks(note, number)
    total = 1
    while True:
        out = BytesIO()
        canvas = Canvas(out, pagesize=style.paper, invariant=1)
        laid = Setter(canvas, note, style, Random(SEED + number), total).set(blocks)
        canvas.save()
        if len(laid) == total:
            half: Literal["A", "B"] = "A" if number % 2 == 0 else "B"
            return Document(note.name, half, out.getvalue(), tuple(laid), notes.fields(note))
        total = len(laid)


def _style(note: Note, number: int) -> Style:
    if note.name in IN_TWO_COLUMNS:
        return TWO_COLUMNS[IN_TWO_COLUMNS.index(note.name) % len(TWO_COLUMNS)]
    return STYLES[number // 2 % len(STYLES)]


def _blocks(note: Note, number: int) -> list[Block]:
    """The note's blocks, with tables by lot before the signature where it has few of its own."""
    blocks = list(note.blocks)
    if note.name in IN_TWO_COLUMNS or sum(isinstance(block, notes.Rows) for block in blocks) > 1:
        return blocks
    at = next((i for i, block in enumerate(blocks) if isinstance(block, Signature)), len(blocks))
    return blocks[:at] + additions.tables(Random(SEED * 2 + number)) + blocks[at:]


def _single(pdf: bytes, number: int) -> bytes:
    whole, one, out = pypdfium2.PdfDocument(pdf), pypdfium2.PdfDocument.new(), BytesIO()
    try:
        one.import_pages(whole, [number - 1])
        one.save(out)
        return out.getvalue()
    finally:
        one.close()
        whole.close()


def _master(pdf: bytes, number: int) -> Grey:
    document = pypdfium2.PdfDocument(pdf)
    try:
        bitmap = document[number - 1].render(scale=MASTER_DPI / 72, grayscale=True)
        return np.array(bitmap.to_numpy().reshape(bitmap.height, bitmap.width), dtype=np.uint8)
    finally:
        document.close()
