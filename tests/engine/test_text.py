from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from qiniufop.engine import fonts
from qiniufop.engine.errors import FopFailed
from qiniufop.engine.fonts import Font, find_font, missing_characters
from qiniufop.engine.text import draw_text

BLACK = (0, 0, 0, 255)
BUILT_IN = Font(None, 0, False)
CHINESE = "七牛云存储"


@pytest.fixture
def alone(monkeypatch):
    """A machine without fonts of its own."""
    monkeypatch.delenv("QINIUFOP_FONTS", raising=False)
    monkeypatch.setattr(fonts, "_installed", dict)
    monkeypatch.setattr(fonts, "_fontconfig", lambda name: ())


def test_letters_are_drawn_at_their_size():
    small = draw_text("HxgÅ", BLACK, twips=240, known={}).image
    large = draw_text("HxgÅ", BLACK, twips=2400, known={}).image
    assert 10 <= small.height <= 20
    assert 8 <= large.height / small.height <= 12
    assert large.getbbox() is not None
    assert draw_text("H", BLACK, twips=0, known={}).image.size == draw_text("H", BLACK, known={}).image.size


def test_ground_is_transparent_and_letters_have_the_colour():
    image = draw_text("HHH", (255, 0, 0, 255), twips=1000, known={}).image
    assert image.getpixel((0, 0))[3] == 0
    assert (255, 0, 0, 255) in [pixel for _, pixel in image.getcolors(100_000) or []]


def test_an_empty_text_is_an_empty_picture():
    assert draw_text(" ", BLACK, known={}).image.getbbox() is None


def test_marks_that_are_not_drawn_leave_no_boxes():
    plain = draw_text("HH\nHH", BLACK, known={}).image
    assert draw_text("H\u200dH\ufe0f\r\n\u200bHH\x00", BLACK, known={}).image.tobytes() == plain.tobytes()
    assert draw_text("H\tH", BLACK, known={}).image.width > draw_text("H H", BLACK, known={}).image.width


def test_a_stand_in_for_the_font_is_told():
    assert draw_text("H", BLACK, font="No Such Family", known={}).note == (
        "font 'No Such Family' is not installed: the text is drawn with another"
    )


def test_pillows_own_font_lacks_chinese():
    assert missing_characters(BUILT_IN, "Hello, 七牛!") == "七牛"
    assert missing_characters(BUILT_IN, "Hello\n, world!") == ""


@pytest.mark.usefixtures("alone")
def test_error_no_boxes_are_drawn_for_missing_characters():
    with pytest.raises(FopFailed, match="text: no font here can draw '七牛': install one that can, name it in the"):
        draw_text("abc 七牛", BLACK, known={})


def test_chinese_is_drawn_if_a_font_has_it():
    try:
        image = draw_text(CHINESE, BLACK, twips=1000, known={}).image
    except FopFailed as error:
        missing = str(error).split("'")[1]
        assert missing
        assert set(missing) <= set(CHINESE)
        return
    columns = [image.crop((50 * n, 0, 50 * n + 50, image.height)).tobytes() for n in range(len(CHINESE))]
    assert len(set(columns)) == len(CHINESE)
    assert all(unicodedata.category(c) == "Lo" for c in CHINESE)


@pytest.mark.usefixtures("alone")
def test_fonts_are_looked_up_by_name_then_in_the_folder(tmp_path, monkeypatch):
    file = any_file()
    if file is None:
        pytest.skip("there is no font file on this machine")
    assert find_font("My Font", "H", {"my font": file}) == Font(file, 0, True)
    assert find_font("Other", "H", {"my font": file}) == Font(file, 0, False)
    assert find_font("Other", "H", {}) == BUILT_IN
    (tmp_path / f"MyFont{file.suffix}").write_bytes(file.read_bytes())
    monkeypatch.setenv("QINIUFOP_FONTS", str(tmp_path))
    assert find_font("My Font", "H", {}) == Font(tmp_path / f"MyFont{file.suffix}", 0, True)
    assert find_font("Other", "H", {}) == Font(tmp_path / f"MyFont{file.suffix}", 0, False)


def any_file() -> Path | None:
    folders = (Path("/usr/share/fonts"), Path("/System/Library/Fonts"), Path("C:/Windows/Fonts"))
    return next((path for folder in folders for path in sorted(folder.rglob("*.ttf"))), None)


@pytest.mark.usefixtures("alone")
def test_a_broken_font_file_is_passed_over(tmp_path):
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    assert find_font("broken", "H", {"broken": broken}) == BUILT_IN


def test_names_are_no_options_of_fontconfig():
    assert isinstance(fonts._fontconfig("--version"), tuple)
    assert isinstance(fonts._fontconfig("a:file=/etc/passwd,b-12"), tuple)
    assert fonts._fontconfig("a\0b") == ()
