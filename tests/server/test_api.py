"""The checklist of what an emulator of the service has to get right, item by item."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from qiniufop.client.auth import FORM, Credentials, authorization, qiniu_date
from qiniufop.engine.artifact import Artifact
from qiniufop.engine.engine import LocalEngine
from qiniufop.server import DevServer
from qiniufop.server.jobs import Code

from .conftest import PHOTO

SMALL = "imageView2/2/w/64"


class Api:
    """Speaks to a server as an SDK would, by hand."""

    def __init__(self, server: DevServer) -> None:
        self.server = server
        self.credentials = Credentials(server.access_key, server.secret_key)
        self.session = requests.Session()

    def post(self, path: str, fields: dict[str, Any], scheme: str = "Qiniu", **headers: str) -> requests.Response:
        body = urlencode(fields).encode()
        sent = {"Content-Type": FORM, **headers}
        url = self.server.url + path
        sent["Authorization"] = authorization(self.credentials, scheme, "POST", url, sent, body)  # type: ignore[arg-type]
        return self.session.post(url, data=body, headers=sent, allow_redirects=False)

    def submit(self, fops: str = SMALL, **fields: Any) -> requests.Response:
        return self.post("/pfop/", {"bucket": "bkt", "key": "photo.jpg", "fops": fops, **fields})

    def status(self, id_: str) -> dict[str, Any]:
        reply = self.session.get(f"{self.server.url}/status/get/prefop", params={"id": id_})
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    def run(self, fops: str = SMALL, **fields: Any) -> dict[str, Any]:
        reply = self.submit(fops, **fields)
        assert reply.status_code == 200, reply.text
        self.server.drain()
        return self.status(reply.json()["persistentId"])


@pytest.fixture
def api(server: DevServer) -> Iterator[Api]:
    made = Api(server)
    with made.session:
        yield made


def error(reply: requests.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["error"]


# 1: paths and methods


@pytest.mark.parametrize("path", ["/pfop", "/pfop/"])
@pytest.mark.parametrize("scheme", ["QBox", "Qiniu"])
def test_both_paths_take_both_signatures(api: Api, path: str, scheme: str) -> None:
    reply = api.post(path, {"bucket": "bkt", "key": "photo.jpg", "fops": SMALL}, scheme)
    assert reply.status_code == 200
    assert list(reply.json()) == ["persistentId"]
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["Cache-Control"] == "no-store"


def test_a_status_is_had_by_get_and_by_post(api: Api) -> None:
    id_ = api.submit().json()["persistentId"]
    api.server.drain()
    posted = api.session.post(f"{api.server.url}/status/get/prefop", data={"id": id_})
    assert posted.json() == api.status(id_)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/healthz"), ("GET", "/bkt/photo.jpg"), ("GET", "/bkt/none"), ("POST", "/pfop/"), ("DELETE", "/bkt/x")],
)
def test_every_reply_has_a_request_id_and_names_the_emulator(api: Api, method: str, path: str) -> None:
    replies = [api.session.request(method, api.server.url + path) for _ in range(2)]
    ids = {reply.headers["X-Reqid"] for reply in replies}
    assert len(ids) == 2
    assert replies[0].headers["X-Qiniufop-Emulator"].startswith("qiniufop/")


def test_the_reqid_of_the_submission_is_kept(api: Api) -> None:
    reply = api.submit()
    assert api.status(reply.json()["persistentId"])["reqid"] == reply.headers["X-Reqid"]


# 2: signatures


def test_error_no_signature(api: Api) -> None:
    reply = api.session.post(f"{api.server.url}/pfop/", data={"bucket": "bkt", "key": "photo.jpg", "fops": SMALL})
    assert error(reply) == (401, "bad token")


@pytest.mark.parametrize("scheme", ["QBox", "Qiniu"])
@pytest.mark.parametrize("change", ["path", "body", "key", "secret"])
def test_error_a_signature_of_something_else(api: Api, scheme: Any, change: str) -> None:
    body = urlencode({"bucket": "bkt", "key": "photo.jpg", "fops": SMALL}).encode()
    headers = {"Content-Type": FORM}
    keys = Credentials(
        "other" if change == "key" else api.server.access_key, "x" if change == "secret" else api.server.secret_key
    )
    signed = api.server.url + ("/pfop" if change == "path" else "/pfop/")
    headers["Authorization"] = authorization(
        keys, scheme, "POST", signed, headers, body + b"&force=1" if change == "body" else body
    )
    assert error(api.session.post(f"{api.server.url}/pfop/", data=body, headers=headers)) == (401, "bad token")


def test_a_body_is_checked_byte_by_byte(api: Api) -> None:
    body = b"fops=imageView2%2f2/w/64&key=photo.jpg&bucket=bkt&unknown=%E7%9B"
    for scheme in ("QBox", "Qiniu"):
        headers = {"Content-Type": FORM}
        url = f"{api.server.url}/pfop/"
        headers["Authorization"] = authorization(api.credentials, scheme, "POST", url, headers, body)  # type: ignore[arg-type]
        assert api.session.post(url, data=body, headers=headers).status_code == 200


def test_a_date_more_than_15_minutes_off_is_refused(api: Api) -> None:
    import time

    fields = {"bucket": "bkt", "key": "photo.jpg", "fops": SMALL}
    near = api.post("/pfop/", fields, **{"X-Qiniu-Date": qiniu_date(time.time() - 14 * 60)})
    assert near.status_code == 200
    for off in (-16 * 60, 16 * 60):
        late = api.post("/pfop/", fields, **{"X-Qiniu-Date": qiniu_date(time.time() + off)})
        assert error(late) == (403, "request time too skewed")


def test_the_port_may_be_signed_twice_as_node_does(api: Api) -> None:
    body = urlencode({"bucket": "bkt", "key": "photo.jpg", "fops": SMALL}).encode()
    port = api.server.port
    signed = {"Content-Type": FORM, "Host": f"127.0.0.1:{port}:{port}"}
    url = f"{api.server.url}/pfop/"
    token = authorization(api.credentials, "Qiniu", "POST", url, signed, body)
    reply = api.session.post(url, data=body, headers={"Content-Type": FORM, "Authorization": token})
    assert reply.status_code == 200
    signed["Host"] = f"127.0.0.1:{port}:1"
    token = authorization(api.credentials, "Qiniu", "POST", url, signed, body)
    reply = api.session.post(url, data=body, headers={"Content-Type": FORM, "Authorization": token})
    assert reply.status_code == 401


def test_a_status_needs_no_signature_but_a_wrong_one_is_refused(api: Api) -> None:
    id_ = api.submit().json()["persistentId"]
    url = f"{api.server.url}/status/get/prefop?id={id_}"
    for scheme in ("QBox", "Qiniu"):
        token = authorization(api.credentials, scheme, "GET", url)  # type: ignore[arg-type]
        assert api.session.get(url, headers={"Authorization": token}).status_code == 200
        assert error(api.session.get(f"{url}&x=1", headers={"Authorization": token})) == (401, "bad token")


def test_signatures_may_be_switched_off() -> None:
    with DevServer(memory=True, auth=False) as server, requests.Session() as session:
        server.put("bkt", "photo.jpg", PHOTO)
        fields = {"bucket": "bkt", "key": "photo.jpg", "fops": SMALL}
        assert session.post(f"{server.url}/pfop/", data=fields).status_code == 200
        headers = {"Authorization": "QBox a:b"}
        assert session.post(f"{server.url}/pfop/", data=fields, headers=headers).status_code == 200


# 3: what a submission must have

REFUSED: list[tuple[str, dict[str, str | None], int, str]] = [
    ("fields", {"bucket": None}, 400, "bucket is missing"),
    ("fields", {"key": None}, 400, "key is missing"),
    ("exclusive", {"fops": None}, 400, "one of fops and workflowTemplateID is needed"),
    ("exclusive", {"workflowTemplateID": "t"}, 400, "fops and workflowTemplateID exclude each other"),
    ("exclusive", {"fops": None, "workflowTemplateID": "t"}, 400, "no such workflow template: 't'"),
    ("stages", {"fops": "|".join([SMALL] * 31)}, 400, "a command has more than 30 stages"),
    ("type", {"type": "2"}, 400, "type is '2' instead of 0 or 1"),
    ("type", {"type": "True"}, 400, "type is 'True' instead of 0 or 1"),
    ("idle", {"type": "1", "pipeline": "q"}, 400, "type 1 excludes pipeline"),
    ("bucket", {"bucket": "nope"}, 631, "no such bucket"),
    ("source", {"key": "nope"}, 404, "Document not found"),
]


@pytest.mark.parametrize(("check", "change", "status", "text"), REFUSED)
def test_error_submissions(api: Api, check: str, change: dict[str, str | None], status: int, text: str) -> None:
    fields = {"bucket": "bkt", "key": "photo.jpg", "fops": SMALL, **change}
    assert error(api.post("/pfop/", {k: v for k, v in fields.items() if v is not None})) == (status, text)
    assert api.server.state.jobs.recent() == []


@pytest.mark.parametrize("check", ["exclusive", "stages", "type", "idle", "source"])
def test_each_check_may_be_left_out(api: Api, check: str) -> None:
    api.server.faults.load({"unchecked": [check]})
    changes = [change for name, change, _, _ in REFUSED if name == check]
    for change in changes:
        fields = {"bucket": "bkt", "key": "photo.jpg", "fops": SMALL, **change}
        assert api.post("/pfop/", {k: v for k, v in fields.items() if v is not None}).status_code == 200


def test_thirty_stages_are_fine(api: Api) -> None:
    assert api.submit("|".join([SMALL] * 30)).status_code == 200


def test_an_empty_key_is_a_key(api: Api) -> None:
    api.server.put("bkt", "", PHOTO)
    assert api.run(key="")["inputKey"] == ""


def test_error_a_body_that_is_too_long(api: Api) -> None:
    assert api.submit("x" * (1024 * 1024)).status_code == 413
    assert api.submit().status_code == 200


@pytest.mark.parametrize("key", ["目录/a b+c.jpg", "a&b=c;d.jpg", "100%.jpg", "a:b.jpg"])
def test_keys_arrive_as_they_were_meant(api: Api, key: str) -> None:
    api.server.put("bkt", key, PHOTO)
    status = api.run(key=key)
    assert (status["inputKey"], status["code"]) == (key, 0)


def test_error_statuses(api: Api) -> None:
    url = f"{api.server.url}/status/get/prefop"
    assert error(api.session.get(url)) == (400, "missing id")
    assert error(api.session.get(url, params={"id": ""})) == (400, "missing id")
    assert error(api.session.get(url, params={"id": "z0.nope"})) == (612, "no such id")


# 4: commands are split and nothing is unescaped


def test_characters_joined_by_mistake_show_as_commands(api: Api) -> None:
    status = api.run("a;v;t;h;u;m;b")
    assert status["code"] == 3
    assert [(item["cmd"], item["code"]) for item in status["items"]] == [(c, 3) for c in "avthumb"]


def test_a_stray_separator_separates(api: Api) -> None:
    status = api.run(f"{SMALL};;imageInfo|oops|here")
    assert [item["cmd"] for item in status["items"]] == [SMALL, "", "imageInfo|oops|here"]
    assert [item["code"] for item in status["items"]] == [0, 3, 3]


def test_escaped_separators_are_plain_characters(api: Api) -> None:
    status = api.run(f"{SMALL}%7CimageInfo")
    assert [item["cmd"] for item in status["items"]] == [f"{SMALL}%7CimageInfo"]
    assert status["code"] == 3


# 5: states


class Gated:
    """The real engine, held back until it is let go."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.go = threading.Event()
        self._engine = LocalEngine()

    def run(self, source: Any, command: Any, **options: Any) -> Artifact:
        self.entered.set()
        assert self.go.wait(30)
        return self._engine.run(source, command, **options)


