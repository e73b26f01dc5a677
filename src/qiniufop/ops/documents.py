"""Documents: Markdown, office files, PDF."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import Ge, Le
from pydantic import Field, Strict, model_validator
from typing_extensions import Self

from ..core import Fop
from ..declaration import Facts
from ..media import Document, Image, Json
from ..wire import INT, Fact, Flag, Percent, Positive, Unit, Url

__all__ = ["Md2html", "Odconv", "YifangyunPreview"]

_REPOSITORY = "https://github.com/qiniu/developer.qiniu.com/blob/master"
Density = Annotated[int, Strict(), Ge(1), Le(1200), Unit("dpi"), INT]
Extension = Literal[
    "doc", "docx", "odt", "rtf", "wps", "ppt", "pptx", "odp", "dps", "xls", "xlsx", "ods", "csv", "et", "pdf"
]


class Md2html(
    Fop[Document, Document],
    fop="md2html",
    facts=Facts(
        title="Markdown to HTML",
        zh="MD 转 HTML",
        docs=("https://developer.qiniu.com/dora/1285/md-html-md2html",),
        rules=("A style sheet only helps a whole page, mode 0 (inferred).",),
        examples=(
            ("md2html", "a whole page"),
            ("md2html/0/css/aHR0cDovL2Nkbi5leGFtcGxlLmNvbS9zdHlsZS5jc3M=", "with a style sheet"),
            ("md2html/1|saveas/Ymt0OnBhZ2UuaHRtbA==", "the body only"),
        ),
    ),
):
    """Turn Markdown into HTML. Takes and makes a document."""

    mode: Annotated[Literal[0, 1] | None, Fact("0")] = Field(default=None, kw_only=False)
    """0 makes a whole page, 1 only what stands in its body."""
    css: Annotated[Url | None, Fact(applies="mode 0")] = None
    """URL of a style sheet to link."""


class Odconv(
    Fop[Document, Any],
    fop="odconv",
    facts=Facts(
        title="Office to PDF, PDF to pictures",
        zh="文档转换",
        docs=(f"{_REPOSITORY}/_frozen/docs/v6/api/reference/fop/odconv.md",),
        status="retired",
        rules=("pdf takes an office document, jpg and png take a PDF.",),
        examples=(
            ("odconv/pdf", "an office document as PDF"),
            ("odconv/jpg/info", "how many pages a PDF has"),
            ("odconv/jpg/page/4/density/150/quality/80/resize/800", "page 4, 800 px wide"),
        ),
    ),
):
    """Convert an office document to PDF, or a page of a PDF to a picture. Retired before 2016.

    Takes a document; makes a document, a picture, or JSON with ``info``.

    Raises:
        ValidationError: ``pdf`` is given parameters, or ``info`` others beside it.
    """

    format: Literal["pdf", "jpg", "png"] = Field(kw_only=False)
    """``pdf`` for office documents; ``jpg`` and ``png`` for a page of a PDF."""
    info: Annotated[bool, Flag("info")] = False
    """Report the number of pages instead."""
    page: Annotated[Positive | None, Fact("1")] = None
    """Page, from 1."""
    density: Annotated[Density | None, Fact("72")] = None
    """Resolution in dpi, 1 to 1200."""
    quality: Annotated[Percent | None, Fact("92")] = None
    """Quality of the picture, 1 to 100."""
    resize: Annotated[Positive | None, Fact("as the page at its density")] = None
    """Width of the picture in pixels; the height follows."""

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        numbers = [n for n in ("page", "density", "quality", "resize") if getattr(self, n) is not None]
        if self.format == "pdf" and (self.info or numbers):
            raise ValueError(f"pdf takes no parameters, and {'info' if self.info else numbers[0]} is given")
        if self.info and numbers:
            raise ValueError(f"info and {numbers[0]} cannot be given together")
        return self

    @property
    def makes(self) -> Any:
        """A document, a picture, or JSON."""
        return Document if self.format == "pdf" else Json if self.info else Image


class YifangyunPreview(
    Fop[Document, Any],
    fop="yifangyun_preview",
    joiner="=",
    facts=Facts(
        title="Preview of office documents, by Yifangyun",
        zh="亿方云文档预览",
        docs=(f"{_REPOSITORY}/docs/v6/api/reference/fop/third-party/yifangyun_preview.md",),
        status="third-party",
        rules=(
            "Parameters are written key=value and need v2.",
            "format=jpg takes a PDF and needs page_number; from office to jpg takes two jobs.",
            "Best used in a job: conversion takes longer than a request may.",
            "The account must have it switched on.",
        ),
        examples=(
            ("yifangyun_preview", "an office document as PDF"),
            ("yifangyun_preview/v2", "the same"),
            ("yifangyun_preview/v2/ext=docx|saveas/Ymt0Om91dC5wZGY=", "taken for a docx"),
            ("yifangyun_preview/v2/format=jpg/page_number=1|saveas/Ymt0OnBhZ2UxLmpwZw==", "the first page of a PDF"),
            ("yifangyun_preview/v2/action=get_page_count", "how many pages it has"),
        ),
    ),
):
    """Convert an office document to PDF, a page of a PDF to a jpg, or count pages. A third party's, no longer listed.

    Takes a document; makes a document, a picture, or JSON with ``action="get_page_count"``. Any parameter implies v2.

    Raises:
        ValidationError: ``format="jpg"`` without ``page_number``, or an unknown value.
    """

    version: Annotated[Literal["v2"] | None, Fact("the first version")] = Field(default=None, kw_only=False)
    """Only ``v2`` takes parameters."""
    ext: Annotated[Extension | None, Fact("from the key")] = None
    """True type of the source, when its key has no suffix or a wrong one."""
    action: Annotated[Literal["get_preview", "get_page_count"] | None, Fact("get_preview")] = None
    """``get_page_count`` reports the number of pages instead."""
    format: Annotated[Literal["pdf", "jpg"] | None, Fact("pdf")] = None
    """``jpg`` makes a picture of one page of a PDF."""
    page_number: Annotated[Positive | None, Fact(applies="format=jpg")] = None
    """Page for the picture, from 1."""

    @classmethod
    def _prepared(cls, data: dict[str, Any]) -> dict[str, Any]:
        written = {name for name, value in data.items() if value not in (None, (), {}, [])}
        return {**data, "version": "v2"} if written and "version" not in written else data

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        others = next((s.label for s in self.plan.steps if s.attr != "version" and self.__dict__[s.attr]), None)
        if self.version is None and others is not None:
            raise ValueError(f"{others} needs v2: yifangyun_preview/v2/...")
        counts = self.action == "get_page_count"
        if self.format == "jpg" and self.page_number is None and not counts:
            raise ValueError("format=jpg needs page_number")
        return self

    @property
    def makes(self) -> Any:
        """A document, a picture, or JSON."""
        return Json if self.action == "get_page_count" else Image if self.format == "jpg" else Document
