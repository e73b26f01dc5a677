"""Which hosts are asked."""

from __future__ import annotations

from typing import Any

import pytest

from qiniufop.client.client import Client
from qiniufop.client.errors import NotFound
from qiniufop.client.hosts import REGIONS, base_url, hosts_for_job, read_bucket_query, region_hosts
from qiniufop.client.messages import Answer, Fault, Outgoing, Reply, Timeout
from qiniufop.core import parse

from .conftest import Make
from .fault_server import Clock

PUBLISHED: dict[str, Any] = {
    "hosts": [
        {
            "region": "z1",
            "ttl": 86400,
            "io": {"domains": ["iovip.qiniuio.com"]},
            "up": {"domains": ["upload.qiniup.com"], "old": ["upload.qbox.me"]},
            "rs": {"domains": ["rs-z1.qiniuapi.com"]},
            "api": {"domains": ["api-z1.qiniuapi.com"]},
            "uc": {"domains": ["uc.qiniuapi.com"]},
        }
    ]
}


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ("api-z0.qiniuapi.com", "https://api-z0.qiniuapi.com"),
        ("http://127.0.0.1:8899", "http://127.0.0.1:8899"),
        ("https://example.com/", "https://example.com"),
        ("[::1]:8899", "https://[::1]:8899"),
        ("127.0.0.1:8899", "https://127.0.0.1:8899"),
    ],
)
def test_https_unless_told_otherwise(host: str, base: str) -> None:
    assert base_url(host) == base


@pytest.mark.parametrize("host", ["", "https://", "h/path", "ftp://h", "user@h", "h?x", "h h", "http:// h", "h#f"])
def test_error_hosts(host: str) -> None:
    with pytest.raises(ValueError, match="expected a host") as caught:
        base_url(host)
    assert str(caught.value) == (
        f"api_host {host!r}: expected a host such as 'api-z0.qiniuapi.com' or 'http://127.0.0.1:8899', "
        "without a path, because paths are signed"
    )


def test_regions() -> None:
    assert region_hosts("z1") == ("https://api-z1.qiniuapi.com",)
    assert region_hosts("z0") == ("https://api-z0.qiniuapi.com", "https://api.qiniuapi.com")
    assert len(REGIONS) == 9


@pytest.mark.parametrize(
    ("region", "message"),
    [
        ("as-0", "region 'as-0' does not exist; did you mean 'as0'? For any other host give api_host."),
        (
            "eu",
            "region 'eu' does not exist; "
            "expected 'auto' or one of z0, cn-east-2, z1, z2, cn-northwest-1, na0, as0, "
            "ap-southeast-2, ap-southeast-3. For any other host give api_host.",
        ),
    ],
)
def test_error_regions(region: str, message: str) -> None:
    with pytest.raises(ValueError, match="does not exist") as caught:
        Client("AK", "SK", region=region)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("job_id", "hosts"),
    [
        ("z2.5be96c32856db80b4be3d8b6", ["api-z2.qiniuapi.com", "api.qiniuapi.com"]),
        ("z0.x", ["api-z0.qiniuapi.com", "api.qiniuapi.com"]),
        ("16864pauo1vc9nhp12", ["api.qiniuapi.com"]),
        ("evil.com/.x", ["api.qiniuapi.com"]),
        ("z9.x", ["api.qiniuapi.com"]),
    ],
)
def test_a_job_id_tells_its_region(job_id: str, hosts: list[str]) -> None:
    assert [h.removeprefix("https://") for h in hosts_for_job(job_id)] == hosts


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (PUBLISHED, (("https://api-z1.qiniuapi.com",), 86400)),
        ({"hosts": []}, ((), 0)),
        ({"hosts": "x"}, ((), 0)),
        ({"hosts": [7]}, ((), 86400)),
        ({"hosts": [{"api": {"domains": ["a", 7, "", "a", "http://b"], "old": ["c"]}, "ttl": 1}]},
         (("https://a", "http://b", "https://c"), 60)),
        ({"hosts": [{"api": {"domains": "a"}, "ttl": "x"}]}, ((), 86400)),
    ],
)  # fmt: skip
def test_bucket_queries_are_read_leniently(payload: dict[str, Any], expected: tuple[tuple[str, ...], float]) -> None:
    assert read_bucket_query(payload) == expected


