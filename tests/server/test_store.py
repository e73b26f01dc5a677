from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiniufop.engine.errors import FopFailed
from qiniufop.server.folder import HASHED, OWN, FolderStore, hashed, readable
from qiniufop.server.store import (
    BadName,
    MemoryStore,
    Meta,
    NoSuchBucket,
    ObjectExists,
    ObjectStore,
    StoreError,
    StoreInUse,
)

HOSTILE = [
    "",
    "/",
    "/etc/passwd",
    "../outside",
    "a/../../outside",
    "a//b",
    "a/./b",
    "a/",
    ".hidden",
    ".keys/x",
    "C:\\windows",
    "c:evil",
    "a\\..\\b",
    "nul",
    "dir/COM1.txt",
    "a\x00b",
    "line\nbreak",
    "trailing.",
    "trailing ",
    "目录/结果>?.mp4",
    "e\u0301",
    "x" * 700,
]
PLAIN = [
    "a.png",
    "dir/sub/b.mp4",
    "目录/图.png",
    "v-PtT-DzpyCcqv6xNU25neTMkcc=/Fabc",
    "a b+c&d;e.mp4",
    "a:b".replace(":", "_"),
]


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObjectStore]:
    made: ObjectStore = MemoryStore() if request.param == "memory" else FolderStore(tmp_path / "root")
    made.create_bucket("bkt")
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[FolderStore]:
    made = FolderStore(tmp_path / "root")
    made.create_bucket("bkt")
    yield made
    made.close()


@pytest.mark.parametrize("key", HOSTILE + PLAIN)
def test_any_key_comes_back(store: ObjectStore, key: str) -> None:
    put = store.put("bkt", key, b"content")
    got = store.get("bkt", key)
    assert got is not None
    assert (got.key, got.read(), got.hash, got.size) == (key, b"content", put.hash, 7)
    assert store.keys("bkt") == [key]
    assert store.delete("bkt", key)
    assert store.get("bkt", key) is None
    assert not store.delete("bkt", key)


@pytest.mark.parametrize("key", HOSTILE)
def test_no_key_leaves_its_bucket(folder: FolderStore, key: str) -> None:
    stored = folder.put("bkt", key, b"x")
    assert not readable(key)
    assert stored.path == folder.root / "bkt" / hashed(key)
    everything = [p for p in folder.root.parent.rglob("*") if p.is_file() and OWN not in p.parts]
    assert everything == [stored.path]


@pytest.mark.parametrize("key", PLAIN)
def test_a_plain_key_is_a_readable_path(folder: FolderStore, key: str) -> None:
    folder.put("bkt", key, b"x")
    assert (folder.root / "bkt" / key).read_bytes() == b"x"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from("./\\:~ "), max_size=60))
def test_every_key_has_a_place_inside_its_bucket(key: str) -> None:
    base = Path(os.path.abspath("bucket"))
    path = key if readable(key) else hashed(key)
    place = os.path.normpath(base / path)
    assert place == str(base / path)
    assert Path(place).parent != base.parent
    assert Path(place).is_relative_to(base)
    assert readable(key) != path.startswith(HASHED)
    if not readable(key):
        assert re.fullmatch(r"\.keys/[0-9a-f]{40}(\.[a-z0-9]{1,8})?", path)


def test_a_hashed_name_keeps_the_extension() -> None:
    assert hashed("目录/结果>?.MP4").startswith(f"{HASHED}/")
    assert hashed("目录/结果>?.MP4").endswith(".mp4")
    assert hashed("a/../b.m p4").count(".") == 1


def test_a_key_below_another_key(folder: FolderStore) -> None:
    folder.put("bkt", "a", b"1")
    folder.put("bkt", "a/b", b"2")
    folder.put("bkt", "c/d", b"3")
    folder.put("bkt", "c", b"4")
    contents = {o.key: o.read() for o in folder.list("bkt")}
    assert contents == {"a": b"1", "a/b": b"2", "c": b"4", "c/d": b"3"}


