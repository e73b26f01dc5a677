from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from qiniufop import ImageInfo, ImageView2, RawOp, Saveas, Watermark, ops_index, parse
from qiniufop.engine.artifact import Artifact
from qiniufop.engine.engine import LocalEngine
from qiniufop.engine.errors import EngineError, FopFailed, LimitExceeded, UnsupportedFopError
from qiniufop.engine.limits import Limits
from qiniufop.engine.registry import HANDLERS, Entry
from qiniufop.errors import FopSyntaxError, StageError

from .pictures import encoded, quarters, shown, stage

PICTURE = encoded(quarters())


@pytest.fixture
def handler(monkeypatch):
    """Register a function as the handler of ``test-<its name>`` for one test, and give a command that runs it."""

    def register(function, *approximations):
        name = f"test-{function.__name__}"
        monkeypatch.setitem(HANDLERS, name, Entry(function, approximations))
        return stage(name)

    return register


def chain(*commands):
    return SimpleNamespace(stages=tuple(s for command in commands for s in command.stages))


def test_a_command_may_be_a_value_or_a_text():
    engine = LocalEngine()
    for command in (
        "imageView2/2/w/200|imageView2/2/w/100",
        ImageView2(2, w=200) | ImageView2(2, w=100),
        ImageView2(2, w=100),
        parse("imageView2/2/w/100"),
    ):
        assert shown(engine.run(PICTURE, command)).size == (100, 67)


def test_a_source_may_be_bytes_a_file_or_an_artifact(tmp_path: Path):
    file = tmp_path / "a.png"
    file.write_bytes(PICTURE)
    for source in (PICTURE, file, Artifact("image/png", data=PICTURE), Artifact("image/png", path=file)):
        assert shown(LocalEngine().run(source, "imageView2/2/w/100")).size == (100, 67)
    assert file.read_bytes() == PICTURE


def test_saveas_stores_nothing_and_passes_the_result_on():
    result = LocalEngine().run(PICTURE, ImageView2(2, w=100, format="jpg") | Saveas("bkt", "x.jpg"))
    assert (result.mime, result.name, shown(result).size) == ("image/jpeg", "out.jpg", (100, 67))
    alone = LocalEngine().run(PICTURE, Saveas("bkt", "x.jpg"), key="dir/a.png")
    assert (alone.data, alone.mime, alone.name) == (PICTURE, "image/png", "a.png")
    assert LocalEngine().run(PICTURE, ImageInfo() | Saveas("bkt", "x.json")).mime == "application/json"


def test_files_go_where_the_caller_says_and_the_workdir_is_removed(tmp_path: Path, handler):
    out, work = tmp_path / "out", tmp_path / "work"
    out.mkdir()
    work.mkdir()

    def split(op, source, run):
        assert run.workdir.parent == work
        for name in ("in.txt", "part.ts"):
            (run.workdir / name).write_bytes(source.read() + name.encode())
        part = Artifact("video/mp2t", path=run.workdir / "part.ts")
        return Artifact("text/plain", path=run.workdir / "in.txt", files=(("a/0.ts", part),))

    command = handler(split)
    engine = LocalEngine(workdir=work)
    first, second = (engine.run(b"x", command, out=out) for _ in range(2))
    assert list(work.iterdir()) == []
    assert len({path.name for path in out.iterdir()}) == 4
    for result in (first, second):
        ((key, part),) = result.files
        assert key == "a/0.ts"
        assert result.file.parent == part.file.parent == out
        assert (result.read(), part.read()) == (b"xin.txt", b"xpart.ts")
        assert (result.file.suffix, part.file.suffix) == (".txt", ".ts")
    in_memory = engine.run(b"x", command)
    assert (in_memory.path, in_memory.read(), in_memory.files[0][1].data) == (None, b"xin.txt", b"xpart.ts")
    assert list(work.iterdir()) == []


def test_the_workdir_is_removed_after_a_failure_too(tmp_path: Path, handler):
    def fail(op, source, run):
        (run.workdir / "left").write_bytes(b"x")
        raise FopFailed("test-fail", "no")

    with pytest.raises(FopFailed):
        LocalEngine(workdir=tmp_path).run(b"x", handler(fail))
    assert list(tmp_path.iterdir()) == []


