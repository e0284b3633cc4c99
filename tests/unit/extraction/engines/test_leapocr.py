"""LeapOCR against a stand-in that keeps to its protocol."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from chartstream.errors import ConfigurationError, Rejected, Transient
from chartstream.extraction.engines.engine import OcrPage
from chartstream.extraction.engines.leapocr import LeapOcr
from chartstream.extraction.engines.leapocr_client import LeapOcrClient
from chartstream.extraction.engines.page_fields import page_schema
from chartstream.extraction.fragments import Box
from chartstream.remote import Patience, RemoteService
from tests.standin import Answer, Sleeps, serving
from tests.unit.extraction.engines.leapocr_standin import KEY, LeapServer, error

NOISE = np.random.default_rng(1).integers(0, 255, (30, 40, 3), dtype=np.uint8)
MARKDOWN = {"result": "# Plan\n\n- Rest the **left** ankle.\n\n| Test | Value |\n|---|---|\n| Urate | 8.9 |"}


class Read:
    """Reads a page at a server; what was waited for stands in ``sleeps``."""

    def __init__(self) -> None:
        self.sleeps = Sleeps()

    def __call__(
        self,
        server: LeapServer,
        *,
        key: str = KEY,
        seconds: float = 30,
        patience: Patience | None = None,
        **options: Any,
    ) -> OcrPage:
        with serving(server) as server.address:
            service = RemoteService(
                "LeapOCR",
                f"{server.address}/api/v1",
                {"X-API-KEY": key},
                patience or Patience(),
                self.sleeps,
            )
            try:
                return LeapOcr(LeapOcrClient(service), "pro-v1", seconds=seconds, **options).read(NOISE)
            finally:
                service.close()


@pytest.fixture
def read() -> Read:
    return Read()


@pytest.fixture(autouse=True)
def _nothing_said(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever happens, neither the key, nor a signed address, nor a word of a page is logged."""
    caplog.set_level(logging.DEBUG)
    yield
    assert not any(word in caplog.text for word in (KEY, "signature", "Whitcombe", "ankle"))


def test_a_page_goes_there_in_parts_and_comes_back_as_lines(read: Read) -> None:
    server = LeapServer({**MARKDOWN, "confidence": 0.93})
    page = read(server)
    assert [line.text for line in page.fragments] == ["Plan", "- Rest the left ankle.", "Test | Value", "Urate | 8.9"]
    assert {word.confidence for line in page.fragments for word in line.words} == {0.93}
    assert {line.box for line in page.fragments} == {Box(0, 0, 40, 30)}
    assert (page.ordered, page.credits) == (True, 2)
    with Pillow.open(BytesIO(server.content)) as sent:
        assert np.array_equal(np.asarray(sent), NOISE)
    assert len(server.content) > 3 * 1000
    assert server.options == {
        "format": "markdown",
        "model": "pro-v1",
        "file_name": "page.png",
        "file_size": len(server.content),
        "content_type": "image/png",
    }
    assert server.wrong == []
    assert server.deleted == server.jobs == ["job-1"]
    assert read.sleeps.waited == [0.5, 0.75]


def test_places_of_blocks_are_scaled_to_the_page(read: Read) -> None:
    blocks = [
        {"text": "- Rest the **left** ankle.", "type": "list", "bounds": {"x": 20, "y": 30, "width": 40, "height": 6}},
        {"text": "Plan", "type": "heading", "bounds": {"x": 500, "y": 500, "width": 4, "height": 4}},
    ]
    server = LeapServer({**MARKDOWN, "bounding_boxes": blocks, "dimensions": {"width": 80, "height": 60}})
    page = read(server, boxes=True)
    assert server.options["extract_bounding_boxes"] is True
    assert page.fragments[1].box == Box(10, 15, 30, 18)
    assert page.fragments[0].box == Box(0, 0, 40, 30)  # a place that is not on the page is none


def test_a_structured_result_is_the_text_that_it_holds(read: Read) -> None:
    server = LeapServer({"result": {"page_text": "# Plan\nRest.", "diagnoses": ["Sprain"]}})
    page = read(server, form="structured", schema=page_schema())
    assert [line.text for line in page.fragments] == ["Plan", "Rest."]
    assert server.options["schema"]["properties"]["results"]["items"]["properties"]["unit"]
    assert "$ref" not in str(server.options["schema"])


def test_a_structured_result_without_text_is_its_values(read: Read) -> None:
    found = {"encounter_date": "02/17/2026", "age": None, "results": [{"test": "Urate", "value": 8.9}], "diagnoses": []}
    page = read(LeapServer({"result": found}), form="structured", schema={"type": "object"})
    assert [line.text for line in page.fragments] == ["Encounter date: 02/17/2026", "Test: Urate", "Value: 8.9"]


