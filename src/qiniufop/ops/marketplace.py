"""Operations of third parties, checks by machine, and one that fetches old results. Most of them are gone."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import Ge
from pydantic import AfterValidator, Field, Strict, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import Self

from ..core import Fop
from ..declaration import Facts
from ..media import Image, Json, Media, Video
from ..wire import FLOAT, Fact, Grammar, Many, Positive, Rest, Switch, Tail, Text, Unit, Word, hyphen

__all__ = [
    "Ad",
    "Facecrop2",
    "ImageCensor",
    "Nrop",
    "P",
    "Qpolitician",
    "Qpulp",
    "Qterror",
    "Sequickimage",
    "TupuVideo",
    "VideoCensor",
]

_THIRD_PARTY = "https://github.com/qiniu/developer.qiniu.com/blob/master/docs/v6/api/reference/fop/third-party"
_SWITCHED_ON = "The account must have it switched on."
_GONE = "Known from the documentation of 2016 only."
_OBSERVED = Fact(known="observed")
SCENES = ("pulp", "terror", "politician", "ads", "behavior")
SIZE = Grammar(r"0*[1-9][0-9]{0,8}x0*[1-9][0-9]{0,8}", "a size such as 200x200", kind="width x height")
TILE = Grammar(
    r"[0-9]+(?:\.[0-9]+)?(?:-[0-9]+(?:\.[0-9]+)?){3}", "four numbers such as 0-0-0.5-256", kind="x-y-scale-size"
)
VERSION = Grammar(r"v[0-9]{1,3}", "v2 or v3", kind="version")
COMMAND = Grammar(
    r"[!-$&-:<-{}~]*[!-$&-.0-:<-{}~]",
    "a command of one stage, without '|', ';', '%' or space, that does not end in '/'",
    kind="command",
)


def _once(scenes: tuple[str, ...]) -> tuple[str, ...]:
    twice = next((s for i, s in enumerate(scenes) if s in scenes[:i]), None)
    if twice is not None:
        raise PydanticCustomError("twice", "has {scene} twice", {"scene": repr(twice)})
    return scenes


Scenes = Annotated[
    Many[Word], Field(min_length=1), AfterValidator(_once), Tail(early=True), Fact(known="observed", choices=SCENES)
]


class Facecrop2(
    Fop[Image, Image],
    fop="facecrop2",
    spell=hyphen,
    facts=Facts(
        title="Crop around a face, by Face++",
        zh="人脸剪裁",
        docs=(f"{_THIRD_PARTY}/facecrop2.md",),
        status="third-party",
        modes=("sync",),
        rules=("A size above that of the source is an error.", _SWITCHED_ON, _GONE),
        examples=(
            ("facecrop2/200x200", "the face, 200x200"),
            ("facecrop2/800x200/ignore-error/1", "the source, if that fails"),
        ),
    ),
):
    """Crop a picture around a face. Takes a picture, makes a jpeg. A third party's, no longer listed."""

    size: Annotated[str, SIZE] = Field(kw_only=False)
    """Width and height of the result, ``200x200``; not above those of the source."""
    ignore_error: Annotated[Switch | None, Fact("0")] = None
    """Give back the source instead of an error."""


class Nrop(
    Fop[Image, Json],
    fop="nrop",
    facts=Facts(
        title="Pornography check, by Tuputech",
        zh="图片鉴黄",
        docs=(f"{_THIRD_PARTY}/nrop.md",),
        status="third-party",
        modes=("sync",),
        rules=(_SWITCHED_ON, _GONE),
        examples=(("nrop", "label 0 porn, 1 sexy, 2 normal; rate 0 to 1"),),
    ),
):
    """Report whether a picture is pornographic. Takes a picture, makes JSON. A third party's, no longer listed."""


