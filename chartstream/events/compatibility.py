"""Whether a reader with one schema understands what a writer with another wrote: Avro's rules of schema resolution.

Stricter than Avro in one point: logical types must agree with their precision and scale, since a reader would otherwise
take an amount for another one without an error. (The checker of the ``avro`` package passes such a change.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

Json = Any

_PROMOTIONS: Final = {
    "int": {"long", "float", "double"},
    "long": {"float", "double"},
    "float": {"double"},
    "string": {"bytes"},
    "bytes": {"string"},
}
_LOGICAL: Final = ("logicalType", "precision", "scale")


def differences(one: Json, other: Json) -> list[str]:
    """Why two schemas (as JSON that stands alone) are not fully compatible: each must read what the other writes."""
    backward = [f"{problem} (new reader, old writer)" for problem in unreadable(reader=one, writer=other)]
    forward = [f"{problem} (old reader, new writer)" for problem in unreadable(reader=other, writer=one)]
    return [*backward, *forward]


def unreadable(reader: Json, writer: Json) -> list[str]:
    """What a reader with one schema does not understand of what a writer with the other may have written, by place."""
    return list(_Resolution(_named_types(reader), _named_types(writer)).problems(reader, writer, str(reader["name"])))


def _named_types(node: Json) -> dict[str, Json]:
    """Every record, enum and fixed type defined in a schema, by its short name (all are of one namespace)."""
    found: dict[str, Json] = {}
    if isinstance(node, list):
        for branch in node:
            found |= _named_types(branch)
    elif isinstance(node, dict):
        if "name" in node and node.get("type") in ("record", "enum", "fixed"):
            found[_short(node["name"])] = node
        for key in ("type", "items", "values", "fields"):
            found |= _named_types(node.get(key))
    return found


def _short(name: str) -> str:
    return name.rpartition(".")[2]


class _Resolution:
    """One comparison. A pair of named types under comparison is taken to agree where it occurs again inside itself."""

    def __init__(self, read: dict[str, Json], written: dict[str, Json]) -> None:
        self._read = read
        self._written = written
        self._seen: set[tuple[str, str]] = set()

    def problems(self, reader: Json, writer: Json, place: str) -> Iterator[str]:
        reader, writer = _resolved(reader, self._read), _resolved(writer, self._written)
        if isinstance(writer, list):
            for branch in writer:
                yield from self.problems(reader, branch, place)
        elif isinstance(reader, list):
            if not any(self._reads(branch, writer) for branch in reader):
                yield f"{place}: no branch of the union reads {_kind(writer)}"
        elif _kind(reader) != _kind(writer):
            if _kind(reader) not in _PROMOTIONS.get(_kind(writer), set()):
                yield f"{place}: {_kind(reader)} does not read {_kind(writer)}"
        elif any(reader.get(name) != writer.get(name) for name in _LOGICAL):
            yield f"{place}: another logical type, precision or scale"
        else:
            yield from self._of_one_kind(reader, writer, place)

    def _reads(self, reader: Json, writer: Json) -> bool:
        # A trial of its own: pairs that it took to agree must not count outside a branch that then fails.
        trial = _Resolution(self._read, self._written)
        trial._seen = set(self._seen)
        return not any(trial.problems(reader, writer, ""))

    def _of_one_kind(self, reader: Json, writer: Json, place: str) -> Iterator[str]:
        kind = _kind(reader)
        if kind == "array":
            yield from self.problems(reader["items"], writer["items"], f"{place}[]")
        elif kind == "map":
            yield from self.problems(reader["values"], writer["values"], f"{place}{{}}")
        elif kind in {"record", "enum", "fixed"}:
            pair = (_short(reader["name"]), _short(writer["name"]))
            if pair[0] != pair[1]:
                yield f"{place}: {pair[0]} does not read {pair[1]}"
            elif pair not in self._seen:
                self._seen.add(pair)
                yield from self._of_named(reader, writer, place)

    def _of_named(self, reader: Json, writer: Json, place: str) -> Iterator[str]:
        kind = _kind(reader)
        if kind == "fixed" and reader["size"] != writer["size"]:
            yield f"{place}: another size"
        if kind == "enum":
            unknown = sorted(set(writer["symbols"]) - set(reader["symbols"]))
            if unknown and "default" not in reader:
                yield f"{place}: unknown symbols {', '.join(unknown)} and no default to read them as"
        if kind == "record":
            written = {field["name"]: field for field in writer["fields"]}
            for field in reader["fields"]:
                inside = f"{place}.{field['name']}"
                if field["name"] in written:
                    yield from self.problems(field["type"], written[field["name"]]["type"], inside)
                elif "default" not in field:
                    yield f"{inside}: not written, and no default"


def _resolved(node: Json, types: dict[str, Json]) -> Json:
    """A union as a list; everything else as an object whose ``type`` says its kind."""
    if isinstance(node, str):
        return types.get(_short(node), {"type": node})
    if isinstance(node, dict) and isinstance(node["type"], (dict, list)):
        return _resolved(node["type"], types)
    return node


def _kind(node: Json) -> str:
    return str(node["type"])
