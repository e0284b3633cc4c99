"""The pages of a document, judged one after the other and against each other."""

from __future__ import annotations

from chartstream.errors import Problem, Rejected
from chartstream.intake.findings import Findings
from chartstream.intake.lettering import Grey
from chartstream.intake.likeness import Likeness
from chartstream.intake.page_image import PageMeasures, measure
from chartstream.intake.policy import Check

_LETTER_INCHES = 11.0
_SMALLEST_PRINT = 1.7  # print of 6 points looks this much coarser than it is
_LETTERS_APART = 150.0  # dpi from which letters do not run together
LARGEST_PAGE_INCHES = 24.0
"""A page stated to be larger is a photograph under a default resolution, which says nothing."""


class PageJudge:
    """Takes pages in order. Images are measured; pages with a text layer are only compared with each other."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._likeness = Likeness()
        self._blank = 0

    def add_image(self, page: int, grey: Grey, dpi: float | None, scale: float = 1.0) -> None:
        """A page as an image of shape (height, width), 0 black; ``dpi`` is what its file states, if it does. One pixel
        of the image stands for ``scale`` pixels of the scan.
        """
        found = measure(grey)
        self._findings.add(Check.BLANK, found.ink, page)
        if self._findings.passes(Check.BLANK, found.ink):
            self._blank += 1
            return
        self._likeness.add_image(grey)
        self._add_resolution(page, found, dpi, scale, max(grey.shape))
        self._findings.add(Check.CONTRAST, found.contrast, page)
        if found.lettering is not None:
            self._findings.add(Check.ROTATION, 90.0 * found.lettering.sideways, page)
            self._findings.add(Check.SKEW, found.lettering.skew, page)
            self._findings.add(Check.BLUR, found.lettering.blur, page)

    def add_text(self, text: str, pictures: tuple[tuple[int, int], ...]) -> None:
        """A page with a text layer, and the sizes of its pictures in pixels. One without either is blank."""
        if not text.strip() and not pictures:
            self._blank += 1
        else:
            self._likeness.add_text(text, pictures)

    def finish(self, count: int) -> None:
        """What only all pages together show. Raises ``Rejected`` (``document_empty``) when all are blank."""
        if self._blank == count:
            raise Rejected(Problem("document_empty", "every page is blank", "scan the printed side and submit again"))
        self._findings.add(Check.BLANK_PAGES, self._blank)
        if count > 1:
            self._findings.add(Check.DUPLICATE_PAGES, self._likeness.duplicates)
            self._findings.add(Check.SIMILAR_PAGES, self._likeness.similar())

    def _add_resolution(self, page: int, found: PageMeasures, stated: float | None, scale: float, side: int) -> None:
        """A file may state anything: where its print is far too small for that, the print is believed. Print larger
        than that proves nothing; it may be a title page, or so coarse that its letters have run together.
        """
        measured = scale * found.lettering.text_dpi if found.lettering is not None else None
        estimated = scale * side / _LETTER_INCHES
        if stated is not None:
            self._findings.add(Check.STATED_DPI, stated, page)
        if stated is not None and (measured is None or measured > stated / _SMALLEST_PRINT):
            self._findings.add(Check.EFFECTIVE_DPI, stated, page)
        elif measured is not None and (measured > _LETTERS_APART or measured < estimated):
            self._findings.add(Check.MEASURED_DPI, measured, page)
        else:
            self._findings.add(Check.ESTIMATED_DPI, estimated, page)
