"""Sides as notes write them."""

from __future__ import annotations

import pytest

from chartstream.codesets import load
from chartstream.validation.laterality import on_side, regions_of_code, same_family, side_of
from chartstream.validation.sides import Side, regions_of, side_words, sides_in, sides_of_part

CODES = load()
KNEE, EYE, EAR = (frozenset({name}) for name in ("knee", "eye", "ear"))
L, R, B = Side.LEFT, Side.RIGHT, Side.BILATERAL


def sides(text: str, regions: frozenset[str] = KNEE) -> set[Side]:
    return set(sides_in(text, 0, len(text), regions))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("left knee", {L}),
        ("Right knee", {R}),
        ("left-sided knee pain", {L}),
        ("knee pain on the right", {R}),
        ("Lt knee", {L}),
        ("Rt. knee", {R}),
        ("L knee", {L}),
        ("R lateral knee", {R}),
        ("knee (R)", {R}),
        ("knee [R]", set()),
        ("knee R", set()),
        ("2 L of oxygen", set()),
        ("L4 and L5", set()),
        ("R/O fracture of the knee", set()),
        ("r knee", set()),
        ("RLE edema", {R}),
        ("BLE edema", {B}),
        ("rle edema", set()),
        ("both knees", {B}),
        ("both of them", set()),
        ("bilateral knee pain", {B}),
        ("knee pain b/l", {B}),
        ("left and right knee", {L, R}),
        ("left shoulder", set()),
        ("left shoulder and right knee", {R}),
        ("left shoulder, knee", set()),
        ("left ventricle", set()),
        ("left lower extremity", {L}),
        ("she left", set()),
        ("left the room", set()),
        ("right now", set()),
        ("all right", set()),
        ("all right knees", set()),
        ("right-handed", set()),
        ("right handed", set()),
        ("OD and OS", set()),
        ("upright", set()),
        ("leftover", set()),
        ("", set()),
    ],
)
def test_sides_of_the_knee(text: str, found: set[Side]) -> None:
    assert sides(text) == found


def test_eyes_and_ears_have_latin_of_their_own() -> None:
    assert sides("cataract OD", EYE) == {R}
    assert sides("cataract OS", EYE) == {L}
    assert sides("cataract OU", EYE) == {B}
    assert sides("cerumen AD", EAR) == {R}
    assert sides("cerumen AS", EAR) == {L}
    assert sides("cerumen AU", EAR) == {B}
    assert sides("cerumen OD", EAR) == set()
    assert sides("cataract AS", EYE) == set()
    assert sides("cataract os", EYE) == set()


def test_only_the_stretch_that_is_asked_for_counts() -> None:
    text = "left knee and right knee"
    assert sides_in(text, 0, 9, KNEE) == {L}
    assert sides_in(text, 10, len(text), KNEE) == {R}


def test_a_part_of_the_body_must_be_named_where_that_is_asked() -> None:
    assert sides_of_part("pain on the left", 0, 16, KNEE) == set()
    assert sides_of_part("left knee pain", 0, 14, KNEE) == {L}
    assert sides_of_part("left shoulder pain", 0, 18, KNEE) == set()


def test_without_a_known_region_every_side_counts() -> None:
    assert sides("left shoulder", frozenset()) == {L}


def test_words_name_regions_in_singular_and_plural() -> None:
    assert regions_of(frozenset({"shoulder"})) == {"shoulder"}
    assert regions_of(frozenset({"ankles"})) == {"foot"}
    assert regions_of(frozenset({"tibia"})) == {"knee", "foot"}
    assert regions_of(frozenset({"hypertension"})) == set()


def test_the_words_of_the_file_are_small_letters_and_its_letters_capitals() -> None:
    words = side_words()
    plain = {*words.left, *words.right, *words.bilateral, *words.no_side_before, *words.no_side_after}
    assert all(word == word.lower() for word in plain)
    assert all(word == word.upper() for word in (*words.letters, *words.abbreviations, *words.eye, *words.ear))


@pytest.mark.parametrize(
    ("code", "side"),
    [
        ("M25.561", R),
        ("M25.562", L),
        ("M25.569", Side.UNSPECIFIED),
        ("H25.13", B),
        ("M17.0", B),
        ("M17.9", None),
        ("E11.9", None),
        ("H26.9", None),
        ("Z99.999", None),
    ],
)
def test_the_side_of_a_code(code: str, side: Side | None) -> None:
    assert side_of(CODES, code) is side


@pytest.mark.parametrize(
    ("code", "side", "other"),
    [
        ("M25.561", L, "M25.562"),
        ("M25.561", Side.UNSPECIFIED, "M25.569"),
        ("M25.561", B, None),
        ("H25.11", B, "H25.13"),
        ("M17.11", B, "M17.0"),
        ("S72.001A", L, "S72.002A"),
        ("S72.001D", L, "S72.002D"),
        ("M25.561", R, None),
        ("I10", L, None),
    ],
)
def test_the_same_condition_on_another_side(code: str, side: Side, other: str | None) -> None:
    assert on_side(CODES, code, side) == other


def test_another_condition_of_the_same_part_is_no_family() -> None:
    assert same_family(CODES, "M25.561", "M25.562")
    assert not same_family(CODES, "M25.561", "M25.552")
    assert not same_family(CODES, "M25.561", "M25.561")


@pytest.mark.parametrize(
    ("code", "regions"),
    [
        ("M25.561", {"knee"}),
        ("H26.9", {"eye"}),
        ("H60.01", {"ear"}),
        ("H59.89", {"eye"}),
        ("H95.89", {"ear"}),
        ("I10", set()),
    ],
)
def test_the_regions_of_a_code(code: str, regions: set[str]) -> None:
    assert regions <= regions_of_code(CODES, code)
    assert bool(regions) == bool(regions_of_code(CODES, code))
