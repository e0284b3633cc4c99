"""Policy files read and checked: every fault with its line and column, the reason and the remedy.

Scalars of a policy are read as they are written: 00100 stays a code and is no octal number, NO stays a value and is
not false.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from yaml.nodes import MappingNode, Node, SequenceNode

from chartstream.errors import ConfigurationError
from chartstream.validation.policy.model import Policy

_REMEDY = "correct it; `chartstream policy schema` prints the form"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file and where; line and column count from 1."""

    file: str
    line: int
    column: int
    where: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, column {self.column}: {self.where}: {self.reason}; {self.remedy}"


@dataclass(frozen=True, slots=True)
class LoadedPolicy:
    """A policy, the name of its file, and the hash of its bytes."""

    policy: Policy
    name: str
    sha256: str
    lines: dict[str, int]
    """The line on which each rule and coverage list begins, by its name."""


class PolicyFaults(ConfigurationError):
    """A policy file that does not hold, with all its faults."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


class _Loader(yaml.CSafeLoader):
    """Scalars as written, but for nothing at all, which is null."""

    yaml_implicit_resolvers = {  # noqa: RUF012  (the attribute is yaml's)
        first: [(tag, form) for tag, form in forms if tag.rpartition(":")[2] in {"null", "merge"}]
        for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def load_policies(paths: Sequence[Path]) -> list[LoadedPolicy]:
    """The policies of some files. Raises ``PolicyFaults`` with the faults of all of them."""
    loaded: list[LoadedPolicy] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            loaded.append(load_policy(path))
        except PolicyFaults as error:
            faults.extend(error.faults)
    if faults:
        raise PolicyFaults(faults)
    return loaded


def load_policy(path: Path) -> LoadedPolicy:
    """The policy of a file. Raises ``PolicyFaults``."""
    try:
        content = path.read_bytes()
    except OSError as error:
        fault = Fault(str(path), 1, 1, "the file", f"cannot be read: {error.strerror}", "correct the path")
        raise PolicyFaults([fault]) from error
    return read_policy(content, str(path))


def read_policy(content: bytes, name: str) -> LoadedPolicy:
    """The policy of a file's bytes. Raises ``PolicyFaults``."""
    root = _parsed(content, name)
    if faults := [
        _fault(name, node, where, "stands here for the second time", "keep one") for node, where in _twice(root)
    ]:
        raise PolicyFaults(faults)
    loader = _Loader(b"")
    try:
        policy = Policy.model_validate(loader.construct_document(root))
    except ValidationError as error:
        raise PolicyFaults(
            [
                _fault(name, *_node_at(root, fault), *_reason(fault))
                for fault in error.errors(include_url=False, include_context=False, include_input=False)
            ]
        ) from None
    finally:
        loader.dispose()
    return LoadedPolicy(policy, name, hashlib.sha256(content).hexdigest(), _lines(root))


def _parsed(content: bytes, name: str) -> Node:
    loader = None
    try:
        loader = _Loader(content.decode("utf-8"))
        root = loader.get_single_node()
    except UnicodeDecodeError as error:
        raise PolicyFaults([Fault(name, 1, 1, "the file", "is not UTF-8 text", "save it as UTF-8")]) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        reason = error.problem or "cannot be understood"
        raise PolicyFaults([Fault(name, line, column, "YAML", reason, "correct the YAML")]) from error
    except yaml.YAMLError as error:
        raise PolicyFaults([Fault(name, 1, 1, "YAML", "cannot be understood", "correct the YAML")]) from error
    finally:
        if loader is not None:
            loader.dispose()
    if not isinstance(root, MappingNode):
        raise PolicyFaults([Fault(name, 1, 1, "the file", "is no mapping of keys to values", _REMEDY)])
    return root


def _fault(name: str, node: Node, where: str, reason: str, remedy: str) -> Fault:
    return Fault(name, node.start_mark.line + 1, node.start_mark.column + 1, where or "the file", reason, remedy)


def _reason(fault: ErrorDetails) -> tuple[str, str]:
    """What pydantic found, in plain words, and what to do."""
    key = str(fault["loc"][-1]) if fault["loc"] else ""
    if fault["type"] == "missing":
        return f"the key `{key}` is missing", "write it"
    if fault["type"] == "extra_forbidden":
        near = get_close_matches(key, _keys(), n=1)
        return f"`{key}` is no key here", f"write `{near[0]}` if that is meant" if near else _REMEDY
    return fault["msg"].removeprefix("Value error, "), _REMEDY


@cache
def _keys() -> list[str]:
    """Every key of the form."""
    schema = Policy.model_json_schema()
    parts = [schema, *schema["$defs"].values()]
    return sorted({key for part in parts for key in part.get("properties", {})})


def _node_at(root: Node, fault: ErrorDetails) -> tuple[Node, str]:
    """The node that a validation error speaks of, and its path; names of variants in the location are passed over."""
    node, path = root, ""
    for step in fault["loc"]:
        if isinstance(node, MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == step), None)
            if found is None:
                continue
            unknown = fault["type"] == "extra_forbidden" and step == fault["loc"][-1]
            node = found[0] if unknown else found[1]
            path += f".{step}" if path else f"{step}"
        elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            path += f"[{step + 1}]"
    return node, path


def _twice(node: Node, path: str = "", above: tuple[Node, ...] = ()) -> Iterator[tuple[Node, str]]:
    """Keys that stand twice in one mapping, of which YAML would keep the last without a word."""
    if node in above:  # an alias of what it stands in
        return
    above = (*above, node)
    if isinstance(node, MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            where = f"{path}.{key.value}" if path else f"{key.value}"
            if key.value in seen:
                yield key, where
            seen.add(key.value)
            yield from _twice(value, where, above)
    elif isinstance(node, SequenceNode):
        for place, value in enumerate(node.value, start=1):
            yield from _twice(value, f"{path}[{place}]", above)


def _lines(root: Node) -> dict[str, int]:
    lines: dict[str, int] = {}
    for key, value in root.value if isinstance(root, MappingNode) else ():
        if key.value in {"rules", "coverage"} and isinstance(value, SequenceNode):
            for one in value.value:
                names = (v.value for k, v in one.value if k.value == "name")
                lines.update((name, one.start_mark.line + 1) for name in names)
    return lines
