from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from qiniufop.engine.artifact import Artifact
from qiniufop.engine.errors import FopFailed, LimitExceeded, UnsupportedFopError
from qiniufop.engine.limits import Limits
from qiniufop.engine.overlay import outlined, time_window
from qiniufop.ops.avthumb import Avthumb
from qiniufop.ops.marks import ImageMark, TextMark, VideoMark

from .clips import avthumb, clip, colour, command, folder, frame, look, run

_LOGO = "kodo://b/logo.png"


def _marked(*marks: Any, source: str = "grey.mp4", **values: Any) -> Artifact:
    return run(Avthumb("mp4", watermarks=marks, an=True, crf=20, **values), source)


# The logo is 20x10 and green, the video 160x120 and grey.
@pytest.mark.parametrize(
    ("values", "inside", "outside"),
    [
        ({}, (150, 5), (130, 5)),
        ({"wm_gravity": "NorthWest"}, (10, 5), (30, 5)),
        ({"wm_gravity": "Center"}, (80, 60), (80, 75)),
        ({"wm_gravity": "SouthEast"}, (150, 115), (150, 100)),
        ({"wm_gravity": "SouthWest", "wm_offset_x": 40, "wm_offset_y": -20}, (50, 95), (10, 115)),
        ({"wm_gravity": "NorthWest", "wm_scale": 0.5}, (100, 50), (130, 50)),
        ({"wm_gravity": "NorthWest", "wm_scale": 0.5, "wm_scale_type": 2}, (70, 30), (100, 50)),
    ],
)
def test_places_and_sizes(values: dict[str, Any], inside: tuple[int, int], outside: tuple[int, int]) -> None:
    picture = frame(_marked(ImageMark(wm_image=_LOGO, **values)))
    assert (colour(picture, *inside), colour(picture, *outside)) == ("green", "grey")


def test_a_mark_stays_till_the_end() -> None:
    result = _marked(ImageMark(wm_image=_LOGO))
    assert colour(frame(result, 1.85), 150, 5) == "green"
    assert look(result).duration == pytest.approx(2, abs=0.05)


def test_marks_are_placed_on_the_result_and_not_on_the_source() -> None:
    picture = frame(_marked(ImageMark(wm_image=_LOGO, wm_gravity="SouthEast"), s="80x60"))
    assert (colour(picture, 70, 55), colour(picture, 50, 40)) == ("green", "grey")
    upright = frame(_marked(ImageMark(wm_image=_LOGO, wm_gravity="SouthEast"), rotate=90))
    assert upright.size == (120, 160)
    assert colour(upright, 110, 155) == "green"


def test_later_marks_lie_on_top() -> None:
    still = VideoMark(wm_video="kodo://b/halves.mp4", wm_gravity="NorthWest")
    logo = ImageMark(wm_image=_LOGO, wm_gravity="NorthWest")
    assert colour(frame(_marked(still, logo)), 10, 5) == "green"
    assert colour(frame(_marked(logo, still)), 10, 5) == "red"


def test_opacity() -> None:
    picture = frame(_marked(ImageMark(wm_image=_LOGO, wm_alpha=0.5)))
    pixel = picture.getpixel((150, 5))
    assert isinstance(pixel, tuple)
    assert pixel == pytest.approx((64, 191, 64), abs=16)
    hidden = frame(_marked(ImageMark(wm_image=_LOGO, wm_alpha=0.0)))
    assert colour(hidden, 150, 5) == "grey"


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"wm_pos": "0.5", "wm_duration": "0.7"}, [False, True, False]),
        ({"wm_pos": "0", "wm_duration": "0.5"}, [True, False, False]),
        ({"wm_pos": "$(end)", "wm_duration": "-0.5"}, [False, False, True]),
        ({"wm_pos": "$(end)", "wm_duration": "-9", "wm_shortest": True}, [True, True, True]),
        ({"wm_pos": "1.5", "wm_duration": "9", "wm_shortest": True}, [False, False, True]),
    ],
)
def test_marks_show_for_their_time(values: dict[str, Any], shown: list[bool]) -> None:
    result = _marked(ImageMark(wm_image=_LOGO, **values))
    assert [colour(frame(result, at), 150, 5) == "green" for at in (0.0, 1.0, 1.8)] == shown


