from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from qiniufop.engine.artifact import Artifact
from qiniufop.engine.errors import FopFailed, LimitExceeded, UnsupportedFopError
from qiniufop.engine.limits import Limits
from qiniufop.ops.av import Vframe

from .clips import clip, colour, command, ffmpeg, folder, run


def _picture(result: Artifact) -> Image.Image:
    with Image.open(BytesIO(result.read())) as opened:
        opened.load()
        return opened


def _counter() -> Any:
    """Four seconds whose brightness tells the second: 0, 64, 128, 192."""
    path = folder() / "counter.mp4"
    if not path.exists():
        source = "color=c=black:size=64x48:rate=10:duration=4,format=gray,geq=lum='floor(T+0.001)*64'"
        ffmpeg("-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(path))
    return path


def _second(result: Artifact) -> int:
    level = _picture(result).convert("L").getpixel((32, 24))
    assert isinstance(level, (int, float))
    return round((level - 0) / 64)


@pytest.mark.parametrize(
    ("form", "values", "size"),
    [
        ("jpg", {}, (160, 120)),
        ("png", {}, (160, 120)),
        ("jpg", {"w": 80}, (80, 60)),
        ("jpg", {"h": 60}, (80, 60)),
        ("jpg", {"w": 81}, (81, 61)),
        ("jpg", {"w": 50, "h": 100}, (50, 100)),
        ("png", {"rotate": 90}, (120, 160)),
        ("png", {"rotate": 90, "w": 60}, (60, 80)),
    ],
)
def test_vframe(form: Any, values: dict[str, Any], size: tuple[int, int]) -> None:
    result = run(Vframe(form, offset=1.0, **values), "clip.mp4")
    picture = _picture(result)
    assert (picture.size, picture.format) == (size, {"jpg": "JPEG", "png": "PNG"}[form])
    assert result.mime == {"jpg": "image/jpeg", "png": "image/png"}[form]
    assert result.file.suffix == f".{form}"


@pytest.mark.parametrize(("offset", "second"), [(0.0, 0), (0.85, 0), (1.0, 1), (2.5, 2), (3.99, 3)])
def test_vframe_takes_the_picture_of_the_moment(offset: float, second: int) -> None:
    assert _second(run(Vframe("png", offset=offset), _counter())) == second


def test_vframe_turns() -> None:
    upright = _picture(run(Vframe("png", offset=0.0, rotate=90), "halves.mp4"))
    assert (colour(upright, 60, 20), colour(upright, 60, 140)) == ("red", "blue")
    tagged = _picture(run(Vframe("png", offset=0.0), "turned.mp4"))
    followed = _picture(run(Vframe("png", offset=0.0, rotate="auto"), "turned.mp4"))
    assert (tagged.size, followed.size) == ((160, 120), (120, 160))
    assert (colour(followed, 60, 20), colour(followed, 60, 140)) == ("red", "blue")


@pytest.mark.parametrize(
    ("op", "source", "message"),
    [
        (Vframe("jpg", offset=5.0), "clip.mp4", "offset/5 is outside the video, which lasts 2 s"),
        (Vframe("jpg", offset=2.0), "clip.mp4", "offset/2 is outside the video, which lasts 2 s"),
        (Vframe("jpg", offset=0.0), "tone.mp3", "the source has no moving picture"),
    ],
)
def test_error_of_vframe(op: Any, source: str, message: str) -> None:
    with pytest.raises(FopFailed) as caught:
        run(op, source)
    assert str(caught.value) == f"vframe: {message}"


def test_error_of_a_frame_beyond_the_limit() -> None:
    with pytest.raises(LimitExceeded, match=r"^vframe: a picture of 400x300 is larger than the limit$"):
        run(Vframe("jpg", offset=0.0, w=400), "clip.mp4", limits=Limits(result_side=300))


def _vsample(form: str = "png", **values: Any) -> Any:
    values.setdefault("save_pattern", "f-$(count)")
    return command("vsample", format=form, **{key: value for key, value in values.items() if value is not None})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"interval": 1.0}, [0, 1, 2, 3]),
        ({"interval": 2.0}, [0, 2]),
        ({"ss": 1.0, "interval": 1.0}, [1, 2, 3]),
        ({"ss": 1.0, "t": 2.0, "interval": 1.0}, [1, 2]),
        ({"interval": 0.5, "t": 2.0}, [0, 0, 1, 1]),
        ({"frames": 4}, [0, 1, 2, 3]),
        ({"frames": 2}, [0, 2]),
        ({"frames": 1}, [0]),
        ({}, [0]),
    ],
)
def test_vsample_takes_pictures_at_equal_distances(values: dict[str, Any], expected: list[int]) -> None:
    result = run(_vsample(**values), _counter())
    assert [_second(picture) for _, picture in result.files] == expected
    assert [key for key, _ in result.files] == [f"f-{number:06d}" for number in range(1, len(expected) + 1)]


