"""Commands as people write them, for measuring how fast they are read: mostly short, mostly pictures."""

from __future__ import annotations

import csv
from pathlib import Path

LOGO = "aHR0cDovL3d3dy5xaW5pdS5jb20vaW1hZ2VzL2xvZ28ucG5n"
TEXT = "5LiD54mb5LqR5a2Y5YKo"
SAVE = "saveas/YnVja2V0OnJlc3VsdC5tcDQ="
COMMANDS = (
    "imageView2/1/w/200/h/200",
    "imageView2/2/w/750",
    "imageView2/2/h/200",
    "imageView2/0/w/48/h/48",
    "imageView2/0/q/75",
    "imageView2/1/w/200/h/200/interlace/1",
    "imageView2/1/w/200/h/200/q/55",
    "imageView2/2/w/1240/format/webp",
    "imageView2/2/w/800/h/600/q/85!/format/jpg",
    "imageView2/1/w/100/h/100/ignore-error/1/",
    "imageView2/2/w/300/h/300/interlace/1/q/80/format/png/colors/64",
    "imageView2/5/w/1080/h/636",
    "imageView2/3/w/120/h/120|imageslim",
    "imageMogr2/thumbnail/!50p",
    "imageMogr2/thumbnail/300x300>",
    "imageMogr2/thumbnail/!200x200r/gravity/Center/crop/200x200",
    "imageMogr2/auto-orient/thumbnail/300x",
    "imageMogr2/auto-orient/strip",
    "imageMogr2/auto-orient/strip|imageView2/2/w/1240/format/webp",
    "imageMogr2/auto-orient/strip%7CimageView2/2/w/1240/format/webp",
    "imageMogr2/gravity/center/crop/!300x400a10a10",
    "imageMogr2/rotate/90/quality/80",
    "imageMogr2/blur/50x50",
    "imageMogr2/format/webp/quality/75!",
    "imageMogr2/thumbnail/500x500/background/d2hpdGU=/extent/500x500",
    "imageMogr2/interlace/1/format/jpg/size-limit/200k",
    "imageMogr2/strip/meta-keep-list/ZGF0ZQ==",
    "imageInfo",
    "exif",
    "imageAve",
    "imageslim",
    "qrcode/1/level/M",
    "roundPic/radius/!50p",
    "roundPic/radiusx/30/radiusy/20",
    f"watermark/1/image/{LOGO}",
    f"watermark/1/image/{LOGO}/dissolve/50/gravity/SouthEast/dx/20/dy/20",
    f"watermark/1/image/{LOGO}/ws/0.25/wst/2/gravity/NorthWest",
    f"watermark/2/text/{TEXT}/fontsize/500/dissolve/100/gravity/SouthEast/dx/10/dy/10",
    f"watermark/2/text/{TEXT}/font/5a6L5L2T/fontsize/1000/fill/d2hpdGU=",
    f"watermark/3/image/{LOGO}/gravity/Center/text/{TEXT}/gravity/North/dy/30",
    f"watermark/4/text/{TEXT}/fontsize/400/rotate/30/uw/300/uh/200",
    f"imageView2/2/w/750/format/jpg|watermark/1/image/{LOGO}/gravity/SouthEast/dx/10/dy/10",
    f"imageView2/2/w/200|{SAVE}",
    f"imageView2/2/w/200|{SAVE}/deleteAfterDays/7",
    f"imageView2/2/w/200|{SAVE};imageView2/1/w/80/h/80|saveas/YnVja2V0OnNtYWxsLmpwZw==",
    "avinfo",
    "avthumb/mp3",
    "avthumb/mp4",
    "avthumb/mp3/ab/192k/ar/44100",
    "avthumb/mp4/vcodec/libx264/vb/1.25m/r/24",
    "avthumb/mp4/s/640x360/autoscale/1/ab/128k/vb/640k",
    "avthumb/flv/r/30/vb/256k/vcodec/libx264/ar/22050/ab/64k/acodec/libmp3lame",
    f"avthumb/mp4/s/640x/vb/1.4m|{SAVE}",
    "avthumb/m3u8/noDomain/1/segtime/15/vb/440k",
    f"avthumb/mp4/wmImage/{LOGO}/wmGravity/NorthEast/wmText/{TEXT}/wmGravityText/South/wmFontSize/40",
    "avthumb/gif/ss/5/t/3/r/10/s/320x",
    f"avthumb/mp4/vb/1m|{SAVE};vframe/jpg/offset/1/w/480/h/360|saveas/YnVja2V0OmNvdmVyLmpwZw==",
    "vframe/jpg/offset/7/w/480/h/360",
    "vframe/png/offset/10.5/rotate/auto",
    "vsample/jpg/ss/0/t/60/interval/5/pattern/dmZyYW1lLSQoY291bnQp",
    f"avconcat/2/format/mp4/{LOGO}/{LOGO}",
    f"segment/mp4/segtime/30/pattern/cGFydC0kKGNvdW50KQ==|{SAVE}",
    "pm3u8/0/expires/43200",
    f"mkzip/2/url/{LOGO}/alias/bG9nby5wbmc=/url/{LOGO}",
    "qhash/md5",
    "md2html/0",
)
"""Commands of our own, in the proportions of what is seen in the wild."""

_SEEN = Path(__file__).resolve().parents[1].parent / "shared" / "corpus" / "fops.tsv"


def commands() -> tuple[str, ...]:
    """What to measure with: a collection of real commands beside this repository, or else :data:`COMMANDS`."""
    if not _SEEN.exists():
        return COMMANDS
    with _SEEN.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    mine = [r for r in rows if r["label"] == "plausible" and r["vendor"] != "cos" and "custom" not in r["reason"]]
    return tuple(row["fop"] for row in mine)
