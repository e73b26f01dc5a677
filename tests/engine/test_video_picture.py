from __future__ import annotations

from typing import Any

import pytest

from qiniufop.engine.errors import FopFailed, LimitExceeded, UnsupportedFopError
from qiniufop.ops.avthumb import Avthumb

from .clips import avthumb, clip, colour, ffmpeg, folder, frame, look, run


def _size(op: Any, source: str = "clip.mp4") -> tuple[int, int]:
    video = look(run(op, source)).video
    assert video is not None
    return video.width, video.height


@pytest.mark.parametrize(
    ("values", "size"),
    [
        ({}, (160, 120)),
        ({"s": "64x64"}, (64, 64)),
        ({"s": "64x64", "autoscale": 1}, (64, 48)),
        ({"s": "64x64", "autoscale": 2}, (64, 64)),
        ({"s": "81x"}, (80, 60)),
        ({"s": "x60"}, (80, 60)),
        ({"s": "320x240>"}, (160, 120)),
        ({"s": "qqvga"}, (160, 120)),
        ({"rotate": 90}, (120, 160)),
        ({"rotate": 90, "s": "x80"}, (60, 80)),
        ({"pad_w": "200", "pad_h": "131"}, (200, 130)),
    ],
)
def test_sizes(values: dict[str, Any], size: tuple[int, int]) -> None:
    assert _size(Avthumb("mp4", t=0.3, an=True, **values)) == size


def test_odd_sides_are_made_even_for_h264_and_kept_for_gif() -> None:
    assert _size(Avthumb("mp4", t=0.3), "odd.mkv") == (80, 60)
    assert _size(Avthumb("gif", t=0.3), "odd.mkv") == (81, 61)


def test_a_box_is_filled_up_with_black() -> None:
    picture = frame(run(Avthumb("mp4", s="64x64", autoscale=2, an=True), "grey.mp4"))
    assert [colour(picture, 32, y) for y in (2, 32, 62)] == ["black", "grey", "black"]


def test_a_canvas_is_black_around_the_picture() -> None:
    op = Avthumb("mp4", pad_w="200", pad_h="160", pad_video_x="40", pad_video_y="0", an=True)
    picture = frame(run(op, "grey.mp4"))
    assert [colour(picture, x, y) for x, y in ((20, 60), (100, 60), (100, 140))] == ["black", "grey", "black"]


def test_error_of_a_canvas_that_is_too_small() -> None:
    with pytest.raises(FopFailed) as caught:
        run(avthumb("mp4", pad_w="160", pad_h="120", pad_video_x="10"), "clip.mp4")
    assert str(caught.value) == "avthumb: a picture of 160x120 at 10,0 does not fit 160x120"


# halves.mp4 is red on the left and blue on the right; x and y are those of the result.
@pytest.mark.parametrize(
    ("values", "red", "blue"),
    [
        ({}, (20, 60), (140, 60)),
        ({"rotate": 90}, (60, 20), (60, 140)),
        ({"rotate": 180}, (140, 60), (20, 60)),
        ({"rotate": 270}, (60, 140), (60, 20)),
        ({"rotate": "auto"}, (20, 60), (140, 60)),
        ({"flip": "h"}, (140, 60), (20, 60)),
        ({"flip": "v"}, (20, 60), (140, 60)),
    ],
)
def test_turns_and_flips(values: dict[str, Any], red: tuple[int, int], blue: tuple[int, int]) -> None:
    picture = frame(run(Avthumb("mp4", t=0.3, **values), "halves.mp4"))
    assert (colour(picture, *red), colour(picture, *blue)) == ("red", "blue")


def test_the_tag_of_a_phone_is_followed_only_when_asked() -> None:
    plain = look(run(Avthumb("mp4"), "turned.mp4")).video
    followed = look(run(Avthumb("mp4", rotate="auto"), "turned.mp4")).video
    turned = look(run(Avthumb("mp4", rotate=180), "turned.mp4")).video
    assert plain is not None
    assert followed is not None
    assert turned is not None
    assert (plain.width, plain.height, plain.turn) == (160, 120, 90)
    assert (followed.width, followed.height, followed.turn) == (120, 160, 0)
    assert (turned.width, turned.height, turned.turn) == (160, 120, 0)
    picture = frame(run(Avthumb("mp4", rotate="auto"), "turned.mp4"))
    assert (colour(picture, 60, 20), colour(picture, 60, 140)) == ("red", "blue")


