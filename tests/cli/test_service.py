"""qiniufop submit, status and wait, against a dev server over HTTP."""

import json

import pytest

from qiniufop import ImageView2, Saveas

SMALL = str(ImageView2(mode=2, w=100) | Saveas("photos", "small.jpg"))
FAILING = "vframe/jpg/offset/9|saveas/cGhvdG9zOnkuanBn"


def submitted(cli, *arguments: str) -> str:
    result = cli("submit", "photos", "cat.jpg", *arguments)
    assert result.exit_code == 0, result.stderr
    return result.stdout.strip()


def test_submit_prints_the_id_and_the_job_runs(cli, server):
    result = cli("submit", "photos", "cat.jpg", SMALL)
    assert (result.stderr, result.exit_code) == ("", 0)
    id = result.stdout.removesuffix("\n")
    assert server.job(id) is not None
    server.drain()
    assert server.get("photos", "small.jpg").startswith(b"\xff\xd8")


def test_submit_json(cli, server):
    id = json.loads(cli("submit", "photos", "cat.jpg", "imageInfo", "--json").stdout)["id"]
    assert server.job(id) is not None


def test_submit_reads_a_command_from_standard_input(cli, server):
    result = cli("submit", "photos", "cat.jpg", "-", stdin=SMALL + "\n")
    job = server.job(result.stdout.strip())
    assert job is not None
    assert job.submission.fops == SMALL


def test_submit_passes_its_options_on(cli, server):
    options = ["-p", "films", "-u", "http://127.0.0.1:9/done", "-y"]
    job = server.job(submitted(cli, "avthumb/mp4", *options))
    sent = job.submission
    assert (sent.pipeline, sent.notify_url, sent.force) == ("films", "http://127.0.0.1:9/done", "1")
    for option in (["--type", "1"], ["--idle"]):
        assert server.job(submitted(cli, "avthumb/mp4", *option)).submission.type in (1, "1")
    assert server.job(submitted(cli, "avthumb/mp4", "--type", "0")).submission.type in (0, "0", None, "")


def test_submit_wait_shows_the_outputs(cli, server):
    result = cli("submit", "photos", "cat.jpg", SMALL, "imageAve", "--wait")
    assert result.exit_code == 0
    head, *lines = result.stdout.splitlines()
    id = head.split()[0]
    assert head.startswith(f"{id}  succeeded  photos:cat.jpg  ")
    assert lines[:3] == [f"├── ✓ {SMALL}", "│   └── photos:small.jpg", "└── ✓ imageAve"]
    assert result.stderr == f"submitted as {id}\n"


def test_submit_wait_of_a_failing_job(cli, server):
    result = cli("submit", "photos", "cat.jpg", SMALL, FAILING, "--wait")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert "  failed  " in lines[0]
    assert lines[-2] == f"└── ✗ {FAILING}"
    assert lines[-1].startswith(
        "    └── stage 1, vframe/jpg/offset/9: execute fop cmd failed: vframe: offset/9 is outside"
    )
    data = json.loads(cli("submit", "photos", "cat.jpg", FAILING, "--wait", "--json").stdout)
    assert data["items"][0]["code"] == 3


def test_an_output_that_existed_is_said_so(cli, server):
    submitted(cli, SMALL)
    server.drain()
    result = cli("submit", "photos", "cat.jpg", SMALL, "--wait")
    assert "existed already and was kept; submit with --force to replace it" in result.stdout
    assert result.exit_code == 0


def test_error_of_a_command_that_is_not_valid_and_nothing_is_sent(cli, server):
    result = cli("submit", "photos", "cat.jpg", "imageInfo", "imageView2/2/w/1oo")
    assert result.stderr == (
        "error: imageView2: w cannot be '1oo': expected a whole number\n"
        "    imageView2/2/w/1oo\n"
        "                   ^^^\n"
    )
    assert result.exit_code == 2
    assert server.requests == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["avthumb/mp4", "--type", "2"],
            "error: --type 2: expected 0 (normal) or 1 (idle). The 2 of old examples, said to mean a workflow, is "
            "undefined: for a workflow give --workflow-template-id and leave --type out\n",
        ),
        (["avthumb/mp4", "--type", "0", "--idle"], "error: --idle and --type 0 contradict one another\n"),
        (["my-fop/1"], "error: unknown operation 'my-fop'\n    my-fop/1\n    ^^^^^^\n"),
        (
            ["exif", "--workflow-template-id", "t"],
            "error: both commands and a workflow_template_id: a job has exactly one of the two\n",
        ),
        ([], "error: neither commands nor a workflow_template_id: a job has exactly one of the two\n"),
    ],
)
def test_error_of_wrong_options(cli, server, arguments, said):
    result = cli("submit", "photos", "cat.jpg", *arguments)
    assert (result.stderr, result.exit_code) == (said, 2)


