from __future__ import annotations

import ipaddress
from collections.abc import Iterable

import pytest

from qiniufop.server.network import NetworkFailed, NetworkRefused, Policy, is_public, request

from .listener import Listener

PUBLIC = "93.184.216.34"


def policy(*allow: str, loopback: bool = False, **hosts: str) -> Policy:
    """A policy with its own name server; of a name with several addresses they are joined by commas."""

    def lookup(host: str, port: int) -> Iterable[str]:
        return hosts.get(host.replace(".", "_").replace("-", "__"), host).split(",")

    return Policy(allow, loopback=loopback, lookup=lookup)


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_public_addresses(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "2001:0:a00:1::f5ff:fffe",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a00:1",
    ],
)
def test_addresses_that_are_not(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


def test_only_allowed_hosts_are_asked() -> None:
    hosts = policy("cdn.example.com", "*.example.org", cdn_example_com=PUBLIC, a_b_example_org=PUBLIC, other_com=PUBLIC)
    assert hosts.addresses("cdn.example.com", 80) == [PUBLIC]
    assert hosts.addresses("a.b.example.org", 80) == [PUBLIC]
    for host in ("other.com", "127.0.0.1", "10.0.0.1", PUBLIC):
        with pytest.raises(NetworkRefused, match="is not among the allowed hosts"):
            hosts.addresses(host, 80)


def test_a_pattern_is_no_substring() -> None:
    hosts = policy("*.example.org", evilexample_org=PUBLIC, example_org=PUBLIC)
    for host in ("evilexample.org", "example.org"):
        with pytest.raises(NetworkRefused):
            hosts.addresses(host, 80)


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", f"{PUBLIC},10.0.0.1", "::ffff:10.0.0.1"])
def test_every_address_of_an_allowed_host_must_be_public(address: str) -> None:
    with pytest.raises(NetworkRefused, match="which is no public address"):
        policy("*", rebind_example=address).addresses("rebind.example", 80)


def test_a_network_may_be_allowed() -> None:
    hosts = policy("172.18.0.0/16", web="172.18.0.5", db="172.19.0.5")
    assert hosts.addresses("web", 80) == ["172.18.0.5"]
    with pytest.raises(NetworkRefused):
        hosts.addresses("db", 80)


def test_loopback_is_for_callbacks_only() -> None:
    assert policy(loopback=True).addresses("127.0.0.1", 80) == ["127.0.0.1"]
    assert policy(loopback=True, localhost="::1,127.0.0.1").addresses("localhost", 80) == ["::1", "127.0.0.1"]
    with pytest.raises(NetworkRefused):
        policy(loopback=True, odd="127.0.0.1,10.0.0.1").addresses("odd", 80)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("file:///etc/passwd", "only http and https"),
        ("gopher://127.0.0.1/", "only http and https"),
        ("//127.0.0.1/", "only http and https"),
        ("http:///x", "only http and https"),
        ("http://user:pw@127.0.0.1/", "names a user"),
        ("http://127.0.0.1:99999/", "is no URL"),
        ("http://[::1/", "is no URL"),
        ("http://10.1.2.3/", "not among the allowed hosts"),
    ],
)
def test_error_urls(url: str, message: str) -> None:
    with pytest.raises(NetworkRefused, match=message) as caught:
        request(policy(loopback=True), "GET", url)
    assert "pw" not in str(caught.value)


def test_a_request_goes_to_the_address_that_was_checked() -> None:
    with Listener(reply=b"hello") as app:
        hosts = policy(loopback=True, some_name="127.0.0.1")
        reply = request(hosts, "POST", f"http://some.name:{app.port}/a?b=c", body=b"x", headers={"X-Own": "1"})
    assert (reply.status, reply.body) == (200, b"hello")
    (got,) = app.got
    assert (got.method, got.path, got.body) == ("POST", "/a?b=c", b"x")
    assert (got.headers["host"], got.headers["x-own"]) == (f"some.name:{app.port}", "1")


def test_the_next_address_is_tried() -> None:
    with Listener() as app:
        hosts = policy("127.0.0.0/8", two_ways="127.9.9.9,127.0.0.1")
        assert request(hosts, "GET", f"http://two.ways:{app.port}/").status == 200


def test_a_redirect_is_checked_too() -> None:
    with Listener(status=302, headers={"Location": "http://10.0.0.1/secret"}) as app:
        with pytest.raises(NetworkRefused, match=r"10\.0\.0\.1 is not among"):
            request(policy(loopback=True), "GET", app.url)
        assert request(policy(loopback=True), "GET", app.url, redirects=0).status == 302


def test_redirects_end() -> None:
    with Listener(status=302, headers={"Location": "/again"}) as app:
        with pytest.raises(NetworkFailed, match="more than 3 redirects"):
            request(policy(loopback=True), "GET", app.url)
        assert len(app.got) == 4


def test_a_reply_has_a_limit() -> None:
    with Listener(reply=bytes(100_000)) as app, pytest.raises(NetworkFailed, match="longer than 1000 bytes"):
        request(policy(loopback=True), "GET", app.url, max_bytes=1000)


def test_error_no_time_left() -> None:
    with Listener() as app, pytest.raises(NetworkFailed, match="took too long"):
        request(policy(loopback=True), "GET", app.url, seconds=0)


def test_error_nobody_there() -> None:
    with Listener() as app:
        pass
    with pytest.raises(NetworkFailed, match=r"127\.0\.0\.1: "):
        request(policy(loopback=True), "GET", app.url)
    with pytest.raises(NetworkFailed, match="no such host"):
        request(Policy(("*",)), "GET", "http://nothing.invalid/")
