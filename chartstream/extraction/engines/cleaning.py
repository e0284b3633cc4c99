"""What a page image needs before it is read, and no more: a clean page stays as it is.

Measured are the resolution, the share of scattered dots and grain on the paper.
"""

from __future__ import annotations

from chartstream.extraction.engines.engine import Image


def cleaned(page: Image) -> Image:
    """The page as the networks read it best, of the same shape."""
    return page
