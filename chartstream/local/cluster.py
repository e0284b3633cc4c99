"""What a local Kafka's folder remembers: the cluster's id, its nodes and their ports."""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from chartstream.errors import ConfigurationError
from chartstream.local.ports import free_port


@dataclass(frozen=True, slots=True)
class Node:
    """One combined broker and controller: its id, from 1, and its two ports on 127.0.0.1."""

    id: int
    port: int
    controller_port: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster's id (a UUID in Kafka's form, URL-safe base64) and its nodes."""

    id: str
    nodes: tuple[Node, ...]

    @property
    def bootstrap(self) -> str:
        """The bootstrap servers, comma-separated."""
        return ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    def write(self, home: Path) -> None:
        """Remember it in ``home``."""
        home.mkdir(parents=True, exist_ok=True)
        nodes = [asdict(node) for node in self.nodes]
        (home / "cluster.json").write_text(json.dumps({"id": self.id, "nodes": nodes}, indent=2) + "\n")


def recorded_cluster(home: Path) -> Cluster | None:
    """The cluster whose data ``home`` holds, or None where none was started yet."""
    try:
        record = json.loads((home / "cluster.json").read_text())
    except FileNotFoundError:
        return None
    return Cluster(record["id"], tuple(Node(**node) for node in record["nodes"]))


def plan_cluster(home: Path, port: int | None, brokers: int) -> Cluster:
    """The cluster to run in ``home``: the recorded one, moved to ``port`` where that differs, or a new one.

    ``port`` is the first node's, the others follow it; None takes the recorded ports, or free ones. Raises
    ``ConfigurationError`` when ``home`` holds a cluster of another size.
    """
    recorded = recorded_cluster(home)
    if recorded is None:
        return Cluster(_new_id(), _new_nodes(port, brokers))
    if len(recorded.nodes) != brokers:
        raise ConfigurationError(
            f"--brokers {brokers}: {home} holds the data of {len(recorded.nodes)} broker(s), which cannot be split or "
            "joined; start that number, or delete the data with `chartstream kafka down --wipe`"
        )
    if port is None or port == recorded.nodes[0].port:
        return recorded
    return Cluster(recorded.id, _new_nodes(port, brokers))


def _new_nodes(port: int | None, brokers: int) -> tuple[Node, ...]:
    if port is None:
        ports: list[int] = []
        for _ in range(brokers):
            ports.append(free_port(but=frozenset(ports)))
    else:
        ports = list(range(port, port + brokers))
    nodes: list[Node] = []
    for number, own in enumerate(ports, start=1):
        taken = frozenset(ports) | {node.controller_port for node in nodes}
        nodes.append(Node(number, own, free_port(but=taken)))
    return tuple(nodes)


def _new_id() -> str:
    while True:
        text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not text.startswith("-"):  # Kafka's tools would read it as an option
            return text
