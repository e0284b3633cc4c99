"""The pictures of docs/how-to/look-at-what-was-read.md, taken anew: ``python -m scripts.screenshots``.

Needs Chromium, the OCR engine, and the fonts that the benchmark's corpus fetches on first use.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from benchmarks.reading.corpus import pages
from chartstream.cli.reading import FileReader
from chartstream.extraction.engines.paddle import PaddleOcr
from chartstream.viewer.page import render
from tests.browser.chromium import Browser, chromium

_ROOT = Path(__file__).parents[1]
_IMAGES = _ROOT / "docs" / "images"
_MOST_BYTES = 300_000


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: what is pressed, what is pointed at, how large the window is."""

    name: str
    keys: str
    point: str
    size: tuple[int, int]


_SCAN = ("consult-letter-neurosurgery-1", "clean")
_LAYOUT = Shot("extract-layout.webp", "", ".written .part:nth-child(4) .line:nth-of-type(1)", (1366, 880))
_SAMPLE = _ROOT / "samples" / "documents" / "hematology-iron-deficiency.json"
_SECTIONS = Shot("extract-sections.webp", "t12346", ".rows button[data-k=s5]", (1366, 768))


def main() -> None:
    """Write both pictures."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, chromium(Path(folder, "profile")) as tab:
        scan = _scan(Path(folder))
        for path, shot in ((scan, _LAYOUT), (_SAMPLE, _SECTIONS)):
            page = Path(folder, shot.name).with_suffix(".html")
            page.write_text(render([FileReader(PaddleOcr).read(path)]), encoding="utf-8")
            _write(_IMAGES / shot.name, _taken(tab, page, shot))


def _scan(folder: Path) -> Path:
    name, variant = _SCAN
    sample = next(sample for sample in pages([variant]) if sample.name.startswith(name))
    path = folder / f"{name}.png"
    path.write_bytes(sample.content)
    return path


def _taken(tab: Browser, page: Path, shot: Shot) -> bytes:
    tab.open(page, *shot.size)
    for key in shot.keys:
        tab.press(key)
    tab.point(shot.point)
    return tab.picture()


def _write(path: Path, picture: bytes) -> None:
    """Without loss; fails when it is larger than a picture in a repository should be."""
    out = BytesIO()
    Image.open(BytesIO(picture)).convert("RGB").save(out, "WEBP", lossless=True, method=6)
    if out.tell() > _MOST_BYTES:
        raise ValueError(f"{path.name} would have {out.tell()} bytes")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(out.getvalue())


if __name__ == "__main__":
    main()
