"""The official SDK's names, held against the official SDK where it is right and against its traps where it is not."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import qiniu
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from qiniufop import FopSyntaxError, ImageView2, Saveas, StageError, samples
from qiniufop.client.auth import Credentials
from qiniufop.client.client import Client
from qiniufop.client.errors import NotTheService, PolicyError, SubmitRefused, SubmitUncertain, TransportError
from qiniufop.compat import (
    Auth,
    BuildError,
    PersistentFop,
    UnreadableCommandWarning,
    build_op,
    entry,
    op_save,
    pipe_cmd,
    urlsafe_base64_encode,
)
from qiniufop.compat.jobs import API_HOST
from qiniufop.server import DevServer

from .client.fault_server import Clock
from .seed.seen import sent

OP = "imageView2/2/w/32"


@pytest.fixture(scope="module")
def running() -> Iterator[DevServer]:
    with DevServer(memory=True, templates={"wf": f"{OP}|saveas/b3V0"}) as made:
        yield made


@pytest.fixture
def server(running: DevServer, monkeypatch: pytest.MonkeyPatch) -> DevServer:
    running.reset()
    running.put("bkt", "photo.jpg", samples.photo)
    running.put("bkt", "clip.mp4", samples.clip)
    monkeypatch.setenv(API_HOST, running.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return running


@pytest.fixture
def pfop(server: DevServer) -> PersistentFop:
    return PersistentFop(Auth(server.access_key, server.secret_key), "bkt")


# builders


@pytest.mark.parametrize(
    ("built", "text"),
    [
        (lambda: build_op("vframe", "jpg", offset=1, w=480), "vframe/jpg/offset/1/w/480"),
        (lambda: build_op(cmd="avinfo", first_arg=None), "avinfo"),
        (lambda: build_op("avthumb", "mp4", vb="1.25m", s="640x360"), "avthumb/mp4/vb/1.25m/s/640x360"),
        (lambda: build_op("imageView2", 0, w=100), "imageView2/0/w/100"),
        (lambda: build_op("imageMogr2", "quality", 75), "imageMogr2/quality/75"),
        (lambda: build_op("avthumb", "mp4", an=None, vn=None), "avthumb/mp4"),
        (lambda: build_op("avthumb", "mp4", an=True, autoscale=False), "avthumb/mp4/an/1/autoscale/0"),
        (lambda: build_op("imageMogr2", auto_orient=True, size_limit="20k"), "imageMogr2/auto-orient/size-limit/20k"),
        (lambda: build_op("imageMogr2", strip=False, quality=75), "imageMogr2/quality/75"),
        (lambda: build_op("vframe", "jpg", offset=0.1 + 0.2), "vframe/jpg/offset/0.3"),
        (lambda: build_op("watermark", 1, image="http://a/b.png"), "watermark/1/image/aHR0cDovL2EvYi5wbmc="),
        (lambda: build_op("watermark", 1, image="aHR0cDovL2EvYi5wbmc="), "watermark/1/image/aHR0cDovL2EvYi5wbmc="),
        (lambda: build_op("watermark", 2, text="你好|;/"), "watermark/2/text/5L2g5aW9fDsv"),
        (lambda: build_op("watermark", 2, text="test"), "watermark/2/text/dGVzdA=="),
        (
            lambda: build_op("avthumb", "mp4", wmText="go!", wmGravityText="North"),
            "avthumb/mp4/wmText/Z28h/wmGravityText/North",
        ),
        (lambda: build_op("yifangyun_preview", "v2", page_number=1), "yifangyun_preview/v2/page_number=1"),
        (lambda: build_op("my-own-thing", "x", y=1), "my-own-thing/x/y/1"),
        (lambda: pipe_cmd(OP, "imageInfo"), f"{OP}|imageInfo"),
        (lambda: pipe_cmd(ImageView2(2, w=32), "imageInfo"), f"{OP}|imageInfo"),
        (lambda: op_save(OP, "bkt", None), f"{OP}|saveas/Ymt0"),
        (lambda: op_save(OP, "bkt"), f"{OP}|saveas/Ymt0"),
        (lambda: op_save(OP, "bkt", ""), f"{OP}|saveas/Ymt0Og=="),
        (lambda: op_save(OP, "bkt", b"k.mp4"), f"{OP}|saveas/Ymt0OmsubXA0"),
    ],
)
def test_what_builders_make(built: Any, text: str) -> None:
    assert built() == text


@pytest.mark.parametrize(
    ("built", "message"),
    [
        (lambda: build_op("imageView2", "2", w="1|saveas/eA=="), r"w='1\|saveas/eA==' holds '\|'"),
        (lambda: build_op("avthumb", "mp4;avinfo"), "first_arg='mp4;avinfo' holds ';'"),
        (lambda: build_op("avthumb", "mp4", vb="1m/acodec/aac"), "vb='1m/acodec/aac' holds '/'"),
        (lambda: build_op("avthumb", "mp4", vb="1%2Facodec"), "holds a percent-encoded"),
        (lambda: build_op("avthumb", "mp4", vb=""), "vb is empty"),
        (lambda: build_op("avthumb", "mp4", vb=[1]), r"vb: expected text or a number, not \[1\]"),
        (lambda: build_op("avthumb", "mp4", ss=float("nan")), "ss: expected text or a number, not nan"),
        (lambda: pipe_cmd(), "pipe_cmd needs at least one operation"),
        (lambda: pipe_cmd(OP, ""), "argument 2: an operation is empty in ''"),
        (lambda: pipe_cmd(f"{OP}||exif"), "argument 1: an operation is empty"),
        (lambda: pipe_cmd([OP]), "argument 1: expected text, not list; spread a list with *"),  # type: ignore[list-item]
        (lambda: pipe_cmd(f"{OP};exif", "exif"), "argument 1: .* is several commands"),
        (lambda: pipe_cmd(f"{OP}|saveas/Ymt0", "exif"), "nothing may follow saveas, which stores the result: exif"),
        (lambda: op_save(f"{OP};exif", "bkt", "k"), "op_save stores one command, and these are 2"),
        (lambda: op_save(op_save(OP, "bkt"), "bkt"), "nothing may follow saveas"),
        (lambda: pipe_cmd(*[OP] * 31), "at most 30 stages, not 31"),
    ],
)
def test_error_what_builders_refuse(built: Any, message: str) -> None:
    with pytest.raises(BuildError, match=message):
        built()


def test_error_stages_that_do_not_meet() -> None:
    with pytest.raises(StageError, match="avthumb/mp4 makes Video, but imageView2 takes Image"):
        pipe_cmd("avthumb/mp4", OP)


def test_error_a_bucket_that_is_none() -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        op_save(OP, "", "k")


def test_a_parameter_that_does_not_exist_is_warned_of_and_refused_later(pfop: PersistentFop, server: DevServer) -> None:
    with pytest.warns(UnreadableCommandWarning, match="avthumb has no parameter 'af'; .* use volume, loudnorm or fade"):
        text = build_op("avthumb", "mp3", af="volume=1.5")
    assert text == "avthumb/mp3/af/volume=1.5"
    with pytest.raises(FopSyntaxError, match="'af'"):
        pfop.execute("clip.mp4", text)
    assert server.requests == []


WORDS = st.text("abcdefghijklmnopqrstuvwxyzABC0123456789.-x", min_size=1, max_size=12)


@given(
    st.sampled_from(["own-op", "avthumb", "vframe", "imageView2"]),
    WORDS,
    st.dictionaries(st.sampled_from(["w", "h", "vb", "s", "offset", "zzz"]), WORDS | st.integers()),
)
def test_plain_values_are_written_as_the_official_builders_write_them(cmd: str, first: str, pairs: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnreadableCommandWarning)
        assert build_op(cmd, first, **pairs) == qiniu.build_op(cmd, first, **pairs)


@given(WORDS, st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_saved_entries_are_the_official_ones(bucket: str, key: str | None) -> None:
    assert op_save(OP, bucket, key) == qiniu.op_save(OP, bucket, key)
    assert entry(bucket, key) == qiniu.entry(bucket, key)
    assert pipe_cmd(OP, "exif") == qiniu.pipe_cmd(OP, "exif")


# the keys


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_tokens_are_the_official_ones(text: str) -> None:
    ours, theirs = Auth("AK_TEST", "SK_TEST"), qiniu.Auth("AK_TEST", "SK_TEST")
    assert ours.token(text) == theirs.token(text)
    assert ours.token_with_data(text) == theirs.token_with_data(text)
    assert urlsafe_base64_encode(text) == qiniu.urlsafe_base64_encode(text)
    url, form = "http://h/pfop?x=1", "application/x-www-form-urlencoded"
    assert ours.token_of_request(url, text, form) == theirs.token_of_request(url, text, form)
    authorization = f"QBox {theirs.token_of_request(url, text, form)}"
    assert ours.verify_callback(authorization, url, text, form)
    assert not ours.verify_callback(authorization, url, text + "x", form)


def test_the_rest_of_auth() -> None:
    ours, theirs = Auth("AK_TEST", "SK_TEST"), qiniu.Auth("AK_TEST", "SK_TEST")
    assert (ours.get_access_key(), ours.get_secret_key()) == (theirs.get_access_key(), theirs.get_secret_key())
    assert "SK_TEST" not in repr(ours)
    token = ours.upload_token("bkt", "k", policy={"persistentOps": OP})
    assert ours.up_token_decode(token)[2]["persistentOps"] == OP
    assert qiniu.Auth.up_token_decode(token)[2]["scope"] == "bkt:k"
    assert Auth.get_bucket_name(token) == "bkt"
    with pytest.raises(PolicyError, match="persistentOps"):
        ours.upload_token("bkt", policy={"persistentOp": OP})
    assert Auth.up_token_decode(ours.upload_token("b", policy={"new": 1}, strict_policy=False))[2]["new"] == 1
    with pytest.raises(ValueError, match="empty"):
        Auth("", "SK")
    assert ours.verify_callback(None, "/", b"") is False


# jobs


@pytest.mark.parametrize(
    "fops",
    [f"{OP};exif", [OP, "exif"], (op for op in (OP, "exif")), [ImageView2(2, w=32), "exif"], [f"{OP};exif"]],
    ids=["text", "list", "generator", "typed", "joined"],
)
def test_commands_of_any_shape_are_sent_alike(server: DevServer, pfop: PersistentFop, fops: Any) -> None:
    ret, info = pfop.execute("photo.jpg", fops)
    assert info.ok(), info
    assert ret is not None
    assert server.job(ret["persistentId"]) is not None
    assert sent(server) == {"bucket": "bkt", "key": "photo.jpg", "fops": f"{OP};exif"}


def test_text_is_sent_as_written(server: DevServer, pfop: PersistentFop) -> None:
    text = "imageView2/2/h/20/w/32|saveas/b3V0OmE"
    pfop.execute("photo.jpg", fops=text)
    assert sent(server)["fops"] == text


def test_an_operation_of_ones_own_is_sent_and_a_misspelling_is_not(server: DevServer, pfop: PersistentFop) -> None:
    _, info = pfop.execute("photo.jpg", "my-own-thing/x|saveas/b3V0OmE=")
    assert info.ok()
    with pytest.raises(FopSyntaxError, match="did you mean 'imageView2'"):
        pfop.execute("photo.jpg", "imageVeiw2/2/w/32")
    with pytest.raises(FopSyntaxError, match="'zz'"):
        pfop.execute("photo.jpg", "my-own-thing/x;avthumb/mp4/zz/1")


@pytest.mark.parametrize(
    ("force", "wire"), [(True, "1"), (1, "1"), ("1", "1"), (None, None), (False, None), (0, None), ("0", None)]
)
def test_force(server: DevServer, pfop: PersistentFop, force: Any, wire: str | None) -> None:
    pfop.execute("photo.jpg", OP, force=force)
    assert sent(server).get("force") == wire


@pytest.mark.parametrize(("kind", "wire"), [(1, "1"), ("1", "1"), (0, None), ("0", None), (None, None)])
def test_persistent_type(server: DevServer, pfop: PersistentFop, kind: Any, wire: str | None) -> None:
    pfop.execute("clip.mp4", "vframe/jpg/offset/1/w/32", persistent_type=kind)
    assert sent(server).get("type") == wire


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fops": OP, "force": 2}, "force=2: expected True or 1"),
        ({"fops": OP, "force": "true"}, "force='true': expected True or 1"),
        ({"fops": OP, "force": 1.0}, "force=1.0: expected True or 1"),
        ({"fops": OP, "persistent_type": 2}, "persistent_type=2: the service knows 0 .normal. and 1 .idle time."),
        ({"fops": OP, "persistent_type": True}, "persistent_type=True: "),
        ({"fops": OP, "persistent_type": "idle"}, "persistent_type='idle': "),
        ({"fops": OP, "workflow_template_id": "wf"}, "both commands and a workflow_template_id"),
        ({}, "neither commands nor a workflow_template_id"),
        ({"fops": []}, "neither commands nor a workflow_template_id"),
        ({"fops": {"avthumb": 1}}, "fops is a dict: expected text, or a list of commands"),
        ({"fops": b"exif"}, "fops is a bytes: expected text"),
        ({"fops": [123]}, "a command is int: expected text"),
        ({"fops": OP, "persistent_type": 1}, "idle=True with imageView2"),
        ({"key": None, "fops": OP}, "key=None: expected a str"),
    ],
)
def test_error_contradictions_are_refused_before_sending(
    server: DevServer, pfop: PersistentFop, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(SubmitRefused, match=message):
        pfop.execute(**{"key": "photo.jpg", **options})
    assert server.requests == []


def test_idle_time_and_a_queue_exclude_each_other(server: DevServer) -> None:
    pfop = PersistentFop(Auth(server.access_key, server.secret_key), "bkt", pipeline="q")
    with pytest.raises(SubmitRefused, match="cannot choose its queue"):
        pfop.execute("clip.mp4", "vframe/jpg/offset/1", persistent_type=1)


def test_a_workflow_needs_no_type(server: DevServer, pfop: PersistentFop) -> None:
    with pytest.warns(UserWarning, match="persistent_type=2 does not exist and is not sent"):
        _, info = pfop.execute("photo.jpg", workflow_template_id="wf", persistent_type=2)
    assert info.ok()
    assert sent(server) == {"bucket": "bkt", "key": "photo.jpg", "workflowTemplateID": "wf"}


@pytest.mark.parametrize("kind", ["ours", "official", "plain", "undated"])
def test_keys_of_any_kind(server: DevServer, kind: str) -> None:
    keys: Any = {
        "ours": lambda a, s: Auth(a, s),
        "official": lambda a, s: qiniu.Auth(a, s),
        "plain": lambda a, s: Credentials(a, s),
        "undated": lambda a, s: Auth(a, s, disable_qiniu_timestamp_signature=True),
    }[kind](server.access_key, server.secret_key)
    assert PersistentFop(keys, "bkt", "queue", "http://127.0.0.1:1/x").execute("photo.jpg", OP)[1].ok()
    assert (sent(server)["pipeline"], sent(server)["notifyURL"]) == ("queue", "http://127.0.0.1:1/x")


def test_a_job_from_end_to_end(server: DevServer, pfop: PersistentFop) -> None:
    ret, info = pfop.execute("photo.jpg", [op_save(OP, "out", "目录/a b+c.jpg"), "imageInfo", "vframe/jpg/offset/1"])
    assert ret == {"persistentId": ret and ret["persistentId"]}
    assert (info.status_code, info.error, info.exception) == (200, None, None)
    assert info.req_id
    assert info.text_body
    assert info.json() == ret
    server.drain()
    status, info = pfop.get_status(ret["persistentId"])
    assert info.ok()
    assert status is not None
    assert status["code"] == 3
    stored, report, failed = status["items"]
    assert (stored["code"], stored["key"]) == (0, "目录/a b+c.jpg")
    assert (report["key"], report["result"]["width"]) == ("", 640)
    assert failed["error"].startswith("execute fop cmd failed: ")
    assert Image.open(io.BytesIO(server.get("out", "目录/a b+c.jpg"))).size == (32, 21)
    assert "serviceCode" not in status


def test_what_the_service_refuses_is_in_info(server: DevServer, pfop: PersistentFop) -> None:
    ret, info = pfop.execute("nowhere.jpg", OP)
    assert (ret, info.ok(), info.status_code, info.error) == (None, False, 404, '{"error":"Document not found"}')
    assert (info.need_retry(), info.connect_failed(), info.url) == (False, False, f"{server.url}/pfop/")
    assert "status_code:404" in str(info)
    ret, info = PersistentFop(Auth(server.access_key, "wrong"), "bkt").execute("photo.jpg", OP)
    assert (ret, info.status_code, info.error) == (None, 401, '{"error":"bad token"}')
    ret, info = pfop.get_status("z0.0123456789abcdef01234567")
    assert (ret, info.status_code) == (None, 612)
    with pytest.raises(ValueError, match="the job id is empty"):
        pfop.get_status("")


def quick(server: DevServer) -> PersistentFop:
    """One whose pauses take no time."""
    return PersistentFop(
        Auth(server.access_key, server.secret_key), "bkt", client=server.client(sleep=lambda _: None, timeout=5)
    )


def test_a_200_from_something_else_is_not_ok(server: DevServer) -> None:
    for kind in ("no-reqid", "not-json"):
        server.faults.add(kind, on="submit", times=1)
        ret, info = quick(server).execute("photo.jpg", OP)
        assert (ret, info.ok(), info.status_code) == (None, False, 200)
        assert isinstance(info.exception, NotTheService)
        assert info.error == str(info.exception)


def test_a_lost_reply_is_told_and_never_repeated(server: DevServer) -> None:
    server.faults.add("drop-after", on="submit", times=1)
    ret, info = quick(server).execute("photo.jpg", OP)
    assert (ret, info.status_code, info.text_body, info.req_id) == (None, -1, None, None)
    assert isinstance(info.exception, SubmitUncertain)
    assert "The job may exist" in (info.error or "")
    assert not info.need_retry()
    assert len(server.state.jobs.recent()) == 1


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(API_HOST, "http://127.0.0.1:1")
    clock = Clock()
    client = Client("ak", "sk", api_host="http://127.0.0.1:1", sleep=clock.sleep, clock=clock)
    ret, info = PersistentFop(Auth("ak", "sk"), "bkt", client=client).execute("k", OP)
    assert (ret, info.ok(), info.connect_failed(), info.need_retry()) == (None, False, True, True)
    assert isinstance(info.exception, TransportError)
    client.close()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"code": 2, "desc": "running"}, {"code": 1, "serviceCode": 2, "desc": "running", "items": []}),
        ({"code": 1, "items": None}, {"code": 1, "desc": "", "items": []}),
        ({"code": 4, "desc": "d"}, {"code": 0, "serviceCode": 4, "desc": "d", "items": []}),
        ({"code": 7, "desc": "d"}, {"code": 7, "desc": "d", "items": []}),
        (
            {"code": 0, "items": [{"code": 0, "keys": ["1.jpg", "2.jpg"]}, {"code": 0, "result": {}}, {"code": 2}]},
            {
                "code": 0,
                "desc": "",
                "items": [
                    {"code": 0, "keys": ["1.jpg", "2.jpg"], "key": "1.jpg"},
                    {"code": 0, "result": {}, "key": ""},
                    {"code": 1, "serviceCode": 2},
                ],
            },
        ),
        (
            {"code": 3, "items": [{"code": 3}, {"code": 3, "desc": "d"}, {"code": 3, "error": "e"}]},
            {
                "code": 3,
                "desc": "",
                "items": [
                    {"code": 3, "error": "no reason given"},
                    {"code": 3, "desc": "d", "error": "d"},
                    {"code": 3, "error": "e"},
                ],
            },
        ),
    ],
)
def test_a_status_as_poll_loops_can_take_it(server: DevServer, said: dict[str, Any], shown: dict[str, Any]) -> None:
    server.faults.add("status", on="status", status=200, body=json.dumps({"id": "z0.1", **said}), times=1)
    status, info = quick(server).get_status("z0.1")
    assert info.ok(), info
    assert status == {"id": "z0.1", **shown}
    assert info.json() == {"id": "z0.1", **said}


def test_a_bad_gateway_does_not_end_a_poll_loop(server: DevServer) -> None:
    pfop = quick(server)
    ret, _ = pfop.execute("photo.jpg", str(ImageView2(2, w=32) | Saveas("out", "a.jpg")))
    server.drain()
    server.faults.add("status", on="status", status=502, body="<html>", times=2)
    assert ret is not None
    status, info = pfop.get_status(ret["persistentId"])
    assert info.ok()
    assert status is not None
    assert status["items"][0]["key"] == "a.jpg"
