"""Headers of a record: CloudEvents and the trace, nothing else."""

from __future__ import annotations

import re

import pytest

from chartstream.events.headers import headers_of
from tests.unit.builders import submitted

TRACE = b"0af7651916cd43dd8448eb211c80319c"


def test_an_event_is_described_by_cloudevents_headers() -> None:
    headers = dict(headers_of(submitted()))
    assert headers["ce_id"] == b"submission-1"
    assert headers["ce_type"] == b"chartstream.NoteSubmitted"
    assert headers["ce_specversion"] == b"1.0"
    assert headers["content-type"] == b"application/avro"
    assert headers["ce_source"] == b"/chartstream/test/0"


def test_a_trace_is_continued_with_a_span_of_its_own() -> None:
    parent = b"00-" + TRACE + b"-b7ad6b7169203331-00"
    continued = dict(headers_of(submitted(), [("traceparent", parent)]))["traceparent"]
    assert re.fullmatch(rb"00-" + TRACE + rb"-[0-9a-f]{16}-00", continued)
    assert continued != parent


@pytest.mark.parametrize("parent", [None, b"", b"rubbish", b"00-short-b7ad6b7169203331-01"])
def test_a_trace_that_is_none_is_begun_anew(parent: bytes | None) -> None:
    begun = dict(headers_of(submitted(), [("traceparent", parent)]))["traceparent"]
    assert re.fullmatch(rb"00-[0-9a-f]{32}-[0-9a-f]{16}-01", begun)


def test_no_header_holds_anything_of_the_note() -> None:
    assert not any(b"hypertension" in value for _, value in headers_of(submitted()))
