"""What type checkers see of calls. Written by ``python scripts/generate.py``; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict, overload

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from typing_extensions import Required, Self, Unpack

    from ..media import Animation, Audio, Video
    from .avthumb import AvthumbFile
    from .avthumb import AvthumbHls
    from .avthumb import AvthumbPreset
    from .blind import WatermarkBlind
    from .blind import WatermarkBlindText
    from .effects import AicvtImage
    from .effects import AicvtVideo
    from .files import MkzipFiles
    from .files import MkzipIndex
    from .files import ZipEntry
    from .marks import ImageMark
    from .marks import TextMark
    from .marks import VideoMark
    from .sampling import VsampleFrames
    from .sampling import VsampleSprite
    from .watermark import ImageLayer
    from .watermark import TextLayer
    from .watermark import WatermarkImage
    from .watermark import WatermarkMixed
    from .watermark import WatermarkText
    from .watermark import WatermarkTiled

    class AvthumbOptions(TypedDict, total=False):
        vcodec: Literal["copy", "libx264", "libx265", "libvpx", "libvpx-vp9", "libtheora", "libxvid"] | str | None
        avsmart: bool | None
        smt_enhance: bool | None
        smt_maxvbr: str | int | float | None
        smt_quality: int | None
        smt_type: Literal[1, 2] | None
        enhance: bool | None
        refine: bool | None
        maxrate: str | int | float | None
        ref: str | int | float | None
        r: float | None
        hr: bool | None
        vb: str | int | float | None
        crf: int | None
        h264_crf: int | None
        h264_profile: Literal["baseline", "main", "high"] | None
        h264_level: Literal["3.0", "3.1", "4.0", "4.1", "4.2"] | None
        s: str | None
        autoscale: Literal[0, 1, 2] | None
        gop: int | None
        aspect: str | None
        pad_w: str | int | float | None
        pad_h: str | int | float | None
        pad_video_x: str | int | float | None
        pad_video_y: str | int | float | None
        colorspace: str | int | float | None
        key_frame_position: str | int | float | None
        rotate: Literal[90, 180, 270, "auto"] | None
        rotateinfo: str | int | float | None
        flip: str | int | float | None
        compress_level: str | int | float | None
        gif_high_color: bool | None
        deinterlace: str | int | float | None
        vn: bool | None
        fade: str | None
        mosaic: bool | None
        mosaic_gravity: (
            Literal["NorthWest", "North", "NorthEast", "West", "Center", "East", "SouthWest", "South", "SouthEast"]
            | None
        )
        mosaic_offset_x: int | None
        mosaic_offset_y: int | None
        mosaic_size: str | int | float | None
        mosaic_start: str | int | float | None
        mosaic_duration: str | int | float | None
        acodec: (
            Literal[
                "copy",
                "libmp3lame",
                "libfdk_aac",
                "libfaac",
                "aac",
                "libvorbis",
                "libopencore_amrnb",
                "flac",
                "ac3",
                "eac3",
                "alac",
                "mp2",
                "pcm_alaw",
                "pcm_mulaw",
            ]
            | str
            | None
        )
        ab: str | int | float | None
        ac: Literal[1, 2, 4, 5, 6, 8] | None
        ar: int | None
        aq: int | None
        audio_profile: Literal["aac_he"] | None
        volume: str | int | float | None
        loudnorm: str | int | float | None
        loudnorm_i: str | int | float | None
        loudnorm_lra: str | int | float | None
        loudnorm_tp: str | int | float | None
        an: bool | None
        speex: str | int | float | None
        write_xing: bool | None
        amix: str | None
        amix_offset: float | None
        amix_start: float | None
        amix_duration: float | None
        multi_arep: str | None
        multi_arep_offset: str | int | float | None
        multi_arep_start: str | int | float | None
        multi_arep_duration: str | int | float | None
        sn: bool | None
        scodec: Literal["mov_text", "srt", "ass", "dvdsub"] | str | None
        subtitle: str | None
        st_font: str | None
        st_font_size: str | int | float | None
        st_offset_x: str | int | float | None
        st_offset_y: str | int | float | None
        stream: str | int | float | None
        cut: str | int | float | None
        ss: float | None
        t: float | None
        stripmeta: bool | None
        extra: Mapping[str, str | None] | Sequence[tuple[str, str | None]]
        watermarks: Sequence[ImageMark | VideoMark | TextMark | Mapping[str, Any]]
        wm_image: str | None
        wm_offset_x: int | None
        wm_offset_y: int | None
        wm_alpha: float | None
        wm_pos: str | int | float | None
        wm_duration: str | int | float | None
        wm_shortest: bool | None
        wm_gravity: (
            Literal["NorthWest", "North", "NorthEast", "West", "Center", "East", "SouthWest", "South", "SouthEast"]
            | None
        )
        wm_scale: float | None
        wm_scale_type: int | None
        wm_constant: bool | None
        wm_ignore_loop: bool | None
        wm_video: str | None
        wm_video_order: str | int | float | None
        wm_text: str | None
        wm_gravity_text: (
            Literal["NorthWest", "North", "NorthEast", "West", "Center", "East", "SouthWest", "South", "SouthEast"]
            | None
        )
        wm_font: str | None
        wm_font_style: str | int | float | None
        wm_font_color: str | None
        wm_font_size: int | None
        wm_border_width: str | int | float | None
        wm_border_color: str | None

    class AvthumbHlsOptions(AvthumbOptions, total=False):
        no_domain: bool | None
        domain: str | None
        segtime: int | None
        seg_first_time: int | None
        hls_key: str | bytes | None
        hls_key_type: str | None
        hls_key_url: str | None
        hls_iv_type: str | int | float | None
        hls_iv: str | bytes | None
        hls_method: Literal["qiniu-protection-10"] | str | None
        hls_duration_modify: str | int | float | None
        multi_audio: str | int | float | None
        segment_type: str | int | float | None
        segment_init: str | None
        pattern: str | None
        save_pattern: str | None
        preset: (
            Literal[
                "audio_32k",
                "audio_48k",
                "audio_64k",
                "video_16x9_150k",
                "video_16x9_240k",
                "video_16x9_440k",
                "video_16x9_640k",
                "video_4x3_150k",
                "video_4x3_240k",
                "video_4x3_440k",
                "video_4x3_640k",
                "video_150k",
                "video_240k",
                "video_440k",
                "video_640k",
                "video_1000k",
                "video_1500k",
            ]
            | str
            | None
        )

    class AvthumbPresetOptions(AvthumbOptions, total=False):
        preset: Required[str]

    class AvthumbFileOptions(AvthumbOptions, total=False):
        preset: (
            Literal[
                "audio_32k",
                "audio_48k",
                "audio_64k",
                "video_16x9_150k",
                "video_16x9_240k",
                "video_16x9_440k",
                "video_16x9_640k",
                "video_4x3_150k",
                "video_4x3_240k",
                "video_4x3_440k",
                "video_4x3_640k",
                "video_150k",
                "video_240k",
                "video_440k",
                "video_640k",
                "video_1000k",
                "video_1500k",
            ]
            | str
            | None
        )


class Anything:
    """What a form is initialised with was settled when it was chosen."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __init__(self, *args: Any, **options: Any) -> None: ...


