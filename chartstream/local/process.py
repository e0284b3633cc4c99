"""A process that outlives the command which started it, known by its pid file."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from chartstream.errors import ConfigurationError


class DetachedProcess:
    """One process with a pid file ``<folder>/<name>.pid`` and its output in ``<folder>/<name>.log``.

    Any later instance with the same folder and name finds the process again. The pid file also holds the process's
    start time, so that a pid the system has given to another program is never signalled.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._pid_file = folder / f"{name}.pid"
        self._child: subprocess.Popen[bytes] | None = None

    def start(
        self, command: Sequence[str | Path], environment: Mapping[str, str] | None = None, *, bound: bool = False
    ) -> None:
        """Start ``command`` in a session of its own; ``environment`` is added to the present one.

        With ``bound`` the kernel kills it when the starting thread ends: nothing is left of a test run that is
        killed. Does nothing while the process already runs. Raises ``ConfigurationError`` if it cannot be executed.
        """
        if self.pid is not None:
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        prefix: list[str | Path] = ["setpriv", "--pdeathsig", "KILL"] if bound and shutil.which("setpriv") else []
        try:
            with self.log.open("ab") as log:
                self._child = subprocess.Popen(
                    [*prefix, *command],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, **(environment or {})},
                    start_new_session=True,
                )
        except OSError as error:
            raise ConfigurationError(f"{command[0]}: cannot be run ({error.strerror}); reinstall it") from error
        started = _start_time(self._child.pid)
        self._pid_file.write_text(f"{self._child.pid} {started}\n")

    @property
    def pid(self) -> int | None:
        """The process's id, or None when it does not run."""
        if self._child is not None:
            self._child.poll()  # reaps it, so that it does not linger as a zombie
        try:
            pid, started = self._pid_file.read_text().split()
        except (FileNotFoundError, ValueError):
            return None
        return int(pid) if _start_time(int(pid)) == started else None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; nothing happens when the process does not run."""
        pid = self.pid
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):  # it ended in between, which is no fault
                os.kill(pid, number)

    def stop(self, *, graceful: bool = True, within: float = 20.0) -> None:
        """End the process: SIGTERM, then SIGKILL after ``within`` seconds; without ``graceful`` SIGKILL at once."""
        if graceful:
            self.signal(signal.SIGTERM)
            self.signal(signal.SIGCONT)  # a paused process would not see the SIGTERM
            if self._gone(within):
                return
        self.signal(signal.SIGKILL)
        if not self._gone(10.0):
            raise ConfigurationError(f"{self.name} (pid {self.pid}) does not end; see {self.log}")

    def tail(self, lines: int = 1) -> str:
        """The last lines of its output."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").rstrip().splitlines()[-lines:])

    def _gone(self, within: float) -> bool:
        deadline = time.monotonic() + within
        while self.pid is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        self._pid_file.unlink(missing_ok=True)
        return True


def _start_time(pid: int) -> str:
    """When the process started, in clock ticks since boot (proc(5), field 22); "" for none or a finished zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    except (FileNotFoundError, ProcessLookupError):
        return ""
    # The second field, the command's name, may itself hold spaces and brackets.
    fields = stat.rpartition(")")[2].split()
    # A killed process's main thread is a zombie while its other threads still hold ports and files.
    return "" if fields[0] in {"Z", "X"} and threads <= 1 else fields[19]
