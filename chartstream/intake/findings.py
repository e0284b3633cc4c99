"""What is measured on one document, judged by the policy as it comes in."""

from __future__ import annotations

from chartstream.errors import Problem, Rejected
from chartstream.events.documents import QualityCheck, Verdict
from chartstream.intake.policy import Bound, Check, CheckPolicy, Policy

_PLURALS = {"dpi": "dpi", "percent": "percent", "inch": "inches"}


class Findings:
    """Collects measurements. Limits of the whole document reject at once, before anything dearer is done; faults of
    pages are gathered, so that the sender hears of all of them.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._found: list[QualityCheck] = []
        self._problems: list[Problem] = []
        self._refused: list[Problem] = []

    def add(self, check: Check, value: float, page: int | None = None) -> None:
        """Note a measurement; ``page`` counts from 1, None is the whole document.

        Raises ``Rejected`` where the policy refuses the whole document for it.
        """
        policy = self._policy.of(check)
        bound = policy.passed(value)
        verdict = bound.verdict if bound is not None else Verdict.ACCEPT
        message = _message(policy, value, bound, page)
        self._found.append(
            QualityCheck(
                name=check, value=round(value, 3), unit=policy.unit, verdict=verdict, message=message, page=page
            )
        )
        problem = Problem(policy.code, message, policy.remedy)
        if verdict is Verdict.REJECT:
            if page is None:
                raise Rejected(problem)
            self._refused.append(problem)
        elif verdict is Verdict.REVIEW:
            self._problems.append(problem)

    def require(self, check: Check, value: float, page: int) -> None:
        """Note a measurement of a page without which the page must not be opened any further.

        Raises ``Rejected`` at once where the policy refuses it.
        """
        self.add(check, value, page)
        if self._refused:
            raise Rejected(*self._refused)

    def passes(self, check: Check, value: float) -> bool:
        """Whether the value lies beyond a bound of its check."""
        return self._policy.of(check).passed(value) is not None

    def settle(self) -> tuple[tuple[QualityCheck, ...], tuple[Problem, ...]]:
        """The checks for the event and what a person should look at.

        Of a check that every page has: all pages that are not simply accepted, or else the one page nearest to a
        bound, since an event must not grow by a dozen lines a page. Raises ``Rejected`` with all refused pages.
        """
        if self._refused:
            raise Rejected(*self._refused)
        kept = [c for c in self._found if c.page is None or c.verdict is not Verdict.ACCEPT]
        told = {c.name for c in kept}
        for check in Check:
            accepted = [c for c in self._found if c.name == check and check not in told]
            if accepted:
                kept.append(self._nearest(check, accepted))
        return tuple(kept), tuple(self._problems)

    def _nearest(self, check: Check, accepted: list[QualityCheck]) -> QualityCheck:
        """The smallest value where bounds lie below, else the largest; of equals the first page."""
        falling = any(bound.below is not None for bound in self._policy.of(check).bounds)
        return (min if falling else max)(accepted, key=lambda c: c.value or 0.0)


def _message(policy: CheckPolicy, value: float, bound: Bound | None, page: int | None) -> str:
    where = f"page {page}: " if page is not None else ""
    unit = policy.unit if value == 1 else _PLURALS.get(policy.unit, f"{policy.unit}s")
    said = f"{where}{policy.label}: {round(value, 2):,.12g} {unit}"
    return said if bound is None or bound.verdict is Verdict.ACCEPT else f"{said}, {bound} is good"
