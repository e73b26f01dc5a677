"""The put policy of an upload, typed: what may be uploaded, what happens then, and which jobs it starts."""

from __future__ import annotations

import difflib
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from annotated_types import Ge, MaxLen, MinLen
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, ValidationError
from pydantic.alias_generators import to_camel

from qiniufop.client import auth
from qiniufop.client.auth import Credentials
from qiniufop.client.credentials import OfficialAuth, credentials
from qiniufop.client.errors import PolicyError, SubmitRefused
from qiniufop.client.models import saved_entry
from qiniufop.client.submission import FopsLike, check_idle, join

if TYPE_CHECKING:
    from typing_extensions import Self

    Commands = FopsLike | Sequence[FopsLike]
else:
    Commands = str  # which they have become by the time pydantic looks

INPUT = frozenset({"bucket", "key", "etag", "fname", "fsize", "mimeType", "endUser", "ext", "fprefix", "keybase"})
"""Magic variables that say something about the upload."""

TIME = frozenset({"year", "mon", "day", "hour", "min", "sec"})

REPORT = INPUT | TIME | {"persistentId", "exif", "imageInfo", "imageAve", "avinfo", "uuid", "bodySha1"}
"""Magic variables of bodies that are sent back: ``imageInfo.width`` goes by its first part."""

_VARIABLE = re.compile(r"\$(?:\(([^()]*)\)|\{([^{}]*)\}|[({])")
_CUSTOM = re.compile(r"x:[\w.-]+$")

Seconds = Annotated[StrictInt, Ge(1)]
Flag = Literal[0, 1]