class AicvtCalls(Anything):
    __slots__ = ()

    if TYPE_CHECKING:

        @overload
        def __new__(  # type: ignore[overload-overlap]  # pyright: ignore[reportOverlappingOverload]
            cls,
            *,
            format: Literal["jpg", "png", "bmp"],
            super_resolution: Literal[2, 4] | None = ...,
            sr_mode: Literal["base", "enhance"] | None = ...,
            extra: Mapping[str, str | None] | Sequence[tuple[str, str | None]] = ...,
        ) -> AicvtImage: ...
        @overload
        def __new__(
            cls,
            *,
            format: str,
            vcodec: str | None = ...,
            super_resolution: Literal[2, 3] | None = ...,
            sr_mode: Literal["base", "faceEnhance"] | None = ...,
            extra: Mapping[str, str | None] | Sequence[tuple[str, str | None]] = ...,
        ) -> AicvtVideo: ...
        def __new__(cls, *args: Any, **options: Any) -> Any: ...


class AvthumbCalls(Anything):
    __slots__ = ()

    if TYPE_CHECKING:

        @overload
        def __new__(cls, format: Literal["m3u8", "hls"], **options: Unpack[AvthumbHlsOptions]) -> AvthumbHls: ...  # type: ignore[overload-overlap]
        @overload
        def __new__(cls, **options: Unpack[AvthumbPresetOptions]) -> AvthumbPreset: ...
        @overload
        def __new__(
            cls,
            format: Literal[
                "mp4",
                "flv",
                "mov",
                "avi",
                "mkv",
                "ts",
                "webm",
                "ogv",
                "3gp",
                "3g2",
                "asf",
                "f4v",
                "wmv",
                "mpg",
                "mpegts",
            ],
            **options: Unpack[AvthumbFileOptions],
        ) -> AvthumbFile[Video]: ...
        @overload
        def __new__(
            cls,
            format: Literal[
                "mp3",
                "m4a",
                "aac",
                "adts",
                "amr",
                "flac",
                "wav",
                "ogg",
                "opus",
                "ac3",
                "eac3",
                "aiff",
                "au",
                "caf",
                "mp2",
            ],
            **options: Unpack[AvthumbFileOptions],
        ) -> AvthumbFile[Audio]: ...
        @overload
        def __new__(
            cls, format: Literal["gif", "webp"], **options: Unpack[AvthumbFileOptions]
        ) -> AvthumbFile[Animation]: ...
        @overload
        def __new__(cls, format: str, **options: Unpack[AvthumbFileOptions]) -> AvthumbFile[Any]: ...
        def __new__(cls, *args: Any, **options: Any) -> Any: ...


