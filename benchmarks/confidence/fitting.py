"""The models of chartstream/coding/data/confidence.yaml, fitted on judged codes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from benchmarks.confidence.judged import JudgedCode
from benchmarks.confidence.logistic import Example, Fitted, fit
from chartstream.coding.confidence import FEATURES
from chartstream.coding.corpus.records import Records

DEVELOPED = "developed"
"""Of notes whose misses were looked at while the rules were written: the engine does better on them than on others. The
weight of this feature takes up the difference and is left out of the file."""

_PRIORS = Path(__file__).parent / "priors.yaml"

_BEST, _WORST, _FEWEST = 5, 20, 20
"""The ceiling is what the best fifth of the examples supports, the floor what the worst twentieth does (of at
least twenty each): a confidence too low costs a look, one too high a wrong claim."""

_HEAD = """\
# How likely a code is right, by how it was found: log odds are base plus the sum of weight times feature
# (chartstream/coding/confidence.py says how each feature is counted). claim: of codes proposed in the claim profile;
# corpus: of those in the corpus profile; rejected: of candidates that were not proposed, whose reasons the groups sort.
# Fitted with python -m benchmarks.calibration --fit, --fit-corpus; do not edit the numbers by hand.
# The penalty, chosen by leaving out notes, pulls weights to those of benchmarks/confidence/priors.yaml; floor and
# ceiling are what the worst twentieth and the best fifth of the codes support ((right + 1) / (all + 2)).
"""


def fit_claim(seen: Sequence[JudgedCode], unseen: Sequence[JudgedCode], source: str) -> dict[str, Any]:
    """The part of proposed codes, of notes seen and not seen while the rules were written."""
    examples = [item.example(developed=1.0) for item in seen if item.proposed]
    examples += [item.example() for item in unseen if item.proposed]
    part = _part(examples, source, "claim")
    return {**part, "base": round(part["base"] - _priors()["transfer"], 3)}


def fit_corpus(items: Sequence[JudgedCode], source: str) -> dict[str, Any]:
    """The part of codes proposed in the corpus profile."""
    known = counted(items)
    examples = [item.example(record=known.odds(item.code, (1, int(item.right)))) for item in items if item.proposed]
    return _part(examples, source, "corpus")


def counted(items: Sequence[JudgedCode]) -> Records:
    """How often each code was proposed, and right."""
    counts: dict[str, tuple[int, int]] = {}
    for item in items:
        if item.proposed:
            proposed, right = counts.get(item.code, (0, 0))
            counts[item.code] = (proposed + 1, right + item.right)
    return Records.of(counts)


def write_records(path: Path, known: Records, source: str) -> None:
    """Write the counts by code, under a line that says what of."""
    rows = [f"{code},{proposed},{right}" for code, (proposed, right) in sorted(known.codes.items())]
    path.write_text("\n".join([f"# {source}", "code,proposed,right", *rows]) + "\n", encoding="utf-8")


def fit_rejected(items: Sequence[JudgedCode], groups: Sequence[dict[str, str]], source: str) -> dict[str, Any]:
    """The part of candidates that were turned down."""
    examples = []
    for item in items:
        if not item.proposed:
            why = next((g["name"] for g in groups if re.search(g["reason"], item.reason)), None)
            features = {**item.features, **({f"why_{why}": 1.0} if why else {})}
            examples.append(Example(item.note, features, item.right))
    return _part(examples, source, "rejected", [f"why_{g['name']}" for g in groups])


def _part(examples: Sequence[Example], source: str, part: str, further: Sequence[str] = ()) -> dict[str, Any]:
    fitted = fit(examples, sorted({*FEATURES, *further, DEVELOPED}), _priors()[part])
    # Notes that the rules were written with would support more than others can keep.
    floor, ceiling = _bounds([e for e in examples if not e.features.get(DEVELOPED)], fitted)
    return {
        "source": source,
        "codes": len(examples),
        "right": sum(e.right for e in examples),
        "penalty": fitted.penalty,
        "log_loss_held_out": round(fitted.loss, 3),
        "base": fitted.base,
        "floor": floor,
        "ceiling": ceiling,
        "weights": {name: weight for name, weight in fitted.weights.items() if name != DEVELOPED and weight},
    }


def _priors() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(_PRIORS.read_text(encoding="utf-8"))
    return read


def _bounds(examples: Sequence[Example], fitted: Fitted) -> tuple[float, float]:
    """(floor, ceiling) by the rule of succession."""
    ranked = sorted(examples, key=lambda e: (fitted.probability(e.features), e.note))
    worst = ranked[: max(_FEWEST, math.ceil(len(ranked) / _WORST))]
    best = ranked[-max(_FEWEST, math.ceil(len(ranked) / _BEST)) :]
    floor, ceiling = ((sum(e.right for e in part) + 1) / (len(part) + 2) for part in (worst, best))
    return round(min(floor, 0.5), 3), round(max(ceiling, floor), 3)


def write(path: Path, parts: dict[str, Any]) -> None:
    """Replace ``parts`` of the file, keeping the others."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    data.update(parts)
    ordered = {name: data[name] for name in ("groups", "claim", "corpus", "rejected")}
    path.write_text(_HEAD + yaml.safe_dump(ordered, sort_keys=False, width=120), encoding="utf-8")
