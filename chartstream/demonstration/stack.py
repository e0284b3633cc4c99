"""Everything the demonstration runs: a broker, Redis, and the five processors as processes of their own."""

from __future__ import annotations

import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

from chartstream.errors import ConfigurationError
from chartstream.local.broker import LocalKafka
from chartstream.local.ports import free_port
from chartstream.local.process import DetachedProcess
from chartstream.local.redis import LocalRedis
from chartstream.stream.apply import apply
from chartstream.stream.settings import KafkaSettings, RedisSettings

STAGES = ("intake", "extraction", "coding", "validation", "routing")
_READY_WITHIN = 120.0


class Stack:
    """Processes whose data, logs and pid files lie in one folder; a later instance finds them running."""

    def __init__(self, home: Path, certificate: Path, progress: Callable[[str], None] = lambda _: None) -> None:
        """``certificate`` is the demonstration certificate. An existing cluster is used where
        ``CHARTSTREAM_KAFKA_BOOTSTRAP`` names one, an existing Redis where ``CHARTSTREAM_REDIS_URL`` does.
        """
        self.home = home
        self._certificate = certificate
        self._progress = progress
        kafka, redis = KafkaSettings.from_environment(), RedisSettings.from_environment()
        self._kafka = None if "bootstrap" in kafka.model_fields_set else LocalKafka(home / "kafka", progress=progress)
        self.kafka = kafka if self._kafka is None else KafkaSettings(bootstrap=self._kafka.bootstrap)
        """How to reach the broker."""
        self._redis = None if "url" in redis.model_fields_set else LocalRedis(home / "redis")
        self._redis_url = redis.url if self._redis is None else self._redis.url
        self._services = {stage: DetachedProcess(home / "services", stage) for stage in STAGES}

    @property
    def documents_url(self) -> str:
        """The demonstration's own document store."""
        return (self.home / "documents").as_uri()

    @property
    def environment(self) -> Mapping[str, str]:
        """What the services, and a person beside them, need in their environment."""
        return {
            "CHARTSTREAM_KAFKA_BOOTSTRAP": self.kafka.bootstrap,
            "CHARTSTREAM_REDIS_URL": self._redis_url,
            "CHARTSTREAM_DOCUMENTS_URL": self.documents_url,
        }

    @property
    def logs(self) -> Path:
        """Folder of the services' logs."""
        return self.home / "services"

    def start(self) -> None:
        """Start what does not run and wait until every service is ready.

        Raises ``ConfigurationError`` that names what is missing or which service ended, with its last words.
        """
        if self._kafka is not None:
            self._kafka.start()
        if self._redis is not None:
            self._progress("starting Redis")
            self._redis.start()
        self._progress("creating topics")
        apply(self.kafka)
        ports: dict[str, int] = {}
        for stage in STAGES:
            # Those started a moment ago may not listen yet, so their ports look free.
            ports[stage] = self._start(stage, frozenset(ports.values()))
        deadline = time.monotonic() + _READY_WITHIN
        for stage, port in ports.items():
            self._progress(f"waiting for {stage} to join its consumer group")
            self._await_ready(stage, port, deadline)

    def stop(self) -> None:
        """End the services first, so that they finish what they have begun, then Redis and the broker.

        Whatever was started here is ended, though the environment may name it as an existing cluster by now.
        """
        for service in self._services.values():
            service.stop()
        for server in (LocalRedis.at(self.home / "redis"), LocalKafka.at(self.home / "kafka")):
            if server is not None:
                server.stop()

    def _start(self, stage: str, taken: frozenset[int]) -> int:
        """Start a service; the port of its probes, none of ``taken``, which a running one keeps in a file."""
        service, port_file = self._services[stage], self.logs / f"{stage}.port"
        if service.pid is not None:
            return int(port_file.read_text())
        port = free_port(but=taken)
        service.start(
            [sys.executable, "-m", f"services.{stage}"],
            {
                **self.environment,
                "CHARTSTREAM_HTTP_PORT": str(port),
                "CHARTSTREAM_ROUTING_CERTIFICATE": str(self._certificate),
                "CHARTSTREAM_ALLOW_DEMONSTRATION": "1",
            },
        )
        port_file.write_text(str(port))
        return port

    def _await_ready(self, stage: str, port: int, deadline: float) -> None:
        service = self._services[stage]
        while not _answers(f"http://127.0.0.1:{port}/readyz"):
            if service.pid is None:
                raise ConfigurationError(f"{stage} ended: {service.tail()}; its log is {service.log}")
            if time.monotonic() > deadline:
                raise ConfigurationError(f"{stage} is not ready after {_READY_WITHIN:.0f} s; see {service.log}")
            time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - a port of ours on loopback
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