class ImageMogrCalls:
    __slots__ = ()

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            version: Literal["v1", "v2"] | None = ...,
            auto_orient: bool = ...,
            thumbnail: str | None = ...,
            gravity: Literal[
                "NorthWest", "North", "NorthEast", "West", "Center", "East", "SouthWest", "South", "SouthEast"
            ]
            | None = ...,
            crop: str | None = ...,
            quality: int | None = ...,
            rotate: float | None = ...,
            format: Literal["jpg", "gif", "png", "webp"] | str | None = ...,
            steps: Sequence[tuple[str, Any]] = ...,
            extra: Mapping[str, str | None] | Sequence[tuple[str, str | None]] = ...,
        ) -> None: ...
        def auto_orient(self) -> Self:
            """Turn the picture upright by its EXIF orientation."""
            ...

        def thumbnail(self, value: str) -> Self:
            """Scale, in the forms of imageMogr2; a percentage of one side is followed by the other here."""
            ...

        def gravity(
            self,
            value: Literal[
                "NorthWest", "North", "NorthEast", "West", "Center", "East", "SouthWest", "South", "SouthEast"
            ],
        ) -> Self:
            """Anchor of the crops that follow."""
            ...

        def crop(self, value: str) -> Self:
            """Cut a region, in the forms of imageMogr2."""
            ...

        def quality(self, value: int) -> Self:
            """Quality of the result, 1 to 100; never above that of the source."""
            ...

        def rotate(self, value: float) -> Self:
            """Degrees clockwise, 1 to 360."""
            ...

        def format(self, value: Literal["jpg", "gif", "png", "webp"] | str) -> Self:
            """Format of the result. The set is open."""
            ...


