from __future__ import annotations

import pytest

from qiniufop.engine.artifact import Artifact
from qiniufop.engine.errors import FopFailed
from qiniufop.server.addresses import Resolver, commands_of, locate
from qiniufop.server.network import Policy
from qiniufop.server.store import MemoryStore, StoredObject

from .listener import Listener


@pytest.fixture
def resolver() -> Resolver:
    store = MemoryStore()
    store.create_bucket("bkt")
    for key in ("logo.png", "目录/a b.png", "a/b"):
        store.put("bkt", key, key.encode())

    def process(found: StoredObject, text: str) -> Artifact:
        return Artifact("text/plain", data=f"{found.key} by {text}".encode())

    made = Resolver(store, {"cdn.example.com": "bkt"}, process)
    made.own.add("127.0.0.1:8899")
    return made


@pytest.mark.parametrize(
    ("reference", "content"),
    [
        ("kodo://bkt/logo.png", "logo.png"),
        ("kodo://bkt/a/b", "a/b"),
        ("kodo://bkt/目录/a b.png", "目录/a b.png"),
        ("http://cdn.example.com/logo.png", "logo.png"),
        ("https://cdn.example.com:8080/logo.png", "logo.png"),
        ("https://cdn.example.com/%E7%9B%AE%E5%BD%95/a%20b.png", "目录/a b.png"),
        ("http://cdn.example.com/logo.png?e=1&token=x", "logo.png"),
        ("http://127.0.0.1:8899/bkt/logo.png", "logo.png"),
        ("http://127.0.0.1:8899/bkt/logo.png?imageView2%2F2%2Fw%2F5&e=1", "logo.png by imageView2/2/w/5"),
    ],
)
def test_what_is_found(resolver: Resolver, reference: str, content: str) -> None:
    assert resolver(reference).read().decode() == content


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("kodo://bkt/none", "no such object: kodo://bkt/none"),
        ("kodo://none", "no such object"),
        ("http://cdn.example.com/none", "failed to GET http://cdn.example.com/none: there is no kodo://bkt/none"),
        ("http://127.0.0.1:1/bkt/logo.png", "the network is off, and no bucket has the domain 127.0.0.1:1"),
        ("http://elsewhere.example/x", "the network is off"),
        ("file:///etc/passwd", "only kodo, http and https are known"),
        ("/etc/passwd", "only kodo, http and https are known"),
    ],
)
def test_error_what_is_not(resolver: Resolver, reference: str, message: str) -> None:
    with pytest.raises(FopFailed, match=message):
        resolver(reference)


def test_allowed_hosts_are_fetched() -> None:
    store = MemoryStore()
    fetching = Resolver(store, {}, lambda found, text: Artifact("x/x", data=b""), Policy(("127.0.0.0/8",)))
    with Listener(reply=b"GIF89a", headers={"Content-Type": "image/gif; charset=x"}) as app:
        found = fetching(f"http://127.0.0.1:{app.port}/dir/a%20b.gif?x=1")
    assert (found.mime, found.read(), found.name) == ("image/gif", b"GIF89a", "a b.gif")
    with Listener(status=404) as app, pytest.raises(FopFailed, match="status 404"):
        fetching(app.url)
    with pytest.raises(FopFailed, match=r"10\.0\.0\.1 is not among the allowed hosts"):
        fetching("http://10.0.0.1/")


@pytest.mark.parametrize(
    ("target", "commands"),
    [
        ("/k", ""),
        ("/k?", ""),
        ("/k?imageInfo", "imageInfo"),
        ("/k?imageView2/2/w/1|imageInfo&e=1&token=x", "imageView2/2/w/1|imageInfo"),
        ("/k?e=1", ""),
        ("/k?=", ""),
        ("/k?attname=a/b", ""),
        ("/k?saveas/Ymt0Og==/sign/a:b=", "saveas/Ymt0Og==/sign/a:b="),
        ("/k?yifangyun_preview/v2/format=jpg", "yifangyun_preview/v2/format=jpg"),
        ("/k?a%252Fb", "a%2Fb"),
    ],
)
def test_commands_in_a_query(target: str, commands: str) -> None:
    assert commands_of(target) == commands


def test_places() -> None:
    domains = {"cdn.example.com": "bkt", "127.0.0.1:80": "own"}
    assert locate(domains, "other", "/b/k/%2F?x") == ("b", "k//")
    assert locate(domains, "cdn.example.com:8080", "/b/k") == ("bkt", "b/k")
    assert locate(domains, "127.0.0.1:80", "/k") == ("own", "k")
    assert locate(domains, "other", "/b") == ("b", "")
