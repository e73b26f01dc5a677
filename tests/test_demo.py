"""The demo really runs: a server, a client, jobs, files, a sheet and a page."""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest

import qiniufop
from qiniufop import demo, samples
from qiniufop.errors import MissingExtraError

Image = pytest.importorskip("PIL.Image")
pytest.importorskip("flask")
pytest.importorskip("imageio_ffmpeg")


class Ran(NamedTuple):
    demo: demo.Demo
    lines: list[str]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    lines: list[str] = []
    return Ran(demo.run(tmp_path_factory.mktemp("demo") / "out", lines.append), lines)


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        width, height = picture.size
        return width, height


def test_the_outputs_are_what_was_asked_for(ran: Ran) -> None:
    assert [path.name for path in ran.demo.files] == [
        "photo-marked.jpg",
        "photo-square.webp",
        "photo-tall.jpg",
        "photo-blurred.webp",
        "clip-360p.mp4",
        "clip-frame.jpg",
        "clip-cover.webp",
    ]
    pictures = {path.name: size_of(path) for path in ran.demo.files if path.suffix != ".mp4"}
    assert pictures == {
        "photo-marked.jpg": (480, 320),
        "photo-square.webp": (320, 320),
        "photo-tall.jpg": (180, 320),
        "photo-blurred.webp": (320, 214),
        "clip-frame.jpg": (1280, 720),
        "clip-cover.webp": (320, 180),
    }


def test_the_video_is_smaller_and_carries_the_mark(ran: Ran) -> None:
    small = ran.demo.folder / "clip-360p.mp4"
    assert small.read_bytes()[4:8] == b"ftyp"
    assert small.stat().st_size < samples.clip.stat().st_size
    assert size_of(ran.demo.folder / "clip-360p-frame.jpg") == (640, 360)
    assert differs(ran.demo.folder / "clip-360p-frame.jpg", ran.demo.folder / "clip-frame.jpg", (480, 16, 620, 54))
    assert not differs(ran.demo.folder / "clip-360p-frame.jpg", ran.demo.folder / "clip-frame.jpg", (8, 320, 80, 352))


def differs(one: Path, other: Path, box: tuple[int, int, int, int]) -> bool:
    """Whether a region looks different, once the other picture has the size of the first."""
    from PIL import ImageChops, ImageStat

    with Image.open(one) as first, Image.open(other) as second:
        left, right = first.convert("L"), second.convert("L").resize(first.size)
    (mean,) = ImageStat.Stat(ImageChops.difference(left.crop(box), right.crop(box))).mean
    return mean > 12


def test_the_photograph_carries_logo_and_text(ran: Ran) -> None:
    marked = ran.demo.folder / "photo-marked.jpg"
    assert differs(marked, samples.photo, (310, 262, 466, 306))
    assert differs(marked, samples.photo, (14, 12, 200, 36))
    assert not differs(marked, samples.photo, (150, 100, 330, 200))


class References(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.code: list[str] = []
        self.in_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attrs if name in {"src", "href", "poster"} and value}
        if tag == "pre":
            self.in_code = True
            self.code.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "pre":
            self.in_code = False

    def handle_data(self, data: str) -> None:
        if self.in_code:
            self.code[-1] += data


def test_the_page_shows_every_output_from_files_beside_it(ran: Ran) -> None:
    page = References()
    page.feed(ran.demo.page.read_text(encoding="utf-8"))
    assert {path.name for path in ran.demo.files} <= page.found
    assert {"source/photo.jpg", "source/clip.mp4", "sheet.png"} <= page.found
    for reference in page.found:
        assert (ran.demo.folder / reference).is_file(), reference


def test_the_python_on_the_page_builds_the_command_beside_it(ran: Ran) -> None:
    page = References()
    page.feed(ran.demo.page.read_text(encoding="utf-8"))
    pairs = list(zip(page.code[::2], page.code[1::2], strict=True))
    assert len(pairs) == len(ran.demo.files)
    for python, wire in pairs:
        names = {name: getattr(qiniufop, name) for name in re.findall(r"\b[A-Z]\w+(?=\()", python)}
        assert str(eval(f"({python})", names)) == wire


def test_the_sheet_is_a_picture(ran: Ran) -> None:
    width, height = size_of(ran.demo.sheet)
    assert width == 1600
    assert height > 1600


def test_what_is_said(ran: Ran) -> None:
    text = "\n".join(ran.lines)
    assert text.startswith("The dev server listens at http://127.0.0.1:")
    for path in ran.demo.files:
        line = next(line for line in text.splitlines() if line.startswith(f"  {path.name} "))
        assert f"{path.stat().st_size / 1000:,.1f} kB" in line
    assert text.endswith(f"  {ran.demo.sheet}\n  {ran.demo.page}")


def test_error_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "qiniufop.demo.sheet", raising=False)
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(MissingExtraError) as caught:
        demo.run(tmp_path / "out")
    assert str(caught.value) == "The demo needs more packages: pip install 'qiniufop[local]'"
    assert not (tmp_path / "out").exists()


def test_a_long_command_is_broken_to_fit(ran: Ran) -> None:
    from qiniufop.demo.sheet import font, wrap

    command = "watermark/2/text/" + "QUJD" * 80 + "|saveas/b3V0OnBob3RvLmpwZw=="
    lines = wrap(command, 600, "photo.jpg: ")
    assert len(lines) > 3
    assert all(font(17).getlength(line) <= 600 for line in lines)
    assert "".join(line.removeprefix("    ") for line in lines) == "photo.jpg: " + command
