"""Writes the reference pages of operations while the documentation is built. A hook of MkDocs.

A page for each operation and language comes from the models themselves, so that it cannot tell anything else than
what the parser and the checks do. The hook also gives each page the navigation and the interface of its language,
and the language switch its counterpart.
"""

from __future__ import annotations

import copy
import inspect
import re
from typing import Any

from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page

from qiniufop import describe, ops_index, parse
from qiniufop.declared import Declared
from qiniufop.lint import ABOUT, RULES
from qiniufop.media import AV, Archive, Audio, Document, Image, Json, Media, Playlist, Stored, Video
from qiniufop.ops import _names

CHINESE = "zh/"
SHELVES = ("image", "av", "playlist", "document", "any")

TEXT = {
    "en": {
        "catalogue": "Operations",
        "intro": (
            "Every operation the catalogue knows, by what it takes. The pages are written from the models that build "
            "and read commands."
        ),
        "image": "Pictures",
        "av": "Audio and video",
        "playlist": "Playlists",
        "document": "Documents",
        "any": "Any object",
        "head": "| operation | class | does | makes | used in |",
        "class": "Python",
        "takes": "takes",
        "makes": "makes",
        "where": "used in",
        "status": "status",
        "pages": "service's pages",
        "parameters": "Parameters",
        "columns": "| parameter | wire | values | default | meaning |",
        "none": "It has no parameters.",
        "rules": "Rules",
        "limits": "Limits",
        "examples": "Examples",
        "required": "required",
        "not written": "not written",
        "applies": "for",
        "known": "known from",
        "source": "source",
        "alias": "also accepted in data",
        "sync": "a URL",
        "persistent": "a job",
        "style": "a style",
        "idle": "an idle-time job",
        "current": "current",
        "legacy": "superseded, still runs",
        "retired": "retired; building one warns",
        "third-party": "a third party's, gone from the catalogue; building one warns",
        "observed": "real commands, not documented",
        "inferred": "inferred, or its form is not published",
        "Any": "depends on its arguments",
        "variants": "One name with variants: the arguments of `{name}(...)` choose the class.",
        "group": "A group of `{name}`.",
        "position": "position",
        "alone": "not in a pipe with other operations",
    },
    "zh": {
        "catalogue": "操作目录",
        "intro": "目录中的全部操作，按输入媒体分类。页面由构建和解析命令所用的模型直接生成。参数说明目前为英文。",
        "image": "图片",
        "av": "音视频",
        "playlist": "播放列表",
        "document": "文档",
        "any": "任意文件",
        "head": "| 操作 | 类 | 用途 | 输出 | 可用于 |",
        "class": "Python 类",
        "takes": "输入",
        "makes": "输出",
        "where": "可用于",
        "status": "状态",
        "pages": "官方文档",
        "parameters": "参数",
        "columns": "| 参数 | 线上写法 | 取值 | 默认 | 说明 |",
        "none": "没有参数。",
        "rules": "规则",
        "limits": "限制",
        "examples": "示例",
        "required": "必填",
        "not written": "不写",
        "applies": "适用于",
        "known": "依据",
        "source": "出处",
        "alias": "数据中也可写作",
        "sync": "URL",
        "persistent": "持久化任务",
        "style": "图片样式",
        "idle": "闲时任务",
        "current": "现行",
        "legacy": "旧版，仍可运行",
        "retired": "已下线；构建时会警告",
        "third-party": "第三方，已从目录下架；构建时会警告",
        "observed": "真实命令中见过，文档未写",
        "inferred": "推断，或写法未公开",
        "Any": "取决于参数",
        "variants": "同一个名字有几种形式，由 `{name}(...)` 的参数决定用哪个类。",
        "group": "`{name}` 的一组。",
        "position": "位置参数",
        "alone": "不能与其他操作串联",
    },
}