@pytest.mark.parametrize(
    ("values", "inside", "outside"),
    [
        ({"mosaic_gravity": "NorthWest"}, (4, 4), (100, 4)),
        ({"mosaic_gravity": "SouthEast", "mosaic_offset_x": -16}, (100, 100), (150, 100)),
        ({}, (150, 10), (10, 10)),
    ],
)
def test_a_mosaic_makes_blocks_of_its_region(
    values: dict[str, Any], inside: tuple[int, int], outside: tuple[int, int]
) -> None:
    op = Avthumb("mp4", mosaic=True, mosaic_size="64x32", an=True, crf=18, **values)
    before = frame(run(Avthumb("mp4", an=True, crf=18), _noise()))
    after = frame(run(op, _noise()))
    assert _spread(after, *inside) < _spread(before, *inside) / 3
    assert _spread(after, *outside) > _spread(before, *outside) * 0.8


def test_a_mosaic_is_there_for_its_time() -> None:
    times = {"mosaic_start": "1", "mosaic_duration": "0.5"}
    op = Avthumb("mp4", mosaic=True, mosaic_size="64x32", mosaic_gravity="NorthWest", an=True, crf=18, **times)
    result = run(op, _noise())
    spread = [_spread(frame(result, at), 4, 4) for at in (0.5, 1.2, 1.8)]
    assert spread[1] < spread[0] / 3
    assert spread[1] < spread[2] / 3


def _noise() -> Any:
    """A still, grainy picture of two seconds."""
    path = folder() / "noise.mp4"
    if not path.exists():
        source = "color=c=0x808080:size=160x120:rate=10:duration=2,noise=alls=80:all_seed=1"
        ffmpeg("-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "5",
               "-pix_fmt", "yuv420p", str(path))  # fmt: skip
    return path


def _spread(picture: Any, x: int, y: int) -> float:
    """How much neighbouring pixels differ."""
    values = [picture.getpixel((x + dx, y + dy))[1] for dx in range(8) for dy in range(8)]
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / len(values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"s": "64x48", "mosaic_size": "9x9"},
            "a mosaic cannot be combined with s: the region is one of the source's pixels",
        ),
        ({}, "mosaic/1 needs mosaicSize, the size of the region such as 120x40"),
        ({"mosaic_size": "9x"}, "mosaicSize must be a size with both sides, not '9x'"),
        ({"mosaic_size": "big"}, "mosaicSize must be a size such as 120x40, not 'big'"),
        ({"mosaic_size": "9x9", "mosaic_offset_x": 500}, "the region of the mosaic lies outside the picture"),
    ],
)
def test_error_of_a_mosaic(values: dict[str, Any], message: str) -> None:
    with pytest.raises(FopFailed) as caught:
        run(avthumb("mp4", mosaic=True, **values), "clip.mp4")
    assert str(caught.value) == f"avthumb: {message}"


def test_fading_in_and_out() -> None:
    result = run(Avthumb("mp4", fade="0.5-0.5", an=True), "grey.mp4")
    assert [colour(frame(result, at), 80, 60) for at in (0.0, 1.0, 1.89)] == ["black", "grey", "black"]


@pytest.mark.parametrize(
    ("values", "rate"),
    [({"r": 5.0}, 5), ({"r": 40.0}, 25), ({"r": 40.0, "hr": True}, 40), ({}, 10)],
)
def test_frame_rates(values: dict[str, Any], rate: int) -> None:
    video = look(run(Avthumb("mp4", t=0.6, an=True, **values), "clip.mp4")).video
    assert video is not None
    assert video.rate == rate


def test_a_bit_rate_is_capped_at_the_source_unless_it_is_forced_or_the_codec_changes() -> None:
    source = look("clip.mp4").video
    assert source is not None
    assert source.bit_rate is not None
    capped = _arguments(Avthumb("mp4", vb="5m"))
    assert capped["-b:v"] == str(source.bit_rate)
    assert _arguments(Avthumb("mp4", vb="5m!"))["-b:v"] == "5000000"
    assert _arguments(Avthumb("mp4", vb="5m", vcodec="libx265"))["-b:v"] == "5000000"
    assert _arguments(Avthumb("mp4", vb="10k"))["-b:v"] == "10000"


