"""Mutation testing of the edits: how many small changes to their logic some case notices.

python -m tests.mutation.run [--sample N] [--folder FOLDER] [--json FILE] [PATH...]

mutmut leaves decorated functions alone, and every edit is one. So a copy of the tree is made in which the decorators
of the edits are calls below their functions and caches are gone; mutmut works on that copy, with the cases as the
tests. PATH names files below chartstream/validation/edits; all of them without. All mutants take about an hour:
``--sample`` tries as many of them, drawn at random but the same each time.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import libcst as cst
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[2]
EDITS = Path("chartstream/validation/edits")
TESTS = [
    f"tests/unit/validation/test_{name}.py"
    for name in ("cases", "codes_and_sides", "procedures", "procedure_tables", "stay_messages", "notes", "stage")
]
_CACHES = {"lru_cache", "cache"}
_COPIED = ("services", "schemas", "deploy", "samples", "benchmarks")
# mutmut 3.7 asks a test for an attribute that pytest 9.2 no longer has; later versions want another click than ours.
_PLUGIN = "import pytest\n\npytest.Item._nodeid = property(lambda item: item.nodeid)\n"
_MUTANT = re.compile(r"^def (x_\w+__mutmut_\d+)\(", re.MULTILINE)
_RESULT = re.compile(r"^\s*(?P<module>[\w.]+)\.x_\w+__mutmut_\d+: (?P<verdict>[\w ]+)$", re.MULTILINE)
_KILLED = {"killed", "timeout", "segfault", "suspicious"}


class Undecorated(cst.CSTTransformer):
    """Module-level functions without decorators: ``@d`` above ``f`` becomes ``d(f)`` below it, a cache disappears."""

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:  # noqa: N802 - libcst's
        """The module with every decorated function rewritten."""
        body: list[cst.BaseStatement | cst.SimpleStatementLine] = []
        for statement in updated_node.body:
            if not isinstance(statement, cst.FunctionDef):
                body.append(statement)
                continue
            body.append(statement.with_changes(decorators=()))
            body.extend(_called(statement))
        return updated_node.with_changes(body=body)


def _called(function: cst.FunctionDef) -> list[cst.SimpleStatementLine]:
    kept = [d.decorator for d in reversed(function.decorators) if _name(d.decorator) not in _CACHES]
    return [
        cst.SimpleStatementLine([cst.Expr(cst.Call(decorator, [cst.Arg(cst.Name(function.name.value))]))])
        for decorator in kept
    ]


def _name(decorator: cst.BaseExpression) -> str:
    called = decorator.func if isinstance(decorator, cst.Call) else decorator
    return called.value if isinstance(called, cst.Name) else ""


def prepared(folder: Path, only: list[str]) -> None:
    """The copy that mutmut works on."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    listed = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    for path in sorted((folder / EDITS).rglob("*.py")):
        path.write_text(cst.parse_module(path.read_text(encoding="utf-8")).visit(Undecorated()).code, encoding="utf-8")
    (folder / "tests" / "mutation_plugin.py").write_text(_PLUGIN, encoding="utf-8")
    settings = {
        "source_paths": ["chartstream"],
        "only_mutate": [f"{EDITS}/{name}" for name in only] or [f"{EDITS}/*"],
        "pytest_add_cli_args_test_selection": TESTS,
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "-p", "tests.mutation_plugin"],
        "also_copy": list(_COPIED),
        "track_dependencies": False,
        "use_git_change_detection": False,
    }
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n[tool.mutmut]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items()))


def drawn(folder: Path, sample: int) -> list[str]:
    """The names of as many mutants of the copy, which are made by asking for one that does not exist."""
    subprocess.run([sys.executable, "-m", "mutmut", "run", "none"], cwd=folder, check=False, capture_output=True)
    names = []
    for path in sorted((folder / "mutants" / EDITS).rglob("*.py")):
        module = ".".join(path.relative_to(folder / "mutants").with_suffix("").parts)
        names += [f"{module}.{name}" for name in _MUTANT.findall(path.read_text(encoding="utf-8"))]
    return random.Random(1).sample(names, min(sample, len(names)))


def verdicts(folder: Path, names: list[str]) -> dict[str, Counter[str]]:
    """Tried mutants by file and verdict."""
    mutmut = [sys.executable, "-m", "mutmut"]
    with (folder / "mutmut.log").open("wb") as log:  # on a terminal mutmut shows its own progress
        ended = subprocess.run(
            [*mutmut, "run", *names], cwd=folder, check=False, stdout=None if sys.stdout.isatty() else log
        )
    if ended.returncode:
        raise SystemExit(f"mutmut ended with {ended.returncode}; {folder / 'mutmut.log'} says why")
    printed = subprocess.run(
        [*mutmut, "results", "--all", "true"], cwd=folder, check=True, capture_output=True, text=True
    )
    found: dict[str, Counter[str]] = {}
    for match in _RESULT.finditer(printed.stdout):
        if match["verdict"] == "not checked":
            continue
        found.setdefault(match["module"].removeprefix("chartstream.validation.edits."), Counter())[
            match["verdict"]
        ] += 1
    return found


def main() -> int:
    """Run, print, write; 1 below the share of 80 % that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", help="files below chartstream/validation/edits")
    parser.add_argument("--sample", type=int, help="try this many mutants instead of all")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "mutation", help="where the copy is made")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    prepared(options.folder, options.paths)
    names = drawn(options.folder, options.sample) if options.sample is not None else []
    found = verdicts(options.folder, names)
    table = Table(title="mutants of the edits")
    for name in ("file", "mutants", "killed", "share"):
        table.add_column(name, justify="left" if name == "file" else "right")
    rows = {name: (sum(c.values()), sum(c[v] for v in _KILLED)) for name, c in sorted(found.items())}
    rows["all"] = (sum(total for total, _ in rows.values()), sum(killed for _, killed in rows.values()))
    for name, (total, killed) in rows.items():
        table.add_row(name, str(total), str(killed), f"{killed / max(total, 1):.1%}")
    Console().print(table)
    if options.json:
        options.json.write_text(json.dumps({name: dict(c) for name, c in found.items()}, indent=1), encoding="utf-8")
    total, killed = rows["all"]
    return int(killed < 0.8 * total)


if __name__ == "__main__":
    raise SystemExit(main())
