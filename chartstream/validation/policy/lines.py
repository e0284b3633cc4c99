"""What procedure lines must be so that some tests pass on one line each, and others on none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from chartstream.validation.policy.codes import Codes, diagnosis_codes
from chartstream.validation.policy.formula import Line
from chartstream.validation.policy.model import LineTest
from chartstream.validation.policy.numbers import Numbers, outside, within_span
from chartstream.validation.policy.spelling import EVERY, a_procedure

_LEAST_UNITS = Decimal("0.001")
_ANY_UNITS = Numbers.whole(_LEAST_UNITS, None)
_NONE = Codes(())


@dataclass(frozen=True, slots=True)
class Box:
    """All that a line may still be."""

    codes: Codes = EVERY
    modifiers: tuple[frozenset[str], ...] = ()
    """Of each set at least one."""
    without: frozenset[str] = frozenset()
    units: Numbers = _ANY_UNITS
    places: frozenset[str] | None = None
    not_places: frozenset[str] = frozenset()
    pointing: tuple[Codes, ...] = ()
    """To at least one diagnosis of each set."""
    not_pointing: Codes = _NONE

    def passing(self, test: LineTest) -> Box:
        """The lines among them that pass a test."""
        box = self
        if (codes := test.code_set) is not None:
            box = replace(box, codes=box.codes & codes)
        if test.modifiers is not None:
            box = replace(box, modifiers=(*box.modifiers, _upper(test.modifiers)))
        if test.without_modifiers is not None:
            box = replace(box, without=box.without | _upper(test.without_modifiers))
        if test.units is not None:
            box = replace(box, units=box.units & within_span(test.units))
        if test.place_of_service is not None:
            places = frozenset(test.place_of_service)
            box = replace(box, places=places if box.places is None else box.places & places)
        if test.pointing_to is not None:
            box = replace(box, pointing=(*box.pointing, diagnosis_codes(test.pointing_to)))
        return box

    def failing(self, test: LineTest) -> Iterator[Box]:
        """The lines among them that fail a test, by each of its parts."""
        if (codes := test.code_set) is not None:
            yield replace(self, codes=self.codes - codes)
        if test.modifiers is not None:
            yield replace(self, without=self.without | _upper(test.modifiers))
        if test.without_modifiers is not None:
            yield replace(self, modifiers=(*self.modifiers, _upper(test.without_modifiers)))
        if test.units is not None:
            yield replace(self, units=self.units & outside(test.units, _LEAST_UNITS))
        if test.place_of_service is not None:
            yield replace(self, not_places=self.not_places | frozenset(test.place_of_service))
        if test.pointing_to is not None:
            codes = diagnosis_codes(test.pointing_to)
            yield replace(self, not_pointing=self.not_pointing | codes)

    @property
    def possible(self) -> bool:
        """Whether there is such a line, but for what it points to."""
        return (
            a_procedure(self.codes) is not None
            and all(wanted - self.without for wanted in self.modifiers)
            and bool(self.units.stretches)
            and (self.places is None or bool(self.places - self.not_places))
        )


def boxes(lines: Sequence[Line]) -> Iterator[list[Box]]:
    """Every way to have one line for each of the atoms that hold, none of which any of the others passes."""
    wanted = []
    for line in lines:
        if line.holds:
            box = Box()
            for test in line.tests:
                box = box.passing(test)
            wanted.append(box)
    unwanted = [line for line in lines if not line.holds]
    yield from _boxes(wanted, unwanted)


def _boxes(wanted: Sequence[Box], unwanted: Sequence[Line]) -> Iterator[list[Box]]:
    if not wanted:
        yield []
        return
    for box in _failing_all(wanted[0], unwanted):
        for others in _boxes(wanted[1:], unwanted):
            yield [box, *others]


def _failing_all(box: Box, unwanted: Sequence[Line]) -> Iterator[Box]:
    if not box.possible:
        return
    if not unwanted:
        yield box
        return
    for test in unwanted[0].tests:
        for failing in box.failing(test):
            yield from _failing_all(failing, unwanted[1:])


def _upper(values: Sequence[str]) -> frozenset[str]:
    return frozenset(value.upper() for value in values)
