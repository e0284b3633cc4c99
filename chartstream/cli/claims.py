"""``chartstream claims``: coded claims out to billing, payers' answers back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from chartstream.billing.exporting import Export, Exporter, File, Format, Quotes
from chartstream.billing.fees import FeeTable
from chartstream.billing.keeping import record, write
from chartstream.billing.ledger import Ledger
from chartstream.billing.quoting import Quoted
from chartstream.billing.site import Site
from chartstream.billing.x12.checking import faults
from chartstream.cli.claim_lines import read_claims
from chartstream.cli.claims_outcomes import outcomes
from chartstream.events.claims import ClaimCoded
from chartstream.ports import DocumentStore

app = typer.Typer(help="Coded claims out to billing, payers' answers back.", no_args_is_help=True)
LEDGER = "ledger.sqlite3"
_INCOMPLETE = 1
_AT_ONCE = 1000
_stderr = Console(stderr=True, highlight=False, soft_wrap=True)


@app.command()
def export(
    form: Annotated[Format, typer.Option("--format", help="What to write.")],
    group: Annotated[
        str | None, typer.Option(help="Read claims.coded as this consumer group, which resumes where it stopped.")
    ] = None,
    given: Annotated[
        Path | None, typer.Option("--from", exists=True, dir_okay=False, help="Read a file: a claim, as JSON, a line.")
    ] = None,
    site: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Site file (YAML): who sends to whom; for 837.")
    ] = None,
    fees: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Fee table (CSV).")] = None,
    out: Annotated[
        Path | None, typer.Option(file_okay=False, help="Folder of files and ledger; without it standard output.")
    ] = None,
    idle: Annotated[float, typer.Option(min=0.1, help="With --group, end after so many seconds without a claim.")] = 10,
    first_control: Annotated[
        int, typer.Option(min=1, max=999_999_999, help="Lowest interchange control number to give.")
    ] = 1,
    check: Annotated[bool, typer.Option("--check", help="Check each 837 with pyx12 before it is written.")] = False,
    quotes: Annotated[
        bool, typer.Option("--quotes", help="With the words of the note behind each code, for those who may see them.")
    ] = False,
) -> None:
    """Write claims as X12 837, FHIR Claim or a table.

    A claim for which something is missing is named with what is missing, waits in the ledger and is tried again by the
    next export. Exit status 1 where any waits.
    """
    if (group is None) == (given is None):
        raise typer.BadParameter("name a consumer group with --group, or a file with --from; one of the two")
    if group is not None and out is None:
        raise typer.BadParameter("--group needs --out: what is read from Kafka once has to be kept")
    documents = _documents()
    exporter = Exporter(
        form,
        FeeTable.load(fees) if fees is not None else FeeTable(),
        Site.load(site) if site is not None else None,
        documents,
        _quotes_from(documents) if quotes else None,
        faults if check else None,
    )
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(out / LEDGER if out is not None else None)
    run = _Run(exporter, ledger, out, first_control)
    try:
        for batch in _from_file(given) if given is not None else _from_kafka(group or "", idle):
            run.export(batch)
        waiting = run.tell()
    finally:
        ledger.close()
    if waiting:
        raise typer.Exit(_INCOMPLETE)


app.command()(outcomes)


class _Run:
    """One run of the command: batches exported one by one, the sum told at the end."""

    def __init__(self, exporter: Exporter, ledger: Ledger, out: Path | None, first_control: int) -> None:
        self._exporter, self._ledger, self._out = exporter, ledger, out
        self._first_control = first_control
        self._counts: Counter[str] = Counter()
        self._told_of: set[tuple[str, int]] = set()

    def export(self, batch: list[ClaimCoded]) -> None:
        """Export a batch with what still waits; it is kept whole when this returns."""
        now, form = datetime.now(UTC), self._exporter.form
        with self._ledger.alone():
            given = [*self._ledger.held(form), *batch]
            control = max(self._ledger.last_control() + 1, self._first_control)
            exported = self._exporter.export(given, self._ledger, control, now)
            for file in exported.files:
                self._written(file)
            record(self._ledger, form, given, exported, now)
        self._told(exported)

    def tell(self) -> int:
        """Say the sum; gives the number of claims that wait."""
        waiting = {claim.claim_id for claim in self._ledger.held(self._exporter.form)}
        counts = ", ".join(f"{count} {what}" for what, count in self._counts.items()) or "no claim came"
        _stderr.print(f"{counts}; {len(waiting)} wait", markup=False)
        return len(waiting)

    def _written(self, file: File) -> None:
        if self._out is None:
            typer.echo(file.content, nl=False)
        else:
            _stderr.print(f"{write(self._out, file).name}: {len(file.claims)} claims", markup=False)

    def _told(self, exported: Export) -> None:
        for file in exported.files:
            for claim in file.claims:
                self._counts["exported"] += 1
                for note in claim.notes:
                    _stderr.print(f"{claim.control_number}: {note}", markup=False)
        for skipped in exported.skipped:
            self._counts["passed over"] += 1
            claim_id, revision = skipped.claim.claim_id, skipped.claim.revision
            _stderr.print(f"{claim_id} revision {revision} is passed over: {skipped.reason}", markup=False)
        for held in exported.held:
            if (held.claim.claim_id, held.claim.revision) not in self._told_of:
                _stderr.print(f"{held.claim.claim_id} revision {held.claim.revision} waits:", markup=False)
                for gap in held.gaps:
                    _stderr.print(f"  {gap.field} ({gap.element}): {gap.reason}; {gap.remedy}", markup=False)
            self._told_of.add((held.claim.claim_id, held.claim.revision))


def _from_file(path: Path) -> Iterator[list[ClaimCoded]]:
    """The claims of a file; a line that is none is named and passed over."""
    yield list(read_claims(path))


def _from_kafka(group: str, idle: float) -> Iterator[list[ClaimCoded]]:
    """What waits is tried again first, even if no claim comes."""
    from chartstream.client.consumer import ClaimConsumer  # noqa: PLC0415 - loads the Kafka client

    yield []
    with ClaimConsumer(group) as consumer:
        yield from consumer.batches(idle, _AT_ONCE)


def _documents() -> DocumentStore:
    from chartstream.documents import FsspecDocumentStore  # noqa: PLC0415
    from chartstream.stream.settings import DocumentsSettings  # noqa: PLC0415

    return FsspecDocumentStore(DocumentsSettings.from_environment().url)


def _quotes_from(documents: DocumentStore) -> Quotes:
    from chartstream.client.quotes import quotes_of  # noqa: PLC0415

    def quotes(claim: ClaimCoded) -> list[Quoted]:
        return [Quoted(quote.code, quote.text) for quote in quotes_of(claim, documents)]

    return quotes
