"""Write docs/reference from the contracts, topics.yaml and the metrics: ``make docs``."""

from __future__ import annotations

from pathlib import Path

from prometheus_client.metrics import MetricWrapperBase

from chartstream.events.catalogue import AUDITS_TOPIC, record_on
from chartstream.events.reference import events_page
from chartstream.stream import metrics
from chartstream.stream.batch_histogram import BatchHistogram
from chartstream.stream.topics import declared_topics

WRITERS = {
    "notes.submitted": ("gateway, EHRs", "intake"),
    "notes.accepted": ("intake; review (documents accepted)", "extraction"),
    "notes.rejected": ("intake, extraction, review", "EHRs, insights"),
    "notes.extracted": ("extraction; review (fields corrected)", "coding"),
    "codes.proposed": ("coding; review (codes decided)", "validation"),
    "codes.validated": ("validation", "routing"),
    "claims.coded": ("routing", "billing, insights"),
    "review.requested": ("intake, extraction, routing", "review"),
    "review.decided": ("review", "insights, learning"),
    "review.audits": ("routing", "review"),
    "provider.queries": ("coding, review", "EHRs"),
    "claims.outcomes": ("billing", "insights, learning"),
    "audit.trail": ("all", "auditors"),
    "dead-letters": ("all", "ops"),
    "state.gateway": ("gateway", "gateway"),
    "state.intake": ("intake", "intake"),
    "state.routing": ("routing", "routing"),
}

_TOPICS_HEAD = """# Topics

Generated from `chartstream/stream/topics.yaml` by `make docs`; do not edit. Every record's key is the `encounter_id`,
so an encounter's events stay in order; every producer uses the `murmur2_random` partitioner, which is also that of
Kafka's Java clients. Read with `isolation.level=read_committed`. A topic prefix, where one is set, stands before each
name. Headers: `ce_specversion`, `ce_id`, `ce_type`, `ce_source`, `ce_time`, `content-type`, `traceparent`.

| topic | event | written by | read by | partitions | kept |
|---|---|---|---|---|---|
"""

_METRICS_HEAD = """# Metrics

Generated from `chartstream/stream/metrics.py` by `make docs`; do not edit. Each process serves them at `/metrics`.

| metric | kind | labels | meaning |
|---|---|---|---|
"""


def topics_page() -> str:
    """Markdown of every declared topic."""
    rows = []
    for name, topic in declared_topics().by_name.items():
        record = "ReviewRequested" if name == AUDITS_TOPIC else record_on(name).__name__
        kept = "compacted" if topic.retention is None else f"{topic.retention} days"
        writers, readers = WRITERS[name]
        link = f"[{record}](events.md#{record.lower()})"
        rows.append(f"| `{name}` | {link} | {writers} | {readers} | {topic.partitions} | {kept} |")
    return _TOPICS_HEAD + "\n".join(rows) + "\n"


def metrics_page() -> str:
    """Markdown of every metric."""
    declared = [each for each in vars(metrics).values() if isinstance(each, (MetricWrapperBase, BatchHistogram))]
    rows = []
    for metric in declared:
        family = next(iter(metric.describe()))
        suffix = "_total" if family.type == "counter" else ""
        named = family if isinstance(metric, BatchHistogram) else metric
        labels = ", ".join(named._labelnames)  # noqa: SLF001 - the library has no public way to ask
        rows.append(f"| `{family.name}{suffix}` | {family.type} | {labels} | {family.documentation} |")
    return _METRICS_HEAD + "\n".join(rows) + "\n"


PAGES = {"events.md": events_page, "topics.md": topics_page, "metrics.md": metrics_page}

if __name__ == "__main__":
    folder = Path(__file__).parents[1] / "docs" / "reference"
    for file_name, page in PAGES.items():
        (folder / file_name).write_text(page(), encoding="utf-8")
        print(f"wrote docs/reference/{file_name}")  # noqa: T201 - what was written is this script's answer
