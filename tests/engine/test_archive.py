from __future__ import annotations

import struct
import zipfile
from base64 import urlsafe_b64encode
from io import BytesIO

import pytest

from qiniufop import Mkzip
from qiniufop.engine.errors import FopFailed, LimitExceeded
from qiniufop.engine.limits import Limits

from .pictures import engine, run

A, B = "http://cdn.example.com/docs/a%20b.txt?e=1&token=x", "kodo://bkt/dir/b.txt"
OBJECTS = {A: b"first " * 100, B: b"second"}


def zipped(*files: tuple[str, str | None], encoding=None):
    return Mkzip(mode=2, encoding=encoding, files=[{"url": url, "alias": alias} for url, alias in files])


def b64(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode()


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_files_are_packed_under_their_alias_or_their_own_name():
    result = run(zipped((A, None), (B, "资料/甲.txt")), b"any", OBJECTS)
    assert result.mime == "application/zip"
    assert members(result.read()) == {"a b.txt": OBJECTS[A], "资料/甲.txt": b"second"}


def test_archives_are_compressed_and_the_same_every_time():
    first, second = (run(zipped((A, None), (B, None)), b"any", OBJECTS).read() for _ in range(2))
    assert first == second
    assert len(first) < len(OBJECTS[A])
    with zipfile.ZipFile(BytesIO(first)) as archive:
        info = archive.infolist()[0]
    assert (info.compress_type, info.date_time) == (zipfile.ZIP_DEFLATED, (1980, 1, 1, 0, 0, 0))


def test_names_in_gbk():
    data = run(zipped((B, "资料/甲.txt"), encoding="gbk"), b"any", OBJECTS).read()
    assert "资料/甲.txt".encode("gbk") in data
    assert "资料/甲.txt".encode() not in data
    assert struct.unpack("<H", data[6:8])[0] & 0x800 == 0
    with zipfile.ZipFile(BytesIO(data)) as archive:
        (info,) = archive.infolist()
        assert info.filename.encode("cp437").decode("gbk") == "资料/甲.txt"
        assert archive.read(info) == b"second"


def test_an_index_lists_the_files():
    index = f"/url/{b64(A)}\n/url/{b64(B).rstrip('=')}/alias/{b64('c/d.txt')}\r\n\n"
    result = run(Mkzip(mode=4), index.encode(), OBJECTS)
    assert members(result.read()) == {"a b.txt": OBJECTS[A], "c/d.txt": b"second"}


@pytest.mark.parametrize("name", ["/etc/passwd", "../a", "a/../b", "a//b", "C:/a", "a\\b", "a\0b", "./a", "a/", ".."])
def test_error_names_that_lead_out_of_the_archive(name):
    with pytest.raises(FopFailed, match="cannot be a name in an archive: it must be a relative path"):
        run(zipped((A, name)), b"any", OBJECTS)


def test_error_mkzip():
    with pytest.raises(FopFailed, match=r"two files would be called 'x\.txt': give one of them another alias"):
        run(zipped((A, "x.txt"), (B, "x.txt")), b"any", OBJECTS)
    with pytest.raises(FopFailed, match="there is no object 'kodo://bkt/c'"):
        run(zipped(("kodo://bkt/c", None)), b"any", OBJECTS)
    with pytest.raises(FopFailed, match="is empty, and empty files cannot be packed"):
        run(zipped((B, None)), b"any", {B: b""})
    with pytest.raises(FopFailed, match="'' cannot be a name in an archive"):
        run(zipped(("http://cdn.example.com/", None)), b"any", OBJECTS)
    with pytest.raises(FopFailed, match="cannot be written in gbk"):
        run(zipped((B, "\N{GRINNING FACE}"), encoding="gbk"), b"any", OBJECTS)
    with pytest.raises(FopFailed, match=r"line 2 of the index is not /url/<base64>\[/alias/<base64>\]: 'nonsense'"):
        run(Mkzip(mode=4), f"/url/{b64(A)}\nnonsense".encode(), OBJECTS)
    with pytest.raises(FopFailed, match="line 1 of the index holds no URL-safe base64: 'a'"):
        run(Mkzip(mode=4), b"/url/a", OBJECTS)
    with pytest.raises(FopFailed, match="the source is not an index: it is not text in UTF-8"):
        run(Mkzip(mode=4), b"\xff\xd8\xff", OBJECTS)
    with pytest.raises(FopFailed, match="there is nothing to pack"):
        run(Mkzip(mode=4), b"\n", OBJECTS)


def test_error_mkzip_limits():
    with pytest.raises(LimitExceeded, match="2 files are more than 1"):
        run(zipped((A, None), (B, None)), b"any", OBJECTS, limits=Limits(zip_entries=1))
    with pytest.raises(LimitExceeded, match="the files are larger than 600 bytes"):
        run(zipped((A, None), (B, None)), b"any", OBJECTS, limits=Limits(result_bytes=600))


def test_progress_is_told():
    shares: list[float] = []
    engine(OBJECTS).run(b"any", zipped((A, None), (B, None)), progress=shares.append)
    assert shares == [0.5, 1.0]
