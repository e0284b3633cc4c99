"""``chartstream extract``: what is printed and written, and how it ends."""

from __future__ import annotations

import json
import time
from io import BytesIO
from pathlib import Path

from PIL import Image as Pillow
from typer.testing import CliRunner, Result

from chartstream.cli import app
from chartstream.cli.reading import FileReader
from chartstream.errors import ConfigurationError
from chartstream.extraction.engines.engine import Image, OcrPage
from chartstream.extraction.fragments import Box, Fragment

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
runner = CliRunner()


class PreparedOcr:
    """Reads the same lines from every page."""

    name = "prepared"

    def read(self, image: Image) -> OcrPage:
        texts = (
            "Date of service: 2026-03-18",
            "Sex: F   Date of birth: 1961-04-09",
            "ASSESSMENT",
            "Essential hypertension.",
        )
        return OcrPage(
            tuple(
                Fragment.of_line(text, Box(60, 60 + 40 * n, 60 + 12 * len(text), 84 + 40 * n), 0.97)
                for n, text in enumerate(texts)
            ),
            image,
        )


def run(*arguments: object) -> Result:
    return runner.invoke(app, ["extract", *map(str, arguments)], env={"COLUMNS": "160"})


def scan() -> bytes:
    """Two pages with some ink, at 200 dpi."""
    page = Pillow.effect_noise((1700, 2200), 60).point(lambda value: 0 if value < 60 else 255)
    out = BytesIO()
    page.save(
        out, "TIFF", save_all=True, append_images=[page.transpose(Pillow.Transpose.FLIP_TOP_BOTTOM)], dpi=(200, 200)
    )
    return out.getvalue()


def test_a_text_is_shown_with_checks_sections_and_fields() -> None:
    result = run(SAMPLES / "cardiology-afib.txt")
    assert result.exit_code == 0
    for words in ("text/plain", "size", "accept", "history_of_present_illness", "birth_date", "1958-03-14", "SIGNED"):
        assert words in result.stdout


def test_a_rejection_is_shown_with_its_remedy_and_the_others_are_read() -> None:
    result = run(SAMPLES / "cardiology-truncated.pdf", SAMPLES / "dermatology-psoriasis.pdf")
    assert result.exit_code == 0
    assert "document_truncated" in result.stdout
    assert "transfer the document again" in result.stdout
    assert "text-layer" in result.stdout


def test_a_note_for_a_person_is_read_and_says_why() -> None:
    result = run(SAMPLES / "urgent-care-bronchitis-undated.txt")
    assert result.exit_code == 0
    assert "goes to review" in result.stdout
    assert "encounter_date_missing" in result.stdout
    assert "sections" in result.stdout


def test_html_and_json_hold_all_files(tmp_path: Path) -> None:
    html, data = tmp_path / "out.html", tmp_path / "out.json"
    result = run(SAMPLES / "dermatology-psoriasis.pdf", SAMPLES / "cardiology-afib.txt", "--html", html, "--json", data)
    assert result.exit_code == 0
    page = html.read_text(encoding="utf-8")
    assert "data:image/jpeg;base64," in page
    assert "atrial" in page
    files = json.loads(data.read_text(encoding="utf-8"))
    assert [file["file"] for file in files] == ["dermatology-psoriasis.pdf", "cardiology-afib.txt"]
    (document,) = files[0]["documents"]
    text = document["content"]["text"]
    date = next(field for field in document["fields"] if field["name"] == "encounter_date")
    assert text[date["evidence"]["begin"] : date["evidence"]["end"]] == "07/08/2026"
    assert date["evidence"]["boxes"]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    result = run(SAMPLES / "cardiology-afib.txt", "--html", tmp_path / "missing" / "out.html")
    assert isinstance(result.exception, ConfigurationError)
    assert "out.html cannot be written" in str(result.exception)


def test_pages_that_were_recognised_have_their_seconds(tmp_path: Path) -> None:
    path = tmp_path / "scan.tiff"
    path.write_bytes(scan())
    file = FileReader(PreparedOcr).read(path)
    (document,) = file.documents
    assert [page.engine for page in document.text.pages] == ["prepared", "prepared"]
    assert set(document.page_seconds) == {1, 2}
    assert all(0 <= seconds < file.seconds for seconds in document.page_seconds.values())
    assert {field.name for field in document.fields} >= {"encounter_date", "sex"}


def test_loading_the_engine_counts_as_no_reading(tmp_path: Path) -> None:
    def slow_to_load() -> PreparedOcr:
        time.sleep(1.5)
        return PreparedOcr()

    path = tmp_path / "scan.tiff"
    path.write_bytes(scan())
    begun = time.perf_counter()
    file = FileReader(slow_to_load).read(path)
    assert file.seconds < time.perf_counter() - begun - 1.4
    assert sum(file.documents[0].page_seconds.values()) < 1.4


def test_what_intake_would_show_to_a_person_is_read_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "noise.tiff"
    path.write_bytes(scan())
    file = FileReader(PreparedOcr).read(path)
    assert file.outcome == "review"
    assert "page_blurred" in {problem.code for problem in file.problems}
    assert "hypertension" in str(file.documents[0].text.text)


def test_a_file_that_is_not_there_ends_with_usage() -> None:
    assert run("none.pdf").exit_code == 2