MEDIA_ZH = {
    "Media": "任意文件",
    "AV": "音视频",
    "Audio": "音频",
    "Video": "视频",
    "Image": "图片",
    "Animation": "动图",
    "Transcoded": "音频、视频或动图",
    "Playlist": "播放列表",
    "Document": "文档",
    "Archive": "压缩包",
    "Json": "JSON",
    "Stored": "已保存，不能再处理",
}
MEDIA_EN = {
    "Media": "anything",
    "AV": "audio or video",
    "Transcoded": "audio, video or animation",
    "Json": "JSON",
    "Stored": "nothing more: it is stored",
    "Archive": "zip file",
}
WORDS_ZH = (
    ("list of ", "列表："),
    (", or another word", "，或其他单词"),
    ("groups: ", "分组："),
    (", with commas", "（逗号分隔）"),
    ("base64 text", "文本（库负责 base64）"),
    ("base64 bytes", "字节（库负责 base64）"),
    ("any word", "任意单词"),
    ("integer", "整数"),
    ("number", "数字"),
    ("bit rate", "码率"),
    ("pixels or percentage", "像素或百分比"),
    ("thumbnail geometry", "缩放尺寸"),
    ("crop geometry", "裁剪区域"),
    ("extent geometry", "画布尺寸"),
    ("radius x sigma", "半径 x 标准差"),
    ("width x height", "宽 x 高"),
    ("width:height", "宽:高"),
    ("command", "命令"),
    ("size", "尺寸"),
    ("ratio", "比例"),
    ("bytes", "字节数"),
    ("flag", "开关"),
    ("word", "单词"),
    ("text", "文本"),
    (" to force", " 表示强制"),
    ("from ", ""),
    ("three decimals", "三位小数"),
    ("one decimal", "一位小数"),
    ("percent", "百分比"),
    ("frames/s", "帧/秒"),
    ("frames", "帧"),
    ("hundredths of a second", "百分之一秒"),
    ("twips, 1/20 point", "缇（1/20 磅）"),
    (" or ", " 或 "),
    (" to ", " 到 "),
    ("at least", "至少"),
    ("at most", "至多"),
    ("above", "大于"),
    ("below", "小于"),
    ("characters", "个字符"),
    ("pixels", "像素"),
    ("degrees", "度"),
    ("seconds", "秒"),
    ("days", "天"),
)


def operations() -> dict[str, Any]:
    """Every operation of the catalogue by wire name."""
    return {name: cls for name, cls in ops_index.load_all().items() if name}


def variants(cls: Any) -> list[Any]:
    """The classes that spell an operation: itself, or those of its family that can be built."""
    found = list(dict.fromkeys(cls.variants.values()))
    pending = list(cls.__subclasses__())
    while pending:
        other = pending.pop(0)
        pending += other.__subclasses__()
        if other.__name__ in _names.PUBLIC and other not in found:
            found.append(other)
    return found or [cls]


def shelf(cls: Any) -> str:
    """Under which heading the catalogue lists an operation."""
    takes = variants(cls)[0].takes
    for name, kinds in (("image", (Image,)), ("playlist", (Playlist,)), ("av", (AV, Audio, Video))):
        if takes in kinds:
            return name
    return "document" if takes is Document else "any"


def words(text: str, lang: str) -> str:
    """Types and ranges, in the language of the page."""
    if lang == "en":
        text = text.replace("base64 text", "text, in base64 on the wire").replace("base64 b", "b")
    else:
        for english, chinese in WORDS_ZH:
            left = r"\b" if english[0].isalpha() else ""
            right = r"\b" if english[-1].isalpha() else ""
            text = re.sub(rf"{left}{re.escape(english)}{right}", chinese, text)
    return text


def media(kind: Any, lang: str) -> str:
    """A class of media in words."""
    if isinstance(kind, property) or kind is Any or not isinstance(kind, type):
        return TEXT[lang]["Any"]
    if not issubclass(kind, (Media, Stored, Json, Archive)):
        return TEXT[lang]["Any"]
    name = kind.__name__
    return MEDIA_ZH[name] if lang == "zh" else MEDIA_EN.get(name, name.lower().replace("image", "picture"))


def prose(text: str) -> str:
    """A docstring as Markdown: marks of references and doubled backticks made plain."""
    text = re.sub(r":\w+:`~?([^`]+)`", lambda m: f"`{m[1].rpartition('.')[2]}`", text)
    return text.replace("``", "`")


def indented(text: str) -> str:
    """A docstring whose literal blocks became Python blocks, and whose section of errors became a list."""
    out: list[str] = []
    block = False
    for line in prose(inspect.cleandoc(text)).splitlines():
        if block and line and not line.startswith("    "):
            out += ["```", ""]
            block = False
        if line.endswith("::") and not block:
            out += [line[:-1], "", "```python"]
            block = True
        elif block:
            if line or out[-1] != "```python":
                out.append(line[4:])
        elif line == "Raises:":
            break
        else:
            out.append(line)
    if block:
        out.append("```")
    return "\n".join(out).replace("\n\n```\n", "\n```\n")


def cell(text: str) -> str:
    """Text that does not end a table's cell."""
    parts = " ".join(text.split()).replace("|", "\\|").split("`")
    return "`".join(part if i % 2 else part.replace("<", "&lt;") for i, part in enumerate(parts))


def code(text: str) -> str:
    """Inline code for a table's cell."""
    return f"`{text}`".replace("|", "\\|") if text else ""


