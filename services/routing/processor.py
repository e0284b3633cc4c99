"""Routing as a service."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chartstream.clock import SystemClock
from chartstream.events.memory import ClaimMemory
from chartstream.events.validation import CodesValidated
from chartstream.routing.certificate import Certificate
from chartstream.routing.policy import Policy, default_policy
from chartstream.routing.stage import RoutingStage
from chartstream.stream.event_work import RememberingWork
from chartstream.stream.service import Service
from chartstream.stream.settings import EnvironmentSettings
from chartstream.stream.wire import codec_from_environment
from chartstream.stream.work import Work
from services.wiring import topic_prefix


class RoutingSettings(EnvironmentSettings):
    """What routing decides by: ``CHARTSTREAM_ROUTING_*``."""

    model_config = SettingsConfigDict(env_prefix="CHARTSTREAM_ROUTING_", frozen=True, extra="ignore")

    certificate: Path | None = Field(default=None)
    """Certificate under which claims are released automatically; without one everything goes to a person."""
    policy: Path | None = Field(default=None)
    """Policy of risk classes; by default the packaged one."""


def make_work() -> Work:
    """Routing with its policy and certificate."""
    settings = RoutingSettings.from_environment()
    certificate = Certificate.load(settings.certificate) if settings.certificate else None
    policy = Policy.load(settings.policy) if settings.policy else default_policy()
    stage = RoutingStage(SystemClock(), certificate, policy)
    return RememberingWork(stage, CodesValidated, ClaimMemory, codec_from_environment(), topic_prefix())


SERVICE = Service("routing", CodesValidated, make_work, remembers=ClaimMemory)
