from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chartstream.errors import Transient
from chartstream.events.codec import Codec
from chartstream.events.operations import DeadLetter, DeadLetterCategory
from chartstream.stream.dead_letters import (
    LARGEST_INLINE_VALUE,
    DeadLetterLimit,
    DeadLetterOffice,
    TooManyDeadLetters,
)
from chartstream.stream.record import Headers, InputRecord
from chartstream.stream.transactions import LARGEST_RECORD
from chartstream.stream.work import Failure, FailureKind
from tests.unit.builders import NOW, DictStore, FixedClock

DEFECT = Failure(FailureKind.DEFECT, "ValueError", "raised in stage.py:12 (code)")
HEADERS: Headers = [
    ("ce_id", b"event-1"),
    ("empty", None),
    ("traceparent", b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01"),
]


class FullStore(DictStore):
    def put(self, content: bytes, media_type: str) -> tuple[str, str]:
        raise Transient("the document store is full")


def _record(
    value: bytes | None, *, key: bytes | None = b"encounter-1", headers: Headers = HEADERS, at: int = 1_760_000_000_000
) -> InputRecord:
    return InputRecord("acme.notes.submitted", 3, 17, at, key, value, headers)


def _office(documents: DictStore | None = None) -> DeadLetterOffice:
    return DeadLetterOffice("intake", Codec(), documents or DictStore(), FixedClock(), "acme.")


def _letter(record: InputRecord, failure: Failure = DEFECT, documents: DictStore | None = None) -> DeadLetter:
    output = _office(documents).letter(record, failure, 2)
    assert output.topic == "acme.dead-letters"
    assert output.value is not None
    assert len(output.value) + len(output.key or b"") < LARGEST_RECORD
    return Codec().decode(output.value, DeadLetter)


def test_a_letter_holds_the_record_whole_and_why_it_failed() -> None:
    letter = _letter(_record(b"\xffnot avro"))

    assert (letter.key, letter.value) == (b"encounter-1", b"\xffnot avro")
    assert [(header.name, header.value) for header in letter.headers] == HEADERS
    assert (letter.source_topic, letter.source_partition, letter.source_offset) == ("acme.notes.submitted", 3, 17)
    assert letter.source_timestamp == datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)
    assert (letter.stage, letter.error_class, letter.reason, letter.attempts) == (
        "intake",
        "ValueError",
        DEFECT.reason,
        2,
    )
    assert letter.head.occurred_at == NOW
    assert (letter.head.tenant, letter.head.encounter_id) == ("", ""), "nothing is read out of what may be no event"


def test_a_letter_of_the_same_record_has_the_same_identity() -> None:
    assert _letter(_record(b"a")).head.event_id == _letter(_record(b"a")).head.event_id


def test_a_letter_stays_in_its_records_trace() -> None:
    headers = dict(_office().letter(_record(b"a"), DEFECT, 1).headers)

    assert (headers["traceparent"] or b"").startswith(b"00-" + b"a" * 32)
    assert headers["ce_type"] == b"chartstream.DeadLetter"


@pytest.mark.parametrize(
    ("kind", "category"),
    [
        (FailureKind.DEFECT, DeadLetterCategory.DEFECT),
        (FailureKind.UNDECODABLE, DeadLetterCategory.UNDECODABLE),
        (FailureKind.UNKNOWN_SCHEMA, DeadLetterCategory.UNDECODABLE),
    ],
)
def test_categories(kind: FailureKind, category: DeadLetterCategory) -> None:
    assert _letter(_record(b"a"), Failure(kind, "Error", "reason")).category is category


def test_a_null_value_stays_null() -> None:
    letter = _letter(_record(None, key=None))

    assert (letter.key, letter.value, letter.value_claim_check) == (None, None, None)


def test_a_large_value_goes_by_claim_check() -> None:
    documents = DictStore()
    value = b"x" * (LARGEST_INLINE_VALUE + 1)

    letter = _letter(_record(value), documents=documents)

    check = letter.value_claim_check
    assert check is not None
    assert (letter.value, check.size_bytes) == (None, len(value))
    assert documents.get(check.uri, check.sha256) == value


def test_the_largest_value_within_its_topic_is_kept_inline() -> None:
    assert _letter(_record(b"x" * LARGEST_INLINE_VALUE)).value_claim_check is None


def test_a_full_store_is_waited_for() -> None:
    with pytest.raises(Transient):
        _office(FullStore()).letter(_record(b"x" * (LARGEST_INLINE_VALUE + 1)), DEFECT, 1)


def test_the_largest_key_and_headers_of_a_topic_can_be_produced() -> None:
    letter = _letter(_record(b"x", key=b"k" * 500_000, headers=[("h", b"h" * 540_000)]))

    assert letter.key == b"k" * 500_000
    assert letter.headers[0].value == b"h" * 540_000


def test_no_envelope_is_too_large_for_a_letter() -> None:
    letter = _letter(_record(b"x", key=b"k" * 5_000_000))

    assert (letter.key, letter.value) == (None, b"x")
    assert "too large to keep" in letter.reason


@pytest.mark.parametrize("milliseconds", [-1, 2**62])
def test_a_timestamp_that_is_none_does_no_harm(milliseconds: int) -> None:
    assert _letter(_record(b"x", at=milliseconds)).source_timestamp is None


def test_a_stage_stops_at_too_large_a_share_of_defects() -> None:
    limit = DeadLetterLimit(share=0.5, window=100, at_least=20)
    for _ in range(10):
        limit.note(defect=False)
    for _ in range(10):
        limit.note(defect=True)

    with pytest.raises(TooManyDeadLetters, match="52% of the last 21 records"):
        limit.note(defect=True)


def test_a_few_defects_at_the_start_are_no_share() -> None:
    limit = DeadLetterLimit(share=0.5, window=100, at_least=20)
    for _ in range(19):
        limit.note(defect=True)

    with pytest.raises(TooManyDeadLetters):
        limit.note(defect=True)


def test_defects_of_long_ago_are_forgotten() -> None:
    limit = DeadLetterLimit(share=0.5, window=10, at_least=5)
    for _ in range(20):
        limit.note(defect=False)
    for _ in range(5):
        limit.note(defect=True)
    for _ in range(10):
        limit.note(defect=False)
    for _ in range(5):
        limit.note(defect=True)
