"""PaddleOCR on onnxruntime: PP-OCRv6 small detection and recognition, and page orientation.

Orientation of single text lines stays off: a line turned wrongly reads as other numbers ("98" as "86").
"""

from __future__ import annotations

import logging
import os
from importlib import metadata
from typing import Any

import numpy as np

from chartstream.errors import ConfigurationError
from chartstream.extraction.engines.engine import Image, OcrPage
from chartstream.extraction.engines.weights import DETECTION, ORIENTATION, RECOGNITION, cache_root, model_directory
from chartstream.extraction.fragments import Box, Fragment


class PaddleOcr:
    """An ``OcrEngine``. Loads in some seconds and takes about 1.3 GB; make it through ``LazyOcr``.

    ``threads`` is how many cores one page may use. Raises ``ConfigurationError`` when PaddleOCR or the weights are
    not installed.
    """

    def __init__(self, threads: int = 2) -> None:
        # Without these PaddleX asks its model hosts for a sign of life, and there may be no network.
        os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
        os.environ.setdefault("PADDLE_PDX_CACHE_HOME", str(cache_root().parent / "paddlex"))
        try:
            from paddleocr import PaddleOCR  # noqa: PLC0415 - loads half a gigabyte of code: only when needed
        except ImportError as error:
            raise ConfigurationError(
                "PaddleOCR is not installed, and a document needs it: install chartstream[documents]"
            ) from error
        logging.getLogger("paddlex").setLevel(logging.WARNING)
        self._reader = PaddleOCR(
            text_detection_model_name="PP-OCRv6_small_det",
            text_detection_model_dir=str(model_directory(DETECTION)),
            text_recognition_model_name="PP-OCRv6_small_rec",
            text_recognition_model_dir=str(model_directory(RECOGNITION)),
            doc_orientation_classify_model_name="PP-LCNet_x1_0_doc_ori",
            doc_orientation_classify_model_dir=str(model_directory(ORIENTATION)),
            use_doc_orientation_classify=True,
            use_doc_unwarping=False,
            use_textline_orientation=False,
            text_det_limit_side_len=1280,
            text_det_limit_type="max",
            engine="onnxruntime",
            engine_config={"intra_op_num_threads": threads},
            device="cpu",
        )

    @property
    def name(self) -> str:
        """Engine, version and models."""
        return engine_name()

    def read(self, image: Image) -> OcrPage:
        """Read one page; see ``OcrEngine.read``."""
        result = self._reader.predict(np.ascontiguousarray(image[:, :, ::-1]))[0]
        # PaddleX states the angle counter-clockwise, and -1 where it did not look.
        rotation = -max(int(result["doc_preprocessor_res"]["angle"]), 0) % 360
        upright = np.ascontiguousarray(np.rot90(image, -rotation // 90))
        return OcrPage(tuple(_fragments(result)), upright, rotation)


def engine_name() -> str:
    """What a ``PaddleOcr`` made here would be called, without the seconds that it takes to load.

    Raises ``ConfigurationError`` when PaddleOCR is not installed.
    """
    try:
        return f"paddleocr {metadata.version('paddleocr')} PP-OCRv6_small onnxruntime"
    except metadata.PackageNotFoundError as error:
        raise ConfigurationError(
            "PaddleOCR is not installed, and scans need it: install chartstream[documents]"
        ) from error


def _fragments(result: Any) -> list[Fragment]:
    found = zip(result["rec_texts"], result["rec_scores"], result["rec_boxes"], strict=True)
    return [
        Fragment.of_line(text.strip(), Box(*(float(side) for side in box)), round(float(score), 4))
        for text, score, box in found
        if text.strip()
    ]