class ImageMogr2Calls:
    __slots__ = ()

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            version: Literal["v1", "v2"] | None = ...,
            auto_orient: bool = ...,
            strip: bool = ...,
            thumbnail: str | None = ...,
            gravity: Literal[
                "NorthWest", "North", "NorthEast", "West", "Center", "East", "SouthWest", "South", "SouthEast"
            ]
            | None = ...,
            crop: str | None = ...,
            rotate: float | None = ...,
            format: Literal["copy", "jpg", "jpeg", "gif", "png", "webp", "bmp", "tiff", "avif", "heic"]
            | str
            | None = ...,
            colors: Literal[2, 4, 8, 16, 32, 64, 128, 256] | None = ...,
            blur: str | None = ...,
            interlace: bool | None = ...,
            background: str | None = ...,
            extent: str | None = ...,
            bordercolor: str | None = ...,
            border: str | None = ...,
            quality: int | str | None = ...,
            sharpen: Literal[0, 1] | None = ...,
            density: int | None = ...,
            meta_keep_list: str | None = ...,
            exif_modify: str | None = ...,
            exif_retain_names: str | None = ...,
            size_limit: str | None = ...,
            ignore_error: bool | None = ...,
            heic_exif: bool | None = ...,
            colorspace: str | None = ...,
            steps: Sequence[tuple[str, Any]] = ...,
            extra: Mapping[str, str | None] | Sequence[tuple[str, str | None]] = ...,
        ) -> None: ...
        def auto_orient(self) -> Self:
            """Turn the picture upright by its EXIF orientation; best first."""
            ...

        def strip(self) -> Self:
            """Drop all metadata."""
            ...

        def thumbnail(self, value: str) -> Self:
            """Scale: ``300x`` or ``x300`` one side; ``300x300`` fits inside; ``!300x300r`` covers; ``300x300!`` forces;
            ``300x300>`` only shrinks; ``300x300<`` only enlarges; ``!50p`` percent; ``!50px``, ``!x50p`` one side;
            ``90000@`` area in pixels."""
            ...

        def gravity(
            self,
            value: Literal[
                "NorthWest", "North", "NorthEast", "West", "Center", "East", "SouthWest", "South", "SouthEast"
            ],
        ) -> Self:
            """Anchor of the crops that follow."""
            ...

        def crop(self, value: str) -> Self:
            """Cut a region: ``300x200``, ``300x``, ``x200``; with an offset from the anchor ``!300x200a10a10``, where ``a`` is
            plus and ``-`` cuts off what is outside."""
            ...

        def rotate(self, value: float) -> Self:
            """Degrees clockwise, 1 to 360. Animations take 90, 180 and 270 only."""
            ...

        def format(
            self, value: Literal["copy", "jpg", "jpeg", "gif", "png", "webp", "bmp", "tiff", "avif", "heic"] | str
        ) -> Self:
            """Format of the result. The set is open; avif and heic are billed separately."""
            ...

        def colors(self, value: Literal[2, 4, 8, 16, 32, 64, 128, 256]) -> Self:
            """Size of the palette."""
            ...

        def blur(self, value: str) -> Self:
            """Gaussian blur as radius x sigma, radius 1 to 50. Not for gif; sigma 0 does nothing."""
            ...

        def interlace(self, value: bool) -> Self:
            """Whether a JPEG shows progressively."""
            ...

        def background(self, value: str) -> Self:
            """Colour of the area that rotation and extent uncover: a name or ``#RRGGBB[AA]``, given plain."""
            ...

        def extent(self, value: str) -> Self:
            """Canvas: ``642x429`` centres the picture, ``!642x429a1a1`` shifts it right and down, ``!-3a0`` adds 3 px left."""
            ...

        def bordercolor(self, value: str) -> Self:
            """Colour of the border, as ``background``."""
            ...

        def border(self, value: str) -> Self:
            """Frame: ``10x8`` adds 10 px left and right, 8 px above and below."""
            ...

        def quality(self, value: int | str) -> Self:
            """Quality of the result, 1 to 100; ``"90!"`` forces it."""
            ...

        def sharpen(self, value: Literal[0, 1]) -> Self:
            """1 sharpens."""
            ...

        def density(self, value: int) -> Self:
            """Resolution to note in the file, 1 to 1200 dpi."""
            ...

        def meta_keep_list(self, value: str) -> Self:
            """Metadata to keep, comma separated: ``icc``, ``exif`` or some tags."""
            ...

        def exif_modify(self, value: str) -> Self:
            """Named in the grammar of the metadata page; the form of its value is not known, so any word is taken."""
            ...

        def exif_retain_names(self, value: str) -> Self:
            """EXIF tags to keep, comma separated, such as ``Exif.Image.ApertureValue``. For jpeg, png and webp output."""
            ...

        def size_limit(self, value: str) -> Self:
            """Size to aim at: ``15k``, ``2m`` or ``$(fsize)``; ``!`` gives back the source if the result is larger."""
            ...

        def ignore_error(self, value: bool) -> Self:
            """Give back the input of the stage instead of an error."""
            ...

        def heic_exif(self, value: bool) -> Self:
            """Seen in real commands only."""
            ...

        def colorspace(self, value: str) -> Self:
            """Seen in real commands only, with ``srgb`` and ``gray``."""
            ...


class MkzipCalls(Anything):
    __slots__ = ()

    if TYPE_CHECKING:

        @overload
        def __new__(
            cls,
            mode: Literal[2],
            *,
            files: Sequence[ZipEntry | Mapping[str, Any]],
            encoding: Literal["gbk", "utf-8"] | None = ...,
            extra: Mapping[str, str | None] | Sequence[tuple[str, str | None]] = ...,
        ) -> MkzipFiles: ...
        @overload
        def __new__(
            cls,
            mode: Literal[4],
            *,
            encoding: Literal["gbk", "utf-8"] | None = ...,
            extra: Mapping[str, str | None] | Sequence[tuple[str, str | None]] = ...,
        ) -> MkzipIndex: ...
        def __new__(cls, *args: Any, **options: Any) -> Any: ...


