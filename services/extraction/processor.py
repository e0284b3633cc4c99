"""Extraction as a service."""

from __future__ import annotations

from chartstream.clock import SystemClock
from chartstream.events.documents import NoteAccepted
from chartstream.extraction.cached_reading import CachedReading
from chartstream.extraction.stage import ExtractionStage
from chartstream.stream.event_work import EventWork
from chartstream.stream.service import Service
from chartstream.stream.wire import codec_from_environment
from chartstream.stream.work import Work
from services.extraction.ocr import ConfiguredOcr
from services.extraction.settings import OcrSettings
from services.wiring import cache, documents, topic_prefix


def make_work() -> Work:
    """Extraction with its ports; an OCR engine is loaded when the first image comes."""
    store = documents()
    ocr = ConfiguredOcr(OcrSettings.from_environment())
    stage = ExtractionStage(store, ocr.make, SystemClock(), CachedReading(cache(), store, ocr.name))
    return EventWork(stage, NoteAccepted, codec_from_environment(), topic_prefix())


# two workers: while one reads a long scan, the other reads the notes beside it
SERVICE = Service("extraction", NoteAccepted, make_work, workers=2)
