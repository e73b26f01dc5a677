"""Every rule of advice: a text that makes it fire, the part it marks, and a twin of which it says nothing."""

from typing import NamedTuple

from qiniufop.wire import b64encode as b64

URL = b64("kodo://b/logo.png")
LONG_S = "aHR0cDovL2EuY24vYg=="
TEXT = b64("hello")
CHINESE = b64("你好")
COUNT = b64("v$(count).jpg")
SAVE = "saveas/" + b64("b:k")
MARK = f"avthumb/mp4/wmText/{TEXT}"


class Case(NamedTuple):
    code: str
    text: str
    marked: str
    twin: str
    where: str = "any"
    twin_where: str | None = None


M, V = "imageMogr2/", "imageView2/2/"
A = "avthumb/mp4/"
CASES = [
    # spelling
    Case("trailing-slash", "imageView2/2/w/200/", "/", "imageView2/2/w/200"),
    Case("trailing-slash", "imageInfo/", "/", "imageInfo"),
    Case("trailing-pipe", "imageView2/2/w/200|", "|", "imageView2/2/w/200"),
    Case("leading-pipe", "|imageView2/2/w/200", "|", "imageView2/2/w/200"),
    Case("trailing-semicolon", "imageInfo;", ";", "imageInfo;imageAve"),
    Case("key-order", "imageView2/2/h/100/w/200", "imageView2/2/h/100/w/200", "imageView2/2/w/200/h/100"),
    Case("key-order", "imageView2/2/q/75/w/200", "imageView2/2/q/75/w/200", "imageMogr2/quality/75/thumbnail/200x"),
    Case("percent-encoded", "imageView2%2F2%2Fw%2F200", "imageView2%2F2%2Fw%2F200", "imageView2/2/w/200"),
    Case("percent-encoded", "imageMogr2/strip%7CimageInfo", "imageMogr2/strip%7CimageInfo",
         "imageMogr2/strip%7CimageInfo", twin_where="url"),
    Case("percent-encoded", f"watermark/1/image/{LONG_S[:-2]}%3D%3D", f"{LONG_S[:-2]}%3D%3D",
         f"watermark/1/image/{LONG_S}"),
    Case("percent-encoded", "imageView2%252F2%252Fw%252F200", "imageView2%252F2%252Fw%252F200",
         "imageView2%2F2%2Fw%2F200", "url"),
    Case("letter-case", "imageMogr2/gravity/northwest/crop/1x1", "northwest", "imageMogr2/gravity/NorthWest/crop/1x1"),
    Case("base64-padding", f"watermark/1/image/{LONG_S[:-2]}", LONG_S[:-2], f"watermark/1/image/{LONG_S}"),
    Case("base64-alphabet", "watermark/2/text/Pz8+", "Pz8+", "watermark/2/text/Pz8-"),
    Case("number", "imageView2/2/w/0200", "0200", "imageView2/2/w/200"),
    Case("number", "vframe/jpg/offset/1.50", "1.50", "vframe/jpg/offset/1.5"),
    Case("flag-value", "imageMogr2/auto-orient/true/thumbnail/100x", "true", "imageMogr2/auto-orient/thumbnail/100x"),
    # pictures
    Case("quality-ignored", V + "format/png/q/80", "q/80", V + "format/jpg/q/80"),
    Case("quality-ignored", M + "quality/80/format/PNG", "quality/80", M + "quality/80"),
    Case("interlace-ignored", V + "w/1/format/webp/interlace/1", "interlace/1", V + "w/1/format/webp/interlace/0"),
    Case("colors-ignored", V + "w/1/format/webp/colors/8", "colors/8", V + "w/1/format/png/colors/8"),
    Case("auto-orient-late", M + "thumbnail/9x9/auto-orient", "auto-orient", M + "auto-orient/thumbnail/9x9"),
    Case("gravity-unused", M + "crop/1x1/gravity/Center", "gravity/Center", M + "gravity/Center/crop/1x1"),
    Case("gravity-unused", M + "gravity/East/crop/1x1/gravity/West", "gravity/West",
         M + "gravity/East/crop/1x1/gravity/West/crop/1x"),
    Case("size-limit-format", M + "size-limit/20k/format/png", "size-limit/20k", M + "size-limit/20k/format/jpg"),
    Case("retain-lost", M + "thumbnail/9x/exif-retain-names/YQ==", "exif-retain-names/YQ==",
         M + "strip/exif-retain-names/YQ=="),
    Case("no-effect", M + "sharpen/0", "sharpen/0", M + "sharpen/1"),
    Case("no-effect", M + "blur/1x0", "blur/1x0", M + "blur/1x2"),
    Case("blur-gif", M + "blur/3x5/format/gif", "blur/3x5", M + "blur/3x5/format/png"),
    Case("bare-number", M + "thumbnail/300", "thumbnail/300", M + "thumbnail/300x"),
    Case("one-side", "imageView/1/w/100", "w/100", "imageView/2/w/100"),
    Case("wst-alone", f"watermark/1/image/{URL}/wst/1", "wst/1", f"watermark/1/image/{URL}/ws/0.5/wst/1"),
    Case("wst-alone", f"watermark/3/image/{URL}/ws/0.5/wst/1/image/{URL}/wst/2", "wst/2",
         f"watermark/3/image/{URL}/ws/0.5/wst/1/image/{URL}/ws/1/wst/2"),
    Case("tile-alone", f"watermark/1/image/{URL}/uws/10", "uws/10", f"watermark/1/image/{URL}/tile/1/uws/10"),
    Case("offset-undocumented", f"watermark/4/text/{TEXT}/dx/10", "dx/10", f"watermark/2/text/{TEXT}/dx/10"),
    Case("original-missing", "watermark/5/version/1/method/decode", "method/decode",
         f"watermark/5/version/1/method/decode/orignal/{URL}"),
    Case("decode-only", f"watermark/5/version/3/method/decode/orignal/{URL}", f"orignal/{URL}",
         f"watermark/5/version/2/method/decode/orignal/{URL}"),
    Case("side-limit", V + "w/15000", "w/15000", V + "w/15000/format/webp"),
    Case("nothing-to-do", "imageView2/2", "imageView2/2", V + "w/9"),
    Case("nothing-to-do", "imageMogr2", "imageMogr2", "imageMogr2/strip"),
    # sound and moving pictures
    Case("unusual-value", A + "vb/60m", "vb/60m", A + "vb/50m"),
    Case("unusual-value", A + "ab/700k!", "ab/700k!", A + "ab/600k!"),
    Case("unusual-value", A + "loudnormI/5", "loudnormI/5", A + "loudnormI/-16"),
    Case("unusual-value", "avhls/m3u8/segtime/1", "segtime/1", "avhls/m3u8/segtime/10"),
    Case("unusual-value", MARK + f"/wmText/{TEXT}/wmAlpha/2", "wmAlpha/2", MARK + f"/wmText/{TEXT}/wmAlpha/0.5"),
    Case("distorts", A + "s/640x360", "s/640x360", A + "s/640x360/autoscale/1"),
    Case("distorts", A + "s/640x360", "s/640x360", A + "s/640x"),
    Case("autoscale-alone", A + "autoscale/1", "autoscale/1", A + "s/640x/autoscale/1"),
    Case("smart-off", A + "smtQuality/5", "smtQuality/5", A + "avsmart/1/smtQuality/5"),
    Case("bitrate-ignored", A + "avsmart/1/vb/1m", "vb/1m", A + "avsmart/0/vb/1m"),
    Case("aq-format", A + "acodec/flac/aq/10", "aq/10", "avthumb/mp3/acodec/libmp3lame/aq/3"),
    Case("codec-option", A + "vcodec/libx265/h264Profile/high", "h264Profile/high", A + "h264Profile/high"),
    Case("codec-option", A + "writeXing/0", "writeXing/0", "avthumb/mp3/writeXing/0"),
    Case("copy-and-filter", A + "vcodec/copy/r/25", "r/25", A + "vcodec/copy/ss/5"),
    Case("copy-and-filter", A + f"vcodec/copy/wmImage/{URL}", "vcodec/copy", A + f"wmImage/{URL}"),
    Case("nothing-left", A + "an/1/vn/1", "an/1", A + "an/1/vn/0"),
    Case("frame-rate", A + "r/50", "r/50", A + "r/50/hr/1"),
    Case("long-gif", "avthumb/gif/r/30/t/200/gifHighColor/1", "gifHighColor/1",
         "avthumb/gif/r/30/t/100/gifHighColor/1"),
    Case("mosaic-options", A + "mosaic/1/mosaicOffsetX/5", "mosaic/1", A + "mosaic/1/mosaicOffsetX/5/mosaicOffsetY/5"),
    Case("mosaic-options", A + "s/640x/mosaic/1/mosaicOffsetX/5/mosaicOffsetY/5", "s/640x",
         A + "s/640x/mosaic/0/mosaicOffsetX/5/mosaicOffsetY/5"),
    Case("relative-segments", "avthumb/m3u8", "avthumb/m3u8", "avthumb/m3u8/noDomain/1"),
    Case("old-name", f"avthumb/m3u8/noDomain/1/pattern/{COUNT}", f"pattern/{COUNT}",
         f"avthumb/m3u8/noDomain/1/savePattern/{COUNT}"),
    Case("old-name", A + "h264Crf/23", "h264Crf/23", A + "crf/23"),
    Case("mark-timing", MARK + "/wmPos/1", "wmPos/1", MARK + "/wmPos/1/wmDuration/2"),
    Case("mark-timing", MARK + "/wmPos/1/wmDuration/-2", "wmDuration/-2", MARK + "/wmPos/$(end)/wmDuration/-2"),
    Case("mark-timing", MARK + f"/wmPos/1/wmDuration/2/wmText/{TEXT}/wmPos/9", "wmPos/9",
         MARK + f"/wmPos/1/wmDuration/2/wmText/{TEXT}/wmPos/9/wmDuration/1"),
    Case("chinese-font", MARK + f"/wmText/{CHINESE}", f"wmText/{CHINESE}", MARK + f"/wmText/{CHINESE}/wmFont/YQ=="),
    Case("excerpt", "avhls/m3u8/ss/1", "ss/1", "avhls/m3u8/ss/1/t/2"),
    Case("audio-ignored", f"avconcat/2/format/mp4/addAudio/1/{b64('video://transition/fade/1')}/{URL}", "addAudio/1",
         f"avconcat/2/format/mp4/addAudio/1/{URL}"),
    Case("expires-ignored", "pm3u8/0/expires/9/deadline/99", "expires/9", "pm3u8/0/expires/9"),
    # files and documents
    Case("other-bucket", f"mkzip/2/url/{URL}/url/{b64('kodo://c/x')}", f"mkzip/2/url/{URL}/url/{b64('kodo://c/x')}",
         f"mkzip/2/url/{URL}/url/{b64('kodo://b/x')}"),
    Case("other-bucket", f"concat/mimeType/{TEXT}/{URL}/{b64('kodo://c/x')}",
         f"concat/mimeType/{TEXT}/{URL}/{b64('kodo://c/x')}", f"concat/mimeType/{TEXT}/{URL}/{b64('http://c/x')}"),
    Case("same-alias", f"mkzip/2/url/{URL}/alias/{TEXT}/url/{LONG_S}/alias/{TEXT}", f"alias/{TEXT}",
         f"mkzip/2/url/{URL}/alias/{TEXT}/url/{LONG_S}"),
    Case("css-ignored", f"md2html/1/css/{LONG_S}", f"css/{LONG_S}", f"md2html/0/css/{LONG_S}"),
    Case("page-ignored", "yifangyun_preview/v2/action=get_page_count/page_number=1", "page_number=1",
         "yifangyun_preview/v2/format=jpg/page_number=1"),
    Case("spelling", "qrcode/level/M", "qrcode/level/M", "qrcode/0/level/M"),
    # commands and jobs
    Case("one-stage", M + "strip|" + M + "rotate/90", M + "rotate/90", M + "strip|" + V + "w/9"),
    Case("one-stage", M + "strip|" + V + "format/webp", V + "format/webp",
         M + "ignore-error/1|" + V + "format/webp"),
    Case("one-stage", V + "w/9|" + M + "format/webp", M + "format/webp", V + "w/9|" + M + "blur/3x5"),
    Case("one-stage", f"watermark/1/image/{URL}|watermark/2/text/{TEXT}", f"watermark/2/text/{TEXT}",
         f"watermark/1/image/{URL}|watermark/4/text/{TEXT}"),
    Case("one-stage", "avthumb/mp4|avthumb/mp4/r/9", "avthumb/mp4/r/9", "avthumb/mp4|vframe/jpg/offset/1"),
    Case("one-stage", f"avthumb/mp4|avwatermarks/mp4/wmText/{TEXT}", f"avwatermarks/mp4/wmText/{TEXT}",
         f"avwatermarks/mp4/wmText/{TEXT}"),
    Case("slim-last", "imageslim|" + V + "w/9", "imageslim", V + "w/9|imageslim"),
    Case("slim-last", "imageslim|" + V + "w/9", "imageslim", "imageslim|" + SAVE),
    Case("original-only", V + "w/9|exif", "exif", "exif"),
    Case("original-only", V + "w/9|imageAve", "imageAve", V + "w/9|imageInfo"),
    Case("many-results", f"vsample/jpg/savePattern/{COUNT}|{SAVE}", SAVE, f"vframe/jpg/offset/1|{SAVE}"),
    Case("saveas-alone", SAVE, SAVE, "imageInfo|" + SAVE),
    Case("outdated", "imageView/2/w/9", "imageView/2/w/9", V + "w/9"),
    Case("outdated", "odconv/pdf", "odconv/pdf", "md2html"),
    Case("not-piped", "avcvt/3/format/m3u8|" + SAVE, "avcvt/3/format/m3u8", "avcvt/3/format/m3u8"),
    Case("nowhere", "my-op|avvod/m3u8|my-op|stitch/format/jpg/images/" + URL,
         "my-op|avvod/m3u8|my-op|stitch/format/jpg/images/" + URL, "my-op|avvod/m3u8|my-op"),
    Case("job-only", "avthumb/mp4", "avthumb/mp4", "avthumb/mp4", "url", "job"),
    Case("job-only", "avthumb/mp4", "avthumb/mp4", "avthumb/mp4", "url", "style"),
    Case("job-only", "segment/mp4/savePattern/" + COUNT, "segment/mp4/savePattern/" + COUNT, "imageInfo", "style"),
    Case("url-only", "pm3u8/0", "pm3u8/0", "pm3u8/0", "job", "url"),
    Case("url-only", "imageInfo;pm3u8/0", "pm3u8/0", "pm3u8/0"),
    Case("not-idle", V + "w/9", V + "w/9", "avthumb/mp4|" + SAVE, "idle-job"),
    Case("sign-in-job", SAVE + "/sign/ak:sig=", "sign/ak:sig=", SAVE + "/sign/ak:sig=", "job", "url"),
    Case("sign-missing", V + "w/9|" + SAVE, SAVE, V + "w/9|" + SAVE, "url", "job"),
    Case("online-limit", V + "w/10000", "w/10000", V + "w/10000", "url", "job"),
    Case("online-limit", V + "w/10000", "w/10000", V + "w/10000/format/webp", "url"),
    Case("online-format", M + "format/heic", "format/heic", M + "format/heic", "url", "job"),
    Case("idle-eligible", "avthumb/mp4|" + SAVE, "avthumb/mp4|" + SAVE, "avthumb/mp4|" + SAVE, "job", "any"),
    Case("idle-eligible", "avthumb/mp4|" + SAVE, "avthumb/mp4|" + SAVE, "avthumb/mp4;imageInfo", "job"),
    Case("same-target", f"avthumb/mp4|{SAVE};imageInfo|{SAVE}", SAVE, f"avthumb/mp4|{SAVE};imageInfo|saveas/YTpi"),
]  # fmt: skip
