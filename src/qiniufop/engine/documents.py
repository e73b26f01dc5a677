"""qrcode, md2html and odconv."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from html import escape
from importlib import import_module
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

from .artifact import Artifact
from .errors import FopFailed, LimitExceeded, UnsupportedFopError
from .registry import Run, handles

_QR_BYTES = 2953
_QR_MODULE = 5
_MARKDOWN_BYTES = 8 * 1024 * 1024
_PDF_DENSITY = 72
_PDF_QUALITY = 92

# Neither PDFium nor a soffice with one profile may be used twice at a time.
_pdfium = Lock()
_office = Lock()


@handles("qrcode", approximations=("qrcode: the size of a module is not published; 5 pixels are used",))
def qrcode(op: Any, source: Artifact, run: Run) -> Artifact:
    """A QR code of the source's URL, or of its content."""
    import segno

    if op.mode:
        if source.size > _QR_BYTES:
            raise FopFailed("qrcode", f"the content has {source.size} bytes, and a code holds at most {_QR_BYTES}")
        try:
            content = source.read().decode()
        except UnicodeDecodeError as error:
            raise FopFailed("qrcode", "the content is not text in UTF-8") from error
    elif run.url is None:
        raise FopFailed("qrcode", "qrcode/0 encodes the URL that was requested, and there was none: use qrcode/1")
    else:
        content = run.url
    try:
        code = segno.make(content, error=op.level or "L", boost_error=False, micro=False)
    except segno.DataOverflowError as error:
        raise FopFailed("qrcode", f"the text is too long for a code of level {op.level or 'L'}") from error
    stream = BytesIO()
    code.save(stream, kind="png", scale=_QR_MODULE)
    return Artifact("image/png", data=stream.getvalue(), name="out.png")


@handles("md2html", approximations=("md2html: which flavour of Markdown the service reads is not published",))
def md2html(op: Any, source: Artifact, run: Run) -> Artifact:
    """Markdown as an HTML page (mode 0) or as the inside of one (mode 1). HTML in the source is shown, not obeyed."""
    from markdown_it import MarkdownIt

    if source.size > _MARKDOWN_BYTES:
        raise LimitExceeded("md2html", f"the text is larger than {_MARKDOWN_BYTES} bytes")
    try:
        text = source.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FopFailed("md2html", "the source is not text in UTF-8") from error
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    if not op.mode:
        link = f'<link rel="stylesheet" href="{escape(op.css)}">\n' if op.css else ""
        html = (
            f'<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n{link}</head>\n<body>\n{html}</body>\n</html>\n'
        )
    return Artifact("text/html; charset=utf-8", data=html.encode(), name="out.html")


@handles("odconv")
def odconv(op: Any, source: Artifact, run: Run) -> Artifact:
    """A page of a PDF as a picture, its page count, or an office document as PDF."""
    if op.format == "pdf":
        return _office_to_pdf(source, run)
    with _pdfium, _pdf(source) as document:
        if op.info:
            facts = {"page_num": len(document)}
            return Artifact("application/json", data=json.dumps(facts).encode(), name="out.json")
        return _page(op, document, run)


@contextmanager
def _pdf(source: Artifact) -> Generator[Any]:
    pypdfium2: Any = import_module("pypdfium2")  # it has no type hints
    try:
        document: Any = pypdfium2.PdfDocument(source.data if source.data is not None else source.file)
    except pypdfium2.PdfiumError as error:
        raise FopFailed("odconv", f"the source is not a PDF that can be read: {error}") from error
    try:
        yield document
    finally:
        document.close()


def _page(op: Any, document: Any, run: Run) -> Artifact:
    from .picture import check_result, resize

    number, count = op.page or 1, len(document)
    if number > count:
        raise FopFailed("odconv", f"there is no page {number}: the document has {count}")
    page = document[number - 1]
    scale = (op.density or _PDF_DENSITY) / 72
    width, height = (max(1, round(side * scale)) for side in page.get_size())
    check_result("odconv", (width, height), run.limits)
    # PDFium rounds up, also what is a whole number but for the last bit.
    image = page.render(scale=scale).to_pil().convert("RGB").crop((0, 0, width, height))
    if op.resize:
        size = op.resize, max(1, round(image.height * op.resize / image.width))
        check_result("odconv", size, run.limits)
        image = resize(image, size)
    stream = BytesIO()
    density = op.density or _PDF_DENSITY
    if op.format == "png":
        image.save(stream, "PNG", dpi=(density, density))
        return Artifact("image/png", data=stream.getvalue(), name="out.png")
    image.save(stream, "JPEG", quality=op.quality or _PDF_QUALITY, dpi=(density, density))
    return Artifact("image/jpeg", data=stream.getvalue(), name="out.jpg")


def _office_to_pdf(source: Artifact, run: Run) -> Artifact:
    program: str | None = run.settings.get("soffice") or shutil.which("soffice")
    if program is None:
        raise UnsupportedFopError("odconv", "office documents need LibreOffice's soffice on the PATH", "pdf")
    folder = run.workdir / "odconv"
    folder.mkdir()
    suffix = Path(source.name or run.key).suffix.lower()
    document = folder / f"in{suffix if re.fullmatch(r'[.][a-z0-9]{1,5}', suffix) else ''}"
    document.write_bytes(source.read())
    profile = (folder / "profile").as_uri()
    arguments = ["--headless", "--norestore", f"-env:UserInstallation={profile}", "--convert-to", "pdf"]
    with _office:
        _finish([program, *arguments, "--outdir", str(folder / "out"), str(document)], folder, run)
    made = folder / "out" / "in.pdf"
    if not made.is_file():
        raise FopFailed("odconv", "the document could not be converted: it may be damaged, or of an unknown kind")
    return Artifact("application/pdf", path=made, name="out.pdf")


def _finish(command: list[str], folder: Path, run: Run) -> None:
    """Run a program to its end, or stop it and all it started when the time is over."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(run.seconds_left("odconv"))
    except subprocess.TimeoutExpired as error:
        raise LimitExceeded("odconv", f"took longer than {run.limits.seconds:g} s") from error
    finally:
        if process.poll() is None:
            if os.name == "posix":
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
            process.wait()
