"""The HTML file: self-contained, no network, nothing runs in it but its own script."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from chartstream.viewer.html import environment, shell
from chartstream.viewer.marks import FAIR, SURE, WIDTH, Drawing, drawings, family_of
from chartstream.viewer.measured import rows
from chartstream.viewer.pictures import page_pictures
from chartstream.viewer.seen import SeenDocument, SeenFile, plain
from chartstream.viewer.written import Part, written

_LAYERS = (
    ("regions", "Regions"),
    ("order", "Order"),
    ("tables", "Tables"),
    ("sections", "Sections"),
    ("fields", "Fields"),
    ("statements", "Statements"),
    ("words", "Words"),
)
_SHOWN_AT_FIRST = frozenset({"regions", "order", "tables", "fields"})


@dataclass(frozen=True, slots=True)
class _Layer:
    name: str
    title: str
    key: str
    shown: bool


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One document with everything the template shows of it."""

    file: SeenFile
    document: SeenDocument | None
    title: str
    drawings: tuple[Drawing, ...]
    pictures: dict[int, str]
    parts: tuple[Part, ...]
    layers: tuple[_Layer, ...]
    region_kinds: tuple[tuple[str, int], ...]
    families: tuple[str, ...]


def render(files: Sequence[SeenFile]) -> str:
    """One HTML file for all of them; it holds the whole notes and their page images."""
    sheets = [sheet for file in files for sheet in _sheets(file)]
    return (
        environment()
        .get_template("viewer.html.j2")
        .render(
            sheets=sheets,
            labels=_labels,
            measured=rows,
            title=files[0].name if len(files) == 1 else f"{len(files)} files",
            shell=shell(("viewer.css",), "viewer.js"),
            width=WIDTH,
            sure=SURE,
            fair=FAIR,
        )
    )


def _sheets(file: SeenFile) -> list[_Sheet]:
    if not file.documents:
        return [_Sheet(file, None, file.name, (), {}, (), (), (), ())]
    return [_sheet(file, document, number) for number, document in enumerate(file.documents)]


def _sheet(file: SeenFile, document: SeenDocument, number: int) -> _Sheet:
    pages = drawings(document)
    parts = written(document)
    kinds = [region.kind.value.lower() for region in document.text.regions]
    return _Sheet(
        file=file,
        document=document,
        title=file.name if number == 0 else f"{file.name} · {document.document_id}",
        drawings=pages,
        pictures=dict(page_pictures(document.content, document.media_type, document.text.pages)),
        parts=parts,
        layers=_layers(document),
        region_kinds=tuple((kind, kinds.count(kind)) for kind in dict.fromkeys(kinds)),
        families=tuple(dict.fromkeys(family_of(section) for section in document.sections)),
    )


def _layers(document: SeenDocument) -> tuple[_Layer, ...]:
    """Those that have something to show, numbered as the keyboard knows them."""
    text, paged = document.text, bool(document.text.pages)
    present = {
        "regions": bool(text.regions),
        "order": paged and len(text.regions) > 1,
        "tables": bool(text.tables),
        "sections": bool(document.sections),
        "fields": bool(document.fields),
        "statements": bool(document.statements),
        "words": paged and bool(text.words or text.lines),
    }
    named = [(name, title, str(number)) for number, (name, title) in enumerate(_LAYERS, start=1) if present[name]]
    return tuple(_Layer(name, title, key, name in _SHOWN_AT_FIRST) for name, title, key in named)


def _labels(sheet: _Sheet) -> Markup:
    """What the line at the foot says of a thing under the pointer, by its key: JSON that may stand in a script."""
    document = sheet.document
    if document is None:
        return Markup("{}")
    labels = {
        f"r{n}": f"region {n + 1} · {r.kind.value.lower()}{_on(r.page)} · characters {r.begin} to {r.end}"
        for n, r in enumerate(document.text.regions)
    }
    labels |= {
        f"b{n}": f"{'ruled' if t.ruled else 'unruled'} table · {t.rows} rows, {t.columns} columns{_on(t.page)}"
        for n, t in enumerate(document.text.tables)
    }
    labels |= {
        f"c{n}.{i}": f"row {c.row + 1}, column {c.column + 1}"
        for n, t in enumerate(document.text.tables)
        for i, c in enumerate(t.cells)
    }
    labels |= {
        f"s{n}": f"section {s.kind.replace('_', ' ')} · {s.confidence:.2f}" for n, s in enumerate(document.sections)
    }
    labels |= {
        f"f{n}": f"field {f.name.replace('_', ' ')} = {plain(f.value)} · {f.extraction_confidence:.2f}"
        for n, f in enumerate(document.fields)
    }
    labels |= {
        f"t{n}": f"{s.kind.value.lower()} · {s.extraction_confidence:.2f}" for n, s in enumerate(document.statements)
    }
    # "<" would let a note end the script element that it stands in.
    return Markup(json.dumps(labels, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704


def _on(page: int | None) -> str:
    return "" if page is None else f" · page {page}"