def test_a_job_waits_runs_and_ends() -> None:
    engine = Gated()
    with DevServer(memory=True, engine=engine, workers=1) as server:
        server.put("bkt", "photo.jpg", PHOTO)
        api = Api(server)
        first, second = (api.submit(f"{SMALL};imageInfo").json()["persistentId"] for _ in range(2))
        assert engine.entered.wait(30)
        running, waiting = api.status(first), api.status(second)
        assert (running["code"], [i["code"] for i in running["items"]]) == (2, [2, 1])
        assert (waiting["code"], [i["code"] for i in waiting["items"]]) == (1, [1, 1])
        engine.go.set()
        server.drain()
        assert api.status(first)["code"] == api.status(second)["code"] == 0
        api.session.close()


def test_each_command_has_its_own_code_and_stage(api: Api) -> None:
    status = api.run(f"{SMALL};{SMALL}|{SMALL}|nope/1")
    assert status["code"] == 3
    fine, failed = status["items"]
    assert (fine["code"], "key" in fine, "error" in fine) == (0, True, False)
    assert (failed["code"], failed["errorIndex"], "key" in failed, "hash" in failed) == (3, 2, False, False)
    assert failed["error"].startswith("execute fop cmd failed: nope")


# 6: outputs and force


def test_a_second_run_returns_the_first_ones_output(api: Api) -> None:
    first, second = api.run()["items"][0], api.run()["items"][0]
    assert (first["returnOld"], second["returnOld"]) == (0, 1)
    assert (first["hash"], first["key"]) == (second["hash"], second["key"])


