"""``chartstream claims outcomes``: payers' answers (835, 277CA) as outcomes of our claims."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from chartstream.billing.answers.answer import Answer, Unread
from chartstream.billing.answers.outcomes import AnswerFormat, Claims, Matched, answers_in, by_number, matched
from chartstream.billing.control_number import control_number
from chartstream.billing.ledger import Ledger, Sent
from chartstream.cli.claim_lines import read_claims
from chartstream.clock import SystemClock
from chartstream.errors import Rejected
from chartstream.events.claims import ClaimCoded

_INCOMPLETE = 1
_stderr = Console(stderr=True, highlight=False, soft_wrap=True)


def outcomes(
    answers: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="835 or 277CA files.")],
    form: Annotated[AnswerFormat, typer.Option("--format", help="What the files are.")] = AnswerFormat.AUTO,
    ledger: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Ledger of the exports: finds the claims, keeps the answers."),
    ] = None,
    given: Annotated[
        Path | None, typer.Option("--from", exists=True, dir_okay=False, help="Find the claims in a file instead.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write the outcomes here, a line of JSON each.")
    ] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Write them to claims.outcomes.")] = False,
) -> None:
    """Read payers' answers as outcomes of our claims.

    Claims are found in the ledger, a file or, without either, on claims.coded. A file read twice gives the same
    events. Exit status 1 where an item could not be taken or matched.
    """
    found: list[Matched] = []
    lost = 0
    kept = Ledger(ledger) if ledger is not None else None
    try:
        claims = _finder(kept, given)
        for path in answers:
            read, unread = _read_answers(path, form)
            ours, strangers = matched(read, claims, SystemClock())
            found += ours
            for item in [*unread, *strangers]:
                lost += item.failed
                _stderr.print(f"{path.name}, {item.place}: {item.reason}", markup=False)
        if publish:
            from chartstream.client.outcomes import publish_outcomes  # noqa: PLC0415 - loads the Kafka client

            publish_outcomes([each.outcome for each in found])
        if kept is not None:
            with kept.alone():
                for each in found:
                    _keep(kept, each)
    finally:
        if kept is not None:
            kept.close()
    if out is not None:
        out.write_text("".join(f"{each.outcome.model_dump_json()}\n" for each in found), encoding="utf-8")
    _table_of(found)
    _stderr.print(f"{len(found)} outcomes{' published' if publish else ''}; {lost} items lost", markup=False)
    if lost:
        raise typer.Exit(_INCOMPLETE)


def _read_answers(path: Path, form: AnswerFormat) -> tuple[list[Answer], list[Unread]]:
    """The answers of a file; one whose envelope is broken is a lost item whole, the others go on."""
    try:
        return answers_in(path.read_bytes(), form)
    except Rejected as error:
        problem = error.problems[0]
        return [], [Unread("whole file", f"{problem.message}; {problem.remedy}")]


def _finder(ledger: Ledger | None, given: Path | None) -> Claims:
    if ledger is not None and given is None:
        return lambda number: _as_sent(ledger.by_number(number))
    if given is not None:
        numbered = by_number(read_claims(given))
    else:
        from chartstream.client.sent_claims import claims_on_topic  # noqa: PLC0415 - loads the Kafka client

        numbered = by_number(claims_on_topic())
    return numbered.get


def _as_sent(sent: Sent | None) -> ClaimCoded | None:
    """The revision with the encounter that stood on it: a void's own event has none."""
    return None if sent is None else sent.revision.model_copy(update={"encounter": sent.content.encounter})


def _keep(ledger: Ledger, each: Matched) -> None:
    answer, outcome = each.answer, each.outcome
    number = control_number(outcome.claim_id, outcome.revision)
    payers = answer.payer_claim_number
    ledger.record_answer(outcome.head.event_id, number, outcome.outcome, payers, outcome.received_at)


def _table_of(found: list[Matched]) -> None:
    table = Table("claim", "revision", "outcome", "paid", "adjustments", "coding")
    for each in found:
        outcome = each.outcome
        told = " ".join(f"{a.group_code}-{a.carc}" for a in outcome.adjustments)
        coding = {True: "yes", False: "no", None: "unknown"}[outcome.coding_related]
        paid = f"{outcome.paid_amount:.2f}" if outcome.paid_amount is not None else ""
        cells = (outcome.claim_id, str(outcome.revision), outcome.outcome.lower(), paid, told, coding)
        table.add_row(*(escape(cell) for cell in cells))
    Console().print(table)
