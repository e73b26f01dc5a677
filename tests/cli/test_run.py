"""qiniufop run: commands on a file, and where their results go."""

import json
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from PIL import Image

from qiniufop import Fops, ImageInfo, ImageView2, Pipeline, Saveas, Watermark
from qiniufop.cli.local import Others
from qiniufop.engine.errors import FopFailed

SAMPLES = Path(__file__).parent.parent.parent / "src" / "qiniufop" / "samples"
PHOTO, CLIP = str(SAMPLES / "photo.jpg"), str(SAMPLES / "clip.mp4")


def size(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


def small(key: str | None = None, w: int = 48) -> Pipeline:
    return ImageView2(mode=2, w=w) | Saveas("bkt", key)


def test_one_command_into_one_file(cli, tmp_path):
    out = tmp_path / "small.webp"
    result = cli("run", PHOTO, "imageView2/2/w/48/format/webp", "-o", str(out))
    assert (result.stdout, result.exit_code) == (f"{out}\n", 0)
    assert result.stderr.startswith("1 file, ")
    assert size(out) == (48, 32)
    assert [path.name for path in tmp_path.iterdir()] == ["small.webp"]


def test_a_report_is_printed(cli):
    result = cli("run", PHOTO, "imageInfo")
    assert (json.loads(result.stdout)["width"], result.exit_code, result.stderr) == (640, 0, "")


def test_a_report_into_a_file(cli, tmp_path):
    result = cli("run", PHOTO, "imageInfo", "-o", str(tmp_path / "info.json"))
    assert result.exit_code == 0
    assert json.loads((tmp_path / "info.json").read_text())["height"] == 427


def test_several_commands_into_a_folder_that_is_made(cli, tmp_path):
    out = tmp_path / "results"
    fops = Fops(small("a/b/one.jpg"), ImageView2(mode=2, w=20, format="png"), ImageInfo())
    result = cli("run", PHOTO, str(fops), "-o", str(out))
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines() == [str(out / "a/b/one.jpg"), str(out / "photo.png"), str(out / "photo.json")]
    assert size(out / "a/b/one.jpg") == (48, 32)
    assert size(out / "photo.png") == (20, 13)


def test_a_folder_is_meant_by_its_slash_or_because_it_is_there(cli, tmp_path):
    assert cli("run", PHOTO, str(small("x.jpg")), "-o", f"{tmp_path}/new/").stdout == f"{tmp_path / 'new' / 'x.jpg'}\n"
    assert cli("run", PHOTO, str(small("x.jpg")), "-o", str(tmp_path)).stdout == f"{tmp_path / 'x.jpg'}\n"


def test_names_that_are_taken_are_not_reused_unless_the_key_says_so(cli, tmp_path):
    for name in ("photo.jpg", "photo-2.jpg"):
        assert cli("run", PHOTO, str(small()), "-o", str(tmp_path)).stdout == f"{tmp_path / name}\n"


def test_a_save_pattern_names_the_result(cli, tmp_path):
    pattern = urlsafe_b64encode(b"$(fprefix)_s.jpg").decode()
    result = cli("run", PHOTO, f"imageView2/2/w/48|saveas/Ymt0/savePattern/{pattern}", "-o", str(tmp_path))
    assert result.stdout == f"{tmp_path / 'photo_s.jpg'}\n"


def test_standard_output(program):
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "qiniufop", "run", PHOTO, "imageView2/2/w/48", "-o", "-"],
        capture_output=True,
        check=True,
    )
    assert done.stdout.startswith(b"\xff\xd8")
    assert done.stderr == b""


def test_json(cli, tmp_path):
    out = tmp_path / "r"
    data = json.loads(
        cli("run", PHOTO, f"{small('x.jpg')};imageAve;vframe/jpg/offset/9", "-o", str(out), "--json").stdout
    )
    assert data["outputs"][0]["path"] == str(out / "x.jpg")
    assert (data["outputs"][0]["mime"], data["outputs"][0]["size"]) == ("image/jpeg", (out / "x.jpg").stat().st_size)
    assert data["failed"][0]["command"] == "vframe/jpg/offset/9"
    assert data["failed"][0]["stage"] == 0
    assert "RGB" in json.loads(cli("run", PHOTO, "imageAve", "--json").stdout)["outputs"][0]["result"]


