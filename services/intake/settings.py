"""What intake can be told: ``CHARTSTREAM_INTAKE_*``."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from chartstream.intake.policy import Policy, default_policy, load_policy
from chartstream.stream.settings import EnvironmentSettings


class IntakeSettings(EnvironmentSettings):
    """Without any, the packaged policy holds."""

    model_config = SettingsConfigDict(env_prefix="CHARTSTREAM_INTAKE_", frozen=True, extra="ignore")

    policy: Path | None = None
    """A YAML file that says what differs from the packaged policy."""

    def loaded_policy(self) -> Policy:
        """The policy that holds here. Raises ``ConfigurationError`` when the file is missing or wrong."""
        return load_policy(self.policy) if self.policy is not None else default_policy()
