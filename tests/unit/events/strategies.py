"""Hypothesis strategies derived from the models themselves: whatever a model allows, the contract must carry."""

from __future__ import annotations

import dataclasses
import types
import typing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from chartstream.events.record import Record

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=20)
_MOMENTS = st.integers(-(10**12), 4 * 10**12).map(lambda n: _EPOCH + timedelta(milliseconds=n))
_LONGS = st.integers(-(2**31), 2**31 - 1)
_SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: _TEXT,
    int: _LONGS,
    float: st.floats(allow_nan=False, width=64),
    bool: st.booleans(),
    bytes: st.binary(max_size=20),
    date: st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    datetime: _MOMENTS,
    type(None): st.none(),
}


def records(record: type[Record]) -> st.SearchStrategy[Record]:
    """Instances of a record."""
    fields = {name: _of_field(field) for name, field in record.model_fields.items()}
    return st.fixed_dictionaries(fields).map(lambda values: record(**values))


def _of_field(field: FieldInfo) -> st.SearchStrategy[Any]:
    return _of(field.annotation, field.metadata)


def _of(kind: Any, metadata: list[Any]) -> st.SearchStrategy[Any]:  # noqa: PLR0911 -- one return for each kind of type
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _of(arguments[0], list(kind.__metadata__))
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*(_of(argument, metadata) for argument in arguments))
    if origin is tuple:
        return st.lists(_of(arguments[0], []), max_size=2).map(tuple)
    if origin is dict:
        return st.dictionaries(_TEXT, _of(arguments[1], []), max_size=2)
    if kind is Decimal:
        return _decimals(metadata)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    if isinstance(kind, type) and issubclass(kind, Record):
        return st.deferred(lambda: records(kind))
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return st.builds(kind, **{field.name: _of(hints[field.name], []) for field in dataclasses.fields(kind)})
    if kind not in _SCALARS:  # such as pydantic's AwareDatetime
        return _MOMENTS
    return _SCALARS[kind]


def _decimals(metadata: list[Any]) -> st.SearchStrategy[Decimal]:
    places = next((item.decimal_places for item in _flat(metadata) if getattr(item, "decimal_places", None)), 2)
    digits = next((item.max_digits for item in _flat(metadata) if getattr(item, "max_digits", None)), 12)
    bound = 10**digits - 1
    return st.integers(-bound, bound).map(lambda n: Decimal(n).scaleb(-places))


def _flat(metadata: list[Any]) -> list[Any]:
    """Constraints, those inside a FieldInfo included."""
    inside = [item for entry in metadata if isinstance(entry, FieldInfo) for item in entry.metadata]
    return [*metadata, *inside]
