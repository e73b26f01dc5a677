"""Write what follows from the operations: where each is found, and what type checkers see of calls.

Run it after adding an operation, or a parameter of Watermark, Avthumb or imageMogr2::

    python scripts/generate.py           # write
    python scripts/generate.py --check   # fail if something would change
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

ROOT = Path(__file__).resolve().parent.parent
OPS = ROOT / "src" / "qiniufop" / "ops"
sys.path.insert(0, str(ROOT / "src"))
BIG = 30  # a form with more parameters than this takes them as a TypedDict


def main() -> int:
    check = "--check" in sys.argv[1:]
    names = OPS / "_names.py"
    modules = sorted(m.name for m in pkgutil.iter_modules([str(OPS)]) if not m.name.startswith("_"))
    calls = OPS / "_signatures.py"
    _placeholders(calls, modules)
    loaded = [importlib.import_module(f"qiniufop.ops.{name}") for name in modules]
    raw = importlib.import_module("qiniufop.raw")
    stale = [
        path.name
        for path, text in ((names, _names([*loaded, raw])), (calls, _signatures(loaded)))
        if not _write(path, text, check)
    ]
    if stale and check:
        print(f"out of date: {', '.join(stale)}; run python scripts/generate.py", file=sys.stderr)
        return 1
    return 0


def _placeholders(path: Path, modules: list[str]) -> None:
    """Make sure every class that an operation wants to inherit its calls from exists before it is imported."""
    text = path.read_text() if path.exists() else ""
    wanted = {
        word for m in modules for word in (OPS / f"{m}.py").read_text().replace("(", " ").replace(",", " ").split()
    }
    missing = sorted(w for w in wanted if w.endswith("Calls") and w.isidentifier() and f"class {w}" not in text)
    if missing:
        path.write_text(text + "".join(f"\n\nclass {name}:\n    __slots__ = ()\n" for name in missing))


def _write(path: Path, text: str, check: bool) -> bool:
    formatted = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(path), "-"],
        input=text, capture_output=True, text=True, check=True, cwd=ROOT,
    ).stdout  # fmt: skip
    if path.exists() and path.read_text() == formatted:
        return True
    if not check:
        path.write_text(formatted)
    return False


def _names(modules: Iterable[Any]) -> str:
    from qiniufop import ops_index

    wire: dict[str, str] = {}
    public: dict[str, str] = {}
    for module in modules:
        place = module.__name__.removeprefix("qiniufop.")
        for name in module.__all__:
            public[name] = place
    for name, cls in sorted(ops_index._known.items()):
        wire[name] = cls.__module__.removeprefix("qiniufop.")
    by_module: dict[str, list[str]] = {}
    for name, place in sorted(public.items()):
        by_module.setdefault(place, []).append(name)
    lines: list[str] = []
    for place, found in sorted(by_module.items()):
        module_name = f".{place.removeprefix('ops.')}" if place.startswith("ops.") else f"..{place}"
        lines.append(f"    from {module_name} import {', '.join(f'{n} as {n}' for n in found)}")
    imports = "\n".join(lines)
    return f'''"""Where each operation is found. Written by ``python scripts/generate.py``; do not edit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
{imports}

WIRE = {wire!r}
"""The module of each wire name."""

PUBLIC = {dict(sorted(public.items()))!r}
"""The module of each public class."""

