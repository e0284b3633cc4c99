"""PaddleOCR-VL, the vision-language model, on a server of the site's own.

PaddleX speaks to such a server through the package ``openai``, waits ten minutes for it and gives no probabilities; so
this speaks the protocol itself, with PaddleX's prompts. With the weights of a layout model the page is read block by
block, as PaddleX does; without, in one piece.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image as Pillow

from chartstream.extraction.engines.chat import ChatModel, ScoredText
from chartstream.extraction.engines.coarse import coarse_fragment, page_box
from chartstream.extraction.engines.engine import Image, OcrPage
from chartstream.extraction.engines.markdown import lines_of
from chartstream.extraction.fragments import Box, Fragment, Word
from chartstream.remote import Deadline

Task = Literal["ocr", "spotting"]

_WHOLE_PAGE = "OCR:"
_SPOTTING = "Spotting:"
_PROMPTS = {"table": "Table Recognition:", "seal": "Seal Recognition:", "chart": "Chart Recognition:"}
_LOGOS = frozenset({"header_image", "footer_image"})
_PLACES = re.compile(r"((?:<\|LOC_\d+\|>){8})")
_PLACE = re.compile(r"<\|LOC_(\d+)\|>")
_MARKS = re.compile(r"<\|[A-Z_]+\|>")
_SMALL = 1500  # PaddleX doubles what is smaller both ways before it asks for places


@dataclass(frozen=True, slots=True)
class Block:
    """A region of the page, in reading order among its like; ``label`` in the words of PP-DocLayout."""

    label: str
    box: Box


LayoutModel = Callable[[Image], Sequence[Block]]


class PaddleOcrVl:
    """An ``OcrEngine``. The page must stand upright: the model is told nothing of its rotation.

    ``task`` is how a page is read without ``layout``: ``ocr`` gives markup without places, ``spotting`` (version 1.5
    and later) gives lines with places, and no tables. ``seconds`` bounds one page, ``parallel`` the blocks of it that
    are asked for at once.
    """

    def __init__(
        self,
        model: ChatModel,
        name: str,
        *,
        layout: LayoutModel | None = None,
        task: Task = "ocr",
        seconds: float = 300.0,
        parallel: int = 4,
    ) -> None:
        self._model, self._name, self._layout = model, name, layout
        self._task, self._seconds, self._parallel = task, seconds, parallel

    @property
    def name(self) -> str:
        """Engine, model as served and task."""
        return self._name

    def read(self, image: Image) -> OcrPage:
        """Read one upright page. Raises ``Transient``, ``Rejected`` and ``ConfigurationError`` as ``ChatModel.ask``."""
        deadline = Deadline(self._seconds)
        if self._layout is not None:
            return OcrPage(tuple(self._by_blocks(image, self._layout(image), deadline)), image, ordered=True)
        if self._task == "spotting":
            answer = self._model.ask(_large(image), _SPOTTING, deadline, special=True)
            return OcrPage(tuple(_spotted(answer, page_box(image))), image)
        answer = self._model.ask(image, _WHOLE_PAGE, deadline)
        return OcrPage(tuple(_lines(answer, page_box(image))), image, ordered=True)

    def _by_blocks(self, image: Image, blocks: Sequence[Block], deadline: Deadline) -> list[Fragment]:
        # Pictures are asked for too: what a layout model takes for one may be a stamp or a line of handwriting. Logos
        # are not: asked to read what holds no text, the model makes some up.
        read = [block for block in blocks if block.label not in _LOGOS]
        wanted = [(block, crop) for block in read if min((crop := _crop(image, block.box)).shape[:2]) >= 2]
        with ThreadPoolExecutor(self._parallel) as pool:
            answers = pool.map(
                lambda item: self._model.ask(item[1], _PROMPTS.get(item[0].label, _WHOLE_PAGE), deadline), wanted
            )
            return [
                fragment
                for (block, _), answer in zip(wanted, answers, strict=True)
                for fragment in _lines(answer, block.box, bold="title" in block.label)
            ]


def _lines(answer: ScoredText, box: Box, *, bold: bool = False) -> list[Fragment]:
    lines = [coarse_fragment(line, box, answer.score) for line in lines_of(answer.text)]
    return [Fragment(line.words, bold=True) for line in lines] if bold else lines


def _spotted(answer: ScoredText, page: Box) -> list[Fragment]:
    """Each text before eight numbers, the corners of its place in thousandths of the page."""
    pieces = _PLACES.split(answer.text)
    found = []
    for text, places in zip(pieces[0::2], [*pieces[1::2], ""], strict=True):
        words = _MARKS.sub(" ", text).split()
        if not words:
            continue
        scores = [answer.score(word) for word in words]
        if not places:  # cut short: the text stands, its place is not known
            found.append(Fragment(tuple(Word(w, page, s) for w, s in zip(words, scores, strict=True))))
            continue
        numbers = [int(number) / 1000 for number in _PLACE.findall(places)]
        across, down = numbers[0::2], numbers[1::2]
        box = Box(min(across) * page.width, min(down) * page.height, max(across) * page.width, max(down) * page.height)
        line = Fragment.of_line(" ".join(words), box, 1.0)
        found.append(Fragment(tuple(Word(w.text, w.box, score) for w, score in zip(line.words, scores, strict=True))))
    return found


def _crop(image: Image, box: Box) -> Image:
    top, left = max(0, int(box.y0)), max(0, int(box.x0))
    return np.ascontiguousarray(image[top : int(box.y1) + 1, left : int(box.x1) + 1])


def _large(image: Image) -> Image:
    height, width = image.shape[:2]
    if width >= _SMALL or height >= _SMALL:
        return image
    double = Pillow.fromarray(image).resize((width * 2, height * 2), Pillow.Resampling.LANCZOS)
    return np.asarray(double, dtype=np.uint8)
