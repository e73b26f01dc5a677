"""Commands seen in the wild, and the figures the documentation prints. Both lists lie beside the repository."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from qiniufop import parse
from qiniufop.engine.artifact import Artifact
from qiniufop.engine.engine import LocalEngine
from qiniufop.engine.errors import EngineError, FopFailed
from qiniufop.errors import FopSyntaxError

from .pictures import encoded, quarters, shown

SHARED = Path(__file__).parents[3] / "shared"
PICTURES = {"imageView2", "imageMogr2", "watermark", "imageInfo", "exif", "imageAve", "imageView", "imageMogr"}
OPERATIONS = PICTURES | {"roundPic", "imageslim", "animate", "qrcode", "qhash", "concat", "mkzip", "md2html", "saveas"}


def commands() -> list[str]:
    with (SHARED / "corpus" / "fops.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row["fop"] for row in rows if row["label"] == "plausible" and set(row["op"].split("|")) <= OPERATIONS]


@pytest.mark.skipif(not (SHARED / "corpus" / "fops.tsv").exists(), reason="the list of real commands is not here")
def test_every_real_command_ends_with_a_result_or_a_clear_error():
    """No library error gets through, and few commands are refused for what they ask."""
    picture, logo = encoded(quarters((160, 107)), "JPEG"), encoded(quarters((16, 16)))
    engine = LocalEngine(resolver=lambda reference: Artifact("image/png", data=logo))
    done = refused = 0
    for text in commands():
        try:
            parsed = parse(text, unknown="keep")
        except FopSyntaxError:
            continue
        for command in parsed.commands:
            try:
                engine.run(picture, command, bucket="bkt", key="a.jpg", url="http://cdn.example.com/a.jpg")
                done += 1
            except FopFailed as error:
                # Known failures carry no cause, or a plain one: there is no font, or the picture is no Markdown.
                assert error.__cause__ is None or isinstance(error.__cause__, UnicodeError), (text, error)  # noqa: PT017
                refused += 1
            except EngineError:
                refused += 1
    assert done > 300
    assert refused < done / 4


def figures() -> list[tuple[str, tuple[int, int]]]:
    """Commands whose effect on a picture of 640x427 is printed as a size."""
    path = SHARED / "spec" / "image.yaml"
    if not path.exists():
        return []
    line = re.compile(
        r'\{fop: "((?:imageView2|imageMogr2)/[^"|]+)", effect: "640x427(?: source:[^"]*?)? -> (\d+)x(\d+)'
    )
    return [(fop, (int(w), int(h))) for fop, w, h in line.findall(path.read_text(encoding="utf-8"))]


@pytest.mark.skipif(not figures(), reason="the documented figures are not here")
def test_documented_figures():
    for text, size in figures():
        assert shown(LocalEngine().run(encoded(quarters()), text)).size == size, text
    assert len(figures()) >= 9
