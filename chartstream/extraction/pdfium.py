"""PDFium's functions for single characters and lines, prepared for thousands of calls a page.

pypdfium2's own bindings convert every argument by its declared type, which costs up to six microseconds a call; with
plain addresses it is half a microsecond. Every handle passed here must be alive.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

from pypdfium2 import raw

_POINTER, _INT, _UINT, _FLOAT = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint, ctypes.c_float


def address(handle: Any) -> int:
    """The address behind a handle of pypdfium2; 0 for none."""
    return ctypes.cast(getattr(handle, "raw", handle), ctypes.c_void_p).value or 0


def _prepared(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    return ctypes.CFUNCTYPE(result, *arguments)(address(getattr(raw, name)))


get_text = _prepared("FPDFText_GetText", _INT, _POINTER, _INT, _INT, _POINTER)
get_unicode = _prepared("FPDFText_GetUnicode", _UINT, _POINTER, _INT)
get_loose_box = _prepared("FPDFText_GetLooseCharBox", _INT, _POINTER, _INT, _POINTER)
get_angle = _prepared("FPDFText_GetCharAngle", _FLOAT, _POINTER, _INT)
get_text_object = _prepared("FPDFText_GetTextObject", _POINTER, _POINTER, _INT)

get_render_mode = _prepared("FPDFTextObj_GetTextRenderMode", _INT, _POINTER)
get_font = _prepared("FPDFTextObj_GetFont", _POINTER, _POINTER)
get_font_name = _prepared("FPDFFont_GetBaseFontName", ctypes.c_size_t, _POINTER, _POINTER, ctypes.c_size_t)
get_font_weight = _prepared("FPDFFont_GetWeight", _INT, _POINTER)

count_objects = _prepared("FPDFPage_CountObjects", _INT, _POINTER)
get_object = _prepared("FPDFPage_GetObject", _POINTER, _POINTER, _INT)
count_form_objects = _prepared("FPDFFormObj_CountObjects", _INT, _POINTER)
get_form_object = _prepared("FPDFFormObj_GetObject", _POINTER, _POINTER, ctypes.c_ulong)
get_type = _prepared("FPDFPageObj_GetType", _INT, _POINTER)
get_matrix = _prepared("FPDFPageObj_GetMatrix", _INT, _POINTER, _POINTER)
get_bounds = _prepared("FPDFPageObj_GetBounds", _INT, _POINTER, _POINTER, _POINTER, _POINTER, _POINTER)
count_path_segments = _prepared("FPDFPath_CountSegments", _INT, _POINTER)
get_path_segment = _prepared("FPDFPath_GetPathSegment", _POINTER, _POINTER, _INT)
get_segment_type = _prepared("FPDFPathSegment_GetType", _INT, _POINTER)
get_segment_point = _prepared("FPDFPathSegment_GetPoint", _INT, _POINTER, _POINTER, _POINTER)
get_segment_close = _prepared("FPDFPathSegment_GetClose", _INT, _POINTER)
get_draw_mode = _prepared("FPDFPath_GetDrawMode", _INT, _POINTER, _POINTER, _POINTER)
