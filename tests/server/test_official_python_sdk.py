"""The official Python SDK, unmodified apart from its host settings, against the dev server."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import qiniu
import qiniu.config
from qiniu.http.endpoint import Endpoint
from qiniu.http.region import Region, ServiceName
from qiniu.http.regions_provider import QueryRegionsProvider

from qiniufop.engine.keys import etag
from qiniufop.server import DevServer

from .conftest import PHOTO
from .listener import Listener


@pytest.fixture
def sdk(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[qiniu.Auth]:
    settings = vars(qiniu.config)
    before = {name: copy.deepcopy(settings[name]) for name in ("_config", "_is_customized_default")}
    qiniu.config.set_default(default_api_host=server.url, default_uc_host=server.url, default_rs_host=server.url)
    yield qiniu.Auth(server.access_key, server.secret_key)
    for name, value in before.items():
        settings[name].clear()
        settings[name].update(value)


def regions(server: DevServer) -> list[Region]:
    here = Endpoint.from_host(server.url)
    return [Region("z0", services={service: [here] for service in ServiceName})]


def test_it_submits_and_polls(server: DevServer, sdk: qiniu.Auth) -> None:
    fop = qiniu.PersistentFop(sdk, "bkt", pipeline="q1")
    saved = qiniu.op_save("imageView2/2/w/64", "out", "目录/small.jpg")
    ret, info = fop.execute("photo.jpg", [saved, "imageInfo"], force=1)
    assert info.ok(), info
    server.drain()
    status, info = fop.get_status(ret["persistentId"])
    assert info.ok(), info
    assert (status["code"], status["pipeline"], status["inputKey"]) == (0, "1380000000.q1", "photo.jpg")
    stored, report = status["items"]
    assert (stored["key"], stored["hash"]) == ("目录/small.jpg", etag(server.get("out", "目录/small.jpg")))
    assert report["result"]["width"] == 640
    (sent,) = [seen for seen in server.requests if seen.target == "/pfop"]
    assert sent.form["force"] == "1"


@pytest.mark.parametrize("key", ["目录/a b+c.jpg", "a&b=c.jpg", "a:b;c.jpg", "100%.jpg"])
def test_keys_survive(server: DevServer, sdk: qiniu.Auth, key: str) -> None:
    server.put("bkt", key, PHOTO)
    ret, info = qiniu.PersistentFop(sdk, "bkt").execute(key, ["imageInfo"])
    assert info.ok(), info
    job = server.job(ret["persistentId"])
    assert job is not None
    assert job.submission.key == key


@pytest.mark.parametrize(
    ("options", "form"),
    [
        ({"fops": "imageInfo"}, {"fops": "i;m;a;g;e;I;n;f;o"}),
        ({"fops": ["imageInfo"], "force": True}, {"force": "True"}),
        ({"fops": ["imageInfo"], "persistent_type": "0"}, {"type": "0"}),
        ({"fops": ["imageInfo"], "persistent_type": 1}, {"type": "1"}),
    ],
)
def test_what_it_sends_shows(server: DevServer, sdk: qiniu.Auth, options: dict[str, Any], form: dict[str, str]) -> None:
    ret, info = qiniu.PersistentFop(sdk, "bkt").execute("photo.jpg", **options)
    assert info.ok(), info
    assert ret["persistentId"]
    sent = server.requests[-1].form
    assert {name: sent[name] for name in form} == form


@pytest.mark.parametrize(
    ("bucket", "key", "status", "text"),
    [("bkt", "none.jpg", 404, "Document not found"), ("none", "photo.jpg", 631, "no such bucket")],
)
def test_it_reads_our_errors(server: DevServer, sdk: qiniu.Auth, bucket: str, key: str, status: int, text: str) -> None:
    ret, info = qiniu.PersistentFop(sdk, bucket).execute(key, ["imageInfo"])
    assert (ret, info.status_code, json.loads(info.error)) == (None, status, {"error": text})
    assert info.req_id


def test_it_notices_a_bad_key(server: DevServer, sdk: qiniu.Auth) -> None:
    wrong = qiniu.Auth(server.access_key, "wrong")
    ret, info = qiniu.PersistentFop(wrong, "bkt").execute("photo.jpg", ["imageInfo"])
    assert (ret, info.status_code, info.error) == (None, 401, '{"error":"bad token"}')


def test_it_takes_a_reply_without_a_request_id_for_somebody_elses(server: DevServer, sdk: qiniu.Auth) -> None:
    server.faults.add("no-reqid", on="submit", times=1)
    ret, info = qiniu.PersistentFop(sdk, "bkt").execute("photo.jpg", ["imageInfo"])
    assert ret is None
    assert "server is not qiniu" in str(info)


def test_it_verifies_our_notification(server: DevServer, sdk: qiniu.Auth) -> None:
    with Listener() as app:
        ret, _ = qiniu.PersistentFop(sdk, "bkt", notify_url=app.url).execute("photo.jpg", ["imageInfo"])
        server.drain()
    (got,) = app.got
    assert json.loads(got.body)["id"] == ret["persistentId"]
    headers = {"Host": f"127.0.0.1:{app.port}"}
    good = sdk.verify_callback(
        got.headers["authorization"], app.url, got.text, "application/json", method="POST", headers=headers
    )
    assert good


def test_it_uploads_and_starts_a_job(server: DevServer, sdk: qiniu.Auth, tmp_path: Path) -> None:
    policy = {"persistentOps": "imageView2/2/w/64|saveas/YmtOnM=", "persistentPipeline": "q2"}
    token = sdk.upload_token("bkt", "up.jpg", policy=policy)
    ret, info = qiniu.put_data(token, "up.jpg", PHOTO.read_bytes(), check_crc=True, regions=regions(server))
    assert info.ok(), info
    assert ret["hash"] == etag(PHOTO)
    assert server.get("bkt", "up.jpg") == PHOTO.read_bytes()
    job = server.job(ret["persistentId"])
    assert job is not None
    assert job.submission.pipeline == "q2"
    path = tmp_path / "two.jpg"
    path.write_bytes(PHOTO.read_bytes())
    token = sdk.upload_token("bkt", "two.jpg")
    _, info = qiniu.put_file_v2(token, "two.jpg", str(path), regions=regions(server))
    assert info.ok(), info


def test_it_manages_objects(server: DevServer, sdk: qiniu.Auth) -> None:
    manager = qiniu.BucketManager(sdk, regions=regions(server))
    ret, info = manager.stat("bkt", "photo.jpg")
    assert (ret["fsize"], ret["hash"]) == (PHOTO.stat().st_size, etag(PHOTO)), info
    manager.copy("bkt", "photo.jpg", "bkt", "copy.jpg")
    ret, eof, info = manager.list("bkt")
    assert ([item["key"] for item in ret["items"]], eof) == (["copy.jpg", "photo.jpg"], True), info
    ret, info = manager.batch(qiniu.build_batch_stat("bkt", ["copy.jpg", "photo.jpg"]))
    assert [one["data"]["hash"] for one in ret] == [etag(PHOTO)] * 2, info
    _, info = manager.delete("bkt", "copy.jpg")
    assert info.status_code == 200
    assert server.keys("bkt") == ["photo.jpg"]


def test_it_finds_the_hosts_of_a_bucket(server: DevServer, sdk: qiniu.Auth) -> None:
    provider = QueryRegionsProvider(server.access_key, "bkt", [Endpoint.from_host(server.url)])
    (region,) = list(provider)
    here = server.url.partition("://")[2]
    assert region.services[ServiceName.API][0].host == here
    assert region.services[ServiceName.UP][0].host == here


def test_it_signs_urls_we_accept(server: DevServer, sdk: qiniu.Auth) -> None:
    import requests

    url = sdk.private_download_url(f"{server.url}/bkt/photo.jpg?imageInfo", expires=60)
    with requests.Session() as session:
        assert session.get(url).json()["width"] == 640
        assert session.get(url.replace("imageInfo", "exif")).status_code == 401


@pytest.fixture(params=["memory", "folder"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DevServer]:
    root = tmp_path / "root" if request.param == "folder" else None
    with DevServer(root, memory=root is None) as made:
        yield made
        staging = made.state.store.staging
        made.drain()
        assert staging is None or list(staging.iterdir()) == []


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_it_uploads_large_files_in_parts(either: DevServer, tmp_path: Path, version: str) -> None:
    content = bytes(range(256)) * (9 * 4096 + 3)
    path = tmp_path / "large.bin"
    path.write_bytes(content)
    policy = {"persistentOps": "imageInfo", "returnBody": '{"h":"$(etag)","k":"$(key)","x":"$(x:own)"}'}
    token = qiniu.Auth(either.access_key, either.secret_key).upload_token("bkt", "目录/large.bin", policy=policy)
    ret, info = qiniu.put_file_v2(
        token,
        "目录/large.bin",
        str(path),
        version=version,
        params={"x:own": "value"},
        part_size=4 * 1024 * 1024,
        regions=regions(either),
    )
    assert info.ok(), info
    assert ret == {"h": qiniu.etag(str(path)), "k": "目录/large.bin", "x": "value"}
    assert either.get("bkt", "目录/large.bin") == content
    used = {seen.target.split("/")[1] for seen in either.requests}
    assert used == ({"mkblk", "mkfile"} if version == "v1" else {"buckets"})
