"""Which OCR engines read, and how they are reached: ``CHARTSTREAM_OCR_*``."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from chartstream.stream.settings import EnvironmentSettings
from services.secrets import URL, secret


class OcrSettings(EnvironmentSettings):
    """The engines. Without any, the default one alone reads, and no page leaves the process."""

    model_config = SettingsConfigDict(env_prefix="CHARTSTREAM_OCR_", frozen=True, extra="ignore")

    engine: Literal["onnxruntime", "paddlepaddle"] = "onnxruntime"
    """What reads every page image."""
    stronger: Literal["none", "paddlepaddle", "paddleocr_vl", "leapocr"] = "none"
    """What reads again the pages that the policy names."""
    policy: Path | None = None
    """Policy for that; by default the packaged one."""
    unscored: float = Field(default=0.75, ge=0, le=1)
    """Score of words for which a stronger engine states no probability and the default engine read something else."""

    paddle_detection: Path | None = None
    paddle_recognition: Path | None = None
    paddle_orientation: Path | None = None
    """Folders of models in Paddle's format."""
    paddle_device: str = Field(default="cpu", pattern=r"^[a-z]+(:\d+)?$")
    """``cpu``, ``gpu:0``."""

    vl_url: str | None = Field(default=None, pattern=URL, repr=False)
    """Base address of the server of PaddleOCR-VL, with its ``/v1``."""
    vl_model: str = Field(default="PaddleOCR-VL", min_length=1)
    """The name under which it serves the model."""
    vl_backend: Literal["vllm", "sglang", "fastdeploy", "mlx-vlm", "llama-cpp"] = "vllm"
    vl_task: Literal["ocr", "spotting"] = "ocr"
    """How a page is read without a layout model."""
    vl_layout: Path | None = None
    """Folder of the layout model (PP-DocLayoutV3)."""
    vl_key: SecretStr | None = None
    vl_key_file: Path | None = None

    leapocr_url: str | None = Field(default=None, pattern=URL, repr=False)
    """Base address of the service, with its ``/api/v1``."""
    leapocr_model: str = Field(default="standard-v1", min_length=1)
    leapocr_format: Literal["markdown", "structured"] = "markdown"
    leapocr_boxes: bool = False
    """Ask for places of blocks too."""
    leapocr_key: SecretStr | None = None
    leapocr_key_file: Path | None = None
    leapocr_patient_data_may_leave: bool = False
    """The operator's word that pages with patient data may be sent to that service."""

    answer_seconds: float = Field(default=60.0, gt=0)
    """How long one answer of a remote engine is waited for."""
    page_seconds: float = Field(default=300.0, gt=0)
    """How long a remote engine may take for a page, tries and waits included."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for name in ("vl_key", "leapocr_key"):
            if getattr(self, name) is not None and getattr(self, f"{name}_file") is not None:
                raise ValueError(f"{name} and {name}_file are both set; keep one")
        if "paddlepaddle" in {self.engine, self.stronger} and None in {self.paddle_detection, self.paddle_recognition}:
            raise ValueError("paddlepaddle needs paddle_detection and paddle_recognition, folders of models")
        if self.engine == self.stronger:
            raise ValueError("engine and stronger are the same; set stronger to none")
        if self.stronger == "paddleocr_vl" and self.vl_url is None:
            raise ValueError("paddleocr_vl needs vl_url, the address of its server")
        if self.stronger == "leapocr":
            self._may_leave()
        return self

    def _may_leave(self) -> None:
        if self.leapocr_url is None or (self.leapocr_key is None and self.leapocr_key_file is None):
            raise ValueError("leapocr needs leapocr_url and leapocr_key or leapocr_key_file")
        if not self.leapocr_patient_data_may_leave:
            raise ValueError(
                "leapocr sends pages with patient data to a service outside; "
                "set leapocr_patient_data_may_leave to true if there is an agreement that allows it"
            )

    def secret(self, name: Literal["vl_key", "leapocr_key"]) -> str | None:
        """A key, from its variable or file; None when neither is set.

        Raises ``ConfigurationError`` when the file cannot be read or is empty.
        """
        return secret(getattr(self, name), getattr(self, f"{name}_file"))
