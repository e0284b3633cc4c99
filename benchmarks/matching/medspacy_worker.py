"""medspaCy with a target matcher, in an environment of its own (benchmarks/asserting/requirements-medspacy.txt).

Reads {"terms": [...], "notes": [...]} as JSON from standard input; writes {"version", "load_seconds", "seconds",
"resident_mb"}: for each note the processor seconds that its pipeline takes (tokenizer, PyRuSH sentences, target
matcher, ConText).
"""

import json
import resource
import sys
import time
from importlib.metadata import version

import medspacy
from loguru import logger
from medspacy.ner import TargetRule


def main() -> None:
    """Run every note of standard input through the pipeline."""
    logger.remove()  # PyRuSH logs every token, which would be its speed that is measured
    asked = json.load(sys.stdin)
    started = time.perf_counter()
    nlp = medspacy.load()
    nlp.get_pipe("medspacy_target_matcher").add([TargetRule(term, "CONDITION") for term in asked["terms"]])
    loaded = time.perf_counter() - started
    nlp(asked["notes"][0])  # the first note also pays for what is set up on first use
    seconds = []
    for note in asked["notes"]:
        started = time.process_time()
        nlp(note)
        seconds.append(time.process_time() - started)
    answer = {
        "version": f"medspacy {version('medspacy')}",
        "load_seconds": loaded,
        "seconds": seconds,
        "resident_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    json.dump(answer, sys.stdout)


main()
