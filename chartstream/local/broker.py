"""Apache Kafka (KRaft) on this machine as detached child processes whose state survives a restart."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from chartstream.errors import ConfigurationError
from chartstream.local.cluster import Node, plan_cluster, recorded_cluster
from chartstream.local.jars import class_path, kafka_folder
from chartstream.local.java import find_java
from chartstream.local.ports import require_free
from chartstream.local.process import DetachedProcess
from chartstream.local.properties import server_properties

_START_WITHIN = 90.0
_HEAP = "-Xms256m -Xmx768m -XX:+UseG1GC"


class LocalKafka:
    """A Kafka of one node or several, all of its files in one folder.

    ``home`` holds cluster.json (the cluster's id and ports) and, for each node, its data, properties, log and pid
    file. Any later instance with the same ``home`` finds the running broker again.
    """

    def __init__(
        self,
        home: Path,
        port: int | None = None,
        brokers: int = 1,
        properties: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        *,
        bound: bool = False,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Describe the broker; nothing starts yet.

        ``port`` is the first node's port on 127.0.0.1, the others follow it; None takes those that the folder
        remembers, else free ones. ``properties`` override server.properties; ``environment`` is added to the
        processes' own, and ``KAFKA_HEAP_OPTS`` in it replaces the JVM's flags. With ``bound`` the broker ends with
        the thread that started it. ``progress`` is told in a few words what start() is about to do. Raises
        ``ConfigurationError`` when the folder holds a cluster of another size.
        """
        self.home = home
        self._properties = dict(properties or {})
        self._environment = dict(environment or {})
        self._bound = bound
        self._progress = progress
        self._cluster = plan_cluster(home, port, brokers)
        self._processes = {node: DetachedProcess(home / f"node-{node.id}", "kafka") for node in self._cluster.nodes}

    @classmethod
    def at(cls, home: Path) -> LocalKafka | None:
        """The broker whose data ``home`` holds, running or not; None where none was started yet."""
        recorded = recorded_cluster(home)
        return None if recorded is None else cls(home, brokers=len(recorded.nodes))

    @property
    def bootstrap(self) -> str:
        """The bootstrap servers, ``127.0.0.1:9092[,…]``, whether it runs yet or not."""
        return self._cluster.bootstrap

    @property
    def logs(self) -> list[Path]:
        """The log file of each node."""
        return [process.log for process in self._processes.values()]

    def is_running(self) -> bool:
        """Whether every node's process is alive."""
        return all(process.pid is not None for process in self._processes.values())

    def start(self) -> None:
        """Start what does not run yet and wait until every node answers.

        Raises ``ConfigurationError`` when Java or the jars are missing, a port is taken, the cluster already runs
        on another port, or a node ends or does not answer within 90 seconds; the message then names its log.
        """
        waiting = list(self._down())
        self._require_recorded_ports(running=len(waiting) < len(self._processes))
        if waiting:
            self._require_free_ports(waiting)
            java = find_java()
            self._progress("looking for Kafka's jars, fetched once")
            jars = class_path()
            self._cluster.write(self.home)
            for node, process in waiting:
                self._progress(f"starting Kafka on 127.0.0.1:{node.port}")
                self._start_node(node, process, [java, "-cp", jars])
        self._progress("waiting until Kafka answers")
        self._await_answer()

    def stop(self, graceful: bool = True) -> None:
        """End every node: SIGTERM and a bounded wait, or SIGKILL at once when not ``graceful``."""
        for process in self._processes.values():
            # All at once first: the last of three nodes would wait for a quorum that is gone.
            process.signal(signal.SIGTERM if graceful else signal.SIGKILL)
        for process in self._processes.values():
            process.stop(graceful=graceful)

    def pause(self) -> None:
        """Freeze every node (SIGSTOP): clients see a broker that accepts connections and never answers."""
        for process in self._processes.values():
            process.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let paused nodes go on (SIGCONT)."""
        for process in self._processes.values():
            process.signal(signal.SIGCONT)

    def restart(self, graceful: bool = True) -> None:
        """Stop and start again, on the same ports and data."""
        self.stop(graceful=graceful)
        self.start()

    def wipe(self) -> None:
        """Stop and delete everything: topics, messages, offsets, logs."""
        self.stop(graceful=False)
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _down(self) -> Iterator[tuple[Node, DetachedProcess]]:
        return ((node, process) for node, process in self._processes.items() if process.pid is None)

    def _require_recorded_ports(self, *, running: bool) -> None:
        recorded = recorded_cluster(self.home)
        if running and recorded is not None and recorded != self._cluster:
            raise ConfigurationError(
                f"{self.home}: this Kafka already runs on {recorded.bootstrap} and cannot move to {self.bootstrap}; "
                "use it there, or stop it first with `chartstream kafka down`"
            )

    def _require_free_ports(self, waiting: list[tuple[Node, DetachedProcess]]) -> None:
        for node, _ in waiting:
            require_free(node.port, "Kafka", "stop it, or choose another port with --port")
            require_free(node.controller_port, "Kafka's controller", "stop it, or start again on another --port")

    def _start_node(self, node: Node, process: DetachedProcess, java: list[Path | str]) -> None:
        folder = process.log.parent
        folder.mkdir(parents=True, exist_ok=True)
        properties = folder / "server.properties"
        data = folder / "data"
        properties.write_text(server_properties(node, self._cluster.nodes, data, self._properties))
        if not (data / "meta.properties").exists():
            self._format(java, properties)
        flags = self._environment.get("KAFKA_HEAP_OPTS", _HEAP).split()
        logging_flag = f"-Dlog4j2.configurationFile={kafka_folder() / 'log4j2.yaml'}"
        command = [java[0], *flags, logging_flag, *java[1:], "kafka.Kafka", properties]
        process.start(command, self._environment, bound=self._bound)

    def _format(self, java: list[Path | str], properties: Path) -> None:
        tool = ["kafka.tools.StorageTool", "format", "-t", self._cluster.id, "-c", str(properties)]
        done = subprocess.run([*java, *tool], capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip().splitlines() or ["no output"]
            reason = next((line for line in said if "Exception" in line), said[-1])  # not the stack below it
            raise ConfigurationError(
                f"{properties}: Kafka could not format its data folder ({reason[:300]}); check these settings and the "
                "space and rights there, or delete it with `chartstream kafka down --wipe`"
            )

    def _await_answer(self) -> None:
        deadline = time.monotonic() + _START_WITHIN
        # log_level 0: every refused connection of the wait would be a line on the terminal.
        probe = AdminClient({"bootstrap.servers": self.bootstrap, "reconnect.backoff.max.ms": 200, "log_level": 0})
        while not self._answers(probe):
            ended = next((process for _, process in self._down()), None)
            if ended is not None:
                raise ConfigurationError(
                    f"Kafka ended while starting ({ended.tail()[:300]}); its log {ended.log} says why"
                )
            if time.monotonic() > deadline:
                raise ConfigurationError(
                    f"Kafka did not answer on {self.bootstrap} within {_START_WITHIN:.0f} s; see {self.logs[0]}"
                )

    def _answers(self, probe: AdminClient) -> bool:
        try:
            answer = probe.list_topics(timeout=0.5)
        except KafkaException:
            return False  # refused, or not elected yet: what the wait is for
        return len(answer.brokers) == len(self._cluster.nodes) and answer.controller_id >= 0
