"""The sample media are what their docstrings say, small enough to ship, and explained beside them."""

import subprocess

import pytest

from qiniufop import samples


def test_media_are_small_enough_to_ship() -> None:
    sizes = {path.name: path.stat().st_size for path in (samples.photo, samples.logo, samples.clip)}
    assert sizes["clip.mp4"] <= 600_000
    assert sum(sizes.values()) <= 1_500_000


def test_every_file_has_a_source_and_a_licence() -> None:
    table = (samples.photo.parent / "README.md").read_text(encoding="utf-8")
    media = [path for path in samples.photo.parent.iterdir() if path.suffix not in {".py", ".md", ""}]
    assert len(media) == 3
    for path in media:
        (row,) = [line for line in table.splitlines() if line.startswith(f"| `{path.name}`")]
        assert row.count("|") == 5
        assert "MIT" in row or "public domain" in row


@pytest.mark.parametrize(
    ("name", "form", "mode", "size"), [("photo", "JPEG", "RGB", (640, 427)), ("logo", "PNG", "RGBA", (242, 72))]
)
def test_pictures(name: str, form: str, mode: str, size: tuple[int, int]) -> None:
    image_module = pytest.importorskip("PIL.Image")
    with image_module.open(getattr(samples, name)) as picture:
        assert (picture.format, picture.mode, picture.size) == (form, mode, size)


def test_clip() -> None:
    imageio_ffmpeg = pytest.importorskip("imageio_ffmpeg")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(samples.clip)]
    banner = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    for fact in ("Duration: 00:00:05.0", "Video: h264", "1280x720", "25 fps", "Audio: aac"):
        assert fact in banner
