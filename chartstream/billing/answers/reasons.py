"""Whether coding was the cause: judged by the payer's reason codes, from data."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict

from chartstream.errors import ConfigurationError
from chartstream.events.claims import Adjustment


class Reasons(BaseModel):
    """``reasons.yaml``: codes that are coding's business, each with what it means in a few words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    carcs: dict[str, str]
    carcs_by_remark: frozenset[str]
    rarcs: dict[str, str]
    statuses: dict[str, str]

    def of_adjustments(self, adjustments: Sequence[Adjustment], remarks: Collection[str] = ()) -> bool | None:
        """Whether any adjustment is coding's business.

        ``remarks`` are those of the whole claim. None where there is nothing to judge by, or where the payer says that
        something is wrong and no remark says what.
        """
        unclear = not adjustments
        for adjustment in adjustments:
            if adjustment.carc in self.carcs:
                return True
            if adjustment.carc in self.carcs_by_remark:
                told = {*adjustment.rarcs, *remarks}
                if told & self.rarcs.keys():
                    return True
                unclear = unclear or not told
        return None if unclear else False

    def of_statuses(self, statuses: Collection[str]) -> bool | None:
        """The same for the claim status codes of a rejection."""
        return bool(self.statuses.keys() & set(statuses)) if statuses else None


@cache
def reasons() -> Reasons:
    """The packaged list. Raises ``ConfigurationError`` where it does not hold."""
    content = (files("chartstream.billing") / "data" / "reasons.yaml").read_text(encoding="utf-8")
    try:
        return Reasons.model_validate(yaml.safe_load(content))
    except ValueError as error:
        raise ConfigurationError("chartstream/billing/data/reasons.yaml does not hold; install anew") from error
