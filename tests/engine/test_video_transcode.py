from __future__ import annotations

from typing import Any

import pytest

from qiniufop.engine.engine import LocalEngine
from qiniufop.engine.errors import FopFailed, LimitExceeded, UnsupportedFopError
from qiniufop.engine.ffmpeg import Input, Job
from qiniufop.engine.limits import Limits
from qiniufop.engine.probe import MediaInfo, StreamInfo
from qiniufop.engine.registry import HANDLERS
from qiniufop.engine.video_formats import CONTAINERS, DEVICES
from qiniufop.engine.video_options import Options, wire_key
from qiniufop.engine.video_plan import Plan
from qiniufop.engine.video_transcode import add_streams
from qiniufop.ops.avthumb import Avthumb, AvthumbFile
from qiniufop.ops.marks import ImageMark

from .clips import avthumb, clip, command, ffmpeg, folder, look, new_run, resolve, run


def _streams(streams: tuple[StreamInfo, ...]) -> list[str]:
    return [stream.codec for stream in streams]


@pytest.mark.parametrize(
    ("form", "codecs"),
    [
        ("mp4", ["h264", "aac"]),
        ("m4v", ["h264", "aac"]),
        ("mov", ["h264", "aac"]),
        ("f4v", ["h264", "aac"]),
        ("mkv", ["h264", "aac"]),
        ("ts", ["h264", "aac"]),
        ("3g2", ["h264", "aac"]),
        ("flv", ["mp3", "flv1"]),
        ("flash", ["mp3", "flv1"]),
        ("avi", ["mpeg4", "mp3"]),
        ("webm", ["vp8", "vorbis"]),
        ("ogv", ["theora", "vorbis"]),
        ("3gp", ["h263", "amr_nb"]),
        ("wmv", ["wmv2", "wmav2"]),
        ("asf", ["wmv2", "wmav2"]),
        ("mpg", ["mpeg1video", "mp2"]),
        ("gif", ["gif"]),
        ("mp3", ["mp3"]),
        ("m4a", ["aac"]),
        ("aac", ["aac"]),
        ("adts", ["aac"]),
        ("amr", ["amr_nb"]),
        ("flac", ["flac"]),
        ("wav", ["pcm_s16le"]),
        ("ogg", ["vorbis"]),
        ("oga", ["vorbis"]),
        ("opus", ["opus"]),
        ("ac3", ["ac3"]),
        ("eac3", ["eac3"]),
        ("aiff", ["pcm_s16be"]),
        ("au", ["pcm_s16be"]),
        ("caf", ["pcm_s16le"]),
        ("mp2", ["mp2"]),
    ],
)
def test_containers(form: str, codecs: list[str]) -> None:
    result = run(Avthumb(form, t=1.0), "clip.mp4")
    info = look(result)
    assert _streams(info.streams) == codecs
    assert info.duration == pytest.approx(1, abs=0.3)
    assert result.mime == CONTAINERS[form].mime
    assert result.file.suffix == f".{CONTAINERS[form].suffix}"


def test_webp_is_animated() -> None:
    from PIL import Image

    result = run(Avthumb("webp", t=1.0, s="40x"), "clip.mp4")
    with Image.open(result.file) as picture:
        assert (picture.format, picture.size) == ("WEBP", (40, 30))
        assert getattr(picture, "n_frames", 1) > 1


@pytest.mark.parametrize("name", [*DEVICES, "android-low"])
def test_device_presets(name: str) -> None:
    info = look(run(Avthumb(name, t=0.5), "silent.mp4" if name != "iphone" else "clip.mp4"))
    size = (1024, 768) if name.startswith("ipad") else (480, 320)
    assert info.video is not None
    assert (info.video.codec, info.video.width, info.video.height) == ("h264", *size)