@pytest.mark.parametrize(("force", "returned"), [("1", 0), ("True", 1), ("true", 1), ("0", 1), ("2", 1)])
def test_only_1_forces_and_the_rest_is_recorded(api: Api, force: str, returned: int) -> None:
    api.run()
    status = api.run(force=force)
    assert status["items"][0]["returnOld"] == returned
    job = api.server.job(status["id"])
    assert job is not None
    assert job.submission.force == force
    listed = api.session.get(f"{api.server.url}/_dev/jobs").json()["jobs"]
    assert listed[0]["force"] == force
    assert api.server.requests[-2].form["force"] == force


def test_pipeline_and_idle_time_are_shown(api: Api) -> None:
    assert api.run(pipeline="q1")["pipeline"] == "1380000000.q1"
    assert "type" not in api.run(type="0")
    assert api.run(type="1")["type"] == 1


def test_a_workflow_template_runs_its_commands() -> None:
    with DevServer(memory=True, templates={"thumbs": f"{SMALL};imageInfo"}) as server:
        server.put("bkt", "photo.jpg", PHOTO)
        api = Api(server)
        reply = api.post("/pfop/", {"bucket": "bkt", "key": "photo.jpg", "workflowTemplateID": "thumbs"})
        server.drain()
        status = api.status(reply.json()["persistentId"])
        assert (status["code"], status["taskFrom"], len(status["items"])) == (0, "workflow: thumbs", 2)
        api.session.close()


