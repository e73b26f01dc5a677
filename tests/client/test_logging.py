"""What is logged and traced: request ids, hosts, times. What is not: keys, signatures, ids, bodies."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from qiniufop.client.errors import AuthError, ClientError

from .conftest import Make
from .fault_server import Clock, FaultServer, html, queued, reply, status

SECRETS = ("SK_TEST", "Qiniu AK_TEST", "Authorization", "z0.0123456789abcdef01234567", "bucket=bkt")


def test_every_request_is_logged_without_secrets(
    client: Any, server: FaultServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.play(html(502), queued(), status(0))
    with caplog.at_level(logging.DEBUG, "qiniufop.client"):
        client.submit("bkt", "k", "imageView2/2/w/800").wait()
    lines = [(r.levelname, r.getMessage()) for r in caplog.records if r.name == "qiniufop.client"]
    assert [level for level, _ in lines] == ["DEBUG", "WARNING", "DEBUG", "DEBUG"]
    texts = [text for _, text in lines]
    assert texts[0].startswith(f"POST {server.url}/pfop/ -> 502 in ")
    assert texts[0].endswith(" ms, request id none")
    assert texts[1].startswith(f"POST {server.url}/pfop/: 502; attempt 2 of 4 follows in ")
    assert texts[2].endswith(" ms, request id REQ1")
    assert texts[3].startswith(f"GET {server.url}/status/get/prefop -> 200 in ")
    assert not [secret for secret in SECRETS if secret in "\n".join(texts)]


def test_a_lost_reply_is_logged(make: Make, server: FaultServer, caplog: pytest.LogCaptureFixture) -> None:
    server.close()
    with caplog.at_level(logging.DEBUG, "qiniufop.client"), pytest.raises(ClientError):
        make(retries=0).status("z0.1")
    assert f"GET {server.url}/status/get/prefop -> " in caplog.text
    assert "Error in " in caplog.text


def test_errors_hold_no_secrets(client: Any, server: FaultServer) -> None:
    server.play(reply({"error": "bad token"}, 401))
    with pytest.raises(AuthError) as caught:
        client.status("z0.0123456789abcdef01234567")
    shown = f"{caught.value} {caught.value!r} {caught.value.__dict__}"
    assert not [secret for secret in SECRETS if secret in shown]


def test_spans(make: Make, server: FaultServer, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("opentelemetry.sdk")
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from qiniufop.client import tracing

    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "_tracer", lambda: provider.get_tracer("qiniufop"))
    client = make()
    server.play(html(502), queued(), status(0), reply({"error": "bad token"}, 401))
    client.submit("bkt", "k", "imageView2/2/w/800").wait()
    with pytest.raises(AuthError):
        client.status("z0.0123456789abcdef01234567")
    spans = exporter.get_finished_spans()
    assert [s.name for s in spans] == [
        "HTTP POST",
        "HTTP POST",
        "qiniufop.submit",
        "HTTP GET",
        "qiniufop.wait",
        "HTTP GET",
        "qiniufop.status",
    ]
    first = dict(spans[0].attributes or {})
    assert first == {
        "http.request.method": "POST",
        "server.address": f"127.0.0.1:{server.port}",
        "http.response.status_code": 502,
        "qiniufop.request_id": "",
    }
    assert dict(spans[2].attributes or {}) == {}
    assert dict(spans[4].attributes or {}) == {"qiniufop.code": 0}
    assert dict(spans[6].attributes or {}) == {"error.type": "AuthError"}
    assert [s.status.status_code.name for s in spans][-1] == "ERROR"
    everything = "".join(s.to_json() for s in spans)
    assert not [secret for secret in SECRETS if secret in everything]


def test_without_opentelemetry_spans_are_nothing() -> None:
    from qiniufop.client.tracing import span

    with span("x", a=1) as note:
        note("b", 2)
