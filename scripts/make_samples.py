#!/usr/bin/env python3
"""Make the media in src/qiniufop/samples again: the photograph, the logo and the clip.

    python scripts/make_samples.py [--wheel scikit_image-....whl]

The two source photographs come from a scikit-image wheel (fetched with pip unless one is named). Needs the
`local` extra, for Pillow and ffmpeg. The photograph and the logo come out byte for byte the same with the same
Pillow; the clip's bytes depend on the version of ffmpeg.
"""

from __future__ import annotations

import argparse
import io
import math
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import imageio_ffmpeg
from PIL import Image, ImageDraw, ImageFont

SAMPLES = Path(__file__).resolve().parent.parent / "src" / "qiniufop" / "samples"
WHEEL = "scikit-image==0.26.0"

WIDTH, HEIGHT, RATE, SECONDS = 1280, 720, 25, 5


def fetch_wheel(folder: Path) -> Path:
    """Download the scikit-image wheel, without what it depends on."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    subprocess.run([*command, "--only-binary", ":all:", WHEEL], check=True)
    return next(folder.glob("*.whl"))


def make_logo() -> Image.Image:
    """A 'q' drawn as a ring and a pipe, beside the name, on a translucent pill that reads on any picture."""
    scale = 4
    width, height = 242 * scale, 72 * scale
    logo = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(logo)
    draw.rounded_rectangle((0, 0, width - 1, height - 1), radius=height // 2, fill=(9, 18, 36, 176))

    gradient = Image.linear_gradient("L").rotate(45, Image.Resampling.BICUBIC).crop((48, 48, 208, 208))
    gradient = gradient.resize((height, height), Image.Resampling.BICUBIC)
    tile = Image.composite(
        Image.new("RGBA", (height, height), (0, 214, 201, 255)),
        Image.new("RGBA", (height, height), (24, 96, 255, 255)),
        gradient,
    )
    disc = Image.new("L", (height, height), 0)
    inset = 6 * scale
    ImageDraw.Draw(disc).ellipse((inset, inset, height - inset - 1, height - inset - 1), fill=255)
    logo.paste(tile, (0, 0), disc)
    line, left, top, size = 6 * scale, 22 * scale, 21 * scale, 25 * scale
    draw.ellipse((left, top, left + size, top + size), outline="white", width=line)
    bar = left + size - line
    draw.rounded_rectangle((bar, top - 1 * scale, bar + line, top + 35 * scale), radius=line // 2, fill="white")

    font = ImageFont.load_default(size=38 * scale)
    draw.text(
        (77 * scale, height // 2 - 1 * scale), "qiniufop", font=font, fill="white", anchor="lm", stroke_width=scale // 2
    )
    return logo.resize((width // scale, height // scale), Image.Resampling.LANCZOS)


def frame_box(t: float, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """The part of the photograph shown at time `t` (0 to 1): a slow drift while moving closer."""
    eased = (1 - math.cos(math.pi * t)) / 2
    width = size[0] * (0.98 - 0.42 * eased)
    height = width * HEIGHT / WIDTH
    x = (size[0] - width) * (0.10 + 0.62 * eased)
    y = (size[1] - height) * (0.85 - 0.15 * eased)
    return x, y, x + width, y + height


def make_clip(photo: Image.Image, target: Path) -> None:
    """Pan and zoom over the photograph at 720p, with a quiet chord that fades in and out."""
    chord = "+".join(f"0.08*sin(2*PI*{hertz}*t)" for hertz in (220, 277.18, 329.63))
    fades = f"afade=in:d=0.6,afade=out:st={SECONDS - 1}:d=1"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y"]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(RATE), "-i", "-"]
    command += ["-f", "lavfi", "-i", f"aevalsrc={chord}:s=44100:d={SECONDS},{fades}"]
    command += ["-c:v", "libx264", "-preset", "veryslow", "-crf", "31", "-pix_fmt", "yuv420p", "-g", str(RATE * 2)]
    command += ["-c:a", "aac", "-b:a", "64k", "-ac", "1", "-map_metadata", "-1", "-fflags", "+bitexact"]
    command += ["-flags:v", "+bitexact", "-movflags", "+faststart", str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as ffmpeg:
        assert ffmpeg.stdin is not None
        total = RATE * SECONDS
        for index in range(total):
            box = frame_box(index / (total - 1), photo.size)
            frame = photo.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC, box=box)
            ffmpeg.stdin.write(frame.tobytes())
        ffmpeg.stdin.close()
        if ffmpeg.wait():
            raise SystemExit("ffmpeg could not make the clip; its message is above")


def main() -> None:
    """Write photo.jpg, logo.png and clip.mp4, and print their sizes."""
    parser = argparse.ArgumentParser(description="Make the sample media again.")
    parser.add_argument("--wheel", type=Path, help="a scikit-image wheel; fetched with pip if not given")
    parser.add_argument("--out", type=Path, default=SAMPLES, help="folder to write to")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        wheel = zipfile.ZipFile(args.wheel or fetch_wheel(Path(scratch)))
        (args.out / "photo.jpg").write_bytes(wheel.read("skimage/data/rocket.jpg"))
        deep_field = Image.open(io.BytesIO(wheel.read("skimage/data/hubble_deep_field.jpg"))).convert("RGB")
        wheel.close()
    make_logo().save(args.out / "logo.png", optimize=True)
    make_clip(deep_field, args.out / "clip.mp4")
    for name in ("photo.jpg", "logo.png", "clip.mp4"):
        print(f"{name:<10} {(args.out / name).stat().st_size:>8,} bytes")


if __name__ == "__main__":
    main()
