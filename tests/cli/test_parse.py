"""qiniufop parse, explain, diff, ops and schema."""

import json

import pytest

import qiniufop
from qiniufop import ops_index

S13 = (
    "imageView2/2/w/800/h/600/format/webp|watermark/1/image/aHR0cDovL3d3dy5xaW5pdS5jb20vaW1hZ2VzL2xvZ28ucG5n"
    "/dissolve/50/gravity/SouthEast/dx/10/dy/10|saveas/b3V0cHV0LWJ1Y2tldDpwcm9jZXNzZWQtaW1hZ2Uud2VicA=="
)


def test_parse_draws_a_tree(cli):
    result = cli("parse", S13)
    assert result.stdout == (
        "imageView2  Scale, crop and convert a picture\n"
        "├── mode    2\n"
        "├── w       800 px\n"
        "├── h       600 px\n"
        "└── format  webp\n"
        "watermark  One picture as watermark\n"
        "├── mode      1\n"
        "├── image     http://www.qiniu.com/images/logo.png\n"
        "├── dissolve  50 percent\n"
        "├── gravity   SouthEast\n"
        "├── dx        10\n"
        "└── dy        10\n"
        "saveas  Store the result\n"
        "├── bucket  output-bucket\n"
        "└── key     processed-image.webp\n"
    )
    assert (result.stderr, result.exit_code) == ("", 0)


def test_parse_numbers_the_commands_of_a_job(cli):
    assert cli("parse", "imageInfo;exif").stdout == (
        "command 1 of 2\nimageInfo  Size, format and colour model of a picture\n\n"
        "command 2 of 2\nexif  EXIF data of a picture\n"
    )


@pytest.mark.parametrize("text", [S13, "imageInfo", "imageInfo;exif", "imageMogr2/crop/1x1/strip/crop/2x2"])
def test_parse_json_reads_back(cli, text):
    assert qiniufop.load(json.loads(cli("parse", "--json", text).stdout)) == qiniufop.parse(text)


def test_parse_canonical(cli):
    assert cli("parse", "--canonical", "imageView2/2/h/100/w/200/").stdout == "imageView2/2/w/200/h/100\n"


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_parse_reads_standard_input(cli, arguments):
    assert cli("parse", "--canonical", *arguments, stdin="exif\n").stdout == "exif\n"


def test_parse_keeps_the_unknown_on_demand(cli):
    assert cli("parse", "my-fop/a").exit_code == 2
    result = cli("parse", "--unknown", "keep", "my-fop/a|imageView2/2/w/1/zz/3")
    assert result.stdout == (
        "my-fop  Not in the catalogue\n└── 1  a\n"
        "imageView2  Scale, crop and convert a picture\n├── mode  2\n├── w     1 px\n└── zz    3\n"
    )


def test_parse_shows_a_decoded_value_without_its_control_characters(cli):
    text = str(qiniufop.Watermark(mode=2, text="a\x1b[31mb\nc"))
    shown = cli("parse", text).stdout
    assert "text  a\\x1b[31mb\\nc" in shown
    assert "\x1b" not in shown


def test_explain_says_what_everything_means(cli):
    result = cli("explain", "imageView2/2/w/200|saveas/Ymt0OmEucG5n")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "imageView2  Scale, crop and convert a picture  图片基本处理"
    assert "├── w     200 px" in lines
    assert (
        "│   Width in pixels, or the long edge in modes 0, 4 and 5. Up to 9999 online, 14999 in a job, 16383 for WebP."
        in lines
    )
    assert "    ├── format  as the source; jpeg for avif and heic" in lines
    assert "see https://developer.qiniu.com/dora/1279/basic-processing-images-imageview2" in lines
    assert "├── bucket  bkt  (base64 in the command)" in lines
    assert lines[-1] == "Result: a picture, stored as bkt:a.png"


def test_explain_json(cli):
    data = json.loads(cli("explain", "--json", "vframe/jpg/offset/1;my/x").stdout)
    assert [command["stages"][0]["name"] for command in data["commands"]] == ["vframe", "my"]
    offset = data["commands"][0]["stages"][0]["parameters"][1]
    assert (offset["key"], offset["value"], offset["known"]) == ("offset", "1", "documented")


def test_diff_shows_what_differs(cli):
    result = cli(
        "diff", "imageView2/2/w/200/h/100|saveas/Ymt0", "imageView2/2/h/100/w/300/q/9|imageMogr2/strip|saveas/Ymt0"
    )
    assert result.stdout == "stage 1: imageView2\n  ~ w  200 → 300\n  + q  9\n+ stage 2: imageMogr2/strip\n"
    assert result.exit_code == 1


def test_diff_of_equals(cli):
    assert (cli("diff", "exif", "exif").stdout, cli("diff", "exif", "exif").exit_code) == ("identical\n", 0)
    result = cli("diff", "imageView2/2/w/200/h/100", "imageView2/2/h/100/w/200")
    assert result.stdout == (
        "the same meaning, spelt differently\n  imageView2/2/w/200/h/100 is also imageView2/2/h/100/w/200\n"
    )
    assert result.exit_code == 0


def test_diff_names_the_command_where_there_are_several(cli):
    result = cli("diff", "imageInfo;vframe/jpg/offset/1", "imageInfo;vframe/jpg/offset/2;exif")
    assert result.stdout == "command 2, stage 1: vframe\n  ~ offset  1 → 2\n+ command 3: exif\n"


def test_diff_json(cli):
    result = cli("diff", "--json", "exif", "imageInfo")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["same"] is False


def test_error_of_diff_is_about_its_own_text(cli):
    result = cli("diff", "exif", "imageView2/9")
    assert result.stderr == (
        "error: imageView2: mode cannot be '9': expected 0 or 1 or 2 or 3 or 4 or 5\n"
        "    imageView2/9\n"
        "               ^\n"
    )
    assert result.exit_code == 2


def test_ops_lists_every_operation(cli):
    listed = [line.split()[0] for line in cli("ops").stdout.splitlines()]
    assert listed == ["operation", *[name for name in ops_index.names() if name]]
    assert [one["name"] for one in json.loads(cli("ops", "--json").stdout)] == listed[1:]


@pytest.mark.parametrize("name", [name for name in ops_index.names() if name])
def test_ops_shows_every_operation_with_its_parameters(cli, name):
    result = cli("ops", name)
    assert result.exit_code == 0, result.stderr
    data = json.loads(cli("ops", name, "--json").stdout)
    for variant in data["variants"]:
        assert variant["title"] in result.stdout
        for parameter in variant["parameters"]:
            assert (parameter["key"] or f"<{parameter['attr']}>") in result.stdout
            assert parameter["doc"] in result.stdout


def test_error_of_an_operation_that_does_not_exist(cli):
    for command in ("ops", "schema"):
        result = cli(command, "vframee")
        assert result.stderr == "error: there is no operation 'vframee'; did you mean 'vframe'?\n"
        assert result.exit_code == 2
        said = "error: there is no operation 'qqqqqqqq'; qiniufop ops lists them\n"
        assert cli(command, "qqqqqqqq").stderr == said
