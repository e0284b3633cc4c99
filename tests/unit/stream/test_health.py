from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection

import pytest

from chartstream.errors import ConfigurationError
from chartstream.stream import metrics
from chartstream.stream.health import HealthServer


@dataclass
class Process:
    alive: bool = True
    ready: bool = False


@pytest.fixture
def process() -> Process:
    return Process()


@pytest.fixture
def server(process: Process) -> Iterator[HealthServer]:
    server = HealthServer("127.0.0.1", 0, alive=lambda: process.alive, ready=lambda: process.ready)
    yield server
    server.close()


def _get(server: HealthServer, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_probes_are_asked_anew_each_time(server: HealthServer, process: Process) -> None:
    assert _get(server, "/livez") == (200, "ok\n")
    assert _get(server, "/readyz?verbose") == (503, "not yet\n")

    process.alive, process.ready = False, True

    assert _get(server, "/livez")[0] == 503
    assert _get(server, "/readyz")[0] == 200


def test_metrics_are_prometheus_text_with_their_meaning(server: HealthServer) -> None:
    metrics.DEAD_LETTERS.labels("intake", "defect", "ValueError").inc()

    status, body = _get(server, "/metrics")

    assert status == 200
    assert "# HELP chartstream_dead_letters_total Records kept as dead letters." in body
    assert 'stage="intake"' in body


def test_other_paths_are_not_there(server: HealthServer) -> None:
    assert _get(server, "/")[0] == 404


def test_a_taken_port_is_named_with_the_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"{port}.*CHARTSTREAM_HTTP_PORT"):
            HealthServer("127.0.0.1", port, alive=lambda: True, ready=lambda: True)


def test_after_closing_nobody_answers(process: Process) -> None:
    server = HealthServer("127.0.0.1", 0, alive=lambda: True, ready=lambda: True)
    server.close()

    with pytest.raises(ConnectionRefusedError):
        _get(server, "/livez")
