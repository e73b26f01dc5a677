"""Where keys come from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import qiniu

from qiniufop.client.auth import Credentials
from qiniufop.client.client import Client
from qiniufop.client.credentials import credentials, from_env, from_profile
from qiniufop.client.errors import CredentialsError

KEYS = Credentials("AK", "SK")


def test_two_strings() -> None:
    assert credentials("AK", "SK") == KEYS


def test_an_official_auth() -> None:
    assert credentials(qiniu.Auth("AK", "SK")) == KEYS
    assert credentials(KEYS) is KEYS
    with Client(qiniu.Auth("AK", "SK")) as client:
        assert client.settings.signer.credentials == KEYS


def test_error_something_else() -> None:
    with pytest.raises(CredentialsError) as caught:
        credentials(7)  # type: ignore[arg-type]
    assert str(caught.value) == "int holds no keys: expected two strings, Credentials, or a qiniu.Auth"
    with pytest.raises(CredentialsError, match="the secret key is empty"):
        credentials("AK")


def test_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINIU_ACCESS_KEY", " AK\n")
    monkeypatch.setenv("QINIU_SECRET_KEY", "SK")
    assert from_env() == KEYS
    with Client.from_env(bucket="bkt") as client:
        assert (client.settings.signer.credentials, client.settings.bucket) == (KEYS, "bkt")


@pytest.mark.parametrize(
    ("env", "message"),
    [
        ({"QINIU_ACCESS_KEY": "AK"}, "QINIU_SECRET_KEY is not set, although the other key is"),
        ({"QINIU_SECRET_KEY": "SK"}, "QINIU_ACCESS_KEY is not set, although the other key is"),
        (
            {"QINIU_PROFILE_FILE": "/nowhere/p.json"},
            "no keys: set QINIU_ACCESS_KEY and QINIU_SECRET_KEY, or write a profile to /nowhere/p.json",
        ),
    ],
)
def test_error_environment(env: dict[str, str], message: str) -> None:
    with pytest.raises(CredentialsError) as caught:
        from_env(env)
    assert str(caught.value) == message


@pytest.fixture
def profiles(tmp_path: Path) -> Path:
    path = tmp_path / "qiniufop" / "profiles.json"
    path.parent.mkdir()
    keys = {"access_key": "AK", "secret_key": "SK"}
    path.write_text(json.dumps({"default": keys, "work": {**keys, "access_key": "AK2"}, "bad": {"access_key": 1}}))
    return path


def test_a_profile(profiles: Path) -> None:
    assert from_profile(profiles) == KEYS
    assert from_env({"QINIU_PROFILE_FILE": str(profiles)}) == KEYS
    assert from_env({"XDG_CONFIG_HOME": str(profiles.parent.parent)}) == KEYS
    work = Credentials("AK2", "SK")
    assert from_env({"QINIU_PROFILE_FILE": str(profiles), "QINIU_PROFILE": "work"}) == work
    both = {"QINIU_PROFILE_FILE": str(profiles), "QINIU_ACCESS_KEY": "A", "QINIU_SECRET_KEY": "S"}
    assert from_env(both, profile="work") == work
    assert from_env(both) == Credentials("A", "S")


def test_error_profiles(profiles: Path) -> None:
    def message(path: Path, name: str) -> str:
        with pytest.raises(CredentialsError) as caught:
            from_profile(path, name)
        assert caught.value.__cause__ is None
        return str(caught.value).removeprefix(f"profile file {path}")

    assert message(profiles, "other") == " has no profile 'other'; it has default, work, bad"
    assert message(profiles, "bad") == f"profile 'bad' in {profiles}: expected access_key and secret_key, both text"
    assert message(profiles.parent / "none.json", "x") == ": No such file or directory"
    profiles.write_text('{"default": "SECRET')
    assert message(profiles, "x") == ': expected JSON, {"default": {"access_key": ...}}'


def test_no_secret_is_ever_shown() -> None:
    with Client("AK", "VERY_SECRET") as client:
        for thing in (client, client.settings, client.settings.signer, client.job("z0.1")):
            assert "VERY_SECRET" not in repr(thing)
        request = client.settings.signer.request("GET", "https://h/status/get/prefop?id=1")
        assert "AK" not in repr(request)
