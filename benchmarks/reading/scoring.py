"""What one engine made of one variant, summed up."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.reading.cells import cell_count, cells_right
from benchmarks.reading.confidence import WordOutcome, calibration_error, handwriting, reliability, word_outcomes
from benchmarks.reading.corpus import Sample
from benchmarks.reading.metrics import Compared, Counts, Line, compare, count
from benchmarks.reading.stated import FieldCounts, Found, count_fields
from chartstream.extraction.fragments import Box


@dataclass(slots=True)
class Score:
    """One engine on one variant. What only our own reading says stays empty for the others."""

    engine: str
    variant: str
    version: str
    counts: Counts = field(default_factory=Counts)
    seconds: list[float] = field(default_factory=list)
    text_seconds: list[float] = field(default_factory=list)
    peak_mb: float = 0.0
    cells: dict[str, int] = field(default_factory=lambda: {"ruled": 0, "unruled": 0})
    cells_right: dict[str, int] = field(default_factory=lambda: {"ruled": 0, "unruled": 0})
    hand: list[int] = field(default_factory=lambda: [0, 0, 0])
    fields: FieldCounts = field(default_factory=FieldCounts)
    outcomes: list[tuple[Sample, WordOutcome]] = field(default_factory=list)
    _found: dict[str, tuple[Sample, list[tuple[str, str, float]]]] = field(default_factory=dict)

    def add(self, sample: Sample, answer: Mapping[str, Any]) -> Compared:
        """Count a page."""
        compared = compared_page(sample, answer)
        self.counts += count(compared)
        self.seconds.append(answer["seconds"])
        self.peak_mb = max(self.peak_mb, answer["peak_mb"])
        if "words" in answer:
            self._add_ours(sample, compared, answer)
        return compared

    def _add_ours(self, sample: Sample, compared: Compared, answer: Mapping[str, Any]) -> None:
        for table in sample.page.tables:
            kind = "ruled" if table.ruled else "unruled"
            self.cells[kind] += cell_count(table)
            self.cells_right[kind] += cells_right(table, answer["tables"])
        self.hand = [a + b for a, b in zip(self.hand, handwriting(compared, answer), strict=True)]
        self.outcomes += [(sample, outcome) for outcome in word_outcomes(compared, answer)]
        self.text_seconds += [answer["text_seconds"]] if "text_seconds" in answer else []
        known = self._found.setdefault(sample.document.name, (sample, []))
        known[1].extend((name, value, confidence) for name, value, confidence in answer["fields"])
        if sample.page.number == 1:  # where a note states its fields; without it, nothing is missing
            self._found[sample.document.name] = (sample, known[1])

    def close(self) -> None:
        """Count the fields, once all pages of each document are in."""
        for sample, found in self._found.values():
            self.fields += _document_fields(sample, found)

    def figures(self) -> dict[str, Any]:
        """Everything as plain data, shares from 0 to 1."""
        counts = self.counts
        figures: dict[str, Any] = {
            "engine": self.engine,
            "variant": self.variant,
            "version": self.version,
            "character_error_rate": counts.error_rate,
            "mark_error_rate": counts.mark_error_rate,
            "word_recall": counts.word_recall,
            "number_accuracy": counts.number_accuracy,
            "order_error": counts.order_error,
            "breaks": counts.breaks,
            "seconds_a_page": statistics.mean(self.seconds) if self.seconds else None,
            "seconds_a_page_median": statistics.median(self.seconds) if self.seconds else None,
            "peak_mb": self.peak_mb,
            "counts": asdict(counts),
        }
        return figures | (self._own_figures() if self.outcomes else {})

    def _own_figures(self) -> dict[str, Any]:
        claims = [(outcome.probability, outcome.right) for _, outcome in self.outcomes]
        lines, wrong, relied = self.hand
        own: dict[str, Any] = {
            "cells": self.cells,
            "cells_right": {k: self.cells_right[k] / n if n else None for k, n in self.cells.items()},
            "fields": asdict(self.fields),
            "handwriting": {"lines": lines, "wrong": wrong, "wrong_above_bound": relied},
            "calibration_error": calibration_error(claims),
            "reliability": reliability(claims),
        }
        if self.text_seconds:
            own["text_ms_a_page"] = statistics.mean(self.text_seconds) * 1000
        return own


def compared_page(sample: Sample, answer: Mapping[str, Any]) -> Compared:
    """An engine's answer matched to the page."""
    lines = [Line(text, Box(*sides)) for text, *sides in answer["lines"]]
    return compare(sample.page, lines, tuple(answer["frame"]), sample.matrix, sample.size)


def calibration_rows(score: Score) -> Iterator[dict[str, Any]]:
    """One row for each word that we read, to fit confidences on."""
    for sample, outcome in score.outcomes:
        yield {
            "document": sample.document.name,
            "half": sample.document.half,
            "page": sample.page.number,
            "variant": sample.variant,
            "word": outcome.text,
            "score": outcome.probability,
            "line_score": outcome.line_score,
            "line_height": round(outcome.line_height, 1),
            "length": len(outcome.text),
            "digits": sum(c.isdigit() for c in outcome.text),
            "kind": outcome.kind,
            "right": outcome.right,
        }


def _document_fields(sample: Sample, found: Sequence[tuple[str, str, float]] | Found) -> FieldCounts:
    counts = count_fields(sample.document.fields, found)
    if sample.page.number == 1:
        return counts
    return FieldCounts(relied=counts.relied, relied_wrongly=counts.relied_wrongly)