__all__ = {sorted(public)!r}
'''


def _signatures(modules: Iterable[Any]) -> str:
    classes = {n: getattr(m, n) for m in modules for n in m.__all__}
    with_calls = {n: c for n, c in classes.items() if any(b.__name__ == f"{n}Calls" for b in c.__mro__)}
    bodies: list[str] = []
    types: list[str] = []
    used: set[str] = set()
    for name, cls in sorted(with_calls.items()):
        if hasattr(cls, "edits"):
            bodies.append(_edit_calls(name, cls))
        else:
            body, dicts = _family_calls(name, cls, [c for c in classes.values() if issubclass(c, cls) and c is not cls])
            bodies.append(body)
            types += dicts
    text = "\n".join([*types, *bodies])
    code = re.sub(r'""".*?"""', "", text, flags=re.DOTALL)
    for n, c in classes.items():
        if re.search(rf"\b{n}\b", code):
            used.add(f"    from .{c.__module__.rsplit('.', 1)[1]} import {n}")
    media = sorted(w for w in ("Animation", "Audio", "Transcoded", "Video") if f"[{w}]" in text)
    if media:
        used.add(f"    from ..media import {', '.join(media)}")
    dicts = "\n".join(f"    {line}" if line else "" for line in "\n".join(types).splitlines())
    return f'''"""What type checkers see of calls. Written by ``python scripts/generate.py``; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict, overload

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from typing_extensions import Required, Self, Unpack

{chr(10).join(sorted(used))}

{dicts}

class Anything:
    """What a form is initialised with was settled when it was chosen."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __init__(self, *args: Any, **options: Any) -> None: ...


