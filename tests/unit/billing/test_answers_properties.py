"""Whatever a payer's file holds, it is read, reported item by item, or refused whole: nothing else comes out of it."""

from __future__ import annotations

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from chartstream.billing.answers.outcomes import answers_in, by_number, matched
from chartstream.errors import Rejected
from chartstream.events.claims import ClaimOutcome
from chartstream.events.codec import Codec
from tests.unit.billing.cases import CLAIM_ID, claim
from tests.unit.billing.payers import HEAD_835, acknowledged, acknowledgement, interchange, paid_claim
from tests.unit.billing.test_answers import NUMBER
from tests.unit.builders import FixedClock

WRONG = ["", "0", "-5.25", "1e9", "NaN", "99999999999999", "é"]
RIGHT = ["1", "4", "22", "125.50", "CO", "PR", "16", "HE", "6R", "A7:255", NUMBER]
NAMES = ["CLP", "CAS", "SVC", "LQ", "MOA", "MIA", "REF", "PLB", "LX", "N1", "TRN", "STC", "HL", "NM1", "Q"]
SEGMENTS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.lists(st.sampled_from(RIGHT + WRONG), max_size=12)).map(
        lambda segment: "*".join([segment[0], *segment[1]])
    ),
    max_size=12,
)


def taken(content: bytes) -> None:
    answers, unread = answers_in(content)
    found, strangers = matched(answers, by_number([claim()]).get, FixedClock())
    assert len(found) + len(strangers) == len(answers)
    assert all(item.reason and item.place for item in [*unread, *strangers])
    for each in found:
        assert each.outcome.claim_id == CLAIM_ID
        assert Codec().decode(Codec().encode(each.outcome, "claims.outcomes"), ClaimOutcome) == each.outcome


@settings(max_examples=30, deadline=None)
@given(SEGMENTS)
def test_any_segments_in_an_835_give_answers_or_reports(segments: list[str]) -> None:
    taken(interchange("835", "005010X221A1", [*HEAD_835, *segments, *paid_claim(NUMBER)], "HP"))


@settings(max_examples=30, deadline=None)
@given(SEGMENTS)
def test_any_segments_in_a_277ca_give_answers_or_reports(segments: list[str]) -> None:
    taken(acknowledgement(acknowledged(NUMBER), segments))


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_any_change_of_bytes_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(interchange("835", "005010X221A1", [*HEAD_835, *paid_claim(NUMBER)], "HP"))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Rejected):
        taken(bytes(content[: data.draw(st.integers(0, len(content)))]))
