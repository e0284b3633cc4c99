"""Avro schemas: the contracts of ``schemas/avro``, composed, fingerprinted, and every released version of them.

A contract names shared types by their full name; ``composed`` puts each type's definition where it is first used, so
that the result stands alone, as readers, registries and ``schemas/avro/released`` need it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from fastavro import parse_schema
from fastavro.schema import fingerprint, to_parsing_canonical_form

NAMESPACE = "chartstream"

Json = Any
"""A JSON value: an Avro schema is a recursive union of strings, lists and objects."""


def root() -> Traversable:
    """The folder of the contracts: inside the package when installed, beside it in a source tree."""
    packaged = files("chartstream.events") / "avro"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "schemas" / "avro"


@dataclass(frozen=True, slots=True)
class Schema:
    """One version of one record's schema, composed, parsed for fastavro, with its CRC-64-AVRO fingerprint."""

    name: str
    text: str
    parsed: Json
    fingerprint: bytes


def from_json(definition: Json) -> Schema:
    """A schema from its composed JSON form."""
    canonical = to_parsing_canonical_form(definition)
    digest = bytes.fromhex(fingerprint(canonical, "CRC-64-AVRO"))
    name = str(definition["name"]).rpartition(".")[2]
    return Schema(name, json.dumps(definition, ensure_ascii=False), parse_schema(definition), digest)


@cache
def current(name: str) -> Schema:
    """The contract of a record as this version writes it, for example ``current("NoteSubmitted")``."""
    return from_json(composed(name))


@cache
def by_fingerprint() -> dict[bytes, Schema]:
    """Every schema that this reader knows: the current and all released versions of every record."""
    known = {schema.fingerprint: schema for _, _, schema in released()}
    return known | {schema.fingerprint: schema for schema in map(current, record_names())}


def record_names() -> list[str]:
    """Names of all records that have a contract of their own, sorted."""
    return sorted(entry.name.removesuffix(".avsc") for entry in root().iterdir() if entry.name.endswith(".avsc"))


def released() -> Iterator[tuple[str, int, Schema]]:
    """``(record name, version, schema)`` of every released version, oldest first within a record."""
    folder = root() / "released"
    for record in sorted(folder.iterdir(), key=lambda entry: entry.name):
        versions = sorted(int(entry.name.removesuffix(".avsc")) for entry in record.iterdir())
        for version in versions:
            text = (record / f"{version}.avsc").read_text(encoding="utf-8")
            yield record.name, version, from_json(json.loads(text))


def composed(name: str) -> Json:
    """The contract of a record as JSON that stands alone: each shared type defined where it is first used."""
    defined: set[str] = set()

    def compose(node: Json) -> Json:
        if isinstance(node, str) and node.startswith(f"{NAMESPACE}."):
            return node if node in defined else compose(_shared_type(node.removeprefix(f"{NAMESPACE}.")))
        if isinstance(node, list):
            return [compose(branch) for branch in node]
        if not isinstance(node, dict):
            return node
        if node.get("type") in {"record", "enum"}:
            defined.add(f"{NAMESPACE}.{node['name']}")
        if "fields" in node:
            fields = [{**field, "type": compose(field["type"])} for field in node["fields"]]
            return {**node, "fields": fields}
        return {key: compose(value) if key in {"type", "items", "values"} else value for key, value in node.items()}

    return compose(json.loads((root() / f"{name}.avsc").read_text(encoding="utf-8")))


@cache
def _shared_type(name: str) -> Json:
    return json.loads((root() / "types" / f"{name}.avsc").read_text(encoding="utf-8"))
