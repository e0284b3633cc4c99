"""Renders the sample notes (samples/notes/*.txt) into the documents that the demonstration submits.

Run from anywhere: ``python samples/render.py [NAME...]``. Needs reportlab, python-docx and Pillow; fonts come with
reportlab. The same sources and library versions give the same bytes, so a note can be changed and rendered alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from rendering import cda, fhir, hl7v2, pdf, plain, rtf, scan, word

HERE = Path(__file__).resolve().parent
NOTES = HERE / "notes"
DOCUMENTS = HERE / "documents"

# Document, the note it shows, and what makes it.
DOCUMENTS_OF_NOTES: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "cardiology-afib.txt": ("cardiology-afib", plain.utf8),
    "endocrinology-diabetes.docx": ("endocrinology-diabetes", word.render),
    "orthopaedics-knee.pdf": ("orthopaedics-knee", pdf.render),
    "pulmonology-copd.pdf": ("pulmonology-copd", scan.scanned_pdf),
    "emergency-ureter-stone.png": ("emergency-ureter-stone", scan.screenshot_png),
    "obstetrics-gestational-diabetes.txt": ("obstetrics-gestational-diabetes", plain.utf16),
    "gastroenterology-reflux.docx": ("gastroenterology-reflux", word.render),
    "paediatrics-otitis.txt": ("paediatrics-otitis", plain.windows),
    "dermatology-psoriasis.pdf": ("dermatology-psoriasis", pdf.render),
    "psychiatry-depression.docx": ("psychiatry-depression", word.render),
    "nephrology-ckd.tiff": ("nephrology-ckd", scan.rotated_fax),
    "ophthalmology-cataract.txt": ("ophthalmology-cataract", plain.utf8),
    "rheumatology-gout.jpg": ("rheumatology-gout", scan.photocopy_jpeg),
    "inpatient-heart-failure-hp.pdf": ("inpatient-heart-failure-hp", pdf.render),
    "inpatient-heart-failure-progress.txt": ("inpatient-heart-failure-progress", plain.utf8),
    "inpatient-heart-failure-discharge.docx": ("inpatient-heart-failure-discharge", word.render),
    "inpatient-pneumonia-discharge.pdf": ("inpatient-pneumonia-discharge", pdf.render),
    "neurology-suspected-parkinson.txt": ("neurology-suspected-parkinson", plain.utf8),
    "urgent-care-bronchitis-undated.txt": ("urgent-care-bronchitis-undated", plain.utf8),
    "urology-prostate-unsigned.pdf": ("urology-prostate-unsigned", pdf.render),
    "cardiology-truncated.pdf": ("cardiology-truncated", pdf.truncated),
    "endocrinology-thyroid.txt": ("endocrinology-thyroid", plain.utf8),
    "hand-surgery-carpal-tunnel-v1.pdf": ("hand-surgery-carpal-tunnel-v1", pdf.render),
    "hand-surgery-carpal-tunnel-v2.pdf": ("hand-surgery-carpal-tunnel-v2", pdf.render),
    "vascular-varicose.rtf": ("vascular-varicose", rtf.render),
    "urgent-care-ankle.hl7": ("urgent-care-ankle", hl7v2.message),
    "nephrology-pyelonephritis.xml": ("nephrology-pyelonephritis", cda.document),
    "hematology-iron-deficiency.json": ("hematology-iron-deficiency", fhir.document_reference),
    "allergy-rhinitis-other-patient.docx": ("allergy-rhinitis-other-patient", word.render),
}


def main(names: list[str]) -> None:
    """Render the documents named, or all of them."""
    DOCUMENTS.mkdir(exist_ok=True)
    for name in names or DOCUMENTS_OF_NOTES:
        note, make = DOCUMENTS_OF_NOTES[name]
        content = make((NOTES / f"{note}.txt").read_text("utf-8"))
        (DOCUMENTS / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
