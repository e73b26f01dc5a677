"""Imports flow one way: a module knows those below it and its own package, nothing beside it and nothing above."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "src" / "qiniufop"

# Lowest first. Names are modules or packages of qiniufop; a package stands for everything in it that is not named
# itself. Neighbours on a line do not know each other.
LAYERS = (
    ("media", "errors", "faults", "escapes", "shapes", "values", "samples", "ops._names"),
    ("wire",),
    ("complaints", "config_text", "diagnostics", "ops_index"),
    ("plan",),
    ("declaration", "parser"),
    ("declared",),
    ("core", "describe"),
    ("edits", "raw"),
    ("ops",),
    ("client", "engine", "lint", "explain", "compare"),
    ("server", "config"),
    ("compat", "demo", "testing"),
    ("migrate",),
    ("cli",),
    ("__main__",),
)
# Written by a script: its imports only tell type checkers and editors where the operations are.
LISTING = "ops._names"
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}


def unit_of(module: str) -> str:
    """The entry of LAYERS a dotted module (without `qiniufop.`) belongs to."""
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        if name in LEVEL:
            return name
    pytest.fail(f"qiniufop.{module} is in no layer; add it to LAYERS in {Path(__file__).name}, in its place")


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").exists()


def imports(path: Path) -> set[str]:
    """Modules of qiniufop that a file imports anywhere, functions and type checking included; '' is the root."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = path.relative_to(ROOT.parent).parent.parts
                base = ".".join([*package[: len(package) - node.level + 1], *([base] if base else [])])
            names = [
                f"{base}.{alias.name}" if is_module(f"{base}.{alias.name}".removeprefix("qiniufop.")) else base
                for alias in node.names
            ]
        else:
            continue
        found |= {name.removeprefix("qiniufop").lstrip(".") for name in names if name.split(".")[0] == "qiniufop"}
    return found


def may_import(user: str, used: str) -> bool:
    if user.split(".")[0] == used.split(".")[0]:
        return LEVEL[used] <= LEVEL[user]
    return LEVEL[used] < LEVEL[user]


MODULES = sorted(path for path in ROOT.rglob("*.py") if dotted(path) not in {"", LISTING})


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_a_module_imports_only_from_below(path: Path) -> None:
    user = unit_of(dotted(path))
    for name in sorted(imports(path)):
        if not name:
            assert LEVEL[user] >= LEVEL["demo"], f"{dotted(path)} imports from qiniufop itself, which is for users"
            continue
        used = unit_of(name)
        assert may_import(user, used), f"qiniufop.{dotted(path)} imports qiniufop.{name}, which is not below it"


def test_the_rule_itself() -> None:
    assert may_import("ops", "core")
    assert may_import("server", "engine")
    assert may_import("server", "client")
    assert not may_import("engine", "server")
    assert not may_import("client", "engine")
    assert not may_import("core", "ops")
    assert not may_import("edits", "raw")
