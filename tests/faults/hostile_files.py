"""Files made to do harm, each with what must become of it: the codes under which it may be refused, or ``accepted``."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from tests.faults import fuzz_seeds, page_seeds

_SCRIPT = b"<</S/JavaScript/JS(app.alert(1))>>"
_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (97 + n, b"&%c;" % (96 + n) * 10) for n in range(1, 10))
    + b"]>"
)


@dataclass(frozen=True, slots=True)
class Hostile:
    """What it is, how it is made, and the outcomes that are right."""

    what: str
    make: Callable[[], bytes]
    outcomes: tuple[str, ...]


def hostile() -> Iterator[Hostile]:
    """Every case."""
    yield from _pictures()
    yield from _pdfs()
    yield from _word_files()
    yield from _texts_and_messages()
    whole = page_seeds.seeds()
    for name in ("pdf", "png", "jpeg", "tiff", "docx"):
        yield Hostile(f"{name} cut short", lambda c=whole[name]: c[: len(c) * 2 // 3], ("document_truncated",))


def _pictures() -> Iterator[Hostile]:
    def empty(form: str, size: tuple[int, int]) -> bytes:
        out = BytesIO()
        Image.new("1", size, 1).save(out, form)
        return out.getvalue()

    large, broken = ("document_too_large",), ("document_truncated", "document_unreadable", "document_too_large")
    yield Hostile("PNG that states 60,000 by 60,000 pixels", lambda: png(60_000, 60_000, b""), large)
    yield Hostile(
        "PNG whose data unpack to 30 MB for 100 pixels", lambda: png(10, 10, bytes(30_000_000)), ("document_empty",)
    )
    yield Hostile("PNG at the limit of pixels, empty", lambda: empty("PNG", (6000, 6600)), ("document_empty",))
    yield Hostile("PNG with a text chunk of 60 MB packed", lambda: png(10, 10, b"", bytes(60_000_000)), broken)
    yield Hostile("JPEG that states 65,000 by 65,000 pixels", lambda: _jpeg(65_000), large)
    yield Hostile("TIFF that states 100,000 by 100,000 pixels", lambda: tiff(100_000, 0), large)
    yield Hostile("TIFF whose directory points at itself", lambda: tiff(10, 8), (*broken, "document_empty"))
    yield Hostile("TIFF of 2,000 pages", lambda: _many_frames(2000), ("document_too_many_pages", "document_too_costly"))


def _pdfs() -> Iterator[Hostile]:
    scripts, costly = ("document_has_scripts",), ("document_too_costly", "document_unreadable", "document_empty")
    yield Hostile("PDF that runs a script when opened", lambda: pdf(catalog=b"/OpenAction" + _SCRIPT), scripts)
    hidden = _SCRIPT.replace(b"/JavaScript", b"/J#61v#61Script")
    yield Hostile(
        "PDF that spells the script's name in hexadecimal", lambda: pdf(catalog=b"/OpenAction" + hidden), scripts
    )
    yield Hostile("PDF whose script is packed in an object stream", _packed_script, scripts)
    yield Hostile("PDF whose script is encrypted", _encrypted_script, scripts)
    launch = b"/OpenAction<</S/Launch/F(cmd.exe)>>"
    yield Hostile("PDF that starts a program", lambda: pdf(catalog=launch), scripts)
    yield Hostile("PDF with a file attached, nothing else", _attached, ("accepted",))
    yield Hostile("PDF locked by a password", _locked, ("document_encrypted",))
    yield Hostile("PDF of 300,000 objects", lambda: pdf(extra=b"<<>>", times=300_000), ("document_too_complex",))
    yield Hostile("PDF of 5,000 pages", lambda: pdf(pages=5000), ("document_too_many_pages",))
    yield Hostile("PDF page of 100 metres", lambda: pdf(box=b"[0 0 283465 283465]"), ("page_size_unusual",))
    drawn = b"0 0 m 9 9 l S " * 150_000
    yield Hostile("PDF page of 150,000 strokes", lambda: pdf(content=drawn), ("document_too_complex", *costly))
    spaces = zlib.compress(bytes(400_000_000), 1)
    yield Hostile("PDF page that unpacks to 400 MB", lambda: pdf(content=spaces, packed=1), costly)
    twice = zlib.compress(zlib.compress(b" " * 900_000_000, 9), 9)
    yield Hostile("PDF page packed twice, 900 MB", lambda: pdf(content=twice, packed=2), costly)
    yield Hostile("PDF picture of 60,000 by 60,000 pixels", _huge_picture, ("document_too_large",))
    deep = b"[" * 200_000 + b"]" * 200_000
    yield Hostile(
        "PDF nested 200,000 deep", lambda: pdf(catalog=b"/X " + deep), ("document_unreadable", *costly, "accepted")
    )
    yield Hostile("PDF whose page tree is a circle", _circle, ("document_unreadable", "document_empty"))
    yield Hostile("PDF form that draws itself", _self_drawing, ("accepted", *costly))


def _word_files() -> Iterator[Hostile]:
    part, large, unreadable = "word/document.xml", ("document_too_large",), ("document_unreadable",)
    yield Hostile("Word file that unpacks to 260 MB", lambda: word({"word/x.bin": bytes(260_000_000)}), large)
    yield Hostile("Word file with 80 MB of markup", lambda: word({part: b"<w:t>" + b" " * 80_000_000}), large)
    yield Hostile("Word file that states less than it unpacks to", _lying_zip, unreadable)
    many = {f"x/{number}": b"" for number in range(70_000)}
    yield Hostile("Word file of 70,000 parts", lambda: word(many), ("document_too_complex",))
    laughs = _LAUGHS + b"<w:t>&j;</w:t>"
    yield Hostile("Word file with entities that multiply", lambda: word({part: laughs}), unreadable)
    wide = laughs.decode().encode("utf-16")
    yield Hostile("the same in UTF-16", lambda: word({part: wide}), unreadable)
    yield Hostile("the same in a header", lambda: word({"word/header1.xml": laughs}), unreadable)
    outside = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:t>&a;</w:t>'
    yield Hostile("Word file that quotes a file of ours", lambda: word({part: outside}), unreadable)
    macros = ("document_has_macros",)
    yield Hostile("Word file with macros", lambda: word({"word/vbaProject.bin": b"macro"}), macros)
    yield Hostile("Word file that only declares macros", _declared_macros, macros)
    yield Hostile("Word file nested 100,000 deep", lambda: word({part: b"<w:t>" * 100_000}), unreadable)


def _texts_and_messages() -> Iterator[Hostile]:
    large, damaged = ("document_too_large",), ("document_unreadable", "document_truncated")
    seeds = fuzz_seeds.seeds()
    yield Hostile("text of 60 MB", lambda: b"a" * 60_000_000, large)
    yield Hostile("text of two million letters", lambda: b"word " * 400_000, large)
    foreign = ("media_type_unsupported", "text_undecodable")
    yield Hostile("random bytes", lambda: random.Random(1).randbytes(300_000), foreign)
    yield Hostile("RTF nested 100,000 deep", lambda: b"{\\rtf1 " + b"{" * 100_000 + b"x" + b"}" * 100_001, damaged)
    laughs = _LAUGHS + b"<ClinicalDocument xmlns='urn:hl7-org:v3'>&j;</ClinicalDocument>"
    yield Hostile("CDA with entities that multiply", lambda: laughs, damaged)
    deep = seeds["cda"].replace(b"<text>", b"<text>" + b"<content>" * 100_000, 1)
    yield Hostile("CDA nested 100,000 deep", lambda: deep, damaged)
    nested = b'{"resourceType":"DocumentReference","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    yield Hostile("FHIR nested 100,000 deep", lambda: nested, damaged)
    yield Hostile(
        "HL7 message of 400,000 lines", lambda: seeds["hl7-note"] + b"OBX|9|TX|1||x||||||F\r" * 400_000, large
    )
    head, tail = b"FHS|^~\\&|EHR\rBHS|^~\\&|EHR\r", b"BTS|2000\rFTS|1\r"
    batch = ("accepted", "envelope_too_large", *large)
    yield Hostile("HL7 batch of 2,000 messages", lambda: head + seeds["hl7-note"] * 2000 + tail, batch)


def png(width: int, height: int, rows: bytes, text: bytes | None = None) -> bytes:
    """A grey PNG of any stated size over any data, with a packed text chunk on demand."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    note = chunk(b"zTXt", b"note\0\0" + zlib.compress(text, 9)) if text is not None else b""
    return b"\x89PNG\r\n\x1a\n" + header + note + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def tiff(side: int, following: int) -> bytes:
    """A square TIFF of one strip that does not hold it; ``following`` is where the next directory is said to be."""
    tags = ((256, side), (257, side), (258, 8), (259, 1), (262, 1), (273, 8), (278, side), (279, 100))
    fields = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return (
        b"II*\0"
        + struct.pack("<I", 8)
        + struct.pack("<H", len(tags))
        + fields
        + struct.pack("<I", following)
        + b"\0" * 200
    )


