"""Write docs/reference from the contracts, topics.yaml, the metrics and extraction's data: ``make docs``."""

from __future__ import annotations

from pathlib import Path

from prometheus_client.metrics import MetricWrapperBase

from chartstream.events.catalogue import AUDITS_TOPIC, record_on
from chartstream.events.encounter import ClaimType
from chartstream.events.reference import events_page
from chartstream.extraction.analytes import analyte_words
from chartstream.extraction.field_words import field_words
from chartstream.extraction.headings import headings
from chartstream.extraction.schema import required_data
from chartstream.extraction.settle import AGE_BOUND, DATE_BOUND, IDENTITY_BOUND
from chartstream.extraction.statements import MOST_STATEMENTS
from chartstream.intake.policy import default_policy
from chartstream.stream import metrics
from chartstream.stream.batch_histogram import BatchHistogram
from chartstream.stream.topics import declared_topics
from chartstream.validation.edits import EDITS
from chartstream.validation.reference import edits_page

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

_CHECKS_HEAD = """# Quality checks

Generated from `chartstream/intake/data/policy.yaml` by `make docs`; do not edit.

Intake measures every document before anything is read from it. Each measurement stands in `AcceptedDocument.checks`
with its value, unit, verdict and, where it is about one page, that page (counted from 1). Of a check that every
page has, the event names all pages that are not simply accepted, or else only the page nearest to a bound.

- **normalise**: extraction puts it right by itself; nobody has to act.
- **review**: a person looks at the document first (`ReviewRequested`, under the code below).
- **reject**: the sender must change it (`NoteRejected`, under the code below, with the remedy).

A value that passes no bound is accepted. The first bound of a row that is passed decides.

| check | what is measured | unit | bounds | code | remedy | source of the bounds |
|---|---|---|---|---|---|---|
"""

_CHECKS_TAIL = """
Whatever the policy says, a document is rejected that is empty or wholly blank (`document_empty`), cut short
(`document_truncated`), damaged (`document_unreadable`), locked by a password (`document_encrypted`), that carries
macros (`document_has_macros`), or whose bytes are in no encoding (`text_undecodable`) or of no type
(`media_type_unsupported`) that is read here.

## How it is measured

- **Resolution.** A scan's pixels over the size of its page. Where the file states no resolution, or its print is
  far too small for the one it states, the height of letters without ascenders decides, taking print for 10 to 11
  points; that is right to some 15 % and never rejects. Without enough letters the picture is taken for a whole
  letter page.
- **Turn and slant.** From where the letters' edges stand in line, upright and sideways, to 0.2 degrees within 15
  degrees. Upside down is not seen here: extraction turns such pages.
- **Contrast, blur, blank.** Against the brightness of the paper around each pixel, so that shadows of a photograph
  are no ink. Blur is the width of letters' edges in percent of a small letter's height.
- **Repeated pages.** Exact copies by hash, of pixels or of text; look-alikes by the correlation of reduced images.
  Neither is more than noted: a form filled in twice looks alike.
- **PDF pages with a text layer** are not rendered: only scans, pages that pictures cover by more than half, are.

## The sandbox

Documents are opened in a process of its own that writes no file, keeps no core dump, knows no password and ends
with the processor, however that ends. {limits} A document that exceeds them, or kills the process, is rejected as
`document_too_costly`; the next one gets a new process. Short plain prose is read in place.

## A site's own policy

`CHARTSTREAM_INTAKE_POLICY` names a YAML file that says only what differs; a wrong one stops the process at start.

```yaml
checks:
  effective_dpi:
    bounds: [{{below: 100, verdict: REJECT}}, {{below: 150, verdict: REVIEW}}]
  embedded_files:
    bounds: [{{above: 0, verdict: REVIEW}}]
sandbox: {{seconds: 20}}
```

`make fuzz` sends 20,000 changed files of every type and a table of hostile ones through all this.
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


def quality_checks_page() -> str:
    """Markdown of every check that intake makes, and of the sandbox's limits, as the packaged policy has them."""
    policy = default_policy()
    rows = []
    for name, check in policy.checks.items():
        verdicts = [
            f"{bound.verdict.value.lower()} {'below' if bound.below is not None else 'above'} "
            f"{bound.below if bound.below is not None else bound.above:,.12g}"
            for bound in check.bounds
        ]
        said = "; ".join(verdicts) or "only noted"
        rows.append(
            f"| `{name}` | {check.label} | {check.unit} | {said} | `{check.code}` | {check.remedy} | {check.source} |"
        )
    box = policy.sandbox
    limits = (
        f"The packaged limits are {box.seconds:g} s and {box.seconds_per_megabyte:g} s for each megabyte of the file, "
        f"wall clock and processor alike, and {box.megabytes} MB of memory beyond what the program itself takes."
    )
    return _CHECKS_HEAD + "\n".join(rows) + "\n" + _CHECKS_TAIL.format(limits=limits)


