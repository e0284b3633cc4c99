"""The contracts: documented, in step with the models, and compatible with everything that was ever released."""

from __future__ import annotations

import copy
import json
import typing
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chartstream.events import schema
from chartstream.events.catalogue import TOPICS
from chartstream.events.compatibility import differences, unreadable
from chartstream.events.record import Record

Json = Any
NAMES = schema.record_names()
MODELS = {record.__name__: record for record in TOPICS}


def definitions(node: Json) -> Iterator[Json]:
    """Every record and enum defined in a composed schema."""
    if isinstance(node, list):
        for branch in node:
            yield from definitions(branch)
    elif isinstance(node, dict):
        if node.get("type") in ("record", "enum"):
            yield node
        for key in ("type", "items", "values", "fields"):
            if isinstance(node.get(key), (dict, list)):
                yield from definitions(node[key])


def models_below(model: Any) -> Iterator[Any]:
    """A model and every class that its fields use."""
    yield model
    for kind in typing.get_type_hints(model).values():
        for used in _classes(kind):
            yield from models_below(used) if issubclass(used, Record) else [used]


def _classes(kind: Any) -> Iterator[type]:
    if isinstance(kind, type) and kind.__module__.startswith("chartstream."):
        yield kind
    for argument in typing.get_args(kind):
        yield from _classes(argument)


@pytest.mark.parametrize("name", NAMES)
def test_every_type_and_every_field_is_documented(name: str) -> None:
    for definition in definitions(schema.composed(name)):
        assert definition["doc"].endswith("."), definition["name"]
        for field in definition.get("fields", ()):
            assert field["doc"].endswith("."), f"{definition['name']}.{field['name']}"


@pytest.mark.parametrize("name", NAMES)
def test_models_and_schemas_have_the_same_fields_and_symbols(name: str) -> None:
    classes = {model.__name__: model for model in models_below(MODELS[name])}
    for definition in definitions(schema.composed(name)):
        model = classes[definition["name"]]
        if definition["type"] == "enum":
            assert [symbol.value for symbol in model] == definition["symbols"]
        else:
            fields = list(getattr(model, "model_fields", None) or typing.get_type_hints(model))
            assert sorted(fields) == sorted(field["name"] for field in definition["fields"])


@pytest.mark.parametrize("name", NAMES)
def test_what_has_a_default_in_the_schema_has_one_in_the_model(name: str) -> None:
    model = MODELS[name]
    optional = {field["name"] for field in schema.composed(name)["fields"] if "default" in field}
    assert optional == {name for name, field in model.model_fields.items() if not field.is_required()}


def test_every_record_is_released_in_its_present_form() -> None:
    latest = {name: kept.text for name, _, kept in schema.released()}
    changed = [name for name in NAMES if latest.get(name) != schema.current(name).text]
    assert changed == [], "run `chartstream schemas release`"


@pytest.mark.parametrize(("name", "version"), [(name, version) for name, version, _ in schema.released()])
def test_the_present_form_is_compatible_with_every_released_version(name: str, version: int) -> None:
    (released,) = (kept for kept_name, number, kept in schema.released() if (kept_name, number) == (name, version))
    assert differences(schema.composed(name), json.loads(released.text)) == []


def changed(change: Callable[[Json], object], name: str = "ClaimCoded") -> list[str]:
    """What the check says of a changed contract."""
    before = schema.composed(name)
    after = copy.deepcopy(before)
    change(after)
    return differences(after, before)


def field(definition: Json, name: str) -> Json:
    return next(item for item in definition["fields"] if item["name"] == name)


def defined(definition: Json, name: str) -> Json:
    return next(item for item in definitions(definition) if item["name"] == name)


ADDED = {"name": "added", "type": ["null", "string"], "doc": "New."}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda d: d["fields"].remove(field(d, "claim_id")), "ClaimCoded.claim_id"),
        (lambda d: d["fields"].append(ADDED), "ClaimCoded.added"),
        (lambda d: field(d, "claim_id").update(type="long"), "ClaimCoded.claim_id"),
        (lambda d: field(d, "revision").update(type="long"), "ClaimCoded.revision"),
        (lambda d: field(d, "replaces").update(type="string"), "ClaimCoded.replaces"),
        (lambda d: field(d, "replaces").update(type=["null", "string", "long"]), "ClaimCoded.replaces"),
        (lambda d: field(d, "claim_id").update(name="claim"), "ClaimCoded.claim"),
        (lambda d: d.update(name="CodedClaim"), "CodedClaim"),
        (lambda d: defined(d, "ClaimKind")["symbols"].append("SUSPENDED"), "ClaimCoded.kind"),
        (lambda d: defined(d, "ClaimKind")["symbols"].remove("VOID"), "ClaimCoded.kind"),
        (lambda d: defined(d, "Head")["fields"].pop(0), "ClaimCoded.head.event_id"),
        (lambda d: field(defined(d, "Procedure"), "units")["type"].update(scale=4), "ClaimCoded.procedures[].units"),
        (lambda d: field(defined(d, "Approval"), "decided_at").update(type="long"), "ClaimCoded.approval"),
    ],
    ids=[
        "removed without default", "added without default", "changed type", "widened type", "no longer optional",
        "new union branch", "renamed", "record renamed", "symbol added without default", "symbol removed",
        "removed inside a shared type", "changed scale", "dropped logical type",
    ],
)  # fmt: skip
def test_breaking_changes_are_found_at_their_place(change: Callable[[Json], object], place: str) -> None:
    problems = changed(change)
    assert any(problem.startswith(place) for problem in problems), problems


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["fields"].append({**ADDED, "default": None}),
        lambda d: d["fields"].remove(field(d, "void_reason")),
        lambda d: d["fields"].reverse(),
        lambda d: d.update(doc="Other words."),
        lambda d: defined(d, "CodeSystem")["symbols"].append("SNOMED"),
    ],
    ids=["added with default", "removed with default", "reordered", "doc changed", "symbol added with default"],
)
def test_compatible_changes_pass(change: Callable[[Json], object]) -> None:
    assert changed(change) == []


def test_a_promotion_is_compatible_in_one_direction_only() -> None:
    int_field = {"type": "record", "name": "R", "fields": [{"name": "n", "type": "int"}]}
    long_field = {"type": "record", "name": "R", "fields": [{"name": "n", "type": "long"}]}
    assert unreadable(reader=long_field, writer=int_field) == []
    assert unreadable(reader=int_field, writer=long_field) == ["R.n: int does not read long"]


def test_a_type_within_itself_is_compared_once() -> None:
    tree = {"type": "record", "name": "T", "fields": [{"name": "below", "type": {"type": "array", "items": "T"}}]}
    assert differences(tree, tree) == []
