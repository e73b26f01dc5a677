"""Values with a small language: what their constructors spell, and what their attributes read back."""

from __future__ import annotations

import pickle

import pytest

from qiniufop import Avthumb, ImageMogr2, Watermark, parse
from qiniufop.values import BitRate, Color, Crop, Extent, KeyPattern, KodoUrl, Resolution, Thumbnail

SPELLINGS = [
    (Thumbnail.fit(300, 300), "300x300"),
    (Thumbnail.cover(300, 200), "!300x200r"),
    (Thumbnail.exact(200, 300), "200x300!"),
    (Thumbnail.shrink(200, 300), "200x300>"),
    (Thumbnail.enlarge(700, 600), "700x600<"),
    (Thumbnail.width(300), "300x"),
    (Thumbnail.height(467), "x467"),
    (Thumbnail.percent(75), "!75p"),
    (Thumbnail.percent(12.5), "!12.5p"),
    (Thumbnail.percent(width=75), "!75px"),
    (Thumbnail.percent(height=75), "!x75p"),
    (Thumbnail.area(350000), "350000@"),
    (Crop.size(300, 200), "300x200"),
    (Crop.size(300), "300x"),
    (Crop.size(height=200), "x200"),
    (Crop.box(300, 300, 30, 100), "!300x300a30a100"),
    (Crop.box(300, 300, -30, 100), "!300x300-30a100"),
    (Extent.centred(642, 429), "642x429"),
    (Extent.shifted(642, 429, 1, -1), "!642x429a1-1"),
    (Extent.grown(left=3), "!-3a0"),
    (Extent.grown(right=3), "!a3-0"),
    (Extent.grown(top=3), "!a0-3"),
    (Extent.grown(bottom=3), "!-0a3"),
    (Resolution.exact(640, 360), "640x360"),
    (Resolution.fit_width(640), "640x"),
    (Resolution.fit_height(360), "x360"),
    (BitRate.kbps(128), "128k"),
    (BitRate.mbps(1.25, force=True), "1.25m!"),
    (Color.rgb(255, 0, 16), "#FF0010"),
    (Color.rgb(0, 0, 0, 0), "#00000000"),
    (KodoUrl("bucket", "a/b.png"), "kodo://bucket/a/b.png"),
]


@pytest.mark.parametrize(("value", "text"), SPELLINGS, ids=[t for _, t in SPELLINGS])
def test_constructors_spell_the_wire_text(value: str, text: str) -> None:
    assert value == text
    assert pickle.loads(pickle.dumps(value)) == text
    assert type(pickle.loads(pickle.dumps(value))) is type(value)
    assert repr(value) == repr(text)


@pytest.mark.parametrize("value", [v for v, _ in SPELLINGS if isinstance(v, (Thumbnail, Crop, Extent))])
def test_every_geometry_is_one_the_operation_takes(value: str) -> None:
    key = type(value).__name__.lower()
    op = ImageMogr2(**{key: value})
    assert type(op[key]) is type(value)
    assert parse(str(op)) == op


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("300x200", (300, 200, 0, 0)),
        ("300x", (300, None, 0, 0)),
        ("x200", (None, 200, 0, 0)),
        ("!300x200a10-20", (300, 200, 10, -20)),
        ("!300x-5a6", (300, None, -5, 6)),
        ("!x200a1a2", (None, 200, 1, 2)),
        ("300x200+7-8", (300, 200, 7, -8)),
    ],
)
def test_a_crop_tells_its_region(text: str, region: tuple[int | None, int | None, int, int]) -> None:
    assert Crop(text).region == region


def test_attributes_read_the_text_back() -> None:
    assert Resolution("640x360>").sides == (640, 360)
    assert Resolution("x360").sides == (None, 360)
    assert Resolution("hd720").sides == (None, None)
    assert BitRate("1.25m!").bits == 1_250_000
    assert BitRate("64000").bits == 64_000
    assert BitRate("128k!").forced
    assert not BitRate("128k").forced
    assert KodoUrl("b", "c/d").bucket == "b"
    assert KodoUrl("b", "c/d").key == "c/d"
    assert KeyPattern("$(fname)-${count}.jpg").variables == ("fname", "count")
    assert KeyPattern("$(saveas.key)-$(count)").fill(saveas_key="k", count="000001") == "k-000001"


def test_fields_give_typed_values_whichever_way_they_were_set() -> None:
    mark = Watermark(mode=1, image=KodoUrl("b", "logo.png"))
    assert str(mark) == "watermark/1/image/a29kbzovL2IvbG9nby5wbmc="
    assert parse(str(mark)) == mark
    assert isinstance(mark.image, KodoUrl)
    assert isinstance(parse(str(mark)).stages[0].image, KodoUrl)
    video = Avthumb("mp4", s=Resolution.fit_width(640), vb=BitRate.mbps(1.25))
    assert str(video) == "avthumb/mp4/vb/1.25m/s/640x"
    assert isinstance(video.vb, BitRate)
    assert video == Avthumb("mp4", s="640x", vb="1.25m")


@pytest.mark.parametrize(
    "call",
    [
        lambda: Thumbnail.fit(0, 3),
        lambda: Thumbnail.percent(),
        lambda: Thumbnail.percent(50, width=50),
        lambda: Crop.size(),
        lambda: Extent.grown(),
        lambda: Extent.grown(left=1, top=2),
        lambda: Color.rgb(256, 0, 0),
        lambda: KodoUrl("", "k"),
        lambda: KodoUrl("a/b", "k"),
    ],
)
def test_error_of_impossible_values(call: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        call()  # type: ignore[operator]
