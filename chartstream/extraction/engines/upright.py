"""Which way up a page is."""

from __future__ import annotations

import numpy as np

from chartstream.extraction.engines.engine import Image
from chartstream.extraction.engines.networks import Networks

_SURE = 0.45
"""On pages with text the right way up scored above .58; a blank page scores .26, which is chance among four."""


def turned_upright(image: Image, networks: Networks) -> tuple[Image, int]:
    """The page turned upright, and by how many degrees (0, 90, 180, 270) clockwise; as it is where that is unsure."""
    counter_clockwise, score = networks.orientation(image)
    rotation = -counter_clockwise % 360 if score >= _SURE else 0
    return np.ascontiguousarray(np.rot90(image, -rotation // 90)), rotation
