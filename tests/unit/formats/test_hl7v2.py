"""HL7 v2: escapes mean what the standard says, and no message, however odd, does more than be refused."""

from __future__ import annotations

import hl7
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartstream.errors import Rejected
from chartstream.formats.hl7_escapes import Delimiters, unescape
from chartstream.formats.hl7_time import day, moment
from chartstream.formats.hl7v2 import is_hl7, parse, texts_of_messages
from tests.unit.formats.notes import hl7_message, text_observation

D = Delimiters()
NAMES = {"\\": "E", "|": "F", "^": "S", "~": "R", "&": "T", "\n": ".br"}


def escaped(text: str) -> str:
    return "".join(f"\\{NAMES[c]}\\" if c in NAMES else c for c in text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r")))
def test_what_was_escaped_comes_back(text: str) -> None:
    assert unescape(escaped(text), D) == text


@given(st.text(alphabet=st.sampled_from("ab .+-09XCMHNFSTREbrspin\\\n|^~&"), max_size=60))
def test_nothing_breaks_and_nothing_grows_without_bounds(text: str) -> None:
    assert len(unescape(text, D)) <= 20 * max(len(text), 1)


@given(st.text(alphabet=st.sampled_from("ab\\FSTRE|^~&"), max_size=40))
def test_the_hl7_package_reads_the_same_where_it_knows_the_sequence(text: str) -> None:
    message = hl7.parse("MSH|^~\\&|A\r")
    assert unescape(escaped(text), D) == message.unescape(escaped(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"one\.br\two", "one\ntwo"),
        (r"one\.sp2\two", "one\n\ntwo"),
        (r"one\.sp999999999\two", "one" + "\n" * 3 + "two"),
        (r"one\.sk3\two", "one   two"),
        (r"one\.sk99\two", "one" + " " * 20 + "two"),
        (r"\.fi\one\.nf\two", "onetwo"),
        (r"\H\bold\N\ plain", "bold plain"),
        (r"5\X0D0A\6", "5\n6"),
        (r"38\XB0\C and \XC2B0\C", "38\u00b0C and \u00b0C"),
        (r"\E\.br\E\ ", r"\.br\ "),
        (r"C:\folder\file", r"C:\folder\file"),
        (r"\C2842\x", "\ufffdx"),
        (r"alone \ here", r"alone \ here"),
    ],
)
def test_sequences(text: str, expected: str) -> None:
    assert unescape(text, D) == expected


def test_a_message_without_an_escape_character_escapes_nothing() -> None:
    assert unescape(r"a\.br\b", Delimiters(escape="")) == r"a\.br\b"


def test_fields_are_numbered_as_in_the_standard() -> None:
    message = parse(texts_of_messages(hl7_message([text_observation("Cough")]))[0])
    assert (message.kind, message.trigger) == ("MDM", "T02")
    assert message.segments[0].raw(1) == "|"
    patient = message.first("PID")
    assert patient is not None
    assert (patient.text(3), patient.text(3, 5), patient.components(5)) == ("4711", "MR", ["Marsh", "Helena", "R"])
    assert (patient.text(3, 9), patient.text(99), patient.repetitions(99)) == ("", "", [""])


def test_a_line_break_that_nobody_escaped_stays_in_its_field() -> None:
    message = parse(texts_of_messages(hl7_message([text_observation("Cough\nPLAN: rest")]))[0])
    observation = message.first("OBX")
    assert observation is not None
    assert observation.raw(5) == "Cough\nPLAN: rest"
    assert observation.text(11) == "F"


def test_other_separators_are_those_of_the_header() -> None:
    message = parse("MSH$*%!@$A$B$$$$$MDM*T02\nOBX$1$TX$x*Note$$5 !T! 7")
    observation = message.first("OBX")
    assert observation is not None
    assert message.kind == "MDM"
    assert (observation.text(3, 2), observation.text(5)) == ("Note", "5 @ 7")


def test_batches_and_frames_are_opened() -> None:
    one = hl7_message([text_observation("Cough")])
    batch = b"\x0bFHS|^~\\&|E\rBHS|^~\\&|E\r" + one + one + b"BTS|2\rFTS|1\r\x1c\r"
    assert is_hl7(batch)
    assert texts_of_messages(batch) == texts_of_messages(one) * 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"BHS|^~\\&|E\rMSH|^~\\&|E\r", "document_truncated"),
        (b"BHS|^~\\&|E\rBTS|0\r", "document_unreadable"),
        (b"BHS|^~\\&|E\rPID|1\rBTS|0\r", "document_unreadable"),
    ],
)
def test_broken_batches_are_refused(content: bytes, code: str) -> None:
    with pytest.raises(Rejected) as refusal:
        texts_of_messages(content)
    assert refusal.value.problems[0].code == code


@pytest.mark.parametrize("header", ["MSH", "MSH|", "MSH|||", "MSH|^^~\\&|", "MSH|abcd|", "MSH| ^~\\&", "MSH|^~\\&#$%|"])
def test_a_header_without_its_separators_is_refused(header: str) -> None:
    with pytest.raises(Rejected):
        parse(header)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20260302", "2026-03-02T00:00:00+00:00"),
        ("202603021030", "2026-03-02T10:30:00+00:00"),
        ("20260302103000.123-0500", "2026-03-02T15:30:00+00:00"),
        ("20260302+0100", "2026-03-01T23:00:00+00:00"),
        ("202603", None),
        ("20261399", None),
        ("00010101000000+0100", None),
        ("yesterday", None),
    ],
)
def test_times(text: str, expected: str | None) -> None:
    found = moment(text)
    assert (found.isoformat() if found else None) == expected


def test_a_day_is_the_one_written_down() -> None:
    assert str(day("20260302230000-0500")) == "2026-03-02"
    assert day("20260230") is None
