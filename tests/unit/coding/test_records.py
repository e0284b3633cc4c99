"""How often each code was right in the corpus profile: the odds, and a file at fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from chartstream.coding.corpus.records import Records, records
from chartstream.errors import ConfigurationError

KNOWN = Records.of({"I10": (20, 19), "R52": (20, 1), "E46": (1, 1)})


def test_a_code_that_was_mostly_right_gains_and_one_that_was_mostly_wrong_loses() -> None:
    assert KNOWN.odds("I10") > 1
    assert KNOWN.odds("R52") < -1
    assert KNOWN.odds("Z99.9") == 0


def test_a_single_judgement_moves_little() -> None:
    assert 0 < KNOWN.odds("E46") < KNOWN.odds("I10") / 2


def test_a_judgement_left_out_counts_no_more() -> None:
    assert KNOWN.odds("E46", without=(1, 1)) == 0
    assert KNOWN.odds("R52", without=(1, 1)) < KNOWN.odds("R52")


def test_the_packaged_records_are_of_many_codes() -> None:
    assert len(records().codes) > 500
    assert 0 < records().right < records().proposed


@pytest.mark.parametrize(("row", "message"), [("I10,many,1", "row 1"), ("I10,1,2", "more right"), ("I10,1", "row 1")])
def test_a_file_at_fault_is_refused(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "corpus_records.csv"
    path.write_text(f"# whence\ncode,proposed,right\n{row}\n")
    with pytest.raises(ConfigurationError, match=message):
        records(path)
