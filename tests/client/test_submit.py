"""Submissions: what is sent, what is refused before sending, and what happens when sending goes wrong."""

from __future__ import annotations

import time
from typing import Any

import pytest

from qiniufop.client import auth
from qiniufop.client.auth import Credentials
from qiniufop.client.errors import (
    AuthError,
    BadRequest,
    NotFound,
    NotTheService,
    RateLimited,
    ServerError,
    ServiceError,
    SubmitRefused,
    SubmitUncertain,
    TransportError,
)
from qiniufop.core import parse
from qiniufop.errors import FopError

from .conftest import Make
from .fault_server import RESET_AFTER_BODY, RESET_BEFORE_BODY, Act, Clock, FaultServer, html, queued, reply

MP4 = "avthumb/mp4|saveas/Ymt0Om91dC5tcDQ="
JPG = "vframe/jpg/offset/1"
NOW = 1735689600.0


@pytest.fixture
def client(make: Make, server: FaultServer) -> Any:
    server.play(queued())
    return make(now=lambda: NOW)


def test_a_submission(client: Any, server: FaultServer) -> None:
    job = client.submit("bkt", "a.mp4", MP4)
    assert job.id == "z0.0123456789abcdef01234567"
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("POST", "/pfop/")
    assert seen.form == {"bucket": "bkt", "key": "a.mp4", "fops": MP4}
    assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
    assert seen.headers["x-qiniu-date"] == "20250101T000000Z"
    assert "cookie" not in seen.headers


@pytest.mark.parametrize("scheme", ["Qiniu", "QBox"])
@pytest.mark.parametrize("dated", [True, False])
def test_it_is_signed(
    make: Make, server: FaultServer, monkeypatch: pytest.MonkeyPatch, scheme: auth.Scheme, dated: bool
) -> None:
    if not dated:
        monkeypatch.setenv("DISABLE_QINIU_TIMESTAMP_SIGNATURE", "TRUE")
    server.play(queued())
    make(signature=scheme, now=lambda: NOW).submit("bkt", "a.mp4", MP4)
    (seen,) = server.seen
    assert ("x-qiniu-date" in seen.headers) == (dated and scheme == "Qiniu")
    verdict = auth.verify_request(
        Credentials("AK_TEST", "SK_TEST"),
        seen.headers["authorization"],
        seen.method,
        server.url + seen.path,
        seen.headers,
        seen.body or b"",
        now=NOW,
    )
    assert verdict.scheme == scheme
    assert verdict
    assert verdict.covers_body


@pytest.mark.parametrize("key", ["目录/a b+c.mp4", "a&b=c.mp4", "a:b;c|d.mp4", "%41.mp4", "", "😀/\t\n.mp4"])
def test_any_key_arrives(client: Any, server: FaultServer, key: str) -> None:
    client.submit("bkt", key, MP4)
    assert server.seen[0].form["key"] == key


def test_several_commands_are_one_job(client: Any, server: FaultServer) -> None:
    client.submit("bkt", "a.mp4", MP4, parse(JPG))
    assert server.seen[0].form["fops"] == f"{MP4};{JPG}"


def test_a_last_semicolon_does_not_make_an_empty_command(client: Any, server: FaultServer) -> None:
    client.submit("bkt", "a.mp4", f"{MP4};", JPG)
    assert server.seen[0].form["fops"] == f"{MP4};{JPG}"


@pytest.mark.parametrize(
    "text", ["vframe/jpg/offset/1/h/100/w/200", f"{MP4};{JPG}", "imageView2/0/w/1/", "avthumb/mp4;"]
)
def test_a_text_is_sent_exactly_as_written(client: Any, server: FaultServer, text: str) -> None:
    client.submit("bkt", "a.mp4", text)
    assert server.seen[0].form["fops"] == text


def test_every_option(client: Any, server: FaultServer) -> None:
    client.submit("bkt", "a.mp4", MP4, force=True, pipeline="q1", notify_url="http://example.com/n?a=1&b=2")
    assert server.seen[0].form == {
        "bucket": "bkt",
        "key": "a.mp4",
        "fops": MP4,
        "force": "1",
        "pipeline": "q1",
        "notifyURL": "http://example.com/n?a=1&b=2",
    }


