"""URLs that process an object while it is read: built, signed, and read back.

The order matters and is kept: the path is escaped, the operations follow as the first part of the query, then a
synchronous ``saveas`` is signed, then other parameters, then the deadline, and last the token of a private bucket,
which signs all before it. Whatever is added to a signed URL breaks it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from qiniufop.client.auth import Credentials, Keys, Verdict, download_url, verify_download_url, verify_saveas_url
from qiniufop.client.errors import UrlError

if TYPE_CHECKING:
    from qiniufop.core import Value

_PATH = "/:@!$'()*,;=~._-&+"
_FOP = "/:@!$'()*,;=~._-|^"
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def object_url(domain: str, key: str) -> str:
    """The URL of an object, its key escaped.

    Args:
        domain: of the bucket: ``cdn.example.com`` or ``https://cdn.example.com``; http unless it says otherwise.
        key: plain, such as ``目录/a b.png``.
    """
    scheme, mark, host = domain.partition("://")
    if not mark:
        scheme, host = "http", domain
    return f"{scheme}://{host.rstrip('/')}/{quote(key, safe=_PATH)}"


def url(
    base: str,
    fop: Value | str | None = None,
    *,
    style: str | None = None,
    separator: str = "-",
    params: Mapping[str, str] | None = None,
    credentials: Credentials | None = None,
    expires: float | None = None,
    deadline: int | None = None,
    escape_pipes: bool = False,
) -> str:
    """The URL that reads an object through operations.

    Args:
        base: the object's URL, http or https; :func:`object_url` makes one from a plain key. What is not escaped yet
            is escaped, what is escaped stays.
        fop: one command: operations a URL may hold. A ``Saveas`` at its end is signed, for which keys are needed.
        style: the name of a style made in the console, instead of operations.
        separator: what the bucket puts before a style's name.
        params: further parameters, such as ``{"attname": "photo.png"}``.
        credentials: needed for a ``Saveas``, and for a private bucket.
        expires: makes the URL of a private bucket, readable for so many seconds from now.
        deadline: the same, until a Unix time.
        escape_pipes: write ``|`` as ``%7C``. The documentation writes it plain, but some HTTP libraries, ``requests``
            among them, escape it when they send, and so break a signature over the plain form.

    Raises:
        UrlError: the arguments contradict one another, or an operation cannot be used in a URL.
        FopError: ``fop`` is a text and not valid.
    """
    scheme, mark, rest = base.partition("://")
    if not mark or scheme not in ("http", "https") or not rest.partition("/")[0]:
        raise UrlError(f"base {base!r}: expected the URL of an object, http://host/key or https://host/key")
    if "?" in rest or "#" in rest:
        raise UrlError(f"base {base!r} has a query or a fragment; escape them if they belong to the key: object_url()")
    host, _, path = rest.partition("/")
    text = f"{scheme}://{host}/{_escape(path, _PATH)}"
    if style is not None:
        if fop is not None:
            raise UrlError(f"style {style!r} and operations: a URL has one or the other")
        if not style or separator in style or re.search(r"[\s/?#&%]", style):
            raise UrlError(f"style {style!r}: expected a name without {separator!r} and without / ? # & %")
        text += f"{separator}{style}"
    if fop is not None:
        text += "?" + _operations(f"{host}/{_escape(path, _PATH)}", fop, credentials, escape_pipes)
    for name, value in (params or {}).items():
        if name in ("e", "token"):
            raise UrlError(f"parameter {name!r} belongs to the signature; give expires or deadline")
        text += f"{'&' if '?' in text else '?'}{quote(name, safe='')}={quote(value, safe='')}"
    if expires is None and deadline is None:
        return text
    if credentials is None:
        raise UrlError("expires and deadline need credentials, which sign the URL of a private bucket")
    if deadline is None:
        deadline = int(time.time() + (expires or 0))
    elif expires is not None:
        raise UrlError("expires and deadline: give one of the two")
    return download_url(credentials, text, deadline)


def _operations(place: str, fop: Value | str, credentials: Credentials | None, escape_pipes: bool) -> str:
    from qiniufop.core import parse

    value = parse(fop) if isinstance(fop, str) else fop
    if len(value.commands) != 1:
        raise UrlError(f"{len(value.commands)} commands: a URL holds one; several need a job")
    for stage in value.stages:
        if "sync" not in stage.facts.modes:
            raise UrlError(f"{stage.name} runs in jobs only, not in a URL: submit it")
    text = _escape(str(fop).strip(), _FOP)
    if escape_pipes:
        text = text.replace("|", "%7C")
    if value.stages[-1].name != "saveas" or "/sign/" in text:
        return text
    if credentials is None:
        raise UrlError("a saveas in a URL must be signed: give credentials")
    before, name, rest = text.rpartition("saveas/")
    entry, slash, options = rest.partition("/")
    signed = before + name + entry
    return f"{signed}/sign/{credentials.token(f'{place}?{signed}'.encode())}{slash}{options}"


def _escape(text: str, safe: str) -> str:
    return _ESCAPE.sub("%25", quote(text, safe=safe + "%"))


@dataclass(frozen=True)
class ProcessingUrl:
    """A processing URL, taken apart.

    Attributes:
        text: the URL.
        scheme: ``http`` or ``https``.
        host: with its port, if it has one.
        key: of the object, plain, without a style.
        fop_text: the operations as they stand in the URL, unescaped, without the signature of a ``saveas``; or None.
        style: the style's name, if a separator was given and one was found.
        params: what else the query holds, plain, in order.
        deadline: until when a private URL can be read, as Unix time; None for a public one.
        saves: whether reading it also stores the result.
    """

    text: str
    scheme: str
    host: str
    key: str
    fop_text: str | None
    style: str | None
    params: tuple[tuple[str, str], ...]
    deadline: int | None
    saves: bool

    @property
    def private(self) -> bool:
        """Whether it carries the token of a private bucket."""
        return self.deadline is not None

    @property
    def fop(self) -> Value | None:
        """The operations; unknown ones are kept as they are.

        Raises:
            FopSyntaxError: they cannot be read.
        """
        from qiniufop.core import parse

        return None if self.fop_text is None else parse(self.fop_text, unknown="keep")

    def verify(self, keys: Keys, *, now: float | None = None) -> Verdict:
        """Check the token of a private URL.

        Args:
            now: Unix time to hold the deadline against, or None to leave it alone.
        """
        return verify_download_url(keys, self.text, now=now)

    def verify_saveas(self, keys: Keys) -> Verdict:
        """Check the signature of a ``saveas``."""
        return verify_saveas_url(keys, self.text)


def read_url(text: str, *, separator: str | None = None) -> ProcessingUrl:
    """Take a URL apart.

    Args:
        separator: what the bucket puts before a style's name. Without it a style is taken for a part of the key,
            because nothing tells them apart.

    Raises:
        UrlError: it is no http or https URL.
    """
    scheme, mark, rest = text.partition("://")
    if not mark or scheme not in ("http", "https"):
        raise UrlError(f"{text!r}: expected a URL that begins with http:// or https://")
    rest, _, query = rest.partition("#")[0].partition("?")
    host, _, path = rest.partition("/")
    parts = query.split("&") if query else []
    fop = None
    if parts and not re.match(r"[\w.%-]+=", parts[0]):
        fop = unquote(parts.pop(0))
    style = None
    if separator and fop is None and separator in path.rpartition("/")[2]:
        path, _, style = path.rpartition(separator)
    params = [(unquote(name), unquote(value)) for name, _, value in (part.partition("=") for part in parts)]
    given = dict(params)
    deadline = given.get("e", "")
    private = "token" in given and deadline.isascii() and deadline.isdigit()
    stage = (fop or "").rpartition("|")[2]
    return ProcessingUrl(
        text,
        scheme,
        host,
        unquote(path),
        re.sub(r"(saveas/[^/|]*)/sign/[^/|]*", r"\1", fop) if fop else None,
        unquote(style) if style is not None else None,
        tuple(pair for pair in params if not (private and pair[0] in ("e", "token"))),
        int(deadline) if private else None,
        stage.startswith("saveas/"),
    )
