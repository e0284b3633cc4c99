"""Validation as a service."""

from __future__ import annotations

from chartstream.clock import SystemClock
from chartstream.codesets.library import installed_library
from chartstream.events.coding import CodesProposed
from chartstream.stream.event_work import EventWork
from chartstream.stream.service import Service
from chartstream.stream.wire import codec_from_environment
from chartstream.stream.work import Work
from chartstream.validation.stage import ValidationStage
from services.validation.settings import ValidationSettings
from services.wiring import documents, topic_prefix


def make_work() -> Work:
    """The edits with their code sets, and the rules of the site's policies behind them."""
    edits = ValidationSettings.from_environment().edits()
    return EventWork(
        ValidationStage(documents(), SystemClock(), installed_library(), edits=edits),
        CodesProposed,
        codec_from_environment(),
        topic_prefix(),
    )


SERVICE = Service("validation", CodesProposed, make_work)
