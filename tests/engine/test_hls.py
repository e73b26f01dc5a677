from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from qiniufop.engine.artifact import Artifact
from qiniufop.engine.errors import FopFailed, UnsupportedFopError
from qiniufop.engine.hls import check_key_url
from qiniufop.engine.video_options import Options, wire_key
from qiniufop.ops.avthumb import Avthumb, AvthumbHls

from .clips import avthumb, clip, command, ffmpeg, folder, look, new_run, run

_PATTERN = "seg/$(fname)-$(count).ts"


def _long() -> Path:
    path = folder() / "long.mp4"
    if not path.exists():
        ffmpeg("-stream_loop", "3", "-i", str(clip("clip.mp4")), "-c", "copy", "-t", "6.5", str(path))
    return path


def _lines(result: Artifact) -> list[str]:
    return result.read().decode().splitlines()


def _durations(result: Artifact) -> list[float]:
    return [float(line[8:].rstrip(",")) for line in _lines(result) if line.startswith("#EXTINF:")]


def test_a_playlist_and_its_pieces() -> None:
    result = run(Avthumb("m3u8", segtime=2, save_pattern=_PATTERN, no_domain=True), _long(), key="v/film.mp4")
    names = [f"seg/film.mp4-{number:06d}.ts" for number in range(4)]
    assert [key for key, _ in result.files] == names
    assert [line for line in _lines(result) if not line.startswith("#")] == names
    assert _durations(result) == pytest.approx([2, 2, 2, 0.5], abs=0.15)
    assert result.mime == "application/x-mpegURL"
    assert result.notes == ()
    assert not result.multiple
    assert "#EXT-X-ENDLIST" in _lines(result)
    for _, piece in result.files:
        assert piece.mime == "video/mp2t"
        assert [stream.codec for stream in look(piece).streams] == ["h264", "aac"]


def test_the_pieces_play_as_one_film(tmp_path: Path) -> None:
    result = run(Avthumb("m3u8", segtime=2, save_pattern="s$(count).ts", no_domain=True), _long())
    _store(result, tmp_path)
    whole = look(_played(tmp_path / "list.m3u8"))
    assert whole.duration == pytest.approx(6.5, abs=0.2)


def _store(result: Artifact, to: Path) -> None:
    (to / "list.m3u8").write_bytes(result.read())
    for key, piece in result.files:
        (to / key).write_bytes(piece.read())


def _played(playlist: Path) -> Artifact:
    made = playlist.with_suffix(".mkv")
    ffmpeg("-allowed_extensions", "ALL", "-i", str(playlist), "-c", "copy", str(made))
    return Artifact("video/x-matroska", path=made, name="made.mkv")


def test_unnamed_pieces_get_names_of_their_own() -> None:
    result = run(Avthumb("hls"), "clip.mp4")
    other = run(Avthumb("hls", segtime=5), "clip.mp4")
    (key, _), (other_key, _) = result.files[0], other.files[0]
    assert key.endswith("/000000.ts")
    assert key.count("/") == 2
    assert key != other_key
    assert result.notes == ("avthumb: the playlist refers to its pieces by relative addresses, as with noDomain/1",)


def test_a_domain_goes_before_the_keys() -> None:
    result = run(Avthumb("m3u8", domain="cdn.example.com", save_pattern="a b$(count).ts"), "clip.mp4")
    assert "http://cdn.example.com/a%20b000000.ts" in _lines(result)
    with pytest.raises(FopFailed, match=r"^avthumb: domain must be a host name such as cdn.example.com, not 'a b'$"):
        run(Avthumb("m3u8", domain="a b"), "clip.mp4")


def test_the_first_piece_can_have_another_length() -> None:
    op = Avthumb("m3u8", segtime=3, seg_first_time=1, save_pattern="$(count)", no_domain=True)
    assert _durations(run(op, _long())) == pytest.approx([1, 3, 2.5], abs=0.15)


