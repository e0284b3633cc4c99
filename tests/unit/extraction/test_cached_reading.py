"""A reading that is remembered is the reading that was made."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow
from pydantic import ValidationError

from chartstream.documents import FsspecDocumentStore
from chartstream.errors import Transient
from chartstream.events.documents import NoteAccepted
from chartstream.events.extraction import NoteExtracted, RegionKind
from chartstream.events.head import ClaimCheck
from chartstream.extraction import cached_reading
from chartstream.extraction.cached_reading import CachedReading, decode_reading, encode_reading, reader_version
from chartstream.extraction.engines.engine import OcrPage
from chartstream.extraction.fragments import Box, Fragment
from chartstream.extraction.readtext import Cell, PageFacts, ReadText, TextBuilder, Token
from chartstream.extraction.stage import ExtractionStage
from tests.unit.paper import paper

LINES = (
    "Northfield Heart Clinic",
    "Patient: Orla Whitcombe  DOB: 03/14/1958  Sex: F",
    "Date of service: 02/17/2026",
    "ASSESSMENT AND PLAN",
    "1. Persistent atrial fibrillation.",
    "Electronically signed by Hannah Brandt, MD",
)
PAGE = OcrPage(
    tuple(
        Fragment.of_line(line, Box(20.3, 50.0 * row, 700.7, 50.0 * row + 31.9), 0.97) for row, line in enumerate(LINES)
    ),
    paper(800, 1000),
)
NUMBERS = st.floats(-1e6, 1e6)
WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
BOXES = st.builds(Box, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
TOKENS = st.builds(Token, st.text("abc-,1", min_size=1, max_size=9), st.just(1), BOXES, st.floats(0, 1), st.booleans())


class DictCache:
    """A cache in memory."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.gets = 0

    def get(self, key: str) -> bytes | None:
        self.gets += 1
        return self.values.get(key)

    def put(self, key: str, value: bytes) -> None:
        self.values[key] = value


@st.composite
def readings(draw: st.DrawFn) -> ReadText:
    """Documents with pages, gaps, bold lines, boxes anywhere, and lines that have no place."""
    builder = TextBuilder()
    for number in range(1, draw(st.integers(0, 3)) + 1):
        first = builder.line_count
        for _ in range(draw(st.integers(0, 4))):
            row = draw(st.lists(st.lists(TOKENS, max_size=3), max_size=3))
            spans = builder.add_row(row, number, emphasised=draw(st.booleans()))
            if spans and draw(st.booleans()):
                cells = [Cell(0, column, *span) for column, span in enumerate(spans)]
                builder.add_region(draw(st.sampled_from(RegionKind)), builder.line_count - 1)
                builder.add_table(cells, len(cells), builder.line_count - 1, ruled=draw(st.booleans()))
        rotation = draw(st.sampled_from([0, 90, 180, 270]))
        unit = draw(st.sampled_from(["pt", "px"]))
        facts = PageFacts(number, draw(NUMBERS), draw(NUMBERS), unit, rotation, draw(WORDS), draw(NUMBERS))
        builder.add_page(facts, first, builder.line_count)
    if draw(st.booleans()):
        builder.add_line(draw(WORDS))
    return builder.build()


@given(readings())
def test_a_reading_comes_back_equal_in_every_field(reading: ReadText) -> None:
    content = encode_reading(reading)
    assert decode_reading(content) == reading
    assert encode_reading(decode_reading(content)) == content


@pytest.mark.parametrize("content", [b"", b"null", b"{}", b'{"text": "a", "lines": [], "pages": []}', b"\xff\x00"])
def test_other_bytes_are_no_reading(content: bytes) -> None:
    with pytest.raises(ValidationError):
        decode_reading(content)


def png(shade: int = 255) -> bytes:
    out = io.BytesIO()
    Pillow.new("L", (800, 1000), shade).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def memory() -> DictCache:
    return DictCache()


@pytest.fixture
def reading(memory: DictCache, store: FsspecDocumentStore) -> CachedReading:
    return CachedReading(memory, store, "scripted 1")


@pytest.fixture
def ocrs(scripted_ocr: Any, no_ocr: Any) -> tuple[Any, Any]:
    return scripted_ocr, no_ocr


def test_an_image_is_read_once(
    reading: CachedReading, memory: DictCache, store: FsspecDocumentStore, ocrs: Any
) -> None:
    scripted_ocr, no_ocr = ocrs
    first = reading.read(png(), "image/png", scripted_ocr(PAGE))
    assert first.text.startswith("Northfield")
    assert reading.read(png(), "IMAGE/PNG; q=1", no_ocr) == first
    assert CachedReading(memory, store, "scripted 1").read(png(), "image/png", no_ocr) == first


