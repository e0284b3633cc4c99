"""Documents read by two engines: what stands in the text, on its pages and in the cache."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from PIL import Image as Pillow

from chartstream.documents import FsspecDocumentStore
from chartstream.errors import Transient
from chartstream.extraction.cached_reading import CachedReading
from chartstream.extraction.engines.choice import ChosenOcr
from chartstream.extraction.engines.engine import INSTEAD, Image, OcrPage
from chartstream.extraction.engines.policy import default_policy
from chartstream.extraction.fragments import Box, Fragment, Word
from chartstream.extraction.reader import read
from tests.unit.paper import paper

SIZE = (800, 1000)
WHOLE = Box(0, 0, *SIZE)
READ = ("Northfeld Hart Clnic", "ASESSMENT", "1. Persistnt atrial fibrilation.")
SAID = ("Northfield Heart Clinic", "RECEIVED by hand", "ASSESSMENT", "1. Persistent atrial fibrillation.", "2. Gout.")


class Plain:
    """Reads every word badly, at its place."""

    name = "plain 1"

    def read(self, image: Image) -> OcrPage:
        lines = [
            Fragment.of_line(text, Box(100, 100 + 60 * row, 100 + 12 * len(text), 130 + 60 * row), 0.6)
            for row, text in enumerate(READ)
        ]
        return OcrPage(tuple(lines), image)


class Strong:
    """Reads all, and knows no places. ``away``: out of reach."""

    name = "strong 1"

    def __init__(self) -> None:
        self.away = False

    def read(self, image: Image) -> OcrPage:
        if self.away:
            raise Transient("away")
        lines = [Fragment(tuple(Word(word, WHOLE, 0.9) for word in text.split())) for text in SAID]
        return OcrPage(tuple(lines), image, ordered=True, credits=1.5)


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 9, 1, tzinfo=UTC)


class Memory(dict[str, bytes]):
    """A cache."""

    def put(self, key: str, value: bytes) -> None:
        self[key] = value


@pytest.fixture
def strong() -> Strong:
    return Strong()


@pytest.fixture
def chosen(strong: Strong) -> ChosenOcr:
    return ChosenOcr(Plain(), strong, default_policy().model_copy(update={"rest_seconds": 0.0}), Clock())


def png(pages: int = 1) -> tuple[bytes, str]:
    out = io.BytesIO()
    first, *more = [Pillow.fromarray(paper(*SIZE)) for _ in range(pages)]
    first.save(out, "TIFF" if more else "PNG", **({"save_all": True, "append_images": more} if more else {}))
    return out.getvalue(), "image/tiff" if more else "image/png"


def test_the_stronger_text_stands_in_its_order_and_on_the_page(chosen: ChosenOcr) -> None:
    text = read(*png(), chosen)
    assert [line for line in text.text.split("\n") if line] == list(SAID)
    (page,) = text.pages
    assert (page.engine, page.credits, page.width, page.height) == ("strong 1", 1.5, *SIZE)
    begin = text.text.index("atrial")
    (word,) = [word for word in text.words if word.begin == begin]
    assert word.box.y0 == 220
    assert word.box.x0 > 100
    assert all(0 <= each.box.x0 <= each.box.x1 <= SIZE[0] for each in text.words)


def test_each_page_names_the_engine_that_read_it(chosen: ChosenOcr, strong: Strong) -> None:
    strong.away = True
    text = read(*png(2), chosen)
    assert [page.engine for page in text.pages] == [f"plain 1{INSTEAD}strong 1"] * 2


def test_a_reading_made_while_the_stronger_engine_was_away_is_not_kept(
    chosen: ChosenOcr, strong: Strong, store: FsspecDocumentStore
) -> None:
    memory = Memory()
    reading = CachedReading(memory, store, chosen.name)
    strong.away = True
    assert reading.read(*png(), chosen).text.startswith(READ[0])
    assert memory == {}
    strong.away = False
    better = reading.read(*png(), chosen)
    assert better.text.startswith(SAID[0])
    strong.away = True
    assert reading.read(*png(), chosen) == better