def test_results_come_in_pages_and_are_put_in_order(read: Read) -> None:
    server = LeapServer({"result": "one"}, {"result": "two"}, {"result": "three"})
    server.pages[0]["page_number"], server.pages[2]["page_number"] = 3, 1
    assert [line.text for line in read(server).fragments] == ["three", "two", "one"]
    assert server.wrong == []


@pytest.mark.parametrize("step", ["begin", "upload", "complete", "status", "result", "delete"])
def test_a_step_that_fails_twice_is_tried_again(read: Read, step: str) -> None:
    server = LeapServer(MARKDOWN)
    server.faults[step] = [Answer(503), Answer(429)]
    assert read(server).fragments[0].text == "Plan"
    assert server.deleted == server.jobs
    assert server.wrong == []


def test_a_result_that_is_not_yet_written_is_waited_for(read: Read) -> None:
    server = LeapServer(MARKDOWN)
    server.faults["result"] = [Answer(202), Answer(202)]
    assert read(server).fragments[0].text == "Plan"


def test_an_answer_to_completion_that_was_lost_does_no_harm(read: Read) -> None:
    server = LeapServer(MARKDOWN)
    server._done = True
    server.faults["complete"] = [Answer(503), error(409, "already_completed")]
    server.faults["status"] = [Answer(body=b'{"status": "completed", "total_pages": 1}')]
    assert read(server).fragments[0].text == "Plan"


@pytest.mark.parametrize(
    ("step", "answer", "kind", "said"),
    [
        ("begin", error(401, "invalid_api_key"), ConfigurationError, "refused the key"),
        ("begin", error(403, "forbidden"), ConfigurationError, "refused the key"),
        ("begin", error(404, "model_not_found"), ConfigurationError, "model_not_found"),
        ("begin", error(402, "insufficient_credits"), Transient, "no credits"),
        ("begin", error(413, "file_too_large"), Rejected, "file_too_large"),
        ("begin", error(422, "invalid_schema"), Rejected, "invalid_schema"),
        ("begin", Answer(body=b'{"job_id": "j", "parts": [{"part_'), Transient, "no answer"),
        ("begin", Answer(body=b'{"job_id": "../../x", "parts": []}'), Transient, "no answer"),
        ("upload", Answer(403, b"<Error>Request has expired</Error>"), Transient, "HTTP 403"),
        ("upload", Answer(200), Transient, "a part of a page"),  # no ETag
        ("upload", Answer(headers={"ETag": '"0"'}), Rejected, "invalid_parts"),  # not that of the part
        ("status", error(404, "job_not_found"), Transient, "no longer knows"),
        ("status", Answer(body=b'{"status": "failed"}'), Rejected, "could not read"),
        ("result", Answer(body=b'{"pages": [{"page_nu'), Transient, "no answer"),
        ("result", Answer(body=b'{"pages": []}'), Rejected, "page_not_read"),
    ],
)
def test_failures_say_what_they_are_and_leave_no_page_behind(
    read: Read, step: str, answer: Answer, kind: type[Exception], said: str
) -> None:
    server = LeapServer(MARKDOWN)
    server.faults[step] = [answer]
    with pytest.raises(kind, match=said) as caught:
        read(server)
    assert "Whitcombe" not in str(caught.value)
    assert server.deleted == server.jobs


def test_a_page_that_is_missing_from_what_was_partially_done_is_an_error(read: Read) -> None:
    server = LeapServer(statuses=("processing", "partially_done"))
    server.total_pages = 1
    with pytest.raises(Rejected, match="0 of 1 pages"):
        read(server)


def test_a_job_that_never_ends_is_given_up(read: Read) -> None:
    server = LeapServer(statuses=("processing",))
    with pytest.raises(Transient, match="in time"):
        read(server, seconds=0.7)
    assert server.deleted == server.jobs


def test_parts_that_are_not_the_file_are_not_sent(read: Read) -> None:
    server = LeapServer(MARKDOWN)
    part = '{"job_id": "j", "parts": [{"part_number": 1, "start_byte": 0, "end_byte": 9, "upload_url": "http://x/"}]}'
    server.faults["begin"] = [Answer(body=part.encode())]
    with pytest.raises(Transient, match="not the file"):
        read(server)


def test_another_key_is_refused(read: Read) -> None:
    with pytest.raises(ConfigurationError, match="invalid_api_key"):
        read(LeapServer(MARKDOWN), key="another")


def test_a_slow_service_is_left_in_time(read: Read) -> None:
    server = LeapServer(MARKDOWN)
    server.faults["begin"] = [Answer(delay=0.5)] * 2
    with pytest.raises(Transient, match="ReadTimeout"):
        read(server, patience=Patience(answer=0.2, attempts=2))


def test_a_job_that_cannot_be_deleted_is_told_to_the_operator(read: Read, caplog: pytest.LogCaptureFixture) -> None:
    server = LeapServer(MARKDOWN)
    server.faults["delete"] = [error(403, "forbidden")]
    assert read(server).fragments[0].text == "Plan"
    assert "could not be deleted" in caplog.text
