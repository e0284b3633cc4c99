"""A stage as a process: settings from the environment, signals, probes, one processor.

What a deployable has to say is in ``Service``: which stage, what it reads, what it remembers, how its work is made.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from dataclasses import dataclass

from confluent_kafka import KafkaException
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chartstream.clock import SystemClock
from chartstream.errors import ConfigurationError
from chartstream.events.catalogue import TOPICS
from chartstream.events.codec import Codec
from chartstream.events.head import Event
from chartstream.events.record import Record
from chartstream.ports import DocumentStore
from chartstream.stream import garbage, logs
from chartstream.stream.dead_letters import DeadLetterOffice, TooManyDeadLetters
from chartstream.stream.health import HealthServer
from chartstream.stream.processor import Processor, Ticket, Tuning
from chartstream.stream.retry import RetryPolicy
from chartstream.stream.settings import EnvironmentSettings, KafkaSettings
from chartstream.stream.work import WorkFactory
from chartstream.stream.workers import InlineWorker, Worker, WorkerPool

log = logging.getLogger(__name__)

_ALIVE_SECONDS = 60.0
"""A loop that has not turned for so long hangs: a turn takes a tenth of a second, a bad transaction some ten."""


class ProcessSettings(EnvironmentSettings):
    """How one process of a stage runs: ``CHARTSTREAM_*``."""

    model_config = SettingsConfigDict(env_prefix="CHARTSTREAM_", frozen=True, extra="ignore")

    workers: int | None = Field(default=None, ge=0, le=256)
    """Spawned worker processes; 0 does the work in the loop's own process. By default what the stage asks for."""
    task_seconds: float = Field(default=900.0, gt=0)
    """The longest that one encounter may take before its worker is killed and it becomes a dead letter."""
    linger_seconds: float = Field(default=Tuning.linger_seconds, ge=0, le=5)
    """How long what is ready waits for more, while more is coming."""
    drain_seconds: float = Field(default=Tuning.drain_seconds, ge=0)
    """How long a stopping process goes on with what it has begun; keep it below the orchestrator's grace period."""
    longest_poll_seconds: float = Field(default=Tuning.longest_poll_seconds, ge=1)
    """Kafka's max.poll.interval, in seconds."""
    session_seconds: float = Field(default=Tuning.session_seconds, ge=6)
    """Kafka's session.timeout, in seconds; brokers take none below 6."""
    unknown_schema_seconds: float = Field(default=RetryPolicy.unknown_schema_seconds, ge=0)
    """How long an unknown schema is waited for before its record becomes a dead letter."""
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=0, ge=0, le=65535)
    """Port of /livez, /readyz and /metrics; 0 takes a free one, which the log names."""
    log_level: str = Field(default="INFO", pattern="(?i)^(debug|info|warning|error)$")


@dataclass(frozen=True, slots=True)
class Service:
    """One deployable of the chain."""

    stage: str
    consumes: type[Event]
    work: WorkFactory
    """Made in each worker process, so it must be picklable."""
    remembers: type[Record] | None = None
    workers: int = 0
    """Worker processes unless the settings say otherwise."""


def serve(service: Service, codec: Codec, documents: DocumentStore) -> None:
    """Run a service until SIGTERM or SIGINT, and exit.

    Exit status 0 after an orderly stop, 2 for what the operator must mend, 3 when too many records failed, 4 when
    Kafka gave up on this process for good (the orchestrator starts another).
    """
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    try:
        _run(service, codec, documents, ProcessSettings.from_environment(), stop)
    except ConfigurationError as error:
        sys.stderr.write(f"chartstream {service.stage}: {error}\n")
        sys.exit(2)
    except TooManyDeadLetters as error:
        log.critical("stopped", extra={"stage": service.stage, "reason": str(error)})
        sys.exit(3)
    except KafkaException as error:
        log.critical("stopped", extra={"stage": service.stage, "reason": error.args[0].name()})
        sys.exit(4)


def _run(
    service: Service, codec: Codec, documents: DocumentStore, settings: ProcessSettings, stop: threading.Event
) -> None:
    logs.set_up(settings.log_level)
    processor: Processor | None = None  # while it loads its models, the process is alive and not ready
    health = HealthServer(
        settings.http_host,
        settings.http_port,
        alive=lambda: processor is None or time.monotonic() - processor.last_step < _ALIVE_SECONDS,
        ready=lambda: processor is not None and processor.is_ready,
    )
    log.info("started", extra={"stage": service.stage, "http_port": health.port})
    try:
        processor = _make_processor(service, codec, documents, settings)
        garbage.search_rarely()
        processor.run(stop)
    finally:
        health.close()
    log.info("stopped", extra={"stage": service.stage})


def _make_processor(service: Service, codec: Codec, documents: DocumentStore, settings: ProcessSettings) -> Processor:
    kafka = KafkaSettings.from_environment()
    return Processor(
        service.stage,
        kafka.topic(TOPICS[service.consumes]),
        kafka.client_config(),
        lambda: _make_worker(service, settings),
        DeadLetterOffice(service.stage, codec, documents, SystemClock(), kafka.topic_prefix),
        None if service.remembers is None else kafka.topic(TOPICS[service.remembers]),
        group=kafka.topic(f"chartstream-{service.stage}"),
        tuning=Tuning(
            linger_seconds=settings.linger_seconds,
            drain_seconds=settings.drain_seconds,
            session_seconds=settings.session_seconds,
            longest_poll_seconds=settings.longest_poll_seconds,
        ),
        retries=RetryPolicy(unknown_schema_seconds=settings.unknown_schema_seconds),
    )


def _make_worker(service: Service, settings: ProcessSettings) -> Worker[Ticket]:
    workers = service.workers if settings.workers is None else settings.workers
    if workers == 0:
        return InlineWorker(service.work)
    return WorkerPool(service.work, workers, settings.task_seconds, lambda ticket: not ticket.lane.dropped)
