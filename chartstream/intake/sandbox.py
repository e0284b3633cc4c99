"""Documents are opened in a process of its own: a hostile one may kill it, and nothing else.

The child is started as a program, not forked nor spawned by multiprocessing: the workers of a processor are daemonic
processes, which may not have such children. It is kept for many documents. What it says is JSON, never a pickle, so
that a child taken over by a document can do no more than lie about documents.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
import weakref
from multiprocessing.connection import Connection
from pathlib import Path

import chartstream
from chartstream.errors import ConfigurationError, Problem, Rejected
from chartstream.intake.inspection import Inspection, inspect
from chartstream.intake.policy import Policy, SandboxLimits, default_policy
from chartstream.intake.sandbox_messages import Answer, Order, answer_from_json, order_to_json

_START_SECONDS = 60.0
_DOCUMENTS_A_CHILD = 1000  # what leaks in native code does not add up beyond this
_LARGEST_ANSWER = 500_000_000
# Short prose opens nothing that could blow up. What begins like a format or a message is not prose.
_PROSE_BYTES = 65_536
_PROSE = re.compile(rb"\s*[A-Za-z0-9\"'(*#-][^\0]*\Z")
_MESSAGE = re.compile(rb"\s*(?:MSH|FHS|BHS|PK|II\*|MM)|.{0,1024}%PDF-", re.S)
_INHERITED = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV")  # no passwords
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class SandboxedInspector:
    """An ``Inspector`` that opens documents in a child with limits of time and memory, replaced when it dies.

    Short plain text is inspected in place. For use by one thread at a time; others wait. The child starts with the
    first document that needs it and ends with this object, or with this process, however that ends.
    """

    def __init__(self, policy: Policy | None = None) -> None:
        self._policy = policy or default_policy()
        self._child: _Child | None = None
        self._lock = threading.Lock()

    def __call__(self, content: bytes, declared_media_type: str | None) -> Inspection:
        """What ``inspect`` gives or raises; besides, ``Rejected`` ``document_too_costly`` where the limits ended it.

        Raises ``ConfigurationError`` when the child cannot be started.
        """
        if is_prose(content):
            return inspect(content, declared_media_type, self._policy)
        with self._lock:
            child = self._living_child()
            answer = child.ask(Order(declared_media_type, self._policy.sandbox.seconds_for(len(content))), content)
            if answer is None:
                self._end_child()
                raise _too_costly(self._policy.sandbox, len(content))
        if answer.rejected:
            raise Rejected(*answer.rejected)
        if answer.defect is not None:
            raise InspectionDefect(answer.defect)
        if answer.inspection is None:
            raise InspectionDefect("the sandbox answered nothing")
        return answer.inspection

    @property
    def process_id(self) -> int | None:
        """The child's, while there is one."""
        return self._child.process.pid if self._child is not None else None

    def close(self) -> None:
        """End the child. The next document starts another."""
        with self._lock:
            self._end_child()

    def _living_child(self) -> _Child:
        if self._child is not None and (self._child.process.poll() is not None or self._child.worn):
            self._end_child()
        if self._child is None:
            self._child = _Child(self._policy)
        return self._child

    def _end_child(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


class InspectionDefect(RuntimeError):
    """A defect of the inspection itself, in the child: the class of the exception there, and where it arose."""


def is_prose(content: bytes) -> bool:
    """Whether the content is short plain text, which nothing has to unpack."""
    if len(content) > _PROSE_BYTES or _MESSAGE.match(content) or not _PROSE.match(content):
        return False
    with contextlib.suppress(UnicodeDecodeError):
        content.decode()
        return True
    return False


class _Child:
    """One process and the socket to it."""

    def __init__(self, policy: Policy) -> None:
        ours, theirs = socket.socketpair()
        environment = {name: os.environ[name] for name in _INHERITED if name in os.environ} | _ONE_THREAD
        root = str(Path(chartstream.__file__).parents[1])
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (root, environment.get("PYTHONPATH"))))
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "chartstream.intake.sandbox_child", str(theirs.fileno()), str(os.getpid())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=environment,
            )
        self._connection = Connection(ours.detach())
        self._asked = 0
        self._finalizer = weakref.finalize(self, _end, self.process, self._connection)
        self._greet(policy)

    @property
    def worn(self) -> bool:
        """Whether it has opened as many documents as one should."""
        return self._asked >= _DOCUMENTS_A_CHILD

    def ask(self, order: Order, content: bytes) -> Answer | None:
        """The child's answer; None when it died or was not done in time."""
        self._asked += 1
        try:
            self._connection.send_bytes(order_to_json(order))
            self._connection.send_bytes(content)
            if not self._connection.poll(order.seconds):
                return None
            return answer_from_json(self._connection.recv_bytes(_LARGEST_ANSWER))
        except (EOFError, OSError, ValueError):  # it died before or while it answered, or what it says is no answer
            return None

    def end(self) -> None:
        self._finalizer()

    def _greet(self, policy: Policy) -> None:
        with contextlib.suppress(EOFError, OSError):
            self._connection.send_bytes(policy.model_dump_json().encode())
            if self._connection.poll(_START_SECONDS):
                self._connection.recv_bytes()
                return
        self.end()
        raise ConfigurationError(
            f"the sandbox for documents did not start (exit code {self.process.returncode}); install "
            "chartstream[documents], and give the machine the memory that the policy grants the sandbox"
        )


def _end(process: subprocess.Popen[bytes], connection: Connection) -> None:
    connection.close()
    process.kill()
    process.wait()


def _too_costly(limits: SandboxLimits, size: int) -> Rejected:
    return Rejected(
        Problem(
            "document_too_costly",
            f"the document could not be opened within {limits.seconds_for(size):.0f} s and {limits.megabytes} MB",
            "print it to PDF again or scan it at 200 dpi, and send long documents in parts",
        )
    )