def test_idle_sends_a_type_and_no_pipeline(make: Make, server: FaultServer) -> None:
    server.play(queued())
    client = make(bucket="bkt", pipeline="q1", notify_url="https://e.com")
    client.submit(None, "a.mp4", MP4, idle=True)
    client.submit(None, "a.mp4", MP4)
    assert server.seen[0].form == {
        "bucket": "bkt",
        "key": "a.mp4",
        "fops": MP4,
        "type": "1",
        "notifyURL": "https://e.com",
    }
    assert server.seen[1].form["pipeline"] == "q1"


def test_a_workflow_sends_neither_commands_nor_a_type(client: Any, server: FaultServer) -> None:
    client.submit("bkt", "a.mp4", workflow_template_id="wf-1")
    assert server.seen[0].form == {"bucket": "bkt", "key": "a.mp4", "workflowTemplateID": "wf-1"}


REFUSED: list[tuple[dict[str, Any], tuple[Any, ...], str]] = [
    (
        {"idle": 2},
        (MP4,),
        "idle=2: expected True or False. "
        "As persistent_type the service knows 0 (normal) and 1 (idle) and nothing else; "
        "the 2 of old examples, said to mean a workflow, is undefined. "
        "For a workflow give workflow_template_id=... and leave idle out.",
    ),
    (
        {"idle": True, "pipeline": "q1"},
        (MP4,),
        "idle=True with pipeline='q1': an idle-time job cannot choose its queue",
    ),
    (
        {"idle": True},
        ("avthumb/mp4;imageView2/0/w/1",),
        "idle=True with imageView2: only transcoding, avconcat, segment and video snapshots may run in spare capacity",
    ),
    ({"force": 1}, (MP4,), "force=1: expected True to run again although the output exists, else False"),
    ({"force": "true"}, (MP4,), "force='true': expected True to run again although the output exists, else False"),
    ({}, (), "neither commands nor a workflow_template_id: a job has exactly one of the two"),
    (
        {"workflow_template_id": "w"},
        (MP4,),
        "both commands and a workflow_template_id: a job has exactly one of the two",
    ),
    (
        {"workflow_template_id": ""},
        (),
        "workflow_template_id is empty; expected a name from the console's list of workflows",
    ),
    ({"bucket": None}, (MP4,), "no bucket: give one to submit or, for all submissions, to the client"),
    (
        {"key": None},
        (MP4,),
        "key=None: expected a str; every job has a source object, even if a command ignores it",
    ),
    ({"key": "é" * 376}, (MP4,), "the key has 752 bytes in UTF-8; the service takes up to 750"),
    (
        {"key": "\ud800"},
        (MP4,),
        "key='\\ud800': half of a surrogate pair has no UTF-8, so no object has this key",
    ),
    (
        {"notify_url": "example.com/n"},
        (MP4,),
        "notify_url 'example.com/n': expected a URL that begins with http:// or https://",
    ),
    (
        {},
        ([MP4],),
        "list is no command: expected operations, pipelines or strings, each as an argument of its own: "
        "submit(bucket, key, first, second)",
    ),
]


@pytest.mark.parametrize(("options", "fops", "message"), REFUSED)
def test_error_refused_before_sending(
    client: Any, server: FaultServer, options: dict[str, Any], fops: tuple[Any, ...], message: str
) -> None:
    given = {"bucket": "bkt", "key": "a.mp4", **options}
    with pytest.raises(SubmitRefused) as caught:
        client.submit(given.pop("bucket"), given.pop("key"), *fops, **given)
    assert str(caught.value) == message
    assert server.seen == []


@pytest.mark.parametrize("text", ["", ";", "avthunb/mp4", "avthumb/mp4||vframe/jpg", "avthumb/mp4/af/1"])
def test_error_invalid_commands_are_not_sent(client: Any, server: FaultServer, text: str) -> None:
    with pytest.raises(FopError):
        client.submit("bkt", "a.mp4", text)
    assert server.seen == []


