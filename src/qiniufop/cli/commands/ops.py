"""``qiniufop ops``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from .. import console
from ..arguments import Json
from ..failure import UsageError
from ..toolkit import typer

if TYPE_CHECKING:
    from ...core import Fop

PANEL = "Read and check"
EXAMPLES = (
    ("qiniufop ops", "every operation"),
    ("qiniufop ops vframe", "what one of them does, and its parameters"),
    ("qiniufop ops imageView2 --json", "the same as data"),
)


def ops(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="An operation, as on the wire.", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """List the operations, or the parameters of one."""
    from ... import ops_index

    if name is None:
        found = {wire: cls for wire, cls in ops_index.load_all().items() if wire}
        if as_json:
            console.emit_json([_summary(wire, cls) for wire, cls in found.items()])
        else:
            _list(found)
        return
    cls = ops_index.find(name)
    if cls is None:
        near = ops_index.near(name)
        hint = f"; did you mean {near!r}?" if near else "; qiniufop ops lists them"
        raise UsageError(f"there is no operation {name!r}{hint}")
    variants = list(dict.fromkeys(cls.variants.values())) if cls.variants else [cls]
    if as_json:
        console.emit_json({**_summary(name, cls), "variants": [_details(variant) for variant in variants]})
        return
    for number, variant in enumerate(variants):
        if number:
            console.emit("")
        _show(name, variant)


def _summary(name: str, cls: type[Fop[Any, Any]]) -> dict[str, Any]:
    from ...explain import media_of_class

    facts = cls.facts
    takes, makes = media_of_class(cls)
    return {
        "name": name,
        "class": cls.__name__,
        "title": facts.title,
        "zh": facts.zh,
        "status": facts.status,
        "takes": takes,
        "makes": makes,
        "modes": list(facts.modes),
        "idle": facts.idle,
        "docs": list(facts.docs),
    }


def _details(cls: type[Fop[Any, Any]]) -> dict[str, Any]:
    from ...describe import rows
    from ...explain import plain_doc

    return {
        **_summary(cls.name, cls),
        "rules": list(cls.facts.rules),
        "limits": list(cls.facts.limits),
        "examples": [{"fops": fops, "what": what} for fops, what in cls.facts.examples],
        "parameters": [{**row._asdict(), "doc": plain_doc(row.doc)} for row in rows(cls)],
    }


def _list(found: dict[str, type[Fop[Any, Any]]]) -> None:
    from rich.table import Table
    from rich.text import Text

    from ...explain import media_of_class

    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for heading in ("operation", "takes", "makes", "what it does", ""):
        table.add_column(heading, no_wrap=heading != "what it does")
    for name, cls in found.items():
        facts = cls.facts
        title = Text(facts.title)
        if facts.status != "current":
            title.append(f" ({facts.status})", "yellow")
        takes, makes = media_of_class(cls)
        table.add_row(Text(name, "cyan"), takes, makes, title, Text(facts.zh, "dim"))
    console.show(table)


def _show(name: str, cls: type[Fop[Any, Any]]) -> None:
    from rich.text import Text

    from ...describe import rows
    from ...explain import media_of_class, plain_doc

    facts = cls.facts
    head = Text.assemble((name, "bold cyan"), f"  {facts.title}", (f"  {facts.zh}", "dim"))
    head.append(f"  {cls.__name__}", "green")
    console.show(head)
    summary = plain_doc((cls.__doc__ or "").partition("\n\n")[0])
    used = ", ".join({"sync": "a URL", "persistent": "a job", "style": "a style"}[mode] for mode in facts.modes)
    takes, makes = media_of_class(cls)
    console.show(Text(summary), indent=2)
    status = "" if facts.status == "current" else f"; {facts.status}"
    words = f"takes {takes}, makes {makes}; for {used}{', also idle' if facts.idle else ''}{status}"
    console.show(Text(words, "dim"), indent=2)
    for row in rows(cls):
        console.show(_parameter(row), indent=2)
        console.show(Text(plain_doc(row.doc), "dim"), indent=6)
    for label, lines in (("Rules", facts.rules), ("Limits", facts.limits)):
        if lines:
            console.show(Text(label, "bold"), indent=2)
            for line in lines:
                console.show(Text(plain_doc(line)), indent=4)
    if facts.examples:
        console.show(Text("Examples", "bold"), indent=2)
        for fops, what in facts.examples:
            console.show(Text.assemble((fops, "cyan"), (f"  {what}", "dim")), indent=4)
    for page in facts.docs:
        console.show(Text(page, "blue"), indent=2)


def _parameter(row: Any) -> Any:
    from rich.text import Text

    text = Text.assemble((row.key or f"<{row.attr}>", "green"))
    text.append(f"  {row.type}")
    if row.range:
        text.append(f", {row.range}")
    facts = ["required" if row.required else "", f"default {row.default}" if row.default else ""]
    facts += [f"for {row.applies}" if row.applies else "", row.known if row.known != "documented" else ""]
    facts.append(f"also {row.alias}" if row.alias else "")
    said = "; ".join(fact for fact in facts if fact)
    if said:
        text.append(f"  ({said})", "yellow" if row.required else "dim")
    return text
