"""What a person is told when something goes wrong, word by word, and the exit code a script sees."""

import pytest

from qiniufop.cli import failure
from qiniufop.client import errors as client
from qiniufop.client.models import JobStatus
from qiniufop.engine.errors import FopFailed
from qiniufop.errors import FopSyntaxError, LimitError, MissingExtraError, StageError

WRONG = {
    "imageMogr2/autoorient|imageInfo": """\
error: imageMogr2 has no parameter 'autoorient'; did you mean 'auto-orient'?
    imageMogr2/autoorient|imageInfo
               ^^^^^^^^^^
""",
    "imageView2/2/w/8oo": """\
error: imageView2: w cannot be '8oo': expected a whole number
    imageView2/2/w/8oo
                   ^^^
""",
    "imageView2/2/w/100;avthumb/mp3|vframe/jpg/offset/1": """\
error: avthumb/mp3 makes Audio, but vframe takes Video
    imageView2/2/w/100;avthumb/mp3|vframe/jpg/offset/1
                                   ^^^^^^^^^^^^^^^^^^^
""",
    "foo/1": """\
error: unknown operation 'foo'
    foo/1
    ^^^
""",
    # A Chinese character takes two columns of a terminal, and so do the carets.
    "imageView2/2/format/中文/w/八百": """\
error: imageView2: w cannot be '八百': expected a whole number
    imageView2/2/format/中文/w/八百
                               ^^^^
""",
}


@pytest.mark.parametrize("text", WRONG)
def test_error_of_a_command(cli, text):
    result = cli("parse", text)
    assert result.stderr == WRONG[text]
    assert (result.stdout, result.exit_code) == ("", 2)


def test_error_far_inside_a_long_command_shows_the_part_around_it(cli):
    text = "imageMogr2/" + "strip/" * 60 + "stripe"
    said = cli("parse", text).stderr.splitlines()
    assert said[0] == "error: imageMogr2 has no parameter 'stripe'; did you mean 'strip'?"
    start = said[2].index("^")
    assert said[1][4] == "…"
    assert said[1][start:] == "stripe"
    assert said[2].strip() == "^^^^^^"


def test_error_shows_no_control_characters(cli):
    result = cli("parse", "imageView2/2/\x1b[31mw/1")
    assert "\x1b" not in result.stderr
    assert result.exit_code == 2


def test_error_without_a_command(cli):
    assert cli("parse", stdin="  \n").stderr == "error: standard input holds no command\n"
    assert cli("parse", "-", stdin="").exit_code == 2


STATUS = JobStatus(code=3, id="z0.1")

CODES = [
    (FopSyntaxError("no", source="x", span=(0, 1)), 2),
    (StageError("no"), 2),
    (LimitError("no"), 2),
    (MissingExtraError("the demo", "local"), 2),
    (failure.UsageError("no"), 2),
    (client.CredentialsError("no"), 2),
    (client.SubmitRefused("no"), 2),
    (client.JobFailed("no", result=STATUS), 1),
    (FopFailed("vframe", "no"), 1),
    (PermissionError(13, "Permission denied", "out.jpg"), 1),
    (client.TransportError("no"), 3),
    (client.SubmitUncertain("no"), 3),
    (client.NotTheService("no"), 3),
    (client.AuthError("no"), 3),
    (client.JobNotFound("no"), 3),
    (client.ServerError("no"), 3),
    (client.WaitTimeout("no"), 3),
]


@pytest.mark.parametrize(("error", "code"), CODES, ids=[type(error).__name__ for error, _ in CODES])
def test_exit_code(error, code):
    assert failure.code_of(error) == code


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied", "out.jpg"), "error: out.jpg: Permission denied\n"),
        (
            KeyError("version"),
            "error: KeyError: 'version' (this is a fault of qiniufop; set QINIUFOP_TRACEBACK=1 to see where)\n",
        ),
        (
            MissingExtraError("the demo", "local"),
            "error: the demo needs more packages: pip install 'qiniufop[local]'\n",
        ),
        (
            client.AuthError("bad token", request_id="r1", hint="Check."),
            "error: bad token (request id r1)\n    Check.\n",
        ),
        (KeyboardInterrupt(), "interrupted\n"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_error_text(error, said, capsys):
    failure.report(error)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", said)


def test_an_interrupt_has_the_code_shells_give_it(capsys):
    assert failure.report(KeyboardInterrupt()) == 130


def test_the_traceback_is_shown_on_demand(monkeypatch, capsys):
    monkeypatch.setenv("QINIUFOP_TRACEBACK", "1")
    with pytest.raises(RuntimeError) as raised:
        raise RuntimeError("odd")
    assert failure.report(raised.value) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: RuntimeError: odd (this is a fault of qiniufop)\nTraceback")