def test_copied_streams_are_cut_at_their_key_frames() -> None:
    op = Avthumb("m3u8", segtime=3, vcodec="copy", acodec="copy", save_pattern="$(count)", no_domain=True)
    result = run(op, _long())
    assert _durations(result) == pytest.approx([3, 3, 0.5], abs=0.15)


def test_sound_alone() -> None:
    result = run(Avthumb("m3u8", segtime=2, vn=True, no_domain=True, acodec="libmp3lame"), _long())
    assert len(result.files) == 4
    assert [stream.codec for stream in look(result.files[0][1]).streams] == ["mp3"]


@pytest.mark.parametrize("vector", [None, "00112233445566778899aabbccddeeff", b"\x00" * 15 + b"\xff"])
def test_encryption(tmp_path: Path, vector: Any) -> None:
    secret = "examplekey123456"
    url = (tmp_path / "the.key").as_uri()
    values = {"hls_iv": vector} if vector is not None else {}
    op = Avthumb("m3u8", segtime=2, hls_key=secret, hls_key_url=url, save_pattern="s$(count).ts", **values)
    result = run(op, _long())
    tag = next(line for line in _lines(result) if line.startswith("#EXT-X-KEY"))
    assert tag.startswith(f'#EXT-X-KEY:METHOD=AES-128,URI="{url}"')
    if vector is not None:
        digits = vector if isinstance(vector, str) else vector.hex()
        assert tag.upper().endswith(f",IV=0X{digits.upper()}")
    assert [key for key, _ in result.files] == [f"s{number:06d}.ts" for number in range(4)]
    assert result.files[0][1].read()[:1] != b"\x47"
    _store(result, tmp_path)
    (tmp_path / "the.key").write_bytes(secret.encode())
    assert look(_played(tmp_path / "list.m3u8")).duration == pytest.approx(6.5, abs=0.2)
    assert secret not in result.read().decode()


def test_the_wrong_key_opens_nothing(tmp_path: Path) -> None:
    url = (tmp_path / "the.key").as_uri()
    result = run(Avthumb("m3u8", hls_key="a" * 16, hls_key_url=url, save_pattern="s$(count).ts"), "clip.mp4")
    _store(result, tmp_path)
    (tmp_path / "the.key").write_bytes(b"b" * 16)
    with pytest.raises((AssertionError, subprocess.SubprocessError)):
        _played(tmp_path / "list.m3u8")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"hls_key": "a" * 16}, "hlsKey and hlsKeyUrl need each other"),
        ({"hls_key_url": "http://x/k"}, "hlsKey and hlsKeyUrl need each other"),
        ({"hls_key": "short", "hls_key_url": "http://x/k"}, "hlsKey must be 16 bytes, not 5"),
        ({"hls_iv": "x"}, "hlsIV needs hlsKey and hlsKeyUrl"),
        (
            {"hls_key": "a" * 16, "hls_key_url": "http://x/k", "hls_iv": "x"},
            "hlsIV must be 16 bytes, as they are or as 32 hexadecimal digits",
        ),
        (
            {"hls_key": "a" * 16, "hls_key_url": 'http://x/k"\n#EXTINF:1,\nfile:///etc/passwd'},
            "hlsKeyUrl must not contain quotes or control characters",
        ),
    ],
)
def test_error_of_encryption(values: dict[str, Any], message: str) -> None:
    with pytest.raises(FopFailed) as caught:
        run(avthumb("m3u8", **values), "clip.mp4")
    assert str(caught.value) == f"avthumb: {message}"
    assert "aaaa" not in str(caught.value)


@pytest.mark.parametrize("url", ["", " ", "x\ny", 'x"y', "x\ty", "x\x7f", "x\N{LINE SEPARATOR}y", "x\ry"])
def test_error_of_an_address_of_the_key_that_ends_its_line(url: str) -> None:
    with pytest.raises(FopFailed, match=r"hlsKeyUrl must not contain quotes or control characters"):
        check_key_url(Options("avthumb", {}), url)