def test_error_of_a_source_that_does_not_exist(cli, server):
    result = cli("submit", "photos", "nope.jpg", "imageInfo")
    assert result.exit_code == 3
    assert "404 Document not found (request id " in result.stderr
    assert "The source object does not exist." in result.stderr


def test_error_without_keys(cli, tmp_path):
    missing = tmp_path / "profiles.json"
    result = cli("status", "z0.1", env={"QINIU_PROFILE_FILE": str(missing)})
    assert (
        result.stderr == f"error: no keys: set QINIU_ACCESS_KEY and QINIU_SECRET_KEY, or write a profile to {missing}\n"
    )
    assert result.exit_code == 2


def test_keys_of_a_profile(cli, server, tmp_path, monkeypatch):
    monkeypatch.delenv("QINIU_ACCESS_KEY")
    monkeypatch.delenv("QINIU_SECRET_KEY")
    profiles = tmp_path / "profiles.json"
    keys = {"access_key": server.access_key, "secret_key": server.secret_key}
    profiles.write_text(json.dumps({"work": keys, "old": {**keys, "secret_key": "another"}}))
    env = {"QINIU_PROFILE_FILE": str(profiles)}
    assert cli("submit", "photos", "cat.jpg", "exif", "--profile", "work", env=env).exit_code == 0
    assert cli("submit", "photos", "cat.jpg", "exif", env={**env, "QINIU_PROFILE": "work"}).exit_code == 0
    refused = cli("submit", "photos", "cat.jpg", "exif", "--profile", "old", env=env)
    assert refused.exit_code == 3
    assert "another" not in refused.stderr


def test_a_profile_that_is_asked_for_wins_over_the_environment(cli, server, tmp_path):
    profiles = tmp_path / "profiles.json"
    profiles.write_text(json.dumps({"old": {"access_key": "wrong", "secret_key": "wrong"}}))
    env = {"QINIU_PROFILE_FILE": str(profiles)}
    assert cli("submit", "photos", "cat.jpg", "exif", "--profile", "old", env=env).exit_code == 3


def test_status(cli, server):
    id = submitted(cli, SMALL)
    server.drain()
    result = cli("status", id)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{id}  succeeded  photos:cat.jpg")
    data = json.loads(cli("status", id, "--json").stdout)
    assert (data["id"], data["code"], data["items"][0]["key"]) == (id, 0, "small.jpg")


def test_status_of_a_failed_job_has_exit_code_1(cli, server):
    id = submitted(cli, FAILING)
    server.drain()
    assert cli("status", id).exit_code == 1


def test_error_of_a_job_that_does_not_exist(cli, server):
    for command in ("status", "wait"):
        result = cli(command, "z0.nope")
        assert result.exit_code == 3
        first, second = result.stderr.splitlines()
        assert first.startswith(f"error: GET {server.url}/status/get/prefop: 612 no such id (request id ")
        assert (
            second == "    Jobs are kept for 7 to 10 days. The id is older than that, mistyped, or another account's."
        )


def test_error_of_a_host_that_does_not_answer(cli, server):
    host = server.url
    server.close()
    result = cli("submit", "photos", "cat.jpg", "exif")
    assert result.exit_code == 3
    assert f"error: POST {host}/pfop/: connecting failed" in result.stderr
    assert "Traceback" not in result.stderr


def test_wait_for_one(cli, server):
    id = submitted(cli, SMALL)
    result = cli("wait", id)
    assert result.exit_code == 0
    assert "└── photos:small.jpg" in result.stdout
    assert result.stderr == ""


def test_wait_for_many_has_the_worst_exit_code(cli, server):
    good, bad = submitted(cli, SMALL), submitted(cli, FAILING)
    result = cli("wait", good, bad, "z0.nope")
    assert result.exit_code == 1
    assert [line.split("  ")[1] for line in result.stdout.splitlines() if line.startswith("z0.")] == [
        "succeeded",
        "failed",
    ]
    assert "612 no such id" in result.stderr
    assert cli("wait", good, "z0.nope").exit_code == 3
    assert cli("wait", good, submitted(cli, SMALL)).exit_code == 0


def test_wait_json(cli, server):
    good, bad = submitted(cli, SMALL), submitted(cli, FAILING)
    result = cli("wait", "--json", good, bad, "z0.nope")
    data = json.loads(result.stdout)
    assert [(one["id"], one.get("code")) for one in data] == [(good, 0), (bad, 3), ("z0.nope", None)]
    assert "no such id" in data[2]["waitError"]


def test_wait_gives_up_at_its_deadline(cli, server):
    id = submitted(cli, SMALL)
    server.faults.add("status", on="status", status=599)
    result = cli("wait", id, "--timeout", "0.3")
    assert result.exit_code == 3
    assert "error: " in result.stderr
    assert server.job(id) is not None
