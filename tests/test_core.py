"""Operations, pipelines and jobs as values: what is equal, what is kept, what cannot be changed."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import BaseModel, ValidationError

from qiniufop import (
    Avthumb,
    Fop,
    Fops,
    FopSyntaxError,
    ImageInfo,
    ImageMogr2,
    ImageView2,
    Pipeline,
    Saveas,
    Stage,
    Vframe,
    Watermark,
    load,
    media,
    parse,
)

S13 = (
    "imageView2/2/w/800/h/600/format/webp|watermark/1/image/aHR0cDovL3d3dy5xaW5pdS5jb20vaW1hZ2VzL2xvZ28ucG5n/dissolve/50/"
    "gravity/SouthEast/dx/10/dy/10|saveas/b3V0cHV0LWJ1Y2tldDpwcm9jZXNzZWQtaW1hZ2Uud2VicA=="
)


def test_the_pipeline_of_the_readme() -> None:
    fop = (
        ImageView2(mode=2, w=800, h=600, format="webp")
        | Watermark(
            mode=1, image="http://www.qiniu.com/images/logo.png", dissolve=50, gravity="SouthEast", dx=10, dy=10
        )
        | Saveas("output-bucket", "processed-image.webp")
    )
    assert str(fop) == S13
    assert parse(S13) == fop


@pytest.mark.parametrize(
    "text",
    [
        "imageView2/2/h/600/w/800",
        "imageView2/2/w/0800",
        "saveas/YnVja2V0OmtleQ",
        "imageMogr2/strip/auto-orient/",
        "|imageView2/2|",
        "imageView2%2F2%2Fw%2F1%7CimageInfo",
        "imageMogr2%2Fauto-orient%257CimageView2%2F2",
        "avinfo;imageInfo;",
        "imageMogr2/gravity/center/thumbnail/120x120%3E",
    ],
)
def test_text_comes_back_as_it_was(text: str) -> None:
    value = parse(text)
    assert str(value) == text
    normal = value.canonical()
    assert normal == value
    assert hash(normal) == hash(value)
    assert str(normal) != text
    assert parse(str(normal)) == value


def test_text_read_goes_into_a_longer_command_as_it_was_unless_it_cannot() -> None:
    assert str(parse("imageView2/2/h/3/w/4") | Saveas("b")) == "imageView2/2/h/3/w/4|saveas/Yg=="  # type: ignore[operator]
    assert str(parse("imageView2%2F2%2Fw%2F1") | Saveas("b")) == "imageView2/2/w/1|saveas/Yg=="  # type: ignore[operator]
    assert str("imageMogr2/strip/auto-orient" | ImageInfo()) == "imageMogr2/strip/auto-orient|imageInfo"


def test_the_narrowest_kind_is_given() -> None:
    assert type(parse("imageView2/2")) is ImageView2
    assert type(parse("imageView2/2|imageInfo")) is Pipeline
    assert type(parse("imageView2/2;imageInfo")) is Fops
    assert type(Pipeline.parse("imageInfo")) is Pipeline
    assert type(Fops.parse("imageInfo")) is Fops
    with pytest.raises(FopSyntaxError, match="expected imageView2, found imageInfo"):
        ImageView2.parse("imageInfo")
    with pytest.raises(FopSyntaxError, match="expected one command, found several commands"):
        Pipeline.parse("imageInfo;exif")


def test_what_joins_one_part_equals_the_part() -> None:
    op = ImageView2(2, w=1)
    assert op == Pipeline(op) == Fops(op) == Fops(Pipeline(op))
    assert len({op, Pipeline(op), Fops(op)}) == 1
    assert op != ImageView2(2, w=2)
    assert op != "imageView2/2/w/1"


def test_values_cannot_be_changed() -> None:
    op = ImageView2(2, w=1)
    with pytest.raises(ValidationError):
        op.w = 2  # type: ignore[misc]
    for value in (Pipeline(op), Fops(op)):
        with pytest.raises(AttributeError, match="cannot be changed"):
            value.stages = ()  # type: ignore[misc]


def test_copies_with_changes_are_validated() -> None:
    op = ImageView2.parse("imageView2/2/h/600/w/800")
    assert str(op.model_copy(update={"w": 10})) == "imageView2/2/w/10/h/600"
    with pytest.raises(ValidationError):
        op.model_copy(update={"format": "jpg|saveas/x"})
    with pytest.raises(ValidationError):
        ImageView2.model_construct(mode=2, format="jpg|saveas/x")
    assert str(ImageView2.model_construct(mode=2, w=3)) == "imageView2/2/w/3"


def test_equal_but_different_numbers_are_told_apart() -> None:
    assert ImageView2(mode=2, w=1).w == 1
    with pytest.raises(ValidationError):
        ImageView2(mode=2, w=True)
    with pytest.raises(ValidationError):
        ImageView2(mode=2, w=1.0)  # type: ignore[arg-type]


def test_parts_of_a_job() -> None:
    job = Fops(ImageView2(2) | Saveas("b", "k"), "avinfo", Fops("imageInfo"))
    assert len(job) == 3
    assert [c.stages[0].name for c in job] == ["imageView2", "avinfo", "imageInfo"]
    assert len(job.stages) == 4
    assert job.commands[1] == parse("avinfo")


def test_media_follow_from_values() -> None:
    assert Avthumb("mp4").makes is media.Video
    assert Avthumb("mp4", vn=True).makes is media.Audio
    assert Avthumb("mp3").makes is media.Audio
    assert Avthumb("gif").makes is media.Animation
    assert Avthumb("m3u8").makes is media.Playlist
    assert Avthumb("a-new-container").makes is media.Transcoded
    assert str(Avthumb("gif") | ImageView2(2)) == "avthumb/gif|imageView2/2"
    assert str(Vframe("jpg", offset=1) | ImageView2(2)) == "vframe/jpg/offset/1|imageView2/2"


class Settings(BaseModel):
    thumb: ImageView2
    chain: Pipeline[media.Image, media.Stored]
    job: Fops


def test_values_nest_in_models() -> None:
    made = Settings.model_validate(
        {
            "thumb": {"mode": 2, "w": 80},
            "chain": "imageView2/2|saveas/Ymt0",
            "job": [{"op": "imageInfo"}, {"op": "saveas", "bucket": "b"}],
        }
    )
    assert made.thumb == ImageView2(2, w=80)
    assert isinstance(made.chain, Pipeline)
    assert isinstance(made.job, Fops)
    assert Settings.model_validate_json(made.model_dump_json()) == made
    with pytest.raises(ValidationError, match="imageInfo makes Json"):
        Settings.model_validate({**made.model_dump(), "chain": "imageInfo|imageView2/2"})


def test_plain_data_takes_python_wire_and_readable_names() -> None:
    for data in (
        {"op": "imageView2", "mode": 2, "w": 3, "ignore_error": True},
        {"op": "imageView2", "mode": 2, "width": 3, "ignore-error": True},
    ):
        assert str(load(data)) == "imageView2/2/w/3/ignore-error/1"
    assert load({"op": "imageMogr2", "auto-orient": True, "thumbnail": "3x"}) == ImageMogr2(
        auto_orient=True, thumbnail="3x"
    )
    assert (
        load({"commands": ["imageInfo", ["imageView2/2", {"op": "saveas", "bucket": "b"}]]}).commands[0] == ImageInfo()
    )
    with pytest.raises(ValueError, match="did you mean 'imageView2'"):
        load({"op": "imageview2", "mode": 2})
    with pytest.raises(ValueError, match="expected a command, a mapping or a list"):
        load(3)


def test_yaml_comes_back() -> None:
    yaml = pytest.importorskip("yaml")
    fop = ImageMogr2().thumbnail("3x").crop("2x2").thumbnail("1x") | Saveas("b", "键")
    assert load(yaml.safe_load(fop.to_yaml())) == fop
    assert "键" in fop.to_yaml()


def test_importing_is_light() -> None:
    code = (
        "import sys, qiniufop; "
        "assert 'pydantic' not in sys.modules and 'requests' not in sys.modules; "
        "qiniufop.ImageView2; "
        "loaded = {m for m in sys.modules if m.startswith('qiniufop.ops.') and '._' not in m}; "
        "assert loaded == {'qiniufop.ops.image'}, loaded; "
        "assert 'requests' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_classes_say_how_they_are_called() -> None:
    import inspect

    assert list(inspect.signature(Saveas).parameters)[:2] == ["bucket", "key"]
    assert inspect.signature(ImageView2).parameters["w"].kind is inspect.Parameter.KEYWORD_ONLY
    assert issubclass(ImageView2, Fop)
    assert issubclass(Pipeline, Stage)
