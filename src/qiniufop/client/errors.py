"""What a client raises. All are :class:`ClientError`, which is a :class:`~qiniufop.errors.FopError`.

* ClientError
  - CredentialsError  (ValueError)       keys are missing or cannot be keys
  - SubmitRefused     (ValueError)       the arguments contradict one another; nothing was sent
  - TransportError    (ConnectionError)  no host could be reached
  - SubmitUncertain   (ConnectionError)  a submission was sent and its reply lost: the job may exist
  - NotTheService     (ConnectionError)  something else answered: a proxy, a captive portal, a redirect
  - ServiceError                         the service answered with an error
    - BadRequest                         400 and other 4xx
    - AuthError       (PermissionError)  401, 403
    - NotFound        (LookupError)      404, 612, 631: object or bucket
      - JobNotFound                      612 for a job id
    - RateLimited                        429, 573
    - ServerError                        5xx
  - JobFailed                            the job ended, and not well
  - WaitTimeout       (TimeoutError)     the deadline of ``wait`` passed first
  - WaitCancelled                        the caller called the waiting off
  - UntrustedEvent    (ValueError)       a notification could not be verified
  - PolicyError       (ValueError)       a put policy is misspelt or contradicts itself
  - UrlError          (ValueError)       a processing URL cannot be made of this, or is none
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiniufop.errors import FopError

if TYPE_CHECKING:
    from qiniufop.client.models import JobStatus, Output

BODY_SHOWN = 500
"""How many characters of a reply an error keeps."""


class ClientError(FopError):
    """Every error of the client.

    Attributes:
        message: what went wrong, without the hint.
        status: the HTTP status, or None when there was no reply.
        request_id: ``X-Reqid`` of the reply, which the service's support asks for, or None.
        body: the beginning of the reply, at most 500 characters, or None.
        hint: what to do about it, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        body: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.request_id = request_id
        self.body = body if body is None or len(body) <= BODY_SHOWN else body[:BODY_SHOWN] + "…"
        self.hint = hint

    @property
    def headline(self) -> str:
        """The message with the request id, without the hint: one line for a log."""
        return f"{self.message} (request id {self.request_id})" if self.request_id else self.message

    def __str__(self) -> str:
        return f"{self.headline}\n    {self.hint}" if self.hint else self.headline

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message), self.__dict__


def _rebuild(kind: type[ClientError], message: str) -> ClientError:
    error = kind.__new__(kind, message)
    ClientError.__init__(error, message)
    return error


class CredentialsError(ClientError, ValueError):
    """The keys are missing, or are no keys."""


class SubmitRefused(ClientError, ValueError):
    """The arguments of a submission contradict one another. Nothing was sent."""


class TransportError(ClientError, ConnectionError):
    """No host could be reached, or a query got no reply. The cause is ``__cause__``."""


class SubmitUncertain(ClientError, ConnectionError):
    """A submission was sent and its reply was lost, so the job may exist. It was not repeated.

    The service has no idempotency key: submitting again may start a second job. Without ``force`` that one
    does no work once the first has finished, because the outputs are found to exist (``returned_old``).

    Attributes:
        bucket: of the source.
        key: of the source.
        fops: the commands that were sent, or None for a workflow template.
    """

    def __init__(
        self,
        message: str,
        *,
        bucket: str = "",
        key: str = "",
        fops: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        body: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, status=status, request_id=request_id, body=body, hint=hint)
        self.bucket = bucket
        self.key = key
        self.fops = fops

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Where the outputs are, should the job exist: the places to look at before submitting again."""
        from qiniufop.client.outputs import expected_outputs

        return expected_outputs(self.fops, self.bucket) if self.fops else ()


class NotTheService(ClientError, ConnectionError):
    """A reply that the service does not give: no ``X-Reqid``, no JSON, or a redirect.

    Attributes:
        job_id: the job id that the doubtful reply to a submission held, or None.
    """

    job_id: str | None = None


class ServiceError(ClientError):
    """The service answered with an error."""


class BadRequest(ServiceError):
    """The service did not accept the request."""


class AuthError(ServiceError, PermissionError):
    """The service did not accept the signature, or the account may not do this."""


class NotFound(ServiceError, LookupError):
    """The source object or the bucket does not exist."""


class JobNotFound(NotFound):
    """No job has this id, or not any more: jobs are kept for 7 to 10 days."""


class RateLimited(ServiceError):
    """Too many requests, on one object or altogether, and retrying did not help."""


class ServerError(ServiceError):
    """The service failed, and retrying did not help."""


class JobFailed(ClientError):
    """The job has ended and at least one of its commands failed.

    Attributes:
        result: the whole status, with the commands that did succeed and their outputs.
    """

    result: JobStatus

    def __init__(self, message: str, *, result: JobStatus, hint: str | None = None) -> None:
        super().__init__(message, request_id=result.reqid, hint=hint)
        self.result = result


class WaitTimeout(ClientError, TimeoutError):
    """The deadline passed before the job ended. The job itself goes on.

    Attributes:
        id: of the job.
        last: the last status that was seen, or None.
    """

    def __init__(self, message: str, *, id: str = "", last: JobStatus | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.id = id
        self.last = last


class WaitCancelled(ClientError):
    """The caller called the waiting off. The job itself goes on."""


class UntrustedEvent(ClientError, ValueError):
    """A notification has no signature, a wrong one, or one that does not cover what it says."""


class PolicyError(ClientError, ValueError):
    """A put policy is misspelt or contradicts itself."""


class UrlError(ClientError, ValueError):
    """A processing URL cannot be made of these arguments, or a text is none."""