@pytest.mark.parametrize(
    ("position", "length", "shortest", "whole", "expected"),
    [
        ("0", None, False, 10.0, (0.0, None)),
        ("1", "2", False, 10.0, (1.0, 3.0)),
        ("$(end)", "-5", False, 10.0, (5.0, None)),
        ("$(end)", "-50", True, 10.0, (0.0, None)),
        ("9", "5", True, 10.0, (9.0, 14.0)),
        ("9", "5", False, None, (9.0, 14.0)),
        ("3", "$(gte)", False, 10.0, (3.0, None)),
        ("3", "$(lte)", False, 10.0, (0.0, 3.0)),
        ("8", "2.04", False, 10.0, (8.0, 10.04)),
    ],
)
def test_windows(
    position: str, length: str | None, shortest: bool, whole: float | None, expected: tuple[float, float | None]
) -> None:
    assert time_window(position, length, shortest=shortest, whole=whole) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("position", "length", "whole", "message"),
    [
        ("9", "5", 10.0, "the mark ends at 14 s, the video at 10 s, and wmShortest is not 1"),
        ("$(end)", "-50", 10.0, "wmDuration/-50 is longer than the video of 10 s, and wmShortest is not 1"),
        ("$(end)", "5", 10.0, "wmDuration must be negative with wmPos/$(end)"),
        ("$(end)", "-5", None, "wmPos/$(end) needs to know how long the source is, which it does not tell"),
        ("1", "-5", 10.0, "wmDuration must be more than 0 s"),
    ],
)
def test_error_of_windows(position: str, length: str, whole: float | None, message: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        time_window(position, length, whole=whole)
    assert str(caught.value) == message


def test_error_of_a_mark_that_outlasts_the_video() -> None:
    with pytest.raises(FopFailed) as caught:
        _marked(ImageMark(wm_image=_LOGO, wm_pos="1", wm_duration="5"))
    assert str(caught.value) == "avthumb: the mark ends at 6 s, the video at 2 s, and wmShortest is not 1"


# The animated logo is red for half a second, then blue.
def test_an_animated_mark_plays_once_or_over_and_over() -> None:
    once, always = (
        [
            colour(frame(_marked(ImageMark(wm_image="kodo://b/logo.gif", wm_ignore_loop=on)), at), 150, 10)
            for at in (0.2, 0.7, 1.2)
        ]
        for on in (True, False)
    )
    assert once == ["red", "blue", "blue"]
    assert always == ["red", "blue", "red"]


def test_an_animated_mark_starts_at_its_time() -> None:
    mark = ImageMark(wm_image="kodo://b/logo.gif", wm_pos="1", wm_duration="0.9")
    result = _marked(mark)
    assert [colour(frame(result, at), 150, 10) for at in (0.5, 1.2, 1.7)] == ["grey", "red", "blue"]


def test_a_video_as_a_mark_ends_with_its_last_picture() -> None:
    mark = VideoMark(wm_video="kodo://b/halves.mp4", wm_gravity="SouthWest", wm_scale=0.5, wm_alpha=1.0)
    result = _marked(mark)
    assert [colour(frame(result, at), 10, 110) for at in (0.5, 1.5)] == ["red", "grey"]
    assert look(result).duration == pytest.approx(2, abs=0.05)


def test_text() -> None:
    big = TextMark(wm_text="HHHH", wm_font_size=800, wm_font_color="red", wm_gravity_text="NorthWest")
    picture = frame(_marked(big))
    seen = {colour(picture, x, y) for x in range(0, 100, 2) for y in range(8, 40, 2)}
    assert {"red", "grey"} <= seen
    assert colour(picture, 150, 110) == "grey"


def test_hostile_text_is_only_drawn() -> None:
    text = "':textfile=/etc/passwd:x='%{pts} [v];movie=x"
    result = _marked(TextMark(wm_text=text, wm_font_color="white"))
    assert look(result).duration == pytest.approx(2, abs=0.05)


def test_an_outline_of_text() -> None:
    drawn = Image.new("RGBA", (10, 10), (0, 0, 0, 0))
    drawn.putpixel((5, 5), (255, 0, 0, 255))
    made = outlined(drawn, 2, (0, 0, 255, 255))
    assert made.size == (14, 14)
    assert made.getpixel((7, 7)) == (255, 0, 0, 255)
    assert made.getpixel((5, 5)) == (0, 0, 255, 255)
    assert made.getpixel((4, 7)) == (0, 0, 255, 0)
    plain, bordered = (
        frame(_marked(TextMark(wm_text="HH", wm_font_size=600, wm_font_color="red", **border)))
        for border in ({}, {"wm_border_width": "3", "wm_border_color": "blue"})
    )
    blue = [sum(colour(p, x, y) == "blue" for x in range(80, 160) for y in range(40)) for p in (plain, bordered)]
    assert blue[0] == 0
    assert blue[1] > 50


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        (ImageMark(wm_image=_LOGO, wm_constant=True), "option 'wmConstant' cannot run locally: what it does is not"),
        (VideoMark(wm_video="kodo://b/clip.mp4", wm_video_order="1"), "option 'wmVideoOrder' cannot run locally"),
        (TextMark(wm_text="x", wm_font_style="bold"), "option 'wmFontStyle' cannot run locally"),
        (ImageMark(wm_image="kodo://b/clip.mp4"), "the watermark is no picture: png, jpg, gif or bmp was expected"),
        (ImageMark(wm_image="kodo://b/none.png"), "there is no kodo://b/none.png"),
        (VideoMark(wm_video="kodo://b/tone.mp3"), "wmVideo of mark 1 has no picture"),
        (ImageMark(wm_image=_LOGO, wm_scale_type=9, wm_scale=0.5), "wmScaleType must be 0 (short side), 1 (long side)"),
        (TextMark(wm_text="x", wm_font_color="reddish"), "'reddish' is not a colour"),
    ],
)
def test_error_of_marks(mark: Any, message: str) -> None:
    with pytest.raises((FopFailed, UnsupportedFopError, ValueError)) as caught:
        _marked(mark)
    assert message in str(caught.value)


