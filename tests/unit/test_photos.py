"""Photos as contributors send them: upright, small, without the camera's notes; and files that only look like one."""

from __future__ import annotations

import io
import re
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageOps
from PIL.PngImagePlugin import PngInfo

from worker.approval.cases import Unfinished
from worker.contributions.photo import LEAST_SIDE, LONGEST_SIDE, Photo, prepared
from worker.forms.printing import sets_type

OWNER = "Jana Vzorná"
XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><photoshop:City>Liberec</photoshop:City>{OWNER}</x:xmpmeta>"


def exif(orientation: int = 1) -> Image.Exif:
    """What a phone writes: where it was, when, and whose it is."""
    notes = Image.Exif()
    notes[0x0112], notes[0x010F], notes[0x013B] = orientation, "Telefon", OWNER
    notes.get_ifd(0x8825).update({1: "N", 2: (50.0, 46.0, 12.5), 3: "E", 4: (15.0, 3.0, 22.0)})
    return notes


def file_of(image: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def landscape(width: int = 800, height: int = 600) -> Image.Image:
    """Red on its left half, blue on its right."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    return image


def kept(content: bytes) -> tuple[Photo, Image.Image]:
    photo = prepared(io.BytesIO(content))
    return photo, Image.open(io.BytesIO(photo.content))


def refusal(content: bytes) -> str:
    with pytest.raises(Unfinished) as refused:
        prepared(io.BytesIO(content))
    assert refused.value.field == "photo"
    return str(refused.value)


def png(width: int, height: int) -> bytes:
    """A PNG of black pixels, one bit each (RFC 2083), made without holding them unpacked."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    packer, line = zlib.compressobj(9), bytes(1 + (width + 7) // 8)
    rows = b"".join(packer.compress(line) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def claiming(content: bytes, width: int, height: int) -> bytes:
    """A JPEG whose frame header (ITU-T T.81, SOF0) claims another size."""
    at = content.index(b"\xff\xc0") + 5
    return content[:at] + struct.pack(">HH", height, width) + content[at + 4 :]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_place_owner_and_device_stay_behind(form: str) -> None:
    options: dict[str, Any] = {"exif": exif().tobytes(), "xmp": XMP.encode()}
    if form == "JPEG":
        options["comment"] = OWNER.encode()
    if form == "PNG":
        notes = PngInfo()
        notes.add_text("Author", OWNER)
        notes.add_itxt("XML:com.adobe.xmp", XMP)
        options = {"exif": exif().tobytes(), "pnginfo": notes}
    sent = file_of(landscape(), form, **options)
    assert Image.open(io.BytesIO(sent)).getexif().get_ifd(0x8825), "the file that was sent says where it was"
    photo, image = kept(sent)
    assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (800, 600), {})
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for word in (b"Exif", b"xmpmeta", b"Liberec", b"Vzorn", b"Telefon", b"Photoshop"):
        assert word not in photo.content, word


def test_a_photo_stands_upright_and_is_no_larger_than_needed() -> None:
    photo, image = kept(file_of(landscape(4000, 3000), exif=exif(orientation=6).tobytes()))
    assert (photo.width, photo.height) == image.size == (LONGEST_SIDE * 3 // 4, LONGEST_SIDE)
    top, bottom = image.getpixel((900, 100)), image.getpixel((900, 2300))
    assert isinstance(top, tuple) and isinstance(bottom, tuple)
    assert top[0] > 200 > 50 > top[2] and bottom[2] > 200, "the red half was on the left and is above now"
    assert len(photo.content) < 200_000


@pytest.mark.parametrize("held", range(1, 9))
def test_however_the_camera_was_held_it_stands_upright(held: int) -> None:
    notes = Image.Exif()
    notes[0x0112] = held
    sent = file_of(landscape(), exif=notes.tobytes())
    wanted, (_, image) = ImageOps.exif_transpose(Image.open(io.BytesIO(sent))), kept(sent)
    assert image.size == wanted.size
    for at in ((5, 5), (image.width - 5, 5), (5, image.height - 5)):
        here, there = image.getpixel(at), wanted.getpixel(at)
        assert isinstance(here, tuple) and isinstance(there, tuple) and abs(here[0] - there[0]) < 20


@pytest.mark.parametrize("kind", [1, 3, 4, 5, 10, 12])
def test_notes_of_another_kind_than_they_say_stop_no_good_photo(kind: int) -> None:
    notes = exif(orientation=6).tobytes()
    maker = notes.index(b"\x01\x0f\x00\x02") if b"MM" in notes[:12] else notes.index(b"\x0f\x01\x02\x00")
    wrong = bytes([0, kind]) if b"MM" in notes[:12] else bytes([kind, 0])
    _, image = kept(file_of(landscape(), exif=notes[: maker + 2] + wrong + notes[maker + 4 :]))
    assert image.size == (600, 800)
    _, image = kept(file_of(landscape(), exif=b"Exif\0\0MM\0*\0\0"))
    assert image.size == (800, 600)


def test_the_same_photo_twice_has_the_same_bytes() -> None:
    sent = file_of(landscape())
    assert kept(sent)[0] == kept(sent)[0]


def test_what_is_transparent_becomes_white_and_print_colours_are_shown() -> None:
    clear = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    assert kept(file_of(clear, "PNG"))[1].getpixel((5, 5)) == (255, 255, 255)
    assert kept(file_of(landscape().convert("P"), "PNG"))[1].mode == "RGB"
    assert kept(file_of(landscape().convert("CMYK")))[1].mode == "RGB"
    assert kept(file_of(landscape().convert("L")))[1].mode == "RGB"


def test_colours_of_another_profile_are_converted_and_a_broken_profile_is_no_obstacle() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for own in (profile, b"no profile at all"):
        _, image = kept(file_of(landscape(), icc_profile=own))
        red = image.getpixel((10, 10))
        assert isinstance(red, tuple) and red[0] > 240 and red[1] < 20
        assert "icc_profile" not in image.info


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"<html><body>fotka.jpg</body></html>",
        b"%PDF-1.7\n%\xe2\xe3",
        b"\xff\xd8\xff\xe0" + b"\0" * 500,
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"MZ\x90\0" + b"\0" * 2000,
    ],
    ids=["empty", "gif", "html", "pdf", "only-begins", "svg", "program"],
)
def test_what_is_no_photo_is_refused_with_what_to_do(content: bytes) -> None:
    assert "JPEG, PNG nebo WebP" in refusal(content)


