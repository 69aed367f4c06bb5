"""Pictures that come in as covers: known by what they hold, bounded, made anew."""

import io
import zlib
from typing import Any

import pytest
from PIL import Image

from catalog.covers.pictures import LARGEST_FILE, WIDTHS, CoverTooLarge, CoverUnusable, pictures_of

pytestmark = pytest.mark.once


def an_image(kind: str = "JPEG", size: tuple[int, int] = (600, 900), mode: str = "RGB", **options: Any) -> bytes:
    """An invented picture of one colour; where it can be, it is transparent."""
    picture = Image.new(mode, size, (200, 30, 30, 0) if mode == "RGBA" else 0)
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_as_jpeg_in_two_widths(kind: str) -> None:
    pictures = pictures_of(an_image(kind))
    sizes = {width: opened(content).size for width, content in pictures.files.items()}
    assert sizes == {160: (160, 240), 480: (480, 720)}
    assert {opened(content).format for content in pictures.files.values()} == {"JPEG"}
    assert (pictures.width, pictures.height) == (480, 720)
    assert pictures.digest == pictures_of(an_image(kind)).digest


def test_nothing_that_the_file_carried_along_is_kept_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x8825] = 6, "SECRET-CAMERA", {1: "N", 2: (37.0, 33.0, 0.0)}
    image = an_image(size=(900, 600), exif=exif, comment=b"SECRET-COMMENT", icc_profile=b"SECRET-PROFILE")
    assert b"SECRET-CAMERA" in image
    for content in pictures_of(image).files.values():
        assert b"SECRET" not in content
        assert not opened(content).getexif()
        assert opened(content).height > opened(content).width


def test_what_is_transparent_is_white() -> None:
    content = pictures_of(an_image("PNG", mode="RGBA")).files[WIDTHS[0]]
    assert opened(content).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK"])
def test_pictures_of_other_colours_are_taken(mode: str) -> None:
    assert pictures_of(an_image("JPEG" if mode in {"L", "CMYK"} else "PNG", mode=mode)).height == 720


def test_a_scan_of_65_536_greys_keeps_them() -> None:
    buffer = io.BytesIO()
    Image.frombytes("I;16", (100, 200), bytes([0, 128]) * 10_000 + bytes([0, 255]) * 10_000).save(buffer, "PNG")
    picture = opened(pictures_of(buffer.getvalue()).files[WIDTHS[0]])
    assert [picture.getpixel((50, height)) for height in (50, 150)] == [(128, 128, 128), (255, 255, 255)]


def test_a_picture_is_measured_as_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    pictures = pictures_of(an_image(size=(100, 70), exif=exif))
    assert (pictures.width, pictures.height) == (70, 100)
    with pytest.raises(CoverUnusable):
        pictures_of(an_image(size=(100, 59), exif=exif))


def test_a_small_one_stays_as_it_is_and_a_very_tall_one_is_cut() -> None:
    assert pictures_of(an_image(size=(100, 150))).width == 100
    assert pictures_of(an_image(size=(100, 2_000))).height == 300


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7",
        b"\xff\xd8\xff\xe0 no picture",
        an_image()[:400],
        an_image("GIF"),
        an_image("BMP"),
        an_image(size=(59, 200)),
    ],
    ids=["empty", "svg", "pdf", "magic alone", "torn", "gif", "bmp", "tiny"],
)
def test_what_is_no_cover_is_refused(content: bytes) -> None:
    with pytest.raises(CoverUnusable):
        pictures_of(content)


def test_a_bomb_is_refused_before_it_unfolds() -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    for side in (8_000, 12_000, 60_000):
        head = side.to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
        bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(9_000)))
        with pytest.raises(CoverTooLarge if side == 8_000 else CoverUnusable):
            pictures_of(bomb)


def test_a_file_that_is_too_large_is_not_even_looked_at() -> None:
    with pytest.raises(CoverTooLarge):
        pictures_of(an_image() + bytes(LARGEST_FILE))
