from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chartstream.errors import ConfigurationError
from chartstream.local.process import DetachedProcess

SLEEP = [sys.executable, "-c", "import time; print('awake', flush=True); time.sleep(60)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]


@pytest.fixture
def process(tmp_path: Path) -> Iterator[DetachedProcess]:
    process = DetachedProcess(tmp_path / "state", "sleeper")
    yield process
    process.stop(graceful=False)


def wait_for(process: DetachedProcess, output: str) -> None:
    deadline = time.monotonic() + 10
    while output not in process.tail():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_another_instance_finds_and_stops_it(process: DetachedProcess, tmp_path: Path) -> None:
    process.start(SLEEP, bound=True)
    other = DetachedProcess(tmp_path / "state", "sleeper")

    assert other.pid == process.pid is not None
    other.stop()
    assert process.pid is None


def test_starting_twice_keeps_the_first(process: DetachedProcess) -> None:
    process.start(SLEEP, bound=True)
    first = process.pid
    process.start(SLEEP, bound=True)

    assert process.pid == first


def test_a_pid_given_to_another_program_is_not_ours(process: DetachedProcess, tmp_path: Path) -> None:
    process.start(SLEEP, bound=True)
    recorded = tmp_path / "state" / "sleeper.pid"
    pid, started = recorded.read_text().split()
    recorded.write_text(f"{pid} {int(started) - 1}\n")

    assert process.pid is None

    recorded.write_text(f"{pid} {started}\n")
    assert process.pid == int(pid)


def test_one_that_ignores_sigterm_is_killed_after_the_bound(process: DetachedProcess) -> None:
    process.start(DEAF, bound=True)
    wait_for(process, "deaf")

    process.stop(within=0.2)

    assert process.pid is None


def test_a_paused_one_can_be_stopped(process: DetachedProcess) -> None:
    process.start(SLEEP, bound=True)
    process.signal(signal.SIGSTOP)
    began = time.monotonic()

    process.stop(within=10)

    assert process.pid is None
    assert time.monotonic() - began < 5


def test_a_program_that_is_not_there_is_named(process: DetachedProcess) -> None:
    with pytest.raises(ConfigurationError, match="/no/such/program: cannot be run"):
        process.start(["/no/such/program"])
