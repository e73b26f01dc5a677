"""Signatures of the service, made and checked. Nothing here does I/O, reads a clock or logs.

Every scheme is HMAC-SHA1 under the secret key, written in URL-safe base64 with its padding:

====================  =======================================================  ==========================
used for              what is signed                                           made by
====================  =======================================================  ==========================
QBox requests         path, query and, for forms only, the body                :func:`qbox_token`
Qiniu (v2) requests   method, path, query, host, type, X-Qiniu-*, the body     :func:`qiniu_token`
uploads               the base64 of the put policy                             :func:`upload_token`
private downloads     the whole URL up to and with ``e=``                      :func:`download_url`
synchronous saveas    the URL without its scheme                               :func:`saveas_url`
====================  =======================================================  ==========================

A ``url`` may be whole (``https://host/path?query``) or a bare ``/path?query``; it is used exactly as written.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any, Literal, cast

from qiniufop.client.errors import CredentialsError

FORM = "application/x-www-form-urlencoded"
"""The only content type whose body a QBox signature covers."""

MAX_SKEW = 15 * 60
"""How many seconds ``X-Qiniu-Date`` may differ from the server's clock."""

Scheme = Literal["QBox", "Qiniu"]
Problem = Literal["missing", "malformed", "unknown-key", "bad-signature", "skewed", "expired"]


@dataclass(frozen=True)
class Credentials:
    """An access key and its secret key. The secret never shows in ``repr``.

    Raises:
        CredentialsError: a key is empty, or holds white space, a colon or a control character.
    """

    access_key: str
    secret_key: str = field(repr=False)

    def __post_init__(self) -> None:
        for what, value in (("access key", self.access_key), ("secret key", self.secret_key)):
            if not isinstance(cast(object, value), str) or not value:
                raise CredentialsError(f"the {what} is empty; expected the text shown in the console under Keys")
            if not (value.isascii() and value.isprintable()) or any(c in " :" for c in value):
                raise CredentialsError(f"the {what} holds white space, a colon or a character that no key has")

    def sign(self, data: bytes) -> str:
        """The signature of ``data`` alone, without the access key."""
        return encode(hmac.digest(self.secret_key.encode(), data, "sha1"))

    def token(self, data: bytes) -> str:
        """``<access key>:<signature>``."""
        return f"{self.access_key}:{self.sign(data)}"

    def token_with_data(self, data: bytes) -> str:
        """``<access key>:<signature>:<data>``, where the base64 of ``data`` is what is signed."""
        text = encode(data)
        return f"{self.token(text.encode())}:{text}"


@dataclass(frozen=True)
class Verdict:
    """What checking a signature found. True in a condition when the signature is good.

    Attributes:
        problem: None, or what is wrong: ``missing``, ``malformed``, ``unknown-key``, ``bad-signature``,
            ``skewed`` (X-Qiniu-Date too far off) or ``expired``.
        scheme: the scheme the header names, if it names one of ours.
        access_key: the key that was presented, if one was.
        covers_body: whether changing the body would have been noticed.
    """

    problem: Problem | None
    scheme: Scheme | None = None
    access_key: str | None = None
    covers_body: bool = False

    def __bool__(self) -> bool:
        return self.problem is None


Keys = Credentials | Iterable[Credentials]
"""One pair of keys, or all pairs of an account: it may have two while they are being exchanged."""


def encode(data: bytes) -> str:
    """URL-safe base64, padding kept."""
    return base64.urlsafe_b64encode(data).decode()


def decode(text: str) -> bytes:
    """The bytes of URL-safe base64, whether padded or not.

    Raises:
        ValueError: it is none.
    """
    bare = text.rstrip("=")
    return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))


def encode_entry(bucket: str, key: str | None = None) -> str:
    """EncodedEntryURI: ``bucket`` or ``bucket:key`` in URL-safe base64. An empty key is not the same as no key."""
    return encode((bucket if key is None else f"{bucket}:{key}").encode())


# requests


def qbox_token(credentials: Credentials, url: str, body: bytes = b"", content_type: str | None = None) -> str:
    """The legacy management token. The body counts only when ``content_type`` is the form type."""
    return credentials.token(_qbox_text(url, body, content_type))


