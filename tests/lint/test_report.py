"""What the linter found, for programs."""

import json
import re

import pytest

from qiniufop.lint import ABOUT, lint, report, sources
from qiniufop.lint.report import Checked

SOURCE = "# é\nx = 'imageView2/2/W/200/'\ny = 'avthumb/mp4/s/640x360|saveas/Ymt0'\n"


def checked(path="src/my app.py"):
    return [Checked(f.text, lint(f.text), path, f.at, SOURCE) for f in sources.find(SOURCE)]


def test_data():
    data = report.as_data(checked())
    assert json.loads(json.dumps(data)) == data
    assert data[0] == {
        "path": "src/my app.py",
        "line": 2,
        "column": 19,
        "command": "imageView2/2/W/200/",
        "code": "unknown-key",
        "severity": "error",
        "span": [13, 14],
        "message": "imageView2 has no parameter 'W'; did you mean 'w'?",
        "suggestion": "w",
        "url": None,
        "fix": {"span": [13, 14], "text": "w"},
    }
    assert [(d["code"], d["line"], d["column"]) for d in data] == [("unknown-key", 2, 19), ("distorts", 3, 18)]


def test_data_of_a_command_by_itself():
    (only,) = report.as_data([Checked("imageInfo/", lint("imageInfo/"))])
    assert (only["path"], only["line"], only["column"]) == (None, 1, 10)


def test_sarif():
    log = report.as_sarif(checked(), "1.2.3")
    assert json.loads(json.dumps(log)) == log
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("qiniufop", "1.2.3")
    first, second = run["results"]
    (location,) = first["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "src/my%20app.py"
    region = location["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["endLine"], region["endColumn"]) == (2, 19, 2, 20)
    assert first["level"] == "error"
    (change,) = first["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 2, "startColumn": 19, "endLine": 2, "endColumn": 20},
            "insertedContent": {"text": "w"},
        }
    ]
    assert second["level"] == "warning"
    assert "fixes" not in second


TEXTS = ["", "imageView2/2/h/1/w/2", "imageInfo/", "|imageInfo", "avthumb/mp4/s/1x1", "x;y", "avthumb/mp4|saveas/Ymt0"]


@pytest.mark.parametrize("item", [*checked(), *[Checked(t, lint(t, where="job")) for t in TEXTS]], ids=lambda c: c.text)
def test_sarif_keeps_to_the_standard(item):
    """What SARIF 2.1.0 asks of the parts that are used, and what readers of it insist on."""
    log = report.as_sarif([item], "0")
    assert set(log) == {"$schema", "version", "runs"}
    (run,) = log["runs"]
    assert set(run) <= {"tool", "results", "columnKind"}
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules), "rules are unique"
    for rule in rules:
        assert rule["shortDescription"]["text"] == ABOUT[rule["id"]]
    assert len(run["results"]) == len(item.diagnostics)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"].strip()
        for location in result["locations"]:
            place = location["physicalLocation"]
            assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", place["artifactLocation"]["uri"]), "a URI reference"
            _is_region(place["region"])
            assert place["region"]["snippet"]["text"] == item.text
        for fix in result.get("fixes", ()):
            assert fix["description"]["text"]
            for change in fix["artifactChanges"]:
                assert change["artifactLocation"]["uri"]
                for replacement in change["replacements"]:
                    _is_region(replacement["deletedRegion"])
                    assert isinstance(replacement["insertedContent"]["text"], str)


def _is_region(region):
    start, end = (region["startLine"], region["startColumn"]), (region["endLine"], region["endColumn"])
    assert all(n >= 1 for n in (*start, *end))
    assert start <= end


def test_sarif_of_nothing_found():
    log = report.as_sarif([Checked("imageInfo", [])], "0")
    assert log["runs"][0]["results"] == []
    assert log["runs"][0]["tool"]["driver"]["rules"] == []


def test_windows_paths_become_uris():
    (result,) = report.as_sarif([Checked("imageInfo/", lint("imageInfo/"), r"src\a.py", 0, "imageInfo/")], "0")["runs"][
        0
    ]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "src/a.py"
