"""A page image as an engine read it, made ready for layout."""

from __future__ import annotations

from chartstream.extraction.engines.engine import Image, OcrEngine
from chartstream.extraction.layout.content import PageContent
from chartstream.extraction.layout.rulings import rulings_of
from chartstream.extraction.readtext import PageFacts, Unit


def scanned_page(image: Image, ocr: OcrEngine, number: int, *, unit: Unit, scale: float) -> PageContent:
    """Read page ``number`` (from 1) from its image; ``scale`` converts pixels of the image into ``unit``."""
    page = ocr.read(image)
    # An engine may have read the page larger than it was given.
    factor = scale * (image.shape[0] * image.shape[1] / (page.width * page.height)) ** 0.5
    rulings = () if page.ordered else rulings_of(page.image)
    return PageContent(
        PageFacts(
            number=number,
            width=page.width * factor,
            height=page.height * factor,
            unit=unit,
            rotation=page.rotation,
            engine=page.engine or ocr.name,
            skew=page.skew,
            credits=page.credits,
        ),
        fragments=tuple(fragment.scaled(factor) for fragment in page.fragments),
        rulings=tuple(box.scaled(factor) for box in rulings),
        ordered=page.ordered,
    )
