"""Where outputs will be."""

from __future__ import annotations

import pytest

from qiniufop.client.outputs import default_key, expected_outputs


@pytest.mark.parametrize(
    ("cmd", "prefix"),
    [
        ("avthumb/mp4/r/30/vb/256k/vcodec/libx264/ar/22061/ab/64k/acodec/libmp3lame", "v-PtT-DzpyCcqv6xNU25neTMkcc="),
        ("avthumb/iphone_low", "tZ-w8jHlQ0__PYJdiisskrK5h3k="),
        ("avthumb/m3u8/r/30/vb/256k/vcodec/libx264/ar/22071/ab/64k/acodec/libmp3lame", "8ehryqviSaMIjkVQDGeDcKRZ6qc="),
        ("avthumb/m3u8/preset/video_16x9_440k", "s2_PQlcIOz1uP6VVBXk5O9dXYLY="),
        ("avthumb/mp3/ar/44100/ab/32k", "sFhZ4dSjB1zvL3De1UBX2qZ_VR0="),
        ("avthumb/mp3/aq/6/ar/16000", "1G8-OWwP3jPLvi7O3qOf7yCl4YI="),
    ],
)
def test_published_keys(cmd: str, prefix: str) -> None:
    assert default_key(cmd, "FrPN") == f"{prefix}/FrPN"


def test_outputs_of_a_job() -> None:
    fops = "a|saveas/b3RoZXI6aw==;avthumb/iphone_low;b|saveas/b3RoZXI=;c|saveas/b3RoZXI6aw==/savePattern/eA==;"
    assert [(o.bucket, o.key) for o in expected_outputs(fops, "src", "FrPN")] == [
        ("other", "k"),
        ("src", "tZ-w8jHlQ0__PYJdiisskrK5h3k=/FrPN"),
        ("other", None),
        ("other", None),
    ]
    assert expected_outputs("avthumb/iphone_low", "src")[0].key is None
