from __future__ import annotations

import pytest

from qiniufop.engine.artifact import Artifact
from qiniufop.engine.errors import FopFailed, UnsupportedFopError
from qiniufop.engine.keys import etag
from qiniufop.engine.video_keys import KeyTemplate, reference, take_template, unnamed_prefix
from qiniufop.engine.video_options import Options

from .clips import new_run

_SOURCE = Artifact("video/mp4", data=b"x", name="in.mp4")


@pytest.mark.parametrize(
    ("template", "key"),
    [
        ("qiniu-$(count)", "qiniu-000007"),
        ("${fname}/${count}.ts", "film.mp4/000007.ts"),
        ("$(bucket)-$(key)-$(count)", "b-a/film.mp4-000007"),
        ("$(fprefix)$(ext)$(keybase)$(count)", "film.mp4film.mp4000007"),
        ("$(etag)/$(count)", f"{etag(b'x')}/000007"),
        ("$(saveas.keyPrefix)$(count)", "out/000007"),
    ],
)
def test_keys_follow_the_template(template: str, key: str) -> None:
    run = new_run(key="a/film.mp4", settings={"variables": {"saveas.keyPrefix": "out/"}})
    assert KeyTemplate("segment", template, _SOURCE, run).key(7) == key


def test_error_of_a_template_without_a_count() -> None:
    with pytest.raises(FopFailed) as caught:
        KeyTemplate("segment", "x", _SOURCE, new_run(), "pattern")
    assert str(caught.value) == "segment: pattern must contain $(count), else all objects would have one key"


def test_error_of_a_variable_nobody_knows() -> None:
    with pytest.raises(UnsupportedFopError) as caught:
        KeyTemplate("segment", "$(when)$(count)", _SOURCE, new_run()).key(0)
    assert str(caught.value) == "segment: option 'savePattern' cannot run locally: nothing is known of $(when)"


@pytest.mark.parametrize("template", ["a\nb$(count)", "\x00$(count)", "x" * 750 + "$(count)"])
def test_error_of_what_is_no_key(template: str) -> None:
    with pytest.raises(FopFailed, match=r"is no key: at most 750 bytes without control characters"):
        KeyTemplate("segment", template, _SOURCE, new_run()).key(0)


def test_either_name_of_the_option() -> None:
    for name in ("pattern", "save_pattern"):
        options = Options("segment", {name: "x$(count)"})
        assert take_template(options, _SOURCE, new_run()).key(1) == "x000001"
        options.finish()
    with pytest.raises(FopFailed, match=r"^segment: savePattern is needed"):
        take_template(Options("segment", {}), _SOURCE, new_run())


def test_unnamed_pieces_depend_on_command_and_content_alone() -> None:
    other = Artifact("video/mp4", data=b"y", name="in.mp4")
    names = {unnamed_prefix("avthumb/m3u8", _SOURCE), unnamed_prefix("avthumb/m3u8", Artifact("x", data=b"x"))}
    assert len(names) == 1
    assert unnamed_prefix("avthumb/m3u8", other) not in names
    assert unnamed_prefix("avthumb/hls", _SOURCE) not in names


@pytest.mark.parametrize(
    ("key", "domain", "playlist", "text"),
    [
        ("a/000000.ts", None, None, "a/000000.ts"),
        ("a/000000.ts", None, "a/list.m3u8", "000000.ts"),
        ("a/000000.ts", None, "b/c/list.m3u8", "../../a/000000.ts"),
        ("a/000000.ts", None, "list.m3u8", "a/000000.ts"),
        ("a b#?\N{LATIN SMALL LETTER E WITH ACUTE}.ts", None, None, "a%20b%23%3F%C3%A9.ts"),
        ("a/0.ts", "cdn.example.com", "x/y", "http://cdn.example.com/a/0.ts"),
        ("a/0.ts", "https://cdn.example.com:8080/", None, "https://cdn.example.com:8080/a/0.ts"),
    ],
)
def test_references(key: str, domain: str | None, playlist: str | None, text: str) -> None:
    variables = {"variables": {"saveas.key": playlist}} if playlist else {}
    assert reference(key, domain, new_run(settings=variables)) == text


@pytest.mark.parametrize("domain", ["a b", 'x"y', "x/y", "ftp://x", "x\n#EXT"])
def test_error_of_a_domain(domain: str) -> None:
    with pytest.raises(ValueError, match=r"a host name such as cdn.example.com"):
        reference("k", domain, new_run())