def test_keys_that_differ_in_case_do_not_share_a_file(folder: FolderStore) -> None:
    first, second = folder.put("bkt", "A.png", b"1"), folder.put("bkt", "a.png", b"2")
    assert first.path != second.path
    assert second.path is not None
    assert second.path.parent.name == HASHED
    assert folder.keys("bkt") == ["A.png", "a.png"]


def test_a_link_out_of_the_root_is_neither_read_nor_written(folder: FolderStore, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    (folder.root / "bkt" / "link").symlink_to(outside)
    (folder.root / "bkt" / "file.txt").symlink_to(outside / "secret.txt")
    assert folder.get("bkt", "link/secret.txt") is None
    assert folder.get("bkt", "file.txt") is None
    assert folder.keys("bkt") == []
    folder.put("bkt", "link/new.txt", b"new")
    folder.put("bkt", "file.txt", b"new")
    assert sorted(os.listdir(outside)) == ["secret.txt"]
    assert (outside / "secret.txt").read_text() == "secret"


def test_a_bucket_that_is_a_link_is_no_bucket(folder: FolderStore, tmp_path: Path) -> None:
    (folder.root / "linked").symlink_to(tmp_path)
    assert folder.buckets() == ["bkt"]
    with pytest.raises(NoSuchBucket):
        folder.put("linked", "k", b"")


def test_files_put_there_by_hand_are_objects(folder: FolderStore) -> None:
    (folder.root / "bkt" / "dir").mkdir()
    file = folder.root / "bkt" / "dir" / "cat.jpg"
    file.write_bytes(b"one")
    got = folder.get("bkt", "dir/cat.jpg")
    assert got is not None
    assert (got.read(), got.mime) == (b"one", "image/jpeg")
    file.write_bytes(b"changed")
    changed = folder.get("bkt", "dir/cat.jpg")
    assert changed is not None
    assert changed.size == 7
    assert changed.hash != got.hash
    file.unlink()
    assert folder.get("bkt", "dir/cat.jpg") is None
    assert folder.keys("bkt") == []


def test_clearing_spares_what_the_server_did_not_store(folder: FolderStore) -> None:
    own = folder.root / "my-project" / "thesis.txt"
    own.parent.mkdir()
    own.write_text("years of work")
    assert folder.keys("my-project") == ["thesis.txt"]
    folder.put("bkt", "out/x.png", b"x")
    folder.put("bkt", "<odd>", b"x")
    folder.clear()
    assert own.read_text() == "years of work"
    assert folder.buckets() == ["my-project"]


def test_the_folder_is_the_same_after_a_restart(tmp_path: Path) -> None:
    first = FolderStore(tmp_path)
    first.create_bucket("bkt")
    before = [first.put("bkt", key, b"x", Meta("text/x-test", 7, "f.txt", "me")) for key in ("a/b.txt", "<odd>.txt")]
    first.close()
    second = FolderStore(tmp_path)
    assert [second.get("bkt", o.key) for o in before] == before
    second.close()


def test_a_second_server_in_the_same_folder_is_refused(folder: FolderStore) -> None:
    with pytest.raises(StoreInUse, match="another server works in"):
        FolderStore(folder.root)
    assert folder.get("bkt", "nothing") is None


def test_the_index_may_be_lost(tmp_path: Path) -> None:
    first = FolderStore(tmp_path)
    first.create_bucket("bkt")
    first.put("bkt", "a/b.txt", b"x")
    first.close()
    for file in (tmp_path / OWN).glob("objects.sqlite*"):
        file.unlink()
    second = FolderStore(tmp_path)
    assert second.keys("bkt") == ["a/b.txt"]
    second.close()


def test_deleting_leaves_no_empty_directories(folder: FolderStore) -> None:
    folder.put("bkt", "a/b/c.txt", b"x")
    folder.delete("bkt", "a/b/c.txt")
    assert list((folder.root / "bkt").iterdir()) == []


def test_nothing_is_left_of_a_refused_object(folder: FolderStore) -> None:
    with pytest.raises(NoSuchBucket):
        folder.put("other", "k", b"x")
    assert list(folder.staging.iterdir()) == []


def test_a_staged_file_is_moved_and_any_other_copied(folder: FolderStore, tmp_path: Path) -> None:
    staged, other = folder.staging / "result.mp4", tmp_path / "other.mp4"
    staged.write_bytes(b"1")
    other.write_bytes(b"2")
    folder.put("bkt", "1", staged)
    folder.put("bkt", "2", other)
    assert (staged.exists(), other.exists()) == (False, True)


def test_replacing_can_be_ruled_out(store: ObjectStore) -> None:
    store.put("bkt", "k", b"1", replace=False)
    with pytest.raises(ObjectExists):
        store.put("bkt", "k", b"2", replace=False)
    stored = store.put("bkt", "k", b"3")
    assert stored.read() == b"3"


@pytest.mark.parametrize("name", ["", "ab", "-abc", "a/b", "..", "a" * 64, "名字名字", "abc\n"])
def test_error_bucket_names(store: ObjectStore, name: str) -> None:
    with pytest.raises(BadName, match="3 to 63 letters"):
        store.create_bucket(name)
    assert not store.has_bucket(name)


@pytest.mark.parametrize("key", ["字" * 251, "\ud800"])
def test_error_keys(store: ObjectStore, key: str) -> None:
    with pytest.raises(BadName, match=r"cannot be a key|at most 750"):
        store.put("bkt", key, b"")


def test_listing(store: ObjectStore) -> None:
    for key in ("b", "a/2", "a/1", "ä"):
        store.put("bkt", key, b"")
    assert store.keys("bkt") == ["a/1", "a/2", "b", "ä"]
    assert [o.key for o in store.list("bkt", "a/")] == ["a/1", "a/2"]
    assert [o.key for o in store.list("bkt", after="a/1")] == ["a/2", "b", "ä"]
    assert list(store.list("nope")) == []


def test_seed(store: ObjectStore, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    for name in ("photos/a.jpg", "photos/dir/b.png", "videos/c.mp4", ".git/config", "photos/.DS_Store"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(name)
    assert store.seed(tree) == 3
    assert store.buckets() == ["bkt", "photos", "videos"]
    assert [o.read() for o in store.list("photos")] == [b"photos/a.jpg", b"photos/dir/b.png"]


def test_error_seed(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no folder"):
        store.seed(tmp_path / "absent")
    (tmp_path / "bad" / "x y").mkdir(parents=True)
    with pytest.raises(BadName, match="'x y' cannot be a bucket"):
        store.seed(tmp_path / "bad")


def test_the_engine_can_ask_for_an_object(store: ObjectStore) -> None:
    store.put("bkt", "dir/a.png", b"\x89PNG\r\n\x1a\n")
    artifact = store.artifact("bkt", "dir/a.png")
    assert (artifact.mime, artifact.name, artifact.size) == ("image/png", "a.png", 8)
    with pytest.raises(FopFailed, match="no such object: kodo://bkt/b"):
        store.artifact("bkt", "b")


@pytest.mark.parametrize(
    ("key", "content", "mime"),
    [
        ("a.jpg", b"", "image/jpeg"),
        ("a.M3U8", b"", "application/x-mpegurl"),
        ("a.tar.gz.webp", b"", "image/webp"),
        ("noname", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("noname", b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        ("noname", b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
        ("noname", b"\0\0\0\x20ftypavif", "image/avif"),
        ("noname", b"\0\0\0\x20ftypisom", "video/mp4"),
        ("noname", b"?", "application/octet-stream"),
    ],
)
def test_types_are_guessed(store: ObjectStore, key: str, content: bytes, mime: str) -> None:
    assert store.put("bkt", key, content).mime == mime
    assert store.put("bkt", key, content, Meta("text/x-own")).mime == "text/x-own"


def test_put_times_grow(store: ObjectStore) -> None:
    first, second = store.put("bkt", "1", b""), store.put("bkt", "2", b"")
    assert second.put_time >= first.put_time > 16_000_000_000_000_000
