"""medspaCy's ConText with its own rules, in an environment of its own (requirements-medspacy.txt).

Reads a JSON list of {"text", "begin", "end"} (code points) from standard input; writes {"version", "seconds",
"answers"}, of each mention the names of ConText's attributes that hold. The mention is given, not looked for; sentences
are cut by medspaCy's own PyRuSH.
"""

import json
import sys
import time
from importlib.metadata import version

import medspacy
from loguru import logger
from spacy.language import Language
from spacy.tokens import Doc

_ATTRIBUTES = ("is_negated", "is_historical", "is_hypothetical", "is_family", "is_uncertain")


def answer(nlp: Language, text: str, begin: int, end: int) -> list[str]:
    """The attributes of the mention ``text[begin:end]`` that hold."""
    doc: Doc = nlp.make_doc(text)
    doc = nlp.get_pipe("medspacy_pyrush")(doc)
    span = doc.char_span(begin, end, label="CONDITION", alignment_mode="expand")
    doc.ents = [span]
    doc = nlp.get_pipe("medspacy_context")(doc)
    return [name for name in _ATTRIBUTES if getattr(doc.ents[0]._, name)]


def main() -> None:
    """Answer every mention of standard input."""
    logger.remove()  # PyRuSH logs every token, which would be its speed that is measured
    mentions = json.load(sys.stdin)
    nlp = medspacy.load(medspacy_enable=["medspacy_pyrush", "medspacy_context"])
    started = time.perf_counter()
    answers = [answer(nlp, each["text"], each["begin"], each["end"]) for each in mentions]
    seconds = time.perf_counter() - started
    json.dump({"version": f"medspacy {version('medspacy')}", "seconds": seconds, "answers": answers}, sys.stdout)


main()