def test_every_parameter_of_a_mark_is_either_handled_or_refused() -> None:
    refused = {"wm_constant", "wm_video_order", "wm_font_style"}
    placed = {"wm_gravity": "West", "wm_scale": 0.2, "wm_scale_type": 1, "wm_ignore_loop": False}
    written = {"wm_font": "DejaVu Sans", "wm_font_color": "red", "wm_font_size": 400}
    handled: dict[Any, dict[str, Any]] = {
        ImageMark: {"wm_image": _LOGO, **placed},
        VideoMark: {"wm_video": "kodo://b/small.mp4", **placed},
        TextMark: {
            "wm_text": "x",
            "wm_gravity_text": "West",
            **written,
            "wm_border_width": "1",
            "wm_border_color": "#00FF00",
        },
    }
    timed = {"wm_pos": "0", "wm_duration": "1", "wm_shortest": True}
    common: dict[str, Any] = {"wm_offset_x": 1, "wm_offset_y": 2, "wm_alpha": 0.9, **timed}
    for kind, values in handled.items():
        assert set(kind.model_fields) - {"extra"} - refused == {*values, *common}
        assert look(_marked(kind(**values, **common), t=0.5)).video


def test_error_of_a_mark_with_too_many_pixels() -> None:
    op = avthumb("mp4", watermarks=[ImageMark(wm_image=_LOGO)])
    with pytest.raises(LimitExceeded, match=r"^avthumb: the watermark has too many pixels$"):
        run(op, "clip.mp4", limits=Limits(source_pixels=100))


def test_commands_without_groups_have_one_picture_and_one_text() -> None:
    op = command("avsmart", format="mp4", wm_image=_LOGO, wm_img_resolution="40x", wm_gravity="SouthWest", s="80x60")
    picture = frame(run(op, "grey.mp4"))
    assert [colour(picture, x, 55) for x in (5, 35, 60)] == ["green", "green", "grey"]
    with pytest.raises(UnsupportedFopError, match=r"option 'wmFontSize' cannot run locally: it belongs to a mark"):
        run(command("avsmart", format="mp4", wm_font_size=20), "grey.mp4")


def test_avwatermarks() -> None:
    marks = (ImageMark(wm_image=_LOGO, wm_gravity="NorthWest"), ImageMark(wm_image=_LOGO, wm_gravity="SouthEast"))
    picture = frame(run(command("avwatermarks", format="mp4", watermarks=marks), "grey.mp4"))
    assert [colour(picture, x, y) for x, y in ((10, 5), (150, 115), (80, 60))] == ["green", "green", "grey"]


def test_vwatermark() -> None:
    result = run(command("vwatermark", image=_LOGO, gravity="NorthWest", format="flv"), "grey.mp4")
    assert colour(frame(result), 10, 5) == "green"
    assert result.mime == "video/x-flv"


def test_a_bmp_is_a_mark_too() -> None:
    path = folder() / "logo.bmp"
    Image.new("RGB", (20, 10), "green").save(path)
    before = clip("logo.png").read_bytes()
    op = Avthumb("mp4", watermarks=[ImageMark(wm_image="kodo://b/logo.png")], an=True)
    assert colour(frame(run(op, "grey.mp4")), 150, 5) == "green"
    assert clip("logo.png").read_bytes() == before
