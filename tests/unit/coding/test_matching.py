"""Mentions: words in any order, lists that share a word, gaps, barriers; time linear in the length of a sentence."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from chartstream.codesets.table import Table, write_table
from chartstream.coding.lexicon.lexicon import OWN, TABULAR, Draft, Lexicon, to_table_entries
from chartstream.coding.lexicon.matching import Mention, mentions
from chartstream.coding.vocabulary.tokens import Vocabulary

VOCABULARY = Vocabulary.read()
TERMS = {
    "knee pain": "M25.569",
    "hip pain": "M25.559",
    "shoulder pain": "M25.519",
    "fracture of distal radius": "S52.50",
    "CKD": "N18.9",
    "CKD stage 3b": "N18.32",
    "CKD stage 4": "N18.4",
    "acute kidney failure": "N17.9",
    "acute on chronic kidney failure": "N17.9",
    "diabetes": "E11.9",
    "hypertension": "I10",
    "hyperlipidemia": "E78.5",
    "diabetic hyperlipidemia": "E11.69",
    "gout": "M10.9",
}


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    path: Path = tmp_path_factory.mktemp("lexicon") / "terms.table"
    drafts = {VOCABULARY.forms(term): Draft((0,), code, {}, OWN, term) for term, code in TERMS.items()}
    drafts[VOCABULARY.forms("edema")] = Draft((0,), "R60.9", {}, TABULAR, "edema")
    write_table(path, to_table_entries(drafts))
    return Lexicon(Table(path))


def found(lexicon: Lexicon, text: str, barriers: Sequence[int] = (), *, in_sentence: bool = False) -> list[Mention]:
    return mentions(lexicon, VOCABULARY.tokens(text), text, barriers, in_sentence=in_sentence)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Fracture of left distal radius", ["fracture of distal radius"]),
        ("Distal radius fx, L", ["fracture of distal radius"]),
        ("Knee and hip pain", ["knee pain", "hip pain"]),
        ("Knee, hip and shoulder pain", ["knee pain", "hip pain", "shoulder pain"]),
        ("Knee/hip pain", ["knee pain", "hip pain"]),
        ("Pain in the knee and hip", ["knee pain", "hip pain"]),
        ("CKD stage 3b and 4", ["CKD stage 3b", "CKD stage 4"]),
        ("CKD stage 3b", ["CKD stage 3b"]),
        ("AKI on CKD", ["acute kidney failure", "CKD"]),
        ("Diabetes, hypertension and hyperlipidemia", ["diabetes", "hypertension", "hyperlipidemia"]),
        ("Diabetes with hyperlipidemia", ["diabetic hyperlipidemia"]),
        ("Gout, gout", ["gout", "gout"]),
    ],
)
def test_terms_of_a_heading(lexicon: Lexicon, text: str, labels: list[str]) -> None:
    assert sorted(m.entry.label for m in found(lexicon, text)) == sorted(labels)


def test_words_stand_closer_together_in_a_sentence(lexicon: Lexicon) -> None:
    text = "Pain has been felt in one old stiff knee"
    assert found(lexicon, text, in_sentence=True) == []


def test_one_word_of_the_tabular_list_is_no_term_in_a_sentence(lexicon: Lexicon) -> None:
    assert [m.entry.label for m in found(lexicon, "Edema")] == ["edema"]
    assert found(lexicon, "Edema", in_sentence=True) == []


def test_no_term_reaches_across_a_barrier(lexicon: Lexicon) -> None:
    text = "Pain, likely knee"
    assert [m.entry.label for m in found(lexicon, text)] == ["knee pain"]
    assert found(lexicon, text, [text.index("likely")]) == []


def test_a_mention_knows_its_place_and_its_misspelt_letters(lexicon: Lexicon) -> None:
    text = "\u00e9 Hypertention"
    tokens = VOCABULARY.tolerant(lexicon.forms()).tokens(text)
    (mention,) = mentions(lexicon, tokens, text, (), in_sentence=False)
    assert (text[mention.begin : mention.end], mention.edits, mention.gap) == ("Hypertention", 1, 0)


def test_the_lexicon_knows_all_its_forms(lexicon: Lexicon) -> None:
    assert {"knee", "pain", "gout", "3b", "radius"} <= set(lexicon.forms())
    assert lexicon.anchored_at(" ") == ()


def test_a_sentence_without_end_takes_linear_time(lexicon: Lexicon) -> None:
    words = "knee hip and shoulder pain fracture of the distal radius, gout "
    text = words * (100_000 // len(words))
    started = time.process_time()
    assert len(found(lexicon, text)) > 1_000
    # Quadratic work would take minutes.
    assert time.process_time() - started < 5
