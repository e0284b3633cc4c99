"""What validation can be told: ``CHARTSTREAM_VALIDATION_*``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from pydantic_settings import SettingsConfigDict

from chartstream.stream.settings import EnvironmentSettings
from chartstream.validation.edits import EDITS
from chartstream.validation.policy.edits import policy_edits
from chartstream.validation.registry import Edit


class ValidationSettings(EnvironmentSettings):
    """Without any, the edits of the product hold alone."""

    model_config = SettingsConfigDict(env_prefix="CHARTSTREAM_VALIDATION_", frozen=True, extra="ignore")

    policy: str = ""
    """Policy files, separated as in ``PATH``: their rules add to what the edits find."""

    def edits(self) -> Sequence[Edit]:
        """The edits, then the policies. Raises ``ConfigurationError`` for a file that is missing or wrong."""
        paths = [Path(path) for path in self.policy.split(os.pathsep) if path]
        return (*EDITS, *policy_edits(paths))
