from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest

from qiniufop.engine.keys import etag
from qiniufop.server import DevServer
from qiniufop.server.store import Meta

from .test_api import Api, error


def entry(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.fixture
def api(server: DevServer) -> Iterator[Api]:
    made = Api(server)
    server.reset()
    for key in ("a/1", "a/2", "b", "c/d/1", "c/d/2", "e"):
        server.put("bkt", key, key.encode())
    with made.session:
        yield made


def test_stat(api: Api) -> None:
    shown = api.post(f"/stat/{entry('bkt:b')}", {}).json()
    stored = api.server.state.store.get("bkt", "b")
    assert stored is not None
    assert shown == {
        "fsize": 1,
        "hash": etag(b"b"),
        "mimeType": "application/octet-stream",
        "putTime": stored.put_time,
        "type": 0,
        "status": 0,
    }


def test_stat_tells_when_an_object_will_go(api: Api) -> None:
    stored = api.server.state.store.put("bkt", "x", b"", Meta("text/plain", 7, end_user="me"))
    shown = api.post(f"/stat/{entry('bkt:x').rstrip('=')}", {}).json()
    assert shown["expiration"] == stored.put_time // 10_000_000 + 7 * 86400
    assert shown["endUser"] == "me"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"/stat/{entry('bkt:none')}", (612, "no such file or directory")),
        (f"/stat/{entry('none:b')}", (631, "no such bucket")),
        (f"/delete/{entry('bkt:none')}", (612, "no such file or directory")),
        ("/stat/!!", (400, "'!!' is not the URL-safe base64 of bucket:key")),
        (f"/stat/{entry('bkt:b')}/x", (400, "no such operation: 'stat'")),
        (f"/copy/{entry('bkt:b')}/{entry('bkt:e')}", (614, "file exists")),
        (f"/copy/{entry('bkt:b')}/{entry('none:e')}", (631, "no such bucket")),
        ("/mkbucketv3/x!/region/z0", (400, "'x!' cannot be a bucket")),
    ],
)
def test_error_operations(api: Api, path: str, expected: tuple[int, str]) -> None:
    status, text = error(api.post(path, {}))
    assert status == expected[0]
    assert expected[1] in text


@pytest.mark.parametrize(
    "path", [f"/stat/{entry('bkt:b')}", f"/delete/{entry('bkt:b')}", "/list", "/buckets", "/batch"]
)
def test_error_no_signature(api: Api, path: str) -> None:
    assert error(api.session.post(api.server.url + path)) == (401, "bad token")
    assert "b" in api.server.keys("bkt")


def test_objects_are_deleted_copied_and_moved(api: Api) -> None:
    assert api.post(f"/delete/{entry('bkt:e')}", {}).status_code == 200
    assert api.post(f"/copy/{entry('bkt:b')}/{entry('bkt:e')}", {}).status_code == 200
    assert api.post(f"/move/{entry('bkt:a/1')}/{entry('bkt:e')}/force/true", {}).status_code == 200
    assert api.server.keys("bkt") == ["a/2", "b", "c/d/1", "c/d/2", "e"]
    assert api.server.get("bkt", "e") == b"a/1"


def test_moving_an_object_onto_itself_keeps_it(api: Api) -> None:
    assert api.post(f"/move/{entry('bkt:b')}/{entry('bkt:b')}/force/true", {}).status_code == 200
    assert api.server.get("bkt", "b") == b"b"


def test_many_operations_at_once(api: Api) -> None:
    operations = [f"/stat/{entry('bkt:b')}", f"/delete/{entry('bkt:e')}", f"/stat/{entry('bkt:e')}"]
    reply = api.post("/batch", {})
    assert reply.json() == []
    from urllib.parse import urlencode

    from qiniufop.client.auth import FORM, authorization

    body = urlencode([("op", op) for op in operations]).encode()
    headers = {"Content-Type": FORM}
    headers["Authorization"] = authorization(api.credentials, "QBox", "POST", f"{api.server.url}/batch", headers, body)
    reply = api.session.post(f"{api.server.url}/batch", data=body, headers=headers)
    assert reply.status_code == 298
    assert [r["code"] for r in json.loads(reply.content)] == [200, 200, 612]


def listed(api: Api, **asked: str) -> tuple[list[str], list[str], str]:
    reply = api.post("/list", {"bucket": "bkt", **asked})
    assert reply.status_code == 200, reply.text
    shown = reply.json()
    return [item["key"] for item in shown["items"]], shown.get("commonPrefixes", []), shown.get("marker", "")


def test_listing(api: Api) -> None:
    assert listed(api) == (["a/1", "a/2", "b", "c/d/1", "c/d/2", "e"], [], "")
    assert listed(api, prefix="a/") == (["a/1", "a/2"], [], "")
    assert listed(api, delimiter="/") == (["b", "e"], ["a/", "c/"], "")
    assert listed(api, prefix="c/", delimiter="/") == ([], ["c/d/"], "")


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6, 7])
@pytest.mark.parametrize("delimiter", ["", "/"])
def test_listing_page_by_page_gives_everything_once(api: Api, limit: int, delimiter: str) -> None:
    keys: list[str] = []
    prefixes: list[str] = []
    marker = ""
    while True:
        more, folded, marker = listed(api, limit=str(limit), delimiter=delimiter, marker=marker)
        assert len(more) + len(folded) <= limit
        keys += more
        prefixes += folded
        if not marker:
            break
    whole = listed(api, delimiter=delimiter)
    assert (keys, prefixes) == whole[:2]


def test_error_listing(api: Api) -> None:
    assert error(api.post("/list", {"bucket": "none"})) == (631, "no such bucket")
    assert error(api.post("/list", {"bucket": "bkt", "limit": "1001"}))[0] == 400
    assert error(api.post("/list", {"bucket": "bkt", "limit": "x"}))[0] == 400
    assert error(api.post("/list", {"bucket": "bkt", "marker": "!"})) == (640, "invalid marker")


def test_buckets_and_domains() -> None:
    with DevServer(memory=True, domains={"cdn.example.com": "bkt"}) as server:
        api = Api(server)
        assert api.post("/mkbucketv3/new-one/region/z0", {}).status_code == 200
        server.put("bkt", "k", b"")
        assert api.post("/buckets", {}).json() == ["bkt", "new-one"]
        assert api.post("/v2/domains?tbl=bkt", {}).json() == ["cdn.example.com"]
        api.session.close()
