"""Keys of commands that make several objects, and how a playlist refers to them."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import quote

from .artifact import Artifact
from .errors import FopFailed, UnsupportedFopError
from .keys import default_key, etag, expand, input_variables
from .registry import Run
from .video_options import Options, wire_key

_COUNT = re.compile(r"\$(\(count\)|\{count\})")
_DOMAIN = re.compile(r"(?:(https?)://)?([A-Za-z0-9.-]+(?::\d{1,5})?)/*")


class KeyTemplate:
    """Makes the key of each object.

    Args:
        fop: the operation, for messages.
        template: the key with variables: ``$(count)`` is a counter of six digits, ``$(fname)`` and the like describe
            the source, further ones come from the engine's setting ``variables``.
        source: the source, as the first stage of this command got it.
        run: the command.
        option: the attribute the template comes from.
    """

    def __init__(self, fop: str, template: str, source: Artifact, run: Run, option: str = "save_pattern") -> None:
        if not _COUNT.search(template):
            raise FopFailed(fop, f"{wire_key(option)} must contain $(count), else all objects would have one key")
        self._fop, self._template, self._option = fop, template, option
        known = input_variables(run.bucket, run.key or source.name, "", source.size, source.mime)
        self._known = {**known, **run.settings.get("variables", {})}
        self._source = source

    def key(self, number: int) -> str:
        """The key of one object.

        Raises:
            UnsupportedFopError: the template has a variable nobody knows here.
            FopFailed: what comes out is no key.
        """

        def value(name: str) -> str | None:
            if name == "count":
                return f"{number:06d}"
            if name == "etag":
                return _etag(self._source)
            if name not in self._known:
                raise UnsupportedFopError(self._fop, f"nothing is known of $({name})", wire_key(self._option))
            return str(self._known[name])

        key = expand(self._template, value)
        if len(key.encode()) > 750 or any(ord(c) < 32 or ord(c) == 127 for c in key):
            raise FopFailed(self._fop, f"{key[:80]!r} is no key: at most 750 bytes without control characters")
        return key


def take_template(options: Options, source: Artifact, run: Run, default: str | None = None) -> KeyTemplate:
    """The template of a command: ``savePattern``, or ``pattern`` as it was called before.

    Raises:
        FopFailed: there is none, or it lacks ``$(count)``.
    """
    new, old = options.text("save_pattern"), options.text("pattern")
    template = new or old or default
    if template is None:
        raise FopFailed(options.fop, "savePattern is needed: the keys of the objects, with $(count)")
    return KeyTemplate(options.fop, template, source, run, "save_pattern" if new else "pattern")


def unnamed_prefix(command: str, source: Artifact) -> str:
    """Where the pieces of a result lie when no template names them."""
    return default_key(command, _etag(source))


def reference(key: str, domain: str | None, run: Run) -> str:
    """How a playlist refers to a key: by URL if it has a domain, else relative to where it will lie itself.

    The engine's setting ``variables`` may tell that, as ``saveas.key``; without it the playlist lies at the top.
    """
    if domain:
        found = _DOMAIN.fullmatch(domain)
        if found is None:
            raise ValueError("a host name such as cdn.example.com")
        return f"{found[1] or 'http'}://{found[2]}/{quote(key)}"
    folder = posixpath.dirname(str(run.settings.get("variables", {}).get("saveas.key", "")))
    path = posixpath.relpath(f"/{key}", f"/{folder}") if folder else key
    return quote(path)


def _etag(source: Artifact) -> str:
    return etag(source.path if source.path is not None else source.read())
