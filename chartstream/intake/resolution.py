"""Whether print can be read at a resolution."""

from __future__ import annotations

from chartstream.errors import Problem, Rejected
from chartstream.events.documents import QualityCheck, Verdict
from chartstream.intake.limits import Limits

_REMEDY = "rescan at 200 dpi or more"


def check_resolution(dpi: float, limits: Limits, *, estimated: bool) -> QualityCheck:
    """The check of a page's resolution in dots per inch.

    An estimate never rejects: a cut-out looks like a coarse page. Raises ``Rejected`` ``resolution_too_low``.
    """
    value = round(dpi, 1)
    if dpi < limits.reject_dpi and not estimated:
        raise Rejected(
            Problem("resolution_too_low", f"the page has {value} dpi, at least {limits.reject_dpi} are needed", _REMEDY)
        )
    if dpi < limits.review_dpi:
        return QualityCheck(
            name="effective_dpi",
            value=value,
            unit="dpi",
            verdict=Verdict.REVIEW,
            message=f"the resolution is below {limits.review_dpi} dpi; {_REMEDY}",
        )
    return QualityCheck(
        name="effective_dpi", value=value, unit="dpi", verdict=Verdict.ACCEPT, message="fine enough to be read"
    )