def test_values_beside_a_device_preset_win() -> None:
    result = run(Avthumb("iphone", s="64x48", acodec="aac", ar=22050), "clip.mp4")
    info = look(result)
    assert info.video is not None
    assert info.audio is not None
    assert (info.video.width, info.video.height, info.audio.sample_rate) == (64, 48, 22050)
    assert result.notes == ()


def test_error_of_a_format_the_engine_does_not_write() -> None:
    with pytest.raises(UnsupportedFopError) as caught:
        run(avthumb("dnxhd"), "clip.mp4")
    assert str(caught.value).startswith(
        "avthumb: option 'format' cannot run locally: 'dnxhd' is not one of mp4, m4v, mov, f4v, flv"
    )


def test_presets_come_from_the_settings() -> None:
    presets: dict[str, Any] = {"small": {"format": "mp4", "s": "64x48"}, "op": AvthumbFile("mp3", ab="64k")}
    info = look(run(Avthumb(preset="small", t=0.5), "clip.mp4", settings={"presets": presets}))
    assert info.video is not None
    assert (info.video.width, info.duration) == (64, pytest.approx(0.5, abs=0.1))
    assert _streams(look(run(Avthumb(preset="op"), "clip.mp4", settings={"presets": presets})).streams) == ["mp3"]
    with pytest.raises(UnsupportedFopError) as caught:
        run(Avthumb(preset="huge"), "clip.mp4", settings={"presets": presets})
    assert str(caught.value) == (
        "avthumb: option 'preset' cannot run locally: the engine was not told what 'huge' stands for; "
        "it knows small, op"
    )


def test_an_excerpt() -> None:
    info = look(run(Avthumb("mp4", ss=0.5, t=1.0), "clip.mp4"))
    assert info.duration == pytest.approx(1.0, abs=0.1)


def test_error_of_an_excerpt_behind_the_end() -> None:
    with pytest.raises(FopFailed) as caught:
        run(avthumb("mp4", ss=9.0, t=1.0), "clip.mp4")
    assert str(caught.value) == "avthumb: ss/9 is behind the end: the source lasts 2 s"


def test_streams_are_dropped() -> None:
    assert _streams(look(run(Avthumb("mp4", vn=True), "clip.mp4")).streams) == ["aac"]
    assert _streams(look(run(Avthumb("mp4", an=True), "clip.mp4")).streams) == ["h264"]
    with pytest.raises(FopFailed, match=r"^avthumb: vn/1 with an/1 leaves nothing to write$"):
        run(Avthumb("mp4", vn=True, an=True), "clip.mp4")


@pytest.mark.parametrize(
    ("stream", "codecs"),
    [("0", ["h264"]), ("1", ["aac"]), ("0..1", ["h264", "aac"]), ("-0", ["aac", "subrip"]), ("-1,2", ["h264"]),
     ("0,2", ["h264", "subrip"])],
)  # fmt: skip
def test_streams_are_chosen_by_number(stream: str, codecs: list[str]) -> None:
    info = look(run(Avthumb("mkv", stream=stream, t=0.5, scodec="srt"), "subs.mkv"))
    assert _streams(info.streams) == codecs


@pytest.mark.parametrize(
    ("stream", "message"),
    [("7", "there is no stream 7: the source has 2, counted from 0"), ("-0..1", "stream leaves nothing to write")],
)
def test_error_of_streams(stream: str, message: str) -> None:
    with pytest.raises(FopFailed) as caught:
        run(avthumb("mp4", stream=stream), "clip.mp4")
    assert str(caught.value) == f"avthumb: {message}"


def test_subtitle_streams_are_written_if_a_codec_is_named() -> None:
    assert _streams(look(run(Avthumb("mp4", t=1.0), "subs.mkv")).streams) == ["h264", "aac"]
    assert _streams(look(run(Avthumb("mp4", scodec="mov_text"), "subs.mkv")).streams) == ["h264", "aac", "mov_text"]
    assert _streams(look(run(Avthumb("mp4", scodec="mov_text", sn=True), "subs.mkv")).streams) == ["h264", "aac"]
    without = run(Avthumb("mp4", scodec="mov_text"), "clip.mp4")
    assert without.notes == ("avthumb: scodec has no effect: the source has no subtitles",)


