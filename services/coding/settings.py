"""Who codes: the engine alone, or a language model before it: ``CHARTSTREAM_CODING_LM_*``."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from chartstream.stream.settings import EnvironmentSettings
from services.secrets import URL, secret


class LanguageModelSettings(EnvironmentSettings):
    """Without ``url`` no language model is asked, and no note leaves the process."""

    model_config = SettingsConfigDict(env_prefix="CHARTSTREAM_CODING_LM_", frozen=True, extra="ignore")

    url: str | None = Field(default=None, pattern=URL, repr=False)
    """Base address of a server of chat completions, with its ``/v1``."""
    model: str = Field(default="", repr=True)
    """The name under which it serves the model."""
    key: SecretStr | None = None
    key_file: Path | None = None
    patient_data_may_leave: bool = False
    """The operator's word that whole notes may be sent to that server."""
    answer_seconds: float = Field(default=60.0, gt=0)
    """How long one answer is waited for."""
    note_seconds: float = Field(default=120.0, gt=0)
    """How long a note may take, tries and waits included."""
    unproven: float = Field(default=0.5, gt=0, lt=1)
    """Confidence of a code that the model chose and the engine did not propose."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.url is None:
            return self
        if not self.model:
            raise ValueError("url needs model, the name under which the server serves it")
        if self.key is not None and self.key_file is not None:
            raise ValueError("key and key_file are both set; keep one")
        if not self.patient_data_may_leave:
            raise ValueError(
                "a language model is sent whole notes; set patient_data_may_leave to true if its server is yours, or "
                "there is an agreement that allows it"
            )
        return self

    def bearer(self) -> str | None:
        """The key, from its variable or file. Raises ``ConfigurationError`` for a file that has none."""
        return secret(self.key, self.key_file)
