"""Where keys come from: arguments, an official ``qiniu.Auth``, the environment, a file."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, cast, runtime_checkable

from qiniufop.client.auth import Credentials
from qiniufop.client.errors import CredentialsError

ACCESS_KEY = "QINIU_ACCESS_KEY"
SECRET_KEY = "QINIU_SECRET_KEY"
PROFILE = "QINIU_PROFILE"
PROFILE_FILE = "QINIU_PROFILE_FILE"


@runtime_checkable
class OfficialAuth(Protocol):
    """An official ``qiniu.Auth``, or anything that tells its keys in the same way."""

    def get_access_key(self) -> str:
        """The access key."""
        ...

    def get_secret_key(self) -> str | bytes:
        """The secret key; the official class has it as bytes."""
        ...


def credentials(access_key: str | Credentials | OfficialAuth, secret_key: str | None = None) -> Credentials:
    """Keys from what a caller has in hand: two strings, :class:`Credentials`, or an official ``qiniu.Auth``.

    Raises:
        CredentialsError: a key is missing or cannot be one.
    """
    if isinstance(access_key, Credentials):
        return access_key
    if isinstance(access_key, str):
        return Credentials(access_key, secret_key or "")
    if isinstance(cast(object, access_key), OfficialAuth):
        secret = access_key.get_secret_key()
        return Credentials(access_key.get_access_key(), secret.decode() if isinstance(secret, bytes) else secret)
    raise CredentialsError(
        f"{type(access_key).__name__} holds no keys: expected two strings, Credentials, or a qiniu.Auth"
    )


def from_env(environ: Mapping[str, str] | None = None, *, profile: str | None = None) -> Credentials:
    """Keys from ``QINIU_ACCESS_KEY`` and ``QINIU_SECRET_KEY``, else from the profile file.

    Args:
        environ: instead of this process's environment.
        profile: the name of a profile to read from the file, whatever the environment holds.

    Raises:
        CredentialsError: there are none, or only one of the two.
    """
    env = os.environ if environ is None else environ
    access, secret = env.get(ACCESS_KEY, "").strip(), env.get(SECRET_KEY, "").strip()
    if profile is None and (access or secret):
        if not (access and secret):
            raise CredentialsError(f"{SECRET_KEY if access else ACCESS_KEY} is not set, although the other key is")
        return Credentials(access, secret)
    path = profile_path(env)
    name = profile or env.get(PROFILE) or "default"
    if profile is None and not path.is_file():
        raise CredentialsError(f"no keys: set {ACCESS_KEY} and {SECRET_KEY}, or write a profile to {path}")
    return from_profile(path, name)


def profile_path(environ: Mapping[str, str] | None = None) -> Path:
    """Where profiles are kept: ``QINIU_PROFILE_FILE``, else ``~/.config/qiniufop/profiles.json``."""
    env = os.environ if environ is None else environ
    given = env.get(PROFILE_FILE)
    if given:
        return Path(given)
    config = env.get("XDG_CONFIG_HOME")
    return (Path(config) if config else Path.home() / ".config") / "qiniufop" / "profiles.json"


def from_profile(path: str | Path, name: str = "default") -> Credentials:
    """Keys from a JSON file: ``{"<name>": {"access_key": "...", "secret_key": "..."}}``.

    Raises:
        CredentialsError: the file or the profile does not exist, or has no keys. The file's text is never shown.
    """
    try:
        loaded: object = json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise CredentialsError(f"profile file {path}: {error.strerror or 'cannot be read'}") from None
    except ValueError:
        raise CredentialsError(f'profile file {path}: expected JSON, {{"default": {{"access_key": ...}}}}') from None
    profiles = cast("dict[str, Any]", loaded) if isinstance(loaded, dict) else {}
    found = profiles.get(name)
    if not isinstance(found, dict):
        names = ", ".join(profiles) or "none"
        raise CredentialsError(f"profile file {path} has no profile {name!r}; it has {names}")
    keys = cast("dict[str, Any]", found)
    access, secret = keys.get("access_key"), keys.get("secret_key")
    if not (isinstance(access, str) and isinstance(secret, str)):
        raise CredentialsError(f"profile {name!r} in {path}: expected access_key and secret_key, both text")
    return Credentials(access, secret)
