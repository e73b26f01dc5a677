from __future__ import annotations

import json
import sys
from io import BytesIO
from pathlib import Path
from time import monotonic

import pytest
from PIL import Image

from qiniufop import Md2html, Qrcode, parse
from qiniufop.engine.engine import LocalEngine
from qiniufop.engine.errors import FopFailed, LimitExceeded, UnsupportedFopError
from qiniufop.engine.limits import Limits

from .pictures import BLUE, RED, corners, encoded, near, quarters, run, shown


def qrcode(mode=None, level=None):
    return Qrcode(mode, level=level)


def modules(image: Image.Image) -> int:
    """How many modules wide a code is, its quiet zone of four left out."""
    left, _, right, _ = image.convert("L").point(lambda v: 255 - v).getbbox() or (0, 0, 0, 0)
    return (right - left) // 5


def test_qrcode_holds_the_text_in_the_smallest_version():
    result = run(qrcode(1), b"hello")
    image = shown(result)
    assert result.mime == "image/png"
    assert modules(image) == 21
    assert image.size == (21 * 5 + 40, 21 * 5 + 40)
    # The finder patterns stand in three corners.
    grey = image.convert("L")
    for x, y in ((0, 0), (14, 0), (0, 14)):
        ring = [grey.getpixel((20 + 5 * (x + i) + 2, 20 + 5 * (y + 3) + 2)) for i in range(7)]
        assert [v < 128 for v in ring] == [True, False, True, True, True, False, True]


def test_qrcode_grows_with_the_level():
    sizes = [modules(shown(run(qrcode(1, level), b"x" * 60))) for level in "LMQH"]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


def test_qrcode_of_the_url():
    engine = LocalEngine()
    one, other = (
        engine.run(b"", qrcode(), url=url).read()
        for url in ("http://cdn.example.com/a.png", "http://cdn.example.com/b.png")
    )
    assert one != other


