"""Watermarks that nobody sees: modes 5 and 6 of watermark, for pictures and for text."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator
from typing_extensions import Self

from ..declaration import Facts
from ..wire import B64, Fact, Grammar, Pair, Text
from .watermark import Watermark

__all__ = ["WatermarkBlind", "WatermarkBlindText"]

_PAGE = "https://developer.qiniu.com/dora/5915/blind-watermarking-processing"
_LIMITS = ("Source jpg or png of at most 4096x4096.", "Slow on large pictures.")
_RULES = (
    "Reading needs the version that wrote.",
    "Versions 1 and 2 compare with the unmarked source when reading: give orignal.",
    "Version 3 needs a source above 512 px in both directions, and no original.",
)
ASCII = Grammar(r"[ -~]{1,15}", "at most 15 ASCII letters and digits", kind="ASCII text")


class WatermarkBlind(
    Watermark,
    variant=("5",),
    facts=Facts(
        title="An invisible picture as watermark",
        zh="图片盲水印",
        docs=(_PAGE,),
        modes=("sync", "persistent", "style"),
        rules=(
            *_RULES,
            "Versions 1 and 2: the mark is at most half as wide and high as the source, best white on black.",
            "Version 3: the mark is best 64x64 in two tones; others are turned into that.",
        ),
        limits=_LIMITS,
        examples=(
            (
                "watermark/5/version/3/method/encode/imageKey/dW5pY2xvdWQvZXh0LXN0b3JhZ2UvdW5pQ2xvdWQucG5n",
                "a picture hidden",
            ),
            ("watermark/5/version/3/method/decode", "and found again"),
            (
                "watermark/5/version/2/method/decode/orignal/dW5pY2xvdWQvZXh0LXN0b3JhZ2UvZ29nb3BoZXIxLnBuZw==",
                "found by comparing",
            ),
        ),
    ),
):
    """Hide a picture in a picture, or find it again. Takes and makes a picture."""

    mode: Literal[5] = Field(default=5, kw_only=False)
    """Always 5."""
    version: Annotated[Literal[1, 2, 3] | None, Pair("version", first=True), Fact("1")] = None
    """Version of the method; 3 is recommended."""
    method: Literal["encode", "decode"]
    """``encode`` hides the mark, ``decode`` finds it."""
    image_key: Annotated[Text | None, Pair("imageKey"), Fact(applies="encode")] = None
    """Key of the mark in the bucket of the source; a key, not a URL."""
    orignal: Annotated[Text | None, Fact(applies="decode of versions 1 and 2", alias="original")] = None
    """Key of the unmarked source to compare with. The wire spells it so."""


class WatermarkBlindText(
    Watermark,
    variant=("6",),
    facts=Facts(
        title="An invisible text as watermark",
        zh="文字盲水印",
        docs=(_PAGE,),
        modes=("sync", "persistent", "style"),
        rules=(*_RULES, "The text is ASCII letters and digits; decode takes none."),
        limits=_LIMITS,
        examples=(
            ("watermark/6/version/3/method/encode/text/MTIzNDU2", "123456 hidden"),
            ("watermark/6/version/3/method/decode", "and found again"),
            ("watermark/6/version/2/method/encode/text/OTAyR0h3cmM=", "902GHwrc hidden"),
        ),
    ),
):
    """Hide a short text in a picture, or find it again. Takes and makes a picture.

    Raises:
        ValidationError: the text is too long or not of letters and digits, or given to decode.
    """

    mode: Literal[6] = Field(default=6, kw_only=False)
    """Always 6."""
    version: Annotated[Literal[1, 2, 3] | None, Pair("version", first=True), Fact("1")] = None
    """Version of the method; 3 is recommended."""
    method: Literal["encode", "decode"]
    """``encode`` hides the text, ``decode`` finds it."""
    text: Annotated[str, B64, ASCII, Fact(applies="encode")] | None = None
    """ASCII letters and digits, at most 10 in versions 1 and 2 and 15 in version 3. Without a version, spaces and up to
    15 characters are let through, as real commands have them."""
    orignal: Annotated[Text | None, Fact(applies="decode of versions 1 and 2", alias="original")] = None
    """Key of the unmarked source to compare with. The wire spells it so."""

    @model_validator(mode="after")
    def _short_text(self) -> Self:
        if self.text is None:
            return self
        if self.method == "decode":
            raise ValueError("decode takes no text")
        most = 15 if self.version == 3 else 10
        if self.version is not None and (len(self.text) > most or not self.text.isalnum()):
            raise ValueError(f"text must be at most {most} ASCII letters and digits in version {self.version}")
        return self