_SECTIONS_HEAD = """# Sections, fields and statements

Generated from `chartstream/extraction/data` by `make docs`; do not edit.

## Sections

A heading is known by its words, however it is set (capitals, a colon, bold, numbered, underlined, in brackets, run into
its text), and by how the other headings of the same note are set. A heading misread by a letter (two in a long one)
counts with less confidence, as do the parts of a note without headings, which are told by their words. Each section has
a kind and the kind's family.

| family | what stands there |
|---|---|
"""

_KINDS_HEAD = """
| kind | family | LOINC | headings, for example |
|---|---|---|---|
"""


def extraction_page() -> str:
    """Markdown of the kinds of sections, the fields with their patterns, what is required, and the known quantities."""
    data = headings().data
    families = "".join(f"| {name} | {meaning} |\n" for name, meaning in data.families.items())
    kinds = "".join(
        f"| `{name}` | {kind.family} | {', '.join(kind.loinc)} | {', '.join(kind.titles[:4])} |\n"
        for name, kind in data.kinds.items()
    )
    return _SECTIONS_HEAD + families + _KINDS_HEAD + kinds + _fields_part() + _statements_part()


def _fields_part() -> str:
    labels = "".join(
        f"| `{name}` | {entry['reliability']} | {', '.join(entry['words'][:5])} |\n"
        for name, entry in field_words()["labels"].items()
    )
    required = "".join(f"| {claim.value} | {', '.join(required_data().required[claim])} |\n" for claim in ClaimType)
    return f"""
## Fields

A field's confidence is the lowest score of the words that it was read from times the reliability of the label that
found it. A date that stands elsewhere in the document, too, is surer than each of its readings; one that was read
doubtfully and stands nowhere else stays below every bound. A value is relied upon from {DATE_BOUND}; it contradicts the
submission from {IDENTITY_BOUND} (birth date, age, sex); an age contradicts a birth date that only the notes state from
{AGE_BOUND}.

| field | reliability | labels, for example |
|---|---|---|
{labels}
What must be there, besides the dates of service and a signature, before an encounter is coded; else it goes to a person
as `<field>_missing`, `<field>_uncertain` or `<field>_conflict`:

| claim type | required, from the submission or from the notes |
|---|---|
{required}"""


def _statements_part() -> str:
    rows = "".join(
        f"| {name} | {', '.join(analyte.names[:4])} | {' '.join(f'`{unit}`' for unit in analyte.units)} |"
        f" {analyte.loinc or ''} |\n"
        for name, analyte in analyte_words().data.analytes.items()
    )
    return f"""
## Statements

Diagnoses one by one from the sections of the family assessment, procedures from `procedures`, results from tables and
from text with unit (UCUM), reference range and flag where these stand. An event carries up to {MOST_STATEMENTS}.

| quantity | written | units | LOINC |
|---|---|---|---|
{rows}"""


PAGES = {
    "events.md": events_page,
    "edits.md": lambda: edits_page(EDITS),
    "extraction.md": extraction_page,
    "topics.md": topics_page,
    "metrics.md": metrics_page,
    "quality-checks.md": quality_checks_page,
}

if __name__ == "__main__":
    folder = Path(__file__).parents[1] / "docs" / "reference"
    for file_name, page in PAGES.items():
        (folder / file_name).write_text(page(), encoding="utf-8")
        print(f"wrote docs/reference/{file_name}")  # noqa: T201 - what was written is this script's answer
