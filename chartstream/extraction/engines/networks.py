"""The networks behind the default engine, each run by the module that PaddleOCR has for it, on onnxruntime.

Detection and page orientation are asked through ``predict``. For recognition the module's runner is called with lines
that we cut and scale by its rules, since ``predict`` gives a line's text and mean score only, and words, their places
and their doubts need the probabilities at each step.
"""

from __future__ import annotations

import logging
import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chartstream.errors import ConfigurationError
from chartstream.extraction.engines.engine import Image
from chartstream.extraction.engines.weights import (
    DETECTION,
    ORIENTATION,
    SMALL_RECOGNITION,
    TINY_RECOGNITION,
    Weights,
    cache_root,
    model_directory,
)

Floats = NDArray[np.float32]


class Recognition:
    """One network that reads lines, several at a time from different threads. ``alphabet[i]`` is what class ``i``
    stands for; class 0 is "no letter".
    """

    def __init__(self, module: Any) -> None:
        self._runner = module.paddlex_predictor.runner
        self.alphabet: tuple[str, ...] = tuple(module.paddlex_predictor.post_op.character)

    def __call__(self, line: Floats) -> Floats:
        """Probabilities of shape (steps, classes) of one line of shape (1, 3, 48, width); a step is eight pixels."""
        probabilities: Floats = self._runner(x=[line])[0][0]
        return probabilities


class Networks:
    """Detection, page orientation and two sizes of recognition.

    ``threads`` is how many cores one page may use. Raises ``ConfigurationError`` when PaddleOCR or the weights are
    not installed.
    """

    def __init__(self, threads: int) -> None:
        # Without these PaddleX asks its model hosts for a sign of life, and there may be no network.
        os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
        os.environ.setdefault("PADDLE_PDX_CACHE_HOME", str(cache_root().parent / "paddlex"))
        try:
            import paddleocr  # noqa: PLC0415 - loads a hundred megabytes of code: only when needed
        except ImportError as error:
            raise ConfigurationError(
                "PaddleOCR is not installed, and a document needs it: install chartstream[documents]"
            ) from error
        logging.getLogger("paddlex").setLevel(logging.WARNING)

        def made(module: Any, weights: Weights, cores: int) -> Any:
            return module(
                model_name=weights.model,
                model_dir=str(model_directory(weights)),
                engine="onnxruntime",
                # Without its arena onnxruntime gives memory back after each call: 1 GB less, at the same speed.
                engine_config={"intra_op_num_threads": cores, "enable_cpu_mem_arena": False},
                device="cpu",
            )

        self._detection = made(paddleocr.TextDetection, DETECTION, threads)
        self._orientation = made(paddleocr.DocImgOrientationClassification, ORIENTATION, 1)
        # One core each, and lines side by side: the threads of a session spin while they wait, on another's core.
        self.tiny = Recognition(made(paddleocr.TextRecognition, TINY_RECOGNITION, 1))
        self.small = Recognition(made(paddleocr.TextRecognition, SMALL_RECOGNITION, 1))

    def detect(self, image: Image, longest_side: int, unclip_ratio: float) -> Floats:
        """Quadrilaterals around lines, shape (n, 4, 2): x and y in pixels, clockwise from the upper left corner.

        The page is looked at with its longer side reduced to ``longest_side`` pixels; ``unclip_ratio`` says by how
        much each shrunken find is widened again.
        """
        found = self._detection.predict(
            np.ascontiguousarray(image[:, :, ::-1]),
            limit_side_len=longest_side,
            limit_type="max",
            unclip_ratio=unclip_ratio,
        )[0]["dt_polys"]
        return np.asarray(found, dtype=np.float32).reshape(-1, 4, 2)

    def orientation(self, image: Image) -> tuple[int, float]:
        """By how many degrees (0, 90, 180, 270) counter-clockwise the page stands turned, and how sure that is."""
        found = self._orientation.predict(np.ascontiguousarray(image[:, :, ::-1]))[0]
        return int(found["label_names"][0]), float(found["scores"][0])
