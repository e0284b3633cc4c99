"""Identities: the same for the same, opaque, and what follows an event."""

from __future__ import annotations

import uuid

import pytest

from chartstream.events.documents import NoteAccepted, NoteRejected
from chartstream.events.encounter import ClaimType
from chartstream.events.identity import Successors, claim_id, encounter_id, event_id, successor
from tests.unit.builders import NOW, head

KEY = b"0123456789abcdef"


def test_identities_do_not_change_between_releases() -> None:
    # written down once: a change would double claims at the next upgrade
    assert event_id("cause", NoteAccepted, 0, "live") == "e17d9a38-85c2-8928-9a97-3e0dc48d5270"
    assert (
        encounter_id(KEY, "north-clinic", "V-1", ClaimType.PROFESSIONAL, "B-17")
        == "df1e766c457afac6731663283b68d034d0b8d702"
    )
    assert claim_id("north-clinic", "encounter-1") == "9cbb07baf4e04ee5cf106b54a092356e"


def test_an_event_id_is_a_uuid_that_depends_on_every_part() -> None:
    base = event_id("cause", NoteAccepted, 0, "live")
    assert uuid.UUID(base).version == 8
    others = {
        event_id("other", NoteAccepted, 0, "live"),
        event_id("cause", NoteRejected, 0, "live"),
        event_id("cause", NoteAccepted, 1, "live"),
        event_id("cause", NoteAccepted, 0, "replay-7"),
    }
    assert len(others | {base}) == 5


def test_parts_do_not_run_together() -> None:
    one = encounter_id(KEY, "ab", "c", ClaimType.PROFESSIONAL, "d")
    assert one != encounter_id(KEY, "a", "bc", ClaimType.PROFESSIONAL, "d")
    assert claim_id("ab", "c") != claim_id("a", "bc")


def test_an_encounter_id_shows_nothing_and_needs_the_key() -> None:
    identity = encounter_id(KEY, "north-clinic", "V-20260302", ClaimType.PROFESSIONAL, "B-17")
    assert len(identity) == 40
    assert set(identity) <= set("0123456789abcdef")
    assert identity != encounter_id(b"another key of 16", "north-clinic", "V-20260302", ClaimType.PROFESSIONAL, "B-17")
    with pytest.raises(ValueError, match="16 bytes"):
        encounter_id(b"short", "north-clinic", "V-1", ClaimType.PROFESSIONAL, "B-17")


def test_a_successor_stands_in_the_chain_of_its_cause() -> None:
    cause = head(version=4, event_id="cause")
    after = successor(cause, NoteAccepted, 0, NOW, "intake/1")
    assert (after.caused_by, after.event_id) == ("cause", event_id("cause", NoteAccepted, 0, "live"))
    assert (after.tenant, after.encounter_id, after.encounter_version, after.run_id) == (
        cause.tenant, cause.encounter_id, 4, "live",
    )  # fmt: skip
    assert (after.occurred_at, after.produced_by) == (NOW, "intake/1")


def test_a_replay_keeps_its_run() -> None:
    cause = head().model_copy(update={"run_id": "replay-7"})
    after = successor(cause, NoteAccepted, 0, NOW, "intake/1")
    assert after.run_id == "replay-7"
    assert after.event_id != successor(head(), NoteAccepted, 0, NOW, "intake/1").event_id


def test_events_of_one_type_are_counted_apart_from_others() -> None:
    answers = Successors(head(), NOW, "intake/1")
    heads = [answers.head(kind) for kind in (NoteAccepted, NoteRejected, NoteAccepted)]
    expected = [(NoteAccepted, 0), (NoteRejected, 0), (NoteAccepted, 1)]
    assert heads == [successor(head(), kind, ordinal, NOW, "intake/1") for kind, ordinal in expected]
