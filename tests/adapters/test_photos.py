"""Photos of strangers: read safely, made anew, or refused."""

import io
import struct
import zlib

import pytest
from PIL import Image

from goodwill.adapters.photos import EDGE, LARGEST_BYTES, PhotoProblem, SafePhoto, made_safe
from tests.rounds import picture


def read(photo: SafePhoto | PhotoProblem) -> Image.Image:
    assert isinstance(photo, SafePhoto), photo
    return Image.open(io.BytesIO(photo.content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_three_kinds_become_one(kind: str) -> None:
    made = read(made_safe(picture(kind)))
    assert (made.format, made.size) == ("JPEG", (80, 60))


def test_place_camera_and_comment_are_gone_and_it_stands_upright() -> None:
    sent = picture(place=True, comment=b"Berta's door")
    assert b"Camera of Berta" in sent
    assert Image.open(io.BytesIO(sent)).getexif().get_ifd(0x8825)
    photo = made_safe(sent)
    made = read(photo)
    assert made.size == (60, 80), "its side was up"
    assert not made.getexif()
    assert isinstance(photo, SafePhoto)
    assert set(made.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"Berta" not in photo.content


def test_a_large_one_becomes_small_and_a_small_one_stays() -> None:
    photo = made_safe(picture(size=(4000, 1000)))
    assert isinstance(photo, SafePhoto)
    assert (photo.width, photo.height) == (EDGE, 512) == read(photo).size
    small = made_safe(picture(size=(3, 2)))
    assert isinstance(small, SafePhoto)
    assert (small.width, small.height) == (3, 2)


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "LA"), ("PNG", "P"), ("PNG", "L"), ("JPEG", "CMYK")]
)
def test_every_kind_of_colour_is_drawn(kind: str, mode: str) -> None:
    assert read(made_safe(picture(kind, mode=mode))).mode == "RGB"


def test_what_is_transparent_becomes_white() -> None:
    assert read(made_safe(picture("PNG", mode="RGBA"))).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ" * 100,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.4",
        b"GIF89a" + b"\0" * 50,
        b"\xff\xd8\xff\xe0" + b"\0" * 40,
        picture()[:300],
        picture("PNG")[:60],
    ],
    ids=["empty", "program", "svg", "pdf", "gif", "bad header", "cut jpeg", "cut png"],
)
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    assert made_safe(content) is PhotoProblem.NOT_A_PHOTO


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "GIF", "ICO"])
def test_pictures_of_other_kinds_are_refused(kind: str) -> None:
    assert made_safe(picture(kind, size=(32, 32))) is PhotoProblem.NOT_A_PHOTO


def test_heic_is_told_apart_because_a_telephone_can_do_otherwise() -> None:
    assert made_safe(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic") is PhotoProblem.HEIC


def test_too_many_bytes_are_refused_unread() -> None:
    assert made_safe(b"\xff" * (LARGEST_BYTES + 1)) is PhotoProblem.TOO_LARGE


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be this large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("size", [(8000, 8000), (10_000, 10_000), (60_000, 60_000)])
def test_a_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    assert made_safe(bomb(*size)) is PhotoProblem.TOO_LARGE


def test_the_same_picture_has_the_same_digest() -> None:
    one, two = made_safe(picture()), made_safe(picture())
    assert isinstance(one, SafePhoto)
    assert isinstance(two, SafePhoto)
    assert one.digest == two.digest
    assert len(one.digest) == 64
