"""``chartstream dead-letters``: look at what failed, mend it, replay it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from typer.testing import CliRunner, Result

from chartstream.cli import app
from chartstream.documents import FsspecDocumentStore
from chartstream.errors import ConfigurationError
from chartstream.stream.dead_letter_topic import Position
from tests.integration.stream.rig import Rig, wait_until

pytestmark = pytest.mark.kafka

Run = Callable[..., Result]


@pytest.fixture
def store(tmp_path: Path) -> FsspecDocumentStore:
    return FsspecDocumentStore((tmp_path / "documents").as_uri())


@pytest.fixture
def run(rig: Rig, store: FsspecDocumentStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, on the rig's topics."""
    monkeypatch.setenv("CHARTSTREAM_KAFKA_BOOTSTRAP", str(rig.client["bootstrap.servers"]))
    monkeypatch.setenv("CHARTSTREAM_KAFKA_TOPIC_PREFIX", rig.prefix)
    monkeypatch.setenv("CHARTSTREAM_DOCUMENTS_URL", (tmp_path / "documents").as_uri())
    monkeypatch.setenv("COLUMNS", "250")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["dead-letters", *arguments])

    return run


def _fail(rig: Rig, *values: bytes, **options: Any) -> None:
    """Publish them, and let a member make dead letters of them, one after the other."""
    rig.publish(*[(b"encounter-1", value) for value in values], headers={"ce_id": b"event-1"})
    member = rig.run(**options)
    rig.letters(len(values))
    member.end()


def _positions(run: Run) -> list[str]:
    """Positions of all letters, oldest first."""
    return sorted(re.findall(r"^│ (\d+:\d+)", run("list").output, re.MULTILINE), key=lambda text: int(text[2:]))


def test_list_shows_the_newest_first_and_no_value(rig: Rig, run: Run) -> None:
    _fail(rig, b"raise an invented alarm", b"undecodable bytes")

    listed = run("list").output

    assert listed.index("Undecodable") < listed.index("ValueError")
    assert f"{rig.source}:" in listed
    assert "alarm" not in listed
    assert "ValueError" in run("list", "--category", "defect").output
    assert "Undecodable" not in run("list", "--category", "defect").output
    assert "Undecodable" in run("list", "--limit", "1").output
    assert "ValueError" not in run("list", "--limit", "1").output
    assert "ValueError" not in run("list", "--stage", "coding").output


def test_show_tells_everything_and_the_value_only_when_asked(rig: Rig, run: Run) -> None:
    _fail(rig, b"undecodable [bold] \xff")

    shown = run("show", "0:0").output

    for expected in ("Undecodable", "no such event", rig.source, "encounter-1", "ce_id", "event-1", "20 bytes"):
        assert expected in shown
    assert "bold" not in shown
    assert "undecodable [bold] \\xff" in run("show", "0:0", "--value").output


@pytest.mark.parametrize("position", ["0:99", "7:0"])
def test_a_position_without_a_letter(rig: Rig, run: Run, position: str) -> None:
    assert isinstance(run("show", position).exception, ConfigurationError)


@pytest.mark.parametrize("text", ["0", "a:b", "1:-2", ""])
def test_a_position_is_two_numbers(text: str) -> None:
    with pytest.raises(ConfigurationError, match="PARTITION:OFFSET"):
        Position.parse(text)


def test_replay_brings_the_record_back_as_it_was(rig: Rig, run: Run, tmp_path: Path) -> None:
    mended = tmp_path / "mended"
    died = b"exit-once %s" % bytes(mended)
    _fail(rig, died, workers=1, task_seconds=0.0)

    answer = run("replay", "0:0")

    assert "0:0 is back on" in answer.output
    assert answer.exit_code == 0
    rig.run()
    (output,) = rig.outputs(1)
    assert (output.key, output.value) == (b"encounter-1", died)


def test_replay_of_a_large_value_takes_it_from_the_document_store(
    rig: Rig, run: Run, store: FsspecDocumentStore
) -> None:
    value = b"undecodable " + b"x" * 700_000
    _fail(rig, value, documents=store)

    assert run("replay", "0:0").exit_code == 0

    rig.run(documents=store)
    first, second = rig.letters(2)
    assert first.value_claim_check == second.value_claim_check
    headers = {header.name: header.value for header in second.headers}
    assert headers["ce_id"] == b"event-1"
    assert headers["chartstream-replayed-from"] == f"{rig.dead_letters}:0:0".encode()


def test_a_letter_replayed_twice_names_its_last_place_only(rig: Rig, run: Run) -> None:
    _fail(rig, b"undecodable")
    run("replay", "0:0")
    member = rig.run()
    rig.letters(2)
    member.end()
    run("replay", _positions(run)[-1])
    rig.run()

    names = [header.name for header in rig.letters(3)[2].headers]
    assert names.count("chartstream-replayed-from") == 1


def test_replay_since_takes_each_letter_of_that_time_once_though_they_fail_again(rig: Rig, run: Run) -> None:
    _fail(rig, *[b"undecodable %d" % number for number in range(150)])
    rig.run()

    assert "0 replayed" in run("replay", "--since", "2026-03-03").output
    assert "0 replayed" in run("replay", "--since", "2026-03-02T09:00:00", "--stage", "coding").output
    assert "150 replayed" in run("replay", "--since", "2026-03-02T09:00:00", "--stage", "test").output

    assert len(rig.letters(300)) == 300


def test_replay_needs_letters_or_a_time(run: Run) -> None:
    assert run("replay").exit_code == 2
    assert run("replay", "0:0", "--since", "2026-03-02").exit_code == 2


def test_when_one_of_several_cannot_be_replayed_none_is(rig: Rig, run: Run, store: FsspecDocumentStore) -> None:
    _fail(rig, b"undecodable", b"undecodable " + b"x" * 700_000, documents=rig.documents)

    answer = run("replay", *_positions(run))

    assert "document store" in str(answer.exception)
    rig.publish((b"encounter-1", b"behind"))
    rig.run()
    assert len(rig.outputs(1, within=10)) == 1, "no transaction is left open"
    assert len(rig.letters(2)) == 2


def test_what_is_no_letter_is_counted_and_passed_over(rig: Rig, run: Run) -> None:
    _fail(rig, b"undecodable")
    producer = Producer(rig.client)
    producer.produce(rig.dead_letters, b"not a letter")
    producer.flush(10)

    listed = run("list")

    assert "Undecodable" in listed.output
    assert "1 records there are no letters" in listed.output
    wait_until(lambda: listed.exit_code == 0, "it goes on")
