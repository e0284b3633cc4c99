"""Spawned worker processes for work that takes the processor or may take its process down.

Each worker does one record at a time, so that when one dies it is known which record it was doing: that one is tried
once more, alone on a fresh worker, and given up if it kills that too. Nothing else is lost or repeated.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Generic, Protocol, TypeVar

from chartstream.errors import ConfigurationError
from chartstream.stream.record import InputRecord
from chartstream.stream.work import Failure, FailureKind, Outcome, Work, WorkFactory, attempt

log = logging.getLogger(__name__)

T = TypeVar("T")
_SPAWN = multiprocessing.get_context("spawn")  # a forked child would share librdkafka's sockets and locks
_TRIES = 2
_NOT_WANTED = Failure(FailureKind.TRANSIENT, "NotWanted", "its partition was given up before its turn came")


class Worker(Protocol[T]):
    """Where work is done. Outcomes are asked for by the loop; none is ever pushed."""

    def submit(self, ticket: T, record: InputRecord, memory: bytes | None) -> None:
        """Take on the work; ``completed`` gives its outcome under the ticket."""
        ...

    def completed(self) -> list[tuple[T, Outcome]]:
        """Outcomes since the last call. Raises what keeps the work from being done at all."""
        ...

    @property
    def ready(self) -> bool:
        """Whether work is being done."""
        ...

    def close(self) -> None:
        """End, whatever is being done."""
        ...


class InlineWorker(Generic[T]):
    """Does the work at once in the loop's own process: for stages that are quick and cannot take it down."""

    def __init__(self, factory: WorkFactory) -> None:
        self._work = factory()
        self._completed: list[tuple[T, Outcome]] = []

    def submit(self, ticket: T, record: InputRecord, memory: bytes | None) -> None:
        """Do it; ``completed`` gives the outcome under the ticket."""
        self._completed.append((ticket, attempt(self._work, record, memory)))

    def completed(self) -> list[tuple[T, Outcome]]:
        """Outcomes since the last call."""
        completed, self._completed = self._completed, []
        return completed

    @property
    def ready(self) -> bool:
        """It is ready once it exists."""
        return True

    def close(self) -> None:
        """Nothing to let go of."""


@dataclass(slots=True)
class _Task(Generic[T]):
    ticket: T
    record: InputRecord
    memory: bytes | None
    tries: int = 0


@dataclass(slots=True)
class _Process(Generic[T]):
    process: BaseProcess
    connection: Connection
    ready: bool = False
    task: _Task[T] | None = None
    since: float = field(default_factory=time.monotonic)


