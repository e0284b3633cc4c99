"""Each date of service is coded with the release that holds on it, or with none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from chartstream.codesets.importing.keeping import import_files
from chartstream.codesets.importing.model import Edition
from chartstream.codesets.releases import release_named
from chartstream.coding import CodingEngine
from chartstream.coding.stage import CodingStage
from chartstream.events.coding import Coding
from services.coding.coder import imported_coders
from services.coding.settings import LanguageModelSettings
from tests.unit import builders
from tests.unit.coding.test_stage import Extracted, extracted, proposed, store

__all__ = ["extracted", "store"]

TABULAR = Path(__file__).parents[1] / "codesets" / "icd10cm" / "icd10cm_tabular_2027.xml"
NOTE = "1. Essential hypertension\n2. Dilated cardiomyopathy"
LAST, FIRST = date(2026, 9, 30), date(2026, 10, 1)


@pytest.fixture
def next_year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CodingEngine:
    """An engine on FY2027, in which I42.0 is split."""
    monkeypatch.setenv("CHARTSTREAM_CODESETS", str(tmp_path / "site"))
    list(import_files([TABULAR], Edition(), lambda _: lambda _: None))
    return CodingEngine.load(release_named("ICD-10-CM FY2027"))


def coded(stage: CodingStage, extracted: Extracted, day: date | None, **changes: object) -> Coding:
    answer = proposed(stage, extracted(NOTE, encounter=builders.encounter(service_from=day), **changes))
    assert answer.coding is not None
    return answer.coding


def codes(coding: Coding) -> list[str]:
    return [diagnosis.code for diagnosis in coding.diagnoses]


def test_each_day_gets_the_codes_of_its_release(
    engine: CodingEngine, next_year: CodingEngine, store: builders.DictStore, extracted: Extracted
) -> None:
    stage = CodingStage(store, engine, builders.FixedClock(), others=[next_year])
    before, after = coded(stage, extracted, LAST), coded(stage, extracted, FIRST)
    assert codes(before) == ["I10", "I42.0"]
    assert codes(after) == ["I10", "I42.09"]
    assert [used.release for used in after.code_sets] == ["ICD-10-CM FY2027"]
    assert [used.sha256 for used in after.code_sets] == [next_year.codes.sha256]
    assert after.problems == ()


def test_a_day_of_a_release_that_nobody_codes_with_goes_to_a_person(
    engine: CodingEngine, next_year: CodingEngine, store: builders.DictStore, extracted: Extracted
) -> None:
    coding = coded(CodingStage(store, engine, builders.FixedClock()), extracted, FIRST)
    assert codes(coding) == []
    (problem,) = coding.problems
    assert problem.code == "release_not_coded"
    assert "ICD-10-CM FY2027" in problem.message
    assert engine.codes.release.name in problem.remedy


def test_a_day_after_every_release_goes_to_a_person(
    engine: CodingEngine, next_year: CodingEngine, store: builders.DictStore, extracted: Extracted
) -> None:
    stage = CodingStage(store, engine, builders.FixedClock(), others=[next_year])
    coding = coded(stage, extracted, date(2027, 10, 1))
    assert codes(coding) == []
    assert [problem.code for problem in coding.problems] == ["no_release_for_date"]


def test_a_waived_date_is_coded_with_the_first_coder(
    engine: CodingEngine, next_year: CodingEngine, store: builders.DictStore, extracted: Extracted
) -> None:
    stage = CodingStage(store, engine, builders.FixedClock(), others=[next_year])
    coding = coded(stage, extracted, None, waived_fields=("encounter_date",))
    assert [used.release for used in coding.code_sets] == [engine.codes.release.name]


def test_the_service_codes_with_whatever_is_imported(next_year: CodingEngine) -> None:
    coders = imported_coders(LanguageModelSettings())
    assert [coder.codes.release.name for coder in coders] == ["ICD-10-CM FY2027"]
