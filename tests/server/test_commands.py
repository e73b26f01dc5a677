from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from qiniufop.engine.artifact import Artifact
from qiniufop.engine.engine import LocalEngine
from qiniufop.engine.keys import default_key, etag
from qiniufop.server.commands import CommandError, CommandRunner, read_command, split
from qiniufop.server.folder import FolderStore
from qiniufop.server.store import MemoryStore, Meta, ObjectStore

from .conftest import PHOTO

SMALL = "imageView2/2/w/64"


def b64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObjectStore]:
    made: ObjectStore = MemoryStore() if request.param == "memory" else FolderStore(tmp_path)
    made.create_bucket("bkt")
    made.put("bkt", "dir/photo.jpg", PHOTO, Meta(end_user="u7"))
    yield made
    made.close()


@pytest.fixture
def runner(store: ObjectStore) -> CommandRunner:
    return CommandRunner(LocalEngine(store), store)


def test_an_unnamed_result_gets_the_default_key(runner: CommandRunner, store: ObjectStore) -> None:
    source = store.get("bkt", "dir/photo.jpg")
    assert source is not None
    outcome = runner.run("bkt", "dir/photo.jpg", SMALL)
    assert outcome.error is None
    assert outcome.key == default_key(SMALL, source.hash)
    stored = store.get("bkt", outcome.key)
    assert stored is not None
    assert (stored.hash, stored.mime) == (outcome.hash, "image/jpeg")
    assert Image.open(io.BytesIO(stored.read())).size == (64, 43)


def test_the_key_follows_from_the_text_as_written(runner: CommandRunner) -> None:
    keys = {runner.run("bkt", "dir/photo.jpg", text).key for text in (SMALL, f"{SMALL}/", f"{SMALL}|{SMALL}")}
    assert len(keys) == 3
    assert None not in keys


@pytest.mark.parametrize(
    ("saveas", "where"),
    [
        ("other:out.jpg", ("other", "out.jpg")),
        ("other:a:b:c", ("other", "a:b:c")),
        ("other:", ("other", "")),
        ("bkt:目录/结果>?.jpg", ("bkt", "目录/结果>?.jpg")),
    ],
)
def test_saveas_names_the_result(
    runner: CommandRunner, store: ObjectStore, saveas: str, where: tuple[str, str]
) -> None:
    outcome = runner.run("bkt", "dir/photo.jpg", f"{SMALL}|saveas/{b64(saveas)}")
    assert (outcome.error, outcome.key) == (None, where[1])
    assert store.get(*where) is not None


def test_saveas_without_a_key_lets_the_server_choose(runner: CommandRunner, store: ObjectStore) -> None:
    text = f"{SMALL}|saveas/{b64('other')}"
    source = store.get("bkt", "dir/photo.jpg")
    assert source is not None
    assert runner.run("bkt", "dir/photo.jpg", text).key == default_key(text, source.hash)
    assert len(store.keys("other")) == 1


def test_a_pattern_has_variables_of_the_input(runner: CommandRunner, store: ObjectStore) -> None:
    pattern = "${bucket}/$(fprefix)_small$(ext)-$(endUser)-$(fsize)-$(nope)"
    text = f"{SMALL}|saveas/{b64('other:loses')}/savePattern/{b64(pattern)}"
    assert runner.run("bkt", "dir/photo.jpg", text).key == f"bkt/photo_small.jpg-u7-{PHOTO.stat().st_size}-$(nope)"


def test_a_key_template_has_variables_of_the_output(runner: CommandRunner, store: ObjectStore) -> None:
    text = f"{SMALL}|saveas/{b64('other')}/saveKey/{b64('$(year)-x/$(etag).jpg')}"
    outcome = runner.run("bkt", "dir/photo.jpg", text)
    assert outcome.key is not None
    year, _, name = outcome.key.partition("-x/")
    assert year.isdigit()
    assert name == f"{outcome.hash}.jpg"


def test_days_are_recorded(runner: CommandRunner, store: ObjectStore) -> None:
    runner.run("bkt", "dir/photo.jpg", f"{SMALL}|saveas/{b64('other:k')}/deleteAfterDays/7")
    stored = store.get("other", "k")
    assert stored is not None
    assert stored.meta.delete_after_days == 7


def test_an_existing_result_is_returned_unless_forced(runner: CommandRunner, store: ObjectStore) -> None:
    old = store.put("bkt", "out.jpg", b"was here first")
    text = f"{SMALL}|saveas/{b64('bkt:out.jpg')}"
    kept = runner.run("bkt", "dir/photo.jpg", text)
    assert (kept.returned_old, kept.hash, kept.key) == (True, old.hash, "out.jpg")
    forced = runner.run("bkt", "dir/photo.jpg", text, force=True)
    assert not forced.returned_old
    assert forced.hash != old.hash
    again = runner.run("bkt", "dir/photo.jpg", text)
    assert (again.returned_old, again.hash) == (True, forced.hash)


def test_a_failed_command_leaves_nothing_and_runs_again(runner: CommandRunner, store: ObjectStore) -> None:
    store.put("bkt", "text.jpg", b"no picture")
    text = f"{SMALL}|saveas/{b64('bkt:out.jpg')}"
    for _ in range(2):
        outcome = runner.run("bkt", "text.jpg", text)
        assert outcome.error is not None
        assert outcome.error.startswith("execute fop cmd failed: imageView2: ")
        assert not outcome.returned_old
    assert store.get("bkt", "out.jpg") is None


