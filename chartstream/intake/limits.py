"""How large a document may be, and how coarse."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the checks. The defaults let a long chart through and keep a worker below 2 GB.

    Resolutions are dots per inch. Letters stay readable down to some 70 dpi when the print is clean; a standard fax
    has 98 rows to the inch. Below ``review_dpi`` a person looks, below ``reject_dpi`` nobody could read it.
    """

    max_bytes: int = 50_000_000
    max_pages: int = 300
    max_pixels_per_page: int = 40_000_000
    max_characters: int = 1_000_000
    max_unpacked_bytes: int = 200_000_000
    review_dpi: float = 90.0
    reject_dpi: float = 50.0
