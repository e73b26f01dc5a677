from __future__ import annotations

from typing import Any

import pytest

from qiniufop.engine.artifact import Artifact
from qiniufop.engine.errors import FopFailed, UnsupportedFopError
from qiniufop.engine.hls_adapt import adapt
from qiniufop.wire import b64encode

from .clips import colour, command, frame, look, run


def _adapt(**values: Any) -> Any:
    return command("adapt", format="m3u8", **values)


def _text(result: Artifact) -> list[str]:
    return result.read().decode().splitlines()


def test_renditions() -> None:
    op = _adapt(
        env_band_width="200000,800000",
        multi_resolution="80:60,$(origin)",
        multi_vb="50k,$(origin)",
        multi_ab="32k,64k",
        multi_prefix=f"{b64encode('q/low')},{b64encode('q/high')}",
        hlstime=10,
    )
    result = run(op, "clip.mp4")
    assert result.mime == "application/x-mpegURL"
    assert _text(result) == [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        "#EXT-X-STREAM-INF:BANDWIDTH=200000,RESOLUTION=80x60",
        "q/low.m3u8",
        "#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=160x120",
        "q/high.m3u8",
    ]
    files = dict(result.files)
    assert list(files) == ["q/low.m3u8", "q/low_000000.ts", "q/high.m3u8", "q/high_000000.ts"]
    assert "low_000000.ts" in _text(files["q/low.m3u8"])
    sizes = [look(files[f"q/{name}_000000.ts"]).video for name in ("low", "high")]
    assert [(video.width, video.height) for video in sizes if video] == [(80, 60), (160, 120)]
    assert [stream.kind for stream in look(files["q/low_000000.ts"]).streams] == ["video", "audio"]


def test_values_for_all_renditions_and_names_of_our_own() -> None:
    result = run(_adapt(env_band_width=(100000, 200000), resolution="80:60", vb="50k", ab="32k"), "silent.mp4")
    names = [key for key, _ in result.files]
    assert [name.rpartition("/")[2] for name in names] == ["0.m3u8", "0_000000.ts", "1.m3u8", "1_000000.ts"]
    assert [stream.kind for stream in look(result.files[1][1]).streams] == ["video"]


def test_pieces_have_the_length_that_was_asked_for() -> None:
    result = run(_adapt(env_band_width="100000,200000", hlstime=1), "clip.mp4")
    assert [key for key, _ in result.files if key.endswith(".ts")][1].endswith("0_000001.ts")


def test_marks_lie_on_every_rendition() -> None:
    op = _adapt(env_band_width="100000,200000", multi_resolution="80:60,160:120", wm_image="kodo://b/logo.png",
                wm_gravity="NorthWest")  # fmt: skip
    files = [piece for key, piece in run(op, "grey.mp4").files if key.endswith(".ts")]
    assert [colour(frame(piece), 3, 2) for piece in files] == ["green", "green"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"env_band_width": "100000"}, "envBandWidth must be two bandwidths or more, such as 200000,800000"),
        ({"env_band_width": "1,x"}, "envBandWidth must be whole numbers with commas between them"),
        ({"multi_vb": "1m"}, "multiVb must be as many values as there are bandwidths, 2"),
        ({"multi_vb": "1m,2m", "vb": "1m"}, "multiVb and vb exclude each other"),
        ({"multi_prefix": f"{b64encode('a')},{b64encode('a')}"}, "multiPrefix must be 2 different names"),
        ({"multi_prefix": f"{b64encode('a')},{b64encode('b' + chr(10))}"}, "multiPrefix must be names without control"),
        ({"multi_prefix": "!,?"}, "multiPrefix must be names in URL-safe base64"),
        ({"resolution": "big"}, "'big' is not a size"),
        ({"vb": "fast"}, "'fast' is not a bit rate"),
    ],
)
def test_error_of_values(values: dict[str, Any], message: str) -> None:
    with pytest.raises(FopFailed) as caught:
        run(_adapt(**{"env_band_width": "100000,200000", **values}), "clip.mp4")
    assert message in str(caught.value)


def test_error_of_what_the_engine_does_not_know() -> None:
    with pytest.raises(UnsupportedFopError, match=r"option 'vcodec' cannot run locally: pieces hold H.264 or H.265"):
        run(_adapt(env_band_width="1,2", vcodec="libvpx"), "clip.mp4")
    with pytest.raises(UnsupportedFopError, match=r"option 'rotate' cannot run locally"):
        run(_adapt(env_band_width="1,2", rotate=90), "clip.mp4")
    with pytest.raises(FopFailed, match=r"the source has no moving picture"):
        run(_adapt(env_band_width="1,2"), "tone.mp3")
    assert adapt.__doc__
