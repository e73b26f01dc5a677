from __future__ import annotations

import base64
import json
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests

from qiniufop.client.auth import Credentials, upload_token, verify_request
from qiniufop.engine.keys import etag
from qiniufop.server import DevServer

from .conftest import PHOTO
from .listener import Listener

CONTENT = b"content of the file"


class Uploader:
    def __init__(self, server: DevServer) -> None:
        self.server = server
        self.session = requests.Session()

    def token(self, scope: str = "bkt:k.txt", **policy: Any) -> str:
        keys = Credentials(self.server.access_key, self.server.secret_key)
        return upload_token(keys, {"scope": scope, "deadline": int(time.time()) + 60, **policy})

    def send(
        self, token: str, content: bytes = CONTENT, name: str = "f.txt", mime: str = "", **fields: str
    ) -> requests.Response:
        part = (name, content, mime) if mime else (name, content)
        data = {"token": token, **{k.replace("__", ":"): v for k, v in fields.items()}}
        return self.session.post(f"{self.server.url}/", data=data, files={"file": part}, allow_redirects=False)


@pytest.fixture(params=["memory", "folder"], scope="module")
def either(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    root = tmp_path_factory.mktemp("root") if request.param == "folder" else None
    with DevServer(root, memory=root is None, templates={"thumbs": "imageView2/2/w/64"}) as made:
        yield made


@pytest.fixture
def up(either: DevServer) -> Iterator[Uploader]:
    either.reset()
    made = Uploader(either)
    with made.session:
        yield made
    either.drain()
    staging = either.state.store.staging
    assert staging is None or list(staging.iterdir()) == []


def error(reply: requests.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["error"]


def test_an_upload_is_stored(up: Uploader) -> None:
    reply = up.send(up.token(), key="k.txt", crc32=str(zlib.crc32(CONTENT)))
    assert (reply.status_code, reply.json()) == (200, {"hash": etag(CONTENT), "key": "k.txt"})
    assert up.server.get("bkt", "k.txt") == CONTENT


@pytest.mark.parametrize(
    ("scope", "policy", "fields", "key"),
    [
        ("bkt", {}, {}, etag(CONTENT)),
        ("bkt", {}, {"key": "own"}, "own"),
        ("bkt", {}, {"key": ""}, ""),
        ("bkt:fixed", {}, {}, "fixed"),
        ("bkt:a:b", {}, {}, "a:b"),
        ("bkt:dir/", {"isPrefixalScope": 1}, {"key": "dir/x"}, "dir/x"),
        ("bkt", {"saveKey": "$(etag)$(ext)"}, {}, f"{etag(CONTENT)}.txt"),
        ("bkt", {"saveKey": "s"}, {"key": "own"}, "own"),
        ("bkt", {"saveKey": "$(x:a)/$(fprefix)", "forceSaveKey": True}, {"key": "own", "x__a": "v"}, "v/f"),
    ],
)
def test_who_names_the_object(
    up: Uploader, scope: str, policy: dict[str, Any], fields: dict[str, str], key: str
) -> None:
    assert up.send(up.token(scope, **policy), **fields).json()["key"] == key
    assert up.server.keys("bkt") == [key]


def test_types_are_kept_or_guessed(up: Uploader) -> None:
    up.send(up.token("bkt:a"), mime="text/x-own", key="a")
    up.send(up.token("bkt:b.webp"), mime="application/octet-stream", key="b.webp")
    up.send(up.token("bkt:c"), PHOTO.read_bytes(), mime="application/octet-stream", key="c")
    shown = [o.mime for o in up.server.state.store.list("bkt")]
    assert shown == ["text/x-own", "image/webp", "image/jpeg"]


def test_a_large_file_arrives(up: Uploader) -> None:
    content = bytes(5_000_000)
    assert up.send(up.token(), content, key="k.txt").json()["hash"] == etag(content)


def test_a_new_object_may_not_replace(up: Uploader) -> None:
    assert up.send(up.token("bkt"), key="k").status_code == 200
    assert up.send(up.token("bkt"), key="k").status_code == 200
    assert error(up.send(up.token("bkt"), b"other", key="k")) == (614, "file exists")
    assert error(up.send(up.token("bkt:k", insertOnly=1), b"other", key="k")) == (614, "file exists")
    assert up.send(up.token("bkt:k"), b"other", key="k").status_code == 200
    assert up.server.get("bkt", "k") == b"other"


@pytest.mark.parametrize(
    ("scope", "policy", "fields", "expected"),
    [
        ("bkt:k", {}, {"key": "other"}, (403, "key doesn't match with scope")),
        ("bkt:dir/", {"isPrefixalScope": 1}, {"key": "x"}, (403, "key doesn't match with scope")),
        ("bkt", {"fsizeLimit": 5}, {}, (413, "exceed FsizeLimit")),
        ("bkt", {"fsizeMin": 500}, {}, (403, "less than FsizeMin")),
        ("bkt", {"mimeLimit": "image/*;video/mp4"}, {"key": "a.txt"}, (403, "limited mimeType")),
        ("bkt", {"mimeLimit": "!text/plain"}, {"key": "a.txt"}, (403, "limited mimeType")),
        ("bkt", {"deadline": 1}, {}, (401, "expired token")),
        ("bkt", {}, {"crc32": "1"}, (406, "crc32 does not match")),
        ("b!", {}, {}, (400, "'b!' cannot be a bucket")),
        ("bkt", {}, {"key": "k" * 751}, (400, "at most 750 are allowed")),
    ],
)
def test_error_uploads(
    up: Uploader, scope: str, policy: dict[str, Any], fields: dict[str, str], expected: tuple[int, str]
) -> None:
    status, text = error(up.send(up.token(scope, **policy), **fields))
    assert status == expected[0]
    assert expected[1] in text
    assert up.server.keys("bkt") == []


@pytest.mark.parametrize("policy", [{"mimeLimit": "image/*;text/plain"}, {"mimeLimit": "!image/jpeg"}, {"fsizeMin": 3}])
def test_limits_that_are_kept(up: Uploader, policy: dict[str, Any]) -> None:
    assert up.send(up.token("bkt", **policy), key="a.txt").status_code == 200


def test_error_tokens(up: Uploader) -> None:
    good = up.token()
    for token in ("", "a:b:c", good.replace("=", "x", 1), good[:-3], ":".join(["other", *good.split(":")[1:]])):
        assert error(up.send(token))[0] == 401
    assert error(up.session.post(f"{up.server.url}/", data={"token": good})) == (
        400,
        "file is not specified in multipart",
    )


def test_error_a_bucket_that_may_not_be_made() -> None:
    with DevServer(memory=True, create_buckets=False) as server:
        up = Uploader(server)
        assert error(up.send(up.token())) == (631, "no such bucket")
        up.session.close()


def test_tokens_are_only_read_when_signatures_are_off() -> None:
    with DevServer(memory=True, auth=False) as server:
        up = Uploader(server)
        policy = base64.urlsafe_b64encode(json.dumps({"scope": "bkt"}).encode()).decode()
        assert up.send(f"any:thing:{policy}", key="k").status_code == 200
        assert error(up.send("nonsense")) == (401, "bad token")
        up.session.close()


# triggers


def test_an_upload_may_start_a_job(up: Uploader) -> None:
    token = up.token("bkt:p.jpg", persistentOps="imageView2/2/w/64;imageInfo", persistentPipeline="q1")
    reply = up.send(token, PHOTO.read_bytes(), key="p.jpg").json()
    up.server.drain()
    job = up.server.job(reply["persistentId"])
    assert job is not None
    assert job.code == 0
    assert (job.submission.pipeline, job.submission.key, len(job.items)) == ("q1", "p.jpg", 2)


def test_variables_in_the_commands_are_replaced(up: Uploader) -> None:
    ops = "x/$(key)/$(x:size)/${fsize}/$(persistentId)/$(year)"
    reply = up.send(up.token("bkt:k", persistentOps=ops, persistentType=1), key="k", x__size="9").json()
    job = up.server.job(reply["persistentId"])
    assert job is not None
    assert job.submission.fops == f"x/k/9/{len(CONTENT)}/$(persistentId)/$(year)"
    assert job.submission.type == 1


def test_nonsense_shows_in_the_job_and_not_in_the_upload(up: Uploader) -> None:
    reply = up.send(up.token(persistentOps="!!;nope"), key="k.txt")
    assert reply.status_code == 200
    up.server.drain()
    job = up.server.job(reply.json()["persistentId"])
    assert job is not None
    assert (job.code, [i.code for i in job.items]) == (3, [3, 3])


def test_a_template_may_be_started(up: Uploader) -> None:
    token = up.token("bkt:p.jpg", persistentWorkflowTemplateID="thumbs")
    reply = up.send(token, PHOTO.read_bytes(), key="p.jpg").json()
    up.server.drain()
    job = up.server.job(reply["persistentId"])
    assert job is not None
    assert (job.code, job.submission.task_from) == (0, "workflow: thumbs")


# replies


def test_a_reply_of_ones_own(up: Uploader) -> None:
    body = '{"k":"$(key)","n":$(fsize),"x":"$(x:q)","id":"$(persistentId)"}'
    token = up.token('bkt:say "hi"', returnBody=body, persistentOps="imageInfo")
    shown = up.send(token, key='say "hi"', x__q='a"b\\').json()
    assert (shown["k"], shown["n"], shown["x"]) == ('say "hi"', len(CONTENT), 'a"b\\')
    assert up.server.job(shown["id"]) is not None


def test_a_redirect(up: Uploader) -> None:
    reply = up.send(up.token(returnUrl="http://app.example/done?x=1"), key="k.txt")
    assert reply.status_code == 303
    base, _, coded = reply.headers["Location"].partition("&upload_ret=")
    assert base == "http://app.example/done?x=1"
    assert json.loads(base64.urlsafe_b64decode(coded))["key"] == "k.txt"


@pytest.mark.parametrize("mime", ["application/x-www-form-urlencoded", "application/json"])
def test_a_callback_answers_for_the_server(up: Uploader, mime: str) -> None:
    body = '{"key":"$(key)","q":"$(x:q)"}' if mime == "application/json" else "key=$(key)&q=$(x:q)"
    with Listener(reply=b'{"stored":true}') as app:
        token = up.token("bkt:k&.txt", callbackUrl=app.url, callbackBody=body, callbackBodyType=mime)
        reply = up.send(token, key="k&.txt", x__q='"&=')
    assert (reply.status_code, reply.json()) == (200, {"stored": True})
    (got,) = app.got
    read = json.loads(got.body) if mime == "application/json" else {k: v[0] for k, v in parse_qs(got.text).items()}
    assert read == {"key": "k&.txt", "q": '"&='}
    keys = Credentials(up.server.access_key, up.server.secret_key)
    assert verify_request(keys, got.headers["authorization"], "POST", app.url, got.headers, got.body)


@pytest.mark.parametrize("answer", [(500, b"{}"), (200, b"no json")])
def test_error_a_callback_that_fails(up: Uploader, answer: tuple[int, bytes]) -> None:
    with Listener(status=answer[0], reply=answer[1]) as app:
        reply = up.send(up.token(callbackUrl=app.url, callbackBody="k=$(key)"), key="k.txt")
    assert error(reply)[0] == 579
    assert up.server.get("bkt", "k.txt") == CONTENT


def test_error_a_callback_to_a_stranger(up: Uploader) -> None:
    reply = up.send(up.token(callbackUrl="http://192.0.2.1/", callbackBody="x"), key="k.txt")
    assert error(reply) == (579, "callback failed: 192.0.2.1 is not among the allowed hosts")


def test_a_file_without_a_name_is_taken(up: Uploader, tmp_path: Path) -> None:
    reply = up.session.post(f"{up.server.url}/", files={"token": (None, up.token()), "file": (None, "text")})
    assert reply.json()["hash"] == etag(b"text")
