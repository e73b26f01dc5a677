from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from qiniufop import (
    Concat,
    FopSyntaxError,
    Md2html,
    Mkzip,
    MkzipFiles,
    MkzipIndex,
    Qhash,
    Qrcode,
    StageError,
    ZipEntry,
    load,
    parse,
)

from .known import examples, real_commands

OPS = ("mkzip", "concat", "qhash", "qrcode")
URL, B64 = "http://a.b/c", "aHR0cDovL2EuYi9j"


@pytest.mark.parametrize("text", [*examples(*OPS), *real_commands(*OPS)])
def test_known_commands_are_read_and_kept(text: str) -> None:
    value = parse(text)
    assert str(value) == text
    assert parse(str(value.canonical())) == value


@pytest.mark.parametrize("text", real_commands("mkzip", label="malformed"))
def test_real_mistakes_in_mkzip_are_refused(text: str) -> None:
    with pytest.raises(FopSyntaxError, match="mkzip"):
        parse(text)


@pytest.mark.parametrize(
    ("op", "text"),
    [
        (Mkzip(4), "mkzip/4"),
        (Mkzip(mode=4, encoding="gbk"), "mkzip/4/encoding/Z2Jr"),
        (Mkzip(2, files=[ZipEntry(url=URL)]), f"mkzip/2/url/{B64}"),
        (
            Mkzip(mode=2, encoding="utf-8", files=[{"url": URL, "alias": "d/甲"}, {"url": URL}]),
            f"mkzip/2/encoding/dXRmLTg=/url/{B64}/alias/ZC_nlLI=/url/{B64}",
        ),
        (Concat(mime_type="text/plain", urls=[URL, URL]), f"concat/mimeType/dGV4dC9wbGFpbg==/{B64}/{B64}"),
        (Qhash("sha1"), "qhash/sha1"),
        (Qrcode(), "qrcode"),
        (Qrcode(1), "qrcode/1"),
        (Qrcode(level="H"), "qrcode/0/level/H"),
        (Qrcode(1, level="Q"), "qrcode/1/level/Q"),
    ],
)
def test_spelling(op: Any, text: str) -> None:
    assert str(op) == text
    assert parse(text) == op
    assert load(op.to_data()) == op


def test_a_level_without_a_mode_means_mode_0() -> None:
    value = parse("qrcode/level/H")
    assert str(value) == "qrcode/level/H"
    assert str(value.canonical()) == "qrcode/0/level/H"
    assert value == Qrcode(0, level="H")


def test_encodings_are_read_in_any_spelling() -> None:
    assert parse("mkzip/4/encoding/R0JL") == Mkzip(4, encoding="gbk")
    assert parse("mkzip/4/encoding/VVRGOA==") == Mkzip(4, encoding="utf-8")


def test_kinds_of_mkzip() -> None:
    assert type(parse("mkzip/4/")) is MkzipIndex
    assert type(parse(f"mkzip/2/url/{B64}")) is MkzipFiles
    assert isinstance(Mkzip(4), Mkzip)


def test_the_text_of_an_index() -> None:
    files = [ZipEntry(url=URL, alias="甲"), ZipEntry(url=URL)]
    assert MkzipIndex.index(files) == f"/url/{B64}/alias/55Sy\n/url/{B64}\n"


def test_the_command_of_mode_2_has_at_most_2048_bytes() -> None:
    def files(n: int, last: str) -> list[ZipEntry]:
        return [*([ZipEntry(url="http://a.b/" + "c" * 67)] * n), ZipEntry(url="http://a.b/c" + last)]

    fits = Mkzip(2, files=files(18, "c" * 9))
    assert len(str(fits)) == 7 + 18 * 109 + 33
    longest = Mkzip(2, files=files(18, "c" * 36))
    assert len(str(longest)) == 2038
    with pytest.raises(ValidationError) as caught:
        Mkzip(2, files=files(18, "c" * 45))
    assert (
        caught.value.errors()[0]["msg"] == "is 2050 bytes long, and mode 2 has at most 2048: use mode 4 with an index"
    )


def test_error_too_many_files() -> None:
    assert len(str(Concat(mime_type="a/b", urls=[URL] * 999)).split("/")) == 3 + 999
    with pytest.raises(ValidationError, match="must have at most 999 items, not 1000"):
        Concat(mime_type="a/b", urls=[URL] * 1000)


@pytest.mark.parametrize(
    ("text", "message", "span"),
    [
        ("mkzip", "mkzip needs its mode right after the name: one of 2, 4", (5, 5)),
        ("mkzip/1/url/" + B64, "mkzip has no mode '1': one of 2, 4", (6, 7)),
        ("mkzip/2", "mkzip needs 'files'", (7, 7)),
        (f"mkzip/2/alias/YQ==/url/{B64}", "mkzip: 'alias' belongs behind url", (8, 13)),
        (f"mkzip/2/url/{B64}/alias/YQ==/alias/YQ==", "mkzip has 'alias' twice", (40, 45)),
        (f"mkzip/2/url/{B64}/YQ==", "mkzip has no parameter 'YQ=='; it takes encoding, alias, url", (29, 33)),
        (
            f"mkzip/4/url/{B64}",
            "mkzip has no parameter 'url'; mode 4 reads its files from the object it runs on; mode 2 lists them",
            (8, 11),
        ),
        (
            "mkzip/4/encoding/YWJj",
            "mkzip: encoding cannot be 'YWJj': expected the base64 of gbk or utf-8, not of 'abc'",
            (17, 21),
        ),
        ("mkzip/4/encoding/gbk", "mkzip: encoding cannot be 'gbk': expected URL-safe base64 of UTF-8 text", (17, 20)),
        ("concat", "concat needs 'mimeType'", (6, 6)),
        ("concat/mimeType/YS9i", "concat needs 'urls'", (20, 20)),
        (f"concat/{B64}/mimeType/YS9i", "concat needs 'mimeType' right after the name", (7, 23)),
        (
            f"concat/mimeType/YS9i/{B64}/YWJj",
            "concat: urls must be a URL such as kodo://bucket/key or https://host/path",
            (38, 42),
        ),
        ("qhash", "qhash needs its algorithm right after the name", (5, 5)),
        ("qhash/md4", "qhash: algorithm cannot be 'md4': expected md5 or sha1 or sha256", (6, 9)),
        ("qhash/md5/x", "qhash has no parameter 'x'; it takes only its algorithm", (10, 11)),
        ("qrcode/2", "qrcode: mode cannot be '2': expected 0 or 1", (7, 8)),
        ("qrcode/1/level/X", "qrcode: level cannot be 'X': expected L or M or Q or H", (15, 16)),
        ("qrcode/levle/H", "qrcode has no parameter 'levle'; did you mean 'level'?", (7, 12)),
    ],
)
def test_error_where_and_what(text: str, message: str, span: tuple[int, int]) -> None:
    with pytest.raises(FopSyntaxError) as caught:
        parse(text)
    assert (caught.value.message, caught.value.span) == (message, span)


def test_what_they_make() -> None:
    with pytest.raises(StageError, match="mkzip makes Archive, but imageView2 takes Image"):
        parse("mkzip/4|imageView2/2/w/1")
    with pytest.raises(StageError, match="qhash makes Json, which can only be saved"):
        parse("imageView2/2/w/1|qhash/md5|imageView2/2/w/1")
    joined = Concat(mime_type="text/markdown", urls=[URL]) | Md2html()
    assert len(joined.stages) == 2
