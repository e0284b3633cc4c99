"""The typefaces of the corpus: eight for text, six that stand for handwriting.

All are free, and fetched from Debian's packages.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont

from benchmarks.reading.debian import unpacked

PACKAGES = (
    "fonts-liberation2",
    "fonts-lato",
    "fonts-crosextra-carlito",
    "fonts-crosextra-caladea",
    "fonts-dejavu-core",
    "fonts-kristi",
    "fonts-breip",
    "fonts-femkeklaver",
    "fonts-rufscript",
    "fonts-dkg-handwriting",
    "fonts-ecolier-court",
)


@dataclass(frozen=True, slots=True)
class Typeface:
    """The names under which reportlab knows a regular and a bold font."""

    regular: str
    bold: str


FACES = {
    "times": Typeface("LiberationSerif-Regular", "LiberationSerif-Bold"),
    "arial": Typeface("LiberationSans-Regular", "LiberationSans-Bold"),
    "courier": Typeface("LiberationMono-Regular", "LiberationMono-Bold"),
    "lato": Typeface("Lato-Regular", "Lato-Bold"),
    "calibri": Typeface("Carlito-Regular", "Carlito-Bold"),
    "cambria": Typeface("Caladea-Regular", "Caladea-Bold"),
    "verdana": Typeface("DejaVuSans", "DejaVuSans-Bold"),
    "serif": Typeface("DejaVuSerif", "DejaVuSerif-Bold"),
}
"""By the face that each resembles in metrics or shape."""

HANDS = ("Kristi", "dkg", "Ecolier-court", "Rufscript010", "Breip", "femkeklaver")
"""Fonts drawn after handwriting."""

HAND_SIZES = {
    "Kristi": 21.0,
    "dkg": 13.0,
    "Ecolier-court": 17.0,
    "Rufscript010": 14.0,
    "Breip": 14.0,
    "femkeklaver": 14.0,
}
"""Points at which each of them looks as large as a person writes."""


@cache
def register() -> None:
    """Make all fonts known to reportlab. Raises ``NotToBeHad`` where Debian's packages cannot be fetched."""
    found = {path.stem: path for path in _folder().rglob("*.ttf")}
    for name in {*HANDS, *(font for face in FACES.values() for font in (face.regular, face.bold))}:
        registerFont(TTFont(name, str(found[name])))


def _folder() -> Path:
    return unpacked("fonts-1", PACKAGES)
