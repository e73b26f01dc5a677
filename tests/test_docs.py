"""What the pages show is true: their Python runs, their command lines are understood, the examples do what they say."""

from __future__ import annotations

import importlib.util
import io
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
from pydantic import ValidationError

from qiniufop import FopError, describe, ops_index, parse, samples
from qiniufop.ops import _names

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")])
ON_DISK = [page for page in PAGES if page.is_file()]

AT_THE_SERVICE = ("needs a service or a dev server", "需要服务端或开发服务器")
REFUSED = ("refused", "会被拒绝")
PRINTS = ("prints", "输出")
WITHOUT_ARGUMENTS_OF_THEIR_OWN = {"submit", "status", "wait", "serve", "demo"}
"""Commands that are only checked, not run: they need a server, or take long."""


class Block(NamedTuple):
    """A fenced block of a page."""

    page: str
    line: int
    language: str
    title: str
    text: str


def blocks(page: Path) -> list[Block]:
    found: list[Block] = []
    text = page.read_text(encoding="utf-8")
    for match in re.finditer(r"(?ms)^```([\w-]*)[ \t]*([^\n]*)\n(.*?)^```[ \t]*$", text):
        title = re.search(r'title="([^"]*)"', match[2])
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(page.name, line, match[1], title[1] if title else "", match[3]))
    return found


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    """A dev server with what the pages talk about."""
    from qiniufop.server import DevServer

    pages = {"thumbnails": "imageView2/2/w/200"}
    with DevServer(memory=True, templates=pages) as made:
        made.put("photos", "cat.jpg", samples.photo)
        made.put("photos", "dog.png", samples.photo)
        made.put("photos", "logo.png", samples.logo)
        made.put("videos", "holiday.mov", small_clip(), mime="video/quicktime")
        made.put("videos", "talk.wav", small_sound())
        yield made


def small_clip() -> bytes:
    return made_by_ffmpeg("testsrc=size=160x90:rate=10:duration=1", "-f", "mov", "-movflags", "frag_keyframe")


def small_sound() -> bytes:
    return made_by_ffmpeg("sine=frequency=880:duration=1", "-f", "wav")


