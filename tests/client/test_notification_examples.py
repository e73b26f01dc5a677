"""The examples for web frameworks receive notifications as the service sends them."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from qiniufop.client import auth
from qiniufop.client.auth import Credentials
from qiniufop.client.notifications import Event

from .fault_server import job

KEYS = Credentials("AK_TEST", "SK_TEST")
URL = "https://example.com/qiniu/notify"
BODY = json.dumps(job(0, {"cmd": "avthumb/mp4|saveas/Ymt0OmEubXA0", "code": 0, "key": "a.mp4"})).encode()
EXAMPLES = Path(__file__).parents[2] / "examples"


def load(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    monkeypatch.setenv("QINIU_ACCESS_KEY", KEYS.access_key)
    monkeypatch.setenv("QINIU_SECRET_KEY", KEYS.secret_key)
    monkeypatch.setenv("PUBLIC_URL", URL)
    monkeypatch.setenv("HANDLED_JOBS", str(tmp_path / "jobs.sqlite"))
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


def headers(scheme: auth.Scheme | None) -> dict[str, str]:
    given = {"Content-Type": "application/json"}
    if scheme:
        given["Authorization"] = auth.authorization(KEYS, scheme, "POST", URL, given, BODY)
    return given


class Web:
    """The same client for every framework."""

    def __init__(self, framework: str, module: ModuleType) -> None:
        self._framework = framework
        self._module = module
        self._client: Any = None
        if framework == "flask":
            self._client = module.app.test_client()
        elif framework == "django":
            from django.test import Client

            self._client = Client()

    def post(self, body: bytes, given: dict[str, str]) -> int:
        if self._framework == "fastapi":
            return asyncio.run(self._ask_asgi(body, given))
        if self._framework == "flask":
            return int(self._client.post("/qiniu/notify", data=body, headers=given).status_code)
        options = {"HTTP_AUTHORIZATION": given["Authorization"]} if "Authorization" in given else {}
        answer = self._client.post("/qiniu/notify", data=body, content_type=given["Content-Type"], **options)
        return int(answer.status_code)

    async def _ask_asgi(self, body: bytes, given: dict[str, str]) -> int:
        transport = httpx.ASGITransport(self._module.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://10.0.0.7:8000") as client:
            return (await client.post("/qiniu/notify", content=body, headers=given)).status_code


@pytest.fixture(params=["flask", "fastapi", "django"])
def web(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[Web, list[Event]]:
    framework: str = request.param
    pytest.importorskip(framework)
    module = load(f"notifications_{framework}", monkeypatch, tmp_path)
    handled: list[Event] = []
    monkeypatch.setattr(module, "handle", handled.append)
    return Web(framework, module), handled


def test_a_signed_notification_is_handled_once(web: tuple[Web, list[Event]]) -> None:
    client, handled = web
    assert client.post(BODY, headers("Qiniu")) == 200
    assert client.post(BODY, headers("Qiniu")) == 200
    assert [[o.key for o in event.outputs] for event in handled] == [["a.mp4"]]


def test_others_are_not_handled(web: tuple[Web, list[Event]]) -> None:
    client, handled = web
    assert client.post(BODY + b" ", headers("Qiniu")) == 403
    assert client.post(BODY, headers("QBox")) == 403
    assert client.post(BODY, headers(None)) == 403
    assert handled == []


def test_what_an_example_does_can_be_seen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module = load("notifications_flask", monkeypatch, tmp_path)
    module.handle(module.receiver.receive(BODY, headers("Qiniu")))
    assert capsys.readouterr().out == "z0.0123456789abcdef01234567: bkt:a.mp4\n"
