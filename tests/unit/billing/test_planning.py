"""Originals, replacements and voids of what the payer has; the ledger that knows it."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chartstream.billing.control_number import control_number
from chartstream.billing.exporting import Export, Exporter, Format
from chartstream.billing.fees import FeeTable
from chartstream.billing.keeping import record, write
from chartstream.billing.ledger import Ledger
from chartstream.errors import ConfigurationError
from chartstream.events.claims import ClaimCoded, ClaimKind, OutcomeKind
from tests.unit.billing.cases import CLAIM_ID, MADE_AT, SITE, STORE, claim, named, visit, void

P = Format.X12_837P


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger.sqlite3")
    yield opened
    opened.close()


def run(ledger: Ledger, *claims: ClaimCoded, form: Format = P) -> Export:
    """One run of the command on a batch."""
    given = [*ledger.held(form), *claims]
    with ledger.alone():
        export = Exporter(form, FeeTable(), SITE, STORE).export(given, ledger, ledger.last_control() + 1, MADE_AT)
        record(ledger, form, given, export, MADE_AT)
    return export


def revision(number: int, kind: ClaimKind = ClaimKind.REPLACEMENT, *, whole: bool = True) -> ClaimCoded:
    of = visit() if whole else visit(providers=())
    return claim(of, revision=number, kind=ClaimKind.ORIGINAL if number == 1 else kind)


def answered(ledger: Ledger, number: int, outcome: OutcomeKind, payers: str | None = "ICN-1-9") -> None:
    ledger.record_answer(f"e{number}", control_number(CLAIM_ID, number), outcome, payers, MADE_AT)


def test_a_replacement_names_what_the_payer_calls_the_original(ledger: Ledger) -> None:
    run(ledger, revision(1))
    answered(ledger, 1, OutcomeKind.PAID)
    export = run(ledger, revision(2))
    assert named(export, "CLM")[0].split("*")[5] == "11:B:7"
    assert named(export, "CLM")[0].split("*")[1] == control_number(CLAIM_ID, 2)
    assert named(export, "REF", "F8") == ["REF*F8*ICN-1-9"]


def test_a_replacement_waits_until_the_payers_number_is_known(ledger: Ledger) -> None:
    run(ledger, revision(1))
    assert [gap.field for gap in run(ledger, revision(2)).held[0].gaps] == ["payer_claim_number"]
    answered(ledger, 1, OutcomeKind.ACCEPTED)
    assert named(run(ledger), "REF", "F8") == ["REF*F8*ICN-1-9"]
    assert run(ledger) == Export((), (), ())


def test_a_void_carries_what_it_voids(ledger: Ledger) -> None:
    run(ledger, revision(1))
    answered(ledger, 1, OutcomeKind.PAID)
    export = run(ledger, void(2))
    assert named(export, "CLM")[0].split("*")[5] == "11:B:8"
    assert named(export, "HI") == ["HI*ABK:I10*ABF:E1122"]
    assert named(export, "REF", "F8") == ["REF*F8*ICN-1-9"]
    # after the void the claim may come again, as an original
    again = run(ledger, claim(revision=3, kind=ClaimKind.ORIGINAL))
    assert named(again, "CLM")[0].split("*")[5] == "11:B:1"


@pytest.mark.parametrize("late", [2, 3])
def test_what_was_never_sent_is_not_replaced_but_sent(ledger: Ledger, late: int) -> None:
    assert run(ledger, revision(1, whole=False)).held
    export = run(ledger, *[revision(n, whole=n == late) for n in range(2, late + 1)])
    assert named(export, "CLM")[0].split("*")[5] == "11:B:1"
    assert ledger.held(P) == []


def test_a_void_of_what_was_never_sent_sends_nothing(ledger: Ledger) -> None:
    run(ledger, revision(1, whole=False))
    export = run(ledger, void(2))
    assert (export.files, export.held) == ((), ())
    assert ledger.held(P) == []


def test_a_correction_of_a_rejected_claim_is_an_original(ledger: Ledger) -> None:
    run(ledger, revision(1))
    answered(ledger, 1, OutcomeKind.REJECTED, None)
    assert named(run(ledger, revision(2)), "CLM")[0].split("*")[5] == "11:B:1"


def test_a_void_of_a_rejected_claim_sends_nothing(ledger: Ledger) -> None:
    run(ledger, revision(1))
    answered(ledger, 1, OutcomeKind.REJECTED, None)
    export = run(ledger, void(2))
    assert export.files == ()
    assert export.skipped[0].reason == "the payer has nothing of the claim that could be voided"


def test_a_replacement_whose_original_is_not_at_hand_is_no_original(ledger: Ledger) -> None:
    assert [gap.field for gap in run(ledger, revision(2)).held[0].gaps] == ["payer_claim_number"]
    # nor does a later revision make it one
    assert [gap.field for gap in run(ledger, revision(3)).held[0].gaps] == ["payer_claim_number"]


def test_only_the_last_revision_of_a_batch_goes_out_and_none_twice(ledger: Ledger) -> None:
    export = run(ledger, revision(1), revision(2))
    assert [w.task.revision.revision for w in export.files[0].claims] == [2]
    assert [s.reason for s in export.skipped] == ["a later revision came before it was sent"]
    again = run(ledger, revision(2), revision(1))
    assert again.files == ()
    assert {s.reason for s in again.skipped} == {"it was exported before"}


def test_formats_are_apart(ledger: Ledger) -> None:
    run(ledger, revision(1))
    assert len(run(ledger, revision(1), form=Format.CSV).files) == 1


def test_control_numbers_rise_and_a_run_that_failed_gives_its_number_back(ledger: Ledger, tmp_path: Path) -> None:
    assert run(ledger, revision(1)).files[0].control == 1
    with pytest.raises(RuntimeError), ledger.alone():  # noqa: PT012 - it fails after something was recorded
        export = Exporter(P, FeeTable(), SITE, STORE).export([claim(claim_id="e" * 32)], ledger, 2, MADE_AT)
        record(ledger, P, [], export, MADE_AT)
        raise RuntimeError
    assert ledger.last_control() == 1
    assert run(ledger, claim(claim_id="e" * 32)).files[0].control == 2


def test_the_same_run_gives_the_same_file() -> None:
    first, second = (run(Ledger(), claim(), claim(claim_id="e" * 32)).files[0] for _ in range(2))
    assert first == second


def test_what_waits_outlives_the_process_and_only_the_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    first = Ledger(path)
    run(first, revision(1, whole=False))
    first.close()
    second = Ledger(path)
    assert second.held(P) == [revision(1, whole=False)]
    second.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_files_are_whole_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    (file,) = run(Ledger(), claim()).files
    path = write(tmp_path, file)
    assert path.read_text(encoding="utf-8") == file.content
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [file.name]


def test_two_exports_at_once_do_not_share_a_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chartstream.billing.ledger._WAIT_SECONDS", 0.05)
    first, second = Ledger(tmp_path / "l"), Ledger(tmp_path / "l")
    with first.alone(), pytest.raises(ConfigurationError, match="another export"), second.alone():
        pass
    first.close()
    second.close()


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    (tmp_path / "l").write_text("no database, but long enough to be taken for one " * 20)
    with pytest.raises(ConfigurationError, match="cannot be used as a ledger"):
        Ledger(tmp_path / "l")


def test_the_latest_answer_counts_and_the_payers_number_stays(ledger: Ledger) -> None:
    number = control_number(CLAIM_ID, 1)
    ledger.record_answer("a", number, OutcomeKind.ACCEPTED, "ICN-1", MADE_AT)
    ledger.record_answer("b", number, OutcomeKind.DENIED, None, MADE_AT + timedelta(days=9))
    answer = ledger.answer(number)
    assert answer is not None
    assert (answer.outcome, answer.payer_claim_number) == (OutcomeKind.DENIED, "ICN-1")