def test_subtitles_alone() -> None:
    assert b"Hello" in run(Avthumb("srt"), "subs.mkv").read()
    assert b"Dialogue:" in run(Avthumb("ass"), "subs.mkv").read()


def test_metadata_can_be_removed() -> None:
    tagged = folder() / "tagged.mp4"
    ffmpeg("-i", str(clip("small.mp4")), "-c", "copy", "-metadata", "title=My film", str(tagged))
    kept = look(run(Avthumb("mp4"), tagged)).report["format"]["tags"]
    assert kept["title"] == "My film"
    assert "title" not in look(run(Avthumb("mp4", stripmeta=True), tagged)).report["format"]["tags"]


def test_copying_keeps_the_streams_as_they_are() -> None:
    result = run(Avthumb("mkv", vcodec="copy", acodec="copy"), "clip.mp4")
    assert _streams(look(result).streams) == ["h264", "aac"]
    assert result.size < 1.1 * clip("clip.mp4").stat().st_size


@pytest.mark.parametrize(
    ("op", "message"),
    [
        (
            avthumb("mp4", vcodec="copy", s="64x48"),
            "vcodec/copy leaves the pictures as they are: s needs them encoded",
        ),
        (
            avthumb("mp4", vcodec="copy", watermarks=[ImageMark(wm_image="kodo://b/logo.png")]),
            "vcodec/copy leaves the pictures as they are: watermarks needs them encoded",
        ),
        (avthumb("mp4", acodec="copy", volume="2"), "acodec/copy leaves the sound as it is: volume needs it encoded"),
    ],
)
def test_error_of_a_filter_on_what_is_copied(op: Any, message: str) -> None:
    with pytest.raises(FopFailed) as caught:
        run(op, "clip.mp4")
    assert str(caught.value) == f"avthumb: {message}"


@pytest.mark.parametrize(
    ("op", "source", "message"),
    [
        (avthumb("mp3"), "silent.mp4", "the source has no sound to write into mp3"),
        (avthumb("gif"), "tone.mp3", "the source has no moving picture to write into gif"),
        (avthumb("mp4", an=True), "tone.mp3", "the source has neither picture nor sound to write into mp4"),
        (avthumb("srt"), "clip.mp4", "the source has no subtitles"),
    ],
)
def test_error_of_a_source_that_lacks_what_is_asked_for(op: Any, source: str, message: str) -> None:
    with pytest.raises(FopFailed) as caught:
        run(op, source)
    assert str(caught.value) == f"avthumb: {message}"


def test_options_of_a_stream_that_is_not_there_are_noted() -> None:
    assert run(Avthumb("mp3", vb="500k"), "clip.mp4").notes == ("avthumb: vb has no effect: the result has no picture",)
    assert run(Avthumb("mp4", an=True, ab="60k"), "clip.mp4").notes == (
        "avthumb: ab has no effect: the result has no sound",
    )


def test_error_of_a_result_beyond_the_limit() -> None:
    with pytest.raises(LimitExceeded, match=r"^avthumb: the result is larger than 5000 bytes$"):
        run(avthumb("mp4"), "clip.mp4", limits=Limits(result_bytes=5000))


def test_error_of_a_picture_beyond_the_limit() -> None:
    with pytest.raises(LimitExceeded, match=r"^avthumb: a picture of 4000x4000 is larger than the limit$"):
        run(avthumb("mp4", s="4000x4000"), "clip.mp4", limits=Limits(result_pixels=1_000_000))


def test_progress_reaches_the_end() -> None:
    told: list[float] = []
    run(Avthumb("mp4"), "clip.mp4", progress=told.append)
    assert told[-1] == pytest.approx(1.0, abs=0.06)


# Every parameter ------------------------------------------------------------

