"""An HL7 v2 message that carries a note: MDM^T02, as transcription systems send it."""

from __future__ import annotations

_ESCAPES = (("\\", "\\E\\"), ("|", "\\F\\"), ("^", "\\S\\"), ("~", "\\R\\"), ("&", "\\T\\"))


def message(text: str) -> bytes:
    """Version 2.5.1, segments ended by carriage returns; one OBX of formatted text whose lines end in ``\\.br\\``. The
    document is authenticated (TXA-17).
    """
    lines = [_escaped(line) for line in text.rstrip("\n").split("\n")]
    segments = [
        r"MSH|^~\&|NOTES|HARBOR|CODING|HARBOR|20260502124500||MDM^T02^MDM_T02|MSG-5581|P|2.5.1",
        "EVN|T02|20260502124500",
        "PID|1||205517^^^HARBOR^MR||Abernathy^Lucian||19990822|M",
        "PV1|1|O|UC^^^HARBOR",
        "TXA|1|PN^Progress note^HL70270|FT|20260502123000|prv-lockwood|||||||DOC-90331|||||AU||AV",
        "OBX|1|FT|34131-3^Outpatient progress note^LN||" + "\\.br\\".join(lines) + "||||||F",
    ]
    return ("\r".join(segments) + "\r").encode("utf-8")


def _escaped(line: str) -> str:
    for plain, escape in _ESCAPES:
        line = line.replace(plain, escape)
    return line
