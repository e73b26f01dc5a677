"""Commands in files: found where they stand whole, left alone where they do not."""

import sysconfig
import time
from pathlib import Path

import pytest

from qiniufop.lint import sources

ROOT = Path(__file__).resolve().parents[2]

WHOLE = {
    "python": ("x = ['imageView2/2/w/200', \"avthumb/mp4\"]\n", ["imageView2/2/w/200", "avthumb/mp4"]),
    "python bytes": ("fops = b'imageMogr2/strip|imageInfo'\n", ["imageMogr2/strip|imageInfo"]),
    "python triple": ('"""\nvframe/jpg/offset/1\n"""', ["vframe/jpg/offset/1"]),
    "python key": ("d = {'fops': 'avthumb/mp4/vb/1m;vframe/jpg/offset/5'}", ["avthumb/mp4/vb/1m;vframe/jpg/offset/5"]),
    "python behind a prefix": ("url = base + '?imageView2/1/w/9/h/9'", ["imageView2/1/w/9/h/9"]),
    "python of the same names": ("from qiniufop import imageView2\nimageView2 = 2/3\n", []),
    "javascript": ("const fop = `imageView2/2/w/200`;", ["imageView2/2/w/200"]),
    "javascript object": ("{fops: 'saveas/Ymt0OmEuanBn', force: 1}", ["saveas/Ymt0OmEuanBn"]),
    "go": ('fops := "avthumb/mp4/s/640x360/vb/1.4m|saveas/Ymt0OmE="\n',
           ["avthumb/mp4/s/640x360/vb/1.4m|saveas/Ymt0OmE="]),
    "go raw": ("`watermark/2/text/YQ==`", ["watermark/2/text/YQ=="]),
    "java": ('String s = "imageMogr2/thumbnail/!50p";', ["imageMogr2/thumbnail/!50p"]),
    "java call": ('client.pfop(bucket, key, "avinfo|saveas/Ymt0OmE=");', ["avinfo|saveas/Ymt0OmE="]),
    "php": ("$fops = 'avthumb/m3u8/segtime/10';", ["avthumb/m3u8/segtime/10"]),
    "yaml": ("thumb: imageView2/1/w/80/h/80\nother: 1\n", ["imageView2/1/w/80/h/80"]),
    "yaml list": ("- imageView2/2/w/80\n- \"avthumb/mp4\"\n- 'vframe/png/offset/0'\n",
                  ["imageView2/2/w/80", "avthumb/mp4", "vframe/png/offset/0"]),
    "yaml comment": ("a: imageView2/2/w/80 # small\n", ["imageView2/2/w/80"]),
    "json": ('{"persistentOps": "avthumb/mp4;avthumb/mp3", "a": [1]}', ["avthumb/mp4;avthumb/mp3"]),
    "json list": ('["imageView2/2/w/1", "imageView2/2/w/2"]', ["imageView2/2/w/1", "imageView2/2/w/2"]),
    "ini": ("fops=imageView2/2/w/80\n", ["imageView2/2/w/80"]),
    "xml": ("<fop>imageView2/2/w/80</fop>", ["imageView2/2/w/80"]),
    "shell": ("curl 'http://a.cn/b.jpg?imageView2/2/w/80' -o x", ["imageView2/2/w/80"]),
    "url": ("see https://a.cn/b.jpg?imageView2/2/w/80&e=1&token=x here", ["imageView2/2/w/80"]),
    "url with a fragment": ("https://a.cn/b.jpg?imageView2/2/w/80#top", ["imageView2/2/w/80"]),
    "url in html": ('<img src="https://a.cn/b.jpg?imageView2/2/w/80&amp;e=1">', ["imageView2/2/w/80"]),
    "encoded url": ("https://a.cn/b.jpg?imageMogr2/strip%7CimageView2/2/w/8", ["imageMogr2/strip%7CimageView2/2/w/8"]),
    "wholly encoded": ("fops=avthumb%2Fmp4%3Bvframe%2Fjpg%2Foffset%2F1",
                       ["avthumb%2Fmp4%3Bvframe%2Fjpg%2Foffset%2F1"]),
    "markdown code": ("Use `imageView2/2/w/200`.\n", ["imageView2/2/w/200"]),
    "markdown text": ("Use imageView2/2/w/200. Or (imageView2/2/w/300), or imageMogr2/strip: ok\n",
                      ["imageView2/2/w/200", "imageView2/2/w/300", "imageMogr2/strip"]),
    "markdown link": ("[small](https://a.cn/b.jpg?imageView2/2/w/9)", ["imageView2/2/w/9"]),
    "markdown fence": ("```\nimageView2/2/w/200|saveas/Ymt0OmE=\n```\n", ["imageView2/2/w/200|saveas/Ymt0OmE="]),
    "markdown table": ("| imageView2/2/w/200 | small |\n", ["imageView2/2/w/200"]),
    "chinese text": ("使用 imageView2/2/w/200，然后保存。", ["imageView2/2/w/200"]),
    "a parenthesis of its own": ("'avthumb/mp4/wmText/YQ==/wmPos/$(end)/wmDuration/-5'",
                                 ["avthumb/mp4/wmText/YQ==/wmPos/$(end)/wmDuration/-5"]),
    "forced": ("q: imageView2/2/q/75!\n", ["imageView2/2/q/75!"]),
    "wrong but meant": ("'imageView2/2/width/200' 'ImageMogr2/strip' 'avthumb/mp4/vb'",
                        ["imageView2/2/width/200", "ImageMogr2/strip", "avthumb/mp4/vb"]),
    "wrong deeper in": ("'watermark/2/txt/YQ==' 'vframe/jpg/offset/x'",
                        ["watermark/2/txt/YQ==", "vframe/jpg/offset/x"]),
    "with what trails": ("'imageView2/2/w/200/|'", ["imageView2/2/w/200/|"]),
    "leading slash": ("'/avthumb/mp4'", ["/avthumb/mp4"]),
    "a statement's end": ("a=imageView2/2/w/200;\n", ["imageView2/2/w/200"]),
    "windows lines": ("'imageView2/2/w/1'\r\n'imageView2/2/w/2'\r\n", ["imageView2/2/w/1", "imageView2/2/w/2"]),
    "keys on lines of their own": (
        '"a": "imageView2/2/w/1"\n"b": "avthumb/mp4"\n', ["imageView2/2/w/1", "avthumb/mp4"]),
}  # fmt: skip

