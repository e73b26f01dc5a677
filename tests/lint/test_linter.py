"""The linter: what it finds, where, and what its fixes do."""

import re
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiniufop import FopError, ops_index, parse
from qiniufop.diagnostics import SEVERITIES, apply_fixes
from qiniufop.edits import EditList
from qiniufop.lint import ABOUT, RULES, commands, fixed, lint
from qiniufop.wire import b64encode

from ..strategies import OPERATIONS, pipelines
from .bad import BAD
from .cases import CASES

SPEC = Path(__file__).resolve().parents[3] / "shared" / "spec"
PARSER = {
    "unknown-operation", "unknown-key", "missing", "missing-value", "empty", "bad-value", "duplicate", "no-group",
    "rule", "media", "after-saveas", "too-many-stages",
}  # fmt: skip
pytestmark = pytest.mark.filterwarnings("ignore::qiniufop.errors.RetiredWarning")
many = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


def lints(text, where="any"):
    return lint(text, where=where, unknown="keep" if "my-op" in text else "error")


@pytest.mark.parametrize(("text", "code", "span"), BAD, ids=[row[0][:60] or "nothing" for row in BAD])
def test_bad_texts(text, code, span):
    errors = [d for d in lint(text) if d.severity == "error"]
    assert (errors[0].code, errors[0].span) == (code, span)


@pytest.mark.parametrize(("text", "code"), [row[:2] for row in BAD], ids=[row[0][:60] or "nothing" for row in BAD])
def test_the_parser_and_the_linter_agree_on_what_is_wrong(text, code):
    with pytest.raises(FopError) as caught:
        parse(text)
    assert caught.value.code in {d.code for d in lint(text) if d.severity == "error"}


def test_there_are_a_hundred_bad_texts_and_every_code_of_the_parser_among_them():
    assert len({text for text, *_ in BAD}) >= 100
    assert {code for _, code, _ in BAD} == PARSER


@pytest.mark.parametrize("case", CASES, ids=[f"{c.code}: {c.text[:50]}" for c in CASES])
def test_a_rule_fires(case):
    found = [d for d in lints(case.text, case.where) if d.code == case.code]
    assert [case.text[slice(*d.span)] for d in found] == [case.marked]
    if case.text.count(case.marked) > 1:
        assert found[0].span[0] >= case.text.rindex(case.marked)
    assert found[0].message
    assert found[0].severity in SEVERITIES


@pytest.mark.parametrize("case", CASES, ids=[f"{c.code}: {c.twin[:50]}" for c in CASES])
def test_its_twin_does_not(case):
    found = lints(case.twin, case.twin_where or case.where)
    assert case.code not in {d.code for d in found}
    assert PARSER.isdisjoint(d.code for d in found)


def test_every_code_has_a_case():
    cases = {case.code for case in CASES}
    assert {rule.code for rule in RULES} <= cases
    assert set(commands.ABOUT) <= cases
    assert set(ABOUT) - PARSER == cases


def test_every_rule_is_about_fields_that_exist():
    known = ops_index.load_all()
    for rule in RULES:
        assert rule.about.endswith("."), rule.code
        for name in rule.ops:
            cls = known[name]
            classes = [cls, *cls.variants.values()]
            attrs = {attr for c in [*classes, *cls.__subclasses__()] for attr in c.plan.rank}
            assert attrs & {*rule.triggers} or not rule.triggers, (rule.code, name)


def test_operations_that_replace_others_exist():
    known = ops_index.load_all()
    for old, new in commands.SUCCESSORS.items():
        assert known[old].facts.status != "current"
        assert known[new.split()[0]].facts.status == "current"


def test_remarks_stand_in_the_order_of_the_text_and_errors_come_first():
    found = lint("imageView2/2/w/|imageMogr2/sharpen/0/rotate/x;;avthumb/mp4/s/1x1")
    assert [d.span[0] for d in found] == sorted(d.span[0] for d in found)
    assert [d.code for d in lint("/")] == ["empty"]


def test_error_suggestions_and_links():
    (unknown,) = lint("imageMogr2/autoorient")
    assert (unknown.suggestion, unknown.fix.text) == ("auto-orient", "auto-orient")
    (distorts,) = lint("avthumb/mp4/s/640x360")
    assert distorts.url.startswith("https://developer.qiniu.com/")
    assert distorts.message == "s/640x360 is forced and may distort; add autoscale/1, or give one side only"