class Ad(
    Fop[Image, Json],
    fop="ad",
    facts=Facts(
        title="Advertisement check, by Tuputech",
        zh="图片广告识别",
        docs=(f"{_THIRD_PARTY}/ad.md",),
        status="third-party",
        modes=("sync",),
        rules=(_SWITCHED_ON, _GONE),
        examples=(("ad", "label 0 normal, 1 QR code, 2 picture with text"),),
    ),
):
    """Report whether a picture is an advertisement. Takes a picture, makes JSON. A third party's, no longer listed."""


class TupuVideo(
    Fop[Video, Json],
    fop="tupu-video",
    facts=Facts(
        title="Pornography check of a short video, by Tuputech",
        zh="短视频鉴黄",
        docs=(f"{_THIRD_PARTY}/tupu-video.md",),
        status="third-party",
        rules=("Above ten minutes only in a job.", _SWITCHED_ON, _GONE),
        limits=("10 snapshots for each started minute, and 100 from the ninth minute on, unless f says otherwise.",),
        examples=(("tupu-video/nrop/f/20/s/3", "at most 20 snapshots, one every three seconds"),),
    ),
):
    """Report whether a video is pornographic. Takes a video, makes JSON. A third party's, no longer listed."""

    kind: Literal["nrop"] = Field(kw_only=False)
    """Kind of check; there is one."""
    f: Annotated[Positive | None, Fact("10 a minute, at most 100")] = None
    """How many snapshots at most."""
    s: Annotated[float, Strict(), Field(allow_inf_nan=False), Ge(0), Unit("s"), FLOAT] | None = None
    """Seconds between snapshots."""


class Sequickimage(
    Fop[Media, Any],
    fop="sequickimage",
    facts=Facts(
        title="Tiles of huge pictures, by SuperEngine",
        zh="超大图浏览",
        docs=(f"{_THIRD_PARTY}/sequickimage.md",),
        status="third-party",
        rules=("convert in a job; getinfo and gettile in the URL of what it made.", _SWITCHED_ON, _GONE),
        limits=("convert takes jpg, tif, tiff and bmp.",),
        examples=(
            ("sequickimage/convert", "prepare"),
            ("sequickimage/getinfo", "width and height"),
            ("sequickimage/gettile/0-0-0.5-256", "one tile"),
        ),
    ),
):
    """Prepare a huge picture, and read tiles of it. A third party's, no longer listed.

    Takes a picture, or what ``convert`` made of it; makes a file of its own, JSON, or a picture.

    Raises:
        ValidationError: ``gettile`` without a tile, or another action with one.
    """

    action: Literal["convert", "getinfo", "gettile"] = Field(kw_only=False)
    """The step."""
    tile: Annotated[str, TILE, Fact(applies="gettile")] | None = Field(default=None, kw_only=False)
    """Which tile: four numbers, probably x, y, scale and size."""

    @model_validator(mode="after")
    def _tile_for_gettile(self) -> Self:
        if self.action == "gettile" and self.tile is None:
            raise ValueError("gettile needs a tile such as 0-0-0.5-256")
        if self.action != "gettile" and self.tile is not None:
            raise ValueError(f"{self.action} takes no tile")
        return self

    @property
    def makes(self) -> Any:
        """A picture or JSON; what ``convert`` makes has no name."""
        return {"gettile": Image, "getinfo": Json}.get(self.action, Any)


class Qpulp(
    Fop[Image, Json],
    fop="qpulp",
    facts=Facts(
        title="Pornography check",
        zh="图片鉴黄（旧版）",
        docs=("https://developer.qiniu.com/dora/manual/3701/ai-pulp",),
        status="legacy",
        modes=("sync",),
        rules=("Replaced by an HTTP interface.", _SWITCHED_ON),
        limits=("Takes jpg, png, bmp and gif.",),
        examples=(("qpulp", "label 0 porn, 1 sexy, 2 normal; score 0 to 1"),),
    ),
):
    """Report whether a picture is pornographic. Takes a picture, makes JSON."""


