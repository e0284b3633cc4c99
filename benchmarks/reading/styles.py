"""How the notes of the corpus look: one style for each, in turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

HeadingForm = Literal["capitals", "title", "underlined", "band", "numbered", "colon"]
Rules = Literal["grid", "header", "none"]


@dataclass(frozen=True, slots=True)
class Style:
    """One look. Sizes are points.

    ``rules``: a full grid; a line under the header row only; none. Only the grid counts as ruled. ``header``: what
    stands at the top of later pages; ``footer``: at the bottom of all.
    """

    face: str
    size: float
    heading: HeadingForm
    rules: Rules
    letterhead: Literal["centre", "left", "both"]
    facts: Literal["lines", "grid"]
    bullet: str = "•"
    columns: int = 1
    header: bool = True
    footer: Literal["none", "page", "page-of", "printed"] = "page-of"
    stamp: Literal["none", "top", "end"] = "none"
    hand: bool = False
    right_numbers: bool = False
    paper: tuple[float, float] = (612.0, 792.0)


A4 = (595.28, 841.89)

STYLES = (
    Style("times", 11.0, "capitals", "grid", "centre", "lines", footer="page-of", hand=True),
    Style("arial", 10.0, "band", "none", "left", "grid", bullet="-", stamp="top", footer="printed"),
    Style("courier", 10.0, "capitals", "none", "left", "lines", bullet="*", header=False, footer="page"),
    Style("calibri", 11.5, "title", "header", "both", "grid", right_numbers=True),
    Style("cambria", 10.5, "numbered", "grid", "centre", "lines", stamp="end", hand=True, paper=A4),
    Style("verdana", 9.0, "underlined", "none", "both", "lines", right_numbers=True, footer="printed"),
    Style("lato", 10.0, "colon", "grid", "left", "grid", stamp="top", right_numbers=True),
    Style("times", 12.0, "underlined", "header", "both", "grid", bullet="-", hand=True, footer="page"),
    Style("arial", 9.0, "title", "none", "centre", "grid", right_numbers=True, footer="printed", stamp="end"),
    Style("serif", 9.5, "band", "grid", "left", "lines", bullet="-", paper=A4, hand=True),
    Style("courier", 9.0, "colon", "grid", "centre", "lines", bullet="-", footer="page-of", stamp="end"),
    Style("calibri", 10.5, "numbered", "none", "left", "lines", header=False, footer="none", hand=True),
)

TWO_COLUMNS = (
    Style("times", 10.0, "capitals", "grid", "centre", "lines", columns=2, footer="page-of", hand=True),
    Style("calibri", 10.5, "title", "none", "both", "grid", columns=2, footer="printed", stamp="end"),
    Style("arial", 9.0, "underlined", "header", "left", "lines", columns=2, bullet="-", stamp="top"),
)

IN_TWO_COLUMNS = (
    "consult-letter-neurosurgery",
    "operative-cholecystectomy",
    "pulmonology-copd",
    "orthopaedics-knee",
    "psychiatry-depression",
    "sleep-medicine",
    "inpatient-heart-failure-hp",
    "rheumatology-gout",
)
"""Notes that are mostly prose."""
