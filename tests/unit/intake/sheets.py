"""Pages of print for the tests of what is measured on them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import reportlab
from PIL import Image, ImageDraw, ImageFilter, ImageFont

_FONT = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
_TEXT = "The patient is a 54-year-old with fever, cough and chest pain for three days. Lungs clear. Heart regular."


def sheet(
    dpi: int = 150,
    *,
    points: float = 10,
    angle: float = 0,
    blur: float = 0,
    grain: float = 0,
    ink: int = 20,
    paper: int = 255,
    text: str = _TEXT,
    lines: int = 40,
) -> npt.NDArray[np.uint8]:
    """A letter page of print in grey; ``angle`` turns it against the clock, ``grain`` is a standard deviation."""
    page = Image.new("L", (round(8.5 * dpi), 11 * dpi), paper)
    font = ImageFont.truetype(str(_FONT), points * dpi / 72)
    words = text.split()
    for row in range(lines):
        turned = [*words[row % len(words) :], *words[: row % len(words)]]
        ImageDraw.Draw(page).text((0.8 * dpi, (0.9 + 0.22 * row) * dpi), " ".join(turned)[:95], font=font, fill=ink)
    page = page.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=paper).filter(ImageFilter.GaussianBlur(blur))
    noise = np.random.default_rng(3).normal(0, grain, (page.height, page.width)) if grain else 0
    return np.clip(np.asarray(page, dtype=np.float64) + noise, 0, 255).astype(np.uint8)