def test_unknown_things_can_be_kept():
    assert [d.code for d in lint("my-op/1|imageView2/2/w/9/new/1")] == ["unknown-operation", "unknown-key"]
    assert lint("my-op/1|imageView2/2/w/9/new/1", unknown="keep") == []


# fixes ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("imageView2/2/w/200/", "imageView2/2/w/200"),
        ("|imageView2/2/w/200|", "imageView2/2/w/200"),
        ("imageInfo;", "imageInfo"),
        ("/imageView2/2/w/200", "imageView2/2/w/200"),
        ("ImageView2/2/W/200", "imageView2/2/w/200"),
        ("image-view2/2/w/200", "imageView2/2/w/200"),
        ("imageView2/2/h/100/w/200/", "imageView2/2/w/200/h/100"),
        ("imageMogr2/gravity/center/crop/!9x9a1a1", "imageMogr2/gravity/Center/crop/!9x9a1a1"),
        ("imageMogr2/auto-orient/true", "imageMogr2/auto-orient"),
        ("imageView2%252F2%252Fw%252F200%252F", "imageView2/2/w/200"),
        ("watermark/2/text/Pz8+", "watermark/2/text/Pz8-"),
        ("watermark/2/text/YQ%3D%3D/gravity/center/dx/010", "watermark/2/text/YQ==/gravity/Center/dx/10"),
        ("watermark/2/text/YQ/font/YQ", "watermark/2/text/YQ==/font/YQ=="),
        ("avthumb/mp4/h264Crf/23", "avthumb/mp4/crf/23"),
        ("imageMogr2/AutoOrient/Strip", "imageMogr2/auto-orient/strip"),
        ("fantasy/", "fantasy/"),
        ("imageView2/2/w/abc/", "imageView2/2/w/abc/"),
        ("avthumb/mp4/h264Crf/40", "avthumb/mp4/h264Crf/40"),
        ("imageMogr2/thumbnail/100x|imageView2/2/w/9/", "imageMogr2/thumbnail/100x|imageView2/2/w/9"),
        ("", ""),
        ("|", ""),
    ],
)
def test_fixes(text, better):
    assert fixed(text) == better
    assert fixed(better) == better


def test_one_level_of_percent_encoding_is_right_in_a_url():
    text = "imageMogr2/strip%7CimageView2/2/w/9%7Cwatermark/2/text/YQ%3D%3D"
    assert [d.code for d in lint(text, where="url")] == []
    assert fixed(text, where="url") == text
    assert fixed(text) == "imageMogr2/strip|imageView2/2/w/9|watermark/2/text/YQ=="


def test_fixes_that_overlap_are_not_both_applied():
    found = lint("imageView2/2/h/100/w/200/")
    assert apply_fixes("imageView2/2/h/100/w/200/", found).count("imageView2") == 1


@st.composite
def noisy(draw):
    """A valid command in a spelling that people write, and what it means."""
    value = draw(pipelines() | OPERATIONS)
    stages = []
    for op in value.stages:
        segments = str(op).split("/")
        for i in range(1, len(segments)):
            change = draw(st.sampled_from(["", "", "unpad", "percent", "case"]))
            if change == "unpad":
                segments[i] = segments[i].rstrip("=")
            elif change == "percent":
                segments[i] = segments[i].replace("=", "%3D")
            elif change == "case" and segments[i] in GRAVITIES:
                segments[i] = segments[i].lower()
        stages.append("/".join(segments) + draw(st.sampled_from(["", "", "/"])))
    text = draw(st.sampled_from(["", "", "|"])) + "|".join(stages) + draw(st.sampled_from(["", "", "|"]))
    try:
        again = parse(text, unknown="keep")
    except FopError:
        return str(value), value  # the noise made it another text, such as a bare word without its '='
    return text, again


GRAVITIES = {"NorthWest", "North", "NorthEast", "West", "Center", "East", "SouthWest", "South", "SouthEast"}


@many
@given(noisy())
def test_fixes_keep_the_meaning_and_leave_nothing_to_fix(pair):
    text, value = pair
    better = fixed(text, unknown="keep")
    again = parse(better, unknown="keep")
    renamed = {d.code for d in lint(text, unknown="keep")} & {"old-name"}
    assert renamed or again.stages == value.stages
    left = lint(better, unknown="keep")
    assert [d for d in left if d.fix is not None] == []
    assert fixed(better, unknown="keep") == better