def test_a_watermark_goes_on_a_qrcode():
    code = run(qrcode(1), b"hello").read()
    mark = {"kodo://bkt/logo.png": encoded(Image.new("RGB", (20, 20), RED))}
    image = shown(run("watermark/1/image/a29kbzovL2JrdC9sb2dvLnBuZw==/gravity/Center/dx/0/dy/0", code, mark))
    assert near(image, (image.width // 2, image.height // 2), RED)


def test_error_qrcode():
    with pytest.raises(FopFailed, match="the content has 2954 bytes, and a code holds at most 2953"):
        run(qrcode(1), b"x" * 2954)
    with pytest.raises(FopFailed, match="the text is too long for a code of level H"):
        run(qrcode(1, "H"), b"x" * 2900)
    with pytest.raises(FopFailed, match="the content is not text in UTF-8"):
        run(qrcode(1), b"\xff\xfe")
    with pytest.raises(FopFailed, match="encodes the URL that was requested, and there was none"):
        run(qrcode(), b"")


def md2html(mode=None, css=None):
    return Md2html(mode, css=css)


def test_md2html_makes_a_page_or_its_inside():
    source = "# 标题\n\n| a | b |\n|---|---|\n| 1 | *2* |\n".encode()
    inside = run(md2html(1), source).read().decode()
    assert inside.startswith("<h1>标题</h1>")
    assert "<td><em>2</em></td>" in inside
    result = run(md2html(0, 'http://cdn.example.com/a.css?a=1&b="2"'), source)
    page = result.read().decode()
    assert result.mime == "text/html; charset=utf-8"
    assert page.startswith("<!DOCTYPE html>")
    assert '<link rel="stylesheet" href="http://cdn.example.com/a.css?a=1&amp;b=&quot;2&quot;">' in page
    assert inside in page
    assert "<link" not in run(md2html(), source).read().decode()


def test_md2html_obeys_no_html():
    html = run(md2html(1), b"<script>alert(1)</script>\n\n[x](javascript:alert(1))").read().decode()
    assert "<script" not in html
    assert "href" not in html


def test_error_md2html():
    with pytest.raises(FopFailed, match="md2html: the source is not text in UTF-8"):
        run(md2html(), b"\xff\xfe#")


def odconv(format, **options):
    """The command, read from its text: building a retired operation warns."""
    return parse("/".join(["odconv", format, *(f"{key}/{value}" for key, value in options.items())]))


@pytest.fixture(scope="module")
def pdf() -> bytes:
    """Two pages of 2 x 1.5 inches: quarters, and plain blue."""
    stream = BytesIO()
    pages = [quarters((200, 150)), Image.new("RGB", (200, 150), BLUE)]
    pages[0].save(stream, "PDF", save_all=True, append_images=pages[1:], resolution=100)
    return stream.getvalue()


def test_odconv_counts_pages(pdf):
    assert json.loads(run("odconv/jpg/info", pdf).read()) == {"page_num": 2}


@pytest.mark.parametrize(("format", "kind"), [("jpg", "JPEG"), ("png", "PNG")])
def test_odconv_draws_a_page(pdf, format, kind):
    image = shown(run(odconv(format), pdf))
    assert (image.format, image.size) == (kind, (144, 108))
    assert corners(image) == ["red", "green", "blue", "white"]
    assert near(shown(run(odconv(format, page=2), pdf)), (70, 50), BLUE)
    assert shown(run(odconv(format, density=150), pdf)).size == (300, 225)
    assert shown(run(odconv(format, density=150, resize=80), pdf)).size == (80, 60)


def test_error_odconv(pdf):
    with pytest.raises(FopFailed, match="there is no page 3: the document has 2"):
        run(odconv("jpg", page=3), pdf)
    with pytest.raises(FopFailed, match="the source is not a PDF that can be read"):
        run(odconv("jpg"), b"no pdf")
    with pytest.raises(LimitExceeded, match="a result of 2400x1800 has a side over 2000 pixels"):
        run(odconv("jpg", density=1200), pdf, limits=Limits(result_side=2000))


@pytest.fixture
def soffice(tmp_path):
    """A program with soffice's arguments; what it does stands in the document: copy it, or never end."""
    script = tmp_path / "soffice.py"
    script.write_text(
        "import os, sys, time\n"
        "arguments = sys.argv[1:]\n"
        "out, document = arguments[arguments.index('--outdir') + 1], arguments[-1]\n"
        "text = open(document, 'rb').read()\n"
        "if text == b'slow': time.sleep(60)\n"
        "if text == b'bad': sys.exit(1)\n"
        "os.makedirs(out)\n"
        "open(os.path.join(out, 'in.pdf'), 'wb').write(b'%PDF ' + os.path.basename(document).encode())\n"
    )
    program = tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{script}' \"$@\"\n")
    program.chmod(0o755)
    return str(program)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_office_documents_go_through_soffice(soffice):
    engine = LocalEngine(settings={"soffice": soffice})
    assert engine.run(b"document", odconv("pdf"), key="dir/a.docx").read() == b"%PDF in.docx"
    assert engine.run(b"document", odconv("pdf"), key="a.$(rm -rf)").read() == b"%PDF in"
    with pytest.raises(FopFailed, match="the document could not be converted"):
        engine.run(b"bad", odconv("pdf"), key="a.doc")


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_error_soffice_that_does_not_end_is_stopped(soffice):
    engine = LocalEngine(settings={"soffice": soffice}, limits=Limits(seconds=0.5))
    started = monotonic()
    with pytest.raises(LimitExceeded, match=r"odconv: took longer than 0\.5 s"):
        engine.run(b"slow", odconv("pdf"), key="a.doc")
    assert monotonic() - started < 20


def test_error_without_soffice(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnsupportedFopError, match="office documents need LibreOffice's soffice on the PATH"):
        run(odconv("pdf"), Path(__file__).read_bytes())
