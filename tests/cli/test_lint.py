"""qiniufop lint."""

import json

import pytest

from .conftest import errors

GOOD = "imageView2/2/w/200|saveas/Ymt0OmEuanBn"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "app.py").write_text("A = 'imageView2/2/h/1/w/2/'\nB = f'imageView2/2/w/{n}/'\n", encoding="utf-8")
    (tmp_path / "jobs.yaml").write_bytes("# é\r\nfops: avthumb/mp4/s/640x360|\r\n".encode())
    (tmp_path / "data.bin").write_bytes(b"imageView2/2/w/1/")
    return tmp_path


def test_a_good_command(cli):
    result = cli("lint", GOOD)
    assert result.exit_code == 0
    assert errors(result) == ["1 command checked: nothing to say"]
    assert result.stdout == ""


def test_error_is_drawn(cli):
    result = cli("lint", "imageMogr2/autoorient|imageInfo")
    assert result.exit_code == 1
    assert result.stdout == (
        "error imageMogr2 has no parameter 'autoorient'; did you mean 'auto-orient'?  [unknown-key]\n"
        "    imageMogr2/autoorient|imageInfo\n"
        "               ^^^^^^^^^^\n"
    )
    assert errors(result) == ["1 command checked: 1 error; 1 can be corrected with --fix"]


def test_several_commands_are_counted(cli):
    result = cli("lint", "imageInfo/", "avthumb/mp4/s/640x360", "nothing", "imageView2/2/h/1/w/2")
    assert result.exit_code == 1
    assert errors(result) == ["4 commands checked: 1 error, 2 warnings, 1 advice; 2 can be corrected with --fix"]


@pytest.mark.parametrize(
    ("text", "arguments", "code"),
    [
        (GOOD, [], 0),
        ("imageView2/2/h/1/w/2", [], 0),
        ("imageView2/2/h/1/w/2", ["--fail-on", "advice"], 1),
        ("imageInfo/", [], 1),
        ("imageInfo/", ["--fail-on", "error"], 0),
        ("imageInfo/x", ["--fail-on", "error"], 1),
        ("imageInfo/x", ["--fail-on", "advice"], 1),
        ("imageInfo/", ["--level", "error"], 1),
        ("imageInfo/", ["--fix"], 0),
        ("imageInfo/x", ["--fix"], 1),
        ("my-op/1", [], 1),
        ("my-op/1", ["--unknown", "keep"], 0),
        ("avthumb/mp4", ["--where", "job"], 0),
        ("avthumb/mp4", ["--where", "url"], 1),
        ("pm3u8/0", ["--where", "job"], 1),
        ("pm3u8/0", ["--where", "url"], 0),
        (GOOD, ["--where", "idle-job"], 1),
        (GOOD, ["--where", "url"], 1),
        ("segment/mp4/savePattern/JChjb3VudCk=", ["--where", "style"], 1),
    ],
)
def test_exit_codes(cli, text, arguments, code):
    assert cli("lint", *arguments, text).exit_code == code


def test_the_level_hides_what_is_slighter(cli):
    text = "imageView2/2/h/1/w/2/|imageMogr2/gravity/Center/sharpen/0"
    shown = {level: cli("lint", "--level", level, text).stdout for level in ("error", "warning", "advice")}
    assert shown["error"] == ""
    assert "[trailing-slash]" in shown["warning"]
    assert "[gravity-unused]" in shown["warning"]
    assert "[no-effect]" not in shown["warning"]
    assert "[no-effect]" in shown["advice"]


def test_standard_input_is_one_command_a_line(cli):
    result = cli("lint", "-", stdin="imageInfo/\n\n  imageView2/2/w/9  \n")
    assert result.exit_code == 1
    assert errors(result)[-1] == "2 commands checked: 1 warning; 1 can be corrected with --fix"
    assert cli("lint", stdin="imageInfo\n").exit_code == 0


def test_fixed_commands_go_to_standard_output(cli):
    result = cli("lint", "--fix", "-", stdin="imageInfo/\nimageView2/2/h/1/w/2\n")
    assert result.stdout == "imageInfo\nimageView2/2/w/2/h/1\n"
    assert result.exit_code == 0


def test_files_and_directories(cli, project):
    result = cli("lint", str(project))
    assert result.exit_code == 1
    app, jobs = project / "app.py", project / "jobs.yaml"
    assert [line for line in result.stdout.splitlines() if line.startswith(str(project))] == [
        f"{app}:1:26: warning nothing follows the '/'  [trailing-slash]",
        f"{jobs}:2:19: warning s/640x360 is forced and may distort; add autoscale/1, or give one side only  [distorts]",
    ]
    assert cli("lint", str(jobs), str(app), "imageInfo").exit_code == 1
    assert cli("lint", str(project / "data.bin")).exit_code == 1, "a file that is named is searched"


def test_fix_in_place(cli, project):
    result = cli("lint", "--fix", str(project))
    assert (project / "app.py").read_text(encoding="utf-8") == (
        "A = 'imageView2/2/w/2/h/1'\nB = f'imageView2/2/w/{n}/'\n"
    )
    assert (project / "jobs.yaml").read_bytes() == "# é\r\nfops: avthumb/mp4/s/640x360|\r\n".encode()
    assert f"corrected {project / 'app.py'}" in errors(result)
    assert result.exit_code == 1, "the size may still distort"
    again = cli("lint", "--fix", str(project))
    assert not [line for line in errors(again) if line.startswith("corrected")]


def test_fix_leaves_url_encoding_alone(cli, tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<img src="https://a.cn/b?imageMogr2/strip%7CimageView2/2/w/9/">')
    assert cli("lint", "--fix", str(page)).exit_code == 0
    assert page.read_text() == '<img src="https://a.cn/b?imageMogr2/strip%7CimageView2/2/w/9">'


def test_json(cli, project):
    result = cli("lint", "--format", "json", str(project / "app.py"), "imageInfo/x")
    first, second = json.loads(result.stdout)
    assert (first["path"], first["line"], first["code"]) == (str(project / "app.py"), 1, "trailing-slash")
    assert (second["path"], second["command"], second["severity"]) == (None, "imageInfo/x", "error")
    assert result.stderr == ""
    assert result.exit_code == 1
    assert json.loads(cli("lint", "-f", "json", GOOD).stdout) == []


def test_sarif(cli, project):
    result = cli("lint", "--format", "sarif", "--level", "warning", str(project))
    (run,) = json.loads(result.stdout)["runs"]
    assert {r["ruleId"] for r in run["results"]} == {"trailing-slash", "distorts"}
    assert result.exit_code == 1


def test_error_no_such_file(cli):
    result = cli("lint", "nowhere/app.py")
    assert errors(result) == ["error: no such file or directory: nowhere/app.py"]
    assert result.exit_code == 2


def test_long_commands_are_no_paths(cli):
    assert cli("lint", "|".join(["imageMogr2/blur/3x5", "imageView2/2/w/9"] * 15)).exit_code == 0
    assert cli("lint", "watermark/2/text/" + "YWFh" * 2000).exit_code == 0


def test_a_program_of_its_own(program):
    result = program("lint", "--where", "job", "avthumb/mp4|saveas/Ymt0OmEubXA0")
    assert result.returncode == 0
    assert "[idle-eligible]" in result.stdout