@many
@given(OPERATIONS, st.randoms(use_true_random=False))
def test_the_order_of_keys_is_restored(op, random):
    if isinstance(op, EditList):
        return
    keys = [s for s in op.plan.steps if s.kind == "pair" and getattr(op, s.attr, None) is not None]
    if op.plan.groups is not None or op.plan.tail is not None or len(keys) < 2 or op.plan.joiner != "/":
        return
    text = str(op)
    pairs = [s.prefix + s.codec.encode(getattr(op, s.attr)) for s in keys]
    head = text[: min(text.index("/" + p) for p in pairs)]
    if head + "/" + "/".join(pairs) != text:
        return
    random.shuffle(pairs)
    shuffled = "/".join([head, *pairs])
    assert parse(shuffled, unknown="keep") == op
    if "old-name" not in {d.code for d in lint(text)}:
        assert fixed(shuffled) == text


# what must not be complained about --------------------------------------------


def examples():
    for cls in ops_index.load_all().values():
        for text, _ in cls.facts.examples:
            yield text
    for path in sorted(SPEC.glob("*.yaml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            if entry.get("emit") is not False and entry["op"] != "ufop":
                yield from (example["fop"] for example in entry["examples"])


@pytest.mark.parametrize("text", sorted(set(examples())))
def test_examples_have_no_error(text):
    found = lint(text, unknown="keep")
    assert [d for d in found if d.severity == "error"] == []
    better = fixed(text, unknown="keep")
    assert [d for d in lint(better, unknown="keep") if d.fix is not None] == []


@many
@given(pipelines())
def test_what_was_built_has_no_error_of_reading(pipeline):
    found = lint(str(pipeline), unknown="keep")
    assert PARSER.isdisjoint(d.code for d in found)


# any text ---------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "imageView2", "imageMogr2", "avthumb", "/mp4", "/2", "/w", "/1", "/", "|", ";", "%", "%7C", "%2F", "%25",
        "saveas", "/Ymt0", "watermark/3", "/image", "/text", "/YQ==", "/YQ", "=", "/wmText", "/wmImage", "/wmPos", "é",
        "\ud800", "\x00", " ", "/gravity", "/center", "/true", "/auto-orient", "/s", "/640x360", "vframe",
        "mkzip/2", "/url", "!",
    ]
)  # fmt: skip


@settings(many, max_examples=600)
@given(
    st.lists(PIECES | st.text(max_size=4), max_size=16).map("".join),
    st.sampled_from(["any", "job", "idle-job", "url", "style"]),
    st.sampled_from(["error", "keep"]),
)
def test_linting_any_text_ends_in_places_within_it(text, where, unknown):
    for diagnostic in lint(text, where=where, unknown=unknown):
        start, end = diagnostic.span
        assert 0 <= start <= end <= len(text)
        assert diagnostic.code in ABOUT
        if diagnostic.fix is not None:
            assert 0 <= diagnostic.fix.span[0] <= diagnostic.fix.span[1] <= len(text)
    better = fixed(text, where=where, unknown=unknown)
    assert fixed(better, where=where, unknown=unknown) == better


@pytest.mark.parametrize(
    "piece",
    [
        "imageView2/2/w/200;",
        "imageView2/2/w/200|",
        "imageMogr2/gravity/center|",
        "avthumb/mp4/s/640x360/;",
        "x",
        "/",
        "|",
        ";",
        "%",
        "%2F",
        "%252F",
        "a=b&",
    ],
)
def test_time_grows_with_the_text(piece):
    _linear("", piece, 100_000)
    lint(piece * (1_000_000 // len(piece)), unknown="keep")


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        ("imageMogr2", "/gravity/center"),
        ("imageMogr2", "/auto-orient/true"),
        ("avthumb/mp4", "/wmText/YQ/wmPos/1"),
        ("avthumb/mp4", f"/wmText/{b64encode('你好')}"),
        ("watermark/3", "/image/aHR0cDovL2EuY24vYg/wst/1"),
        ("avconcat/2/format/mp4", "/aHR0cDovL2EuY24vYg"),
        ("p/1", "/a"),
        ("my-op", "/a"),
    ],
)
def test_time_grows_with_the_stage(head, piece):
    _linear(head, piece, 60_000)


def _calls(text):
    """How many functions are called to lint a text: a measure of its cost that no other load on the machine changes."""
    count = 0

    def count_calls(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(count_calls)
    try:
        lint(text, unknown="keep")
    finally:
        sys.setprofile(None)
    return count


def _linear(head, piece, size):
    half, whole = (_calls(head + piece * (n // len(piece))) for n in (size // 2, size))
    assert whole <= 2.3 * half + 1000


def test_codes_are_words_with_hyphens():
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code) for code in ABOUT)
