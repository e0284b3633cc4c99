"""Misspelt words: corrected within bounds, never from one known word to another, never between look-alikes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartstream.coding.data_files import DATA
from chartstream.coding.vocabulary.spelling import Speller, allowed_edits, distance
from chartstream.coding.vocabulary.tokens import Vocabulary
from chartstream.coding.vocabulary.words import common_form
from chartstream.errors import ConfigurationError

CLINICAL = frozenset(
    {
        *("hypertension", "hypotension", "hypothyroidism", "hyperthyroidism", "pneumonia", "fracture", "arthritis"),
        *(
            "arthrosis",
            "dysphagia",
            "dysphasia",
            "ileum",
            "ilium",
            "fibrillation",
            "asthma",
            "gout",
            "anemia",
            "abscess",
        ),
    }
)
SPELLER = Speller.read(CLINICAL, DATA)
LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("hypertention", ("hypertension", 1)),
        ("pnuemonia", ("pneumonia", 1)),
        ("pnuemona", ("pneumonia", 2)),
        ("fibrilation", ("fibrillation", 1)),
        ("hypothyroidsm", ("hypothyroidism", 1)),
        ("asthme", ("asthma", 1)),
    ],
)
def test_a_misspelt_word_is_corrected(written: str, meant: tuple[str, int]) -> None:
    assert SPELLER.corrected(written) == meant


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("hypertension", "known to the lexicon"),
        ("dysphasia", "known, and no dysphagia"),
        ("ilium", "known, and no ileum"),
        ("dysphaga", "dysphagia and dysphasia are look-alikes"),
        ("hyprthyroidism", "hypo- and hyper- are both near"),
        ("gotu", "too short"),
        ("asthem", "two edits in a short word"),
        ("xypertension", "the first letter counts"),
        ("feature", "a word of general English"),
        ("metformin", "a medicine"),
        ("johnson", "a name"),
        ("b12", "no word"),
    ],
)
def test_a_word_is_left_as_it_is(word: str, why: str) -> None:
    assert SPELLER.corrected(word) is None, why


@given(word=st.sampled_from(sorted(CLINICAL)), at=st.integers(1, 14), letter=LETTERS, kind=st.integers(0, 3))
def test_one_edit_leads_back_or_nowhere(word: str, at: int, letter: str, kind: int) -> None:
    at = min(at, len(word) - 1)
    head, tail = word[:at], word[at:]
    written = (head + tail[1:], head + letter + tail, head + letter + tail[1:], head + tail[1:2] + tail[:1] + tail[2:])[
        kind
    ]
    correction = SPELLER.corrected(written)
    if correction is not None:
        meant, edits = correction
        assert not SPELLER.knows(written)
        assert edits == distance(written, meant, 2) <= allowed_edits(written)
        # A slip in "hypotension" may lead to no correction, never to hypertension.
        assert meant == word


@given(st.text(alphabet=LETTERS, min_size=1, max_size=10), st.text(alphabet=LETTERS, min_size=1, max_size=10))
def test_distance_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert distance(one, other, 2) == distance(other, one, 2) <= 3
    assert (distance(one, other, 2) == 0) is (one == other)


def test_the_word_lists_are_in_their_common_form() -> None:
    for name in ("english.txt", "medicines.txt"):
        lines = (DATA / "words" / name).read_text(encoding="utf-8").splitlines()
        words = [line for line in lines if not line.startswith("#")]
        assert len(words) > 400
        assert [word for word in words if common_form(word) != word] == []


def test_names_and_short_words_in_capitals_are_not_corrected() -> None:
    vocabulary = Vocabulary([]).tolerant({"asthma", "fracture"})
    assert [t.form for t in vocabulary.tokens("Dr. Asthme")][-1] == "asthme"
    assert [t.form for t in vocabulary.tokens("ASTHME")] == ["asthme"]
    assert [(t.form, t.edits) for t in vocabulary.tokens("Asthme")] == [("asthma", 1)]


def test_affixes_that_lack_a_part_are_refused(tmp_path: Path) -> None:
    (tmp_path / "affixes.yaml").write_text("prefixes: [hypo hyper]\n")
    with pytest.raises(ConfigurationError, match="suffixes"):
        Speller.read(CLINICAL, tmp_path)
