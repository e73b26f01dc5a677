"""Processing URLs, there and back."""

from __future__ import annotations

import time
from typing import Any

import pytest
import qiniu
import requests
from hypothesis import given
from hypothesis import strategies as st

from qiniufop import parse
from qiniufop.client.auth import Credentials
from qiniufop.client.errors import UrlError
from qiniufop.client.urls import object_url, read_url, url
from qiniufop.errors import FopError

KEYS = Credentials("AK_TEST", "SK_TEST")
BASE = "http://cdn.example.com/a.png"
THUMB = "imageView2/2/w/200/h/200"
SAVED = f"{THUMB}|saveas/Ymt0OnRodW1iL2EucG5n"
DEADLINE = 1893456000


@pytest.mark.parametrize(
    ("domain", "key", "expected"),
    [
        ("cdn.example.com", "a.png", "http://cdn.example.com/a.png"),
        ("https://cdn.example.com/", "目录/a b+c.png", "https://cdn.example.com/%E7%9B%AE%E5%BD%95/a%20b+c.png"),
        ("http://h:8080", "50%?#.png", "http://h:8080/50%25%3F%23.png"),
        ("h", "", "http://h/"),
    ],
)
def test_object_urls(domain: str, key: str, expected: str) -> None:
    assert object_url(domain, key) == expected
    assert read_url(expected).key == key


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, BASE),
        ({"fop": THUMB}, f"{BASE}?{THUMB}"),
        ({"fop": parse(THUMB)}, f"{BASE}?{THUMB}"),
        ({"fop": f"{THUMB}|imageInfo"}, f"{BASE}?{THUMB}|imageInfo"),
        ({"fop": f"{THUMB}|imageInfo", "escape_pipes": True}, f"{BASE}?{THUMB}%7CimageInfo"),
        ({"fop": "imageMogr2/thumbnail/300x400>"}, f"{BASE}?imageMogr2/thumbnail/300x400%3E"),
        ({"style": "small"}, f"{BASE}-small"),
        ({"style": "small", "separator": "!"}, f"{BASE}!small"),
        ({"fop": THUMB, "params": {"attname": "a b&.png"}}, f"{BASE}?{THUMB}&attname=a%20b%26.png"),
        ({"params": {"v": "2"}}, f"{BASE}?v=2"),
        (
            {"credentials": KEYS, "deadline": DEADLINE},
            f"{BASE}?e=1893456000&token=AK_TEST:xIEkxVZND05T9uwROmE7rfRd0Gs=",
        ),
        (
            {"fop": THUMB, "credentials": KEYS, "deadline": DEADLINE},
            f"{BASE}?{THUMB}&e=1893456000&token=AK_TEST:Zl19xtWDEowfax6Yrcm_Q_gp6Sc=",
        ),
        (
            {"fop": SAVED, "credentials": KEYS},
            f"{BASE}?{SAVED}/sign/AK_TEST:keCGGPpZgcUywoxsVApEwS2h9UY=",
        ),
        (
            {"fop": SAVED, "credentials": KEYS, "escape_pipes": True},
            f"{BASE}?{SAVED.replace('|', '%7C')}/sign/AK_TEST:FdmC3ng3X_CzFfNvlUcJBq9Og7c=",
        ),
        (
            {"fop": SAVED, "credentials": KEYS, "deadline": DEADLINE},
            f"{BASE}?{SAVED}/sign/AK_TEST:keCGGPpZgcUywoxsVApEwS2h9UY=&e=1893456000"
            "&token=AK_TEST:II0hF6Fn6ghJ-xVfktYwt4He578=",
        ),
        (
            {"fop": f"{SAVED}/deleteAfterDays/3", "credentials": KEYS},
            f"{BASE}?{SAVED}/sign/AK_TEST:keCGGPpZgcUywoxsVApEwS2h9UY=/deleteAfterDays/3",
        ),
    ],
)
def test_urls(options: dict[str, Any], expected: str) -> None:
    made = url(BASE, options.pop("fop", None), **options)
    assert made == expected
    back = read_url(made, separator=options.get("separator", "-"))
    assert (back.scheme, back.host, back.key) == ("http", "cdn.example.com", "a.png")
    assert back.style == options.get("style")
    assert dict(back.params) == options.get("params", {})
    assert back.deadline == options.get("deadline")
    assert back.private == ("deadline" in options)
    assert bool(back.verify(KEYS)) == back.private
    assert bool(back.verify_saveas(KEYS)) == back.saves == ("saveas" in expected)


def test_what_is_escaped_stays_and_what_is_not_is_escaped() -> None:
    assert url("http://h/%E7%9B%AE/a b%.png") == "http://h/%E7%9B%AE/a%20b%25.png"
    assert url("http://h/目") == "http://h/%E7%9B%AE"


