from __future__ import annotations

import pytest

from qiniufop.engine.errors import FopFailed
from qiniufop.engine.ffmpeg import Input, Job
from qiniufop.engine.probe import MediaInfo, StreamInfo
from qiniufop.engine.video_options import Options
from qiniufop.engine.video_plan import Graph, Plan, kept_streams, seconds

from .clips import new_run

_STREAMS = (StreamInfo(0, "video"), StreamInfo(1, "audio"), StreamInfo(2, "audio"))


def _info(duration: float | None = 10.0) -> MediaInfo:
    return MediaInfo(("mp4",), duration, None, _STREAMS, {}, False)


def _plan(duration: float | None = 10.0, **values: object) -> Plan:
    return Plan(Job("avthumb", new_run()), Options("avthumb", values), _info(duration), [Input("in0.mp4")])


def test_a_graph_names_what_it_makes() -> None:
    graph = Graph()
    first = graph.add("split", "0:0", outputs=2)
    second = graph.add(["scale=2:2", "setsar=1"], f"{first}1")
    assert graph.add("", second) == second
    last = graph.add("overlay=0:0", first, second)
    assert graph.chains == [
        "[0:0]split[f0_][f0_1]",
        "[f0_1]scale=2:2,setsar=1[f1_]",
        "[f0_][f1_]overlay=0:0[f2_]",
    ]
    assert [graph.mapped(last), graph.mapped("0:1")] == ["[f2_]", "0:1"]


def test_arguments_stand_in_the_order_ffmpeg_wants() -> None:
    plan = _plan()
    assert plan.add_input("in1.mp3", "-ss", "1") == 1
    plan.use(plan.graph.add("hflip", "0:0"))
    plan.use("1:a:0")
    plan.output += ["-c:v", "libx264"]
    arguments = plan.arguments()
    assert arguments.count("-protocol_whitelist") == 2
    assert arguments[arguments.index("-ss") :][:4] == ["-ss", "1", "-i", "file:in1.mp3"]
    assert arguments[-8:] == ["-filter_complex", "[0:0]hflip[f0_]", "-map", "[f0_]", "-map", "1:a:0", "-c:v", "libx264"]


@pytest.mark.parametrize(
    ("values", "duration", "start", "length", "cut"),
    [
        ({}, 10.0, 0.0, 10.0, "86400"),
        ({"ss": 2.5}, 10.0, 2.5, 7.5, "86400"),
        ({"ss": 2.5, "t": 3}, 10.0, 2.5, 3.0, "3"),
        ({"t": 30}, 10.0, 0.0, 10.0, "30"),
        ({"t": 3}, None, 0.0, 3.0, "3"),
        ({"ss": 3}, None, 3.0, None, "86400"),
        ({"t": 1e9}, None, 0.0, 1e9, "86400"),
    ],
)
def test_ranges(values: dict[str, float], duration: float | None, start: float, length: float | None, cut: str) -> None:
    plan = _plan(duration, **values)
    plan.set_range()
    assert (plan.start, plan.seconds, plan.output) == (start, length, ["-t", cut])
    assert plan.inputs[0].options == (("-ss", seconds(start)) if start else ())


def test_error_of_ranges() -> None:
    with pytest.raises(FopFailed, match=r"^avthumb: t must be more than 0 s$"):
        _plan(t=0).set_range()
    with pytest.raises(FopFailed, match=r"^avthumb: ss/10 is behind the end: the source lasts 10 s$"):
        _plan(ss=10).set_range()
    with pytest.raises(FopFailed, match=r"^avthumb: fading out needs to know how long the source is"):
        _plan(None).need_seconds("fading out")


@pytest.mark.parametrize(
    ("text", "kept"),
    [(None, [0, 1, 2]), ("0", [0]), ("0..1", [0, 1]), ("0,2", [0, 2]), ("-0", [1, 2]), ("-1..2", [0]), ("-1,2", [0])],
)
def test_streams_that_are_kept(text: str | None, kept: list[int]) -> None:
    assert [stream.index for stream in kept_streams(Options("avthumb", {"stream": text}), _info())] == kept


@pytest.mark.parametrize("text", ["9", "0..9", "0..999999999", "x", "-0..2", "0,,1"])
def test_error_of_streams(text: str) -> None:
    with pytest.raises(FopFailed, match=r"^avthumb: (there is no stream|stream )"):
        kept_streams(Options("avthumb", {"stream": text}), _info())


@pytest.mark.parametrize(("value", "text"), [(1.0, "1"), (0.5, "0.5"), (1e-3, "0.001"), (1e9, "1000000000"), (0, "0")])
def test_times_have_no_exponent(value: float, text: str) -> None:
    assert seconds(value) == text
