"""Measured quantities, their units and the words of results, from ``data/analytes.yaml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel, ConfigDict

from chartstream.errors import ConfigurationError
from chartstream.extraction.packaged import packaged


class Analyte(BaseModel):
    """One quantity; ``pair``: two numbers with a stroke (blood pressure), ``titre``: given as 1:160, too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: tuple[str, ...]
    units: tuple[str, ...]
    loinc: str | None = None
    pair: bool = False
    titre: bool = False


class AnalyteData(BaseModel):
    """``data/analytes.yaml`` as it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    analytes: dict[str, Analyte]
    units: dict[str, tuple[str, ...]]
    other_units: tuple[str, ...]
    words: tuple[str, ...]
    flags: dict[str, str]


@dataclass(frozen=True, slots=True)
class AnalyteWords:
    """The data made into patterns; ``by_name``: lower case to quantities; ``unit_codes``: spellings to UCUM."""

    data: AnalyteData
    by_name: dict[str, str]
    name: re.Pattern[str]
    unit: re.Pattern[str]
    unit_codes: dict[str, str]
    other_unit: re.Pattern[str]
    word: re.Pattern[str]
    flag: re.Pattern[str]

    def unit_code(self, written: str) -> str | None:
        """The UCUM code of a unit as written; None for one that is not known."""
        return self.unit_codes.get(unit_key(written))

    def quantity(self, written: str) -> str | None:
        """The quantity that a name stands for; None for one that is not known."""
        return self.by_name.get(written.lower())


def unit_key(written: str) -> str:
    """A unit's spelling without case and spaces, both micro signs as ``u``, both degree signs as one."""
    folded = written.lower().replace("\u00b5", "u").replace("\u03bc", "u").replace("\u00ba", "\u00b0")
    return "".join(folded.split()).replace("\u00d7", "x")


@cache
def analyte_words() -> AnalyteWords:
    """The data of the package. Raises ``ConfigurationError`` when a part is missing or has another form."""
    data = packaged("analytes.yaml", AnalyteData.model_validate)
    unknown = {unit for analyte in data.analytes.values() for unit in analyte.units} - data.units.keys()
    if unknown:
        raise ConfigurationError(f"analytes.yaml: units {sorted(unknown)} have no spelling; add them under units")
    return AnalyteWords(
        data,
        by_name={name.lower(): quantity for quantity, analyte in data.analytes.items() for name in analyte.names},
        name=_names([name for analyte in data.analytes.values() for name in analyte.names]),
        unit=_units([spelling for spellings in data.units.values() for spelling in spellings]),
        unit_codes={unit_key(spelling): code for code, spellings in data.units.items() for spelling in spellings},
        other_unit=re.compile(rf"[ \t]*-?(?:{_alternatives(list(data.other_units))})(?![A-Za-z/])", re.IGNORECASE),
        word=re.compile(rf"(?:{_alternatives(list(data.words))})(?![\w-])", re.IGNORECASE),
        flag=_flags(list(data.flags)),
    )


def _names(names: list[str]) -> re.Pattern[str]:
    """Any of the names; those of up to three letters only as they are written, since small ones may be words."""
    short = [name for name in names if len(name) <= 3]
    long = [name for name in names if len(name) > 3]
    return re.compile(rf"(?<![\w/.-])(?:(?i:{_alternatives(long)})|(?:{_alternatives(short)}))(?![\w-])")


def _units(spellings: list[str]) -> re.Pattern[str]:
    """Any spelling, with spaces that may stand before strokes and powers, both micro and degree signs."""
    written = [
        re.escape(spelling)
        .replace("u", "[u\u00b5\u03bc]")
        .replace("\u00b0", "[\u00b0\u00ba][ ]?")
        .replace("/", "[ ]?/[ ]?")
        for spelling in sorted(spellings, key=len, reverse=True)
    ]
    return re.compile(rf"(?:{'|'.join(written)})(?![A-Za-z/^]|\d)", re.IGNORECASE)


def _flags(flags: list[str]) -> re.Pattern[str]:
    letters = _alternatives([flag for flag in flags if flag.isupper()])
    words = _alternatives([flag for flag in flags if flag.isalpha() and flag.islower()])
    return re.compile(rf"[(\[]?(?P<flag>{letters}|(?i:{words})|\*)[)\]]?(?![\w/])")


def _alternatives(words: list[str]) -> str:
    return "|".join(re.escape(word).replace("\\ ", "[ ]") for word in sorted(words, key=len, reverse=True))
