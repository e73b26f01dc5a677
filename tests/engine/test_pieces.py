from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

import pytest

from qiniufop import Concat, Pm3u8, Qhash
from qiniufop.engine.engine import LocalEngine
from qiniufop.engine.errors import FopFailed, LimitExceeded, UnsupportedFopError
from qiniufop.engine.limits import Limits

from .pictures import run

B, C = "http://cdn.example.com/b.txt", "kodo://bkt/c.txt"
OBJECTS = {B: b"two ", C: b"three"}


def concat(*urls: str):
    return Concat(mime_type="text/plain", urls=urls)


def test_concat_joins_in_order():
    result = run(concat(B, C, B), b"one ", OBJECTS)
    assert (result.mime, result.read()) == ("text/plain", b"one two threetwo ")


def test_error_concat():
    with pytest.raises(LimitExceeded, match="3 files are more than 2"):
        run(concat(B, C), b"one ", OBJECTS, limits=Limits(pieces=2))
    with pytest.raises(LimitExceeded, match="the result is larger than 10 bytes"):
        run(concat(B, C), b"one ", OBJECTS, limits=Limits(result_bytes=10))
    with pytest.raises(FopFailed, match="there is no object"):
        run(concat("kodo://bkt/d"), b"one ", OBJECTS)


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256"])
def test_qhash(algorithm, tmp_path: Path):
    content = bytes(range(256)) * 8192
    expected = {"hash": hashlib.new(algorithm, content).hexdigest(), "fsize": len(content)}
    assert json.loads(run(Qhash(algorithm), content).read()) == expected
    file = tmp_path / "a.bin"
    file.write_bytes(content)
    assert json.loads(LocalEngine().run(file, Qhash(algorithm)).read()) == expected


PLAYLIST = b"#EXTM3U\n#EXTINF:10,\nhttp://cdn.example.com/a/0.ts\n#EXTINF:5,\n1.ts\n#EXT-X-ENDLIST\n"


def signing() -> LocalEngine:
    return LocalEngine(
        settings={"sign_url": lambda url, deadline: f"{url}{'&' if '?' in url else '?'}e={deadline}&token=t"}
    )


def test_pm3u8_signs_every_address():
    result = signing().run(PLAYLIST, Pm3u8(0, deadline=1449166183), url="http://cdn.example.com/a/list.m3u8")
    assert result.mime == "application/vnd.apple.mpegurl"
    assert result.read().decode().splitlines() == [
        "#EXTM3U",
        "#EXTINF:10,",
        "http://cdn.example.com/a/0.ts?e=1449166183&token=t",
        "#EXTINF:5,",
        "http://cdn.example.com/a/1.ts?e=1449166183&token=t",
        "#EXT-X-ENDLIST",
    ]


def test_pm3u8_adds_a_query_and_counts_from_now():
    lines = signing().run(PLAYLIST, Pm3u8(0, query="from=app", expires=100)).read().decode().splitlines()
    assert lines[2].startswith("http://cdn.example.com/a/0.ts?from=app&e=")
    assert lines[4].startswith("1.ts?from=app&e=")
    deadline = int(lines[2].split("e=")[1].split("&")[0])
    assert 90 <= deadline - time.time() <= 100
    default = signing().run(PLAYLIST, Pm3u8(0)).read().decode().splitlines()[2]
    assert 43_190 <= int(default.split("e=")[1].split("&")[0]) - time.time() <= 43_200


def test_error_pm3u8():
    with pytest.raises(
        UnsupportedFopError, match="pm3u8 cannot run locally: the engine was given no keys to sign with"
    ):
        run(Pm3u8(0), PLAYLIST)
    with pytest.raises(FopFailed, match="the source is not an m3u8 playlist: its first line is not #EXTM3U"):
        signing().run(b"no playlist", Pm3u8(0))