class VsampleCalls(Anything):
    __slots__ = ()

    if TYPE_CHECKING:

        @overload
        def __new__(
            cls,
            format: Literal["jpg", "png"],
            *,
            ss: float | None = ...,
            t: float | None = ...,
            rotate: Literal[90, 180, 270, "auto"] | None = ...,
            interval: float | None = ...,
            frames: int | None = ...,
            s: str | None = ...,
            pattern: str | None = ...,
            save_pattern: str | None = ...,
            extra: Mapping[str, str | None] | Sequence[tuple[str, str | None]] = ...,
        ) -> VsampleFrames: ...
        @overload
        def __new__(
            cls,
            format: Literal["jpg", "png"],
            *,
            save_sprite_pattern: str,
            ss: float | None = ...,
            t: float | None = ...,
            rotate: Literal[90, 180, 270, "auto"] | None = ...,
            interval: float | None = ...,
            frames: int | None = ...,
            sprite_format: Literal["jpg", "png"] | None = ...,
            cell_size: str | None = ...,
            padding: str | int | float | None = ...,
            margin: str | int | float | None = ...,
            color: str | int | float | None = ...,
            lines: str | int | float | None = ...,
            columns: str | int | float | None = ...,
            save_pattern: str | None = ...,
            extra: Mapping[str, str | None] | Sequence[tuple[str, str | None]] = ...,
        ) -> VsampleSprite: ...
        def __new__(cls, *args: Any, **options: Any) -> Any: ...


class WatermarkCalls(Anything):
    __slots__ = ()

    if TYPE_CHECKING:

        @overload
        def __new__(
            cls,
            mode: Literal[5],
            *,
            method: Literal["encode", "decode"],
            version: Literal[1, 2, 3] | None = ...,
            image_key: str | None = ...,
            orignal: str | None = ...,
            extra: Mapping[str, str | None] | Sequence[tuple[str, str | None]] = ...,
        ) -> WatermarkBlind: ...
        @overload
        def __new__(
            cls,
            mode: Literal[6],
            *,
            method: Literal["encode", "decode"],
            version: Literal[1, 2, 3] | None = ...,
            text: str | None = ...,
            orignal: str | None = ...,
            extra: Mapping[str, str | None] | Sequence[tuple[str, str | None]] = ...,
        ) -> WatermarkBlindText: ...
        @overload
        def __new__(
            cls,
            mode: Literal[1],
            *,
            image: str,
            dissolve: int | None = ...,
            gravity: Literal[
                "NorthWest", "North", "NorthEast", "West", "Center", "East", "SouthWest", "South", "SouthEast"
            ]
            | None = ...,
            dx: int | None = ...,
            dy: int | None = ...,
            ws: float | None = ...,
            wst: Literal[0, 1, 2, 3] | None = ...,
            format: Literal["copy", "avif", "heic"] | str | None = ...,
            tile: bool | None = ...,
            uws: float | None = ...,
            uhs: float | None = ...,
            ignore_error: bool | None = ...,
            extra: Mapping[str, str | None] | Sequence[tuple[str, str | None]] = ...,
        ) -> WatermarkImage: ...
        @overload
        def __new__(
            cls,
            mode: Literal[3],
            *,
            layers: Sequence[ImageLayer | TextLayer | Mapping[str, Any]],
            format: Literal["copy", "avif", "heic"] | str | None = ...,
            ignore_error: bool | None = ...,
            extra: Mapping[str, str | None] | Sequence[tuple[str, str | None]] = ...,
        ) -> WatermarkMixed: ...
        @overload
        def __new__(
            cls,
            mode: Literal[2],
            *,
            text: str,
            font: str | None = ...,
            fontsize: int | None = ...,
            fill: str | None = ...,
            dissolve: int | None = ...,
            gravity: Literal[
                "NorthWest", "North", "NorthEast", "West", "Center", "East", "SouthWest", "South", "SouthEast"
            ]
            | None = ...,
            dx: int | None = ...,
            dy: int | None = ...,
            format: Literal["copy", "avif", "heic"] | str | None = ...,
            ignore_error: bool | None = ...,
            extra: Mapping[str, str | None] | Sequence[tuple[str, str | None]] = ...,
        ) -> WatermarkText: ...
        @overload
        def __new__(
            cls,
            mode: Literal[4],
            *,
            text: str,
            font: str | None = ...,
            fontsize: int | None = ...,
            fill: str | None = ...,
            dissolve: int | None = ...,
            rotate: int | None = ...,
            uw: int | None = ...,
            uh: int | None = ...,
            resize: float | None = ...,
            format: Literal["copy", "avif", "heic"] | str | None = ...,
            ignore_error: bool | None = ...,
            dx: int | None = ...,
            dy: int | None = ...,
            extra: Mapping[str, str | None] | Sequence[tuple[str, str | None]] = ...,
        ) -> WatermarkTiled: ...
        def __new__(cls, *args: Any, **options: Any) -> Any: ...
