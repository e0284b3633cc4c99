"""The HTML file, read as HTML; ``tests/browser`` opens it in a browser."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from html.parser import HTMLParser

from chartstream.errors import Problem
from chartstream.events.documents import QualityCheck, Verdict
from chartstream.events.extraction import ExtractedText
from chartstream.viewer.page import render
from chartstream.viewer.record import as_data
from chartstream.viewer.seen import SeenDocument, SeenFile
from tests.drawn import drawn_document, drawn_file

PAGE = render([drawn_file()])


class Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_elements_are_closed_in_order() -> None:
    assert Elements(PAGE).open == []


def test_only_the_one_style_and_the_one_script_are_allowed_and_nothing_is_fetched() -> None:
    policy = next(a["content"] for tag, a in Elements(PAGE).found if tag == "meta" and "http-equiv" in a) or ""
    for tag in ("style", "script"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", PAGE, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; img-src data:;")
    for tag, attributes in Elements(PAGE).found:
        assert not {"style", "onclick", "src", "srcset"} & attributes.keys()
        assert (attributes.get("href") or "data:").startswith("data:"), tag


def test_every_key_of_a_list_is_on_the_page_image_and_in_the_text() -> None:
    keys = [set((a["data-k"] or "").split()) for _, a in Elements(PAGE).found if "data-k" in a]
    for key in ("f0", "f1", "f2", "t0", "t1", "s0", "s3", "r0", "r8", "c0.4", "b0"):
        assert sum(key in each for each in keys) >= 2, key


def test_labels_of_keys_are_data_that_parse() -> None:
    (labels,) = re.findall(r'<script type="application/json" class="labels">(.*?)</script>', PAGE, re.DOTALL)
    assert json.loads(labels)["f0"] == "field birth date = 1961-04-09 · 0.96"


def test_layers_without_content_are_not_offered() -> None:
    document = SeenDocument("n", "text/plain", b"", ExtractedText(text="Seen for gout."), 1.0)
    page = render([SeenFile("n.txt", "review", (Problem("a_code", "what", "remedy"),), (document,), 0.1)])
    assert "data-layer=" not in page
    assert 'class="sheet unpaged"' in page
    assert "Seen for gout." in page
    assert "No section was recognised." in page
    assert "goes to review" in page


def test_a_refused_file_says_why_and_what_was_measured() -> None:
    check = QualityCheck(name="resolution", value=40, unit="dpi", verdict=Verdict.REJECT, message="40 dpi")
    file = SeenFile("a.png", "rejected", (Problem("resolution_too_low", "40 dpi", "rescan"),), (), 0.1, (check,))
    page = render([file])
    assert Elements(page).open == []
    assert all(words in page for words in ("resolution_too_low", "rescan", "resolution</td>"))


def test_a_name_and_a_text_are_escaped() -> None:
    document = dataclasses.replace(drawn_document(), text=ExtractedText(text="<b>&"), sections=(), fields=())
    bare = dataclasses.replace(document, statements=(), media_type="text/plain")
    page = render([SeenFile("<i>.txt", "extracted", (), (bare,), 0.1)])
    assert "<i>.txt" not in page
    assert "&lt;b&gt;&amp;" in page


def test_the_same_is_data_for_programs() -> None:
    data = json.loads(json.dumps(as_data(drawn_file())))
    (document,) = data["documents"]
    assert document["content"]["tables"][0]["rows"] == 4
    assert document["fields"][0]["value"] == "1961-04-09"
    assert document["page_seconds"] == {"1": 0.42}
    assert data["outcome"] == "extracted"
