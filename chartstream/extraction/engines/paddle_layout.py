"""The layout model that goes with PaddleOCR-VL (PP-DocLayoutV3), from a folder of the site's."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from chartstream.errors import ConfigurationError
from chartstream.extraction.engines.engine import Image
from chartstream.extraction.engines.paddleocr_vl import Block
from chartstream.extraction.fragments import Box
from chartstream.home import cache_home


class PaddleLayout:
    """A ``LayoutModel``; loads with the first page.

    ``folder`` holds ``inference.yml`` and the model: ``inference.onnx`` runs on onnxruntime, Paddle's own format on
    PaddlePaddle, which must be installed then.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = layout_name(folder)
        self._model: Any = None

    def __call__(self, image: Image) -> Sequence[Block]:
        """The regions of a page in reading order. Raises ``ConfigurationError`` when the model cannot be loaded."""
        if self._model is None:
            self._model = self._loaded()
        return blocks_of(self._model.predict(np.ascontiguousarray(image[:, :, ::-1]))[0]["boxes"])

    def _loaded(self) -> Any:
        # Without these PaddleX asks its model hosts for a sign of life, and there may be no network.
        os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
        os.environ.setdefault("PADDLE_PDX_CACHE_HOME", str(cache_home() / "paddlex"))
        engine = "onnxruntime" if (self._folder / "inference.onnx").is_file() else "paddle_static"
        try:
            from paddleocr import LayoutDetection  # noqa: PLC0415 - loads half a gigabyte of code: only when needed

            logging.getLogger("paddlex").setLevel(logging.WARNING)
            name = self._name.rpartition(" ")[0]
            return LayoutDetection(model_name=name, model_dir=str(self._folder), engine=engine, device="cpu")
        except (ImportError, RuntimeError, ValueError, OSError, KeyError) as error:
            raise ConfigurationError(
                f"the layout model in the folder {self._folder.name} cannot be loaded ({type(error).__name__}); "
                "give a folder with inference.yml and inference.onnx, or install the extra paddle"
            ) from error


def layout_name(folder: Path) -> str:
    """The model's name and a hash of its description. Raises ``ConfigurationError`` when there is none."""
    try:
        description = (folder / "inference.yml").read_bytes()
        name = str(yaml.safe_load(description)["Global"]["model_name"])
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"the folder {folder.name} holds no layout model: no inference.yml with Global.model_name; correct the path"
        ) from error
    return f"{name} {hashlib.sha256(description).hexdigest()[:8]}"


def blocks_of(boxes: Sequence[Mapping[str, Any]]) -> list[Block]:
    """PaddleX's regions; models that know the reading order give them in it, others are read from the top."""
    blocks = [Block(str(box["label"]), Box(*(float(side) for side in box["coordinate"]))) for box in boxes]
    if any(box.get("order") is not None for box in boxes):
        return blocks
    return sorted(blocks, key=lambda block: (block.box.y0, block.box.x0))
