"""Jobs: submitted, and looked at."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

from ..client.auth import Credentials
from ..client.client import Client
from ..client.credentials import OfficialAuth, credentials
from ..client.errors import ClientError, NotTheService, ServiceError, SubmitRefused, SubmitUncertain, TransportError
from ..client.exchange import Steps
from ..client.messages import Answer, Reply, Send
from ..core import Value
from .auth import Auth
from .builders import read

API_HOST = "QINIUFOP_API_HOST"
"""The variable that names another host, such as that of a dev server."""


class ResponseInfo:
    """What came back, or that nothing did.

    Attributes:
        status_code: the HTTP status, or -1 without a reply.
        text_body: the reply, or None.
        req_id: ``X-Reqid``, which the service's support asks for, or None.
        x_log: ``X-Log``, or None.
        url: what was asked, or None.
        error: what went wrong, or None.
        exception: the same as qiniufop's exception, or None.
    """

    def __init__(self, url: str | None, answer: Answer | None, exception: ClientError | None = None) -> None:
        reply = answer if isinstance(answer, Reply) else None
        self.exception = exception
        self.url = url
        self.status_code = reply.status if reply else -1
        self.text_body = reply.text if reply else None
        self.req_id = reply.request_id if reply else None
        self.x_log = reply.headers.get("x-log") if reply else None
        self.error = None
        if exception is not None:
            refused = isinstance(exception, ServiceError) and self.text_body
            self.error = self.text_body if refused else str(exception)

    def ok(self) -> bool:
        """Whether the service accepted the request. A 200 from something else is not that."""
        return self.exception is None and self.status_code // 100 == 2

    def need_retry(self) -> bool:
        """Whether it makes sense to repeat the call. What can be repeated safely has been, already."""
        return isinstance(self.exception, TransportError) or (
            isinstance(self.exception, ServiceError) and self.status_code >= 500 and self.status_code != 612
        )

    def connect_failed(self) -> bool:
        """Whether the service was not reached."""
        return self.status_code < 0 or self.req_id is None

    def json(self) -> Any:
        """The reply read as JSON; an empty dict if it is none."""
        try:
            return json.loads(self.text_body or "")
        except ValueError:
            return {}

    def __repr__(self) -> str:
        return ", ".join(f"{name}:{value}" for name, value in vars(self).items())


class PersistentFop:
    """Submits jobs on the objects of a bucket and tells how they stand.

    Args:
        auth: the keys: :class:`Auth`, an official ``qiniu.Auth``, or :class:`~qiniufop.client.auth.Credentials`.
        bucket: of the sources.
        pipeline: the queue.
        notify_url: where the service posts the result.
        client: use this client, with its hosts, timeouts and transport, instead of a new one.
    """

    def __init__(
        self,
        auth: Auth | Credentials | OfficialAuth,
        bucket: str,
        pipeline: str | None = None,
        notify_url: str | None = None,
        *,
        client: Client | None = None,
    ) -> None:
        self.auth = auth
        self.bucket = bucket
        self.pipeline = pipeline
        self.notify_url = notify_url
        undated = getattr(auth, "disable_qiniu_timestamp_signature", None)
        self._client = client or Client(
            credentials(auth), api_host=os.environ.get(API_HOST) or None, signature="QBox" if undated else "Qiniu"
        )

    def execute(
        self,
        key: str,
        fops: str | Value | Iterable[str | Value] | None = None,
        force: bool | int | str | None = None,
        persistent_type: int | str | None = None,
        workflow_template_id: str | None = None,
    ) -> tuple[dict[str, Any] | None, ResponseInfo]:
        """Submit a job.

        Args:
            key: of the source.
            fops: the commands: text, which is checked and sent as written, or a list of texts or typed commands.
            force: True or 1 runs the job although its output exists.
            persistent_type: 1 runs it in spare capacity, 0 or None normally.
            workflow_template_id: a workflow's name, instead of commands. It needs no ``persistent_type``.

        Returns:
            ``({"persistentId": ...}, info)``, or ``(None, info)`` if the service did not accept it.

        Raises:
            SubmitRefused: the arguments contradict one another. Nothing was sent. It is a ``ValueError``.
            FopError: a command is not valid. Nothing was sent. It is a ``ValueError`` or a ``TypeError``.
        """
        settings = self._client.settings
        wanted = settings.submission(
            self.bucket,
            key,
            _commands(fops),
            workflow_template_id=workflow_template_id,
            force=_switch("force", force),
            idle=_idle(persistent_type, workflow_template_id),
            pipeline=self.pipeline,
            notify_url=self.notify_url,
        )
        return self._call(settings.submit(wanted, settings.limits, settings.directory))

    def get_status(self, persistent_id: str) -> tuple[dict[str, Any] | None, ResponseInfo]:
        """How a job stands.

        Returns:
            The service's JSON and the reply, or ``(None, info)``. ``ret["code"]`` is 0 for success, 1 while the job
            waits or runs, and 3 for failure; if the service said another code, that is ``ret["serviceCode"]``. Items
            of a success have a ``key`` (that of the first output, or empty) and failed ones an ``error``.

        Raises:
            ValueError: the id is empty.
        """
        settings = self._client.settings
        status, info = self._call(settings.ask(persistent_id, settings.limits, settings.directory))
        return status if status is None else _for_loops(status), info

    def _call(self, steps: Steps[Any]) -> tuple[dict[str, Any] | None, ResponseInfo]:
        seen: list[tuple[str, Answer]] = []
        try:
            self._client.carry_out(_noting(steps, seen))
        except (TransportError, SubmitUncertain, NotTheService, ServiceError) as error:
            return None, ResponseInfo(*seen[-1], error)
        info = ResponseInfo(*seen[-1])
        return info.json(), info


def _commands(fops: object) -> list[Value]:
    if fops is None or fops == "":
        return []
    if isinstance(fops, (str, Value)):
        return [read(fops)]
    given: Any = fops
    if isinstance(given, (Mapping, bytes)) or not hasattr(given, "__iter__"):
        raise SubmitRefused(f"fops is a {type(fops).__name__}: expected text, or a list of commands")
    return [read(item) for item in given]


def _switch(name: str, value: object) -> bool:
    if value is None or value in (0, "0", ""):
        return False
    if value is True or (value in (1, "1") and not isinstance(value, float)):
        return True
    raise SubmitRefused(f"{name}={value!r}: expected True or 1, else False, 0 or None")


def _idle(value: object, template: str | None) -> bool:
    if template is not None and value in (2, "2"):
        warnings.warn(
            "persistent_type=2 does not exist and is not sent: a workflow needs workflow_template_id only",
            stacklevel=3,
        )
        return False
    if not isinstance(value, (bool, float)) and value in (None, 0, 1, "0", "1", ""):
        return value in (1, "1")
    raise SubmitRefused(
        f"persistent_type={value!r}: the service knows 0 (normal) and 1 (idle time) and nothing else; "
        "for a workflow give workflow_template_id alone"
    )


def _noting(steps: Steps[Any], seen: list[tuple[str, Answer]]) -> Steps[Any]:
    """The same conversation, with what was asked and answered noted."""
    answer: Answer | None = None
    while True:
        try:
            step = steps.send(answer)
        except StopIteration as end:
            return end.value
        answer = yield step
        if isinstance(step, Send) and answer is not None:
            seen.append((step.request.url, answer))


_LOOPS = {2: 1, 4: 0}


def _for_loops(status: dict[str, Any]) -> dict[str, Any]:
    """A job as poll loops can take it that know 0 (done), 1 (in progress) and failure."""
    items: list[dict[str, Any]] = status.get("items") or []
    return {**_recoded(status), "desc": status.get("desc") or "", "items": [_item(item) for item in items]}


def _item(item: dict[str, Any]) -> dict[str, Any]:
    shown = _recoded(item)
    if shown.get("code") == 0 and shown.get("key") is None:
        shown["key"] = next(iter(shown.get("keys") or ()), "")
    if shown.get("code") == 3 and not shown.get("error"):
        shown["error"] = shown.get("desc") or "no reason given"
    return shown


def _recoded(shown: dict[str, Any]) -> dict[str, Any]:
    code = shown.get("code")
    return {**shown, "code": _LOOPS[code], "serviceCode": code} if code in _LOOPS else {**shown}
