"""RapidOCR with its own defaults, in an environment of its own (requirements-rapidocr.txt)."""

from importlib.metadata import version

import cv2
from protocol import Lines, Read, serve
from rapidocr import RapidOCR


def load() -> tuple[str, Read]:
    """Load the default models."""
    engine = RapidOCR()

    def read(path: str) -> tuple[Lines, tuple[int, int]]:
        result = engine(path)
        height, width = cv2.imread(path).shape[:2]
        lines = []
        for text, box in zip(result.txts or (), result.boxes if result.boxes is not None else (), strict=True):
            xs, ys = [float(p[0]) for p in box], [float(p[1]) for p in box]
            lines.append((text, min(xs), min(ys), max(xs), max(ys)))
        return lines, (width, height)

    return f"rapidocr {version('rapidocr')}", read


serve(load)
