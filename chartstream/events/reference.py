"""The reference pages of topics, events and metrics, generated from the contracts so that they cannot be wrong."""

from __future__ import annotations

from collections.abc import Iterator

from chartstream.events import schema
from chartstream.events.catalogue import TOPICS
from chartstream.events.schema import Json

_HEAD = """# Events

Generated from `schemas/avro` by `make docs`; do not edit. Offsets count Unicode code points from 0, the end is
exclusive. *confidential* marks text that is either plain or an `Encrypted` record. A type in parentheses is the Avro
logical type. Fields without a default must be given; all others may be left out by a reader of an older version.
"""


def events_page() -> str:
    """Markdown of every record: its topic, its fields with types and meaning, and the shared types."""
    by_name = {record.__name__: topic for record, topic in TOPICS.items()}
    shared: dict[str, Json] = {}
    parts = [_HEAD]
    for name in sorted(schema.record_names(), key=lambda each: list(by_name).index(each)):
        definition = schema.composed(name)
        shared |= dict(_named_types(definition))
        del shared[name]
        parts.append(f"## {name}\n\nTopic `{by_name[name]}`. {definition['doc']}\n\n{_table(definition)}")
    parts.append("# Shared types\n")
    for name, definition in sorted(shared.items()):
        parts.append(f"## {name}\n\n{definition['doc']}\n\n{_table(definition)}")
    return "\n".join(parts)


def _table(definition: Json) -> str:
    if definition["type"] == "enum":
        symbols = " ".join(f"`{symbol}`" for symbol in definition["symbols"])
        default = definition.get("default")
        unknown = f" An unknown symbol is read as `{default}`." if default else " No symbol can ever be added."
        return f"{symbols}.{unknown}\n"
    rows = [
        f"| `{field['name']}` | {_type(field['type'])} | {_default(field)} | {field['doc']} |"
        for field in definition["fields"]
    ]
    return "\n".join(["| field | type | default | meaning |", "|---|---|---|---|", *rows, ""])


def _type(node: Json) -> str:
    if isinstance(node, str):
        name = node.rpartition(".")[2]
        return f"[{name}](#{name.lower()})" if node.startswith(f"{schema.NAMESPACE}.") else name
    if isinstance(node, list):
        return _union(node)
    if node["type"] == "array":
        return f"list of {_type(node['items'])}"
    if node["type"] == "map":
        return f"map of {_type(node['values'])}"
    if node["type"] in {"record", "enum"}:
        return f"[{node['name']}](#{node['name'].lower()})"
    return f"{node['type']} ({node['logicalType']})"


def _union(branches: list[Json]) -> str:
    optional = "null" in branches
    given = [branch for branch in branches if branch != "null"]
    confidential = len(given) == 2 and given[0] == "string"
    text = "*confidential*" if confidential else " or ".join(map(_type, given))
    return f"{text}, or null" if optional else text


def _default(field: Json) -> str:
    if "default" not in field:
        return "required"
    default = field["default"]
    return "null" if default is None else f"`{default}`" if default not in ([], {}) else "empty"


def _named_types(node: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(node, list):
        for branch in node:
            yield from _named_types(branch)
    elif isinstance(node, dict):
        if node.get("type") in {"record", "enum"}:
            yield node["name"], node
        for key in ("type", "items", "values"):
            yield from _named_types(node.get(key))
        for field in node.get("fields", ()):
            yield from _named_types(field["type"])
