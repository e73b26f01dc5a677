"""Tells a job's ``notifyURL`` what came of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

from ..client.auth import Credentials, authorization
from ..errors import FopError
from .jobs import Job
from .network import Policy, request

PAUSES = (0.5, 2.0)
"""Seconds before the second and the third try."""
SECONDS = 10.0
"""How long one try may take."""

_TYPE = "application/json"
_log = logging.getLogger(__name__)


class Notifier:
    """Sends notifications, signed as the service signs them.

    Args:
        credentials: whose keys sign.
        policy: which hosts may be told.
        show: makes the JSON of a job.
        pause: waits some seconds; returns True if waiting is to be given up.
    """

    def __init__(
        self,
        credentials: Credentials,
        policy: Policy,
        show: Callable[[Job], object],
        pause: Callable[[float], bool],
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        self._credentials = credentials
        self._policy = policy
        self._show = show
        self._pause = pause
        self._pauses = pauses

    def tell(self, job: Job) -> bool:
        """POST the job to its URL until the answer is 200, at most three times. Whether it was."""
        url = job.submission.notify_url
        body = json.dumps(self._show(job), ensure_ascii=False, separators=(",", ":")).encode()
        for n in range(len(self._pauses) + 1):
            if n and self._pause(self._pauses[n - 1]):
                return False
            try:
                status = self.post(url, body, _TYPE)
            except (FopError, ValueError) as error:
                _log.warning("job %s: notifying failed: %s", job.id, error)
                continue
            if status == 200:
                return True
            _log.warning("job %s: the notified server answered %d instead of 200", job.id, status)
        return False

    def post(self, url: str, body: bytes, content_type: str) -> int:
        """One signed POST. Returns the status; redirects are not followed."""
        headers = {"Content-Type": content_type, "User-Agent": "qiniu-fop-notifier"}
        headers["Authorization"] = authorization(self._credentials, "Qiniu", "POST", url, headers, body)
        return request(self._policy, "POST", url, headers=headers, body=body, seconds=SECONDS, redirects=0).status
