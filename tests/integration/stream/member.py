"""A processor as a process of its own, for tests of sudden death: ``python -m tests.integration.stream.member …``

It runs ``Counts`` with a memory on the topics of a rig. Once the file ``deadly`` exists, it kills itself in the middle
of its next transaction: before the offsets are sent, or before the commit.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from confluent_kafka import Producer

from chartstream.stream import transactions
from tests.integration.stream.rig import Rig
from tests.integration.stream.stages import Counts


class MortalProducer(Producer):
    """Dies with everything written to the broker and nothing committed."""

    moment = ""
    deadly = Path()

    def _die_at(self, moment: str) -> None:
        if moment == self.moment and self.deadly.exists():
            self.flush(10)
            os.kill(os.getpid(), signal.SIGKILL)

    def send_offsets_to_transaction(self, *arguments: Any) -> None:
        """Before the offsets, the group knows nothing of the transaction."""
        self._die_at("offsets")
        super().send_offsets_to_transaction(*arguments)

    def commit_transaction(self, *arguments: Any) -> None:
        """Before the commit, the group waits for the transaction."""
        self._die_at("commit")
        super().commit_transaction(*arguments)


if __name__ == "__main__":
    bootstrap, prefix, MortalProducer.moment, deadly = sys.argv[1:]
    MortalProducer.deadly = Path(deadly)
    setattr(transactions, "Producer", MortalProducer)  # noqa: B010 - a plain assignment is none that mypy takes
    rig = Rig(bootstrap, prefix)
    rig.processor(Counts(rig.sink), remembers=True).run(threading.Event())
