"""The five processors as processes of their own, some more than once, and the supervisor that starts them again."""

from __future__ import annotations

import random
import signal
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from chartstream.local.broker import LocalKafka
from chartstream.local.ports import free_port
from chartstream.local.process import DetachedProcess
from chartstream.local.redis import LocalRedis
from chartstream.stream.settings import KafkaSettings

STAGES = ("intake", "extraction", "coding", "validation", "routing")

CERTIFICATE = Path(__file__).parents[2] / "samples" / "certificate.demonstration.json"


@dataclass(frozen=True)
class Site:
    """What a chain runs on; ``folder`` takes its documents and logs."""

    kafka: LocalKafka
    redis: LocalRedis
    settings: KafkaSettings
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What the five processors find in their environment."""
        return {
            "CHARTSTREAM_KAFKA_BOOTSTRAP": self.settings.bootstrap,
            "CHARTSTREAM_KAFKA_TOPIC_PREFIX": self.settings.topic_prefix,
            "CHARTSTREAM_REDIS_URL": self.redis.url,
            "CHARTSTREAM_DOCUMENTS_URL": (self.folder / "documents").as_uri(),
            "CHARTSTREAM_ROUTING_CERTIFICATE": str(CERTIFICATE),
            "CHARTSTREAM_ALLOW_DEMONSTRATION": "1",
            "CHARTSTREAM_SESSION_SECONDS": "6",
        }


class Member:
    """One process of a stage."""

    def __init__(self, stage: str, number: int, folder: Path, environment: Mapping[str, str]) -> None:
        self.stage = stage
        self._port = free_port()
        self.process = DetachedProcess(folder, f"{stage}-{number}")
        own = {**environment, "CHARTSTREAM_HTTP_PORT": str(self._port)}
        self.process.start([sys.executable, "-m", f"services.{stage}"], own, bound=True)

    @property
    def runs(self) -> bool:
        """Whether its process is alive."""
        return self.process.pid is not None

    def is_ready(self) -> bool:
        """Whether it is a member of its group and works."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/readyz", timeout=1.0) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def metrics(self) -> dict[str, float]:
        """The samples of its /metrics, by name with labels. Raises ``OSError`` where it does not answer."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/metrics", timeout=5.0) as answer:
            lines = answer.read().decode().splitlines()
        samples = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in samples}


class Fleet:
    """Keeps the members of each stage running. Use it from one thread: they end with the thread that started them."""

    def __init__(self, site: Site, seed: int = 0) -> None:
        """``seed`` decides which member of a stage is killed where there are several."""
        self._folder, self._environment = site.folder / "logs", site.environment
        self._rng = random.Random(seed)
        self._started = 0
        self._leaving: list[Member] = []
        self._killed: set[Member] = set()
        self.members: dict[str, list[Member]] = {stage: [] for stage in STAGES}
        self.kills: Counter[str] = Counter()
        self.ended_alone: Counter[str] = Counter()
        """Processes that ended neither killed nor asked to, by stage; they are started again like those killed."""

    def start(self, *stages: str) -> None:
        """Add a member to each of the stages."""
        for stage in stages:
            self._started += 1
            self.members[stage].append(Member(stage, self._started, self._folder, self._environment))

    def is_ready(self, stage: str) -> bool:
        """Whether the stage has members, and each of them is ready."""
        return bool(self.members[stage]) and all(member.is_ready() for member in self.members[stage])

    def await_ready(self, seconds: float) -> None:
        """Wait until every stage works. Raises ``TimeoutError`` that quotes the log of one which does not."""
        deadline = time.monotonic() + seconds
        for stage, members in self.members.items():
            while not self.is_ready(stage):
                if time.monotonic() > deadline or not all(member.runs for member in members):
                    raise TimeoutError(f"{stage} does not work; the end of its log: {members[0].process.tail(3)}")
                time.sleep(0.1)

    def kill(self, stage: str) -> None:
        """SIGKILL one of the stage's members; ``supervise`` starts another in its place."""
        member = self._rng.choice(self.members[stage])
        self._killed.add(member)
        member.process.stop(graceful=False)
        self.kills[stage] += 1

    def leave(self, stage: str) -> None:
        """Ask the stage's oldest member to stop, as a scale-down does; the others take over its partitions."""
        member = self.members[stage].pop(0)
        self._leaving.append(member)
        member.process.signal(signal.SIGTERM)

    def supervise(self) -> None:
        """Start another for each member that does not run."""
        for stage, members in self.members.items():
            for member in [member for member in members if not member.runs]:
                members.remove(member)
                if member not in self._killed:
                    self.ended_alone[stage] += 1
                self.start(stage)

    def stop(self) -> None:
        """Ask all members to stop, and wait until they have."""
        everyone = [*self._leaving, *(member for members in self.members.values() for member in members)]
        for member in everyone:
            member.process.signal(signal.SIGTERM)
        for member in everyone:
            member.process.stop(within=30.0)
        self._leaving.clear()
        for members in self.members.values():
            members.clear()