def test_a_playlist_lies_where_its_pieces_are_found(cli, tmp_path):
    fops = "avthumb/m3u8/noDomain/1/segtime/3/s/160x90|saveas/" + urlsafe_b64encode(b"bkt:tv/a.m3u8").decode()
    result = cli("run", CLIP, fops, "-o", f"{tmp_path}/out/")
    playlist, *pieces = map(Path, result.stdout.splitlines())
    assert playlist == tmp_path / "out" / "tv" / "a.m3u8"
    named = [line for line in playlist.read_text().splitlines() if not line.startswith("#")]
    from urllib.parse import unquote

    assert [(playlist.parent / unquote(name)).resolve() for name in named] == [piece.resolve() for piece in pieces]


def test_one_failing_command_does_not_stop_the_others(cli, tmp_path):
    result = cli("run", PHOTO, f"vframe/jpg/offset/9;{small('x.jpg')}", "-o", str(tmp_path))
    assert result.exit_code == 1
    assert result.stdout == f"{tmp_path / 'x.jpg'}\n"
    assert result.stderr.splitlines()[0].startswith("error: vframe: offset/9 is outside the video")


def test_marks_come_from_the_folder_of_objects(cli, tmp_path):
    mark = Watermark(mode=1, image="kodo://media/logo.png") | Saveas("bkt", "marked.jpg")
    result = cli("run", PHOTO, str(mark), "-o", str(tmp_path))
    assert result.stderr == (
        "error: source: kodo://media/logo.png is not on this machine; with --objects DIR it is DIR/BUCKET/KEY\n"
    )
    assert result.exit_code == 1
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "logo.png").write_bytes((SAMPLES / "logo.png").read_bytes())
    result = cli("run", PHOTO, str(mark), "-o", str(tmp_path), "--objects", str(tmp_path))
    assert result.exit_code == 0, result.stderr


@pytest.mark.parametrize("reference", ["kodo://../secret.txt", "kodo://b/../../secret.txt", "kodo:///etc/passwd"])
def test_references_do_not_leave_the_folder_of_objects(tmp_path, reference):
    (tmp_path / "objects" / "b").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    with pytest.raises(FopFailed, match="is not there"):
        Others(tmp_path / "objects", ())(reference)


def test_error_the_network_is_off(cli, tmp_path):
    mark = Watermark(mode=1, image="http://example.com/logo.png")
    result = cli("run", PHOTO, str(mark), "-o", str(tmp_path / "x.jpg"))
    assert result.stderr == (
        "error: source: http://example.com/logo.png is not on this machine, and the network is off; "
        "--allow example.com\n"
    )


WRONG = [
    (["imageView2/2/w/5"], "say where the result of imageView2/2/w/5 goes: -o FILE, -o FOLDER/ or, in text, -o -"),
    (
        [f"{small('../x.jpg')}", "-o", "OUT/"],
        "the key '../x.jpg' cannot be the name of a file here: give the file with -o",
    ),
    ([f"{small('x.jpg')};{small('x.jpg', 9)}", "-o", "OUT"], "two commands save 'x.jpg': one would replace the other"),
    (["imageInfo;exif", "-o", "-"], "standard output takes the result of one command only"),
    (["imageInfo", "-o", "-", "--json"], "--json and -o - exclude each other: both are standard output"),
    (["imageInfo;exif", "-o", PHOTO], f"{PHOTO} is a file: 2 commands need a folder"),
    (["imageView2/2/w/5", "-o", PHOTO], f"{PHOTO} is the source: it would be replaced"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG)
def test_error_of_wrong_usage(cli, tmp_path, arguments, said):
    result = cli("run", PHOTO, *[text.replace("OUT", str(tmp_path / "out")) for text in arguments])
    assert (result.stderr, result.exit_code, result.stdout) == (f"error: {said}\n", 2, "")
    assert list(tmp_path.iterdir()) == []


def test_error_of_a_source_that_is_not_there(cli):
    result = cli("run", "no-such-file.jpg", "imageInfo")
    assert result.exit_code == 2
    assert "no-such-file.jpg" in result.stderr


def test_error_of_an_operation_that_cannot_run_here(cli, tmp_path):
    result = cli("run", PHOTO, "aicvt/type/1|saveas/Ymt0", "-o", str(tmp_path / "x.jpg"))
    assert result.exit_code in (1, 2)
    assert "aicvt" in result.stderr
    assert len(result.stderr.splitlines()) <= 3
