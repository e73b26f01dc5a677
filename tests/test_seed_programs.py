"""The programs users have today, written anew and run: one test per row of capabilities (S1 to S12) and programs.

Everything goes over HTTP to a dev server that really signs, queues, resizes and transcodes. The official SDK's own
calls against the same server are in ``tests/server/test_official_python_sdk.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

import pytest
import qiniu
from pydantic import ValidationError

from qiniufop import (
    Avthumb,
    Fops,
    FopSyntaxError,
    ImageInfo,
    ImageMogr2,
    ImageView2,
    Pipeline,
    RetiredWarning,
    Saveas,
    StageError,
    Vframe,
    Watermark,
    YifangyunPreview,
    parse,
    samples,
)
from qiniufop.client.client import Client
from qiniufop.client.errors import (
    JobFailed,
    JobNotFound,
    NotFound,
    NotTheService,
    SubmitRefused,
    WaitTimeout,
)
from qiniufop.client.messages import Timeout
from qiniufop.client.models import State
from qiniufop.client.notifications import Receiver, Trust
from qiniufop.lint import lint
from qiniufop.server import DevServer

from .client.fault_server import Clock
from .seed.seen import Recording, difference, picture, report, sent
from .server.listener import Listener

SMALL = ImageView2(mode=2, w=32)
TEMPLATE = "workflow-template-123"
S13_WIRE = (
    "imageView2/2/w/800/h/600/format/webp"
    "|watermark/1/image/aHR0cDovL3d3dy5xaW5pdS5jb20vaW1hZ2VzL2xvZ28ucG5n/dissolve/50/gravity/SouthEast/dx/10/dy/10"
    "|saveas/b3V0cHV0LWJ1Y2tldDpwcm9jZXNzZWQtaW1hZ2Uud2VicA=="
)


@pytest.fixture(scope="module")
def running() -> Iterator[DevServer]:
    with DevServer(
        memory=True,
        domains={"www.qiniu.com": "site"},
        templates={TEMPLATE: str(SMALL | Saveas("output-bucket", "by-workflow.jpg"))},
        notify_pauses=(0.0, 0.0),
    ) as made:
        yield made


@pytest.fixture
def server(running: DevServer) -> DevServer:
    running.reset()
    running.put("bkt", "photo.jpg", samples.photo)
    running.put("bkt", "clip.mp4", samples.clip)
    running.put("site", "images/logo.png", samples.logo)
    return running


@pytest.fixture
def client(server: DevServer) -> Iterator[Client]:
    with server.client(bucket="bkt") as made:
        yield made


# S1 to S12: what the official PersistentFop, build_op, pipe_cmd and op_save can do


def test_s1_a_client_goes_over_https_to_the_buckets_region_with_timeouts(server: DevServer) -> None:
    transport = Recording(server)
    client = Client(server.access_key, server.secret_key, transport=transport, sleep=lambda _: None)
    client.submit("bkt", "photo.jpg", SMALL)
    found, pfop = "https://uc.qiniuapi.com/v4/query", "https://uc.qiniuapi.com/pfop/"
    assert transport.urls == [found, pfop]
    assert {(t.connect, t.read) for t in transport.timeouts} == {(5.0, 30.0)}
    client.submit("bkt", "photo.jpg", SMALL, timeout=(1, 2))
    assert transport.urls == [found, pfop, pfop]
    assert transport.timeouts[-1] == Timeout(1, 2)


def test_s1_the_second_host_is_asked_when_the_first_fails(server: DevServer) -> None:
    transport = Recording(server)
    client = Client(server.access_key, server.secret_key, region="z0", transport=transport, sleep=lambda _: None)
    server.faults.add("status", on="status", status=502, times=1)
    with pytest.raises(JobNotFound):
        client.status("z0.0")
    hosts = [url.partition("/status")[0] for url in transport.urls]
    assert hosts == ["https://api-z0.qiniuapi.com", "https://api.qiniuapi.com"]


def test_s1_bucket_pipeline_and_notify_url_are_defaults_and_per_call(server: DevServer) -> None:
    with Listener() as first, Listener() as second:
        with server.client(bucket="bkt", pipeline="image-processing", notify_url=first.url) as client:
            client.submit(None, "photo.jpg", SMALL)
            assert (sent(server)["pipeline"], sent(server)["notifyURL"]) == ("image-processing", first.url)
            client.submit("bkt", "photo.jpg", SMALL, pipeline="other", notify_url=second.url)
            assert (sent(server)["pipeline"], sent(server)["notifyURL"]) == ("other", second.url)
        server.drain()
        assert (len(first.got), len(second.got)) == (1, 1)


@pytest.mark.parametrize("source", ["two strings", "the environment", "an official Auth"])
def test_s1_keys_come_from(server: DevServer, source: str) -> None:
    made: dict[str, Callable[[], Client]] = {
        "two strings": lambda: Client(server.access_key, server.secret_key, api_host=server.url),
        "the environment": lambda: Client.from_env(
            {"QINIU_ACCESS_KEY": server.access_key, "QINIU_SECRET_KEY": server.secret_key}, api_host=server.url
        ),
        "an official Auth": lambda: Client(qiniu.Auth(server.access_key, server.secret_key), api_host=server.url),
    }
    with made[source]() as client:
        assert client.submit("bkt", "photo.jpg", SMALL).id
        assert server.secret_key not in repr(client)


@pytest.mark.parametrize(
    "key", ["目录/照片.jpg", "a b.jpg", "a+b.jpg", "a&b=c.jpg", "a:b;c|d.jpg", "100%25.jpg", "?#.jpg"]
)
def test_s2_any_key_is_read_and_any_key_is_written(server: DevServer, client: Client, key: str) -> None:
    server.put("bkt", key, samples.photo)
    job = client.submit("bkt", key, SMALL | Saveas("output-bucket", key))
    server.drain()
    (output,) = job.wait().outputs
    assert (output.bucket, output.key) == ("output-bucket", key)
    assert picture(server, key).size == (32, 21)
    assert sent(server)["key"] == key


def test_s2_errors_are_raised_with_a_type(client: Client) -> None:
    with pytest.raises(NotFound) as caught:
        client.submit("bkt", "nowhere.jpg", SMALL)
    assert (caught.value.status, caught.value.body) == (404, '{"error":"Document not found"}')


@pytest.mark.parametrize(
    "given",
    [
        ("imageView2/2/w/32;imageInfo",),
        (SMALL, ImageInfo()),
        ("imageView2/2/w/32", "imageInfo"),
        (SMALL, "imageInfo"),
        (Fops(SMALL, ImageInfo()),),
        (parse("imageView2/2/w/32;imageInfo"),),
    ],
    ids=["text", "operations", "texts", "mixed", "a job", "a parsed job"],
)
def test_s3_commands_of_any_shape_have_one_wire_form(server: DevServer, client: Client, given: tuple[Any, ...]) -> None:
    client.submit("bkt", "photo.jpg", *given)
    assert sent(server)["fops"] == "imageView2/2/w/32;imageInfo"


def test_s3_text_is_checked_before_anything_is_sent(server: DevServer, client: Client) -> None:
    with pytest.raises(FopSyntaxError, match="did you mean 'imageView2'"):
        client.submit("bkt", "photo.jpg", "imageVeiw2/2/w/32")
    assert server.requests == []


@pytest.mark.parametrize(("force", "wire"), [(True, "1"), (False, None)])
def test_s4_force_sends_1_or_nothing(server: DevServer, client: Client, force: bool, wire: str | None) -> None:
    client.submit("bkt", "photo.jpg", SMALL, force=force)
    assert sent(server).get("force") == wire


@pytest.mark.parametrize("force", [1, "1", 2, "true", 1.0, None])
def test_s4_force_is_nothing_but_a_bool(server: DevServer, client: Client, force: Any) -> None:
    with pytest.raises(SubmitRefused, match=f"force={force!r}: expected True"):
        client.submit("bkt", "photo.jpg", SMALL, force=force)
    assert server.requests == []


def test_s4_force_overwrites_and_its_absence_does_not(server: DevServer, client: Client) -> None:
    for width, force, size in ((32, False, (32, 21)), (64, False, (32, 21)), (64, True, (64, 43))):
        fop = ImageView2(mode=2, w=width) | Saveas("output-bucket", "once.jpg")
        job = client.submit("bkt", "photo.jpg", fop, force=force)
        server.drain()
        assert job.wait().items[0].returned_old is (width == 64 and not force)
        assert picture(server, "once.jpg").size == size


@pytest.mark.parametrize(("idle", "wire"), [(True, "1"), (False, None)])
def test_s5_idle_is_type_1_or_nothing(server: DevServer, client: Client, idle: bool, wire: str | None) -> None:
    client.submit("bkt", "clip.mp4", Vframe("jpg", offset=1, w=32), idle=idle)
    assert sent(server).get("type") == wire


@pytest.mark.parametrize("idle", [2, 1, 0, "1", None])
def test_s5_the_undefined_type_is_refused_with_the_confusion_named(
    server: DevServer, client: Client, idle: Any
) -> None:
    with pytest.raises(SubmitRefused) as caught:
        client.submit("bkt", "clip.mp4", Vframe("jpg", offset=1), idle=idle)
    assert caught.value.message == (
        f"idle={idle!r}: expected True or False. As persistent_type the service knows 0 (normal) and 1 (idle) and "
        "nothing else; the 2 of old examples, said to mean a workflow, is undefined. "
        "For a workflow give workflow_template_id=... and leave idle out."
    )
    assert server.requests == []


def test_s5_idle_contradictions_are_refused(server: DevServer, client: Client) -> None:
    with pytest.raises(SubmitRefused, match="an idle-time job cannot choose its queue"):
        client.submit("bkt", "clip.mp4", Vframe("jpg", offset=1), idle=True, pipeline="q")
    with pytest.raises(SubmitRefused, match="idle=True with imageView2"):
        client.submit("bkt", "photo.jpg", SMALL, idle=True)
    assert server.requests == []


def test_s6_exactly_one_of_commands_and_template(server: DevServer, client: Client) -> None:
    with pytest.raises(SubmitRefused, match="both commands and a workflow_template_id"):
        client.submit("bkt", "photo.jpg", SMALL, workflow_template_id=TEMPLATE)
    with pytest.raises(SubmitRefused, match="neither commands nor a workflow_template_id"):
        client.submit("bkt", "photo.jpg")
    assert server.requests == []


def test_s7_errors_carry_status_request_id_body_and_hint(server: DevServer) -> None:
    with (
        server.client() as good,
        Client(server.access_key, "wrong", api_host=server.url, session=server.session()) as bad,
    ):
        with pytest.raises(PermissionError) as caught:
            bad.submit("bkt", "photo.jpg", SMALL)
        error: Any = caught.value
        assert (error.status, error.body) == (401, '{"error":"bad token"}')
        assert error.request_id
        assert error.hint
        server.faults.add("no-reqid", on="submit", times=1)
        with pytest.raises(NotTheService, match="a 200 without X-Reqid"):
            good.submit("bkt", "photo.jpg", SMALL)


def test_s8_status_is_typed_and_an_unknown_id_explained(server: DevServer, client: Client) -> None:
    job = client.submit("bkt", "photo.jpg", SMALL)
    server.drain()
    status = client.status(job.id)
    assert (status.state, status.done, status.input_key) == (State.SUCCEEDED, True, "photo.jpg")
    assert job.refresh() == status
    with pytest.raises(JobNotFound, match="Jobs are kept for 7 to 10 days"):
        client.status("z0.0123456789abcdef01234567")
    body = json.dumps({"id": "z0.1", "code": 0, "items": [], "newField": [1]})
    server.faults.add("status", on="status", status=200, body=body, times=1)
    assert client.status("z0.1").model_extra == {"newField": [1]}


def test_s9_values_are_checked_and_spelt_by_type() -> None:
    assert str(ImageView2(0, w=100)) == "imageView2/0/w/100"
    assert str(Avthumb("mp4", an=None)) == "avthumb/mp4"
    assert str(Vframe("jpg", offset=0.1 + 0.2)) == "vframe/jpg/offset/0.3"
    assert str(ImageMogr2(auto_orient=True, size_limit="20k")) == "imageMogr2/auto-orient/size-limit/20k"
    assert str(Watermark(mode=2, text="你好|;/")) == "watermark/2/text/5L2g5aW9fDsv"
    layers = str(parse("watermark/3/text/YQ==/dx/1/text/Yg==/dx/2"))
    assert layers.count("/text/") == 2
    for wrong in ("a|saveas/x", "a;b", "a/b"):
        with pytest.raises(ValidationError):
            ImageView2(mode=2, w=1, format=wrong)
    with pytest.raises(ValidationError, match="'two_pass'"):
        Avthumb("mp4", two_pass=True)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]


def test_s10_stages_are_joined_and_nothing_empty_or_after_saveas() -> None:
    assert str(SMALL | ImageInfo()) == "imageView2/2/w/32|imageInfo"
    assert str(SMALL | "imageInfo") == str("imageView2/2/w/32" | ImageInfo()) == "imageView2/2/w/32|imageInfo"
    with pytest.raises(StageError, match="at least one stage"):
        Pipeline()
    for empty in ("", "imageInfo||imageInfo"):
        with pytest.raises(FopSyntaxError):
            parse(empty)
    with pytest.raises(StageError, match="nothing may follow saveas"):
        SMALL | Saveas("b") | ImageInfo()  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnusedExpression]


def test_s11_saveas_of_key_empty_key_and_no_key() -> None:
    assert str(Saveas("bkt")) == "saveas/Ymt0"
    assert str(Saveas("bkt", "")) == "saveas/Ymt0Og=="
    assert str(Saveas("bkt", "a:b")) == "saveas/Ymt0OmE6Yg=="
    assert parse("saveas/Ymt0OmE6Yg") == Saveas("bkt", "a:b")
    with pytest.raises(ValidationError, match="must not be empty"):
        Saveas("", "key")
    both = Fops(SMALL | Saveas("bkt", "a"), ImageInfo() | Saveas("bkt", "b"))
    assert [str(c).count("saveas") for c in both.commands] == [1, 1]


def test_s12_jobs_are_waited_for_alone_and_together(server: DevServer, client: Client) -> None:
    jobs = [client.submit("bkt", "photo.jpg", SMALL | Saveas("output-bucket", f"{n}.jpg")) for n in range(5)]
    jobs.append(client.submit("bkt", "photo.jpg", Vframe("jpg", offset=1)))
    results = client.wait_all(jobs, timeout=60)
    assert [waited.status.code for waited in results if waited.status] == [0, 0, 0, 0, 0, 3]
    assert isinstance(results[-1].error, JobFailed)
    assert jobs[0].wait().outputs[0].key == "0.jpg"
    assert server.keys("output-bucket") == [f"{n}.jpg" for n in range(5)]


# S13 to S20: the programs


def test_s13_image_with_watermark(server: DevServer, client: Client) -> None:
    fop = (
        ImageView2(mode=2, w=800, h=600, format="webp")
        | Watermark(
            mode=1, image="http://www.qiniu.com/images/logo.png", dissolve=50, gravity="SouthEast", dx=10, dy=10
        )
        | Saveas("output-bucket", "processed-image.webp")
    )
    assert str(fop) == S13_WIRE
    assert parse(S13_WIRE) == fop
    plain = ImageView2(mode=2, w=800, h=600, format="webp") | Saveas("output-bucket", "plain.webp")
    job = client.submit("bkt", "photo.jpg", fop, plain)
    server.drain()
    assert [output.key for output in job.wait().outputs] == ["processed-image.webp", "plain.webp"]
    assert sent(server)["fops"].split(";")[0] == S13_WIRE
    marked, bare = (picture(server, key).convert("RGB") for key in ("processed-image.webp", "plain.webp"))
    assert (marked.size, picture(server, "processed-image.webp").format) == ((640, 427), "WEBP")
    corner, rest = (640 - 252, 427 - 82, 640, 427), (0, 0, 380, 340)
    assert difference(marked.crop(corner), bare.crop(corner)) > 5
    assert difference(marked.crop(rest), bare.crop(rest)) < 1


ITEM = {"cmd": "avthumb/mp4|saveas/Ymt0Om91dC5tcDQ=", "code": 0, "desc": "ok", "hash": "FrPN", "key": "out.mp4"}
BROKEN = {"cmd": "vframe/jpg|imageView2/0", "code": 3, "error": "bad input", "errorIndex": 1}
JOB = "z0.0123456789abcdef01234567"


def shown(code: int, *items: dict[str, Any]) -> str:
    return json.dumps({"id": JOB, "code": code, "desc": "?", "inputBucket": "bkt", "items": items})


def test_s14_what_a_poll_loop_meets(server: DevServer) -> None:
    clock = Clock()

    def play(*answers: str | dict[str, Any]) -> None:
        server.faults.clear()
        for answer in answers:
            options = answer if isinstance(answer, dict) else {"status": 200, "body": answer}
            server.faults.load({"kind": "status", "on": "status", "times": 1, **options})

    with server.client(sleep=clock.sleep, clock=clock, timeout=5) as client:
        job = client.job(JOB)
        play(shown(1), shown(2), shown(0, ITEM))  # 1
        assert job.wait().ok
        play(*[shown(2)] * 20, shown(0, ITEM))  # 2
        assert job.wait().outputs[0].key == "out.mp4"
        play(shown(3, ITEM, BROKEN))  # 3
        with pytest.raises(JobFailed, match=r"command 2, .*: stage 2, imageView2/0: bad input"):
            job.wait()
        play(shown(4, ITEM))  # 4
        assert job.wait().notify_failed
        play(shown(0, {"cmd": "vsample/jpg", "code": 0, "keys": ["1.jpg", "2.jpg"]}))  # 5
        assert [output.key for output in job.wait().outputs] == ["1.jpg", "2.jpg"]
        play(shown(0, {"cmd": "avinfo", "code": 0, "result": {"a": 1}}))  # 6
        assert job.wait().outputs[0].result == {"a": 1}
        play(shown(3, {"cmd": "avthumb/mp4", "code": 3}))  # 7
        with pytest.raises(JobFailed, match="command 1, avthumb/mp4: code 3, no reason given"):
            job.wait()
        play(shown(0, ITEM, BROKEN))  # 8
        with pytest.raises(JobFailed) as partly:
            job.wait()
        assert [output.key for output in partly.value.result.outputs] == ["out.mp4"]
        play({"kind": "not-json"}, {"kind": "drop"}, {"status": 502, "body": "<html>"}, shown(0, ITEM))  # 11 to 13
        assert job.wait().ok
        play({"status": 599}, {"status": 573}, shown(0, ITEM))  # 14
        assert job.wait().ok
        play({"status": 302, "headers": {"Location": "https://login.example.com/"}})  # 10
        with pytest.raises(NotTheService, match="never followed"):
            job.wait()
        play()  # 16
        with pytest.raises(JobNotFound):
            job.wait()
        real = client.submit("bkt", "photo.jpg", SMALL)
        server.drain()
        server.faults.add("no-reqid", on="status", times=1)  # 9
        assert real.wait().ok
        server.faults.add("no-reqid", on="status")
        with pytest.raises(NotTheService, match="a 200 without X-Reqid"):
            real.wait()
        for code in (1, 7):  # 15 and 17
            server.faults.clear()
            server.faults.add("status", on="status", status=200, body=shown(code))
            before = clock()
            with pytest.raises(WaitTimeout) as late:
                job.wait(timeout=600)
            assert clock() - before == pytest.approx(600)
            assert late.value.last is not None
            assert late.value.last.code == code


def test_s15_video_in_two_sizes_and_a_thumbnail(server: DevServer) -> None:
    track: dict[str, Any] = {"vcodec": "libx264", "acodec": "aac", "r": 30, "t": 1.0, "autoscale": 1}
    hd = Avthumb("mp4", vb="400k", ab="128k", s="640x640", **track) | Saveas("output-bucket", "video-hd.mp4")
    sd = Avthumb("mp4", vb="200k", ab="96k", s="320x320", **track) | Saveas("output-bucket", "video-sd.mp4")
    thumb = Vframe("jpg", offset=2, w=320, h=240) | Saveas("output-bucket", "video-thumb.jpg")
    with Listener() as app, server.client(bucket="bkt", pipeline="video-processing", notify_url=app.url) as client:
        job = client.submit("bkt", "clip.mp4", hd, sd, thumb, force=True)
        server.drain()
        assert [output.key for output in job.wait().outputs] == ["video-hd.mp4", "video-sd.mp4", "video-thumb.jpg"]
        (got,) = app.got
        headers = {**got.headers, "host": f"127.0.0.1:{app.port}"}
        receiver = Receiver(server.access_key, server.secret_key)
        event = receiver.receive(got.body, headers, url=got.path)
        assert (event.id, event.ok, event.trust) == (job.id, True, Trust.CONTENT)
        with pytest.raises(ValueError, match="signature"):
            receiver.receive(got.body.replace(b"video-hd", b"video-xx"), headers, url=got.path)
    assert sent(server)["force"] == "1"
    assert sent(server)["fops"] == f"{hd};{sd};{thumb}"
    for key, size in (("video-hd.mp4", (640, 360)), ("video-sd.mp4", (320, 180))):
        found = report(server, key, "avinfo")
        video, audio = (next(s for s in found["streams"] if s["codec_type"] == kind) for kind in ("video", "audio"))
        assert (video["width"], video["height"], video["codec_name"], audio["codec_name"]) == (*size, "h264", "aac")
        assert video["r_frame_rate"] == "30/1"
        assert float(found["format"]["duration"]) == pytest.approx(1.0, abs=0.1)
    assert picture(server, "video-thumb.jpg").size == (320, 240)


def test_s15_a_lint_names_the_distortion() -> None:
    assert [d.code for d in lint("avthumb/mp4/s/1280x720")] == ["distorts"]
    assert lint("avthumb/mp4/s/1280x720/autoscale/1") == []


def test_s16_audio_and_no_free_filters(server: DevServer, client: Client) -> None:
    mp3 = Avthumb("mp3", ab="192k", ar=44100) | Saveas("output-bucket", "audio.mp3")
    aac = Avthumb("aac", ab="128k", ar=44100) | Saveas("output-bucket", "audio.aac")
    job = client.submit("bkt", "clip.mp4", mp3, aac)
    server.drain()
    assert [output.key for output in job.wait().outputs] == ["audio.mp3", "audio.aac"]
    for key, codec in (("audio.mp3", "mp3"), ("audio.aac", "aac")):
        (stream,) = report(server, key, "avinfo")["streams"]
        assert (stream["codec_name"], stream["sample_rate"]) == (codec, "44100")
    with pytest.raises(ValidationError, match="use volume, loudnorm or fade"):
        Avthumb("mp3", ab="192k", af="volume=1.5")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    assert str(Avthumb("mp3", extra={"af": "volume=1.5"})) == "avthumb/mp3/af/volume=1.5"


def test_s17_document_preview_takes_its_real_parameters() -> None:
    with pytest.warns(RetiredWarning):
        preview = YifangyunPreview(format="jpg", page_number=1)
    assert str(preview) == "yifangyun_preview/v2/format=jpg/page_number=1"
    with pytest.raises(FopSyntaxError, match="no parameter 'type'; it takes ext, action, format, page_number"):
        parse("yifangyun_preview/v2/type/pdf/dpi/150/page/1/format/jpg")


def test_s18_a_workflow_sends_neither_type_nor_commands(server: DevServer, client: Client) -> None:
    job = client.submit("bkt", "photo.jpg", workflow_template_id=TEMPLATE)
    assert sent(server) == {"bucket": "bkt", "key": "photo.jpg", "workflowTemplateID": TEMPLATE}
    server.drain()
    status = job.wait()
    assert status.task_from == f"workflow: {TEMPLATE}"
    assert picture(server, "by-workflow.jpg").size == (32, 21)


VARIANTS = (
    ("_thumb", 150, 150, "jpg"),
    ("_medium", 800, 600, "webp"),
    ("_large", 1920, 1440, "webp"),
    ("_avatar", 64, 64, "png"),
)


def test_s20_four_variants_in_one_job(server: DevServer, client: Client) -> None:
    fops = [
        ImageView2(mode=2, w=w, h=h, format=fmt)
        | (ImageMogr2(quality=75) if fmt == "webp" else ImageMogr2(strip=True))
        | Saveas("variants-bucket", f"photo{suffix}.{fmt}")
        for suffix, w, h, fmt in VARIANTS
    ]
    job = client.submit("bkt", "photo.jpg", *fops)
    server.drain()
    assert len(job.wait().items) == 4
    assert sent(server)["fops"].count("imageMogr2/quality/75") == 2
    made = {
        PurePosixPath(output.key or "").stem: picture(server, output.key or "", output.bucket)
        for output in job.wait().outputs
    }
    assert {name: (image.size, image.format) for name, image in made.items()} == {
        "photo_thumb": ((150, 100), "JPEG"),
        "photo_medium": ((640, 427), "WEBP"),
        "photo_large": ((640, 427), "WEBP"),
        "photo_avatar": ((64, 43), "PNG"),
    }