{"".join(bodies)}
'''


EXTRA = "Mapping[str, str | None] | Sequence[tuple[str, str | None]]"


def _type(step: Any) -> str:
    from qiniufop.wire import Codec, Fact, Grammar

    if step.kind == "extra":
        return EXTRA
    if step.kind == "groups":
        members = get_args(get_args(step.base)[0]) or get_args(step.base)[:1]
        return f"Sequence[{' | '.join(m.__name__ for m in members)} | Mapping[str, Any]]"
    text = " | ".join(_bare(a) for a in get_args(step.base)) if _is_union(step.base) else _bare(step.base)
    fact = next((m for m in step.meta if isinstance(m, Fact)), Fact())
    if fact.choices:
        text = f"Literal[{', '.join(map(repr, fact.choices))}] | {text}"
    if any(isinstance(m, Grammar) and m.numbers for m in step.meta):
        text += " | int | float"
    assert Codec
    return f"Sequence[{text}]" if step.kind in ("repeat", "tail") else text


def _is_union(base: Any) -> bool:
    return get_origin(base) not in (None, Literal, tuple)


def _bare(base: Any) -> str:
    if get_origin(base) is Literal:
        return f"Literal[{', '.join(map(repr, get_args(base)))}]"
    return getattr(base, "__name__", str(base))


def _flat_steps(cls: Any) -> Iterator[Any]:
    seen = set()
    for group in getattr(cls, "flat", ()):
        for step in group.plan.steps:
            if step.kind != "extra" and step.attr not in seen:
                seen.add(step.attr)
                yield step


def _keywords(cls: Any) -> list[tuple[str, str, bool]]:
    """The keyword parameters of a class: name, type, required."""
    steps = [s for s in cls.plan.steps if s.kind != "value"]
    out = [(s.attr, _type(s), s.required) for s in steps]
    known = {name for name, _, _ in out}
    out += [(s.attr, _type(s), False) for s in _flat_steps(cls) if s.attr not in known]
    return out


def _parameters(keywords: list[tuple[str, str, bool]]) -> str:
    return ", ".join(
        f"{n}: {t}"
        if required
        else f"{n}: {t} = ..."
        if n == "extra" or t.startswith("Sequence")
        else f"{n}: {t} | None = ..."
        for n, t, required in sorted(keywords, key=lambda k: not k[2])
    )


def _family_calls(name: str, cls: Any, variants: list[Any]) -> tuple[str, list[str]]:
    dicts: list[str] = []
    overloads: list[str] = []
    common = _keywords(cls) if len(cls.plan.steps) > BIG else []
    if common:
        dicts.append(_typed_dict(f"{name}Options", "TypedDict", common))
    ordered = sorted(variants, key=lambda v: (hasattr(v, "overloads"), v.__name__))
    for variant in ordered:
        values = [s for s in variant.plan.steps if s.kind == "value"]
        keywords = [k for k in _keywords(variant) if k not in common]
        if common:
            options = f"{variant.__name__}Options" if keywords else f"{name}Options"
            if keywords:
                dicts.append(_typed_dict(options, f"{name}Options", keywords))
            rest = f"**options: Unpack[{options}]"
        else:
            rest = f"*, {_parameters(keywords)}"
        if not values:
            shadowed = _shadowed(variant, ordered)
            overloads.append(_overload(f"{rest}", variant.__name__, shadowed))
        elif hasattr(variant, "overloads"):
            for words, media in variant.overloads:
                made = "Any" if media is object else media.__name__
                first = f"Literal[{', '.join(map(repr, words))}]" if words else "str"
                overloads.append(_overload(f"{values[0].attr}: {first}, {rest}", f"{variant.__name__}[{made}]"))
        else:
            shadowed = any(hasattr(v, "overloads") for v in ordered)
            overloads.append(_overload(f"{values[0].attr}: {_type(values[0])}, {rest}", variant.__name__, shadowed))
    text = "\n".join(overloads)
    return (
        f"\n\nclass {name}Calls(Anything):\n    __slots__ = ()\n\n    if TYPE_CHECKING:\n\n{text}\n"
        f"        def __new__(cls, *args: Any, **options: Any) -> Any: ...\n",
        dicts,
    )


def _overload(parameters: str, result: str, shadowed: bool = False) -> str:
    ignore = "  # type: ignore[overload-overlap]" if shadowed else ""
    if parameters.startswith("*, ") and shadowed:  # too long for a line, so the comment goes where checkers look
        ignore += "  # pyright: ignore[reportOverlappingOverload]"
        return f"        @overload\n        def __new__({ignore}\n            cls, {parameters}) -> {result}: ..."
    return f"        @overload\n        def __new__(cls, {parameters}) -> {result}: ...{ignore}"


def _shadowed(variant: Any, ordered: list[Any]) -> bool:
    """Whether a later variant is picked by any other word in a keyword where this one takes a closed set."""
    later = ordered[ordered.index(variant) + 1 :]
    closed = {s.attr for s in variant.plan.steps if s.kind == "pair" and s.required and get_origin(s.base) is Literal}
    return any(s.attr in closed and s.base is str for v in later for s in v.plan.steps)


def _typed_dict(name: str, base: str, keywords: list[tuple[str, str, bool]]) -> str:
    lines = "\n".join(
        f"    {n}: Required[{t}]"
        if required
        else f"    {n}: {t}"
        if t.startswith(("Sequence", "Mapping"))
        else f"    {n}: {t} | None"
        for n, t, required in keywords
    )
    return f"class {name}({base}, total=False):\n{lines}\n"


def _edit_calls(name: str, cls: Any) -> str:
    from qiniufop.describe import field_docs

    steps = [s for s in cls.edits.plan.steps if s.kind not in ("extra",)]
    before = "".join(f"{s.attr}: {_type(s)} | None = ..., " for s in cls.head)
    docs = field_docs(cls.edits)
    parameters = ", ".join(
        f"{s.attr}: bool = ..." if s.kind == "flag" else f"{s.attr}: {_type(s)} | None = ..." for s in steps
    )
    methods = "\n".join(
        f"        def {s.attr}(self{'' if s.kind == 'flag' else f', value: {_type(s)}'}) -> Self:\n"
        f'            """{inspect.cleandoc(docs[s.attr])}"""\n            ...\n'.replace("\n\n", "\n")
        for s in steps
        if s.kind != "value"
    )
    return (
        f"\n\nclass {name}Calls:\n    __slots__ = ()\n\n    if TYPE_CHECKING:\n\n"
        f"        def __init__(self, *, {before}{parameters}, steps: Sequence[tuple[str, Any]] = ..., "
        f"extra: {EXTRA} = ...) -> None: ...\n"
        f"{methods}"
    )


if __name__ == "__main__":
    sys.exit(main())
