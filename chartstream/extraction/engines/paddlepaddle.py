"""PaddleOCR on PaddlePaddle, for sites that have models in Paddle's own format, or hardware that only it drives.

Needs the extra ``paddle``. As with onnxruntime, orientation of single text lines stays off.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from chartstream.errors import ConfigurationError
from chartstream.extraction.engines.engine import Image, OcrPage
from chartstream.extraction.fragments import Box, Fragment
from chartstream.home import cache_home

_FILES = (("inference.json", "inference.pdiparams"), ("inference.pdmodel", "inference.pdiparams"))


@dataclass(frozen=True, slots=True)
class PaddleModels:
    """Folders in Paddle's format: ``inference.yml`` with ``inference.pdiparams`` and ``.pdmodel`` or ``.json``.

    Without ``orientation`` (PP-LCNet_x1_0_doc_ori) pages are read as they stand.
    """

    detection: Path
    recognition: Path
    orientation: Path | None = None


class PaddlePaddleOcr:
    """An ``OcrEngine``. Loads in some seconds and takes about 1.7 GB; make it through ``LazyOcr``.

    ``threads`` is how many cores one page may use, ``device`` what PaddlePaddle calls it (``cpu``, ``gpu:0``). Raises
    ``ConfigurationError`` when PaddlePaddle or a model is missing.
    """

    def __init__(self, models: PaddleModels, threads: int = 2, device: str = "cpu") -> None:
        self._name = engine_name(models)
        # Without these PaddleX asks its model hosts for a sign of life, and there may be no network.
        os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
        os.environ.setdefault("PADDLE_PDX_CACHE_HOME", str(cache_home() / "paddlex"))
        from paddleocr import PaddleOCR  # noqa: PLC0415 - loads half a gigabyte of code: only when needed

        logging.getLogger("paddlex").setLevel(logging.WARNING)
        turned = {}
        if models.orientation is not None:
            turned = {
                "doc_orientation_classify_model_name": _model_name(models.orientation),
                "doc_orientation_classify_model_dir": str(models.orientation),
            }
        self._turns = bool(turned)
        self._reader = PaddleOCR(
            text_detection_model_name=_model_name(models.detection),
            text_detection_model_dir=str(models.detection),
            text_recognition_model_name=_model_name(models.recognition),
            text_recognition_model_dir=str(models.recognition),
            **turned,
            use_doc_orientation_classify=self._turns,
            use_doc_unwarping=False,
            use_textline_orientation=False,
            text_det_limit_side_len=1280,
            text_det_limit_type="max",
            engine="paddle_static",
            cpu_threads=threads,
            device=device,
        )

    @property
    def name(self) -> str:
        """Engine, versions and models, with a hash of these."""
        return self._name

    def read(self, image: Image) -> OcrPage:
        """Read one page; see ``OcrEngine.read``."""
        result = self._reader.predict(np.ascontiguousarray(image[:, :, ::-1]))[0]
        # PaddleX states the angle counter-clockwise, and -1 where it did not look.
        angle = int(result["doc_preprocessor_res"]["angle"]) if self._turns else 0
        rotation = -max(angle, 0) % 360
        return OcrPage(_fragments(result), np.ascontiguousarray(np.rot90(image, -rotation // 90)), rotation)


def engine_name(models: PaddleModels) -> str:
    """What a ``PaddlePaddleOcr`` of these models is called: other weights under the same name have another hash.

    Raises ``ConfigurationError`` when PaddlePaddle is not installed or a folder holds no model of its format.
    """
    for package in ("paddle", "paddleocr"):
        if importlib.util.find_spec(package) is None:
            raise ConfigurationError(
                "PaddlePaddle is not installed, and the engine paddlepaddle needs it: "
                "install chartstream[documents,paddle], or set the engine onnxruntime"
            )
    folders = [models.detection, models.recognition, *([models.orientation] if models.orientation else [])]
    names = " ".join(_model_name(folder) for folder in folders)
    versions = f"paddleocr {metadata.version('paddleocr')} paddlepaddle {_version()}"
    return f"{versions} {names} {_digest(folders)[:12]}"


def _version() -> str:
    """The graphics card's build is a distribution of another name."""
    for distribution in ("paddlepaddle", "paddlepaddle-gpu"):
        try:
            return metadata.version(distribution)
        except metadata.PackageNotFoundError:
            continue
    return "unknown"


def _model_name(folder: Path) -> str:
    try:
        description = yaml.safe_load((folder / "inference.yml").read_text(encoding="utf-8"))
        return str(description["Global"]["model_name"])
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"the folder {folder.name} holds no model: no inference.yml with Global.model_name; "
            "give a folder in the format of PaddleOCR 3"
        ) from error


def _digest(folders: list[Path]) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        files = next((pair for pair in _FILES if all((folder / name).is_file() for name in pair)), None)
        if files is None:
            raise ConfigurationError(
                f"the folder {folder.name} holds no model for PaddlePaddle: inference.pdiparams with inference.json "
                "or inference.pdmodel is needed; models in ONNX are for the engine onnxruntime"
            )
        for name in (*files, "inference.yml"):
            with (folder / name).open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _fragments(result: Any) -> tuple[Fragment, ...]:
    found = zip(result["rec_texts"], result["rec_scores"], result["rec_boxes"], strict=True)
    return tuple(
        Fragment.of_line(text.strip(), Box(*(float(side) for side in box)), round(float(score), 4))
        for text, score, box in found
        if text.strip()
    )
