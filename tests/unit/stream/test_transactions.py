from __future__ import annotations

import threading
import time

import pytest
from confluent_kafka import KafkaException

from chartstream.stream import transactions
from chartstream.stream.transactions import _bounded


def test_a_request_that_ignores_its_time_out_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "_GRACE_SECONDS", 0.05)
    answered = threading.Event()

    def hang() -> None:
        answered.wait(30)

    begun = time.monotonic()
    with pytest.raises(KafkaException, match="coordinator does not answer"):
        _bounded(hang, 0.05)

    assert time.monotonic() - begun < 5
    answered.set()


def test_what_a_request_raises_is_raised_and_what_it_does_is_done() -> None:
    done: list[int] = []
    _bounded(lambda: done.append(1), 5.0)
    assert done == [1]

    def failing() -> None:
        raise LookupError("as it was")

    with pytest.raises(LookupError, match="as it was"):
        _bounded(failing, 5.0)
