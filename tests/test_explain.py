"""Commands in words."""

import pytest

from qiniufop import Avthumb, ImageView2, RawOp, Saveas, Watermark, ops_index, parse
from qiniufop.errors import FopSyntaxError
from qiniufop.explain import Parameter, explain, plain_doc
from qiniufop.ops.marks import ImageMark

EXAMPLES = [
    fops
    for name in ops_index.names()
    if name
    for cls in [ops_index.find(name)]
    for variant in (list(dict.fromkeys(cls.variants.values())) or [cls])
    for fops, _ in variant.facts.examples
]


def only(text: object) -> tuple[Parameter, ...]:
    (command,) = explain(text).commands
    return command.stages[0].parameters


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_documented_example_is_explained(text):
    explanation = explain(text)
    assert explanation.text == text
    for command in explanation.commands:
        assert command.result
        for stage in command.stages:
            assert stage.title
            assert stage.summary
            assert stage.docs
            assert all(p.meaning and p.name for p in stage.parameters)


def test_a_parameter_has_its_unit_meaning_and_range():
    mode, w = only("imageView2/2/w/200")
    assert (mode.name, mode.key, mode.value) == ("mode", "", "2")
    assert (w.key, w.value, w.written, w.encoded, w.unit) == ("w", "200", "200", False, "px")
    assert w.range == "from 1 to 16383 px"
    assert w.meaning.startswith("Width in pixels, or the long edge in modes 0, 4 and 5.")


def test_base64_is_opened():
    found = {p.key: p for p in only(str(Watermark(mode=2, text="你好 | world", fill="#ff0000", dx=5)))}
    assert (found["text"].value, found["text"].encoded) == ("你好 | world", True)
    assert (found["fill"].value, found["dx"].encoded) == ("#ff0000", False)
    bucket, key = only("saveas/Ymt0OmEvYi5wbmc=")
    assert (bucket.value, key.value, bucket.encoded, key.encoded) == ("bkt", "a/b.png", True, True)


def test_what_is_not_given_has_its_default():
    stage = explain("imageView2/2/w/200").commands[0].stages[0]
    assert dict(stage.defaults)["q"] == "75; heic 35; avif 50"
    assert "w" not in dict(stage.defaults)


def test_steps_keep_their_order_and_repeats():
    assert [(p.key, p.value) for p in only("imageMogr2/thumbnail/300x/strip/thumbnail/50x")] == [
        ("thumbnail", "300x"),
        ("strip", "on"),
        ("thumbnail", "50x"),
    ]


def test_groups_are_explained_one_by_one():
    op = Avthumb("mp4", watermarks=[ImageMark(wm_image="kodo://a/1"), ImageMark(wm_image="kodo://a/2")])
    marks = only(op)[-1]
    assert [group.name for group in marks.inside] == ["ImageMark", "ImageMark"]
    assert [group.inside[0].value for group in marks.inside] == ["kodo://a/1", "kodo://a/2"]
    assert all(group.inside[0].encoded for group in marks.inside)


def test_a_command_inside_an_address_is_explained():
    op = Watermark(mode=1, image="http://host/logo.png?imageView2/2/w/50&e=1")
    image = {p.key: p for p in only(op)}["image"]
    (inner,) = image.inside
    assert inner.name == "imageView2"
    assert [(p.key, p.value) for p in inner.inside] == [("", "2"), ("w", "50")]
    assert {p.key: p for p in only(Watermark(mode=1, image="http://host/a.png?v=1"))}["image"].inside == ()


def test_the_unknown_is_called_so():
    stages = explain("my-fop/a/b|imageView2/2/w/1/newKey/2").commands[0].stages
    assert (stages[0].title, stages[0].status) == ("Not in the catalogue", "unknown")
    assert [p.value for p in stages[0].parameters] == ["a", "b"]
    assert (stages[1].parameters[-1].key, stages[1].parameters[-1].known) == ("newKey", "unknown")
    assert explain(RawOp("my-fop", "a")).commands[0].stages[0] == explain("my-fop/a").commands[0].stages[0]


@pytest.mark.parametrize(
    ("value", "result"),
    [
        (ImageView2(mode=2) | Saveas("bkt", "a.png"), "a picture, stored as bkt:a.png"),
        (ImageView2(mode=2) | Saveas("bkt"), "a picture, stored in bucket bkt, under a key the service chooses"),
        (
            ImageView2(mode=2) | Saveas("bkt", save_pattern="$(fprefix).jpg"),
            "a picture, stored in bucket bkt, named by the template $(fprefix).jpg",
        ),
        (ImageView2(mode=2), "a picture, stored under a key the service chooses"),
        (parse("imageInfo"), "JSON, answered as it is"),
        (Avthumb("mp3"), "audio, stored under a key the service chooses"),
        (RawOp("my"), "whatever the operation makes, stored under a key the service chooses"),
    ],
)
def test_what_becomes_of_the_result(value, result):
    assert explain(value).commands[0].result == result


def test_to_data_is_plain_and_leaves_out_what_is_empty():
    data = explain("imageInfo").to_data()
    assert data["canonical"] == "imageInfo"
    stage = data["commands"][0]["stages"][0]
    assert stage["makes"] == "JSON"
    assert "parameters" not in stage


def test_markup_is_taken_out_of_docstrings():
    assert plain_doc("As :class:`~qiniufop.raw.RawOp`\n    or ``w``.") == "As RawOp or w."


def test_error_of_a_text_that_is_no_command():
    with pytest.raises(FopSyntaxError, match="a stage is empty"):
        explain("imageInfo||exif")
