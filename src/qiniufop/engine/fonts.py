"""Finding a font that can draw a text, on whatever machine this is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from PIL import ImageFont

from .errors import FopFailed

DEFAULT = "黑体"
"""The font the service draws with unless told otherwise."""

_SUFFIXES = (".ttf", ".ttc", ".otf", ".otc")
# What families are called in files. The first that exists and can draw the text is taken.
_FILES = {
    "黑体": ("simhei.ttf", "STHeiti Medium.ttc", "PingFang.ttc", "wqy-microhei.ttc", "NotoSansCJK-Regular.ttc"),
    "宋体": ("simsun.ttc", "Songti.ttc", "NotoSerifCJK-Regular.ttc"),
    "楷体": ("simkai.ttf", "Kaiti.ttc"),
    "微软雅黑": ("msyh.ttc", "msyh.ttf"),
    "timesnewroman": ("times.ttf", "Times New Roman.ttf", "LiberationSerif-Regular.ttf"),
    "arial": ("arial.ttf", "Arial.ttf", "LiberationSans-Regular.ttf"),
}
_ANY = (
    "msyh.ttc",
    "PingFang.ttc",
    "Hiragino Sans GB.ttc",
    "NotoSansCJK-Regular.ttc",
    "wqy-microhei.ttc",
    "DejaVuSans.ttf",
)
_NOWHERE = "\U0010ffff"


class Font(NamedTuple):
    """A font file, or Pillow's own font where ``path`` is None.

    Attributes:
        path: the file.
        face: its number in a collection.
        named: whether it is the one that was asked for, not a stand-in.
    """

    path: Path | None
    face: int
    named: bool

    def at(self, pixels: float) -> ImageFont.FreeTypeFont:
        """The font at a size."""
        if self.path is None:
            font = ImageFont.load_default(pixels)
            assert isinstance(font, ImageFont.FreeTypeFont)
            return font
        font = ImageFont.truetype(self.path, pixels, self.face, layout_engine=ImageFont.Layout.BASIC)
        with suppress(OSError, NotImplementedError):
            # Of a variable font the first style may be the thinnest.
            if b"Regular" in font.get_variation_names():
                font.set_variation_by_name("Regular")
        return font


def find_font(name: str, text: str, known: Mapping[str, Path]) -> Font:
    """The first font that has every character of ``text``.

    Looked for in this order: ``known``; the directory named by the variable ``QINIUFOP_FONTS``; what fontconfig
    answers; the system's font folders; Pillow's own font, which has no Chinese.

    Args:
        name: the family asked for.
        text: what is to be drawn.
        known: font files by family.

    Raises:
        FopFailed: no font has all characters. The message names those that are missing.
    """
    missing: str | None = None
    for font in _candidates(name, known):
        lacks = missing_characters(font, text)
        if not lacks:
            return font
        missing = lacks if missing is None or len(lacks) < len(missing) else missing
    raise FopFailed(
        "text",
        f"no font here can draw {missing!r}: install one that can, name it in the engine's fonts, "
        "or put it into the directory that QINIUFOP_FONTS names",
    )


def missing_characters(font: Font, text: str) -> str:
    """The characters that a font would draw as an empty box, or not at all."""
    try:
        face = font.at(32)
    except OSError:
        return text
    box = _shape(face, _NOWHERE)
    marks = (c for c in dict.fromkeys(text) if unicodedata.category(c)[0] not in "ZC")
    return "".join(c for c in marks if _shape(face, c) == box)


def _shape(face: ImageFont.FreeTypeFont, character: str) -> tuple[tuple[int, int], bytes]:
    mask: Any = face.getmask(character)
    return mask.size, bytes(mask)


def _candidates(name: str, known: Mapping[str, Path]) -> Iterator[Font]:
    wanted = _plain(name)
    for family, path in known.items():
        if _plain(family) == wanted:
            yield _font(path, True)
    own = os.environ.get("QINIUFOP_FONTS")
    files = _files(own) if own else {}
    yield from _named(files, wanted, name)
    yield from _fontconfig(name)
    installed = _installed()
    yield from _named(installed, wanted, name)
    for path in (*files.values(), *known.values()):
        yield _font(path, False)
    for file in _ANY:
        if file.lower() in installed:
            yield _font(installed[file.lower()], False)
    yield Font(None, 0, False)


def _font(path: Path, named: bool) -> Font:
    # In these collections the first face is the Japanese one, and the third that of the mainland.
    chinese = path.name.lower().startswith(("notosanscjk", "notoserifcjk")) and path.suffix.lower() in (".ttc", ".otc")
    return Font(path, 2 if chinese else 0, named)


def _plain(name: str) -> str:
    return "".join(name.lower().split())


def _named(files: Mapping[str, Path], wanted: str, name: str) -> Iterator[Font]:
    aliases: Iterable[str] = (*_FILES.get(name, ()), *_FILES.get(wanted, ()), *(wanted + end for end in _SUFFIXES))
    for file in aliases:
        if file.lower() in files:
            yield _font(files[file.lower()], True)


def _files(folder: str) -> dict[str, Path]:
    found = (path for path in sorted(Path(folder).rglob("*")) if path.suffix.lower() in _SUFFIXES)
    return {path.name.lower(): path for path in found}


@lru_cache(maxsize=1)
def _installed() -> dict[str, Path]:
    home = Path.home()
    if sys.platform == "win32":
        folders = [Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"]
        folders.append(home / "AppData/Local/Microsoft/Windows/Fonts")
    elif sys.platform == "darwin":
        folders = [home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")]
    else:
        folders = [home / ".local/share/fonts", Path("/usr/local/share/fonts"), Path("/usr/share/fonts")]
    return {name: path for folder in reversed(folders) for name, path in _files(str(folder)).items()}


@lru_cache(maxsize=64)
def _fontconfig(name: str) -> tuple[Font, ...]:
    program = shutil.which("fc-match")
    if program is None or "\0" in name:
        return ()
    # In a pattern these four have a meaning of their own.
    family = "".join(f"\\{c}" if c in r"\-:," else c for c in name)
    command = [program, "-f", "%{file}\n%{index}\n%{family}", "--", f"{family}:lang=zh-cn"]
    try:
        answer = subprocess.run(command, capture_output=True, timeout=10, check=True).stdout.decode("utf-8", "replace")
        path, index, families = answer.split("\n")[:3]
    except (OSError, subprocess.SubprocessError, ValueError):
        return ()
    named = any(_plain(answered) == _plain(name) for answered in families.split(","))
    # The upper half of the number is an instance of a variable font.
    return (Font(Path(path), int(index) & 0xFFFF, named),) if path.lower().endswith(_SUFFIXES) else ()
