"""Our own reading in a process of its own, with the engine that is the extraction service's default.

Speaks peers/protocol.py and says more. A line is what stands together: the cells of a row are a line each. Beyond them:
``scores`` of the lines, ``words`` ([line, begin, end, probability], offsets into the line), ``tables`` (rows of cell
texts), ``fields`` ([name, value, confidence]), and for a PDF ``text_seconds``, its words alone.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2

from benchmarks.reading.peers.protocol import peak_mb
from chartstream import __version__
from chartstream.extraction.engines.engine import LazyOcr
from chartstream.extraction.engines.paddle import PaddleOcr
from chartstream.extraction.fields import find_fields
from chartstream.extraction.fragments import Box, enclosing
from chartstream.extraction.reader import read
from chartstream.extraction.readtext import Line, ReadText, Table
from chartstream.extraction.textlayer import text_layer

MEDIA_TYPES = {".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".tiff": "image/tiff"}
"""By which ending the benchmark names its files."""


def main() -> None:
    """Answer until the input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    ocr = LazyOcr(PaddleOcr)
    print(json.dumps({"version": f"chartstream {__version__}"}), file=answers, flush=True)
    for request in sys.stdin:
        path = Path(json.loads(request)["path"])
        content = path.read_bytes()
        begin = time.perf_counter()
        found = read(content, MEDIA_TYPES[path.suffix], ocr)
        seconds = time.perf_counter() - begin
        answer = _answer(found) | {"seconds": seconds, "peak_mb": peak_mb()}
        if path.suffix == ".pdf":
            answer["text_seconds"] = _text_seconds(content)
        print(json.dumps(answer), file=answers, flush=True)


def _text_seconds(content: bytes) -> float:
    """How long the words of the first page's text layer take."""
    document = pypdfium2.PdfDocument(content)
    try:
        begin = time.perf_counter()
        text_layer(document[0])
        return time.perf_counter() - begin
    finally:
        document.close()


def _answer(found: ReadText) -> dict[str, Any]:
    page = found.pages[0]
    pieces = [piece for line in found.lines for piece in _pieces(found, line)]
    return {
        "lines": [(found.text[begin:end], box.x0, box.y0, box.x1, box.y1) for begin, end, box, _ in pieces],
        "scores": [score for *_, score in pieces],
        "words": [
            (at, word.begin - begin, word.end - begin, word.confidence)
            for at, (begin, end, *_) in enumerate(pieces)
            for word in found.words
            if begin <= word.begin < end
        ],
        "frame": (page.width, page.height),
        "tables": [_rows(found, table) for table in found.tables],
        "fields": [(field.name, field.value, field.confidence) for field in find_fields(found)],
    }


def _pieces(found: ReadText, line: Line) -> Iterator[tuple[int, int, Box, float]]:
    """Begin, end, box and score of what stands together on a line: the cells of a row are two spaces apart.

    The score is that of the most doubtful word: what a code that rests on these words is given.
    """
    for part in re.finditer(r"\S+(?: \S+)*", found.text[line.begin : line.end]):
        begin, end = line.begin + part.start(), line.begin + part.end()
        boxes = [word.box for word in found.words if begin <= word.begin < end] or [line.box]
        placed = [box for box in boxes if box is not None]
        if placed:
            yield begin, end, enclosing(placed), found.confidence_at(begin, end)


def _rows(found: ReadText, table: Table) -> list[list[str]]:
    rows = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row][cell.column] = found.text[cell.begin : cell.end]
    return rows


if __name__ == "__main__":
    main()
