"""Where a command's output will be, known before it is run."""

from __future__ import annotations

import hashlib

from qiniufop.client.auth import encode
from qiniufop.client.models import Output, saved_entry


def default_key(cmd: str, etag: str) -> str:
    """The key of an output that no ``saveas`` names.

    It follows from the text of the command and the content of the source, so the same command on the same source
    finds its output again. It holds ``/`` and often ``=``: escape it in URLs. Not for commands that name their outputs
    themselves, such as mkzip or vsample.

    Args:
        cmd: one command, as it was sent.
        etag: the hash of the source.
    """
    return f"{encode(hashlib.sha1(cmd.encode()).digest())}/{etag}"


def expected_outputs(fops: str, bucket: str, etag: str | None = None) -> tuple[Output, ...]:
    """Where the outputs of a job will be, one for each command.

    Args:
        fops: the commands, as they were sent.
        bucket: of the source.
        etag: the hash of the source, from which the keys of outputs without ``saveas`` follow.

    Returns:
        Outputs whose ``key`` is None where the service chooses it, or where it needs the ``etag`` that is not given.
    """
    found: list[Output] = []
    for cmd in fops.rstrip(";").split(";"):
        entry = saved_entry(cmd)
        if entry is None:
            found.append(Output(bucket=bucket, key=None if etag is None else default_key(cmd, etag)))
        else:
            templated = "/savePattern/" in cmd or "/saveKey/" in cmd
            found.append(Output(bucket=entry[0], key=None if templated else entry[1]))
    return tuple(found)