def test_the_cache_holds_no_word_of_the_note(reading: CachedReading, memory: DictCache, scripted_ocr: Any) -> None:
    reading.read(png(), "image/png", scripted_ocr(PAGE))
    ((key, value),) = memory.values.items()
    assert key.startswith("reading:")
    assert not any(word in value for word in (b"Whitcombe", b"fibrillation", b"1958"))
    assert set(json.loads(value)) == {"uri", "sha256", "size_bytes", "media_type"}


def test_other_bytes_another_engine_and_another_reader_read_anew(
    reading: CachedReading,
    memory: DictCache,
    store: FsspecDocumentStore,
    scripted_ocr: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reading.read(png(), "image/png", scripted_ocr(PAGE))
    for other, content in ((reading, png(0)), (CachedReading(memory, store, "scripted 2"), png())):
        engine = scripted_ocr()
        assert other.read(content, "image/png", engine).text == ""
        assert len(engine.seen) == 1
    monkeypatch.setattr(cached_reading, "reader_version", lambda: "another")
    assert reading.read(png(), "image/png", scripted_ocr()).text == ""
    assert len(memory.values) == 4


def test_the_readers_version_is_a_hash_that_stays() -> None:
    reader_version.cache_clear()
    first = reader_version()
    reader_version.cache_clear()
    assert reader_version() == first
    assert len(first) == 64


Ruin = Callable[[Path, DictCache, FsspecDocumentStore], None]


def gone(file: Path, _: DictCache, __: FsspecDocumentStore) -> None:
    file.unlink()


def altered(file: Path, _: DictCache, __: FsspecDocumentStore) -> None:
    file.write_bytes(file.read_bytes().replace(b"1958", b"1985"))


def no_reading(_: Path, memory: DictCache, store: FsspecDocumentStore) -> None:
    uri, sha256 = store.put(b"a note", "text/plain")
    check = ClaimCheck(uri=uri, sha256=sha256, size_bytes=6, media_type="text/plain")
    memory.values = dict.fromkeys(memory.values, check.model_dump_json().encode())


def no_claim_check(_: Path, memory: DictCache, __: FsspecDocumentStore) -> None:
    memory.values = dict.fromkeys(memory.values, b"something else")


@pytest.mark.parametrize("ruin", [gone, altered, no_reading, no_claim_check])
def test_a_hit_whose_reading_is_lost_is_a_miss(
    ruin: Ruin, reading: CachedReading, memory: DictCache, store: FsspecDocumentStore, scripted_ocr: Any
) -> None:
    first = reading.read(png(), "image/png", scripted_ocr(PAGE))
    (value,) = memory.values.values()
    ruin(Path(json.loads(value)["uri"].removeprefix("file://")), memory, store)
    engine = scripted_ocr(PAGE)
    assert reading.read(png(), "image/png", engine) == first
    assert len(engine.seen) == 1


def test_a_store_out_of_reach_is_not_a_miss(
    reading: CachedReading, store: FsspecDocumentStore, scripted_ocr: Any, no_ocr: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading.read(png(), "image/png", scripted_ocr(PAGE))

    def unreachable(*_: object) -> bytes:
        raise Transient("cannot read from the document store")

    monkeypatch.setattr(store, "get", unreachable)
    with pytest.raises(Transient):
        reading.read(png(), "image/png", no_ocr)


def test_text_and_word_never_ask_and_a_text_layer_is_not_kept(
    reading: CachedReading, memory: DictCache, samples: Path, no_ocr: Any
) -> None:
    documents = samples / "documents"
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    reading.read((documents / "cardiology-afib.txt").read_bytes(), "text/plain; charset=utf-8", no_ocr)
    reading.read((documents / "psychiatry-depression.docx").read_bytes(), word, no_ocr)
    assert memory.gets == 0
    reading.read((documents / "dermatology-psoriasis.pdf").read_bytes(), "application/pdf", no_ocr)
    assert memory.gets == 1
    assert memory.values == {}


def test_the_stage_gives_the_same_event_with_and_without_a_cache_and_on_a_hit(
    accepted: Callable[..., NoteAccepted], reading: CachedReading, store: FsspecDocumentStore, clock: Any, ocrs: Any
) -> None:
    scripted_ocr, no_ocr = ocrs
    event = accepted((png(), "image/png"))
    without = list(ExtractionStage(store, scripted_ocr(PAGE), clock)(event))
    assert isinstance(without[0], NoteExtracted)
    miss = list(ExtractionStage(store, scripted_ocr(PAGE), clock, reading)(event))
    hit = list(ExtractionStage(store, no_ocr, clock, reading)(event))
    assert without == miss == hit
