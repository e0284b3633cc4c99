"""The check of an 837 by pyx12, whose maps of the implementation guides were not written here."""

from __future__ import annotations

import io
import json
import logging
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from chartstream.errors import ConfigurationError

# X12 data element 723 (IK403), in the numbers of which pyx12 tells what is wrong with an element
_OF_ELEMENTS = {
    "1": "missing", "2": "missing though another one is there", "3": "one element too many", "4": "too short",
    "5": "too long", "6": "invalid character", "7": "invalid code", "8": "invalid date", "9": "invalid time",
    "10": "not used here", "I10": "not used here",
}  # fmt: skip
# X12 data element 620 (IK304), the same for segments
_OF_SEGMENTS = {
    "1": "unrecognised", "2": "unexpected here", "3": "a required segment is missing", "4": "too many of its loop",
    "5": "too many", "6": "not of this transaction", "7": "out of order", "8": "its elements are at fault",
}  # fmt: skip


def faults(content: str) -> list[str]:
    """What pyx12 finds wrong with an X12 file, without the values at fault; empty where it accepts it.

    Raises ``ConfigurationError`` where pyx12 is not installed.
    """
    if find_spec("pyx12") is None:
        raise ConfigurationError("pyx12 is not installed; install it (`pip install pyx12`) or leave --check out")
    document, params = import_module("pyx12.x12n_document"), import_module("pyx12.params")
    # its messages quote values, which may be a patient's
    logger = logging.getLogger("pyx12")
    level, told = logger.level, io.StringIO()
    logger.setLevel(logging.CRITICAL + 1)
    try:
        accepted = document.x12n_document(params.params(), io.StringIO(content), None, None, fd_json=told)
    finally:
        logger.setLevel(level)
    found = _faults(json.loads(told.getvalue())) if told.getvalue() else []
    return found or ([] if accepted else ["the file is refused"])


def _faults(node: Any, place: str = "") -> list[str]:
    """The errors in pyx12's tree of a file: its kind, and the segment (with its line) and element where it stands."""
    if isinstance(node, list):
        return [fault for each in node for fault in _faults(each, place)]
    if not isinstance(node, dict):
        return []
    here = _place(node, place)
    own = [_told(error, here, element="ele_pos" in node) for error in node.get("errors", ())]
    return own + [fault for key, value in node.items() if key != "errors" for fault in _faults(value, here)]


def _place(node: dict[str, Any], place: str) -> str:
    if "seg_id" in node:
        return f"line {node['cur_line']}: {node['seg_id']} ({node['name']})"
    if "ele_pos" in node:
        component = f"-{node['subele_pos']}" if node["subele_pos"] else ""
        return f"{place}, element {node['ele_pos']}{component} ({node['name']})"
    return place or "envelope"


def _told(error: dict[str, Any], place: str, *, element: bool) -> str:
    kinds = _OF_ELEMENTS if element else _OF_SEGMENTS
    return f"{place}: {kinds.get(str(error['err_cde']), 'error ' + str(error['err_cde']))}"
