from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from PIL import Image

from qiniufop.client.auth import Credentials, download_url, saveas_url
from qiniufop.engine.limits import ONLINE
from qiniufop.server import DevServer

from .conftest import PHOTO
from .raw import ask

SMALL = "imageView2/2/w/64"


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as made:
        yield made


@pytest.fixture(scope="module")
def own() -> Iterator[DevServer]:
    """A server with a private bucket, a domain and styles."""
    options = {"private": ["secret"], "domains": {"cdn.example.com": "bkt"}, "styles": {"small": SMALL}}
    with DevServer(memory=True, **options) as made:
        for bucket in ("bkt", "secret"):
            made.put(bucket, "photo.jpg", PHOTO)
        yield made


def keys(server: DevServer) -> Credentials:
    return Credentials(server.access_key, server.secret_key)


def size(reply: requests.Response) -> tuple[int, int]:
    assert reply.status_code == 200, reply.text
    return Image.open(io.BytesIO(reply.content)).size


def test_an_object_comes_as_it_is(server: DevServer, session: requests.Session) -> None:
    reply = session.get(f"{server.url}/bkt/photo.jpg")
    assert reply.content == PHOTO.read_bytes()
    assert reply.headers["Content-Type"] == "image/jpeg"
    stored = server.state.store.get("bkt", "photo.jpg")
    assert stored is not None
    assert reply.headers["ETag"] == f'"{stored.hash}"'
    assert "Content-Disposition" not in reply.headers
    head = session.head(f"{server.url}/bkt/photo.jpg")
    assert (head.headers["Content-Length"], head.content) == (str(PHOTO.stat().st_size), b"")


