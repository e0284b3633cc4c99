"""Extraction's OCR engines from the environment: what is missing is named, nothing leaves the site unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chartstream.errors import ConfigurationError
from chartstream.extraction.engines.choice import ChosenOcr
from chartstream.extraction.engines.policy import default_policy
from services.extraction import ocr
from services.extraction.ocr import ConfiguredOcr
from services.extraction.settings import OcrSettings

LEAPOCR = {
    "stronger": "leapocr",
    "leapocr_url": "https://ocr.example/api/v1",
    "leapocr_key": "very-secret",
    "leapocr_patient_data_may_leave": "true",
}
VL = {"stronger": "paddleocr_vl", "vl_url": "http://vl.example:8000/v1"}


class NoModels:
    """Stands in for the default engine, which takes seconds to load."""

    name = "plain 1"


@pytest.fixture(autouse=True)
def _no_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "PaddleOcr", NoModels)
    monkeypatch.setattr(ocr, "onnxruntime_name", lambda: "plain 1")


def settings(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> OcrSettings:
    for name, value in given.items():
        monkeypatch.setenv(f"CHARTSTREAM_OCR_{name.upper()}", value)
    return OcrSettings.from_environment()


def test_without_settings_the_default_engine_reads_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    configured = ConfiguredOcr(settings(monkeypatch, {}))
    assert configured.name == "plain 1"
    assert isinstance(configured.make(), NoModels)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (VL, "paddleocr-vl PaddleOCR-VL ocr"),
        ({**VL, "vl_task": "spotting", "vl_model": "vl-1.6"}, "paddleocr-vl vl-1.6 spotting"),
        (LEAPOCR, "leapocr standard-v1 markdown"),
        ({**LEAPOCR, "leapocr_format": "structured", "leapocr_model": "pro-v1"}, "leapocr pro-v1 structured"),
    ],
)
def test_the_name_under_which_readings_are_kept_is_that_of_the_engine(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], says: str
) -> None:
    configured = ConfiguredOcr(settings(monkeypatch, given))
    made = configured.make()
    assert isinstance(made, ChosenOcr)
    assert made.name == configured.name
    assert f"plain 1; {says} by policy" in configured.name
    assert "example" not in configured.name


def test_another_policy_keeps_its_readings_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = ConfiguredOcr(settings(monkeypatch, VL)).name
    file = tmp_path / "policy.yaml"
    file.write_text(yaml.safe_dump(default_policy().model_dump(mode="json") | {"required": True}))
    assert ConfiguredOcr(settings(monkeypatch, {"policy": str(file)})).name != first


@pytest.mark.parametrize("missing", ["leapocr_patient_data_may_leave", "leapocr_key", "leapocr_url"])
def test_leapocr_needs_an_address_a_key_and_the_operators_word(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    given = {name: value for name, value in LEAPOCR.items() if name != missing}
    with pytest.raises(ConfigurationError, match=missing) as caught:
        settings(monkeypatch, given)
    assert "very-secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"stronger": "paddleocr_vl"}, "vl_url"),
        ({"engine": "paddlepaddle"}, "paddle_detection"),
        (
            {"engine": "paddlepaddle", "stronger": "paddlepaddle", "paddle_detection": "a", "paddle_recognition": "b"},
            "same",
        ),
        ({**VL, "vl_url": "vl.example"}, "VL_URL"),
        ({**VL, "vl_key": "a", "vl_key_file": "b"}, "keep one"),
        ({"stronger": "tesseract"}, "STRONGER"),
        ({"page_seconds": "0"}, "PAGE_SECONDS"),
    ],
)
def test_what_cannot_be_is_named(monkeypatch: pytest.MonkeyPatch, given: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        settings(monkeypatch, given)


def test_a_key_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "key"
    given = settings(monkeypatch, {**VL, "vl_key_file": str(file)})
    with pytest.raises(ConfigurationError, match="cannot be read"):
        ConfiguredOcr(given)
    file.write_text("\n")
    with pytest.raises(ConfigurationError, match="empty"):
        ConfiguredOcr(given)
    file.write_text("a-key\n")
    assert given.secret("vl_key") == "a-key"
    assert given.secret("leapocr_key") is None


def test_no_key_or_address_shows_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = repr(settings(monkeypatch, LEAPOCR))
    assert "very-secret" not in shown
    assert "ocr.example" not in shown
