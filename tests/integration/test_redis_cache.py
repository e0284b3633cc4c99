"""The cache against a real Redis that is there, away, killed, frozen and flushed: what is decided never changes."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from PIL import Image as Pillow

from chartstream.documents import FsspecDocumentStore
from chartstream.events.codec import Codec
from chartstream.events.documents import AcceptedDocument, Document, DocumentStatus, NoteAccepted
from chartstream.events.head import Action, ClaimCheck, Origin
from chartstream.extraction.cached_reading import CachedReading
from chartstream.extraction.engines.engine import Image, OcrPage
from chartstream.extraction.engines.paddle import PaddleOcr, engine_name
from chartstream.extraction.fragments import Box, Fragment
from chartstream.extraction.stage import ExtractionStage
from chartstream.local.ports import free_port
from chartstream.local.redis import LocalRedis
from chartstream.redis_cache import REST_SECONDS, TIMEOUT_SECONDS, Asked, RedisCache
from tests.unit.builders import FixedClock, encounter, head

pytestmark = pytest.mark.redis

LINES = (
    "Northfield Heart Clinic",
    "Patient: Orla Whitcombe  DOB: 03/14/1958  Sex: F",
    "Date of service: 03/02/2026",
    "ASSESSMENT AND PLAN",
    "1. Persistent atrial fibrillation.",
    "Electronically signed by Hannah Brandt, MD",
)


class Engine:
    """An OCR engine that reads the same on every page, and counts the pages."""

    name = "test 1"

    def __init__(self) -> None:
        self.pages = 0

    def read(self, image: Image) -> OcrPage:
        self.pages += 1
        fragments = (
            Fragment.of_line(line, Box(20, 50.3 * n, 700, 50.3 * n + 30), 0.97) for n, line in enumerate(LINES)
        )
        return OcrPage(tuple(fragments), image)


class Watch:
    """A monotonic clock that can be moved on, so that no test waits for Redis to be asked again."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


@pytest.fixture
def store(tmp_path: Path) -> FsspecDocumentStore:
    return FsspecDocumentStore(str(tmp_path / "documents"))


@pytest.fixture
def event(store: FsspecDocumentStore) -> NoteAccepted:
    out = io.BytesIO()
    Pillow.new("L", (800, 1000), 255).save(out, "PNG")
    return accepted(store, out.getvalue())


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def server(redis_server: LocalRedis) -> Iterator[LocalRedis]:
    redis.from_url(redis_server.url).flushall()
    yield redis_server
    redis_server.resume()
    redis_server.start()


@pytest.fixture
def cache(server: LocalRedis, watch: Watch) -> Iterator[RedisCache]:
    made = RedisCache(server.url, watch)
    yield made
    made.close()


def accepted(store: FsspecDocumentStore, png: bytes) -> NoteAccepted:
    uri, sha256 = store.put(png, "image/png")
    check = ClaimCheck(uri=uri, sha256=sha256, size_bytes=len(png), media_type="image/png")
    document = Document(document_id="scan-1", status=DocumentStatus.FINAL, claim_check=check)
    return NoteAccepted(
        head=head(),
        action=Action.SUBMIT,
        origin=Origin.ENGINE,
        encounter=encounter(),
        documents=(AcceptedDocument(document=document),),
        content_sha256="0" * 64,
    )


def answer(event: NoteAccepted, store: FsspecDocumentStore, engine: Engine, cache: RedisCache | None) -> list[bytes]:
    """The stage's events as they are written; its clock stands still, so times are equal too."""
    reading = CachedReading(cache, store, engine.name) if cache else None
    stage = ExtractionStage(store, engine, FixedClock(), reading)
    return [Codec().encode(each, "t") for each in stage(event)]


def test_a_hit_gives_the_same_events_byte_for_byte(
    event: NoteAccepted, store: FsspecDocumentStore, cache: RedisCache
) -> None:
    engine = Engine()
    without = answer(event, store, engine, None)
    assert answer(event, store, engine, cache) == without
    assert engine.pages == 2
    assert answer(event, store, engine, cache) == without
    assert engine.pages == 2
    assert cache.asked == {Asked.MISS: 1, Asked.HIT: 1}


def test_what_lies_in_redis_expires_and_has_no_word_of_the_note(
    event: NoteAccepted, store: FsspecDocumentStore, cache: RedisCache, server: LocalRedis
) -> None:
    answer(event, store, Engine(), cache)
    client = redis.from_url(server.url)
    (key,) = client.keys()
    assert key.startswith(b"chartstream:reading:")
    assert 29 * 86400 < client.ttl(key) <= 30 * 86400
    value = client.get(key)
    assert not any(word.encode() in key + value for line in LINES for word in line.split() if len(word) > 3)


def test_flushed_is_read_anew_with_the_same_events(
    event: NoteAccepted, store: FsspecDocumentStore, cache: RedisCache, server: LocalRedis
) -> None:
    engine = Engine()
    first = answer(event, store, engine, cache)
    redis.from_url(server.url).flushall()
    assert answer(event, store, engine, cache) == first
    assert engine.pages == 2
    assert answer(event, store, engine, cache) == first
    assert engine.pages == 2


def test_away_at_the_start_costs_nothing_but_the_reading(event: NoteAccepted, store: FsspecDocumentStore) -> None:
    engine = Engine()
    cache = RedisCache(f"redis://127.0.0.1:{free_port()}/0")
    begun = time.monotonic()
    answers = [answer(event, store, engine, cache) for _ in range(20)]
    assert time.monotonic() - begun < REST_SECONDS  # so that it was asked once only
    assert answers == [answer(event, store, engine, None)] * 20
    assert cache.asked == {Asked.ERROR: 1, Asked.SKIPPED: 19}


def test_killed_in_between_and_back_again(
    event: NoteAccepted, store: FsspecDocumentStore, cache: RedisCache, server: LocalRedis, watch: Watch
) -> None:
    engine = Engine()
    first = answer(event, store, engine, cache)
    server.stop(graceful=False)
    assert answer(event, store, engine, cache) == first
    server.start()
    watch.ahead += REST_SECONDS
    assert [answer(event, store, engine, cache) for _ in range(2)] == [first] * 2
    assert engine.pages == 3
    assert cache.asked == {Asked.MISS: 2, Asked.ERROR: 1, Asked.HIT: 1}


@pytest.mark.parametrize("connected", [True, False])
def test_frozen_it_delays_by_one_timeout_in_all(
    connected: bool, event: NoteAccepted, store: FsspecDocumentStore, cache: RedisCache, server: LocalRedis
) -> None:
    engine = Engine()
    first = answer(event, store, engine, cache if connected else None)
    server.pause()
    begun = time.monotonic()
    assert [cache.get(f"key-{n}") for n in range(100)] == [None] * 100
    assert time.monotonic() - begun < 4 * TIMEOUT_SECONDS
    assert answer(event, store, engine, cache) == first
    assert cache.asked[Asked.ERROR] == 1


@pytest.mark.ocr
def test_paddle_reads_a_page_once(store: FsspecDocumentStore, cache: RedisCache) -> None:
    png = (Path(__file__).parents[2] / "samples" / "documents" / "emergency-ureter-stone.png").read_bytes()
    event = accepted(store, png)
    reading = CachedReading(cache, store, engine_name())
    first = list(ExtractionStage(store, PaddleOcr, FixedClock(), reading)(event))

    def unneeded() -> Engine:
        raise AssertionError("the engine was loaded for a page that was read before")

    assert list(ExtractionStage(store, unneeded, FixedClock(), reading)(event)) == first
    assert PaddleOcr().name == engine_name()