class PutPolicy(BaseModel):
    """What an upload token allows. Fields are given by their Python or by their wire names, and nothing else is taken.

    ```python
    policy = PutPolicy(bucket="bkt", key="a.mp4", persistent_ops=Avthumb("mp4") | Saveas("bkt", "small.mp4"))
    token = policy.token(access_key, secret_key, expires=3600)
    ```

    Raises:
        PolicyError: a field is misspelt, has a value it cannot have, or contradicts another.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True, arbitrary_types_allowed=True
    )

    bucket: Annotated[str, MinLen(1)]
    """Where to. Part of the wire's ``scope``."""
    key: str | None = None
    """Under which key, which may then be overwritten; None for any that does not exist. Part of ``scope``."""
    is_prefixal_scope: Flag | None = None
    """1: ``key`` is what keys must begin with."""
    persistent_ops: Commands | None = None
    """Commands to run on the object: typed ones, or text, in which ``$(key)`` and the like are filled in."""
    persistent_notify_url: str | None = None
    """Where the service posts the job when it has ended."""
    persistent_pipeline: str | None = None
    """The queue."""
    persistent_type: Flag | None = None
    """1: run in spare capacity. Takes no ``persistent_pipeline``."""
    persistent_workflow_template_id: str | None = Field(
        default=None,
        validation_alias="persistentWorkflowTemplateID",
        serialization_alias="persistentWorkflowTemplateID",
    )
    """A workflow's name, instead of commands."""
    insert_only: Flag | None = None
    """1: never overwrite."""
    end_user: str | None = None
    """Who uploads, for ``$(endUser)``."""
    return_url: str | None = None
    """Where a browser is sent after the upload."""
    return_body: str | None = None
    """What the uploader is answered, with variables."""
    callback_url: str | None = None
    """Where the service posts that the upload is complete; several, separated by ``;``."""
    callback_host: str | None = None
    """``Host`` of that request."""
    callback_body: str | None = None
    """Body of that request, with variables."""
    callback_body_type: Literal["application/x-www-form-urlencoded", "application/json"] | None = None
    """Content type of that request."""
    callback_fetch_key: Flag | None = None
    """1: the callback's answer names the key."""
    save_key: str | None = None
    """The key if the uploader gives none, with variables."""
    force_save_key: StrictBool | None = None
    """Use ``save_key`` even if the uploader gives a key."""
    fsize_min: Annotated[StrictInt, Ge(0)] | None = None
    """Bytes at least."""
    fsize_limit: Annotated[StrictInt, Ge(0)] | None = None
    """Bytes at most."""
    detect_mime: Literal[-1, 0, 1, 2] | None = None
    """Whether the service looks for itself what type the object is."""
    mime_limit: str | None = None
    """Types that are taken: ``image/*``, ``image/jpeg;image/png``, or ``!text/plain``."""
    keylimit: Annotated[tuple[str, ...], MaxLen(20)] | None = Field(
        default=None, validation_alias="keylimit", serialization_alias="keylimit"
    )
    """Keys that are taken, at most 20."""
    delete_after_days: Seconds | None = None
    """Days after which the object is deleted."""
    file_type: Literal[0, 1, 2, 3, 4] | None = None
    """Storage: 0 standard, 1 infrequent access, 2 archive, 3 deep archive, 4 archive with direct reading."""

    if not TYPE_CHECKING:  # the checkers know the fields better

        def __init__(self, **fields: Any) -> None:
            names = _names(type(self))
            unknown = [name for name in fields if name not in names]
            if unknown:
                near = difflib.get_close_matches(unknown[0], names, n=1, cutoff=0.6)
                raise PolicyError(
                    f"a put policy has no field {unknown[0]!r}" + (f"; did you mean {near[0]!r}?" if near else "")
                )
            ops: object = fields.get("persistent_ops", fields.get("persistentOps"))
            if ops is not None:
                fields.pop("persistentOps", None)
                fields["persistent_ops"] = _commands(ops)
            try:
                super().__init__(**fields)
            except ValidationError as error:
                first = error.errors(include_url=False, include_context=False)[0]
                raise PolicyError(f"{'.'.join(str(p) for p in first['loc'])}: {first['msg']}") from None
            self._check_jobs()
            self._check_rest()

    def _check_jobs(self) -> None:
        ops, workflow = cast("str | None", self.persistent_ops), self.persistent_workflow_template_id
        if ops is not None and workflow is not None:
            raise PolicyError("persistentOps and persistentWorkflowTemplateID: a policy has at most one of the two")
        if ops is None and workflow is None:
            for name in ("persistent_notify_url", "persistent_pipeline", "persistent_type"):
                if getattr(self, name):
                    raise PolicyError(f"{to_camel(name)} does nothing without persistentOps or a workflow")
            return
        if self.persistent_type == 1 and self.persistent_pipeline:
            raise PolicyError("persistentType 1 with persistentPipeline: an idle-time job cannot choose its queue")
        if self.file_type in (2, 3):
            raise PolicyError(f"fileType {self.file_type} with jobs: archived objects cannot be processed")
        if ops is not None:
            self._check_commands(ops)

    def _check_commands(self, ops: str) -> None:
        variables = check_variables("persistentOps", ops, INPUT)
        for command in ops.split(";"):
            entry = saved_entry(command)
            if entry and entry[1] and _VARIABLE.search(entry[1]):
                raise PolicyError(
                    f"saveas to {entry[1]!r}: variables inside base64 are not filled in; "
                    "use save_pattern, or save_key for variables of the output"
                )
        if variables:
            return
        from qiniufop.core import parse

        value = parse(ops)
        if self.persistent_type == 1:
            try:
                check_idle(value)
            except SubmitRefused as error:
                raise PolicyError(error.message.replace("idle=True", "persistentType 1")) from None

    def _check_rest(self) -> None:
        if self.is_prefixal_scope and self.key is None:
            raise PolicyError("isPrefixalScope needs a key, which is what keys must begin with")
        if self.callback_url is None:
            for name in ("callback_host", "callback_body", "callback_body_type", "callback_fetch_key"):
                if getattr(self, name) is not None:
                    raise PolicyError(f"{to_camel(name)} does nothing without callbackUrl")
        if self.force_save_key and not self.save_key:
            raise PolicyError("forceSaveKey needs a saveKey")
        if self.fsize_min is not None and self.fsize_limit is not None and self.fsize_min > self.fsize_limit:
            raise PolicyError(f"fsizeMin {self.fsize_min} is more than fsizeLimit {self.fsize_limit}")
        check_variables("returnBody", self.return_body, REPORT)
        check_variables("callbackBody", self.callback_body, REPORT)
        check_variables("saveKey", self.save_key, REPORT - {"persistentId"})

    def advice(self) -> list[str]:
        """What is allowed and yet likely a mistake."""
        found: list[str] = []
        starts = self.persistent_ops is not None or self.persistent_workflow_template_id is not None
        for name in ("return_body", "callback_body"):
            body: str | None = getattr(self, name)
            if starts and body is not None and not re.search(r"\$[({]persistentId[)}]", body):
                found.append(
                    f"{to_camel(name)} does not ask for $(persistentId), so nobody learns the job's id from it"
                )
        return found

    def fields(self, deadline: int) -> dict[str, Any]:
        """The policy by its wire names.

        Args:
            deadline: until when uploads may begin, as Unix time.
        """
        scope = self.bucket if self.key is None else f"{self.bucket}:{self.key}"
        rest = self.model_dump(by_alias=True, exclude_none=True, exclude={"bucket", "key"}, mode="json")
        return {"scope": scope, "deadline": deadline, **rest}

    def token(
        self,
        access_key: str | Credentials | OfficialAuth,
        secret_key: str | None = None,
        *,
        expires: float = 3600,
        deadline: int | None = None,
        now: Callable[[], float] = time.time,
    ) -> str:
        """A token to upload with.

        Args:
            access_key: the access key; or both keys as Credentials or an official ``qiniu.Auth``.
            expires: seconds from now until when uploads may begin.
            deadline: the same as a Unix time, instead.
        """
        until = int(now() + expires) if deadline is None else deadline
        text = json.dumps(self.fields(until), separators=(",", ":"), ensure_ascii=False)
        return auth.upload_token(credentials(access_key, secret_key), text)

    @classmethod
    def read(cls, policy: Mapping[str, Any] | str) -> Self:
        """A policy from its wire form: a dict, its JSON, or an upload token, whose signature is not checked.

        Raises:
            PolicyError: it is none.
        """
        fields: object = policy
        if isinstance(policy, str):
            try:
                text = policy if policy.lstrip()[:1] == "{" else auth.decode(policy.rpartition(":")[2]).decode()
                fields = json.loads(text)
            except ValueError:
                raise PolicyError("expected a put policy as JSON, or an upload token") from None
        if not isinstance(fields, Mapping):
            raise PolicyError("expected a put policy as a JSON object")
        given = dict(cast("Mapping[str, Any]", fields))
        given.pop("deadline", None)
        scope = given.pop("scope", None)
        if not isinstance(scope, str):
            raise PolicyError("a put policy needs a scope: bucket or bucket:key")
        bucket, colon, key = scope.partition(":")
        return cls(bucket=bucket, key=key if colon else None, **given)


