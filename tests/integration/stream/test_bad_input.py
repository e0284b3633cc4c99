"""Whatever arrives on the topic, the processor goes on, loses nothing, and says what it could not do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from chartstream.documents import FsspecDocumentStore
from chartstream.errors import Transient
from chartstream.events.operations import DeadLetterCategory
from chartstream.stream.dead_letters import DeadLetterLimit, TooManyDeadLetters
from chartstream.stream.retry import RetryPolicy
from tests.integration.stream.rig import Rig, wait_until
from tests.integration.stream.stages import SECRET
from tests.unit.builders import DictStore

pytestmark = pytest.mark.kafka


def _metric(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, {"stage": "test", **labels}) or 0.0


def test_what_cannot_be_decoded_is_kept_whole_and_passed(rig: Rig) -> None:
    rig.publish((b"a", b"undecodable \xff\x00"), (b"a", None), (None, b"good"), partition=0, headers={"ce_id": b"e-1"})

    rig.run()

    first, second = rig.letters(2)
    assert (first.key, first.value, first.category) == (b"a", b"undecodable \xff\x00", DeadLetterCategory.UNDECODABLE)
    assert [(header.name, header.value) for header in first.headers] == [("ce_id", b"e-1")]
    assert (second.value, second.error_class) == (None, "Undecodable")
    assert [output.value for output in rig.outputs(1)] == [b"good"]
    wait_until(lambda: rig.committed() == {0: (3, "")}, "all three are passed")


def test_a_defect_is_kept_with_its_place_and_without_the_notes_words(rig: Rig) -> None:
    rig.publish((b"a", b"raise"), (b"a", b"good"))

    rig.run()

    (letter,) = rig.letters(1)
    assert (letter.value, letter.category, letter.error_class) == (b"raise", DeadLetterCategory.DEFECT, "ValueError")
    assert "raised in stages.py" in letter.reason
    assert SECRET not in letter.reason
    assert len(rig.outputs(1)) == 1


def test_the_worlds_failures_are_tried_again_until_they_pass(rig: Rig, tmp_path: Path) -> None:
    back = tmp_path / "back"
    retries = _metric("chartstream_retries_total", kind="transient")
    rig.publish((b"a", b"transient %s" % bytes(back)), (b"a", b"behind"), partition=0)
    rig.publish((b"b", b"elsewhere"), partition=1)

    member = rig.run()

    wait_until(lambda: _metric("chartstream_retries_total", kind="transient") >= retries + 3, "it is tried again")
    assert [output.value for output in rig.outputs(1)] == [b"elsewhere"], "other partitions go on"
    assert member.processor._assignment.lanes[0].paused
    assert rig.committed().get(0, (0, ""))[0] in {-1001, 0}, "what is not done is not committed"
    back.touch()
    assert [output.value for output in rig.outputs(3)[1:]] == [b"transient %s" % bytes(back), b"behind"]
    wait_until(lambda: rig.committed()[0] == (2, ""), "then it is")
    wait_until(lambda: not member.processor._assignment.lanes[0].paused, "the partition is read on")


def test_a_schema_that_becomes_known_in_time_costs_nothing(rig: Rig, tmp_path: Path) -> None:
    known = tmp_path / "known"
    alerts = _metric("chartstream_unknown_schemas_total")
    rig.publish((b"a", b"unknown %s" % bytes(known)))

    rig.run()
    wait_until(lambda: _metric("chartstream_unknown_schemas_total") > alerts, "the alert is raised at once")
    known.touch()

    assert len(rig.outputs(1)) == 1


def test_a_schema_that_stays_unknown_becomes_a_dead_letter_after_its_time(rig: Rig, tmp_path: Path) -> None:
    rig.publish((b"a", b"unknown %s" % bytes(tmp_path / "never")), (b"a", b"behind"))

    rig.run(retries=RetryPolicy(0.05, 0.2, unknown_schema_seconds=1.0))

    (letter,) = rig.letters(1)
    assert (letter.category, letter.error_class) == (DeadLetterCategory.UNDECODABLE, "UnknownSchema")
    assert letter.attempts > 3
    assert [output.value for output in rig.outputs(1)] == [b"behind"]


def test_a_value_of_20_mb_goes_by_claim_check(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(partitions=1, max_message_bytes="25000000")
    large = b"undecodable " + b"x" * 20_000_000
    rig.publish((b"a", large), (b"a", b"behind"))

    rig.run(workers=1)

    (letter,) = rig.letters(1)
    check = letter.value_claim_check
    assert check is not None
    assert (letter.value, check.size_bytes) == (None, len(large))
    assert rig.documents.get(check.uri, check.sha256) == large
    assert [output.value for output in rig.outputs(1)] == [b"behind"]


@pytest.mark.parametrize("size", [999_999, 3_000_000])
def test_an_event_too_large_for_kafka_is_a_defect(rig: Rig, size: int) -> None:
    key = b"a" * 40
    rig.publish((key, b"large %d" % size), (key, b"behind"))

    rig.run()

    (letter,) = rig.letters(1)
    assert letter.error_class == "OutputTooLarge"
    assert [output.value for output in rig.outputs(1)] == [b"behind"]


def test_the_largest_event_that_is_let_through_can_be_written(rig: Rig) -> None:
    rig.publish((b"a", b"large 999999"))

    rig.run()

    assert len(rig.outputs(1)[0].value or b"") == 999_999


def test_the_largest_record_of_a_topic_can_become_a_dead_letter(rig: Rig) -> None:
    """Its key and headers are in the letter too: nothing may be so large that it stops the partition."""
    rig.publish((b"k" * 400_000, b"undecodable " + b"v" * 100_000), headers={"h": b"h" * 500_000})

    rig.run()

    (letter,) = rig.letters(1)
    assert (len(letter.key or b""), len(letter.headers[0].value or b"")) == (400_000, 500_000)


def test_headers_that_are_no_text_stop_nothing(rig: Rig) -> None:
    rig.publish(*[(b"a", b"before")] * 200)  # a warm interpreter calls the client's methods in another way
    _publish_with_a_header_name_that_is_no_text(str(rig.client["bootstrap.servers"]), rig.source)
    rig.publish((b"a", b"after"))

    rig.run()

    assert {output.value for output in rig.outputs(202)} == {b"before", b"good", b"after"}


def _publish_with_a_header_name_that_is_no_text(bootstrap: str, topic: str) -> None:
    """No Python client writes such a name; aiokafka without its C parts does if the name encodes itself."""
    script = """