@pytest.mark.parametrize(
    ("act", "kind", "message", "hint"),
    [
        (
            reply({"error": "bad token"}, 401),
            AuthError,
            "401 bad token",
            "The signature does not match. Check that the access and secret keys are a pair, and that no proxy changes "
            "the path, the host or the body on the way.",
        ),
        (
            reply({"error": "request time too skewed"}, 403),
            AuthError,
            "403 request time too skewed",
            "This machine's clock is more than 15 minutes off. Set it, or sign without a date: "
            "DISABLE_QINIU_TIMESTAMP_SIGNATURE=true.",
        ),
        (
            reply({"error": "Document not found"}, 404),
            NotFound,
            "404 Document not found",
            "The source object does not exist. Even a command that ignores its source needs one. Check bucket and key; "
            "the key has no leading slash unless it was uploaded with one.",
        ),
        (
            reply({"error": "no such bucket"}, 631),
            NotFound,
            "631 no such bucket",
            "The bucket does not exist, or belongs to another account.",
        ),
        (
            reply({"code": 400, "error": "incorrect region, please use z1"}, 400),
            BadRequest,
            "400 incorrect region, please use z1",
            "The bucket is in another region than this host serves. Leave region='auto', or name the bucket's region.",
        ),
        (
            reply({"error": "unsupported cmd"}, 400),
            BadRequest,
            "400 unsupported cmd",
            "The service does not know this command, or it is not enabled for the account. Check its spelling with "
            "`qiniufop lint`.",
        ),
        (reply({"error": "frozen"}, 419), AuthError, "419 frozen", "The account is frozen."),
        (reply({}, 429), RateLimited, "429", None),
        (reply({}, 579), ServerError, "579", None),
        (reply({"error": "target exists"}, 614), ServiceError, "614 target exists", None),
        (
            Act(403, b"<html>", {}),
            AuthError,
            "403",
            "The account may not do this, or this machine's clock is off.",
        ),
        (
            Act(407, b"<html>", {}),
            BadRequest,
            "407",
            "The reply has no X-Reqid, so it may come from a proxy and not from the service.",
        ),
    ],
)
def test_error_final_replies(
    client: Any, server: FaultServer, act: Act, kind: type[ServiceError], message: str, hint: str | None
) -> None:
    server.play(act)
    with pytest.raises(ServiceError) as caught:
        client.submit("bkt", "a.mp4", MP4)
    assert type(caught.value) is kind
    assert caught.value.message == f"POST {server.url}/pfop/: {message}"
    assert caught.value.hint == hint
    assert caught.value.status == act.status
    assert caught.value.request_id == act.headers.get("X-Reqid")
    assert caught.value.body == act.body.decode()
    assert server.count(1) == 1


@pytest.mark.parametrize("code", [500, 502, 503, 504, 571, 599, 573])
def test_transient_replies_are_retried(client: Any, server: FaultServer, clock: Clock, code: int) -> None:
    server.play(reply({"error": "busy"}, code), html(code), queued("z0.late"))
    assert client.submit("bkt", "a.mp4", MP4).id == "z0.late"
    assert server.count(3) == 3
    assert len(clock.naps) == 2
    server.play(reply({"error": "busy"}, code))
    with pytest.raises(RateLimited if code == 573 else ServerError):
        client.submit("bkt", "a.mp4", MP4)
    assert server.count(7) == 7


def test_retry_after_is_obeyed_within_reason(client: Any, server: FaultServer, clock: Clock) -> None:
    server.play(
        reply({}, 503, Retry_After="7"),
        reply({}, 503, Retry_After="Wed, 01 Jan 2025 00:00:09 GMT"),
        reply({}, 503, Retry_After="86400"),
        queued(),
    )
    client.submit("bkt", "a.mp4", MP4)
    assert clock.naps == [7.0, 9.0, 30.0]