PIECES = {
    "python f-string": "f'imageView2/2/w/{width}'",
    "python f-string, later": "f'imageView2/2/w/200|saveas/{entry}'",
    "python percent": "'imageView2/2/w/%d' % width",
    "python named": "'imageView2/2/w/%(width)s'",
    "python format": "'avthumb/{}/vb/1m'.format(name)",
    "python sum": "'imageView2/2/w/' + str(width)",
    "python sum of a whole": "'imageView2/2/w/200' + more",
    "python literals in a row": "('avthumb/mp4'\n    '/vb/1m')",
    "python literals and f-string": "('avthumb/mp4'\n    f'/vb/{rate}')",
    "python, handed on": "build('imageView2/2/w/', width)",
    "prefix to look for": "text.startswith('imageMogr2/')",
    "javascript template": "`imageView2/2/w/${width}`",
    "javascript sum": 'a = "imageView2/2/w/200" +\n  "/h/100"',
    "go": 'fmt.Sprintf("imageView2/2/w/%d/h/%d", w, h)',
    "go value": 'fmt.Sprintf("avthumb/%s", format)',
    "java": 'String.format("vframe/jpg/offset/%s", s)',
    "php": '"imageView2/2/w/$width"',
    "php braces": '"imageView2/2/w/{$width}"',
    "php sum": "'imageView2/2/w/' . $width",
    "php sum of a whole": "'avthumb/mp4' . $more",
    "ruby": '"imageView2/2/w/#{width}"',
    "swift": '"imageView2/2/w/\\(width)"',
    "dart": "'imageView2/2/w/$w'",
    "template": "imageView2/2/w/{{ width }}",
    "grammar": "imageView2/<mode>/w/<LongEdge>",
    "grammar with brackets": "imageView2/2[/w/<LongEdge>]",
    "ellipsis": "avthumb/mp4/...",
    "route": "'saveas/:bucket'",
    "joined by an escape": r"'imageView2/2\n'",
}

OTHERS = {
    "import of a package": "import QRCode from 'qrcode/lib/browser'",
    "page": "render('saveas/form.html')",
    "picture": "<img src='watermark/logo.png'>",
    "module": "from watermark import segment",
    "path": "cp src/watermark/1.png /qrcode/index.php",
    "division": "ratio = width/height; segment = concat/2",
    "prose": "We concat/segment things, and exif/iptc data stays.",
    "variable": "avinfo; return imageInfo;\n",
    "attribute": "self.imageInfo = vframe.offset",
    "exif tag": "exif/0 ad/12 p/3",
    "html": "<p/><p>text</p>",
    "date": "ad 12/10/2020",
    "segment route": "GET /segment/42/edit",
    "other query": "https://a.cn/b?w=80&h=80",
    "half a name": "'myimageView2/2/w/1'",
}


