"""The partition of a key, against the values that Kafka's own tests give for its hash."""

from __future__ import annotations

import pytest

from chartstream.audit.topics import TOPICS_READ, _murmur2, partition_of


@pytest.mark.parametrize(
    ("key", "signed"),
    [
        # UtilsTest.testMurmur2 of Apache Kafka
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_the_hash_is_kafkas(key: bytes, signed: int) -> None:
    assert _murmur2(key) == signed % 2**32
    assert partition_of(key, 7) == (signed % 2**32 & 0x7FFFFFFF) % 7


def test_all_topics_of_events_are_read_and_no_changelog() -> None:
    assert {"claims.coded", "claims.outcomes", "review.audits", "review.decided", "audit.trail"} <= set(TOPICS_READ)
    assert not [topic for topic in TOPICS_READ if topic.startswith("state.")]