def test_a_report_is_the_result_unless_it_is_saved(runner: CommandRunner, store: ObjectStore) -> None:
    outcome = runner.run("bkt", "dir/photo.jpg", "imageInfo")
    assert outcome.result is not None
    assert '"width"' in outcome.result
    assert (outcome.key, outcome.hash) == (None, None)
    saved = runner.run("bkt", "dir/photo.jpg", f"imageInfo|saveas/{b64('bkt:info.json')}")
    assert (saved.result, saved.key) == (None, "info.json")
    stored = store.get("bkt", "info.json")
    assert stored is not None
    assert (stored.mime, stored.read().decode()) == ("application/json", outcome.result)


class ManyFiles:
    """An engine whose results are several files, as those of vsample and HLS are."""

    def __init__(self, artifact: Artifact) -> None:
        self.artifact = artifact

    def run(self, source: object, command: object, **options: Any) -> Artifact:
        return self.artifact


FILES = tuple((f"dir/{n}.jpg", Artifact("image/jpeg", data=b"%d" % n)) for n in range(3))


def test_several_results_are_listed(store: ObjectStore) -> None:
    engine = ManyFiles(Artifact("application/json", data=b"[]", files=FILES, multiple=True))
    outcome = CommandRunner(engine, store).run("bkt", "dir/photo.jpg", SMALL)
    assert (outcome.keys, outcome.key, outcome.result) == (("dir/0.jpg", "dir/1.jpg", "dir/2.jpg"), None, None)
    assert [store.artifact("bkt", key).read() for key in outcome.keys or ()] == [b"0", b"1", b"2"]


def test_files_that_belong_to_a_result_go_where_it_goes(store: ObjectStore) -> None:
    engine = ManyFiles(Artifact("application/x-mpegurl", data=b"#EXTM3U", files=FILES))
    outcome = CommandRunner(engine, store).run("bkt", "dir/photo.jpg", f"{SMALL}|saveas/{b64('other:a.m3u8')}")
    assert (outcome.key, outcome.keys) == ("a.m3u8", None)
    assert store.keys("other") == ["a.m3u8", "dir/0.jpg", "dir/1.jpg", "dir/2.jpg"]


def test_nothing_is_stored_of_a_job_nobody_wants(runner: CommandRunner, store: ObjectStore) -> None:
    outcome = runner.run("bkt", "dir/photo.jpg", SMALL, wanted=lambda: False)
    assert outcome.error == "execute fop cmd failed: the job was called off"
    assert store.keys("bkt") == ["dir/photo.jpg"]


@pytest.mark.parametrize(
    ("text", "stage", "error"),
    [
        ("nope/1", 0, "nope cannot run locally: the local engine does not know this operation"),
        (f"{SMALL}|nope", 1, "nope cannot run locally: the local engine does not know this operation"),
        (f"{SMALL}|{SMALL}|imageView2/9/w/1", 2, "imageView2: "),
        (f"{SMALL}|imageInfo|{SMALL}", 2, "imageInfo makes Json"),
        ("", 0, ""),
        (f"{SMALL}|saveas/{b64('x:k')}", 0, "'x' cannot be a bucket"),
        (f"{SMALL}%7C{SMALL}", 0, "percent-encoded"),
        ("facecrop2/200x200", 0, "does not run in a job, only in a URL"),
        (f"{SMALL}|saveas/!!", 1, "saveas cannot store as '!!'"),
    ],
)
def test_error_commands(runner: CommandRunner, text: str, stage: int, error: str) -> None:
    outcome = runner.run("bkt", "dir/photo.jpg", text)
    assert outcome.error is not None
    assert outcome.error.startswith("execute fop cmd failed: ")
    assert error in outcome.error
    assert "\n" not in outcome.error
    assert outcome.error_index == stage


def test_error_a_missing_source(runner: CommandRunner) -> None:
    outcome = runner.run("bkt", "gone", SMALL)
    assert outcome.error == "execute fop cmd failed: source data is empty or fail to get source data"


def test_error_a_bucket_that_may_not_be_made(store: ObjectStore) -> None:
    runner = CommandRunner(LocalEngine(store), store, create_buckets=False)
    outcome = runner.run("bkt", "dir/photo.jpg", f"{SMALL}|saveas/{b64('other:k')}")
    assert outcome.error == "execute fop cmd failed: no such bucket: 'other'"


def test_error_what_nobody_foresaw(store: ObjectStore, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(ManyFiles):
        def run(self, source: object, command: object, **options: Any) -> Artifact:
            raise KeyError("surprise")

    runner = CommandRunner(Broken(FILES[0][1]), store)
    outcome = runner.run("bkt", "dir/photo.jpg", SMALL)
    assert outcome.error == "execute fop cmd failed: internal error: KeyError"
    assert "surprise" in caplog.text


def test_nothing_is_unescaped_when_commands_are_split() -> None:
    assert split("a;v;t") == ["a", "v", "t"]
    assert split("a%3Bb") == ["a%3Bb"]
    assert split("a;;b;") == ["a", "", "b", ""]
    with pytest.raises(CommandError, match="percent-encoded"):
        read_command("imageInfo%3BimageInfo")


def test_an_archive_is_named_by_its_hash(store: ObjectStore) -> None:
    engine = ManyFiles(Artifact("application/zip", data=b"PK"))
    runner = CommandRunner(engine, store)
    source = store.get("bkt", "dir/photo.jpg")
    assert source is not None
    named = replace(runner.target(source, read_command("mkzip/2/url/aHR0cDovL2EvYg=="), "mkzip/2"))
    assert named.key is None
    assert runner.save(named, Artifact("application/zip", data=b"PK")).key == etag(b"PK")