def qiniu_token(
    credentials: Credentials, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> str:
    """The v2 management token.

    Args:
        headers: those that will be sent. ``Host`` (else taken from ``url``), ``Content-Type`` and every ``X-Qiniu-*``
            are signed; the rest is ignored. Case does not matter.
        body: signed when there is a content type other than ``application/octet-stream``.
    """
    return credentials.token(_qiniu_text(method, url, _lower(headers), body))


def authorization(
    credentials: Credentials,
    scheme: Scheme,
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> str:
    """The value of an ``Authorization`` header in either scheme."""
    if scheme == "Qiniu":
        return f"Qiniu {qiniu_token(credentials, method, url, headers, body)}"
    return f"QBox {qbox_token(credentials, url, body, _lower(headers).get('content-type'))}"


def qiniu_date(timestamp: float) -> str:
    """A Unix time as ``X-Qiniu-Date`` wants it, such as ``20250101T000000Z``."""
    return datetime.fromtimestamp(timestamp, timezone.utc).strftime("%Y%m%dT%H%M%SZ")


def verify_request(
    keys: Keys,
    authorization: str | None,
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    *,
    now: float | None = None,
) -> Verdict:
    """Check an ``Authorization`` header of either scheme, in constant time.

    Args:
        url: as the sender knew it. For Qiniu the host is taken from it unless ``headers`` have ``Host``.
        now: Unix time to hold ``X-Qiniu-Date`` against, or None to leave the date alone.
    """
    if not authorization:
        return Verdict("missing")
    name, _, token = authorization.partition(" ")
    if name not in ("QBox", "Qiniu"):
        return Verdict("malformed")
    scheme: Scheme = "Qiniu" if name == "Qiniu" else "QBox"
    fields = _lower(headers)
    content_type = fields.get("content-type")
    if scheme == "Qiniu":
        covers = bool(content_type) and content_type != "application/octet-stream"
        text = _qiniu_text(method, url, fields, body)
    else:
        covers = content_type == FORM
        text = _qbox_text(url, body, content_type)
    access_key, problem = _check(keys, token.strip(), text)
    if problem is None and scheme == "Qiniu" and now is not None and "x-qiniu-date" in fields:
        sent = _timestamp(fields["x-qiniu-date"])
        problem = "skewed" if sent is None or abs(now - sent) > MAX_SKEW else None
    return Verdict(problem, scheme, access_key, covers)


# uploads


def upload_token(credentials: Credentials, policy: Mapping[str, Any] | str) -> str:
    """The token of an upload.

    Args:
        policy: fields by their wire names, with at least ``scope`` and ``deadline``; or its JSON, signed byte for byte.
    """
    text = policy if isinstance(policy, str) else json.dumps(dict(policy), separators=(",", ":"))
    return credentials.token_with_data(text.encode())


def verify_upload_token(keys: Keys, token: str, *, now: float | None = None) -> tuple[Verdict, dict[str, Any]]:
    """Check an upload token and read its policy.

    Args:
        now: Unix time to hold the policy's ``deadline`` against, or None to leave it alone.

    Returns:
        The verdict, and the policy (empty unless the signature is good).
    """
    head, _, data = token.rpartition(":")
    access_key, problem = _check(keys, head, data.encode())
    if problem is not None:
        return Verdict(problem, access_key=access_key), {}
    try:
        policy: object = json.loads(decode(data))
    except ValueError:
        policy = None
    if not isinstance(policy, dict):
        return Verdict("malformed", access_key=access_key), {}
    policy = cast("dict[str, Any]", policy)
    deadline = policy.get("deadline")
    late = now is not None and (not isinstance(deadline, int) or deadline < now)
    return Verdict("expired" if late else None, access_key=access_key, covers_body=True), policy


# downloads and synchronous processing


def download_url(credentials: Credentials, url: str, deadline: int) -> str:
    """``url`` made readable in a private bucket until ``deadline`` (Unix seconds).

    Put the path's percent-encoding and every operation in first: what is added to a signed URL breaks it.
    """
    signed = f"{url}{'&' if '?' in url else '?'}e={deadline:d}"
    return f"{signed}&token={credentials.token(signed.encode())}"


def verify_download_url(keys: Keys, url: str, *, now: float | None = None) -> Verdict:
    """Check the ``e=`` and ``token=`` of a private URL, scheme included.

    Args:
        now: Unix time to hold ``e`` against, or None to leave it alone.
    """
    signed, mark, token = url.rpartition("&token=")
    if not mark:
        return Verdict("missing")
    before, _, deadline = signed.rpartition("e=")
    if before[-1:] not in ("?", "&") or not (deadline.isascii() and deadline.isdigit()):
        return Verdict("malformed")
    access_key, problem = _check(keys, token, signed.encode())
    if problem is None and now is not None and int(deadline) < now:
        problem = "expired"
    return Verdict(problem, access_key=access_key)


def saveas_url(credentials: Credentials, url: str, bucket: str, key: str | None = None) -> str:
    """``url`` with a signed ``saveas`` at its end, so that reading it also stores the result.

    Args:
        url: with its operations in the query and nothing after them. For a private bucket sign the result again
            with :func:`download_url`, in this order.
        key: None lets the service choose the key.
    """
    whole = f"{url}{'|' if '?' in url else '?'}saveas/{encode_entry(bucket, key)}"
    return f"{whole}/sign/{credentials.token(_without_scheme(whole).encode())}"


def verify_saveas_url(keys: Keys, url: str) -> Verdict:
    """Check the ``/sign/`` of a synchronous ``saveas``. Later options and ``&e=...&token=...`` are not looked at."""
    signed, mark, rest = url.rpartition("/sign/")
    if not mark or "saveas/" not in signed:
        return Verdict("missing")
    token = rest.partition("&")[0].partition("/")[0]
    access_key, problem = _check(keys, token, _without_scheme(signed).encode())
    return Verdict(problem, access_key=access_key)


# what is signed


def _qbox_text(url: str, body: bytes, content_type: str | None) -> bytes:
    text = f"{_split(url)[1]}\n".encode()
    return text + body if content_type == FORM else text


def _qiniu_text(method: str, url: str, fields: Mapping[str, str], body: bytes) -> bytes:
    host, target = _split(url)
    lines = [f"{method} {target}", f"Host: {fields.get('host') or host}"]
    content_type = fields.get("content-type")
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    extra = sorted((_canonical(k), v) for k, v in fields.items() if k.startswith("x-qiniu-") and k != "x-qiniu-")
    lines += [f"{name}: {value}" for name, value in extra]
    text = ("\n".join(lines) + "\n\n").encode()
    return text + body if content_type and content_type != "application/octet-stream" else text


def _split(url: str) -> tuple[str, str]:
    """Host and raw path with query. An empty query counts as none."""
    rest = url if url.startswith("/") else _without_scheme(url)
    rest = rest.partition("#")[0]
    cut = min((i for i in (rest.find("/"), rest.find("?")) if i >= 0), default=len(rest))
    target = rest[cut:]
    return rest[:cut], target[:-1] if target.endswith("?") and target.count("?") == 1 else target


def _without_scheme(url: str) -> str:
    return url.partition("://")[2] or url


@lru_cache(64)
def _canonical(name: str) -> str:
    return "-".join(word[:1].upper() + word[1:] for word in name.split("-"))


def _lower(headers: Mapping[str, str] | None) -> dict[str, str]:
    return {k.lower(): v for k, v in headers.items()} if headers else {}


def _timestamp(text: str) -> float | None:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc).timestamp()
    except ValueError:
        return None


def _check(keys: Keys, token: str, text: bytes) -> tuple[str | None, Problem | None]:
    """The access key that ``token`` shows, and what is wrong with it."""
    access_key, colon, signature = token.partition(":")
    if not colon or not signature.isascii():
        return access_key or None, "malformed"
    for credentials in (keys,) if isinstance(keys, Credentials) else keys:
        if credentials.access_key == access_key:
            good = hmac.compare_digest(credentials.sign(text), signature)
            return access_key, None if good else "bad-signature"
    return access_key, "unknown-key"