@pytest.mark.parametrize(("text", "commands"), WHOLE.values(), ids=WHOLE)
def test_whole_commands_are_found(text, commands):
    found = list(sources.find(text))
    assert [f.text for f in found] == commands
    for command in found:
        assert text[command.at : command.at + len(command.text)] == command.text


@pytest.mark.parametrize("text", PIECES.values(), ids=PIECES)
def test_pieces_and_placeholders_are_left_alone(text):
    assert list(sources.find(text)) == []


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_other_things_of_the_same_names_are_not_commands(text):
    assert list(sources.find(text)) == []


def test_it_is_known_which_ones_stand_in_a_url():
    text = "https://a.cn/b.jpg?imageView2/2/w/1 'imageView2/2/w/2'"
    assert [f.in_url for f in sources.find(text)] == [True, False]


@pytest.mark.parametrize(
    ("offset", "line", "column"), [(0, 1, 1), (2, 1, 3), (3, 2, 1), (4, 2, 2), (5, 3, 1), (7, 4, 1), (8, 4, 2)]
)
def test_places(offset, line, column):
    assert sources.place("ab\né\nx\nz", offset) == (line, column)


def test_places_of_what_is_found():
    text = "a = 1\n\nb = 'é imageView2/2/w/1'\r\n  c: avthumb/mp4\n"
    assert [sources.place(text, f.at) for f in sources.find(text)] == [(3, 8), (4, 6)]


def test_replacing_changes_nothing_else():
    text = "x = 'imageView2/2/w/1/'  # and 'imageView2/2/w/2/', f'imageView2/2/w/{n}/'\n"
    better = sources.replace(text, lambda found: found.text.rstrip("/"))
    assert better == "x = 'imageView2/2/w/1'  # and 'imageView2/2/w/2', f'imageView2/2/w/{n}/'\n"


@pytest.mark.parametrize("bad", ["a'b", 'a"b', "a b", "a\\b", "a\nb", "a<b"])
def test_a_change_that_would_end_the_literal_is_left_out(bad):
    assert sources.replace("'imageView2/2/w/1/'", lambda found: bad) == "'imageView2/2/w/1/'"


def test_files_of_a_directory(tmp_path):
    for name in ("a.py", "b.js", "c.png", "sub/d.yaml", "node_modules/e.js", ".git/f.py", ".hidden/g.py", "h"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    found = [p.relative_to(tmp_path).as_posix() for p in sources.files([tmp_path])]
    assert found == ["a.py", "b.js", "sub/d.yaml"]
    assert list(sources.files([tmp_path / "h"])) == [tmp_path / "h"], "a file that is named is read, whatever it is"
    with pytest.raises(FileNotFoundError, match=r"no such file or directory: .*nowhere"):
        list(sources.files([tmp_path / "nowhere"]))


def test_what_is_no_text_is_not_read(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "b.txt").write_bytes(b"x" * (sources.MAX_BYTES + 1))
    (tmp_path / "c.txt").write_bytes("é\r\n".encode())
    assert sources.read(tmp_path / "a.txt") is None
    assert sources.read(tmp_path / "b.txt") is None
    assert sources.read(tmp_path / "c.txt") == "é\r\n", "lines end as they did"


def test_programs_that_know_nothing_of_commands_hold_none():
    """Ordinary code: what this environment's packages are written in."""
    site = Path(sysconfig.get_paths()["purelib"])
    folders = [site / name for name in ("pydantic", "requests", "urllib3", "hypothesis/strategies", "_pytest", "PIL")]
    read = [p for p in sources.files([f for f in folders if f.is_dir()]) if p.suffix == ".py"]
    assert len(read) > 50
    found = {p.name: [f.text for f in sources.find(sources.read(p) or "")] for p in read}
    assert {name: commands for name, commands in found.items() if commands} == {}


def test_the_linter_itself_holds_only_examples():
    found = [
        f.text for p in sources.files([ROOT / "src" / "qiniufop" / "client"]) for f in sources.find(sources.read(p))
    ]
    assert all("/" in text for text in found)
    assert len(found) < 60


@pytest.mark.parametrize(
    "piece",
    ["'imageView2/2/w/1/' ", "avthumb/", "'avthumb/mp4'" + " " * 300, "?", "'", "|saveas", "imageView2/2|", "\n"],
)
def test_time_grows_with_the_file(piece):
    text = piece * (400_000 // len(piece))
    begin = time.process_time()
    found = list(sources.find(text))
    for command in found[-2000:]:
        sources.place(text, command.at)
    spent = time.process_time() - begin
    assert spent < 15, f"{len(text)} characters took {spent:.1f} s"
