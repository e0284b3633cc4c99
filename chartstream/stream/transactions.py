"""One transaction: outputs, changelog and input offsets become visible together, or not at all.

Transactional ids are random per process: two members never share one, and a zombie is fenced by its group generation
(KIP-447), which travels with the offsets.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from confluent_kafka import KafkaError, KafkaException, Producer, TopicPartition

from chartstream.stream.record import OutputRecord

log = logging.getLogger(__name__)

TRANSACTION_TIMEOUT_SECONDS = 10.0
"""After this the broker aborts. A killed process's open transaction holds back read_committed readers until then."""

LARGEST_RECORD = 2_000_000
"""Bytes. Dead letters hold a whole record and more, and their topic takes 2 MiB; the client's default is half of it.
What the stages write is held below the default by ``Tuning.largest_output``."""

RETRY_BACKOFF_MS = 5
"""Each transaction's first request meets CONCURRENT_TRANSACTIONS until the markers of the one before are written. At
the client's default of 100 ms a transaction after a transaction took 110 ms, at 5 ms it takes about 25."""

_GRACE_SECONDS = 1.0


class TransactionLost(Exception):
    """The transaction did not commit, or nobody can say: start again from what the broker has committed."""


class Transactions:
    """Commits batches, one at a time."""

    def __init__(self, client: Mapping[str, Any]) -> None:
        self._client = dict(client)
        self._producer: Producer | None = None
        self._is_open = False
        self._is_troubled = False

    def commit(self, outputs: Iterable[OutputRecord], offsets: Sequence[TopicPartition], group: object) -> None:
        """Write ``outputs`` and commit ``offsets`` of the consumer group whose metadata is ``group``.

        Raises ``TransactionLost``; the caller drops what it has and goes back to the committed offsets.
        """
        deadline = time.monotonic() + TRANSACTION_TIMEOUT_SECONDS
        try:
            producer = self._usable() or self._start()
            producer.begin_transaction()
            self._is_open = True
            for output in outputs:
                _produce(producer, output)
            send = producer.send_offsets_to_transaction
            _persist(lambda seconds: _bounded(lambda: send(list(offsets), group, seconds), seconds), deadline)
            _persist(producer.commit_transaction, deadline)
            self._is_open = False
        except KafkaException as error:
            reason: KafkaError = error.args[0]
            self._give_up(reason)
            raise TransactionLost(f"{reason.name()}: {reason.str()}") from error

    def close(self) -> None:
        """Let go of the producer; an open transaction is aborted."""
        self._abort()
        self._producer, self._is_open = None, False

    def _start(self) -> Producer:
        producer = Producer(
            {
                **self._client,
                "transactional.id": f"chartstream-{uuid.uuid4().hex}",
                "transaction.timeout.ms": int(TRANSACTION_TIMEOUT_SECONDS * 1000),
                "partitioner": "murmur2_random",
                "compression.type": "lz4",
                "message.max.bytes": LARGEST_RECORD,
                "retry.backoff.ms": RETRY_BACKOFF_MS,
                # a commit flushes at once; until then there is nobody to wait for
                "linger.ms": 5,
                "queue.buffering.max.messages": 1_000_000,
                "error_cb": self._note_trouble,
            }
        )
        producer.init_transactions(TRANSACTION_TIMEOUT_SECONDS)
        self._producer, self._is_troubled = producer, False
        return producer

    def _note_trouble(self, _: KafkaError) -> None:
        self._is_troubled = True

    def _usable(self) -> Producer | None:
        """The producer, unless a connection of it failed since: it may have lost sight of the group's coordinator."""
        if self._producer is not None:
            self._producer.poll(0)  # errors are told when asked for
            if self._is_troubled:
                self._producer = None
        return self._producer

    def _give_up(self, reason: KafkaError) -> None:
        """Abort where that is asked for, so that nobody waits for the time-out, and begin again with a new producer:
        the outcome may be unknown, and after a refused record the old one's next transaction fails as well
        (OUT_OF_ORDER_SEQUENCE_NUMBER).
        """
        log.warning("transaction lost", extra={"error": reason.name()})
        if reason.txn_requires_abort():
            self._abort()
        self._producer, self._is_open = None, False

    def _abort(self) -> None:
        try:
            if self._producer is not None and self._is_open:
                self._producer.abort_transaction(TRANSACTION_TIMEOUT_SECONDS)
        except KafkaException as error:
            log.warning("transaction not aborted; it will time out", extra={"error": error.args[0].name()})


def _produce(producer: Producer, output: OutputRecord) -> None:
    while True:
        try:
            # the stub's list of headers is invariant; ours never holds a str
            headers = cast("Any", output.headers)
            producer.produce(output.topic, output.value, output.key, output.partition, headers=headers)
        except BufferError:
            producer.poll(0.05)
        else:
            return


def _bounded(request: Callable[[], None], seconds: float) -> None:
    """Make a request that may ignore its own time-out, and leave it behind if it does.

    ``send_offsets_to_transaction`` waits for ever when the group's coordinator went away and came back: librdkafka
    forgets to look for it again (its issues 5456 and 5511). What is left behind can do no harm: the transaction is
    never committed, and the broker aborts it in time.
    """
    failures: list[Exception] = []

    def run() -> None:
        try:
            request()
        except Exception as error:  # raised below, in the caller's thread
            failures.append(error)

    thread = threading.Thread(target=run, name="send-offsets", daemon=True)
    thread.start()
    thread.join(seconds + _GRACE_SECONDS)
    if thread.is_alive():
        raise KafkaException(KafkaError(KafkaError._TIMED_OUT, "the group's coordinator does not answer"))  # noqa: SLF001
    if failures:
        raise failures[0]


def _persist(request: Any, deadline: float) -> None:
    """Repeat a request of the transaction while it says that it may be repeated and there is time."""
    while True:
        left = deadline - time.monotonic()
        try:
            request(max(left, 0.1))
        except KafkaException as error:
            if not error.args[0].retriable() or left <= 0:
                raise
        else:
            return