def _names(model: type[PutPolicy]) -> dict[str, None]:
    names: dict[str, None] = {}
    for name, field in model.model_fields.items():
        names[name] = None
        names[field.serialization_alias or name] = None
    return names


def _commands(ops: object) -> str:
    if isinstance(ops, str):
        if not ops:
            raise PolicyError("persistentOps is empty")
        return ops
    several = cast("Iterable[FopsLike]", ops if isinstance(ops, (list, tuple)) else (ops,))
    try:
        return join(several)
    except SubmitRefused as error:
        raise PolicyError(f"persistentOps: {error.message}") from None


def check_variables(field: str, text: str | None, known: Iterable[str]) -> bool:
    """Whether a text has variables, ``$(name)`` or ``${name}``.

    Args:
        field: what the text is, for the error.
        known: magic variables that may stand there; custom ones (``x:name``) always may.

    Raises:
        PolicyError: a variable is unknown, does not work there, or is not closed.
    """
    found = False
    names = sorted(known)
    for match in _VARIABLE.finditer(text or ""):
        found = True
        name = match[1] if match[1] is not None else match[2]
        if name is None:
            raise PolicyError(f"{field}: {match[0]!r} at {match.start()} begins a variable that is not closed")
        if name.partition(".")[0] in names or _CUSTOM.match(name):
            continue
        if name.partition(".")[0] in REPORT:
            raise PolicyError(f"{field}: $({name}) does not work there; {', '.join(names)} do")
        near = difflib.get_close_matches(name, names, n=1)
        guess = f"did you mean $({near[0]})?" if near else f"expected x:<name> or one of {', '.join(names)}"
        raise PolicyError(f"{field}: there is no variable $({name}); {guess}")
    return found