# 8: variants


def test_optional_fields_come_and_go_under_a_seed(api: Api) -> None:
    ids = [api.run()["id"] for _ in range(12)]
    assert all("creationDate" in api.status(id_) for id_ in ids)
    api.session.post(f"{api.server.url}/_dev/faults", json={"variants": 5})
    assert {"creationDate" in api.status(id_) for id_ in ids} == {True, False}


# what else a client asks


def test_hosts_of_a_bucket(api: Api) -> None:
    here = api.server.url.partition("://")[2]
    asked = {"ak": api.server.access_key, "bucket": "bkt"}
    (region,) = api.session.get(f"{api.server.url}/v4/query", params=asked).json()["hosts"]
    assert all(region[service]["domains"] == [here] for service in ("io", "up", "rs", "rsf", "api", "uc"))
    old = api.session.get(f"{api.server.url}/v2/query", params=asked).json()
    assert old["api"]["acc"]["main"] == [here]
    assert error(api.session.get(f"{api.server.url}/v4/query", params={"bucket": "bkt"}))[0] == 400
    assert error(api.session.get(f"{api.server.url}/v4/query", params={**asked, "ak": "other"}))[0] == 612


def test_health(api: Api) -> None:
    assert api.session.get(f"{api.server.url}/healthz").json() == {"ok": True, "pending": 0}


def test_reset_forgets_everything(api: Api) -> None:
    api.run()
    api.server.faults.add("status", on="object")
    assert api.session.post(f"{api.server.url}/_dev/reset").status_code == 200
    assert api.server.state.jobs.recent() == []
    assert api.server.state.store.buckets() == []
    assert api.session.get(f"{api.server.url}/_dev/faults").json()["faults"] == []


def test_pages_of_other_sites_cannot_reset(api: Api) -> None:
    for origin, status in [("http://evil.example", 403), ("null", 403), (api.server.url, 200)]:
        reply = api.session.post(f"{api.server.url}/_dev/reset", headers={"Origin": origin})
        assert reply.status_code == status


def test_objects_and_their_files_are_listed(api: Api) -> None:
    (shown,) = api.session.get(f"{api.server.url}/_dev/objects").json()["objects"]
    assert (shown["bucket"], shown["key"], shown["mime"], shown["file"]) == ("bkt", "photo.jpg", "image/jpeg", None)


def test_no_key_shows_in_what_is_printed(api: Api) -> None:
    assert api.server.secret_key not in repr(api.server)
    assert api.server.secret_key not in repr(api.server.state)


def test_error_paths_and_methods_answer_in_json(api: Api) -> None:
    assert error(api.session.get(f"{api.server.url}/nobucket/nokey"))[0] == 404
    assert error(api.session.put(f"{api.server.url}/pfop/"))[0] == 405


def test_codes_are_the_services() -> None:
    assert [int(c) for c in Code] == [0, 1, 2, 3, 4]
