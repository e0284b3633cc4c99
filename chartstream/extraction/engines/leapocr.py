"""LeapOCR, a commercial service: **every page that it reads leaves the site**. Off unless a site decides otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartstream.errors import Problem, Rejected
from chartstream.extraction.engines.coarse import coarse_fragment, page_box
from chartstream.extraction.engines.engine import Image, OcrPage
from chartstream.extraction.engines.leapocr_client import Format, LeapBlock, LeapOcrClient, LeapPage
from chartstream.extraction.engines.markdown import MarkupLine, lines_of
from chartstream.extraction.engines.page_file import page_file
from chartstream.extraction.fragments import Box, Fragment
from chartstream.remote import Deadline

TEXT = "page_text"
"""The property of a schema that holds the whole text of the page as Markdown."""


class LeapOcr:
    """An ``OcrEngine``. ``model`` is the service's name for it; ``schema`` (JSON Schema) is needed for ``structured``.

    ``boxes``: ask for places too (at a price); without them a line is known to stand somewhere on the page.
    ``unscored`` is the score of pages for which the service states no confidence.
    """

    def __init__(
        self,
        client: LeapOcrClient,
        model: str,
        *,
        form: Format = "markdown",
        schema: Mapping[str, Any] | None = None,
        boxes: bool = False,
        unscored: float = 0.75,
        seconds: float = 300.0,
    ) -> None:
        if (form == "structured") is not bool(schema):
            raise ValueError("the structured format needs a schema, and only that one")
        self._client, self._model, self._form = client, model, form
        self._unscored, self._seconds = unscored, seconds
        self._options: dict[str, Any] = {"format": form, "model": model}
        if schema:
            self._options["schema"] = dict(schema)
        if boxes:
            self._options["extract_bounding_boxes"] = True

    @property
    def name(self) -> str:
        """Service, model and format."""
        return f"leapocr {self._model} {self._form}"

    def read(self, image: Image) -> OcrPage:
        """Read one page. Raises as ``LeapOcrClient`` does; ``Rejected`` (``page_not_read``) when it gives no page."""
        content, media_type = page_file(image)
        reading = self._client.read(content, media_type, self._options, Deadline(self._seconds))
        if reading.missing or not reading.pages:
            raise Rejected(
                Problem(
                    "page_not_read",
                    f"{self.name} gave {len(reading.pages)} of {len(reading.pages) + reading.missing} pages",
                    "let it be read by another engine, or send a better copy",
                )
            )
        fragments = tuple(fragment for page in reading.pages for fragment in self._fragments(page, page_box(image)))
        return OcrPage(fragments, image, ordered=True, credits=reading.credits)

    def _fragments(self, page: LeapPage, whole: Box) -> Iterator[Fragment]:
        chance = self._unscored if page.confidence is None else page.confidence
        places = _Places(page, whole)
        for line in _lines(page.result):
            yield coarse_fragment(line, places.of(line.text), lambda _: chance)


def _lines(result: str | dict[str, Any] | list[Any] | None) -> tuple[MarkupLine, ...]:
    if isinstance(result, str):
        return lines_of(result)
    if isinstance(result, dict) and isinstance(result.get(TEXT), str):
        return lines_of(result[TEXT])
    return tuple(MarkupLine(line) for line in _stated(result))


def _stated(value: object, label: str = "") -> Iterator[str]:
    """A structured result without the page's text: a line for each value, after the name of its property."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _stated(inner, str(name).replace("_", " ").capitalize())
    elif isinstance(value, list):
        for inner in value:
            yield from _stated(inner, label)
    elif value not in {None, ""}:
        text = " ".join(str(value).split())
        yield f"{label}: {text}" if label else text


class _Places:
    """Where lines stand, by the blocks that hold their text; the whole page where none does."""

    def __init__(self, page: LeapPage, whole: Box) -> None:
        self._whole = whole
        across = whole.width / page.dimensions.width if page.dimensions else 1.0
        down = whole.height / page.dimensions.height if page.dimensions else 1.0
        self._blocks = [
            (_letters(" ".join(line.text for line in lines_of(block.text))), box)
            for block in page.bounding_boxes or ()
            if (box := _box(block, across, down, whole)) is not None
        ]

    def of(self, text: str) -> Box:
        letters = _letters(text)
        return next((box for held, box in self._blocks if letters and letters in held), self._whole)


def _box(block: LeapBlock, across: float, down: float, whole: Box) -> Box | None:
    """A block's box in pixels of our page; None for one that does not lie on it."""
    if block.bounds is None:
        return None
    left, top = block.bounds.x * across, block.bounds.y * down
    right, bottom = left + block.bounds.width * across, top + block.bounds.height * down
    box = Box(max(left, 0.0), max(top, 0.0), min(right, whole.x1), min(bottom, whole.y1))
    return box if box.width > 0 and box.height > 0 else None


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
