"""Commands seen in the wild, when the collection is there: they are read, come back, and lose nothing."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from qiniufop import FopError, RawOp, escapes, parse
from qiniufop.lint import fixed, lint

PATH = Path(__file__).resolve().parents[1].parent / "shared" / "corpus" / "fops.tsv"
pytestmark = pytest.mark.skipif(not PATH.exists(), reason="the collection of real commands is not here")


def rows(label):
    if not PATH.exists():
        return []
    with PATH.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row for row in found if row["label"] == label]


PLAUSIBLE, MALFORMED = rows("plausible"), rows("malformed")


def exception(row):
    """Why a plausible row may be refused, or None."""
    if row["vendor"] == "cos":
        return "another vendor's dialect of the same names"
    if "custom ufop" in row["reason"]:
        return "somebody's own operation, which no catalogue can know"
    return None


def reads(text, unknown="error"):
    try:
        parse(text, unknown=unknown)
    except FopError:
        return False
    return True


OURS = [row["fop"] for row in PLAUSIBLE if exception(row) is None]
OWN = [row["fop"] for row in PLAUSIBLE if "custom ufop" in row["reason"]]


def tokens(text):
    """What a command says, whatever the order."""
    return Counter(re.split(r"[/|;]", text))


def test_there_is_something_to_read():
    assert len(OURS) >= 500
    assert len(MALFORMED) >= 50


def test_every_plausible_command_is_read():
    assert [text for text in OURS if not reads(text)] == []


def test_all_of_it_is_in_the_catalogue():
    values = [parse(text) for text in OURS]
    assert [str(v) for v in values if any(isinstance(op, RawOp) or op.extra for op in v.stages)] == []


def test_operations_of_somebody_are_kept_and_only_then():
    assert OWN
    assert [text for text in OWN if reads(text)] == []
    for text in OWN:
        value = parse(text, unknown="keep")
        assert any(isinstance(op, RawOp) for op in value.stages)
        assert str(value) == str(value.canonical()) == text


def test_what_the_other_vendor_shares_is_read_and_the_rest_points_at_a_place():
    theirs = [row["fop"] for row in PLAUSIBLE if row["vendor"] == "cos"]
    refused = [text for text in theirs if not reads(text)]
    assert 0 < len(refused) < len(theirs)
    extension = {row["fop"] for row in PLAUSIBLE if "vendor-extension" in row["reason"]}
    assert set(refused) <= extension
    assert [text for text in refused if not any(d.severity == "error" and d.span[0] > 0 for d in lint(text))] == []


def test_texts_come_back():
    for text in [*OURS, *OWN]:
        value = parse(text, unknown="keep")
        assert str(value) == text
        normal = value.canonical()
        assert normal == value
        assert str(parse(str(normal), unknown="keep").canonical()) == str(normal)


def test_nothing_is_lost():
    """The multiset of keys and values survives, but for the spellings that lint names."""
    respelt, added = 0, Counter()
    for text in OURS:
        normal = str(parse(text).canonical())
        if tokens(text) == tokens(normal):
            continue
        respelt += 1
        found = lint(text)
        assert [d.code for d in found if d.fix is not None], text
        before, after = tokens(_plain(text)), tokens(_plain(normal))
        assert before - after == Counter(), text
        added += after - before
    assert set(added) <= {"preset"}, "an old spelling leaves the key of a preset out"
    assert respelt / len(OURS) < 0.5


def _plain(text):
    """A text without what its spelling may differ in and still mean the same."""
    text = escapes.undo(text)[0].strip("|;") if "%" in text else text.strip("|;")
    parts = [escapes.once(s).rstrip("=!") for s in re.split(r"[/|;]", text)]
    plain = [s.lower().replace("+", "-") if not re.fullmatch(r"[0-9.]+", s) else f"{float(s):g}" for s in parts]
    return "/".join(s for s in plain if s not in ("", "true"))


def test_plausible_commands_have_no_error():
    for text in OURS:
        assert [d for d in lint(text) if d.severity == "error"] == [], text


def test_fixes_of_real_commands_keep_their_meaning():
    for text in OURS:
        better = fixed(text)
        assert [d for d in lint(better) if d.fix is not None] == [], text
        if "old-name" not in {d.code for d in lint(text)}:
            assert parse(better) == parse(text)


def test_malformed_commands_are_refused_or_remarked_upon():
    for row in MALFORMED:
        grave = [d for d in lint(row["fop"]) if d.severity in ("error", "warning")]
        assert grave, row["fop"]
        assert all(0 <= d.span[0] <= d.span[1] <= len(row["fop"]) for d in grave)
        assert all(d.message for d in grave)


def refusal(text):
    try:
        parse(text)
    except FopError as exc:
        return exc
    return None


def test_most_malformed_commands_are_refused_with_a_place_in_them():
    refused = [error for row in MALFORMED if (error := refusal(row["fop"])) is not None]
    assert len(refused) / len(MALFORMED) > 0.8
    for error in refused:
        assert 0 <= error.span[0] <= error.span[1] <= len(error.source)
        assert error.message
