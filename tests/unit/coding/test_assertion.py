from __future__ import annotations

from pathlib import Path

import pytest

from chartstream.coding.assertion import Asserter, Status
from chartstream.errors import ConfigurationError

ASSERTER = Asserter.read()


@pytest.mark.parametrize(
    ("text", "mention", "status"),
    [
        ("Pneumonia of the left lung", "Pneumonia", Status.AFFIRMED),
        ("No fever, chills or cough", "cough", Status.NEGATED),
        ("Denies chest pain but has a cough", "cough", Status.AFFIRMED),
        ("Pulmonary embolism was ruled out", "Pulmonary embolism", Status.NEGATED),
        ("Rule out pulmonary embolism", "pulmonary embolism", Status.UNCERTAIN),
        ("Knee pain, likely osteoarthritis", "Knee pain", Status.AFFIRMED),
        ("Knee pain, likely osteoarthritis", "osteoarthritis", Status.UNCERTAIN),
        ("Gout vs. cellulitis", "Gout", Status.UNCERTAIN),
        ("Gout vs. cellulitis", "cellulitis", Status.UNCERTAIN),
        ("Return if fever develops", "fever", Status.HYPOTHETICAL),
        ("History of asthma, now with cough", "asthma", Status.HISTORICAL),
        ("History of asthma, now with cough", "cough", Status.AFFIRMED),
        ("Mother with breast cancer", "breast cancer", Status.FAMILY),
    ],
)
def test_status(text: str, mention: str, status: Status) -> None:
    begin = text.index(mention)
    end = begin + len(mention)
    assert ASSERTER.assertion(text, begin, end, [(begin, end)], (0, len(text))).status is status


def test_a_trigger_inside_the_term_belongs_to_the_term() -> None:
    text = "History of breast cancer"
    assert ASSERTER.assertion(text, 0, len(text), [(0, 10), (11, 24)], (0, len(text))).status is Status.AFFIRMED


def test_an_unknown_direction_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "assertion.csv"
    path.write_text("trigger,status,direction,source\nno,negated,sideways,usage\n")
    with pytest.raises(ConfigurationError, match="line 2"):
        Asserter.read(path)