def test_addresses_of_the_key_may_be_of_any_kind() -> None:
    for url in ("http://x/k?a=b&c=%20", "https://\N{LATIN SMALL LETTER E WITH ACUTE}.example/k", "k.key"):
        assert check_key_url(Options("avthumb", {}), url) == url


_REFUSED: dict[str, Any] = {
    "hls_key_type": "1.0", "hls_iv_type": "1", "hls_method": "qiniu-protection-10", "multi_audio": "1",
    "segment_type": "fmp4", "segment_init": "init.mp4", "hls_duration_modify": "1", "preset": "film_640k",
}  # fmt: skip
_HANDLED = {
    "format", "no_domain", "domain", "segtime", "seg_first_time", "hls_key", "hls_key_url", "hls_iv", "pattern",
    "save_pattern",
}  # fmt: skip


def test_every_parameter_of_hls_is_either_handled_or_refused() -> None:
    from qiniufop.ops.avthumb import AvthumbFile

    own = set(AvthumbHls.model_fields) - set(AvthumbFile.model_fields)
    assert own | {"format", "preset"} == _HANDLED | set(_REFUSED)


@pytest.mark.parametrize("name", sorted(_REFUSED))
def test_error_of_refused_parameters(name: str) -> None:
    with pytest.raises(UnsupportedFopError) as caught:
        run(avthumb("m3u8", **{name: _REFUSED[name]}), "clip.mp4")
    assert str(caught.value).startswith(f"avthumb: option {wire_key(name)!r} cannot run locally: ")
    assert "does not know what it means here" not in caught.value.reason


@pytest.mark.parametrize(
    ("values", "option"),
    [
        ({"seg_first_time": 1, "gop": 5}, "segFirstTime"),
        ({"seg_first_time": 1, "vcodec": "copy"}, "segFirstTime"),
        ({"key_frame_position": "1"}, "keyFramePosition"),
    ],
)
def test_error_of_options_that_exclude_each_other(values: dict[str, Any], option: str) -> None:
    with pytest.raises(UnsupportedFopError, match=f"option '{option}' cannot run locally"):
        run(avthumb("m3u8", **values), "clip.mp4")


def test_old_presets() -> None:
    sound = run(Avthumb("m3u8", preset="audio_32k", no_domain=True), "clip.mp4")
    assert [stream.kind for stream in look(sound.files[0][1]).streams] == ["audio"]
    assert sound.notes == ("avthumb: of preset audio_32k only the bit rate in its name is known",)
    film = run(Avthumb("m3u8", preset="video_16x9_150k", no_domain=True), "clip.mp4")
    assert [stream.kind for stream in look(film.files[0][1]).streams] == ["video", "audio"]


@pytest.mark.parametrize(
    "op",
    [
        command("avvod", format="m3u8", s="80x60", vb="100k", acodec="libfaac", autosave=True, pipeline="q"),
        command("avhls", format="m3u8", segtime=2.5, ss=0.5, t=1.0, pattern="$(count)"),
        command("avcvt", format="m3u8", segtime=2.0, vcodec="copy", acodec="copy"),
        command("avcvt", legacy_format="m3u8", segtime=2.0),
        command("avfast", format="m3u8", s="80x60"),
    ],
)
def test_other_commands_that_make_playlists(op: Any) -> None:
    result = run(op, "clip.mp4")
    assert result.mime == "application/x-mpegURL"
    assert look(result.files[0][1]).video


@pytest.mark.parametrize(
    ("op", "option"),
    [
        (command("avhls", format="m3u8", dest_key="k"), "destKey"),
        (command("avcvt", format="m3u8", output="1"), "output"),
    ],
)
def test_error_of_options_of_the_service_alone(op: Any, option: str) -> None:
    with pytest.raises(UnsupportedFopError, match=f"option '{option}' cannot run locally"):
        run(op, "clip.mp4")


def test_error_of_pieces_that_would_overwrite_each_other() -> None:
    with pytest.raises(FopFailed, match=r"savePattern must contain \$\(count\)"):
        run(command("avhls", format="m3u8", save_pattern="x.ts"), "clip.mp4")
    assert new_run().key