def made_by_ffmpeg(source: str, *how: str) -> bytes:
    import imageio_ffmpeg

    program = imageio_ffmpeg.get_ffmpeg_exe()
    line = [program, "-loglevel", "error", "-f", "lavfi", "-i", source, *how, "pipe:1"]
    return subprocess.run(line, capture_output=True, check=True).stdout


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the files that the pages name."""
    shutil.copyfile(samples.photo, tmp_path / "photo.jpg")
    shutil.copyfile(samples.logo, tmp_path / "logo.png")
    (tmp_path / "clip.mov").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QINIU_PROFILE_FILE", str(tmp_path / "none"))
    for name in ("QINIU_ACCESS_KEY", "QINIU_SECRET_KEY", "QINIUFOP_API_HOST", "QINIU_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


# the two lines


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_readme_begins_with_the_two_lines(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    lines = re.findall(r"(?m)^git clone https://\S+/qiniufop\.git && cd qiniufop && python3 (\S+) (\w+)$", text)
    assert lines == [("scripts/bootstrap.py", "demo"), ("scripts/bootstrap.py", "test")]
    assert text.index(lines[0][0]) < text.index("pip install")
    known = subprocess.run(
        [sys.executable, lines[0][0], "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert all(f"bootstrap.py {command} " in known.stdout for _, command in lines)


# Python on the pages


def has_python(page: Path) -> bool:
    return any(block.language == "python" for block in blocks(page))


@pytest.mark.filterwarnings("ignore::qiniufop.errors.RetiredWarning")
@pytest.mark.parametrize("page", list(filter(has_python, ON_DISK)), ids=lambda page: str(page.relative_to(ROOT)))
def test_python_runs(page: Path, request: pytest.FixtureRequest, folder: Path) -> None:
    names: dict[str, Any] = {"__name__": "page"}
    said = ""
    for block in blocks(page):
        where = f"{block.page}:{block.line}"
        if block.language == "text" and block.title in PRINTS:
            assert said.rstrip() == block.text.rstrip(), where
        elif block.language == "text" and block.title in REFUSED:
            assert block.text.rstrip() in said, f"{where}: {said}"
        elif block.language == "python" and block.title in REFUSED:
            said = refused(block, names, where)
        elif block.language == "python":
            with pytest.MonkeyPatch.context() as patch:
                if block.title in AT_THE_SERVICE:
                    point_clients_at(request.getfixturevalue("server"), patch)
                else:
                    assert not block.title, f"{where} has a title that means nothing here"
                said = run(block, names, where)


def run(block: Block, names: dict[str, Any], where: str) -> str:
    text = io.StringIO()
    with redirect_stdout(text):
        exec(compile(block.text, where, "exec"), names)
    return text.getvalue()


def refused(block: Block, names: dict[str, Any], where: str) -> str:
    with pytest.raises((FopError, ValidationError, TypeError)) as caught:
        run(block, names, where)
    return str(caught.value)


def point_clients_at(server: Any, patch: pytest.MonkeyPatch) -> None:
    """Let ``Client.from_env()`` find keys and the dev server, as if a person had set them."""
    from qiniufop.client import aio, client

    patch.setenv("QINIU_ACCESS_KEY", server.access_key)
    patch.setenv("QINIU_SECRET_KEY", server.secret_key)
    patch.setenv("QINIUFOP_API_HOST", server.url)
    for kind in (client.Client, aio.AsyncClient):
        original = kind.from_env.__func__  # type: ignore[attr-defined]

        def from_env(cls: Any, environ: Any = None, _original: Any = original, **options: Any) -> Any:
            return _original(cls, environ, **{"api_host": server.url, **options})

        patch.setattr(kind, "from_env", classmethod(from_env))


# command lines on the pages


def command_lines(page: Path) -> list[tuple[str, list[str], str]]:
    """Each command line of qiniufop on a page: where, its words, and the output shown below it."""
    found: list[tuple[str, list[str], str]] = []
    for block in blocks(page):
        if block.language not in ("console", "bash", "sh", "shell"):
            continue
        for chunk in re.split(r"(?m)^(?=\$ )", block.text):
            line, _, output = chunk.partition("\n")
            while line.endswith("\\"):
                more, _, output = output.partition("\n")
                line = line[:-1] + more
            for words in commands_in(line.removeprefix("$ ")):
                found.append((f"{block.page}:{block.line}", words, output if chunk.startswith("$ ") else ""))
    return found


def commands_in(line: str) -> Iterator[list[str]]:
    split = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    split.whitespace_split = True
    words: list[str] = []
    for word in [*split, ";"]:
        if word and set(word) <= set("|&;<>"):
            if words[:1] == ["qiniufop"]:
                yield words[1:]
            words = []
        else:
            words.append(word)


LINES = [
    pytest.param(words, output, id=f"{where} {' '.join(words)}"[:80])
    for page in ON_DISK
    for where, words, output in command_lines(page)
]


@pytest.mark.parametrize(("words", "output"), LINES)
def test_command_lines_are_understood(
    words: list[str], output: str, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from qiniufop.cli import app

    monkeypatch.setenv("COLUMNS", "120")
    if output.strip() and words[0] not in WITHOUT_ARGUMENTS_OF_THEIR_OWN:
        app.run(words)
        said = capsys.readouterr()
        assert output.rstrip() in {text.rstrip() for text in (said.out, said.err, said.out + said.err)}
        return
    if not words or words[0].startswith("-"):
        return
    command = app.Commands(name="qiniufop").get_command(None, words[0])
    assert command is not None, f"there is no command {words[0]}"
    if "--help" in words:
        return
    # Files of the reader's own need not be here; everything else about the line must be right.
    with suppress_missing_files():
        command.make_context(words[0], words[1:])


@contextmanager
def suppress_missing_files() -> Generator[None]:
    try:
        yield
    except Exception as error:
        if "does not exist" not in str(error):
            raise


# the examples


def example(name: str, server: Any, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    """Run an example as a program, its keys and host taken from the environment, and return what it printed."""
    monkeypatch.setenv("QINIU_ACCESS_KEY", server.access_key)
    monkeypatch.setenv("QINIU_SECRET_KEY", server.secret_key)
    monkeypatch.setenv("QINIUFOP_API_HOST", server.url)
    monkeypatch.setattr(sys, "argv", [name, *arguments])
    text = io.StringIO()
    code: object = None
    with redirect_stdout(text):
        try:
            runpy.run_path(str(ROOT / "examples" / name), run_name="__main__")
        except SystemExit as end:
            code = end.code
    assert not code, text.getvalue()
    return text.getvalue()


def size_of(data: bytes) -> tuple[int, int]:
    from PIL import Image

    with Image.open(io.BytesIO(data)) as picture:
        return picture.size


def test_example_image_pipeline(server: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = example("image_pipeline.py", server, monkeypatch, "photos", "cat.jpg")
    assert said.splitlines()[0].startswith("imageView2/2/w/800/h/600/format/webp|watermark/1/image/")
    assert said.splitlines()[1:] == ["photos:processed-image.webp"]
    assert size_of(server.get("photos", "processed-image.webp")) == (640, 427)


def test_example_video_renditions(server: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = example("video_renditions.py", server, monkeypatch, "videos", "holiday.mov")
    assert said.splitlines()[-3:] == ["videos:video-hd.mp4", "videos:video-sd.mp4", "videos:video-thumb.jpg"]
    assert "distort" not in said
    assert size_of(server.get("videos", "video-thumb.jpg")) == (320, 180)


def test_example_audio_formats(server: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = example("audio_formats.py", server, monkeypatch, "videos", "talk.wav")
    assert "avthumb has no parameter 'af'" in said
    assert said.splitlines()[-2:] == ["videos:audio.mp3", "videos:audio.aac"]


def test_example_workflow(server: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = example("workflow.py", server, monkeypatch, "photos", "cat.jpg", "thumbnails")
    assert said.splitlines()[0].endswith(": succeeded")
    assert said.splitlines()[1:] == ["imageView2/2/w/200"]


def test_example_variants(server: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = example("variants.py", server, monkeypatch, "photos", "cat.jpg")
    assert said.split() == ["cat_thumb.jpg", "cat_medium.webp", "cat_large.webp", "cat_avatar.png"]
    assert size_of(server.get("photos", "cat_avatar.png")) == (64, 64)


def test_example_batch(server: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = example("batch.py", server, monkeypatch, "photos", "cat.jpg", "dog.png")
    assert said.splitlines() == ["cat.jpg: done", "dog.png: done"]
    assert {"cat.jpg.small.webp", "dog.png.small.webp"} <= set(server.keys("photos"))
    assert [line.split("\t")[0] for line in (folder / "jobs.tsv").read_text().splitlines()] == ["cat.jpg", "dog.png"]


def test_example_read_and_change(server: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = example("read_and_change.py", server, monkeypatch, "imageView2/2/w/800|saveas/Ymt0;my-own/x", "imageInfo")
    assert said.splitlines() == ["imageView2/2/w/800/format/webp/q/80|saveas/Ymt0;my-own/x", "imageInfo"]


def test_example_local_run(server: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = example("local_run.py", server, monkeypatch, "photo.jpg", "square.webp")
    assert '"width": 640' in said
    assert "heic" in said
    assert size_of((folder / "square.webp").read_bytes()) == (256, 256)


def test_example_testing_with_pytest(qiniufop_server: Any, qiniufop_client: Any) -> None:
    runpy.run_path(str(ROOT / "examples" / "testing_with_pytest.py"))["test_thumbnail"](
        qiniufop_server, qiniufop_client
    )


def test_every_example_is_run() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    for path in (ROOT / "examples").glob("*.py"):
        elsewhere = path.name.startswith("notifications_")
        assert elsewhere or f'"{path.name}"' in text, f"examples/{path.name} is not run by a test"


# the models, as the reference pages show them


def described() -> list[Any]:
    """Every public class of the catalogue: operations, their variants, and the groups they repeat."""
    ops_index.load_all()
    found = {name: getattr(__import__("qiniufop"), name) for name in _names.PUBLIC}
    return [cls for name, cls in sorted(found.items()) if name != "RawOp"]


@pytest.mark.parametrize("cls", described(), ids=lambda cls: cls.__name__)
def test_models_are_documented(cls: Any) -> None:
    assert (cls.__doc__ or "").strip(), f"{cls.__name__} has no docstring"
    for row in describe.rows(cls):
        assert row.doc, f"{cls.__name__}.{row.attr} has no documentation"
    facts = getattr(cls, "facts", None)
    if facts is None:  # a group: its pages are those of the operations that repeat it
        return
    assert facts.title, f"{cls.__name__} has no title"
    assert re.search("[\u4e00-\u9fff]", facts.zh), f"{cls.__name__} has no Chinese title"
    assert facts.docs, f"{cls.__name__} names no page of the service"
    assert all(page.startswith("https://") for page in facts.docs)
    for row in describe.rows(cls):
        assert row.source.startswith("https://"), f"{cls.__name__}.{row.attr} has no source"


@pytest.mark.parametrize("cls", described(), ids=lambda cls: cls.__name__)
def test_examples_of_models_read_back(cls: Any) -> None:
    for fops, what in getattr(getattr(cls, "facts", None), "examples", ()):
        value = parse(fops)
        assert what
        assert str(value) == fops
        assert parse(str(value.canonical())) == value
        assert any(isinstance(stage, cls) for stage in value.stages), f"{fops} is no example of {cls.__name__}"


# the reference pages


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    pytest.importorskip("mkdocs")
    spec = importlib.util.spec_from_file_location("reference", ROOT / "scripts" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_operation_has_a_page_in_both_languages(reference: ModuleType) -> None:
    english, chinese = reference.pages("en"), reference.pages("zh")
    assert {f"zh/{path}" for path in english} == set(chinese)
    assert {f"reference/{name}.md" for name in ops_index.names()} < set(english)
    for name, cls in reference.operations().items():
        page, other = english[f"reference/{name}.md"], chinese[f"zh/reference/{name}.md"]
        assert page.startswith(f"# {name}: {cls.facts.title}\n")
        assert other.startswith(f"# {name}: {cls.facts.zh}\n")
        assert f"]({name}.md)" in english["reference/index.md"]


def test_reference_pages_name_every_parameter_and_example(reference: ModuleType) -> None:
    for lang, folder in (("en", "reference"), ("zh", "zh/reference")):
        pages = reference.pages(lang)
        for name, cls in reference.operations().items():
            page = pages[f"{folder}/{name}.md"]
            for variant in [
                *reference.variants(cls),
                *(g for v in reference.variants(cls) for g in reference.groups(v)),
            ]:
                for row in describe.rows(variant):
                    assert f"| `{row.attr}` |" in page, f"{folder}/{name}.md lacks {row.attr}"
            for variant in reference.variants(cls):
                assert all(fops in page for fops, _ in variant.facts.examples)


def test_reference_pages_have_even_tables(reference: ModuleType) -> None:
    for path, page in {**reference.pages("en"), **reference.pages("zh")}.items():
        columns = 0
        for line in page.splitlines():
            cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
            assert not columns or not cells or cells == columns, f"{path}: {line}"
            columns = cells


def test_public_classes_are_all_on_some_page(reference: ModuleType) -> None:
    text = "\n".join(reference.pages("en").values())
    for cls in described():
        assert f"qiniufop.{cls.__name__}`" in text or f"## {cls.__name__}\n" in text or f"`{cls.__name__}`" in text


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("integer; from 1 to 100 percent", "整数; 1 到 100 百分比"),
        ("copy, avif, heic, or another word", "copy, avif, heic，或其他单词"),
        ("list of base64 text", "列表：文本（库负责 base64）"),
        ("libmp3lame", "libmp3lame"),
    ],
)
def test_types_in_chinese(reference: ModuleType, english: str, chinese: str) -> None:
    assert reference.words(english, "zh") == chinese