import asyncio, sys
from aiokafka import AIOKafkaProducer
class Name(str):
    def encode(self, *_):
        return b"\\xff\\xfe"
async def publish(bootstrap, topic):
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        await producer.send_and_wait(topic, b"good", key=b"a", headers=[(Name("x"), b"1")])
asyncio.run(publish(*sys.argv[1:]))
"""
    environment = {**os.environ, "AIOKAFKA_NO_EXTENSIONS": "1"}
    subprocess.run([sys.executable, "-c", script, bootstrap, topic], env=environment, check=True, timeout=60)


def test_a_worker_that_exits_takes_its_record_with_it_and_no_other(rig: Rig, tmp_path: Path) -> None:
    rig.publish((b"a", b"exit 5"), (b"b", b"exit-once %s" % bytes(tmp_path / "died")), (b"c", b"good"), partition=0)

    rig.run(workers=1)

    (letter,) = rig.letters(1, within=40)
    assert (letter.value, letter.error_class) == (b"exit 5", "WorkerDied")
    assert {output.key for output in rig.outputs(2)} == {b"b", b"c"}


def test_a_document_that_takes_for_ever_is_given_up(rig: Rig) -> None:
    rig.publish((b"a", b"sleep 600"), (b"a", b"good"))

    rig.run(workers=1, task_seconds=1.0)

    assert rig.letters(1)[0].error_class == "TaskTimeout"
    assert len(rig.outputs(1)) == 1


def test_too_large_a_share_of_defects_stops_the_stage_before_it_drains_its_topic(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(partitions=1)
    member = rig.run(limit=DeadLetterLimit(share=0.5, window=100, at_least=20), read_records=5)
    rig.publish(*[(b"%d" % number, b"good") for number in range(10)])
    rig.outputs(10)
    rig.publish(*[(b"%d" % number, b"raise") for number in range(100)])

    assert isinstance(member.failure(), TooManyDeadLetters)

    committed, _ = rig.committed()[0]
    assert 10 <= committed < 21, "the one that passed the limit is not committed"
    assert len(rig.letters(0)) == committed - 10, "and whatever was committed has its letter"


class FullStore(DictStore):
    """Takes nothing until ``has_room``."""

    has_room = False

    def put(self, content: bytes, media_type: str) -> tuple[str, str]:
        if not self.has_room:
            raise Transient("the document store is full")
        return super().put(content, media_type)


def test_a_store_that_takes_no_letter_is_waited_for(make_rig: Callable[..., Rig]) -> None:
    rig, store = make_rig(partitions=1, max_message_bytes="2000000"), FullStore()
    retries = _metric("chartstream_retries_total", kind="transient")
    rig.publish((b"a", b"undecodable " + b"x" * 600_000))

    rig.run(documents=store)
    wait_until(lambda: _metric("chartstream_retries_total", kind="transient") > retries, "it is tried again")
    assert rig.committed().get(0, (0, ""))[0] in {-1001, 0}
    store.has_room = True

    assert rig.letters(1)[0].value_claim_check is not None


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "none", folder], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("only root may mount a small disk; a store without room is tested without it, too")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_waited_for_until_there_is_room(rig: Rig, small_disk: Path) -> None:
    retries = _metric("chartstream_retries_total", kind="transient")
    value = b"undecodable " + b"x" * 600_000
    rig.publish((b"a", value))
    store = FsspecDocumentStore(small_disk.as_uri())

    rig.run(documents=store)
    wait_until(lambda: _metric("chartstream_retries_total", kind="transient") > retries, "the disk is full")
    subprocess.run(["mount", "-o", "remount,size=8m", small_disk], check=True)

    check = rig.letters(1)[0].value_claim_check
    assert check is not None
    assert store.get(check.uri, check.sha256) == value
