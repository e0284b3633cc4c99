"""Lets engines read pages: a fresh process for each engine and variant, warmed on one page that does not count."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.reading.corpus import Sample
from benchmarks.reading.engines import Command, Worker
from benchmarks.reading.scoring import Score

ENDINGS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "image/tiff": ".tiff"}

Advance = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Course:
    """The pages of one variant as files. ``cache``: where peers' answers lie, by content and version; None: nowhere."""

    variant: str
    samples: Sequence[Sample]
    folder: Path
    cache: Path | None = None

    def lay(self) -> None:
        """Write the files."""
        for sample in self.samples:
            self.path(sample).write_bytes(sample.content)

    def path(self, sample: Sample) -> Path:
        """The file of a page."""
        return self.folder / f"{sample.name}{ENDINGS[sample.media_type]}"


def run(engine: str, command: Command, course: Course, advance: Advance) -> Score:
    """Read all pages of a course. Raises ``NotToBeHad`` when the engine does not start or ends."""
    with Worker(command, course.folder / f"{engine}.log") as worker:
        score = Score(engine, course.variant, worker.version)
        warm = False
        for sample in course.samples:
            kept = _kept(course, engine, worker.version, sample)
            answer = _known(kept)
            if answer is None:
                if not warm:
                    worker.read(course.path(sample))
                    warm = True
                answer = worker.read(course.path(sample))
                if kept is not None:
                    kept.write_text(json.dumps(answer))
            score.add(sample, answer)
            advance()
    score.close()
    return score


def _kept(course: Course, engine: str, version: str, sample: Sample) -> Path | None:
    """Where an answer is kept; ours never is, for our code changes without its version."""
    if course.cache is None or engine == "ours":
        return None
    course.cache.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(f"{engine}\n{version}\n".encode() + sample.content).hexdigest()
    return course.cache / f"{digest}.json"


def _known(kept: Path | None) -> dict[str, Any] | None:
    if kept is None or not kept.exists():
        return None
    answer: dict[str, Any] = json.loads(kept.read_text())
    return answer
