"""Prints the tabular list as simple-icd-10-cm itself reads it, one entry a line: code, tab, JSON. What our own reading
is compared with; run as a child process, because the package keeps its parse tree.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import simple_icd_10_cm as tabular


def _entry(code: str) -> dict[str, Any]:
    ancestors = [a for a in tabular.get_ancestors(code) if a != code]
    # is_leaf also holds for blocks without children of their own in the list; only categories and below are codes.
    is_code = tabular.is_category_or_subcategory(code)
    record = {
        "description": tabular.get_description(code),
        "billable": bool(is_code and tabular.is_leaf(code)),
        "parent": ancestors[0] if ancestors else None,
        "chapter": ancestors[-1] if ancestors else code,
        "children": [c for c in tabular.get_children(code) if c != code],
        "inclusion_terms": tabular.get_inclusion_term(code),
        "includes": tabular.get_includes(code),
        "excludes1": tabular.get_excludes1(code),
        "excludes2": tabular.get_excludes2(code),
        "code_first": tabular.get_code_first(code),
        "use_additional": tabular.get_use_additional_code(code),
        "code_also": tabular.get_code_also(code),
        "seventh_characters": {c: " ".join(text.split()) for c, text in tabular.get_seven_chr_def(code).items()},
    }
    return {name: value for name, value in record.items() if value}


def _print_entries() -> None:
    for code in dict.fromkeys(tabular.get_all_codes(with_dots=True)):
        line = f"{code}\t{json.dumps(_entry(code), separators=(',', ':'))}\n"
        sys.stdout.buffer.write(line.encode())


if __name__ == "__main__":
    _print_entries()