def _arguments(op: Any) -> dict[str, str]:
    """The output options a command becomes."""
    from qiniufop.engine.video_formats import CONTAINERS
    from qiniufop.engine.video_options import Options
    from qiniufop.engine.video_transcode import add_streams, open_plan

    from .clips import new_run, resolve

    plan = open_plan(Options.of(op), resolve("clip.mp4"), new_run())
    add_streams(plan, CONTAINERS[op.format])
    return dict(zip(plan.output, plan.output[1:], strict=False))


@pytest.mark.parametrize(
    ("values", "option", "value"),
    [
        ({"crf": 30}, "-crf", "30"),
        ({"h264_crf": 28}, "-crf", "28"),
        ({"h264_profile": "main"}, "-profile:v", "main"),
        ({"h264_level": "3.1"}, "-level", "3.1"),
        ({"gop": 7}, "-g", "7"),
        ({"ref": "3"}, "-refs", "3"),
        ({"maxrate": "1m"}, "-bufsize", "2000000"),
        ({"key_frame_position": "0.5,1"}, "-force_key_frames", "0.5,1"),
        ({"aspect": "16:9"}, "-aspect", "16:9"),
    ],
)
def test_options_of_the_encoder(values: dict[str, Any], option: str, value: str) -> None:
    assert _arguments(Avthumb("mp4", **values))[option] == value


def test_profile_and_shape_show_in_the_result() -> None:
    stream = look(run(Avthumb("mp4", h264_profile="main", aspect="16:9", an=True), "clip.mp4")).report["streams"][0]
    assert (stream["profile"], stream["display_aspect_ratio"]) == ("Main", "16:9")


def test_other_encoders() -> None:
    result = run(Avthumb("mp4", vcodec="libx265", crf=30, t=0.5, an=True), "clip.mp4")
    stream = look(result).report["streams"][0]
    assert (stream["codec_name"], stream["codec_tag_string"]) == ("hevc", "hvc1")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"vcodec": "libfoo"}, "option 'vcodec' cannot run locally: 'libfoo' is not one of copy, "),
        ({"vcodec": "libxvid", "crf": 20}, "option 'crf' cannot run locally: libxvid is not H.264 or H.265"),
    ],
)
def test_error_of_encoders(values: dict[str, Any], message: str) -> None:
    with pytest.raises(UnsupportedFopError) as caught:
        run(avthumb("mp4", **values), "clip.mp4")
    assert str(caught.value).startswith(f"avthumb: {message}")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"flip": "diagonal"}, "flip must be h (horizontal) or v (vertical), not 'diagonal'"),
        ({"key_frame_position": "expr:1"}, "keyFramePosition must be seconds, with commas between them, not 'expr:1'"),
        ({"pad_w": "wide"}, "padW must be a number, not 'wide'"),
        ({"ref": "2.5"}, "ref must be a whole number, not '2.5'"),
    ],
)
def test_error_of_values_the_page_does_not_publish(values: dict[str, Any], message: str) -> None:
    with pytest.raises(FopFailed) as caught:
        run(avthumb("mp4", **values), "clip.mp4")
    assert str(caught.value) == f"avthumb: {message}"


def test_gif_colours() -> None:
    op = Avthumb("gif", s="80x60", r=5.0, t=1.0)
    plain = run(op, "clip.mp4")
    better = run(Avthumb("gif", s="80x60", r=5.0, t=1.0, gif_high_color=True), "clip.mp4")
    for result in (plain, better):
        video = look(result).video
        assert video is not None
        assert (video.codec, video.width, video.rate) == ("gif", 80, 5)
    assert plain.read() != better.read()


def test_error_of_a_gif_of_too_many_frames() -> None:
    long = folder() / "long.mkv"
    if not long.exists():
        ffmpeg("-stream_loop", "100", "-i", str(clip("small.mp4")), "-c", "copy", str(long))
    with pytest.raises(LimitExceeded, match=r"^avthumb: a gif may have 4500 frames at most$"):
        run(avthumb("gif", r=60.0, hr=True), long)


def test_the_pictures_of_h263_have_one_of_its_sizes() -> None:
    result = run(Avthumb("3gp", t=0.3, an=True, s="200x200"), "clip.mp4")
    assert result.notes == ("avthumb: H.263 has five sizes only: the picture stands in 176x144",)
    assert _size(Avthumb("3gp", t=0.3, an=True, s="176x144")) == (176, 144)
