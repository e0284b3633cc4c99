"""What an OCR engine is to us: an image in, fragments of text with boxes and scores out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from chartstream.extraction.fragments import Fragment

Image = NDArray[np.uint8]
"""Shape (height, width, 3), red-green-blue, values from 0 to 255."""

INSTEAD = "; instead of "
"""Stands in ``OcrPage.engine`` of a page that another engine should have read and, for now, could not."""


@dataclass(frozen=True, slots=True)
class OcrPage:
    """One image as read.

    ``image`` is the page as it was read: turned upright and levelled; boxes of fragments are in its pixels.
    ``rotation`` is by how many degrees (0, 90, 180, 270) clockwise the page was turned to stand upright, ``skew`` by
    how many degrees clockwise it was turned about its centre after that, to level its lines. ``ordered``: the
    fragments stand in reading order already, one a line, and boxes may be as coarse as the whole page. ``credits``:
    what a paid service charged for it, in its own unit. ``engine``: which engine read it, where the one that was asked
    is made of several.
    """

    fragments: tuple[Fragment, ...]
    image: Image
    rotation: int = 0
    skew: float = 0.0
    ordered: bool = False
    credits: float | None = None
    engine: str = ""

    @property
    def width(self) -> int:
        """Pixels across the upright page."""
        return int(self.image.shape[1])

    @property
    def height(self) -> int:
        """Pixels down the upright page."""
        return int(self.image.shape[0])


class OcrEngine(Protocol):
    """Reads images of pages. Loading may take seconds and hundreds of megabytes, so engines load on first use."""

    @property
    def name(self) -> str:
        """Engine, models and version, as they go into the extracted note."""
        ...

    def read(self, image: Image) -> OcrPage:
        """Read one page, whichever way up it is.

        Raises ``ConfigurationError`` when the engine or its weights are not installed.
        """
        ...


@runtime_checkable
class PerDocument(Protocol):
    """An engine that counts by document what it does."""

    def for_document(self) -> OcrEngine:
        """The engine for the pages of one more document."""
        ...


def for_document(ocr: OcrEngine) -> OcrEngine:
    """The engine for the pages of one more document; most are the same for all."""
    return ocr.for_document() if isinstance(ocr, PerDocument) else ocr


OcrFactory = Callable[[], OcrEngine]


class LazyOcr:
    """An engine made when the first image needs it: a worker that meets only text never pays for it."""

    def __init__(self, factory: OcrFactory) -> None:
        self._factory = factory
        self._engine: OcrEngine | None = None

    @property
    def name(self) -> str:
        """The name of the engine behind; loads it."""
        return self._loaded().name

    def read(self, image: Image) -> OcrPage:
        """Read one page with the engine behind; loads it on the first call."""
        return self._loaded().read(image)

    def for_document(self) -> OcrEngine:
        """The engine behind for one more document, loaded no sooner than a page needs it."""
        return LazyOcr(lambda: for_document(self._loaded()))

    def _loaded(self) -> OcrEngine:
        if self._engine is None:
            self._engine = self._factory()
        return self._engine
