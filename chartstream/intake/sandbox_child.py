"""``python -m chartstream.intake.sandbox_child SOCKET PARENT``: the process in which documents are opened."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
import traceback
from multiprocessing.connection import Connection
from pathlib import Path

import cv2

from chartstream.errors import Rejected
from chartstream.intake.inspection import inspect
from chartstream.intake.policy import Policy
from chartstream.intake.sandbox_messages import Answer, Order, answer_to_json, order_from_json

_PR_SET_PDEATHSIG = 1
_MEGABYTE = 1_000_000


def main(descriptor: int, parent: int) -> None:
    """Answer one order after another until the parent is gone."""
    _die_with(parent)
    cv2.setNumThreads(1)
    connection = Connection(descriptor)
    with contextlib.suppress(EOFError, OSError):  # the parent ended
        policy = Policy.model_validate_json(connection.recv_bytes())
        _give_up_rights(policy.sandbox.megabytes)
        connection.send_bytes(b"ready")
        while True:
            order = order_from_json(connection.recv_bytes())
            connection.send_bytes(_answered(order, connection.recv_bytes(), policy))


def _answered(order: Order, content: bytes, policy: Policy) -> bytes:
    """The answer in JSON. When memory runs out the process ends: what is left of it is not to be trusted."""
    _limit_processor(order.seconds)
    try:
        return answer_to_json(Answer(inspection=inspect(content, order.declared_media_type, policy)))
    except Rejected as error:
        return answer_to_json(Answer(rejected=tuple(error.problems)))
    except MemoryError:
        os._exit(1)
    except Exception as error:  # told to the parent, which raises it there; without its text, which may quote the note
        return answer_to_json(Answer(defect=_place(error)))


def _place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"


def _die_with(parent: int) -> None:
    """A parent that is killed takes the child along, whatever it is doing."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it was gone before the line above
        os._exit(1)
    for name in (signal.SIGINT, signal.SIGTERM):  # the parent drains first, then ends the child
        signal.signal(name, signal.SIG_IGN)


def _give_up_rights(megabytes: int) -> None:
    """No more memory than this beyond what is loaded, no file written, no core dump with a note in it, no words."""
    loaded = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    most = loaded + megabytes * _MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with Path(os.devnull).open("w", encoding="ascii") as silence:  # decoders complain in words of the document
        os.dup2(silence.fileno(), sys.stderr.fileno())


def _limit_processor(seconds: float) -> None:
    """The limit counts from the start of the process, so it moves on with each document."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