class Net:
    """Carries requests nowhere: each host answers as told."""

    def __init__(self, **answers: Answer) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def send(self, request: Outgoing, timeout: Timeout) -> Answer:
        host = request.url.split("/")[2]
        self.asked.append(host)
        if host in QUERY_HOSTS:
            assert request.url == f"https://{host}/v4/query?ak=AK&bucket=my%20bkt"
            assert "Authorization" not in request.headers
        return self.answers.get(host.split(".")[0].replace("-", "_"), DOWN)

    def close(self) -> None:
        pass


QUERY_HOSTS = ("uc.qiniuapi.com", "kodo-config.qiniuapi.com", "uc.qbox.me")
DOWN = Fault(False, ConnectionRefusedError("down"))
FOP = parse("imageView2/2/w/800")


def body(payload: str, status: int = 200, request_id: str = "R") -> Reply:
    return Reply(status, {"x-reqid": request_id}, payload.encode())


QUEUED = body('{"persistentId":"z1.1"}')
HOSTS = body('{"hosts":[{"ttl":100,"api":{"domains":["api-z1.qiniuapi.com"]}}]}')


@pytest.fixture
def client_on(make: Make) -> Make:
    return lambda net, **options: make("AK", transport=net, api_host=None, **options)


def test_the_region_of_a_bucket_is_asked_once_per_ttl(client_on: Make, clock: Clock) -> None:
    net = Net(uc=HOSTS, api_z1=QUEUED)
    client = client_on(net)
    client.submit("my bkt", "a", FOP)
    client.submit("my bkt", "a", FOP)
    assert net.asked == ["uc.qiniuapi.com", "api-z1.qiniuapi.com", "api-z1.qiniuapi.com"]
    clock.time += 100
    client.submit("my bkt", "a", FOP)
    assert net.asked[3:] == ["uc.qiniuapi.com", "api-z1.qiniuapi.com"]
    clock.time += 100
    net.answers["uc"] = DOWN
    client.submit("my bkt", "a", FOP)
    assert net.asked[-1] == "api-z1.qiniuapi.com"


def test_the_bucket_query_fails_over(client_on: Make) -> None:
    net = Net(uc=body("<html>", 502, ""), kodo_config=HOSTS, api_z1=QUEUED)
    assert client_on(net).submit("my bkt", "a", FOP).id == "z1.1"
    assert net.asked == ["uc.qiniuapi.com", "kodo-config.qiniuapi.com", "api-z1.qiniuapi.com"]


def test_without_a_bucket_query_the_default_host_is_asked(client_on: Make) -> None:
    net = Net(api=QUEUED)
    assert client_on(net).submit("my bkt", "a", FOP).id == "z1.1"
    assert net.asked == [*QUERY_HOSTS, QUERY_HOSTS[0], "api.qiniuapi.com"]


def test_error_unknown_bucket(client_on: Make) -> None:
    net = Net(uc=body('{"error":"no such bucket"}', 631))
    with pytest.raises(NotFound):
        client_on(net).submit("my bkt", "a", FOP)
    assert net.asked == ["uc.qiniuapi.com"]


def test_a_named_region_is_not_looked_up(client_on: Make) -> None:
    net = Net(api_z2=QUEUED)
    client_on(net, region="z2").submit("b", "a", FOP)
    assert net.asked == ["api-z2.qiniuapi.com"]


def test_a_status_is_asked_of_the_region_in_the_id_then_of_the_default_host(client_on: Make, clock: Clock) -> None:
    net = Net(api=body('{"code":0,"items":[]}'))
    assert client_on(net).status("na0.1").ok
    assert net.asked == ["api-na0.qiniuapi.com", "api.qiniuapi.com"]
    assert clock.naps == []