def pdf(
    *,
    catalog: bytes = b"",
    content: bytes = b"BT /F1 11 Tf 10 100 Td (Assessment: acute bronchitis.) Tj ET",
    packed: int = 0,
    pages: int = 1,
    box: bytes = b"[0 0 612 792]",
    resources: bytes = b"<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>",
    extra: bytes = b"",
    times: int = 1,
) -> bytes:
    """A PDF written by hand: parts of its catalog, its content stream deflated so often, further objects."""
    kids = b" ".join(b"%d 0 R" % (4 + n) for n in range(pages))
    filters = b"/Filter[" + b"/FlateDecode" * packed + b"]" if packed else b""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R" + catalog + b">>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, kids),
        b"<<" + filters + b"/Length %d>>stream\n" % len(content) + content + b"\nendstream",
    ]
    objects += [b"<</Type/Page/Parent 2 0 R/MediaBox%s/Resources%s/Contents 3 0 R>>" % (box, resources)] * pages
    objects += [extra] * times if extra else []
    return numbered(objects)


def numbered(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """Objects from 1, the first the catalog, with a table of where they are."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, table)
    return bytes(out)


def word(parts: dict[str, bytes]) -> bytes:
    """The Word file of the seeds with parts put in or in their places."""
    with ZipFile(BytesIO(page_seeds.word_file())) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in (kept | parts).items():
            archive.writestr(name, content)
    return out.getvalue()


def _declared_macros() -> bytes:
    with ZipFile(BytesIO(page_seeds.word_file())) as archive:
        types = archive.read("[Content_Types].xml")
    declared = types.replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    return word({"[Content_Types].xml": declared})


def _lying_zip() -> bytes:
    large = b"<w:t>" + bytes(3_000_000)
    content = bytearray(word({"word/document.xml": large}))
    return bytes(content).replace(struct.pack("<I", len(large)), struct.pack("<I", 1000))


def _jpeg(side: int) -> bytes:
    content = bytearray(page_seeds.seeds()["jpeg"])
    at = content.index(b"\xff\xc0")
    struct.pack_into(">HH", content, at + 5, side, side)
    return bytes(content)


def _many_frames(count: int) -> bytes:
    out = BytesIO()
    page = Image.new("1", (8, 8), 1)
    page.save(out, "TIFF", save_all=True, append_images=[page] * (count - 1))
    return out.getvalue()


def _packed_script() -> bytes:
    """The action stands in an object stream, where no search of the bytes finds it."""
    first = b"10 0 "
    stream = zlib.compress(first + _SCRIPT)
    packed = b"<</Type/ObjStm/N 1/First %d/Filter/FlateDecode/Length %d>>stream\n" % (len(first), len(stream))
    content = b"BT /F1 11 Tf 10 100 Td (Assessment: acute bronchitis.) Tj ET"
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R/OpenAction 10 0 R>>",
        2: b"<</Type/Pages/Count 1/Kids[4 0 R]>>",
        3: b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        4: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 3 0 R>>",
        5: packed + stream + b"\nendstream",
    }
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    rows = [struct.pack(">BIB", 0, 0, 255)]
    rows += [
        struct.pack(">BIB", 1, places[n], 0) if n in places else struct.pack(">BIB", 0, 0, 0) for n in range(1, 10)
    ]
    rows += [struct.pack(">BIB", 2, 5, 0), struct.pack(">BIB", 1, table, 0)]
    index = b"".join(rows)
    out += b"11 0 obj\n<</Type/XRef/Size 12/W[1 4 1]/Root 1 0 R/Length %d>>stream\n" % len(index)
    out += index + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % table
    return bytes(out)


def _encrypted_script() -> bytes:
    """Opens without a password; what its strings and streams say is encrypted."""
    out = BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("", ownerPassword="owner", canPrint=0))
    canvas.drawString(72, 700, "Assessment: acute bronchitis.")
    canvas.showPage()
    canvas.save()
    return out.getvalue().replace(b"/Type /Catalog", b"/OpenAction " + _SCRIPT + b" /Type /Catalog")


def _locked() -> bytes:
    out = BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret"))
    canvas.drawString(72, 700, "Assessment: acute bronchitis.")
    canvas.save()
    return out.getvalue()


def _attached() -> bytes:
    names = b"/Names<</EmbeddedFiles<</Names[(a.txt)5 0 R]>>>>"
    return pdf(catalog=names, extra=b"<</Type/Filespec/F(a.txt)/EF<</F 3 0 R>>>>")


def _huge_picture() -> bytes:
    data = zlib.compress(bytes(1_000_000), 9)
    picture = (
        b"<</Type/XObject/Subtype/Image/Width 60000/Height 60000/BitsPerComponent 8/ColorSpace/DeviceGray"
        b"/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(data), data)
    )
    return pdf(content=b"q 612 0 0 792 0 0 cm /I Do Q", resources=b"<</XObject<</I 5 0 R>>>>", extra=picture)


def _circle() -> bytes:
    return numbered([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 3/Kids[2 0 R 2 0 R]>>"])


def _self_drawing() -> bytes:
    resources = b"/Resources<</XObject<</F 5 0 R>>>>"
    start = b"<</Type/XObject/Subtype/Form/BBox[0 0 612 792]"
    form = start + resources + b"/Length 12>>stream\n/F Do /F Do \nendstream"
    text = b"BT /F1 11 Tf 10 100 Td (Assessment: acute bronchitis.) Tj ET /F Do"
    fonts = b"/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    return pdf(content=text, resources=b"<<" + fonts + b"/XObject<</F 5 0 R>>>>", extra=form)