def parameters(cls: type[Declared], lang: str) -> list[str]:
    """The table of an operation's or a group's parameters."""
    say = TEXT[lang]
    found = describe.rows(cls)
    if not found:
        return [say["none"], ""]
    out = [say["columns"], "|" + "---|" * 5]
    pages = getattr(getattr(cls, "facts", None), "docs", ())
    for row in found:
        wire = code(row.key) if row.key else say["position"]
        values = words(row.type, lang)
        if row.range:
            values += f"; {words(row.range, lang)}"
        only = row.kind == "value" and not row.key and row.type.isdigit()
        default = row.default or (row.type if only else "")
        default = f"**{say['required']}**" if row.required else cell(default) or say["not written"]
        notes = [prose(row.doc)]
        if row.applies:
            notes.append(f"*{say['applies']}: {row.applies}*")
        if row.alias:
            notes.append(f"*{say['alias']}: `{row.alias}`*")
        if row.known != "documented":
            notes.append(f"*{say['known']}: {say[row.known]}*")
        meaning = "<br>".join(cell(note) for note in notes)
        if row.source and row.source not in pages:
            meaning += f" [{say['source']}]({row.source})"
        out.append(f"| {code(row.attr)} | {wire} | {cell(values)} | {default} | {meaning} |")
    return [*out, ""]


def groups(cls: Any) -> list[Any]:
    """The models of the repeated groups of an operation."""
    steps = [s for s in cls.plan.steps if s.kind == "groups"]
    return [member for step in steps for member in describe.groups(step)]


def section(cls: Any, lang: str, level: int) -> list[str]:
    """What is to be said about one class."""
    say, facts, hashes = TEXT[lang], cls.facts, "#" * (level + 1)
    used = [say[mode] for mode in facts.modes] + ([say["idle"]] if facts.idle else [])
    out = [indented(cls.__doc__ or ""), "", "| | |", "|---|---|"]
    out.append(f"| {say['class']} | `qiniufop.{cls.__name__}` |")
    out.append(f"| {say['takes']} | {media(cls.takes, lang)} |")
    out.append(f"| {say['makes']} | {media(cls.makes, lang)} |")
    out.append(f"| {say['where']} | {', '.join(used)}{'' if facts.piped else '; ' + say['alone']} |")
    out.append(f"| {say['status']} | {say[facts.status]} |")
    links = ", ".join(f"[{page.removeprefix('https://').partition('/')[2]}]({page})" for page in facts.docs)
    out += [f"| {say['pages']} | {links} |", "", f"{hashes} {say['parameters']}", ""]
    out += parameters(cls, lang)
    for heading, lines in (("rules", facts.rules), ("limits", facts.limits)):
        if lines:
            out += [f"{hashes} {say[heading]}", "", *[f"- {prose(line)}" for line in lines], ""]
    if facts.examples:
        out += [f"{hashes} {say['examples']}", ""]
        for fops, what in facts.examples:
            out += [f"{what}:", "", "```text", fops, "```", "", "```python", *python(fops), "```", ""]
    return out


def python(fops: str) -> list[str]:
    """The expression that builds a command, a stage to a line."""
    lines: list[str] = []
    for command in parse(fops).commands:
        first, *rest = (repr(stage) for stage in command.stages)
        lines += ["(", f"    {first}", *(f"    | {stage}" for stage in rest), ")"] if rest else [first]
    return lines


def operation_page(name: str, cls: Any, lang: str) -> str:
    """The page of one operation."""
    say, facts = TEXT[lang], cls.facts
    first, second = (facts.zh, facts.title) if lang == "zh" else (facts.title, facts.zh)
    out = [f"# {name}: {first}", "", f"*{second}*", ""]
    classes = variants(cls)
    if classes == [cls]:
        out += section(cls, lang, 1)
    else:
        out += [
            prose(inspect.cleandoc(cls.__doc__ or "").partition("\n\n")[0]),
            "",
            say["variants"].format(name=cls.__name__),
            "",
        ]
        for variant in classes:
            title = variant.facts.zh if lang == "zh" else variant.facts.title
            out += [f"## {variant.__name__}: {title}", "", *section(variant, lang, 2)]
    members = list(dict.fromkeys(member for variant in classes for member in groups(variant)))
    for member in members:
        out += [
            f"## {member.__name__}",
            "",
            say["group"].format(name=cls.__name__) + " " + prose(inspect.cleandoc(member.__doc__ or "")),
        ]
        out += ["", *parameters(member, lang)]
    return "\n".join(out)


