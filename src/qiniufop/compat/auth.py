"""The keys, and what is signed with them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from ..client import auth as signing
from ..client.auth import Credentials
from ..client.policy import PutPolicy


class Auth:
    """The keys, as the official ``qiniu.Auth``.

    Args:
        access_key: the access key.
        secret_key: the secret key. It never shows in ``repr``.
        disable_qiniu_timestamp_signature: True signs requests without their date.

    Raises:
        CredentialsError: a key is empty or cannot be one. It is a ``ValueError``.
    """

    def __init__(self, access_key: str, secret_key: str, disable_qiniu_timestamp_signature: bool | None = None) -> None:
        self._keys = Credentials(access_key, secret_key)
        self.disable_qiniu_timestamp_signature = disable_qiniu_timestamp_signature

    def __repr__(self) -> str:
        return f"Auth({self._keys.access_key!r})"

    def get_access_key(self) -> str:
        """The access key."""
        return self._keys.access_key

    def get_secret_key(self) -> bytes:
        """The secret key, as bytes."""
        return self._keys.secret_key.encode()

    def token(self, data: str | bytes) -> str:
        """``<access key>:<signature>``."""
        return self._keys.token(_bytes(data))

    def token_with_data(self, data: str | bytes) -> str:
        """``<access key>:<signature>:<base64 of data>``."""
        return self._keys.token_with_data(_bytes(data))

    def token_of_request(self, url: str, body: str | bytes | None = None, content_type: str | None = None) -> str:
        """The QBox token of a request; the body counts only if ``content_type`` is that of a form."""
        return signing.qbox_token(self._keys, url, _bytes(body or b""), content_type)

    def private_download_url(self, url: str, expires: int = 3600) -> str:
        """``url`` made readable in a private bucket for ``expires`` seconds."""
        return signing.download_url(self._keys, url, int(time.time()) + expires)

    def upload_token(
        self,
        bucket: str,
        key: str | None = None,
        expires: int = 3600,
        policy: Mapping[str, Any] | None = None,
        strict_policy: bool = True,
    ) -> str:
        """The token of an upload.

        Args:
            bucket: where to.
            key: under which key, or None for any that does not exist yet.
            expires: seconds from now.
            policy: further fields of the put policy, by their wire names.
            strict_policy: refuse fields that do not exist or contradict one another, instead of dropping them.

        Raises:
            PolicyError: the policy is misspelt or contradicts itself. It is a ``ValueError``.
        """
        fields = dict(policy or {})
        if strict_policy or not bucket:
            PutPolicy(bucket=bucket, key=key, **fields)
        scope = bucket if key is None else f"{bucket}:{key}"
        return signing.upload_token(self._keys, {"scope": scope, "deadline": int(time.time()) + expires, **fields})

    @staticmethod
    def up_token_decode(up_token: str) -> tuple[str, bytes, dict[str, Any]]:
        """Access key, signature and policy of an upload token, which is not verified.

        Raises:
            ValueError: it is no upload token.
        """
        access_key, sign, policy = up_token.split(":")
        return access_key, signing.decode(sign), json.loads(signing.decode(policy))

    @staticmethod
    def get_bucket_name(up_token: str) -> str | None:
        """The bucket of an upload token, which is not verified."""
        scope = Auth.up_token_decode(up_token)[2].get("scope")
        return scope.partition(":")[0] if scope else None

    def verify_callback(
        self,
        origin_authorization: str | None,
        url: str,
        body: str | bytes,
        content_type: str = signing.FORM,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
    ) -> bool:
        """Whether a request was signed with these keys, in either scheme, compared in constant time.

        Args:
            origin_authorization: the request's ``Authorization``.
            url: where it was sent.
            body: as it arrived. QBox covers it only if it is a form.
            content_type: of the body.
            method: of the request.
            headers: of the request; ``Host`` and ``X-Qiniu-*`` count.
        """
        sent = {**(headers or {}), "Content-Type": content_type}
        return bool(signing.verify_request(self._keys, origin_authorization, method, url, sent, _bytes(body)))


def entry(bucket: str, key: str | None = None) -> str:
    """``bucket`` or ``bucket:key`` in base64, as ``saveas/`` wants it."""
    return signing.encode_entry(bucket, key)


def urlsafe_base64_encode(data: str | bytes) -> str:
    """URL-safe base64, padding kept."""
    return signing.encode(_bytes(data))


def _bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data
