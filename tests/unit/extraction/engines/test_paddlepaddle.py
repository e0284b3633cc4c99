"""PaddleOCR on PaddlePaddle: what is missing is named; read for real where it is installed and models are given."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest
import reportlab
from PIL import Image, ImageDraw, ImageFont

from chartstream.errors import ConfigurationError
from chartstream.extraction.engines import paddlepaddle
from chartstream.extraction.engines.paddlepaddle import PaddleModels, PaddlePaddleOcr, engine_name

INSTALLED = importlib.util.find_spec("paddle") is not None
MODELS = os.environ.get("CHARTSTREAM_TEST_PADDLE_MODELS")
"""A folder with the folders ``detection`` and ``recognition`` in Paddle's format."""


@pytest.fixture
def models(tmp_path: Path) -> PaddleModels:
    for name in ("detection", "recognition"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "inference.yml").write_text(f"Global: {{model_name: some_{name}}}\n")
        (folder / "inference.pdmodel").write_bytes(b"model")
        (folder / "inference.pdiparams").write_bytes(b"parameters")
    return PaddleModels(tmp_path / "detection", tmp_path / "recognition")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paddlepaddle.importlib.util, "find_spec", lambda name: name)


@pytest.mark.skipif(INSTALLED, reason="PaddlePaddle is installed")
def test_without_paddlepaddle_the_remedy_is_named(models: PaddleModels) -> None:
    with pytest.raises(ConfigurationError, match=r"chartstream\[documents,paddle\]"):
        PaddlePaddleOcr(models)


@pytest.mark.usefixtures("installed")
def test_the_name_tells_other_weights_of_the_same_name(models: PaddleModels) -> None:
    first = engine_name(models)
    assert "some_detection some_recognition" in first
    assert engine_name(models) == first
    (models.recognition / "inference.pdiparams").write_bytes(b"other parameters")
    assert engine_name(models) != first


@pytest.mark.usefixtures("installed")
def test_a_folder_without_a_model_is_named(models: PaddleModels) -> None:
    (models.recognition / "inference.pdmodel").rename(models.recognition / "inference.onnx")
    with pytest.raises(ConfigurationError, match="recognition holds no model for PaddlePaddle"):
        engine_name(models)
    (models.detection / "inference.yml").write_text("Global: []")
    with pytest.raises(ConfigurationError, match="detection holds no model"):
        engine_name(models)


@pytest.mark.ocr
@pytest.mark.skipif(not MODELS, reason="CHARTSTREAM_TEST_PADDLE_MODELS names no folder of models in Paddle's format")
@pytest.mark.skipif(not INSTALLED, reason="PaddlePaddle is not installed (requirements/paddle.lock)")
def test_a_page_is_read() -> None:
    folder = Path(MODELS or "")
    image = Image.new("RGB", (1100, 500), "white")
    font = ImageFont.truetype(str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"), 30)
    for row, text in enumerate(("Hypertension", "Atrial fibrillation")):
        ImageDraw.Draw(image).text((100, 100 + 100 * row), text, font=font, fill="black")
    page = PaddlePaddleOcr(PaddleModels(folder / "detection", folder / "recognition")).read(np.asarray(image))
    assert ["".join(line.text.split()) for line in page.fragments] == ["Hypertension", "Atrialfibrillation"]
    assert page.fragments[0].box.x0 == pytest.approx(100, abs=10)
    assert min(line.confidence for line in page.fragments) > 0.9
