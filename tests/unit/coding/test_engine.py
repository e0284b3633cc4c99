"""The engine as a whole: evidence, determinism, loading."""

from __future__ import annotations

import multiprocessing
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from chartstream.coding import CodingEngine, Setting
from tests.unit.coding.notes import context, document

MARKS = ["1. ", "- ", "\n", "\r\n", "\t", " ", ". ", ", ", "(", ")", "#", "\u00e9", "\u2019", "\U0001d6fc"]
WORDS = ["no ", "possible ", "history of ", "left ", "both ", "and ", "with ", "vs. ", "Assessment: "]
TERMS = ["knee pain", "T2DM", "CKD stage 3a", "HTN", "COPD exacerbation", "\u0152dema", "fracture of the radius"]
VALUES = ["BMI 41.3", "30 weeks of gestation", "pregnancy", "metformin"]
PIECES = st.sampled_from([*MARKS, *WORDS, *TERMS, *VALUES])
KINDS = st.sampled_from(
    ["assessment_and_plan", "assessment", "plan", "discharge_diagnoses", "chief_complaint", "results"]
)
ENGINE = CodingEngine.load()


@settings(max_examples=150, deadline=None)
@given(
    sections=st.dictionaries(KINDS, st.lists(PIECES, max_size=25).map("".join), max_size=3),
    setting=st.sampled_from(Setting),
)
def test_every_code_is_billable_and_every_quote_lies_in_the_text(sections: dict[str, str], setting: Setting) -> None:
    note = document(sections)
    coded = ENGINE.code_note([note], context(setting.value))
    assert [code.sequence for code in coded.codes] == list(range(1, len(coded.codes) + 1))
    assert len({code.code for code in coded.codes}) == len(coded.codes)
    for code in coded.codes:
        assert ENGINE.codes.is_billable(code.code)
        assert code.evidence
    for item in [*coded.codes, *coded.rejected, *coded.queries]:
        for quote in item.evidence:
            assert 0 <= quote.begin < quote.end <= len(note.text)
            assert note.text[quote.begin : quote.end].strip()


def test_a_date_without_a_release_gives_no_codes() -> None:
    coded = ENGINE.code_note([document({"assessment": "Gout"})], context(day=date(2026, 10, 1)))
    assert coded.release is None
    assert coded.codes == ()


def test_what_is_of_longer_standing_is_coded_and_says_so() -> None:
    for problem, expected in (("Low back pain for three years", 1.0), ("Low back pain since Monday", 0.0)):
        coded = ENGINE.code_note([document({"assessment_and_plan": f"1. {problem}"})], context())
        assert [code.code for code in coded.codes] == ["M54.50"]
        assert coded.codes[0].explanation.features["longstanding"] == expected


def test_discharge_diagnoses_outweigh_what_was_suspected_on_admission() -> None:
    admission = document(
        {"assessment_and_plan": "1. Suspected pulmonary embolism"}, "admission", "history_and_physical"
    )
    discharge = document({"discharge_diagnoses": "1. Pneumonia"}, "discharge", "discharge_summary")
    coded = ENGINE.code_note([admission, discharge], context("facility_inpatient"))
    assert [code.code for code in coded.codes] == ["J18.9"]


def _codes_in_new_process(_: int) -> int:
    return len(CodingEngine.load().code_note([document({"assessment": "Gout"})], context()).codes)


def test_a_spawned_worker_codes() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(_codes_in_new_process, [0]) == [1]
