from __future__ import annotations

from pathlib import Path

import pytest

from chartstream.coding.vocabulary.tokens import Vocabulary
from chartstream.coding.vocabulary.words import common_form
from chartstream.errors import ConfigurationError


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTN", "high blood pressure"),
        ("fractures of the distal radius", "fracture of lower end of radius"),
        ("renal calculi", "kidney stone"),
        ("iron deficiency anaemia", "iron deficiency anemia"),
        ("COPD", "chronic obstructive pulmonary disease"),
        ("T2DM", "type II diabetes mellitus"),
        ("malignant neoplasm of prostate", "prostate cancer"),
        ("2nd trimester", "second trimester"),
    ],
)
def test_different_wordings_meet(one: str, other: str) -> None:
    vocabulary = Vocabulary.read()
    assert vocabulary.forms(one) == vocabulary.forms(other)


def test_different_conditions_stay_apart() -> None:
    vocabulary = Vocabulary.read()
    assert vocabulary.forms("type 1 diabetes") != vocabulary.forms("type 2 diabetes")
    assert vocabulary.forms("hypothyroidism") != vocabulary.forms("hyperthyroidism")


def test_offsets_point_at_the_words_that_were_written() -> None:
    text = "é \u2013 CKD, stage 3b"
    tokens = Vocabulary.read().tokens(text)
    assert {text[t.begin : t.end] for t in tokens} == {"é", "CKD", "stage", "3b"}


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("fractures", "fracture"),
        ("biopsies", "biopsy"),
        ("masses", "mass"),
        ("sinusitis", "sinusitis"),
        ("oedema", "edema"),
    ],
)
def test_common_form(word: str, form: str) -> None:
    assert common_form(word) == form


def test_a_line_without_a_source_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.csv"
    path.write_text("words,form,source\nHTN,hypertension,\n")
    with pytest.raises(ConfigurationError, match="line 2"):
        Vocabulary.read(path)
