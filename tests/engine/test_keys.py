from __future__ import annotations

from datetime import datetime
from hashlib import sha1
from pathlib import Path

import pytest
import qiniu

from qiniufop.engine.keys import BLOCK, default_key, etag, expand, input_variables, output_variables

PUBLISHED_KEYS = {
    "avthumb/mp4/r/30/vb/256k/vcodec/libx264/ar/22061/ab/64k/acodec/libmp3lame": "v-PtT-DzpyCcqv6xNU25neTMkcc=",
    "avthumb/iphone_low": "tZ-w8jHlQ0__PYJdiisskrK5h3k=",
    "avthumb/m3u8/r/30/vb/256k/vcodec/libx264/ar/22071/ab/64k/acodec/libmp3lame": "8ehryqviSaMIjkVQDGeDcKRZ6qc=",
    "avthumb/m3u8/preset/video_16x9_440k": "s2_PQlcIOz1uP6VVBXk5O9dXYLY=",
    "avthumb/mp3/ar/44100/ab/32k": "sFhZ4dSjB1zvL3De1UBX2qZ_VR0=",
    "avthumb/mp3/aq/6/ar/16000": "1G8-OWwP3jPLvi7O3qOf7yCl4YI=",
}


@pytest.mark.parametrize("command", PUBLISHED_KEYS)
def test_an_unnamed_output_gets_the_published_key(command: str) -> None:
    assert default_key(command, "FrPNF2qz66Bt14JMdgU8Ya7axZx-") == (
        f"{PUBLISHED_KEYS[command]}/FrPNF2qz66Bt14JMdgU8Ya7axZx-"
    )


@pytest.mark.parametrize("size", [0, 1, 1000, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 5])
def test_the_hash_is_that_of_the_official_sdk(size: int, tmp_path: Path) -> None:
    path = tmp_path / "content"
    content = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    path.write_bytes(content)
    assert etag(path) == etag(content) == qiniu.etag(str(path))
    assert etag(content)[0] == ("F" if size <= BLOCK else "l")
    assert len(etag(content)) == 28


def test_variables_of_the_input() -> None:
    values = input_variables("bkt", "dir/photo.of.me.jpg", "Fabc", 12, "image/jpeg")
    assert expand("$(fprefix)_small$(ext) ${bucket}:${key} $(keybase) $(fsize) $(mimeType) $(etag)", values.get) == (
        "photo.of.me_small.jpg bkt:dir/photo.of.me.jpg photo.of.me.jpg 12 image/jpeg Fabc"
    )


def test_variables_prefer_the_name_of_the_uploaded_file() -> None:
    values = input_variables("bkt", "k", "Fabc", 12, "image/jpeg", fname="holiday.png", end_user="u1")
    assert expand("$(fname) $(ext) $(fprefix) $(keybase) $(endUser)", values.get) == "holiday.png .png holiday k u1"


@pytest.mark.parametrize(("key", "prefix", "ext"), [("a", "a", ""), (".profile", ".profile", ""), ("a.b/c", "c", "")])
def test_names_without_an_extension(key: str, prefix: str, ext: str) -> None:
    values = input_variables("bkt", key, "", 0, "")
    assert (values["fprefix"], values["ext"]) == (prefix, ext)


def test_unknown_variables_stay_as_written() -> None:
    assert expand("$(nope) ${nope} $( $x", {"a": "b"}.get) == "$(nope) ${nope} $( $x"


def test_a_variable_is_replaced_once() -> None:
    assert expand("$(key)", {"key": "$(bucket)", "bucket": "b"}.get) == "$(bucket)"


def test_variables_of_the_output() -> None:
    values = output_variables("Fx", datetime(2026, 1, 2, 3, 4, 5))
    assert expand("$(year)/$(mon)/$(day)/$(hour)$(min)$(sec)-$(etag)", values.get) == "2026/01/02/030405-Fx"


def test_the_hash_of_a_small_content_is_its_sha1() -> None:
    from base64 import urlsafe_b64decode

    assert urlsafe_b64decode(etag(b"hello")) == b"\x16" + sha1(b"hello").digest()
