"""Groups that codes fall into, for the information of routing, review and billing. No edit rests on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chartstream.events.validation import Grouping
from chartstream.validation.claim import Claim
from chartstream.validation.grouping.drg import ms_drg
from chartstream.validation.grouping.hcc import cms_hcc

Grouper = Callable[[Claim], Sequence[Grouping]]

GROUPERS: tuple[Grouper, ...] = (ms_drg, cms_hcc)
"""All groupers, in the order in which their groupings are listed."""
