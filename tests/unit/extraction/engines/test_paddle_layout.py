"""The layout model of PaddleOCR-VL: its regions in reading order, and what is missing is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import paddleocr
import pytest

from chartstream.errors import ConfigurationError
from chartstream.extraction.engines.engine import Image
from chartstream.extraction.engines.paddle_layout import PaddleLayout, blocks_of, layout_name
from chartstream.extraction.engines.paddleocr_vl import Block
from chartstream.extraction.fragments import Box
from tests.unit.paper import paper

FOUND = [
    {"cls_id": 1, "label": "text", "score": 0.9, "coordinate": [500, 40, 900, 80], "order": 2},
    {"cls_id": 2, "label": "table", "score": 0.9, "coordinate": [np.float32(10), 20, 400, 60], "order": 1},
]


def test_the_models_own_order_is_kept_and_others_are_read_from_the_top() -> None:
    text, table = Block("text", Box(500, 40, 900, 80)), Block("table", Box(10, 20, 400, 60))
    assert blocks_of(FOUND) == [text, table]
    assert blocks_of([{**box, "order": None} for box in FOUND]) == [table, text]
    assert blocks_of([]) == []


def test_the_model_is_loaded_with_the_first_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inference.yml").write_text("Global: {model_name: PP-DocLayoutV3}\n")
    (tmp_path / "inference.onnx").write_bytes(b"")
    made: list[dict[str, str]] = []

    class Detection:
        def __init__(self, **options: str) -> None:
            made.append(options)

        def predict(self, image: Image) -> list[dict[str, object]]:
            assert image[0, 0].tolist() == [3, 2, 1]  # blue first
            return [{"boxes": FOUND}]

    monkeypatch.setattr(paddleocr, "LayoutDetection", Detection)
    layout = PaddleLayout(tmp_path)
    assert made == []
    page = paper(20, 20)
    page[:, :] = (1, 2, 3)
    assert [block.label for block in layout(page)] == [block.label for block in layout(page)] == ["text", "table"]
    assert [(options["model_name"], options["engine"]) for options in made] == [("PP-DocLayoutV3", "onnxruntime")]


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds no layout model"):
        layout_name(tmp_path)
    (tmp_path / "inference.yml").write_text("Global: {model_name: no-such-model}\n")
    (tmp_path / "inference.onnx").write_bytes(b"no model")
    with pytest.raises(ConfigurationError, match="cannot be loaded"):
        PaddleLayout(tmp_path)(paper(20, 20))
