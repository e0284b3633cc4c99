"""What is drawn on a PDF page beside its text: straight lines, and pictures."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from pypdfium2 import raw

from chartstream.extraction import pdfium
from chartstream.extraction.fragments import Box

_MAX_DEPTH = 4  # forms within forms
_MAX_OBJECTS = 20_000  # a drawing of more parts is a picture, and no table
_MAX_PATH = 400  # segments; a longer path is a letter or a curve
_THIN = 3.0  # points; a filled bar no thicker than this is a line

_STRAIGHT = 1.0  # points by which a line may lean

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Horizontal and vertical lines as thin boxes, and the share (0 to 1 or more) of the page that pictures cover.

    Boxes in points from the upper left corner of the page as displayed. ``shapes``: how many paths there are that are
    no such lines; letters drawn as outlines are.
    """

    rulings: tuple[Box, ...]
    picture_share: float
    shapes: int


def drawing_of(page: pypdfium2.PdfPage) -> Drawing:
    """The lines and pictures of a page."""
    turn = _to_displayed(page)
    rulings: list[Box] = []
    covered = 0.0
    shapes = 0
    for item, matrix in _objects(page):
        kind = pdfium.get_type(item)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            lines = _lines(item, turn @ matrix)
            rulings += lines
            shapes += not lines
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            box = _transformed(_bounds(item), turn @ matrix)
            covered += box.width * box.height
    width, height = page.get_size()
    return Drawing(tuple(rulings), covered / float(width * height), shapes)


def _to_displayed(page: pypdfium2.PdfPage) -> Matrix:
    """From PDF coordinates (origin below left, before the page's own rotation) to those of the displayed page."""
    left, bottom, right, top = page.get_bbox()
    rotation = page.get_rotation()
    if rotation == 90:
        rows = [[0, 1, -bottom], [1, 0, -left]]
    elif rotation == 180:
        rows = [[-1, 0, right], [0, 1, -bottom]]
    elif rotation == 270:
        rows = [[0, -1, top], [-1, 0, right]]
    else:
        rows = [[1, 0, -left], [0, -1, top]]
    return np.array([*rows, [0, 0, 1]], dtype=np.float64)


def _objects(page: pypdfium2.PdfPage) -> Iterator[tuple[int, Matrix]]:
    """The objects of a page and of the forms in it, with the transformation of what holds them."""
    handle = pdfium.address(page)
    pending = [
        (pdfium.get_object(handle, index), np.eye(3), 1)
        for index in range(min(pdfium.count_objects(handle), _MAX_OBJECTS))
    ]
    seen = 0
    while pending and seen < _MAX_OBJECTS:
        seen += 1
        item, matrix, depth = pending.pop()
        if not item:
            continue
        if pdfium.get_type(item) != raw.FPDF_PAGEOBJ_FORM:
            yield item, matrix
        elif depth < _MAX_DEPTH:
            inner = matrix @ _matrix(item)
            inside = range(min(max(pdfium.count_form_objects(item), 0), _MAX_OBJECTS))
            pending += [(pdfium.get_form_object(item, index), inner, depth + 1) for index in inside]


def _matrix(item: int) -> Matrix:
    found = raw.FS_MATRIX()
    if not pdfium.get_matrix(item, ctypes.addressof(found)):
        return np.eye(3)
    return np.array([[found.a, found.c, found.e], [found.b, found.d, found.f], [0, 0, 1]], dtype=np.float64)


def _bounds(item: int) -> list[tuple[float, float]]:
    sides = (ctypes.c_float * 4)()
    base = ctypes.addressof(sides)
    if not pdfium.get_bounds(item, base, base + 4, base + 8, base + 12):
        return [(0.0, 0.0), (0.0, 0.0)]
    return [(sides[0], sides[1]), (sides[2], sides[3])]


def _transformed(points: list[tuple[float, float]], matrix: Matrix) -> Box:
    moved = matrix @ np.array([(x, y, 1.0) for x, y in points]).T
    x, y = moved[0], moved[1]
    return Box(float(x.min()), float(y.min()), float(x.max()), float(y.max()))


def _lines(item: int, turn: Matrix) -> list[Box]:
    """The straight lines of a path: those it strokes, and filled bars that are thin."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.get_draw_mode(item, ctypes.addressof(fill), ctypes.addressof(stroke)):
        return []
    points = _points(item)
    if not points:
        return []
    matrix = turn @ _matrix(item)
    if not stroke.value:
        box = _transformed([point for point, _ in points], matrix) if fill.value else None
        return [box] if box is not None and min(box.width, box.height) <= _THIN else []
    lines = (_transformed([before, point], matrix) for (before, _), (point, drawn) in pairwise(points) if drawn)
    # Straight on the page: the frame of a stamp that was put down askew is no table's.
    return [line for line in lines if min(line.width, line.height) < _STRAIGHT]


def _points(item: int) -> list[tuple[tuple[float, float], bool]]:
    """The points of a path in order, each with whether a straight line leads to it."""
    count = pdfium.count_path_segments(item)
    if not 2 <= count <= _MAX_PATH:
        return []
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[tuple[float, float], bool]] = []
    start = (0.0, 0.0)
    for index in range(count):
        segment = pdfium.get_path_segment(item, index)
        pdfium.get_segment_point(segment, ctypes.addressof(x), ctypes.addressof(y))
        point = (x.value, y.value)
        kind = pdfium.get_segment_type(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = point
        points.append((point, kind == raw.FPDF_SEGMENT_LINETO))
        if pdfium.get_segment_close(segment):
            points.append((start, kind == raw.FPDF_SEGMENT_LINETO))
    return points
