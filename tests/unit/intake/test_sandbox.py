"""A document may kill the process that opens it, and nothing else."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from chartstream.errors import Rejected
from chartstream.intake.inspection import inspect
from chartstream.intake.policy import default_policy
from chartstream.intake.sandbox import SandboxedInspector, is_prose
from tests.faults import fuzz_seeds, page_seeds
from tests.faults.hostile_files import pdf

NOTE = b"Assessment: acute bronchitis."
CHEAP = default_policy().model_copy(
    update={"sandbox": default_policy().sandbox.model_copy(update={"seconds": 1.0, "megabytes": 300})}
)


@pytest.fixture
def inspector() -> Iterator[SandboxedInspector]:
    made = SandboxedInspector(CHEAP)
    yield made
    made.close()


def alive(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def gone(process: int) -> bool:
    until = time.monotonic() + 10
    while alive(process) and time.monotonic() < until:
        time.sleep(0.02)
    return not alive(process)


def drawing_itself() -> bytes:
    form = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>/Length 12>>stream\n"
    resources = b"<</XObject<</F 5 0 R>>>>"
    return pdf(content=b"/F Do", resources=resources, extra=form + b"/F Do /F Do \nendstream")


def test_every_type_gives_what_it_gives_without_a_sandbox(inspector: SandboxedInspector) -> None:
    for name, content in (page_seeds.seeds() | fuzz_seeds.seeds()).items():
        assert inspector(content, None) == inspect(content, None), name


def test_rejections_come_through_whole(inspector: SandboxedInspector) -> None:
    content = page_seeds.seeds()["pdf"][:-200]
    with pytest.raises(Rejected) as within:
        inspector(content, None)
    with pytest.raises(Rejected) as without:
        inspect(content, None)
    assert tuple(within.value.problems) == tuple(without.value.problems)


def test_what_costs_too_much_is_refused_and_the_next_document_is_opened(inspector: SandboxedInspector) -> None:
    inspector(page_seeds.seeds()["pdf"], None)
    first = inspector.process_id
    begun = time.perf_counter()
    with pytest.raises(Rejected, match=r"document_too_costly: .* within 1 s and 300 MB"):
        inspector(drawing_itself(), None)
    assert time.perf_counter() - begun < 5
    assert first is not None
    assert gone(first)
    assert inspector(page_seeds.seeds()["pdf"], None).page_count == 2
    assert inspector.process_id != first


def test_a_child_killed_between_documents_is_replaced(inspector: SandboxedInspector) -> None:
    inspector(page_seeds.seeds()["pdf"], None)
    assert inspector.process_id is not None
    os.kill(inspector.process_id, signal.SIGKILL)
    assert gone(inspector.process_id)
    assert inspector(page_seeds.seeds()["pdf"], None).page_count == 2


def test_prose_starts_no_process(inspector: SandboxedInspector) -> None:
    assert inspector(NOTE, "text/plain").media_type == "text/plain"
    assert inspector.process_id is None


@pytest.mark.parametrize("content", [*page_seeds.seeds().items(), *fuzz_seeds.seeds().items()])
def test_only_plain_notes_are_prose(content: tuple[str, bytes]) -> None:
    assert is_prose(content[1]) == (content[0] == "text")


@pytest.mark.parametrize(
    "content", [b"", b"  ", b"x" * 70_000, b"a\0b", b"MSH|^~\\&|", b"notes %PDF-1.4", b"\xff\xfea"]
)
def test_what_is_not_surely_prose_is_not_taken_for_it(content: bytes) -> None:
    assert not is_prose(content)


def test_closing_ends_the_child() -> None:
    inspector = SandboxedInspector()
    inspector(page_seeds.seeds()["pdf"], None)
    process = inspector.process_id
    assert process is not None
    inspector.close()
    assert gone(process)


def test_a_parent_that_is_killed_takes_the_child_along() -> None:
    program = (
        "import sys, time; from chartstream.intake.sandbox import SandboxedInspector; i = SandboxedInspector();"
        "i(sys.stdin.buffer.read(), None); print(i.process_id, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdin is not None
    assert parent.stdout is not None
    parent.stdin.write(page_seeds.seeds()["pdf"])
    parent.stdin.close()
    child = int(parent.stdout.readline())
    assert alive(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert gone(child)


def in_daemon(connection: Connection) -> None:
    connection.send(SandboxedInspector()(page_seeds.seeds()["pdf"], None).page_count)


def test_it_works_in_the_daemonic_workers_of_a_processor() -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    worker = context.Process(target=in_daemon, args=(theirs,), daemon=True)
    worker.start()
    assert ours.poll(60)
    assert ours.recv() == 2
    worker.join()


def test_the_child_knows_no_passwords_of_ours(inspector: SandboxedInspector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARTSTREAM_KAFKA_SASL_PASSWORD", "not for the child")
    inspector(page_seeds.seeds()["pdf"], None)
    environment = Path(f"/proc/{inspector.process_id}/environ").read_bytes()
    assert b"CHARTSTREAM" not in environment
