"""Abbreviations of several meanings: written out where the words around them decide, else not."""

from __future__ import annotations

from pathlib import Path

import pytest

from chartstream.coding.vocabulary.abbreviations import Abbreviations
from chartstream.coding.vocabulary.tokens import Vocabulary
from chartstream.errors import ConfigurationError

VOCABULARY = Vocabulary.read()
HEAD = "abbreviation,form,written,place,beside,never,source\n"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("PE", "pulmonary embolism"),
        ("Bilateral PE on apixaban", "pulmonary embolism"),
        ("CP with troponin pending", "chest pain"),
        ("Spastic CP", "cerebral palsy"),
        ("Severe AS with a murmur", "aortic stenosis"),
        ("SI joint pain", "sacroiliac"),
        ("Denies SI or HI", "suicidal ideation"),
        ("OM of the left ear", "otitis media"),
        ("OM of the great toe", "osteomyelitis"),
        ("CVA in 2019", "stroke"),
        ("metastatic breast ca", "breast cancer"),
        ("L hip pain", "left"),
        ("hip pain (R)", "right"),
    ],
)
def test_the_words_around_decide(text: str, meaning: str) -> None:
    assert VOCABULARY.forms(meaning) <= VOCABULARY.forms(text)


@pytest.mark.parametrize(
    ("text", "not_meant"),
    [
        ("PE tubes", "pulmonary embolism"),
        ("Saturation 95 % on RA", "rheumatoid arthritis"),
        ("Seen in the ED yesterday", "erectile dysfunction"),
        ("CVA tenderness", "stroke"),
        ("Take as needed", "aortic stenosis"),
        ("TAKE AS NEEDED", "aortic stenosis"),
        ("All labs were normal", "acute lymphoblastic leukemia"),
        ("Ca 9.2 mg/dl", "cancer"),
        ("2 L of oxygen", "left"),
        ("L4 radiculopathy", "left"),
        ("R/O pneumonia", "right"),
        ("R. Miller", "right"),
    ],
)
def test_another_meaning_is_left_alone(text: str, not_meant: str) -> None:
    assert not VOCABULARY.forms(not_meant) <= VOCABULARY.forms(text)


@pytest.mark.parametrize(
    "line",
    [
        "PE,lung embolism,any,alone,acute,,",
        "PE,lung embolism,small,alone,acute,,usage",
        "PE,lung embolism,any,somewhere,acute,,usage",
        "PE,lung embolism,any,beside,,,usage",
        ",lung embolism,any,alone,,,usage",
    ],
)
def test_a_line_that_is_not_well_formed_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "abbreviations.csv"
    path.write_text(f"{HEAD}{line}\n")
    with pytest.raises(ConfigurationError, match="line 2"):
        Abbreviations.read(path)
