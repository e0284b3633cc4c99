"""From a line's picture to its characters, each with its place and its score."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from chartstream.extraction.engines.engine import Image
from chartstream.extraction.engines.networks import Floats, Recognition

_HEIGHT = 48
_STEP = 8  # pixels of a scaled line to one step of the network
_NARROWEST = 160  # shorter lines are padded: the network saw none so short when it was trained
_WIDEST = 3200

_SIGNS = "µμ°±×÷≥≤•–—‘’“”…→←↑↓≈≠®™©§†‡¼½¾²³αβγδΔΩ✓☐☑□■○"  # noqa: RUF001 - the look-alikes themselves are meant
_LETTERS = "áéíóúäëïöüâêîôûèñçåøæßÁÉÍÓÚÄÖÜÑÇÅØÆ"
ALPHABET = frozenset("".join(map(chr, range(0x20, 0x7F))) + _LETTERS + _SIGNS)
"""What may stand in a chart in a Latin script. The networks know 18,000 characters, most of them Chinese, and would
else take a full-width comma or a character for a smudge."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character, a space perhaps: ``begin`` and ``end`` are the first and last place where the network saw it, as
    shares (0 to 1) of the line's width; ``score`` is the probability there."""

    character: str
    score: float
    begin: float
    end: float

    @property
    def centre(self) -> float:
        """The middle of its place."""
        return (self.begin + self.end) / 2


class LineReader:
    """Reads lines with one network."""

    def __init__(self, recognition: Recognition) -> None:
        self._recognition = recognition
        kept = [i for i, letter in enumerate(recognition.alphabet) if i == 0 or letter in ALPHABET]
        self._kept = np.array(kept)
        self._characters = ["" if i == 0 else recognition.alphabet[i] for i in kept]

    def read(self, line: Image) -> tuple[Glyph, ...]:
        """The characters of a line of one height, from left to right, without spaces at the ends."""
        scaled = _scaled(line)
        padded = np.zeros((1, 3, _HEIGHT, max(scaled.shape[2], _NARROWEST)), dtype=np.float32)
        padded[0, :, :, : scaled.shape[2]] = scaled
        probabilities = self._recognition(padded)[:, self._kept]
        return tuple(self._glyphs(probabilities, _STEP / scaled.shape[2]))

    def _glyphs(self, probabilities: Floats, step: float) -> list[Glyph]:
        best = probabilities.argmax(axis=1)
        found: list[Glyph] = []
        at = 0
        while at < len(best):
            end = at
            while end + 1 < len(best) and best[end + 1] == best[at]:
                end += 1
            if best[at]:
                score = float(probabilities[at : end + 1, best[at]].max())
                found.append(
                    Glyph(self._characters[best[at]], score, min((at + 0.5) * step, 1.0), min((end + 0.5) * step, 1.0))
                )
            at = end + 1
        while found and found[0].character == " ":
            found.pop(0)
        while found and found[-1].character == " ":
            found.pop()
        return found


def _scaled(line: Image) -> Floats:
    height, width = line.shape[:2]
    across = min(_WIDEST, max(_STEP, math.ceil(_HEIGHT * width / height)))
    resized = cv2.resize(line, (across, _HEIGHT), interpolation=cv2.INTER_LINEAR)
    # blue first, as the networks were trained
    return np.asarray(resized[:, :, ::-1].astype(np.float32).transpose(2, 0, 1) / 127.5 - 1, dtype=np.float32)