_HANDLED: dict[str, Any] = {
    "vcodec": "libx264", "avsmart": True, "maxrate": "300k", "r": 5.0, "ref": "2", "hr": True, "vb": "100k", "crf": 30,
    "h264_crf": 28, "h264_profile": "main", "h264_level": "3.1", "s": "64x48", "aspect": "4:3", "autoscale": 1,
    "pad_w": "200", "pad_h": "200", "pad_video_x": "2", "pad_video_y": "2", "gop": 5, "key_frame_position": "0.5",
    "rotate": 90, "flip": "h", "gif_high_color": True, "deinterlace": "1", "vn": True, "mosaic": True,
    "mosaic_gravity": "Center", "mosaic_offset_x": 2, "mosaic_offset_y": 2, "mosaic_size": "32x32",
    "mosaic_start": "0.5", "mosaic_duration": "0.5", "fade": "0.5-0.5", "acodec": "aac", "ab": "60k", "ac": 1,
    "ar": 22050, "aq": 100, "volume": "0.5", "loudnorm": "1", "loudnorm_i": "-20", "loudnorm_lra": "7",
    "loudnorm_tp": "-2", "an": True, "write_xing": True, "amix": "kodo://b/tone.mp3", "amix_offset": 0.5,
    "amix_start": 0.1, "amix_duration": 0.5, "multi_arep": "kodo://b/tone.mp3", "multi_arep_offset": "0.2",
    "multi_arep_start": "0.1", "multi_arep_duration": "0.5", "sn": True, "scodec": "mov_text", "subtitle": "embed",
    "st_font": "DejaVu Sans", "st_font_size": "20", "stream": "0,1", "ss": 0.5, "t": 0.5, "stripmeta": True,
    "watermarks": [ImageMark(wm_image="kodo://b/logo.png")], "format": "mp4",
}  # fmt: skip
_MOSAIC = {"mosaic": True, "mosaic_size": "32x32"}
_CANVAS = {"pad_w": "200", "pad_h": "200"}
_GROUPS: dict[str, dict[str, Any]] = {
    "mosaic": _MOSAIC,
    "pad_video": _CANVAS,
    "loudnorm_": {"loudnorm": "1"},
    "amix_": {"amix": "kodo://b/tone.mp3"},
    "multi_arep_": {"multi_arep": "kodo://b/tone.mp3"},
    "st_font": {"subtitle": "embed"},
    "autoscale": {"s": "64x48"},
}
"""What parameters need beside them, by how their names begin."""
_REFUSED: dict[str, Any] = {
    "smt_type": 1, "smt_enhance": True, "enhance": True, "smt_maxvbr": "1m", "smt_quality": 1, "refine": True,
    "colorspace": "bt709", "rotateinfo": "90", "compress_level": "3", "audio_profile": "aac_he", "speex": "1",
    "cut": "1", "preset": "video_640k", "st_offset_x": "1", "st_offset_y": "1",
}  # fmt: skip
_FIELDS = [name for name in AvthumbFile.model_fields if name != "extra"]


def test_every_parameter_is_either_handled_or_refused() -> None:
    assert set(_HANDLED) | set(_REFUSED) == set(_FIELDS)
    assert not set(_HANDLED) & set(_REFUSED)


@pytest.mark.parametrize("name", sorted(_HANDLED))
def test_handled_parameters(name: str) -> None:
    companions = next((group for start, group in _GROUPS.items() if name.startswith(start)), {})
    values = {"format": "mp4", **companions, name: _HANDLED[name]}
    result = run(command("avthumb", **values), "subs.mkv")
    assert result.size > 1000
    if name not in ("gif_high_color", "write_xing", "avsmart", "st_font", "sn"):
        assert result.notes == () or "font" in result.notes[0]


@pytest.mark.parametrize("name", sorted(_REFUSED))
def test_error_of_refused_parameters(name: str) -> None:
    with pytest.raises(UnsupportedFopError) as caught:
        run(avthumb("mp4", **{name: _REFUSED[name]}), "clip.mp4")
    assert str(caught.value).startswith(f"avthumb: option {wire_key(name)!r} cannot run locally: ")
    assert "does not know what it means here" not in caught.value.reason