def test_vsample_lists_what_it_made() -> None:
    result = run(_vsample("jpg", interval=2.0, s="32x"), _counter(), key="v/film.mp4")
    assert result.multiple
    assert result.mime == "application/json"
    assert json.loads(result.read()) == [{"key": "f-000001"}, {"key": "f-000002"}]
    assert [(_picture(file).size, file.mime) for _, file in result.files] == [((32, 24), "image/jpeg")] * 2


def test_frames_are_no_more_than_the_source_has() -> None:
    assert len(run(_vsample(frames=500, t=1.0), _counter()).files) == 10


def test_the_old_name_of_the_pattern_and_turning() -> None:
    op = _vsample(interval=1.0, save_pattern=None, pattern="$(fname)-$(count).png", rotate=90)
    result = run(op, "halves.mp4", key="a/film.mp4")
    assert [key for key, _ in result.files] == ["film.mp4-000001.png"]
    assert _picture(result.files[0][1]).size == (120, 160)


@pytest.mark.parametrize("red", ["red", "#FF0000", "0xff0000"])
def test_a_sheet(red: str) -> None:
    op = command(
        "vsample", format="png", sprite_format="jpg", interval=1.0, cell_size="32x24", columns=2, lines=1,
        padding=4, margin=3, color=red, save_sprite_pattern="sheet-$(count).jpg",
    )  # fmt: skip
    result = run(op, _counter())
    assert [key for key, _ in result.files] == ["sheet-000001.jpg", "sheet-000002.jpg"]
    sheet = _picture(result.files[1][1]).convert("RGB")
    assert sheet.size == (2 * 32 + 4 + 2 * 3, 24 + 2 * 3)
    assert colour(sheet, 1, 1) == "red"
    assert colour(sheet, 3 + 32 + 2, 15) == "red"
    left, right = (_level(sheet, x) for x in (3 + 16, 3 + 32 + 4 + 16))
    assert (round(left / 64), round(right / 64)) == (2, 3)
    assert result.notes == ()


def _level(picture: Image.Image, x: int) -> int:
    pixel = picture.getpixel((x, 15))
    assert isinstance(pixel, tuple)
    return int(pixel[1])


def test_a_sheet_and_its_pictures() -> None:
    op = _vsample(interval=1.0, cell_size="32x24", save_sprite_pattern="sheet-$(count)", columns=4, lines=1)
    result = run(op, _counter())
    assert [key for key, _ in result.files] == [*(f"f-{n:06d}" for n in range(1, 5)), "sheet-000001"]
    assert [_second(file) for _, file in result.files[:4]] == [0, 1, 2, 3]
    assert _picture(result.files[4][1]).size == (128, 24)


def test_a_sheet_of_unnamed_shape_says_so() -> None:
    result = run(command("vsample", format="jpg", save_sprite_pattern="s$(count)", cell_size="20x"), _counter())
    assert _picture(result.files[0][1]).size == (200, 150)
    assert result.notes == (
        "vsample: columns is taken to be 10: the default is not published",
        "vsample: lines is taken to be 10: the default is not published",
    )


@pytest.mark.parametrize(
    ("op", "message"),
    [
        (_vsample(interval=1.0, frames=2), "interval and frames exclude each other"),
        (_vsample(interval=0), "interval must be more than 0 s, not '0'"),
        (_vsample(save_pattern="x"), "savePattern must contain $(count), else all objects would have one key"),
        (_vsample(save_pattern=None), "savePattern is needed: the keys of the objects, with $(count)"),
        (_vsample(ss=9), "ss/9 is outside the video, which lasts 4 s"),
        (_vsample(s="big"), "s must be a size such as 480x360, 480x or x360, not 'big'"),
        (_vsample(save_sprite_pattern="$(count)", columns=0), "columns must be from 1 to 1000, not '0'"),
    ],
)
def test_error_of_vsample(op: Any, message: str) -> None:
    with pytest.raises(FopFailed) as caught:
        run(op, _counter())
    assert str(caught.value) == f"vsample: {message}"


def test_error_of_too_much() -> None:
    long = folder() / "very-long.mkv"
    if not long.exists():
        ffmpeg("-stream_loop", "1100", "-i", str(clip("small.mp4")), "-c", "copy", str(long))
    with pytest.raises(LimitExceeded, match=r"^vsample: 110\d\d pictures are more than 10000$"):
        run(_vsample(interval=0.1), long)
    sheet = command("vsample", format="jpg", save_sprite_pattern="s$(count)", columns=1000, lines=1000)
    with pytest.raises(LimitExceeded, match=r"^vsample: a picture of 64000x48000 is larger than the limit$"):
        run(sheet, _counter())


def test_error_of_other_formats_and_options() -> None:
    with pytest.raises(UnsupportedFopError, match=r"option 'format' cannot run locally: 'webp' is not jpg or png"):
        run(_vsample("webp"), _counter())
    with pytest.raises(UnsupportedFopError, match=r"option 'cellSize' cannot run locally"):
        run(_vsample(cell_size="10x"), _counter())
