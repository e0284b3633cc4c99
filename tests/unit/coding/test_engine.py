"""The engine as a whole: evidence, determinism, speed, loading."""

from __future__ import annotations

import multiprocessing
import time
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

TYPICAL = {
    "chief_complaint": "Follow-up of diabetes and a new pain in the right knee.",
    "history_of_present_illness": "The patient walks two miles a day and denies chest pain, cough or fever. " * 8,
    "medications": "Metformin 1000 mg twice daily. Lisinopril 20 mg daily.",
    "assessment_and_plan": "1. Type 2 diabetes mellitus. Continue metformin.\n2. Hypertension. At goal.\n"
    "3. Knee pain. Likely osteoarthritis; films ordered.\n" + "We talked about diet and exercise. " * 6,
}


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


def test_a_typical_note_takes_no_longer_than_eight_milliseconds() -> None:
    note = document(TYPICAL)
    assert 1000 < len(note.text) < 1400
    runs = []
    for _ in range(30):
        started = time.process_time()
        ENGINE.code_note([note], context())
        runs.append(time.process_time() - started)
    # The best run: the others show what else the machine was doing.
    assert min(runs) < 0.008


def _load_in_new_process(_: int) -> tuple[float, int]:
    started = time.perf_counter()
    engine = CodingEngine.load()
    elapsed = time.perf_counter() - started
    coded = engine.code_note([document({"assessment": "Gout"})], context())
    return elapsed, len(coded.codes)


def test_a_spawned_worker_loads_quickly() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        ((elapsed, found),) = pool.map(_load_in_new_process, [0])
    assert found == 1
    assert elapsed < 2.0