def test_ranges_and_revalidation(server: DevServer, session: requests.Session) -> None:
    url = f"{server.url}/bkt/photo.jpg"
    part = session.get(url, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, PHOTO.read_bytes()[10:20])
    same = session.get(url, headers={"If-None-Match": part.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert session.get(url, headers={"Range": "bytes=99999999-"}).status_code == 416


def test_objects_in_a_folder_are_served_the_same(tmp_path: Path, session: requests.Session) -> None:
    with DevServer(tmp_path) as server:
        (tmp_path / "by-hand").mkdir()
        (tmp_path / "by-hand" / "photo.jpg").write_bytes(PHOTO.read_bytes())
        url = f"{server.url}/by-hand/photo.jpg"
        assert session.get(url).content == PHOTO.read_bytes()
        assert session.get(url, headers={"Range": "bytes=0-4"}).content == PHOTO.read_bytes()[:5]
        assert size(session.get(f"{url}?{SMALL}")) == (64, 43)
        assert list((tmp_path / ".qiniufop" / "incoming").iterdir()) == []


def test_attname_gives_a_name(server: DevServer, session: requests.Session) -> None:
    reply = session.get(f"{server.url}/bkt/photo.jpg", params={"attname": "my photo.jpg"})
    assert 'filename="my photo.jpg"' in reply.headers["Content-Disposition"]


@pytest.mark.parametrize(
    "query", [SMALL, f"{SMALL}&attname=x.jpg", "imageView2%2F2%2Fw%2F64", f"{SMALL}%7C{SMALL}", f"{SMALL}|{SMALL}&v=1"]
)
def test_commands_in_the_query_run(server: DevServer, query: str) -> None:
    reply = ask(server, f"GET /bkt/photo.jpg?{query}")
    assert (reply.status, reply.headers["content-type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(reply.body)).size == (64, 43)


@pytest.mark.parametrize("query", ["", "v=1", "attname=", "e=1", "x=imageView2/2/w/64"])
def test_other_parameters_are_no_commands(server: DevServer, session: requests.Session, query: str) -> None:
    assert session.get(f"{server.url}/bkt/photo.jpg?{query}").content == PHOTO.read_bytes()


def test_reports_are_json(server: DevServer, session: requests.Session) -> None:
    reply = session.get(f"{server.url}/bkt/photo.jpg?imageInfo")
    assert reply.json()["width"] == 640
    assert reply.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ("imageView2/2/w/x", 400, "imageView2: w cannot be 'x'"),
        ("nope/1", 400, "nope"),
        ("avthumb/mp4", 400, "avthumb does not run in a URL, only in a job"),
        (f"{SMALL};imageInfo", 400, "one URL runs one command"),
    ],
)
def test_error_commands(server: DevServer, session: requests.Session, query: str, status: int, text: str) -> None:
    reply = session.get(f"{server.url}/bkt/photo.jpg?{query}")
    assert (reply.status_code, reply.json()["code"]) == (status, status)
    assert text in reply.json()["error"]
    assert reply.headers["Cache-Control"] == "no-store"


def test_error_missing_objects(server: DevServer, session: requests.Session) -> None:
    for path in ("bkt/none", "none/photo.jpg", "bkt", "", "bkt/none-small"):
        reply = session.get(f"{server.url}/{path}")
        assert (reply.status_code, reply.json()) == (404, {"code": 404, "error": "Document not found"})


def test_error_a_source_that_is_too_large(session: requests.Session) -> None:
    from dataclasses import replace

    with DevServer(memory=True, online=replace(ONLINE, source_bytes=1000)) as server:
        server.put("bkt", "photo.jpg", PHOTO)
        assert session.get(f"{server.url}/bkt/photo.jpg?{SMALL}").status_code == 413
        assert session.get(f"{server.url}/bkt/photo.jpg").status_code == 200


@pytest.mark.parametrize("key", ["目录/a b+c.jpg", "a//b", "x/../y", "a?b", "50%", "a&b;c|d", ".hidden"])
def test_any_key_is_reached(server: DevServer, key: str) -> None:
    from urllib.parse import quote

    server.put("bkt", key, b"this one")
    assert ask(server, f"GET /bkt/{quote(key)}").body == b"this one"


def test_raw_bytes_in_the_request_line_are_read_as_utf_8(server: DevServer) -> None:
    # Some of these bytes are white space in the parser's eyes.
    server.put("bkt", "結果/à\u00a0.jpg", b"this one")
    assert ask(server, "GET /bkt/結果/à\u00a0.jpg").body == b"this one"


def test_a_private_bucket_needs_a_signed_url(own: DevServer, session: requests.Session) -> None:
    later, before = int(time.time()) + 60, int(time.time()) - 60
    url = f"{own.url}/secret/photo.jpg"
    missing = session.get(url)
    assert (missing.status_code, missing.json()["error"]) == (401, "download token not specified")
    assert session.get(download_url(keys(own), url, later)).status_code == 200
    assert size(session.get(download_url(keys(own), f"{url}?{SMALL}", later))) == (64, 43)
    expired = session.get(download_url(keys(own), url, before))
    assert (expired.status_code, expired.json()["error"]) == (401, "token expired")
    added = download_url(keys(own), url, later).replace("?e=", f"?{SMALL}&e=")
    assert session.get(added).status_code == 401


def test_a_wrong_token_is_refused_on_a_public_bucket_too(own: DevServer, session: requests.Session) -> None:
    url = download_url(keys(own), f"{own.url}/bkt/photo.jpg", int(time.time()) + 60)
    assert session.get(url).status_code == 200
    assert session.get(f"{url[:-2]}x=").status_code == 401


def test_saving_needs_a_signature_of_its_own(server: DevServer, session: requests.Session) -> None:
    base = f"{server.url}/bkt/photo.jpg?{SMALL}"
    reply = ask(server, "GET " + saveas_url(keys(server), base, "bkt", "small.jpg").removeprefix(server.url))
    assert reply.status == 200
    assert server.get("bkt", "small.jpg") == reply.body
    unsigned = session.get(f"{base}|saveas/Ymt0OnguanBn")
    assert (unsigned.status_code, unsigned.json()["error"]) == (401, "bad saveas sign")
    escaped = saveas_url(keys(server), base, "bkt", "x.jpg").replace("|", "%7C")
    assert ask(server, "GET " + escaped.removeprefix(server.url)).status == 401
    assert "x.jpg" not in server.keys("bkt")


def test_options_may_follow_the_signature_of_saveas(server: DevServer) -> None:
    url = saveas_url(keys(server), f"{server.url}/bkt/photo.jpg?{SMALL}", "bkt", "days.jpg") + "/deleteAfterDays/7"
    assert ask(server, "GET " + url.removeprefix(server.url)).status == 200
    stored = server.state.store.get("bkt", "days.jpg")
    assert stored is not None
    assert stored.meta.delete_after_days == 7


def test_a_domain_serves_its_bucket(own: DevServer) -> None:
    for host in ("cdn.example.com", "cdn.example.com:80"):
        assert ask(own, "GET /photo.jpg", host=host).body == PHOTO.read_bytes()
    assert ask(own, "GET /photo.jpg").status == 404


def test_a_style_stands_for_its_command(own: DevServer, session: requests.Session) -> None:
    assert size(session.get(f"{own.url}/bkt/photo.jpg-small")) == (64, 43)
    assert size(session.get(f"{own.url}/bkt/photo.jpg-small?imageView2/2/w/32")) == (32, 22)
    assert session.get(f"{own.url}/bkt/photo.jpg-large").status_code == 404
