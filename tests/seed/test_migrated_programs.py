"""Programs written for the official SDK, rewritten to typed code, and run: they ask for what they asked for before."""

from __future__ import annotations

import ast
import warnings

import pytest

from qiniufop import FopSyntaxError, parse, samples
from qiniufop.migrate import migrate
from qiniufop.server import DevServer

from .conftest import Run
from .sources import OURS, THEIRS

PROGRAMS = {**OURS, **{f"documented {name}": text for name, text in THEIRS.items()}}
QUICK = [name for name in PROGRAMS if name not in ("documented video", "document", "documented document")]

SOURCES = {
    "photos": ("photo.jpg", "1.jpg", "2.jpg", "3.jpg"),
    "videos": ("clip.mp4",),
    "source-bucket": ("original-image.jpg",),
    "audio-bucket": ("source-audio.wav",),
    "workflow-bucket": ("input-file.jpg",),
    "batch-bucket": ("image1.jpg", "image2.png", "image3.gif"),
    "pipeline-bucket": ("original-photo.jpg",),
}


def asked(server: DevServer, run: Run, program: str) -> tuple[list[dict[str, object]], list[str]]:
    """What a program submits, with commands by their meaning, and how what it prints begins."""
    server.reset()
    server.put("site", "images/logo.png", samples.logo)
    for bucket, keys in SOURCES.items():
        for key in keys:
            server.put(bucket, key, samples.clip if "video" in bucket or "audio" in bucket else samples.photo)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        said = run(program)
    forms = [dict(seen.form) for seen in server.requests if seen.target.startswith("/pfop")]
    assert forms
    meanings = [{**form, "fops": str(parse(form["fops"]).canonical()) if "fops" in form else None} for form in forms]
    return meanings, sorted(line.partition("z0.")[0] for line in said if "progress" not in line)


@pytest.mark.parametrize("name", QUICK)
def test_the_same_jobs_are_submitted(server: DevServer, run: Run, name: str) -> None:
    done = migrate(PROGRAMS[name])
    assert done.changed
    assert asked(server, run, done.after) == asked(server, run, PROGRAMS[name])


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_rewritten_is_not_rewritten_again(name: str) -> None:
    once = migrate(PROGRAMS[name]).after
    assert migrate(once).after == once
    imported = {
        alias.name for node in ast.walk(ast.parse(once)) if isinstance(node, ast.Import) for alias in node.names
    }
    assert "qiniu" not in imported
    assert "from qiniu import" not in once


def test_a_document_is_left_alone_and_refused(server: DevServer, run: Run) -> None:
    done = migrate(OURS["document"])
    assert (done.remarks[0].kind, done.remarks[0].message) == (
        "kept",
        "yifangyun_preview has no parameter 'type'; it takes ext, action, format, page_number",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(FopSyntaxError, match="no parameter 'type'"):
            run(done.after)
    assert server.requests == []
