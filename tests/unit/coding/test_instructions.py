"""Instructions of the tabular list: what their notes name, and which code stands before which."""

from __future__ import annotations

import itertools

import pytest

from chartstream.coding import CodingEngine
from chartstream.coding.related.instructions import CodeRange, InstructionKind, Instructions


@pytest.fixture(scope="module")
def instructions(engine: CodingEngine) -> Instructions:
    return Instructions(engine.codes)


@pytest.mark.parametrize(
    ("first", "second", "holder"),
    [
        ("E11.22", "N18.32", "N18"),
        ("I11.0", "I50.9", "I50"),
        ("N18.4", "D63.1", "D63.1"),
        ("E11.621", "L97.411", "L97"),
        ("E11.43", "K31.84", "K31.84"),
        ("U07.1", "J12.82", "J12.82"),
        ("G30.9", "F02.80", "F02"),
        ("A41.9", "R65.20", "R65.2"),
        ("E66.9", "Z68.34", "E66"),
        ("E11.9", "Z79.4", "E11"),
        ("I10", "F17.210", "I10-I1A"),
        ("I69.391", "R13.10", "R13.1"),
    ],
)
def test_notes_order_codes(instructions: Instructions, first: str, second: str, holder: str) -> None:
    note = instructions.ordering(first, second)
    assert note is not None
    assert note.holder == holder
    assert instructions.ordering(second, first) is None


def test_an_adverse_effect_follows_its_nature_and_a_poisoning_leads(instructions: Instructions) -> None:
    """T36-T50 ending in 5 is an adverse effect, in 1 to 4 a poisoning (guideline I.C.19.e.5)."""
    assert instructions.ordering("G92.8", "T42.4X5A") is not None
    assert instructions.ordering("T42.4X5A", "G92.8") is None
    assert instructions.ordering("T42.4X1A", "G92.8") is not None


def test_code_also_orders_nothing(instructions: Instructions) -> None:
    """Guideline I.A.17: a code also note gives no sequence."""
    assert instructions.asking("J44.1", "J45.40", InstructionKind.CODE_ALSO) is not None
    assert instructions.ordering("J44.1", "J45.40") is None
    assert instructions.ordering("J45.40", "J44.1") is None


def test_what_precedes_and_follows(instructions: Instructions) -> None:
    assert any(found.covers("I12.9") for found in instructions.must_precede("N18.4"))
    assert any(found.covers("N18.4") for found in instructions.must_follow("I12.9"))
    assert not instructions.must_precede("I10")
    assert not instructions.of("Q00.Z", InstructionKind.CODE_FIRST)


def test_no_two_codes_stand_each_before_the_other(instructions: Instructions, engine: CodingEngine) -> None:
    some = [code for code in engine.codes if "-" not in code and engine.codes.is_billable(code)][::700]
    some += ["E11.22", "I12.9", "N18.4", "D63.1", "I50.9", "I13.0", "F02.80", "F03.90", "G30.9", "L97.411"]
    for one, other in itertools.combinations(dict.fromkeys(some), 2):
        assert not (instructions.ordering(one, other) and instructions.ordering(other, one))


@pytest.mark.parametrize(
    ("found", "inside", "outside"),
    [
        (CodeRange("N181", "N186"), ("N18.1", "N18.32", "N18.6"), ("N18.9", "N17.9")),
        (CodeRange("C00", "D49"), ("C00.0", "C50.911", "D49.9"), ("B99.9", "D50.0")),
        (CodeRange("E08", "E13"), ("E08.9", "E13.9"), ("E07.9", "E15")),
        (CodeRange("T36", "T50", frozenset("5"), (4, 5)), ("T42.4X5A", "T50.905A"), ("T42.4X1A",)),
    ],
)
def test_a_range_takes_in_all_below_its_ends(
    found: CodeRange, inside: tuple[str, ...], outside: tuple[str, ...]
) -> None:
    assert all(found.covers(code) for code in inside)
    assert not any(found.covers(code) for code in outside)
