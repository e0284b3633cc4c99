"""Which engine reads a page: rules, limits, failures, and what becomes of two readings of one page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image as Pillow
from PIL import ImageDraw

from chartstream.errors import ConfigurationError, Problem, Rejected, Transient
from chartstream.extraction.engines.choice import ChosenOcr, chosen_name
from chartstream.extraction.engines.doubt import Doubt, doubt_of, is_shapeless
from chartstream.extraction.engines.engine import INSTEAD, Image, LazyOcr, OcrPage, for_document
from chartstream.extraction.engines.policy import EnginePolicy, Limits, default_policy
from chartstream.extraction.fragments import Box, Fragment
from tests.unit.paper import paper

PAGE = paper(800, 1000)
UPRIGHT = paper(1000, 800)
CLEAR = "Persistent atrial fibrillation"
NOW = datetime(2026, 9, 1, 23, 50, tzinfo=UTC)


def line(text: str, score: float, row: int = 0) -> Fragment:
    return Fragment.of_line(text, Box(100, 50 * row, 700, 50 * row + 30), score)


def clear() -> OcrPage:
    return OcrPage((line(CLEAR, 0.99),), PAGE)


def poor(text: str = "Persistnt atrial fbrllatn") -> OcrPage:
    return OcrPage((line(text, 0.5),), UPRIGHT, rotation=90, skew=1.5)


class Stub:
    """An engine that answers with what it was given, the last for ever."""

    def __init__(self, name: str, *answers: OcrPage | Exception) -> None:
        self.name, self.answers = name, list(answers)
        self.seen: list[Image] = []

    def read(self, image: Image) -> OcrPage:
        self.seen.append(image)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Clock:
    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time


REFUSED = Rejected(Problem("page_refused", "refused", "none"))


def strong(*answers: OcrPage | Exception) -> Stub:
    page = OcrPage((Fragment(line(CLEAR, 0.95).words),), UPRIGHT, ordered=True, credits=2.0)
    return Stub("strong 1", *(answers or (page,)))


def policy(*, required: bool = False, **limits: float | None) -> EnginePolicy:
    return default_policy().model_copy(update={"limits": Limits.model_validate(limits), "required": required})


def test_a_page_that_was_read_well_stays_with_the_default() -> None:
    stronger = strong()
    page = ChosenOcr(Stub("plain 1", clear()), stronger, policy(), Clock()).read(PAGE)
    assert (page.engine, page.fragments, stronger.seen) == ("plain 1", clear().fragments, [])


def test_a_page_that_was_read_badly_goes_on_as_it_was_turned_upright() -> None:
    stronger = strong()
    page = ChosenOcr(Stub("plain 1", poor()), stronger, policy(), Clock()).read(PAGE)
    assert stronger.seen[0] is UPRIGHT
    assert (page.engine, page.fragments[0].text) == ("strong 1", CLEAR)
    assert (page.rotation, page.skew, page.credits, page.ordered) == (90, 1.5, 2.0, True)


def test_a_stronger_engine_that_turns_the_page_once_more_has_its_own_places() -> None:
    turned = OcrPage((line(CLEAR, 0.95, row=3),), PAGE, rotation=270, skew=0.5)
    page = ChosenOcr(Stub("plain 1", poor()), strong(turned), policy(), Clock()).read(PAGE)
    assert (page.rotation, page.skew, page.fragments, page.image is PAGE) == (0, 2.0, turned.fragments, True)


@pytest.mark.parametrize("failure", [Transient("away"), ConfigurationError("key"), REFUSED])
def test_when_the_stronger_engine_fails_the_default_reading_stands(failure: Exception) -> None:
    page = ChosenOcr(Stub("plain 1", poor()), strong(failure), policy(), Clock()).read(PAGE)
    assert page.fragments == poor().fragments
    # What is refused is refused for good; what failed is worth another reading, so it is marked.
    assert (INSTEAD in page.engine) is (failure is not REFUSED)


@pytest.mark.parametrize("failure", [Transient("away"), ConfigurationError("key")])
def test_a_policy_may_require_the_stronger_engine(failure: Exception) -> None:
    chosen = ChosenOcr(Stub("plain 1", poor()), strong(failure), policy(required=True), Clock())
    for _ in range(2):
        with pytest.raises(type(failure)):
            chosen.read(PAGE)


def test_after_a_failure_the_stronger_engine_rests() -> None:
    clock, stronger = Clock(), strong(Transient("away"))
    chosen = ChosenOcr(Stub("plain 1", poor()), stronger, policy(), clock)
    for _ in range(3):
        assert INSTEAD in chosen.for_document().read(PAGE).engine
    assert len(stronger.seen) == 1
    clock.time += timedelta(seconds=61)
    chosen.read(PAGE)
    assert len(stronger.seen) == 2


def test_a_reading_that_leaves_out_what_was_surely_read_does_not_count() -> None:
    sure = OcrPage(
        (line("Warfarin stopped after the bleeding", 0.99), line("xq wz", 0.2, row=1), line("kj", 0.2, 2)), PAGE
    )
    first = OcrPage((*sure.fragments, line("lorem zzz brt mnp qrst dfg", 0.2, row=3)), PAGE)
    page = ChosenOcr(Stub("plain 1", first), strong(OcrPage((line(CLEAR, 1.0),), PAGE)), policy(), Clock()).read(PAGE)
    assert (page.fragments, page.engine) == (first.fragments, "plain 1")


@pytest.mark.parametrize(
    ("limits", "asked"),
    [
        ({"pages_per_day": 2}, 2),
        ({"credits_per_day": 5}, 3),
        ({"share_of_pages": 0.5, "share_free_pages": 1}, 3),
        ({"pages_per_document": 4}, 4),
        ({"pages_per_day": 0}, 0),
        ({}, 6),
    ],
)
def test_limits(limits: dict[str, float], asked: int) -> None:
    stronger = strong()
    chosen = ChosenOcr(Stub("plain 1", poor()), stronger, policy(**limits), Clock()).for_document()
    pages = [chosen.read(PAGE) for _ in range(6)]
    assert len(stronger.seen) == asked
    assert sum(INSTEAD in page.engine for page in pages) == 6 - asked


def test_the_days_budget_is_shared_by_documents_and_renewed_at_midnight() -> None:
    clock, stronger = Clock(), strong()
    chosen = ChosenOcr(Stub("plain 1", poor()), stronger, policy(pages_per_day=2, pages_per_document=1), clock)
    for _ in range(3):
        document = chosen.for_document()
        document.read(PAGE)
        document.read(PAGE)
    assert len(stronger.seen) == 2
    clock.time += timedelta(minutes=20)
    chosen.for_document().read(PAGE)
    assert len(stronger.seen) == 3


def test_a_lazy_engine_is_one_more_document_too_and_loads_late() -> None:
    made: list[ChosenOcr] = []

    def make() -> ChosenOcr:
        made.append(ChosenOcr(Stub("plain 1", poor()), strong(), policy(pages_per_document=1), Clock()))
        return made[-1]

    lazy = LazyOcr(make)
    first, second = for_document(lazy), for_document(lazy)
    assert made == []
    assert [INSTEAD in engine.read(PAGE).engine for engine in (first, first, second, second)] == [False, True] * 2
    assert len(made) == 1
    plain = Stub("plain 1", clear())
    assert for_document(plain) is plain


def test_another_policy_has_another_name() -> None:
    first, second = policy(), policy(pages_per_day=1)
    assert chosen_name("a", "b", first) != chosen_name("a", "b", second)
    assert ChosenOcr(Stub("a", clear()), Stub("b", clear()), first, Clock()).name == chosen_name("a", "b", first)


@pytest.mark.parametrize("word", ["hypert3nsion", "hprtnsn", "Brtkl,", "aaab"])
def test_misreadings_have_no_shape(word: str) -> None:
    assert is_shapeless(word)


@pytest.mark.parametrize(
    "word",
    ["hypertension", "COPD", "HbA1c", "120/80", "mg/dL", "BNP,", "strengths", "40mg", "B12", "Dr", "pts", "L5-S1"],
)
def test_words_of_notes_have_one(word: str) -> None:
    assert not is_shapeless(word)


def test_ink_outside_of_all_words_is_noticed_and_rules_are_not_ink() -> None:
    picture = Pillow.new("RGB", (850, 1100), "white")
    draw = ImageDraw.Draw(picture)
    draw.text((100, 100), "Persistent atrial fibrillation " * 4, fill="black")
    for y in range(200, 800, 40):
        draw.line((50, y, 800, y), fill="black", width=2)
    words = (Fragment.of_line("x", Box(90, 90, 840, 125), 0.99),)

    def unread() -> float:
        return doubt_of(OcrPage(words, np.asarray(picture)), 0.8).unread_ink

    assert unread() < 0.05
    draw.ellipse((300, 820, 560, 1000), outline="red", width=6)
    draw.text((360, 900), "RECEIVED " * 3, fill="red")
    assert unread() > 0.5


def test_a_few_lines_by_hand_are_noticed_on_a_page_full_of_print() -> None:
    printed = [line(f"{CLEAR} number {row}", 0.99, row) for row in range(15)]
    remarks = [line("seen with Dr Brandt", 0.7, 16), line("copy to family doctor", 0.8, 17), line("mmol/L", 0.5, 18)]
    doubt = doubt_of(OcrPage((*printed, *remarks), PAGE), 0.85)
    assert doubt.doubtful_lines == 2
    assert doubt.doubtful < 0.12
    assert default_policy().reason(doubt) == "handwriting"
    assert default_policy().reason(doubt_of(OcrPage((*printed, *remarks[1:]), PAGE), 0.85)) is None


def test_rules_hold_when_all_that_they_state_does() -> None:
    well = Doubt(mean=0.99, doubtful=0.0, shapeless=0.0, unread_ink=0.0)
    chosen = default_policy()
    assert chosen.reason(well) is None
    assert chosen.reason(Doubt(0.85, 0.0, 0.0, 0.0)) == "low_score"
    assert chosen.reason(Doubt(0.95, 0.2, 0.0, 0.0)) == "doubtful_words"
    assert chosen.reason(Doubt(0.95, 0.0, 0.2, 0.0)) == "words_without_shape"
    assert chosen.reason(Doubt(0.95, 0.0, 0.0, 0.0, doubtful_lines=2)) == "handwriting"
    assert chosen.reason(Doubt(0.95, 0.0, 0.0, 0.6)) == "unread_ink"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rules": []}, "rules"),
        ({"rules": [{"name": "always"}]}, "states no condition"),
        ({"rules": [{"name": "x", "mean_below": 90}]}, "mean_below"),
        ({"limit": {}}, "limit"),
        ({"kept_at_least": None}, "kept_at_least"),
    ],
)
def test_a_policy_that_does_not_hold_is_refused(tmp_path: Path, change: dict[str, object], said: str) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(yaml.safe_dump(default_policy().model_dump(mode="json") | change))
    with pytest.raises(ConfigurationError, match=said):
        EnginePolicy.load(file)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        EnginePolicy.load(tmp_path / "none.yaml")


def test_a_policy_in_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(yaml.safe_dump(default_policy().model_dump(mode="json")))
    assert EnginePolicy.load(file) == default_policy()