@pytest.mark.parametrize(
    "act",
    [RESET_AFTER_BODY, RESET_BEFORE_BODY, Act(200, b'{"persistentId":"z0.lost"}', {"X-Reqid": "R"}, cut=3)],
    ids=["reset after the body", "reset before the body", "cut in the id"],
)
def test_a_submission_whose_reply_is_lost_is_never_repeated(client: Any, server: FaultServer, act: Act) -> None:
    server.play(act, queued())
    with pytest.raises(SubmitUncertain) as caught:
        client.submit("bkt", "a.mp4", MP4)
    assert server.count(1) == 1
    assert (caught.value.bucket, caught.value.key, caught.value.fops) == ("bkt", "a.mp4", MP4)
    assert [(o.bucket, o.key) for o in caught.value.outputs] == [("bkt", "out.mp4")]
    assert caught.value.hint == (
        "The job may exist, so it was not submitted again. Look for its outputs (bkt:out.mp4) or its notification; "
        "submitting again without force=True redoes nothing that has finished."
    )


def test_a_reply_that_is_cut_after_the_id_is_not_lost(client: Any, server: FaultServer) -> None:
    server.play(Act(200, b'{"persistentId":"z0.found"}   ', {"X-Reqid": "R"}, cut=3))
    assert client.submit("bkt", "a.mp4", MP4).id == "z0.found"


def test_a_slow_reply_is_not_repeated(make: Make, server: FaultServer) -> None:
    server.play(Act(hang=True))
    with pytest.raises(SubmitUncertain) as caught:
        make(timeout=0.1).submit("bkt", "a.mp4", MP4)
    assert server.count(1) == 1
    assert "timed out" in str(caught.value)


def test_a_reply_that_never_ends_is_given_up(make: Make, server: FaultServer) -> None:
    server.play(Act(200, drip=True, headers={"X-Reqid": "R"}))
    with pytest.raises(SubmitUncertain):
        make(timeout=0.1, clock=time.monotonic).submit("bkt", "a.mp4", MP4)
    assert server.count(1) == 1


def test_a_refused_connection_is_tried_again_and_then_elsewhere(make: Make, server: FaultServer, clock: Clock) -> None:
    closed = FaultServer()
    closed.close()
    with pytest.raises(TransportError) as caught:
        make(api_host=closed.url).submit("bkt", "a.mp4", MP4)
    assert len(clock.naps) == 3
    assert "connecting failed" in str(caught.value)
    server.play(queued("z0.elsewhere"))
    clock.naps.clear()
    assert make(api_host=[closed.url, server.url]).submit("bkt", "a.mp4", MP4).id == "z0.elsewhere"
    assert clock.naps == []


@pytest.mark.parametrize(
    "act", [Act(200, b"<html>"), reply({"persistentId": ""}), reply({}), reply([]), Act(204), Act(301)]
)
def test_error_something_else_answers(client: Any, server: FaultServer, act: Act) -> None:
    server.play(act)
    with pytest.raises(NotTheService) as caught:
        client.submit("bkt", "a.mp4", MP4)
    assert server.count(1) == 1
    assert caught.value.job_id is None


def test_an_id_in_a_doubtful_reply_is_not_lost(client: Any, server: FaultServer) -> None:
    server.play(reply({"persistentId": "z0.doubtful"}, request_id=None))
    with pytest.raises(NotTheService) as caught:
        client.submit("bkt", "a.mp4", MP4)
    assert caught.value.job_id == "z0.doubtful"
    assert "z0.doubtful" in str(caught.value)


def test_no_retries_at_all(make: Make, server: FaultServer) -> None:
    server.play(html(502))
    with pytest.raises(ServerError):
        make(retries=0).submit("bkt", "a.mp4", MP4)
    assert server.count(1) == 1


def test_limits_and_host_of_one_call(client: Any, server: FaultServer) -> None:
    other = FaultServer([html(502)])
    with pytest.raises(ServerError):
        client.submit("bkt", "a.mp4", MP4, api_host=other.url, retries=1)
    other.close()
    assert (len(other.seen), len(server.seen)) == (2, 0)