def test_a_source_that_is_handed_back_is_copied(tmp_path: Path, handler):
    file = tmp_path / "a.txt"
    file.write_bytes(b"x")
    out = tmp_path / "out"
    out.mkdir()

    def same(op, source, run):
        return source

    result = LocalEngine().run(file, handler(same), out=out)
    assert result.file != file
    assert (result.read(), file.read_bytes()) == (b"x", b"x")


def test_errors_know_their_stage():
    for command, index in (("imageView2/2/w/20", 0), ("imageInfo", 0)):
        with pytest.raises(FopFailed) as caught:
            LocalEngine().run(b"no picture", command)
        assert vars(caught.value)["stage"] == index
    with pytest.raises(EngineError) as caught:
        LocalEngine().run(PICTURE, "imageView2/2/w/20|imageMogr2/crop/!10x10a900a0|saveas/Ymt0")
    assert vars(caught.value)["stage"] == 1


@pytest.mark.parametrize("raised", [OSError("disk is full"), ValueError("bad"), MemoryError(), KeyError("x")])
def test_whatever_a_library_raises_is_a_failure_of_the_stage(handler, raised):
    def broken(op, source, run):
        raise raised

    with pytest.raises(FopFailed, match=f"test-broken: {type(raised).__name__}") as caught:
        LocalEngine().run(b"", handler(broken))
    assert vars(caught.value)["stage"] == 0
    assert caught.value.__cause__ is raised


def test_error_operations_and_options_that_are_not_known():
    with pytest.raises(UnsupportedFopError, match="my-unzip cannot run locally: the local engine does not") as e:
        LocalEngine().run(PICTURE, ImageView2(2, w=10) | RawOp("my-unzip", "a"))
    assert vars(e.value)["stage"] == 1
    with pytest.raises(UnsupportedFopError, match="imageView2: option 'blur' cannot run locally: the option") as e:
        LocalEngine().run(PICTURE, ImageView2(2, w=10, extra={"blur": "1"}))
    assert e.value.option == "blur"
    with pytest.raises(FopSyntaxError):
        LocalEngine().run(PICTURE, "imageView3/2/w/10")
    with pytest.raises(StageError, match="the engine runs one command at a time, not 2: take them from"):
        LocalEngine().run(PICTURE, "imageView2/2/w/10;imageInfo")
    with pytest.raises(FopFailed, match=r"there is no file '.*nowhere\.png'"):
        LocalEngine().run(Path("nowhere.png"), ImageInfo())


@pytest.mark.parametrize(
    ("name", "reason"),
    [("nrop", "a service of another company"), ("aicvt", "trained models that only the service has")],
)
def test_error_operations_that_only_the_service_runs(name, reason):
    with pytest.raises(UnsupportedFopError, match=f"{name} cannot run locally: it is done by {reason}"):
        LocalEngine().run(PICTURE, stage(name))


def test_every_operation_of_the_catalogue_runs_or_says_why_not():
    unknown: list[str] = []
    for name in ops_index.names():
        try:
            LocalEngine().run(b"", stage(name))
        except UnsupportedFopError as error:
            if "does not know" in error.reason:
                unknown.append(name)
        except FopFailed:
            pass  # It has a handler, which misses the attributes of the real operation.
    assert unknown == []


def test_error_json_and_lists_can_only_be_saved(handler):
    def several(op, source, run):
        return Artifact("text/plain", data=b"a\nb", files=(("a", source),), multiple=True)

    def report(op, source, run):
        return Artifact("application/json", data=b"{}")

    with pytest.raises(FopFailed, match="test-report: test-several gives several files, which can only be saved"):
        LocalEngine().run(b"", chain(handler(several), handler(report)))
    with pytest.raises(FopFailed, match="test-several: test-report gives JSON, which can only be saved"):
        LocalEngine().run(b"", chain(handler(report), handler(several)))


def test_references_are_looked_up_in_the_bucket_of_the_source(handler):
    asked: list[str] = []

    def resolve(reference: str) -> Artifact:
        asked.append(reference)
        return Artifact("text/plain", data=b"found")

    def look(op, source, run):
        for reference in ("dir/b.png", "kodo://other/c", "http://cdn.example.com/d"):
            assert run.resolve(reference).read() == b"found"
        return source

    LocalEngine(resolver=resolve).run(b"", handler(look), bucket="bkt", key="a")
    assert asked == ["kodo://bkt/dir/b.png", "kodo://other/c", "http://cdn.example.com/d"]