def catalogue(lang: str) -> str:
    """The page that lists all operations by what they take."""
    say = TEXT[lang]
    out = [f"# {say['catalogue']}", "", say["intro"], ""]
    for name in SHELVES:
        out += [f"## {say[name]}", "", say["head"], "|" + "---|" * 5]
        for wire, cls in operations().items():
            if shelf(cls) != name:
                continue
            facts = variants(cls)[0].facts if variants(cls) != [cls] and not cls.facts.modes else cls.facts
            what = facts.zh if lang == "zh" else facts.title
            if facts.status != "current":
                what += f" ({say[facts.status].partition(';')[0].partition('；')[0]})"
            made = list(dict.fromkeys(media(variant.makes, lang) for variant in variants(cls)))
            used = list(dict.fromkeys(say[mode] for variant in variants(cls) for mode in variant.facts.modes))
            cells = [f"[{wire}]({wire}.md)", f"`{cls.__name__}`", what, " / ".join(made), ", ".join(used)]
            out.append(f"| {' | '.join(cells)} |")
        out.append("")
    return "\n".join(out)


def lint_rules(lang: str) -> str:
    """The table of everything the linter may say, and about which operations."""
    head = "| 代号 | 操作 | 含义 |" if lang == "zh" else "| code | operations | about |"
    ops: dict[str, set[str]] = {}
    for rule in RULES:
        ops.setdefault(rule.code, set()).update(rule.ops)
    found = [f"| `{code}` | {', '.join(sorted(ops.get(code, ())))} | {cell(about)} |" for code, about in ABOUT.items()]
    return "\n".join([head, "|---|---|---|", *found])


def pages(lang: str) -> dict[str, str]:
    """Every reference page of a language, by its path."""
    folder = "zh/reference" if lang == "zh" else "reference"
    made = {f"{folder}/index.md": catalogue(lang)}
    return made | {f"{folder}/{name}.md": operation_page(name, cls, lang) for name, cls in operations().items()}


# What MkDocs calls


def on_config(config: Any) -> Any:
    """List the reference pages behind the catalogue, wherever the navigation names it."""
    config.nav = _expanded(config.nav)
    return config


def _expanded(items: Any) -> Any:
    if isinstance(items, dict):
        return {title: _expanded(below) for title, below in items.items()}
    if not isinstance(items, list):
        return items
    out: list[Any] = []
    for item in items:
        out.append(_expanded(item))
        path = item if isinstance(item, str) else ""
        if path.endswith("reference/index.md"):
            lang = "zh" if path.startswith(CHINESE) else "en"
            folder = path.removesuffix("index.md")
            for name in SHELVES:
                found = [f"{folder}{wire}.md" for wire, cls in operations().items() if shelf(cls) == name]
                out.append({TEXT[lang][name]: [{path.rpartition("/")[2].removesuffix(".md"): path} for path in found]})
    return out


def on_files(files: Files, config: Any) -> Files:
    """Add the reference pages to the files of the documentation."""
    for lang in TEXT:
        for path, content in pages(lang).items():
            files.append(File.generated(config, path, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: Any, files: Files) -> str:
    """Put the table of lint rules where a page asks for it."""
    lang = "zh" if page.file.src_uri.startswith(CHINESE) else "en"
    return markdown.replace("<!-- lint rules -->", lint_rules(lang))


def on_page_content(html: str, page: Page, config: Any, files: Files) -> str:
    """Mend what Markdown makes of docstrings and tables.

    References of docstrings become links. GitHub needs a backslash before a pipe in a cell, and Python-Markdown shows
    it within code.
    """
    html = re.sub(r"<td.*?</td>", lambda found: found[0].replace("\\|", "|"), html, flags=re.DOTALL)
    html = re.sub(r":\w+:<code>(~?)([\w.]+)</code>", _link, html)
    return html.replace("::</p>", ":</p>")


def _link(found: re.Match[str]) -> str:
    shown = found[2].rpartition(".")[2] if found[1] else found[2]
    if not found[2].startswith("qiniufop."):
        return f"<code>{shown}</code>"
    return f'<autoref identifier="{found[2]}" optional><code>{shown}</code></autoref>'


def on_page_context(context: dict[str, Any], page: Page, config: Any, nav: Navigation) -> dict[str, Any]:
    """Give a page the navigation, the interface and the counterpart of its language."""
    chinese = page.file.src_uri.startswith(CHINESE)
    config.theme["language"] = "zh" if chinese else "en"
    own = copy.copy(nav)
    sections = [item for item in nav.items if isinstance(item, Section)]
    inside = next(item for item in sections if item.title == "中文")
    own.items = list(inside.children) if chinese else [item for item in nav.items if item is not inside]
    context["nav"] = own
    known = {other.file.src_uri: other.url for other in nav.pages}
    english, other = page.file.src_uri.removeprefix(CHINESE), CHINESE + page.file.src_uri.removeprefix(CHINESE)
    config.extra["alternate"] = [
        {"name": "English", "link": known.get(english, ""), "lang": "en"},
        {"name": "中文", "link": known.get(other, CHINESE), "lang": "zh"},
    ]
    return context