def test_other_formats_of_pillow_are_not_even_tried() -> None:
    for form in ("GIF", "BMP", "TIFF", "ICO"):
        assert "JPEG, PNG nebo WebP" in refusal(file_of(landscape(512, 512), form))


def test_a_photo_that_is_cut_off_is_refused() -> None:
    assert sets_type(), "what sets documents would have Pillow pass over a missing end"
    whole = file_of(landscape())
    assert "poškozený" in refusal(whole[: len(whole) // 2])


def test_a_telephones_own_format_is_named() -> None:
    assert "HEIC" in refusal(struct.pack(">I", 24) + b"ftypheic" + b"\0" * 100)


@pytest.mark.parametrize("side", [1, LEAST_SIDE - 1])
def test_a_picture_that_only_counts_readers_is_refused(side: int) -> None:
    assert re.search(rf"jen {side} × 400 bodů", refusal(file_of(landscape(side, 400))))


def test_bombs_are_refused_by_what_they_claim_before_they_are_unpacked() -> None:
    small = png(20_000, 20_000)
    assert len(small) < 100_000
    jpeg = file_of(landscape())
    for content in (small, png(8000, 8000), claiming(jpeg, 60_000, 60_000), claiming(jpeg, 13_000, 10_000)):
        assert re.search(r"víc než (30|120) milionů bodů", refusal(content))


def test_a_bomb_in_a_text_chunk_is_refused() -> None:
    notes = PngInfo()
    notes.add_text("Comment", "a" * 80_000_000, zip=True)
    assert "JPEG, PNG nebo WebP" in refusal(file_of(landscape(), "PNG", pnginfo=notes))


def test_a_good_cameras_photo_is_taken() -> None:
    photo, _ = kept(file_of(landscape(8000, 6000)))
    assert (photo.width, photo.height) == (2400, 1800)
