"""The fuzzer and the table of hostile files, in short: `make fuzz` is the long run."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from chartstream.intake.sandbox import SandboxedInspector
from tests.faults.fuzz import Fuzzer, Tally, as_json, file_of, fuzz, seeds
from tests.faults.hostile import tried
from tests.faults.hostile_files import Hostile, hostile


@pytest.fixture(scope="module")
def inspector() -> Iterator[SandboxedInspector]:
    made = SandboxedInspector()
    yield made
    made.close()


@pytest.mark.parametrize("case", list(hostile()), ids=lambda case: case.what)
def test_a_hostile_file_ends_as_it_should(case: Hostile, inspector: SandboxedInspector) -> None:
    assert tried(case, inspector).faults == ()


@pytest.mark.parametrize("name", sorted(seeds()))
def test_every_seed_is_accepted(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.faults.fuzz.file_of", lambda files, seed, number: (name, files[name]))
    fuzzer = Fuzzer()
    _, tally = fuzzer.try_file(0, 0)
    fuzzer.close()
    assert (dict(tally.outcomes), tally.failures) == ({"accepted": 1}, [])


def test_changed_files_crash_nothing() -> None:
    total = Tally()
    for tally in fuzz(files=300, seed=20260302, workers=1).values():
        total.add(tally)
    assert total.failures == []
    assert total.files == 300
    assert json.loads(json.dumps(as_json(total)))["outcomes"] == total.outcomes
    assert total.outcomes["accepted"] > 30
    assert sum(total.outcomes.values()) > 2 * total.outcomes["accepted"]


def test_the_same_numbers_make_the_same_file() -> None:
    assert file_of(seeds(), 1, 7) == file_of(seeds(), 1, 7) != file_of(seeds(), 2, 7)
