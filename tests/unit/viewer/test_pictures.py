"""Page images: upright, in proportion, small."""

from __future__ import annotations

import base64
from io import BytesIO

import pypdfium2
import pytest
from PIL import Image

from chartstream.events.extraction import Page
from chartstream.viewer.pictures import MAX_SIDE, page_pictures


def page(number: int, width: float, height: float, rotation: int = 0) -> Page:
    return Page(
        number=number, width=width, height=height, unit="px", rotation=rotation, engine="e", begin=0, end=0
    )  # fmt: skip


def opened(uri: str) -> Image.Image:
    head, _, content = uri.partition(",")
    assert head == "data:image/jpeg;base64"
    return Image.open(BytesIO(base64.b64decode(content)))


def tiff(*frames: Image.Image) -> bytes:
    out = BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def marked(mode: str = "RGB") -> Image.Image:
    """A white page, 400 by 200, black in its upper left corner."""
    image = Image.new(mode, (400, 200), "white")
    image.paste(Image.new(mode, (100, 100)), (0, 0))
    return image


@pytest.mark.parametrize(
    ("rotation", "size", "dark"),
    [
        (0, (400, 200), (40, 40)),
        (90, (200, 400), (160, 40)),
        (180, (400, 200), (360, 160)),
        (270, (200, 400), (40, 360)),
    ],
)
def test_a_page_is_turned_clockwise_as_it_was_for_reading(
    rotation: int, size: tuple[int, int], dark: tuple[int, int]
) -> None:
    uris = page_pictures(tiff(marked()), "image/tiff", (page(1, *size, rotation),))
    picture = opened(uris[1]).convert("L")
    assert picture.size == size
    assert picture.getpixel(dark) == pytest.approx(0, abs=20)
    assert picture.getpixel((size[0] // 2, size[1] // 2)) == pytest.approx(255, abs=20)


def test_a_fax_gets_the_proportions_of_the_page() -> None:
    uris = page_pictures(tiff(marked("1")), "image/tiff", (page(1, 400, 400),))
    assert opened(uris[1]).size == (400, 400)


def test_each_page_of_several_has_its_own() -> None:
    uris = page_pictures(tiff(marked(), Image.new("RGB", (50, 80))), "image/tiff", (page(1, 400, 200), page(2, 50, 80)))
    assert [opened(uris[number]).size for number in (1, 2)] == [(400, 200), (50, 80)]


def test_grey_pages_are_stored_grey_and_coloured_ones_in_colour() -> None:
    red = Image.new("RGB", (60, 60), "red")
    uris = page_pictures(tiff(marked(), red), "image/tiff", (page(1, 400, 200), page(2, 60, 60)))
    assert [opened(uris[number]).mode for number in (1, 2)] == ["L", "RGB"]


def test_large_pages_are_made_smaller() -> None:
    uris = page_pictures(tiff(Image.new("L", (5000, 2500))), "image/tiff", (page(1, 5000, 2500),))
    assert opened(uris[1]).size == (MAX_SIDE, MAX_SIDE // 2)


def test_pdf_pages_are_drawn() -> None:
    document = pypdfium2.PdfDocument.new()
    document.new_page(612, 792)
    out = BytesIO()
    document.save(out)
    uris = page_pictures(out.getvalue(), "application/pdf", (page(1, 612, 792),))
    assert opened(uris[1]).size == (935, 1210)


def test_what_knows_no_pages_has_no_pictures() -> None:
    assert page_pictures(b"x", "text/plain; charset=utf-8", ()) == {}