def test_expiry_is_counted_from_now() -> None:
    before = int(time.time())
    deadline = read_url(url(BASE, credentials=KEYS, expires=60)).deadline
    assert deadline is not None
    assert before + 60 <= deadline <= int(time.time()) + 60


def test_the_official_sdk_signs_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1000.0)
    official = qiniu.Auth("AK_TEST", "SK_TEST").private_download_url(f"{BASE}?{THUMB}", expires=60)
    assert url(BASE, THUMB, credentials=KEYS, expires=60) == official


@pytest.mark.parametrize(
    ("base", "options", "message"),
    [
        ("cdn/a", {}, "base 'cdn/a': expected the URL of an object, http://host/key or https://host/key"),
        ("ftp://cdn/a", {}, "base 'ftp://cdn/a': expected the URL of an object, http://host/key or https://host/key"),
        (
            "http://cdn/a?b",
            {},
            "base 'http://cdn/a?b' has a query or a fragment; escape them if they belong to the key: object_url()",
        ),
        (BASE, {"fop": THUMB, "style": "s"}, "style 's' and operations: a URL has one or the other"),
        (BASE, {"style": "a-b"}, "style 'a-b': expected a name without '-' and without / ? # & %"),
        (BASE, {"style": ""}, "style '': expected a name without '-' and without / ? # & %"),
        (BASE, {"fop": "imageInfo;exif"}, "2 commands: a URL holds one; several need a job"),
        (BASE, {"fop": "avthumb/mp4"}, "avthumb runs in jobs only, not in a URL: submit it"),
        (BASE, {"fop": SAVED}, "a saveas in a URL must be signed: give credentials"),
        (BASE, {"params": {"e": "1"}}, "parameter 'e' belongs to the signature; give expires or deadline"),
        (BASE, {"expires": 3}, "expires and deadline need credentials, which sign the URL of a private bucket"),
        (BASE, {"credentials": KEYS, "expires": 3, "deadline": 3}, "expires and deadline: give one of the two"),
    ],
)
def test_error_urls(base: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UrlError) as caught:
        url(base, options.pop("fop", None), **options)
    assert str(caught.value) == message


def test_error_invalid_operations() -> None:
    with pytest.raises(FopError):
        url(BASE, "imageView3/2")
    with pytest.raises(UrlError, match="expected a URL"):
        read_url("cdn/a")


@pytest.mark.parametrize(
    ("text", "fop", "params"),
    [
        (f"{BASE}?{THUMB}%7CimageInfo&v=2", f"{THUMB}|imageInfo", (("v", "2"),)),
        (f"{BASE}?v=2&{THUMB}", None, (("v", "2"), (THUMB, ""))),
        (f"{BASE}?imageInfo", "imageInfo", ()),
        (f"{BASE}?watermark/2/text/5L2g5aW9", "watermark/2/text/5L2g5aW9", ()),
        (f"{BASE}?watermark/1/image/aHR0cDovL2E=", "watermark/1/image/aHR0cDovL2E=", ()),
        (f"{BASE}?e=1", None, (("e", "1"),)),
        (f"{BASE}?attname=", None, (("attname", ""),)),
        (f"{BASE}?my-ufop/1#x", "my-ufop/1", ()),
        (f"{BASE}?", None, ()),
        (BASE, None, ()),
    ],
)
def test_queries_are_taken_apart(text: str, fop: str | None, params: tuple[tuple[str, str], ...]) -> None:
    back = read_url(text)
    assert (back.fop_text, back.params) == (fop, params)
    assert (str(back.fop) if back.fop else None) == fop


def test_a_style_is_a_part_of_the_key_unless_the_separator_is_known() -> None:
    assert read_url(f"{BASE}-small").key == "a.png-small"
    assert (read_url(f"{BASE}-small", separator="-").key, read_url(f"{BASE}-small", separator="-").style) == (
        "a.png",
        "small",
    )


@given(key=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_key_survives(key: str) -> None:
    made = url(object_url("cdn.example.com", key), SAVED, credentials=KEYS, deadline=DEADLINE)
    back = read_url(made)
    assert back.key == key
    assert back.verify(KEYS, now=DEADLINE)
    assert back.verify_saveas(KEYS)
    assert back.fop == parse(SAVED)
    assert made.isascii()


def test_requests_sends_an_escaped_url_as_it_was_signed() -> None:
    made = url(object_url("h", "目 录/a+b.png"), SAVED, credentials=KEYS, deadline=DEADLINE, escape_pipes=True)
    assert requests.Request("GET", made).prepare().url == made
    plain = url(object_url("h", "a.png"), SAVED, credentials=KEYS)
    assert requests.Request("GET", plain).prepare().url != plain
