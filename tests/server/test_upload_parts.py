from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
import requests

from qiniufop.server import DevServer

from .test_api import error
from .test_upload import Uploader

BASE = "/buckets/bkt/objects/{}/uploads"
KEY = base64.urlsafe_b64encode(b"k.txt").decode()


@pytest.fixture
def up(server: DevServer) -> Iterator[Uploader]:
    made = Uploader(server)
    with made.session:
        yield made


def call(up: Uploader, method: str, path: str, token: str | None = None, **options: object) -> requests.Response:
    headers = {"Authorization": f"UpToken {up.token() if token is None else token}"}
    return up.session.request(method, up.server.url + path, headers=headers, **options)  # type: ignore[arg-type]


def begin(up: Uploader, key: str = KEY) -> str:
    return BASE.format(key) + "/" + str(call(up, "POST", BASE.format(key)).json()["uploadId"])


def test_parts_are_joined_as_the_end_lists_them(up: Uploader) -> None:
    at = begin(up)
    for number in (3, 1, 2):
        assert call(up, "PUT", f"{at}/{number}", data=b"%d" % number).status_code == 200
    call(up, "PUT", f"{at}/2", data=b"two")
    reply = call(up, "POST", at, json={"parts": [{"partNumber": n} for n in (1, 2, 3)], "mimeType": "text/x-own"})
    assert reply.json()["key"] == "k.txt"
    assert up.server.get("bkt", "k.txt") == b"1two3"
    stored = up.server.state.store.get("bkt", "k.txt")
    assert stored is not None
    assert stored.mime == "text/x-own"


def test_a_key_may_be_left_to_the_policy(up: Uploader) -> None:
    at = begin(up, "~")
    call(up, "PUT", f"{at}/1", data=b"x")
    assert call(up, "POST", at, json={"parts": [{"partNumber": 1}]}).json()["key"] == "k.txt"


def test_an_abandoned_upload_is_gone(up: Uploader) -> None:
    at = begin(up)
    call(up, "PUT", f"{at}/1", data=b"x")
    assert call(up, "DELETE", at).status_code == 200
    assert error(call(up, "PUT", f"{at}/2", data=b"x")) == (612, "no such uploadId")
    assert error(call(up, "POST", at, json={"parts": [{"partNumber": 1}]})) == (701, "a part is not known here")


def test_blocks_may_come_in_chunks(up: Uploader) -> None:
    first = call(up, "POST", "/mkblk/6", data=b"abc").json()
    second = call(up, "POST", f"/bput/{first['ctx']}/{first['offset']}", data=b"def").json()
    assert second["offset"] == 6
    reply = call(up, "POST", f"/mkfile/6/key/{KEY}/fname/{KEY}", data=second["ctx"])
    assert reply.json()["key"] == "k.txt"
    assert up.server.get("bkt", "k.txt") == b"abcdef"
    assert error(call(up, "POST", f"/mkfile/6/key/{KEY}", data=second["ctx"])) == (701, "a part is not known here")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", BASE.format(KEY).replace("bkt", "other"), b"", 403),
        ("POST", BASE.format(KEY) + "/x", b"no json", 400),
        ("POST", BASE.format(KEY) + "/x", b'{"parts":[{}]}', 400),
        ("POST", BASE.format("!!") + "/x", b'{"parts":[]}', 400),
        ("POST", BASE.format(base64.urlsafe_b64encode(b"other").decode()) + "/x", b'{"parts":[]}', 403),
        ("POST", "/mkfile/0/key/!!", b"", 400),
    ],
)
def test_error_requests(up: Uploader, method: str, path: str, body: bytes, status: int) -> None:
    assert error(call(up, method, path, data=body))[0] == status


@pytest.mark.parametrize("path", [BASE.format(KEY), "/mkblk/1", "/mkfile/1"])
def test_error_tokens(up: Uploader, path: str) -> None:
    assert error(call(up, "POST", path, token="a:b:c")) == (401, "bad token")
    assert error(up.session.post(up.server.url + path)) == (401, "token not specified")
