"""Blank pages, for engines that tests prepare."""

from __future__ import annotations

import numpy as np

from chartstream.extraction.engines.engine import Image


def paper(width: int, height: int) -> Image:
    """An empty white page of so many pixels."""
    return np.full((height, width, 3), 255, dtype=np.uint8)