class WorkerPool(Generic[T]):
    """A fixed number of spawned workers, fed and watched by a thread of its own so that none waits for the loop."""

    def __init__(
        self, factory: WorkFactory, size: int, task_seconds: float, wanted: Callable[[T], bool] = lambda _: True
    ) -> None:
        """``task_seconds`` is the longest that one record may take before its worker is killed. What is no longer
        ``wanted`` when its turn comes, because its partition was given up, is not begun; it counts as completed.
        """
        self._factory, self._task_seconds, self._wanted = factory, task_seconds, wanted
        self._waiting: deque[_Task[T]] = deque()
        self._completed: deque[tuple[T, Outcome]] = deque()
        self._failure: Exception | None = None
        self._closing = False
        self._nudged = False
        self._wake, self._woken = _SPAWN.Pipe(duplex=False)[::-1]
        self._workers = [self._spawn() for _ in range(size)]
        self._thread = threading.Thread(target=self._supervise, name="worker-pool", daemon=True)
        self._thread.start()

    def submit(self, ticket: T, record: InputRecord, memory: bytes | None) -> None:
        """Queue the work; ``completed`` gives the outcome under the ticket, in the order in which work ends."""
        self._waiting.append(_Task(ticket, record, memory))
        self._nudge()

    def completed(self) -> list[tuple[T, Outcome]]:
        """Outcomes since the last call. Raises what keeps the workers from starting, if anything does."""
        if self._failure is not None:
            raise self._failure
        return [self._completed.popleft() for _ in range(len(self._completed))]

    @property
    def ready(self) -> bool:
        """Whether at least one worker has loaded its work."""
        return any(worker.ready for worker in self._workers)

    def close(self) -> None:
        """End all workers, whatever they are doing. Closed again, it does nothing."""
        if self._closing:
            return
        self._closing = True
        self._nudge()
        self._thread.join()
        for worker in self._workers:
            worker.process.kill()
            worker.process.join()
            worker.connection.close()
        self._wake.close()
        self._woken.close()

    def _nudge(self) -> None:
        if not self._nudged:  # one byte is enough, and a burst of them would fill the pipe
            self._nudged = True
            self._wake.send_bytes(b"x")

    def _supervise(self) -> None:
        try:
            while not self._closing:
                self._supervise_once()
        except Exception as error:  # handed to the loop, which stops the processor
            self._failure = error

    def _supervise_once(self) -> None:
        by_connection = {worker.connection: worker for worker in self._workers}
        for source in wait([self._woken, *by_connection], timeout=1.0):
            if source is self._woken:
                self._woken.recv_bytes()
                self._nudged = False
            elif isinstance(source, Connection):
                self._hear(by_connection[source])
        for worker in self._workers:
            if worker.task is not None and time.monotonic() - worker.since > self._task_seconds:
                worker.process.kill()  # its pipe closes, and the task is dealt with as for any death
        for worker in self._workers:
            task = self._next() if worker.ready and worker.task is None else None
            if task is not None:
                self._give(worker, task)

    def _next(self) -> _Task[T] | None:
        while self._waiting:
            task = self._waiting.popleft()
            if self._wanted(task.ticket):
                return task
            self._completed.append((task.ticket, _NOT_WANTED))
        return None

    def _give(self, worker: _Process[T], task: _Task[T]) -> None:
        task.tries += 1
        worker.task, worker.since = task, time.monotonic()
        with contextlib.suppress(OSError):  # a worker that died is heard of through its pipe
            worker.connection.send((task.record, task.memory))

    def _hear(self, worker: _Process[T]) -> None:
        try:
            heard = worker.connection.recv()
        except (EOFError, OSError):
            self._bury(worker)
            return
        if isinstance(heard, ConfigurationError):
            raise heard
        if worker.task is None:
            worker.ready = True
        else:
            self._completed.append((worker.task.ticket, heard))
            worker.task = None

    def _bury(self, worker: _Process[T]) -> None:
        worker.process.join()
        worker.connection.close()
        if not worker.ready:
            raise ConfigurationError(
                f"a worker ended while loading (exit code {worker.process.exitcode}); its log says why"
            )
        index = self._workers.index(worker)
        self._workers[index] = self._spawn()
        task = worker.task
        if task is None:
            return
        took = time.monotonic() - worker.since
        log.error("worker died", extra={"exit_code": worker.process.exitcode, "tries": task.tries, "seconds": took})
        if task.tries < _TRIES and took <= self._task_seconds:
            self._waiting.appendleft(task)
        else:
            self._completed.append((task.ticket, self._death(worker, took)))

    def _death(self, worker: _Process[T], took: float) -> Failure:
        if took > self._task_seconds:
            return Failure(
                FailureKind.DEFECT, "TaskTimeout", f"not done after {self._task_seconds:.0f} s; worker killed"
            )
        return Failure(
            FailureKind.DEFECT,
            "WorkerDied",
            f"its worker ended with exit code {worker.process.exitcode}, {_TRIES} times; replay it on a larger worker",
        )

    def _spawn(self) -> _Process[T]:
        ours, theirs = _SPAWN.Pipe()
        process = _SPAWN.Process(target=_serve, args=(theirs, self._factory), daemon=True)
        process.start()
        theirs.close()
        return _Process(process, ours)


def _serve(connection: Connection, factory: WorkFactory) -> None:
    """A worker's life: load, say so, then one record after another until the pipe closes."""
    for name in (signal.SIGINT, signal.SIGTERM):  # the loop drains first, then ends its workers
        signal.signal(name, signal.SIG_IGN)
    with contextlib.suppress(EOFError, BrokenPipeError):
        try:
            work: Work = factory()
            connection.send(None)
            while True:
                record, memory = connection.recv()
                connection.send(attempt(work, record, memory))
        except ConfigurationError as error:  # not this record's fault, nor any other's: the whole process stops
            connection.send(error)
