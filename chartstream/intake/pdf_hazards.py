"""What in a PDF acts by itself or hides: scripts, programs, attached files, restrictions, objects without end."""

from __future__ import annotations

import re
from io import BytesIO

import pypdfium2
from pypdfium2 import raw

from chartstream.intake.findings import Findings
from chartstream.intake.policy import Check

# Actions that run something (ISO 32000-2, 12.6.4). Names this long do not come about by chance in compressed bytes.
_SCRIPT = re.compile(rb"/(?:JavaScript|Launch|ImportData|SubmitForm|RichMedia|Movie)(?![A-Za-z0-9#])")
# Names may hide: spelt with hexadecimal escapes, packed in object streams, encrypted. PDFium's copy shows them.
_ESCAPED = re.compile(rb"/[A-Za-z]{0,12}#[2-7][0-9A-Fa-f]")
_PACKED = re.compile(rb"/ObjStm\b[^>]{0,200}?/N\s+(\d{1,9})|/N\s+(\d{1,9})\b[^>]{0,200}?/ObjStm\b")
_HIDING = (b"/ObjStm", b"/Encrypt")


def count_objects(content: bytes, findings: Findings) -> None:
    """Before PDFium sees the file: how many objects it has, packed ones as they are announced."""
    packed = sum(int(first or second) for first, second in _PACKED.findall(content))
    findings.add(Check.OBJECTS, content.count(b" obj") + packed)


def check_hazards(content: bytes, document: pypdfium2.PdfDocument, findings: Findings) -> None:
    """Scripts reject by the packaged policy; attached files and restrictions are noted."""
    findings.add(Check.SCRIPTS, len(_SCRIPT.findall(_plain(content, document))))
    findings.add(Check.EMBEDDED_FILES, document.count_attachments())
    findings.add(Check.ENCRYPTION, float(raw.FPDF_GetSecurityHandlerRevision(document) >= 0))


def _plain(content: bytes, document: pypdfium2.PdfDocument) -> bytes:
    """The file with every object written out."""
    if not any(mark in content for mark in _HIDING) and not _ESCAPED.search(content):
        return content
    copy = BytesIO()
    document.save(copy, flags=raw.FPDF_REMOVE_SECURITY)
    return content + copy.getvalue()
