"""Coding as a service."""

from __future__ import annotations

from chartstream.clock import SystemClock
from chartstream.coding.stage import CodingStage
from chartstream.events.extraction import NoteExtracted
from chartstream.stream.event_work import EventWork
from chartstream.stream.service import Service
from chartstream.stream.wire import codec_from_environment
from chartstream.stream.work import Work
from services.coding.coder import configured_coder, imported_coders
from services.coding.settings import LanguageModelSettings
from services.wiring import documents, topic_prefix


def make_work() -> Work:
    """The coders that are asked for, one for each installed release."""
    settings = LanguageModelSettings.from_environment()
    stage = CodingStage(documents(), configured_coder(settings), SystemClock(), others=imported_coders(settings))
    return EventWork(stage, NoteExtracted, codec_from_environment(), topic_prefix())


SERVICE = Service("coding", NoteExtracted, make_work, workers=1)