def test_a_store_answers_references():
    class Store:
        def get(self, bucket: str, key: str):
            return SimpleNamespace(artifact=lambda: Artifact("image/png", data=logo)) if key == "l/o.png" else None

    logo = encoded(quarters((20, 20)))
    engine = LocalEngine(Store())
    assert engine.run(PICTURE, Watermark(mode=1, image="kodo://bkt/l/o.png")).data != PICTURE
    with pytest.raises(FopFailed, match="there is no object 'kodo://bkt/x'"):
        engine.run(PICTURE, Watermark(mode=1, image="kodo://bkt/x"))
    with pytest.raises(FopFailed, match="'http://h/x' cannot be reached: the engine was given no way to look it up"):
        engine.run(PICTURE, Watermark(mode=1, image="http://h/x"))
    with pytest.raises(FopFailed, match="'kodo://bkt/x' cannot be reached"):
        LocalEngine().run(PICTURE, Watermark(mode=1, image="kodo://bkt/x"))


def test_notes_of_all_stages_are_collected_once(handler):
    def first(op, source, run):
        return Artifact("text/plain", data=b"", notes=("one", "two"))

    def second(op, source, run):
        return Artifact("text/plain", data=b"", notes=("two", "three"))

    command = chain(handler(first, "always"), handler(second, "always"))
    assert LocalEngine().run(b"", command).notes == ("always", "one", "two", "three")


def test_progress_runs_over_all_stages(handler):
    def half(op, source, run):
        for share in (0.0, 0.5, 1.0, 7.0):
            run.progress(share)
        return source

    told: list[float] = []
    LocalEngine().run(b"", chain(handler(half), handler(half)), progress=told.append)
    assert told == [0.0, 0.25, 0.5, 0.5, 0.5, 0.75, 1.0, 1.0]


def test_error_time_is_limited(handler):
    def never(op, source, run):
        return source

    with pytest.raises(LimitExceeded, match="test-never: took longer than -1 s"):
        LocalEngine(limits=Limits(seconds=-1)).run(b"", handler(never))
    assert LocalEngine(limits=Limits(seconds=-1)).run(b"", handler(never), limits=Limits()).data == b""


def test_no_more_commands_work_at_once_than_allowed(handler):
    working, most, lock = 0, 0, threading.Lock()
    two = threading.Barrier(2, timeout=10)

    def work(op, source, run):
        nonlocal working, most
        with lock:
            working += 1
            most = max(most, working)
        two.wait()
        with lock:
            working -= 1
        return source

    engine, command = LocalEngine(concurrency=2), handler(work)
    threads = [threading.Thread(target=engine.run, args=(b"", command)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert most == 2


def test_a_resolver_may_run_commands_itself(handler):
    def resolve(reference: str) -> Artifact:
        return engine.run(PICTURE, "imageView2/2/w/20")

    engine = LocalEngine(resolver=resolve, concurrency=1)
    result = engine.run(PICTURE, Watermark(mode=1, image="http://cdn.example.com/a.png?imageView2/2/w/20"))
    assert shown(result).size == (640, 427)


def test_without_pillow_other_operations_run_and_pictures_say_what_is_missing():
    program = (
        "import sys; sys.modules['PIL'] = None\n"
        "from types import SimpleNamespace as N\n"
        "from qiniufop.engine.engine import LocalEngine\n"
        "from qiniufop.engine.errors import UnsupportedFopError\n"
        "from qiniufop.errors import MissingExtraError\n"
        "q = N(stages=(N(name='qhash', label='qhash', extra=(), algorithm='md5'),))\n"
        "assert LocalEngine().run(b'x', q).mime == 'application/json'\n"
        "try: LocalEngine().run(b'x', N(stages=(N(name='my-op', label='my-op', extra=()),)))\n"
        "except UnsupportedFopError: pass\n"
        "try: LocalEngine().run(b'x', 'imageView2/2/w/10')\n"
        "except MissingExtraError as error: print(error, error.stage)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "running imageView2 needs more packages: pip install 'qiniufop[local]' 0", done.stderr
