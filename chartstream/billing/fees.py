"""A site's fee table: what a service is charged at where neither the claim nor its charge says."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from chartstream.errors import ConfigurationError

_COLUMNS = ("code", "modifier", "payer", "from", "through", "amount")


@dataclass(frozen=True, slots=True)
class Fee:
    """US dollars for one unit of a code. ``modifier`` and ``payer`` are empty where any will do; both days belong to
    the period, None is open.
    """

    code: str
    modifier: str
    payer: str
    begin: date | None
    end: date | None
    amount: Decimal

    def fits(self, code: str, modifiers: Sequence[str], payer: str | None, day: date) -> bool:
        """Whether it is a fee of this service on this day."""
        return (
            self.code == code
            and self.modifier in {"", *modifiers}
            and self.payer in {"", payer}
            and (self.begin is None or self.begin <= day)
            and (self.end is None or day <= self.end)
        )


class FeeTable:
    """Fees by code. The most particular one that fits counts: the payer's before any, with the modifier before without,
    the one that began last.
    """

    def __init__(self, fees: Iterable[Fee] = ()) -> None:
        self._by_code: dict[str, list[Fee]] = {}
        for fee in fees:
            self._by_code.setdefault(fee.code, []).append(fee)

    def fee(self, code: str, modifiers: Sequence[str], payer: str | None, day: date) -> Decimal | None:
        """US dollars for one unit; None where the table has none."""
        fitting = [fee for fee in self._by_code.get(code, ()) if fee.fits(code, modifiers, payer, day)]
        if not fitting:
            return None
        return max(fitting, key=lambda f: (f.payer != "", f.modifier != "", f.begin or date.min)).amount

    @staticmethod
    def load(path: Path) -> FeeTable:
        """Read a CSV file with the columns code, modifier, payer, from, through, amount (UTF-8, a heading line).

        Raises ``ConfigurationError`` that names the line at fault.
        """
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file)
                if tuple(reader.fieldnames or ()) != _COLUMNS:
                    raise ConfigurationError(f"{path.name}: its first line is not {','.join(_COLUMNS)}; put it there")
                return FeeTable([_fee(row, f"{path.name}, line {reader.line_num}") for row in reader])
        except OSError as error:
            raise ConfigurationError(f"{path.name} cannot be read: {error.strerror}; name the fee table") from error
        except UnicodeDecodeError as error:
            raise ConfigurationError(f"{path.name} is not UTF-8 at byte {error.start}; save it as UTF-8") from error


def _fee(row: dict[str, str], where: str) -> Fee:
    cells = {key: (value or "").strip() if isinstance(value, str) else "" for key, value in row.items()}
    try:
        amount = Decimal(cells["amount"])
    except InvalidOperation:
        amount = Decimal(-1)
    if not cells["code"] or not amount.is_finite() or amount < 0 or amount != round(amount, 2):
        raise ConfigurationError(f"{where}: a code, and an amount in dollars with at most two decimals, are needed")
    return Fee(
        cells["code"].upper(),
        cells["modifier"].upper(),
        cells["payer"],
        _day(cells["from"], where),
        _day(cells["through"], where),
        amount,
    )


def _day(text: str, where: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ConfigurationError(f"{where}: a day is not written YYYY-MM-DD; correct it") from None
