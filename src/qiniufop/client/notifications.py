"""The service's notification that a job has ended: read, verified, handled once.

The service posts the job as JSON, once, when all its commands have ended, and again if the answer was not 200. Its
``Authorization`` header is a ``Qiniu`` signature, which covers the body, or on older deployments a ``QBox`` one, which
does not: whoever saw one such request can send it again with another body. The documentation promises no signature.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, cast

from qiniufop.client.auth import Credentials, Keys, verify_request
from qiniufop.client.credentials import OfficialAuth, credentials
from qiniufop.client.errors import ClientError, UntrustedEvent
from qiniufop.client.models import JobItem, JobStatus, Output
from qiniufop.client.waiting import job_failed, read_status

if TYPE_CHECKING:
    from qiniufop.client.aio import AsyncClient
    from qiniufop.client.client import Client


class Trust(Enum):
    """How far what an event says can be believed."""

    NONE = "none"
    """Nobody signed it: anybody may have written it."""
    SENDER = "sender"
    """Signed by the service, but not what it says (``QBox``). The job's id is a hint to look, no more."""
    CONTENT = "content"
    """Signed with all it says (``Qiniu``)."""
    CONFIRMED = "confirmed"
    """The service was asked again and said this."""


@dataclass(frozen=True)
class Event:
    """A job has ended.

    Attributes:
        job: the job, as the notification says or, once confirmed, as the service says.
        trust: how far that can be believed.
    """

    job: JobStatus
    trust: Trust

    @property
    def trusted(self) -> bool:
        """Whether what the event says can be believed. If not, :meth:`confirm` it before acting on it."""
        return self.trust in (Trust.CONTENT, Trust.CONFIRMED)

    @property
    def id(self) -> str:
        """The job's id: the name under which an event is handled once."""
        return self.job.id

    @property
    def ok(self) -> bool:
        """Whether every command made what it was to make."""
        return self.job.ok

    @property
    def outputs(self) -> tuple[Output, ...]:
        """What the commands that succeeded have made."""
        return self.job.outputs

    @property
    def failed(self) -> tuple[JobItem, ...]:
        """The commands that did not succeed."""
        return self.job.failed

    def check(self) -> JobStatus:
        """The job, if it ended well.

        Raises:
            JobFailed: it did not.
        """
        if not self.ok:
            raise job_failed(self.job)
        return self.job

    def confirm(self, client: Client) -> Event:
        """Ask the service about the job instead of believing the event.

        Raises:
            JobNotFound: there is no such job: the event was made up.
            UntrustedEvent: there is, but it has not ended.
        """
        return self._confirmed(client.status(self.id))

    async def confirm_async(self, client: AsyncClient) -> Event:
        """The same as :meth:`confirm`, for async programs."""
        return self._confirmed(await client.status(self.id))

    def _confirmed(self, job: JobStatus) -> Event:
        if not job.done:
            raise UntrustedEvent(
                f"the notification says that job {self.id} has ended; the service says: {job.desc or job.state.value}",
                hint="Answer with an error, so that it is sent again, or look later.",
            )
        return replace(self, job=job, trust=Trust.CONFIRMED)


class Receiver:
    """Reads notifications and verifies who sent them.

    Args:
        access_key: the access key; or both as :class:`~qiniufop.client.auth.Credentials` or an official ``qiniu.Auth``;
            or several Credentials, while the keys of an account are being exchanged.
        secret_key: the secret key.
        url: the public URL the service posts to, exactly as given as ``notify_url``. Needed behind a proxy that
            changes host or path. None takes host and path from each request.
        require: refuse events that are trusted less than this. By default unsigned ones are read, too: look at
            ``event.trusted``.
    """

    def __init__(
        self,
        access_key: str | Credentials | OfficialAuth | list[Credentials],
        secret_key: str | None = None,
        *,
        url: str | None = None,
        require: Trust = Trust.NONE,
    ) -> None:
        self._keys: Keys = access_key if isinstance(access_key, list) else credentials(access_key, secret_key)
        self._url = url
        self._require = require

    def receive(self, body: bytes | str, headers: Mapping[str, str], *, method: str = "POST", url: str = "/") -> Event:
        """Verify and read one request. Answer it with 200 when it has been handled, else it is sent again.

        Args:
            body: raw, as it arrived; not a form and not JSON that was read and written again.
            headers: of the request.
            url: of the request, whole or from the path on. Not needed if the receiver knows its public URL.

        Raises:
            UntrustedEvent: the signature is wrong, or the event is trusted less than required.
            ValueError: the body is not a job.
        """
        data = body.encode() if isinstance(body, str) else body
        given = {name.lower(): value for name, value in headers.items()}
        if self._url:
            given.pop("host", None)
        authorization = given.get("authorization")
        verdict = verify_request(self._keys, authorization, method, self._url or url, given, data)
        if verdict:
            trust = Trust.CONTENT if verdict.covers_body else Trust.SENDER
        elif verdict.problem == "missing":
            trust = Trust.NONE
        else:
            raise UntrustedEvent(_WHY[verdict.problem or "malformed"], hint=_BEHIND_A_PROXY)
        if _RANK[trust] < _RANK[self._require]:
            raise UntrustedEvent(_LESS[trust], hint="Confirm it with event.confirm(client), or require less.")
        return Event(read_event(data), trust)


def read_event(body: bytes) -> JobStatus:
    """The job in a notification's body, whoever wrote it.

    Raises:
        UntrustedEvent: it is no job.
    """
    try:
        payload: object = json.loads(body)
    except ValueError:
        form = " It looks like a form: read the raw body." if b"=" in body[:100] and body[:1] not in b"{[" else ""
        raise UntrustedEvent(f"the notification is not JSON.{form}") from None
    if not isinstance(payload, dict) or not isinstance(cast("dict[str, Any]", payload).get("id"), str):
        raise UntrustedEvent("the notification holds no job: expected a JSON object with id and code")
    job = cast("dict[str, Any]", payload)
    try:
        return read_status(job, job["id"])
    except ClientError as error:
        raise UntrustedEvent(f"the notification holds no job: {error.message}", hint=error.hint) from error


_RANK = {Trust.NONE: 0, Trust.SENDER: 1, Trust.CONTENT: 2, Trust.CONFIRMED: 3}
_LESS = {
    Trust.NONE: "the notification is not signed",
    Trust.SENDER: "the notification is signed with QBox, which does not cover its body",
    Trust.CONTENT: "the notification is signed, but was not confirmed",
}
_WHY = {
    "malformed": "the Authorization header of the notification is neither Qiniu nor QBox",
    "unknown-key": "the notification is signed with an access key that is not yours",
    "bad-signature": "the signature of the notification does not match",
}
_BEHIND_A_PROXY = (
    "Somebody else sent it; or a proxy changed host, path or body: give Receiver the public URL, "
    "and receive the raw body."
)
