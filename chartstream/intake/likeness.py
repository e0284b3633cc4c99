"""Pages that repeat each other."""

from __future__ import annotations

import hashlib

import cv2
import numpy as np
import numpy.typing as npt

from chartstream.intake.lettering import Grey
from chartstream.intake.page_image import reduced

_ACROSS, _DOWN = 96, 128  # a cell is as wide as a letter or two: other words give other cells
_ALIKE = 0.95  # measured: the same sheet scanned twice gives more, a form with other words less
_LEAST_TEXT = 40  # characters: shorter pages repeat each other without being copies


class Likeness:
    """Exact copies by hash, look-alikes by the correlation of reduced images."""

    def __init__(self) -> None:
        self.duplicates = 0
        self._seen: set[bytes] = set()
        self._reduced: list[npt.NDArray[np.float32]] = []

    def add_image(self, grey: Grey) -> None:
        """A page image; one that repeats an earlier one pixel by pixel is counted and not compared further."""
        shape = b"%dx%d" % grey.shape
        if self._is_new(hashlib.sha256(shape + grey.tobytes()).digest()):
            self._reduced.append(_reduced(grey))

    def add_text(self, text: str, pictures: tuple[tuple[int, int], ...]) -> None:
        """A page with a text layer; it repeats another when all its words do and its pictures have the same sizes."""
        if len(text) >= _LEAST_TEXT:
            self._is_new(hashlib.sha256(f"{pictures}{text}".encode(errors="surrogatepass")).digest())

    def similar(self) -> int:
        """How many page images look like an earlier one without repeating it exactly."""
        if len(self._reduced) < 2:
            return 0
        pages = np.stack([page.ravel() for page in self._reduced])
        likeness = np.tril(pages @ pages.T, k=-1)
        return int((likeness.max(axis=1) > _ALIKE).sum())

    def _is_new(self, digest: bytes) -> bool:
        new = digest not in self._seen
        self._seen.add(digest)
        self.duplicates += not new
        return new


def _reduced(grey: Grey) -> npt.NDArray[np.float32]:
    """The page in few cells, of mean 0 and length 1, so that a product of two is their correlation."""
    small = reduced(grey, max(grey.shape[0] / _DOWN, 1.0))
    cells = cv2.resize(small, (_ACROSS, _DOWN), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    soft = cv2.GaussianBlur(cells, (3, 3), 0)
    centred = soft - soft.mean()
    unit: npt.NDArray[np.float32] = centred / max(float(np.linalg.norm(centred)), 1e-6)
    return unit
