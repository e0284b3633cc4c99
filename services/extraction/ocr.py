"""The OCR engine of this process, from its settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chartstream.clock import SystemClock
from chartstream.errors import ConfigurationError
from chartstream.extraction.engines import paddlepaddle
from chartstream.extraction.engines.chat import ChatModel
from chartstream.extraction.engines.choice import ChosenOcr, chosen_name
from chartstream.extraction.engines.engine import LazyOcr, OcrEngine
from chartstream.extraction.engines.leapocr import LeapOcr
from chartstream.extraction.engines.leapocr_client import LeapOcrClient
from chartstream.extraction.engines.paddle import PaddleOcr
from chartstream.extraction.engines.paddle import engine_name as onnxruntime_name
from chartstream.extraction.engines.paddle_layout import PaddleLayout, layout_name
from chartstream.extraction.engines.paddleocr_vl import PaddleOcrVl
from chartstream.extraction.engines.page_fields import page_schema
from chartstream.extraction.engines.policy import EnginePolicy, default_policy
from chartstream.remote import Patience, RemoteService
from services.extraction.settings import OcrSettings


class ConfiguredOcr:
    """What the settings ask for. Making it reads the settings' files and loads no model.

    ``name`` is known at once, since readings are kept under it. Raises ``ConfigurationError`` for a model, key or
    policy that is missing.
    """

    def __init__(self, settings: OcrSettings) -> None:
        self._settings = settings
        self._policy = EnginePolicy.load(settings.policy) if settings.policy else default_policy()
        self._stronger = _stronger(settings)
        default = _default_name(settings)
        self.name = chosen_name(default, self._stronger.name, self._policy) if self._stronger else default

    def make(self) -> OcrEngine:
        """The engine. Models load with the first page that needs them."""
        settings = self._settings
        default: OcrEngine = PaddleOcr() if settings.engine == "onnxruntime" else _paddlepaddle(settings)
        return ChosenOcr(default, self._stronger, self._policy, SystemClock()) if self._stronger else default


def _default_name(settings: OcrSettings) -> str:
    return onnxruntime_name() if settings.engine == "onnxruntime" else paddlepaddle.engine_name(_models(settings))


def _stronger(settings: OcrSettings) -> OcrEngine | None:
    match settings.stronger:
        case "paddlepaddle":
            return _Named(paddlepaddle.engine_name(_models(settings)), LazyOcr(lambda: _paddlepaddle(settings)))
        case "paddleocr_vl":
            return _paddleocr_vl(settings)
        case "leapocr":
            return _leapocr(settings)
        case "none":
            return None


class _Named(LazyOcr):
    """A lazy engine whose name is known before it is loaded."""

    def __init__(self, name: str, engine: LazyOcr) -> None:
        super().__init__(lambda: engine)
        self._name = name

    @property
    def name(self) -> str:
        return self._name


def _models(settings: OcrSettings) -> paddlepaddle.PaddleModels:
    detection, recognition = settings.paddle_detection, settings.paddle_recognition
    if detection is None or recognition is None:
        raise ConfigurationError(
            "paddlepaddle needs CHARTSTREAM_OCR_PADDLE_DETECTION and _PADDLE_RECOGNITION; set both"
        )
    return paddlepaddle.PaddleModels(detection, recognition, settings.paddle_orientation)


def _paddlepaddle(settings: OcrSettings) -> paddlepaddle.PaddlePaddleOcr:
    return paddlepaddle.PaddlePaddleOcr(_models(settings), device=settings.paddle_device)


def _paddleocr_vl(settings: OcrSettings) -> PaddleOcrVl:
    key = settings.secret("vl_key")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    service = RemoteService("PaddleOCR-VL", settings.vl_url or "", headers, _patience(settings))
    model = ChatModel(service, settings.vl_model, settings.vl_backend, settings.unscored)
    folder: Path | None = settings.vl_layout
    how: dict[str, Any] = {"layout": PaddleLayout(folder)} if folder else {"task": settings.vl_task}
    name = f"paddleocr-vl {settings.vl_model} {layout_name(folder) if folder else settings.vl_task}"
    return PaddleOcrVl(model, name, seconds=settings.page_seconds, **how)


def _leapocr(settings: OcrSettings) -> LeapOcr:
    headers = {"X-API-KEY": settings.secret("leapocr_key") or ""}
    service = RemoteService("LeapOCR", settings.leapocr_url or "", headers, _patience(settings))
    structured = settings.leapocr_format == "structured"
    return LeapOcr(
        LeapOcrClient(service),
        settings.leapocr_model,
        form=settings.leapocr_format,
        schema=page_schema() if structured else None,
        boxes=settings.leapocr_boxes,
        unscored=settings.unscored,
        seconds=settings.page_seconds,
    )


def _patience(settings: OcrSettings) -> Patience:
    return Patience(answer=settings.answer_seconds)
