from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from qiniufop import FopSyntaxError, Md2html, Odconv, RetiredWarning, StageError, YifangyunPreview, load, parse
from qiniufop.media import Document, Image, Json

from .known import examples, real_commands

OPS = ("md2html", "odconv", "yifangyun_preview")
retired = pytest.mark.filterwarnings("ignore::qiniufop.errors.RetiredWarning")


@pytest.mark.parametrize("text", [*examples(*OPS), *real_commands(*OPS)])
def test_known_commands_are_read_and_kept(text: str) -> None:
    value = parse(text)
    assert str(value) == text
    assert str(value.canonical()) == text


@retired
@pytest.mark.parametrize(
    ("build", "text"),
    [
        (lambda: Md2html(), "md2html"),
        (lambda: Md2html(1), "md2html/1"),
        (lambda: Md2html(0, css="http://a.b/c"), "md2html/0/css/aHR0cDovL2EuYi9j"),
        (lambda: Odconv("pdf"), "odconv/pdf"),
        (lambda: Odconv("png", info=True), "odconv/png/info"),
        (lambda: Odconv("jpg", resize=8, page=2, density=72), "odconv/jpg/page/2/density/72/resize/8"),
        (lambda: YifangyunPreview(), "yifangyun_preview"),
        (lambda: YifangyunPreview("v2"), "yifangyun_preview/v2"),
        (lambda: YifangyunPreview(format="jpg", page_number=1), "yifangyun_preview/v2/format=jpg/page_number=1"),
        (lambda: YifangyunPreview(extra={"dpi": "150"}), "yifangyun_preview/v2/dpi=150"),
    ],
)
def test_spelling(build: Any, text: str) -> None:
    op = build()
    assert str(op) == text
    assert parse(text, unknown="keep") == op
    assert load(op.to_data()) == op


@pytest.mark.parametrize(
    ("text", "makes"),
    [
        ("md2html", Document),
        ("odconv/pdf", Document),
        ("odconv/jpg/page/1", Image),
        ("odconv/png/info", Json),
        ("yifangyun_preview", Document),
        ("yifangyun_preview/v2/format=jpg/page_number=2", Image),
        ("yifangyun_preview/v2/action=get_page_count", Json),
    ],
)
def test_what_they_make(text: str, makes: type) -> None:
    assert parse(text).makes is makes  # type: ignore[union-attr]


def test_error_a_report_cannot_be_processed() -> None:
    with pytest.raises(StageError, match="odconv makes Json, which can only be saved, but imageView2 takes Image"):
        parse("odconv/jpg/info|imageView2/2/w/1")


def test_building_what_is_gone_warns_and_reading_does_not() -> None:
    parse("odconv/pdf;yifangyun_preview/v2")
    with pytest.warns(RetiredWarning, match="odconv is retired"):
        Odconv("jpg", page=7)
    with pytest.warns(RetiredWarning, match="yifangyun_preview is a third party's"):
        YifangyunPreview(ext="odt")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("md2html/2", "md2html: mode cannot be '2': expected 0 or 1"),
        ("md2html/0/style/x", "md2html has no parameter 'style'; it takes css"),
        ("md2html/0/css/YWJj", "md2html: css must be a URL such as kodo://bucket/key or https://host/path"),
        ("odconv", "odconv needs its format right after the name"),
        ("odconv/doc", "odconv: format cannot be 'doc': expected pdf or jpg or png"),
        ("odconv/pdf/info", "odconv: pdf takes no parameters, and info is given"),
        ("odconv/pdf/page/1", "odconv: pdf takes no parameters, and page is given"),
        ("odconv/jpg/info/page/1", "odconv: info and page cannot be given together"),
        ("odconv/jpg/page/0", "odconv: page must be at least 1, not 0"),
        ("odconv/jpg/density/1201", "odconv: density must be from 1 to 1200 dpi, not 1201"),
        (
            "yifangyun_preview/v2/type/pdf/dpi/150/page/1/format/jpg",
            "yifangyun_preview has no parameter 'type'; it takes ext, action, format, page_number",
        ),
        (
            "yifangyun_preview/v2/format/jpg/page_number/1",
            "yifangyun_preview has no parameter 'format'; did you mean 'format=...'?",
        ),
        (
            "yifangyun_preview/v2/fromat=pdf",
            "yifangyun_preview has no parameter 'fromat=pdf'; did you mean 'format=...'?",
        ),
        ("yifangyun_preview/v3/ext=doc", "yifangyun_preview: version cannot be 'v3': expected v2"),
        ("yifangyun_preview/ext=doc", "yifangyun_preview: ext needs v2: yifangyun_preview/v2/..."),
        ("yifangyun_preview/v2/format=jpg", "yifangyun_preview: format=jpg needs page_number"),
        ("yifangyun_preview/v2/format=gif", "yifangyun_preview: format cannot be 'gif': expected pdf or jpg"),
        ("yifangyun_preview/v2/ext=doc/ext=doc", "yifangyun_preview has 'ext' twice"),
        ("yifangyun_preview/v2/page_number=0", "yifangyun_preview: page_number must be at least 1, not 0"),
    ],
)
def test_error_where_and_what(text: str, message: str) -> None:
    with pytest.raises(FopSyntaxError) as caught:
        parse(text)
    assert caught.value.message == message


def test_unknown_parameters_are_kept_with_their_joiner() -> None:
    value = parse("yifangyun_preview/v2/dpi=150/ext=doc", unknown="keep")
    assert value.extra == (("dpi", "150"),)  # type: ignore[union-attr]
    assert str(value.canonical()) == "yifangyun_preview/v2/ext=doc/dpi=150"


@retired
def test_error_when_built() -> None:
    with pytest.raises(ValidationError, match="format=jpg needs page_number"):
        YifangyunPreview(format="jpg")
