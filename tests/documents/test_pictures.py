"""Outlines of pictures: made by the worker once a file came in, the same for a photo that was saved again."""

import io
import tracemalloc
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.fixtures import IN_TIME, begun

from thidua.core.integrity import ALIKE_BITS
from thidua.documents import pictures, queries, tasks
from thidua.documents.models import Picture
from thidua.dossiers import actions as dossiers
from thidua.host.bounded import Limits


def photo(*, format="JPEG", size=(640, 480), turned=False, **saving) -> io.BytesIO:
    image = Image.linear_gradient("L").resize((640, 480)).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.ellipse((80, 60, 300, 400), fill="white")
    draw.rectangle((380, 100, 600, 300), fill="black")
    if turned:
        image = image.transpose(Image.Transpose.ROTATE_180)
    out = io.BytesIO()
    image.resize(size).save(out, format, **saving)
    out.seek(0)
    return out


def differing(one: str, two: str) -> int:
    return (int(one, 16) ^ int(two, 16)).bit_count()


def test_a_photo_saved_again_is_nearly_the_same_and_another_is_not():
    first = pictures.outline(photo(quality=90).getvalue())
    assert len(first) == 16
    for again in (photo(quality=40), photo(size=(300, 225)), photo(format="PNG")):
        assert differing(first, pictures.outline(again.getvalue())) <= ALIKE_BITS
    assert differing(first, pictures.outline(photo(turned=True).getvalue())) > ALIKE_BITS
    exif = Image.Exif()
    exif[0x0112] = 3  # a camera held upside down: the photo is turned back before it is looked at
    assert differing(first, pictures.outline(photo(turned=True, exif=exif).getvalue())) <= ALIKE_BITS


@pytest.mark.parametrize("content", [b"\xff\xd8\xff\xe0 no picture", photo().getvalue()[:900], b"\x89PNG\r\n\x1a\n"])
def test_what_cannot_be_read_has_no_outline_and_is_not_read_again(world, content):
    dossier = begun(world)
    upload = SimpleUploadedFile("anh.png", content)
    assert pictures.outline(content) == "" or content.startswith(b"\xff\xd8\xff\xe0\x00\x10JFIF")
    dossiers.attach(dossier=dossier, question="files", uploads=[upload], by=world.an, at=IN_TIME)
    tasks.check_the_rest()
    assert Picture.objects.count() == 1
    assert not queries.without_outline().exists()


def test_the_worker_looks_at_a_picture_that_came_in(world):
    dossier = begun(world)
    upload = SimpleUploadedFile("anh.jpg", photo().read())
    dossiers.attach(dossier=dossier, question="files", uploads=[upload], by=world.an, at=IN_TIME)
    (job,) = ProcrastinateJob.objects.filter(task_name="documents.outline_picture")
    tasks.outline_picture(**job.args)
    assert Picture.objects.get().outline == pictures.outline(photo().getvalue())


def header_only(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG file that says how large it is, and a few bytes of it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 6, 0, 0, 0))
    row = zlib.compress(b"\0" * min(width * height, 10_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(chunks) + chunk(b"IDAT", row) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(60_000, 60_000), (9000, 7000), (2**31 - 1, 2**31 - 1), (1, 2**30)])
def test_a_picture_is_judged_by_its_points_before_it_is_unpacked(size):
    tracemalloc.start()
    try:
        assert pictures.outline(header_only(*size)) == ""
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()


def test_a_picture_that_ends_its_reader_has_no_outline(monkeypatch):
    monkeypatch.setattr(pictures, "READER", Limits(seconds=20, memory=1))
    assert pictures.outline_of(photo().getvalue()) == ""
    monkeypatch.undo()
    assert pictures.outline_of(photo().getvalue()) == pictures.outline(photo().getvalue())