class Qterror(
    Fop[Image, Json],
    fop="qterror",
    facts=Facts(
        title="Terrorism check",
        zh="图片鉴暴恐（旧版）",
        docs=("https://developer.qiniu.com/dora/3918",),
        status="legacy",
        modes=("sync",),
        rules=("Replaced by an HTTP interface.", _SWITCHED_ON),
        limits=("Takes jpg, png, bmp and gif.",),
        examples=(("qterror", "label and score"),),
    ),
):
    """Report whether a picture shows terror. Takes a picture, makes JSON."""


class Qpolitician(
    Fop[Image, Json],
    fop="qpolitician",
    facts=Facts(
        title="Public figures in a picture",
        zh="政治人物识别（旧版）",
        docs=("https://developer.qiniu.com/dora/3922",),
        status="legacy",
        modes=("sync",),
        rules=("Replaced by an HTTP interface.", _SWITCHED_ON),
        limits=("Takes jpg, png and bmp.",),
        examples=(("qpolitician", "who was recognised"),),
    ),
):
    """Report which public figures a picture shows. Takes a picture, makes JSON."""


class ImageCensor(
    Fop[Image, Json],
    fop="image-censor",
    facts=Facts(
        title="Content check of pictures",
        zh="图片审核",
        docs=("https://developer.qiniu.com/censor/5588/image-censor",),
        status="legacy",
        rules=(
            "Known from real jobs (v2) and URLs (v3); the documented interface is an HTTP one.",
            "In a job the verdict stands in the item's result; nothing needs saving.",
        ),
        limits=("A picture of at most 10 MB, above 32x32 and below 5000x5000 (inferred).",),
        examples=(
            ("image-censor/v2/pulp/terror/politician", "three checks, in a job"),
            ("image-censor/v3/pulp/terror/politician", "the same, in a URL"),
        ),
    ),
):
    """Check what a picture shows. Takes a picture, makes JSON.

    Raises:
        ValidationError: there is no scene, or one twice.
    """

    version: Annotated[str, VERSION, Fact(known="observed", choices=("v2", "v3"))] = Field(kw_only=False)
    """``v2`` in jobs, ``v3`` in URLs."""
    scenes: Scenes
    """What to look for, one or more."""
    app: Annotated[Text | None, _OBSERVED] = None
    """Name of a set of rules made in the console."""


class VideoCensor(
    Fop[Video, Json],
    fop="video-censor",
    facts=Facts(
        title="Content check of videos",
        zh="视频审核",
        docs=("https://github.com/NigelWu95/qiniu-demo-java",),
        status="legacy",
        rules=("Seen in real code only; the documented interface is an HTTP one.",),
        examples=(("video-censor/v3/pulp/bucket/temp", "one check; snapshots go to the bucket temp"),),
    ),
):
    """Check what a video shows. Takes a video, makes JSON.

    Raises:
        ValidationError: there is no scene, or one twice.
    """

    version: Annotated[str, VERSION, Fact(known="observed", choices=("v3",))] = Field(kw_only=False)
    """Only ``v3`` has been seen."""
    scenes: Scenes
    """What to look for, one or more."""
    bucket: Annotated[Word | None, _OBSERVED] = None
    """Bucket for what the check stores, probably snapshots."""


class P(
    Fop[Media, Any],
    fop="p",
    facts=Facts(
        title="Fetch a persisted result",
        zh="获取持久化处理结果",
        docs=(
            "https://github.com/qiniu/developer.qiniu.com/blob/master/docs/v6/api/overview/fop/fop/persistent-fop.md",
        ),
        status="retired",
        modes=("sync",),
        rules=("Everything behind p/1/ is the command whose result is fetched.",),
        examples=(("p/1/avthumb/mp3/ar/44100/ab/32k", "what that command made, if it ran"),),
    ),
):
    """Fetch what a command made earlier. Retired: fetch the key of the result instead.

    ``P(1, "avthumb/mp3/ar/44100/ab/32k")``
    """

    mode: Literal[1] = Field(kw_only=False)
    """Always 1."""
    fop: Annotated[str, COMMAND, Rest()] = Field(kw_only=False)
    """The command exactly as it was persisted: one stage."""