def test_switched_off_parameters_ask_for_nothing() -> None:
    assert run(Avthumb("mp4", avsmart=False, enhance=False, refine=False, t=0.5), "small.mp4").notes == ()


_TEXTS = {"format", "amix", "multi_arep", "subtitle", "st_font", "watermarks"}
_SWITCHES = {name for name, value in _HANDLED.items() if value is True or name in ("deinterlace", "loudnorm")}


@pytest.mark.parametrize("hostile", ["1;[0:v]movie=/etc/passwd", "-i", "nan", "1e999", "a'b", "$(x)"])
def test_error_of_hostile_values_comes_before_ffmpeg(hostile: str) -> None:
    info = look("subs.mkv")
    for name in sorted(set(_HANDLED) - _TEXTS - _SWITCHES):
        companions = next((group for start, group in _GROUPS.items() if name.startswith(start)), {})
        with pytest.raises((FopFailed, UnsupportedFopError)):
            _planned({**companions, name: hostile}, info)


def _planned(values: dict[str, Any], info: MediaInfo) -> None:
    """Make the arguments of a command without running it."""
    job = Job("avthumb", new_run())
    plan = Plan(job, Options("avthumb", values), info, [Input(job.place(resolve("subs.mkv")))])
    plan.set_range()
    add_streams(plan, CONTAINERS["mp4"])


def test_commands_as_text_run_through_the_engine() -> None:
    engine = LocalEngine(resolver=resolve)
    told: list[float] = []
    text = "avthumb/mp4/s/64x48/wmImage/a29kbzovL2IvbG9nby5wbmc=|vframe/png/offset/1|imageInfo"
    result = engine.run(clip("clip.mp4"), text, key="v/clip.mp4", progress=told.append)
    assert (b'"width": 64' in result.read()) or (b'"width":64' in result.read())
    assert told[-1] <= 1
    pieces = engine.run(clip("clip.mp4"), "avthumb/m3u8/noDomain/1", key="v/clip.mp4")
    assert pieces.data is not None
    assert pieces.files[0][1].data is not None


# Commands that are avthumb under another name --------------------------------


def test_avfast() -> None:
    info = look(run(command("avfast", format="mp4", s="64x48", vcodec="libx264"), "clip.mp4"))
    assert info.video is not None
    assert info.video.width == 64
    assert HANDLERS["avfast"].approximations


def test_avsmart_keeps_the_sound_unless_told() -> None:
    result = run(command("avsmart", format="mp4", vb="20k"), "clip.mp4")
    assert _streams(look(result).streams) == ["h264", "aac"]
    assert result.size < clip("clip.mp4").stat().st_size


def test_avsmart_gives_the_source_back_where_nothing_is_saved() -> None:
    small = folder() / "saved.mp4"
    if not small.exists():
        small.write_bytes(run(Avthumb("mp4", crf=33, an=True, s="40x30"), "clip.mp4").read())
    op = command("avsmart", format="mp4", ignore_error=True, vb="5m!")
    result = run(op, small)
    assert result.read() == small.read_bytes()
    assert result.notes[-1] == "avsmart: no size could be saved, this is the source"


def test_error_of_avwatermarks_without_a_mark() -> None:
    with pytest.raises(FopFailed) as caught:
        run(command("avwatermarks", format="mp4"), "clip.mp4")
    assert str(caught.value) == "avwatermarks: at least one wmImage or wmText is needed"


def test_error_of_an_option_of_another_command() -> None:
    with pytest.raises(UnsupportedFopError) as caught:
        run(command("avfast", format="mp4", envelope=1), "clip.mp4")
    assert str(caught.value) == (
        "avfast: option 'envelope' cannot run locally: the engine does not know what it means here"
    )
