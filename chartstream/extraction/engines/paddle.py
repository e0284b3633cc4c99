"""The default engine: PaddleOCR's networks on onnxruntime, with steps of our own between them.

Cleaned where it needs it, upright, lines found, levelled, each line read by the tiny and in part by the small
recogniser, words parted and placed, doubts turned into probabilities. Orientation of single text lines stays off:
a line turned wrongly reads as other numbers ("98" as "86").
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata, resources
from itertools import repeat

from chartstream.errors import ConfigurationError
from chartstream.extraction.engines.cascade import BOUND, PRISTINE_BOUND, Cascade, Reading
from chartstream.extraction.engines.cleaning import cleaned
from chartstream.extraction.engines.confidence import Calibration
from chartstream.extraction.engines.engine import Image, OcrPage
from chartstream.extraction.engines.geometry import box_of, cut, levelled, part, skew_of, top_down, turning
from chartstream.extraction.engines.glyphs import LineReader
from chartstream.extraction.engines.networks import Floats, Networks
from chartstream.extraction.engines.notation import amended
from chartstream.extraction.engines.upright import turned, upright
from chartstream.extraction.engines.weights import DETECTION, ORIENTATION, SMALL_RECOGNITION, TINY_RECOGNITION
from chartstream.extraction.fragments import Fragment, Word

LONGEST_SIDE = 960
"""Pixels of the page's longer side when lines are looked for. More finds no more lines and costs as the square."""

UNCLIP_RATIO = 2.0
"""How far a found line is widened again. At the networks' own 1.4 the first and last letters are cut and one space in
forty is lost."""

_LEAST_HEIGHT = 4  # pixels; nothing lower can be read


class PaddleOcr:
    """An ``OcrEngine``. Loads in some seconds and takes about 1 GB; make it through ``LazyOcr``.

    ``threads`` is how many cores one page may use. Raises ``ConfigurationError`` when PaddleOCR or the weights are
    not installed.
    """

    def __init__(self, threads: int = 2) -> None:
        self._networks = Networks(threads)
        self._lines = ThreadPoolExecutor(threads, thread_name_prefix="lines")
        self._tiny = LineReader(self._networks.tiny)
        self._cascade = Cascade(self._tiny, LineReader(self._networks.small))
        self._calibration = Calibration.load()

    @property
    def name(self) -> str:
        """Engine, version, models and settings."""
        return engine_name()

    def read(self, image: Image) -> OcrPage:
        """Read one page; see ``OcrEngine.read``."""
        page = cleaned(image)
        found = upright(page.image, self._networks, self._tiny, LONGEST_SIDE, UNCLIP_RATIO)
        original = turned(image, found.rotation)
        skew = skew_of(found.lines)
        turn = turning(original.shape[1], original.shape[0], skew)
        lines = top_down(found.lines)
        bound = PRISTINE_BOUND if page.pristine else BOUND
        readings = self._lines.map(self._read_line, [cut(found.image, line) for line in lines], repeat(bound))
        fragments = [
            Fragment(tuple(self._words(reading, line / page.scale, turn)))
            for line, reading in zip(lines, readings, strict=True)
            if reading is not None and reading.words
        ]
        return OcrPage(tuple(fragments), levelled(original, skew), found.rotation, skew)

    def _read_line(self, picture: Image, bound: float) -> Reading | None:
        return self._cascade.read(picture, bound) if picture.shape[0] >= _LEAST_HEIGHT else None

    def _words(self, reading: Reading, line: Floats, turn: Floats) -> list[Word]:
        words = []
        for word in reading.words:
            place = part(line, word.span.begin, word.span.end, reading.top, reading.bottom)
            text = amended(word.span.text)
            words.append(Word(text, box_of(place, turn), round(self._calibration.probability(word), 4)))
        return words


def engine_name() -> str:
    """What a ``PaddleOcr`` made here would be called, without the seconds that it takes to load.

    The eight digits at its end change with any weights, bound or calibration. Raises ``ConfigurationError`` when
    PaddleOCR is not installed.
    """
    try:
        version = metadata.version("paddleocr")
    except metadata.PackageNotFoundError as error:
        raise ConfigurationError(
            "PaddleOCR is not installed, and scans need it: install chartstream[documents]"
        ) from error
    stamps = [weights.stamp for weights in (DETECTION, ORIENTATION, TINY_RECOGNITION, SMALL_RECOGNITION)]
    data = resources.files("chartstream.extraction").joinpath("data")
    files = [data.joinpath(name).read_bytes() for name in ("confidence.yaml", "notation.yaml")]
    settings = f"{stamps} {LONGEST_SIDE} {UNCLIP_RATIO} {BOUND} {PRISTINE_BOUND} {REVISION}".encode()
    digest = hashlib.sha256(settings + b"".join(files)).hexdigest()[:8]
    return f"paddleocr {version} PP-OCRv6 tiny+small onnxruntime {digest}"


REVISION = 4
"""Raised with every change to the steps of this engine that may change what it reads."""
