"""How often each code was right when it was proposed in the corpus profile: ``data/corpus_records.csv``.

The file holds counts alone (``code,proposed,right``), made by ``python -m benchmarks.calibration --fit-corpus``.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from chartstream.coding.data_files import DATA
from chartstream.errors import ConfigurationError

FILE: Final = DATA / "corpus_records.csv"
_PSEUDO: Final = 4.0  # so many judgements the average counts for, beside a code's own


@dataclass(frozen=True, slots=True)
class Records:
    """(proposed, right) of each code, and of all together."""

    codes: Mapping[str, tuple[int, int]]
    proposed: int
    right: int

    @classmethod
    def of(cls, codes: Mapping[str, tuple[int, int]]) -> Records:
        """The records of ``codes``, each with (proposed, right)."""
        return cls(codes, sum(n for n, _ in codes.values()), sum(k for _, k in codes.values()))

    def odds(self, code: str, without: tuple[int, int] = (0, 0)) -> float:
        """By how much the log odds of ``code`` differ from the average's; 0 for one never proposed.

        ``without`` (proposed, right) is left out of its record, so that no note is judged by itself.
        """
        proposed, right = (a - b for a, b in zip(self.codes.get(code, (0, 0)), without, strict=True))
        average = (self.right + 1) / (self.proposed + 2)
        rate = (right + _PSEUDO * average) / (proposed + _PSEUDO)
        return math.log(rate / (1 - rate)) - math.log(average / (1 - average))


@lru_cache(maxsize=1)
def records(path: Path = FILE) -> Records:
    """The records of the package. Raises ``ConfigurationError`` naming the line that is not as it must be."""
    codes: dict[str, tuple[int, int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(line for line in file if not line.startswith("#")), start=1):
            try:
                proposed, right = int(row["proposed"]), int(row["right"])
            except (KeyError, TypeError, ValueError) as error:
                raise ConfigurationError(f"corpus_records.csv, row {number}: {error!r}; fit it anew.") from error
            if not 0 <= right <= proposed:
                raise ConfigurationError(f"corpus_records.csv, row {number}: more right than proposed; fit it anew.")
            codes[row["code"]] = (proposed, right)
    return Records.of(codes)
