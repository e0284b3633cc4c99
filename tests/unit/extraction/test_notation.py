"""Look-alike letters are put right in known notations only."""

from __future__ import annotations

import pytest

from chartstream.extraction.engines.notation import amended


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("Sp02", "SpO2"),
        ("(Fi02", "(FiO2"),
        ("cmH20,", "cmH2O,"),
        ("D0B:", "DOB:"),
        ("Alc", "A1c"),
        ("mmo1/L.", "mmol/L."),
        ("IlI", "III"),
        ("lV.", "IV."),
    ],
)
def test_notations_get_their_letters_back(read: str, meant: str) -> None:
    assert amended(read) == meant


@pytest.mark.parametrize(
    "word", ["02", "11", "10", "1,000", "ill", "Ill", "T10", "P0", "M0", "SpO2", "III", "1.0", "-", "H1N1", "A1C", "S1"]
)
def test_numbers_words_and_other_codes_stay(word: str) -> None:
    assert amended(word) == word
