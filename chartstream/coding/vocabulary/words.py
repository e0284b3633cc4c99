"""One word in its common form: American in spelling, singular, and the condition rather than its adjective."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

# British spelling → American. Parts of words, so that compounds are met as well.
_AMERICAN: Final = {
    "aemi": "emi",
    "haem": "hem",
    "oesoph": "esoph",
    "oestr": "estr",
    "oedem": "edem",
    "rrhoe": "rrhe",
    "pnoe": "pne",
    "paed": "ped",
    "naev": "nev",
    "faec": "fec",
    "caec": "cec",
    "caes": "ces",
    "coeli": "celi",
    "foet": "fet",
    "gynaec": "gynec",
    "anaes": "anes",
    "aetiol": "etiol",
    "amoeb": "ameb",
    "phaeo": "pheo",
    "leuc": "leuk",
    "tumour": "tumor",
    "colour": "color",
    "labour": "labor",
    "behaviour": "behavior",
    "odour": "odor",
    "fibre": "fiber",
    "centre": "center",
    "sulph": "sulf",
    "alised": "alized",
    "ysed": "yzed",
    "isation": "ization",
    "manoeuvre": "maneuver",
    "mould": "mold",
    "grey": "gray",
}
_BRITISH: Final = re.compile("|".join(sorted(_AMERICAN, key=len, reverse=True)))
_IRREGULAR: Final = {
    "teeth": "tooth",
    "feet": "foot",
    "phalanges": "phalanx",
    "metastases": "metastasis",
    "metastase": "metastasis",
    "diverticula": "diverticulum",
    "varices": "varix",
    "thrombi": "thrombus",
    "emboli": "embolus",
    "nevi": "nevus",
    "menisci": "meniscus",
    "septa": "septum",
    "ganglia": "ganglion",
    "bronchi": "bronchus",
}
# What ends in s and is no plural: without it, it would be another word ("CRP", "met", "aid", "pot").
_NO_PLURALS: Final = frozenset(
    {"aids", "ards", "crps", "does", "fsgs", "lems", "luts", "mers", "mets", "pnes", "pots", "sars", "sirs"}
)
# Plural ending → (letters that the word must have, ending of the singular); the first that fits.
_PLURALS: Final = {
    "itides": (7, "itis"),
    "ies": (5, "y"),
    "oses": (7, "osis"),
    "mata": (6, "ma"),
    "ae": (5, "a"),
    "sses": (5, "ss"),
    "xes": (4, "x"),
    "ches": (5, "ch"),
    "shes": (5, "sh"),
    "s": (4, ""),
}
_JOINTS: Final = str.maketrans("", "", "- ")
# An adjective and its condition say the same beside another word: "stenotic valve" is a stenosis of the valve. Only
# endings whose condition is the word's whole sense; "septic", "hypertrophic" or "psoriatic" name other entities.
_ADJECTIVES: Final = (
    (re.compile(r"(?<=[a-z]{3})itic$"), "itis"),
    (re.compile(r"(?<=[a-z]{3})(?<!antibi)(?<!narc)(?<!rob)(?<!neur)(?<!psych)otic$"), "osis"),
    (re.compile(r"(?<=[a-z]{2})(?<!acad)(?<!syst)(?<!epid)(?<!end)(?<!pand)emic$"), "emia"),
    (re.compile(r"(?<=[a-z]{3})penic$"), "penia"),
    (re.compile(r"(?<=tachy|brady)cardic$"), "cardia"),
    (re.compile(r"(?<=[a-z])pneic$"), "pnea"),
    (re.compile(r"(?<=[a-z]{3})uric$"), "uria"),
    (re.compile(r"(?<=[a-z]{2})plegic$"), "plegia"),
    (re.compile(r"(?<=hypo)tensive$"), "tension"),
    (re.compile(r"ectatic$"), "ectasis"),
    (re.compile(r"^edematous$"), "edema"),
    (re.compile(r"^asthmatic$"), "asthma"),
)


@lru_cache(maxsize=50_000)
def common_form(word: str) -> str:
    """The common form of a lower-case word, its parts joined; not always a word of the language."""
    form = singular(word.translate(_JOINTS))
    for pattern, replacement in _ADJECTIVES:
        changed = pattern.sub(replacement, form)
        if changed != form:
            return changed
    return form


def singular(word: str) -> str:
    """A lower-case word without its plural ending and in American spelling."""
    if word.endswith(("'s", "\u2019s")):
        word = word[:-2]
    word = _BRITISH.sub(lambda match: _AMERICAN[match.group()], word)
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or word in _NO_PLURALS or word.endswith(("ss", "us", "is", "os")):
        return word
    for ending, (shortest, replacement) in _PLURALS.items():
        if word.endswith(ending) and len(word) >= shortest:
            return word[: -len(ending)] + replacement
    return word
