"""Intake as a service."""

from __future__ import annotations

from chartstream.clock import SystemClock
from chartstream.events.documents import NoteSubmitted
from chartstream.events.memory import SubmissionMemory
from chartstream.intake.sandbox import SandboxedInspector
from chartstream.intake.stage import IntakeStage
from chartstream.stream.event_work import RememberingWork
from chartstream.stream.service import Service
from chartstream.stream.wire import codec_from_environment
from chartstream.stream.work import Work
from services.intake.settings import IntakeSettings
from services.wiring import documents, topic_prefix


def make_work() -> Work:
    """Intake with its ports."""
    inspector = SandboxedInspector(IntakeSettings.from_environment().loaded_policy())
    stage = IntakeStage(documents(), SystemClock(), inspect=inspector)
    return RememberingWork(stage, NoteSubmitted, SubmissionMemory, codec_from_environment(), topic_prefix())


# in a worker, which waits for its sandbox: pages take long to measure, and the loop must go on
SERVICE = Service("intake", NoteSubmitted, make_work, remembers=SubmissionMemory, workers=1)
