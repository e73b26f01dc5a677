"""Files of any kind: packing, joining, hashing, QR codes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from typing_extensions import Self

from ..core import Fop
from ..declaration import Facts
from ..declared import Group
from ..faults import Fault
from ..media import Archive, Image, Json, Media
from ..shapes import is_mapping
from ..wire import Codec, Fact, Groups, Many, Tail, Text, Url, b64decode, b64encode, camel
from ._signatures import MkzipCalls

__all__ = ["Concat", "Mkzip", "MkzipFiles", "MkzipIndex", "Qhash", "Qrcode", "ZipEntry"]

_MKZIP = "https://developer.qiniu.com/dora/1667/mkzip"
_MKZIP_BYTES = 2048
_SPELLINGS = {"gbk": "gbk", "utf-8": "utf-8", "utf8": "utf-8"}


def _encoding(text: str) -> str:
    plain = b64decode(text)
    try:
        return _SPELLINGS[plain.lower()]
    except KeyError:
        raise ValueError(f"the base64 of gbk or utf-8, not of {plain[:40]!r}") from None


Encoding = Annotated[Literal["gbk", "utf-8"], Codec(b64encode, _encoding, "gbk or utf-8, in base64")]


class ZipEntry(Group):
    """A file to pack."""

    url: Url
    """Where the file is: a public URL, or a signed one that is still valid when the job runs. All files of an archive
    lie in one bucket, and none is empty."""
    alias: Annotated[Text | None, Fact("the file name in the URL")] = None
    """Path in the archive; slashes make folders."""


class Mkzip(
    MkzipCalls,
    Fop[Media, Archive],
    fop="mkzip",
    family=True,
    init=False,
    facts=Facts(title="Pack files into a zip", zh="多文件压缩", docs=(_MKZIP,), modes=("persistent",)),
):
    """Pack stored files into a zip. Takes anything, makes an archive.

    * ``Mkzip(mode=2, files=[ZipEntry(url=...), ...])`` a few files, listed in the command (:class:`MkzipFiles`);
    * ``Mkzip(mode=4)`` many files, listed in the object the job runs on (:class:`MkzipIndex`).

    Raises:
        ValidationError: there is no file, or the command is too long.
        TypeError: there is no such mode.
    """

    mode: int = Field(kw_only=False)
    """How the files are listed."""


class MkzipFiles(
    Mkzip,
    variant=("2",),
    facts=Facts(
        title="Pack a few files into a zip",
        zh="少量文件压缩",
        docs=(_MKZIP,),
        modes=("persistent",),
        rules=(
            "The object the job runs on must exist; its content does not matter.",
            "All files lie in one bucket, and none is empty.",
            "Without saveas the archive is named by its hash, in the bucket of the source.",
        ),
        limits=("The whole command has at most 2048 bytes.",),
        examples=(
            (
                "mkzip/2/url/aHR0cDovL2Nkbi5leGFtcGxlLmNvbS9hLnR4dA==/alias/ZG9jcy_nlLIudHh0"
                "/url/aHR0cDovL2Nkbi5leGFtcGxlLmNvbS9iLnR4dA==|saveas/Ymt0Om91dC56aXA=",
                "two files, the first renamed to docs/甲.txt",
            ),
            (
                "mkzip/2/encoding/Z2Jr/url/aHR0cDovL2Nkbi5leGFtcGxlLmNvbS9hLnR4dA==|saveas/Ymt0Om91dC56aXA=",
                "names in GBK",
            ),
        ),
    ),
):
    """Pack files that the command lists. Takes anything, makes an archive.

    Raises:
        ValidationError: there is no file, or the command is longer than 2048 bytes.
    """

    mode: Literal[2] = Field(default=2, kw_only=False)
    """Always 2."""
    encoding: Annotated[Encoding | None, Fact("utf-8")] = None
    """Encoding of the names in the archive; ``gbk`` suits the unzip program of Chinese Windows."""
    files: Annotated[Many[ZipEntry], Field(min_length=1), Groups(strict=True)]
    """The files, in the order they are packed."""

    @model_validator(mode="after")
    def _short(self) -> Self:
        if (length := len(self.to_fop())) > _MKZIP_BYTES:
            raise ValueError(f"is {length} bytes long, and mode 2 has at most {_MKZIP_BYTES}: use mode 4 with an index")
        return self


class MkzipIndex(
    Mkzip,
    variant=("4",),
    facts=Facts(
        title="Pack many files into a zip",
        zh="大量文件压缩",
        docs=(_MKZIP,),
        modes=("persistent",),
        rules=(
            "The object the job runs on is the index: a line /url/<base64>[/alias/<base64>] for each file.",
            "All files lie in one bucket, and none is empty.",
            "Keep the index until the job is done.",
        ),
        limits=("3000 files, as field reports have it.",),
        examples=(
            ("mkzip/4/encoding/dXRmLTg=|saveas/Ymt0Om91dC56aXA=", "all files of the index"),
            ("mkzip/4|saveas/Ymt0Om91dC56aXA=", "the same"),
        ),
    ),
):
    """Pack the files that an index lists, which is the object the job runs on. Takes the index, makes an archive.

    ``MkzipIndex.index(files)`` is the text of an index to upload.
    """

    foreign = dict.fromkeys(("url", "alias"), "mode 4 reads its files from the object it runs on; mode 2 lists them")

    mode: Literal[4] = Field(default=4, kw_only=False)
    """Always 4."""
    encoding: Annotated[Encoding | None, Fact("utf-8")] = None
    """Encoding of the names in the archive; ``gbk`` suits the unzip program of Chinese Windows."""

    @staticmethod
    def index(files: Iterable[ZipEntry]) -> str:
        """The text of the index that lists ``files``, one to a line."""
        return "".join(f"/{file.spell()}\n" for file in files)


class Concat(
    Fop[Media, Any],
    fop="concat",
    spell=camel,
    facts=Facts(
        title="Join files byte by byte",
        zh="文件拼接",
        docs=("https://developer.qiniu.com/dora/1253",),
        modes=("persistent",),
        rules=(
            "All files lie in one bucket.",
            "A newer page also speaks of an order by file name: name files so if order matters.",
            "For audio and video there is avconcat.",
        ),
        limits=("At most 1000 files, the source among them.",),
        examples=(
            (
                "concat/mimeType/dGV4dC9wbGFpbg==/aHR0cDovL2Nkbi5leGFtcGxlLmNvbS9iLnR4dA=="
                "/aHR0cDovL2Nkbi5leGFtcGxlLmNvbS9jLnR4dA==|saveas/Ymt0OmFsbC50eHQ=",
                "the source, b.txt and c.txt",
            ),
        ),
    ),
):
    """Join files end to end, the source first. Takes anything; what it makes follows from the files.

    Raises:
        ValidationError: there is no further file, or there are more than 999.
    """

    mime_type: Text
    """MIME type of the result, such as ``text/plain``."""
    urls: Annotated[Many[Url], Field(min_length=1, max_length=999), Tail()]
    """The second and later files."""

    @classmethod
    def _read_segments(cls, segments: list[str], keep: bool) -> Self:
        if segments and segments[0] != "mimeType":
            start = len(cls.name) + 1
            raise Fault("concat needs 'mimeType' right after the name", (start, start + len(segments[0])), "missing")
        return super()._read_segments(segments, keep)


class Qhash(
    Fop[Media, Json],
    fop="qhash",
    facts=Facts(
        title="Hash of a file",
        zh="文件 HASH 值",
        docs=("https://developer.qiniu.com/dora/1297",),
        rules=("It is not the etag.", "In a pipe it hashes the result of the stage before it."),
        limits=("In East, North and South China, North America and Southeast Asia.",),
        examples=(("qhash/md5", "hash and fsize"), ("qhash/sha256", "the same, SHA-256")),
    ),
):
    """Report the digest of a file in hex, and its size in bytes. Takes anything, makes JSON."""

    algorithm: Literal["md5", "sha1", "sha256"] = Field(kw_only=False)
    """The digest."""


class Qrcode(
    Fop[Media, Image],
    fop="qrcode",
    facts=Facts(
        title="QR code of a URL or a text",
        zh="资源下载二维码",
        docs=("https://developer.qiniu.com/dora/1298/resource-download-the-qr-code-qrcode",),
        modes=("sync", "persistent", "style"),
        rules=("Mode 0 is best used in a URL: a job has none that was asked for.",),
        examples=(
            ("qrcode", "the URL"),
            ("qrcode/1", "the content"),
            ("qrcode/1/level/M", "the content, medium redundancy"),
            (
                "qrcode|watermark/1/image/aHR0cDovL2Nkbi5leGFtcGxlLmNvbS9sb2dvLnBuZw==/gravity/Center",
                "with a logo in the middle",
            ),
        ),
    ),
):
    """Make a QR code of the download URL, or of the content, which is a short text. Takes anything, makes a png.

    With a level the mode is always written: 0 unless it is given.
    """

    mode: Annotated[Literal[0, 1] | None, Fact("0")] = Field(default=None, kw_only=False)
    """0 encodes the URL, 1 the content."""
    level: Annotated[Literal["L", "M", "Q", "H"] | None, Fact("L")] = None
    """Share that may be damaged: L 7, M 15, Q 25, H 30 percent. More makes a larger picture."""

    @model_validator(mode="before")
    @classmethod
    def _mode_with_level(cls, data: Any) -> Any:
        if is_mapping(data) and data.get("level") is not None and data.get("mode") is None:
            return {**data, "mode": 0}
        return data
