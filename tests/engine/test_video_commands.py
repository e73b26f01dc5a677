"""Every parameter of the commands around avthumb, as text, through the engine."""

from __future__ import annotations

import re

import pytest

from qiniufop import parse
from qiniufop.engine.engine import LocalEngine
from qiniufop.engine.errors import UnsupportedFopError
from qiniufop.wire import b64encode

from .clips import clip, resolve

_LOGO = b64encode("kodo://b/logo.png")
_TEXT = b64encode("Hi")
_RED = b64encode("red")
_KEYS = b64encode("k/$(count)")
_FONT = b64encode("DejaVu Sans")

_HANDLED = [
    "avfast/mp4/vcodec/libx264/s/64x48/autoscale/1/r/5/hr/1/vb/100k/gop/5/acodec/aac/ab/60k/ar/22050/ac/1/avsmart/1"
    "/scodec/mov_text",
    "avfast/mp4/crf/30/mosaic/1/mosaicGravity/Center/mosaicOffsetX/1/mosaicOffsetY/1/mosaicSize/32x32/mosaicStart/0"
    "/mosaicDuration/1",
    f"avsmart/mp4/oau/1/ignore-error/1/s/64x48/wmImage/{_LOGO}/wmGravity/West/wmImgResolution/20x/vb/100k",
    f"avsmart/mp4/oau/0/wmText/{_TEXT}/wmGravityText/West/wmFont/{_FONT}/wmFontSize/240/wmFontColor/{_RED}",
    f"avwatermarks/mp4/wmImage/{_LOGO}/wmText/{_TEXT}/wmFont/{_FONT}/r/5/s/64x48/aspect/4:3/ab/60k/ar/22050/ac/1/ss/0"
    "/t/1/stripmeta/1",
    f"avwatermarks/mkv/wmImage/{_LOGO}/aq/100/subtitle/{b64encode('embed')}",
    f"adapt/m3u8/envBandWidth/100000,200000/multiAb/32k,64k/multiVb/50k,$(origin)/multiResolution/64:48,$(origin)"
    f"/multiPrefix/{b64encode('a')},{b64encode('b')}/hlstime/5/vcodec/libx264/wmImage/{_LOGO}/wmGravity/West"
    f"/wmOffsetX/1/wmOffsetY/1",
    f"adapt/m3u8/envBandWidth/100000,200000/vb/50k/ab/32k/resolution/64:48/wmText/{_TEXT}/wmFont/{_FONT}"
    f"/wmFontSize/240/wmFontColor/{_RED}/wmBorderWidth/1/wmBorderColor/{_RED}/wmGravityText/West",
    "avvod/m3u8/ab/60k/ar/22050/r/5/vb/100k/vcodec/libx264/acodec/libmp3lame/s/64x48/autosave/1/pipeline/q",
    "avvod/m3u8/aq/5/acodec/libmp3lame",
    f"avhls/m3u8/segtime/2/ss/0/t/1/ab/60k/ar/22050/r/5/vb/100k/vcodec/libx264/acodec/libmp3lame/s/64x48/pattern/{_KEYS}",
    "avcvt/3/format/m3u8/segtime/2/t/1/vcodec/libx264/vb/100k/r/5/s/64x48/acodec/libmp3lame/ab/60k/ar/22050",
    f"avconcat/2/format/mp4/s/64x48/index/2/maxrate/1m/addAudio/1/{b64encode('kodo://b/grey.mp4')}",
    f"vsample/jpg/ss/0/t/1/s/64x48/rotate/90/interval/0.5/savePattern/{_KEYS}",
    f"vsample/jpg/frames/2/pattern/{_KEYS}",
    f"vsample/jpg/spriteFormat/png/ss/0/t/1/rotate/90/interval/0.5/cellSize/20x20/padding/1/margin/1/color/red/lines/2"
    f"/columns/2/savePattern/{_KEYS}/saveSpritePattern/{b64encode('s/$(count)')}",
    f"vsample/jpg/frames/4/saveSpritePattern/{_KEYS}/cellSize/20x20/lines/1/columns/4",
    f"segment/mkv/segtime/5/savePattern/{_KEYS}",
    f"segment/mkv/pattern/{_KEYS}",
    f"vwatermark/1/image/{_LOGO}/gravity/West/format/mp4",
    "vframe/jpg/offset/1/w/64/h/48/rotate/90",
]
_REFUSED = [
    ("avfast/mp4/cut/1", "cut"),
    ("avfast/mp4/avsmart/1/smtEnhance/1", "smtEnhance"),
    ("avfast/mp4/avsmart/1/smtMaxvbr/1m", "smtMaxvbr"),
    ("avfast/mp4/avsmart/1/smtQuality/1", "smtQuality"),
    (f"avhls/m3u8/destKey/{_TEXT}", "destKey"),
    ("avhls/m3u8/play/1", "play"),
    ("avcvt/3/format/m3u8/output/1", "output"),
]


@pytest.mark.filterwarnings("ignore::qiniufop.errors.RetiredWarning")
@pytest.mark.parametrize("text", _HANDLED)
def test_handled_parameters(text: str) -> None:
    result = LocalEngine(resolver=resolve).run(clip("subs.mkv"), text, key="v/subs.mkv", bucket="b")
    assert result.size > 0
    assert all(file.size for _, file in result.files)


@pytest.mark.parametrize(("text", "option"), _REFUSED)
def test_error_of_refused_parameters(text: str, option: str) -> None:
    with pytest.raises(UnsupportedFopError) as caught:
        LocalEngine(resolver=resolve).run(clip("subs.mkv"), text, key="v/subs.mkv", bucket="b")
    assert caught.value.option == option
    assert "does not know what it means here" not in caught.value.reason


@pytest.mark.filterwarnings("ignore::qiniufop.errors.RetiredWarning")
def test_no_parameter_is_forgotten() -> None:
    texts = [*_HANDLED, *(text for text, _ in _REFUSED)]
    for text in texts:
        op = parse(text)
        kind = type(op)
        written = {key for other in texts if type(parse(other)) is kind for key in re.split("/", other)}
        assert set(kind.plan.keyed) <= written, text
