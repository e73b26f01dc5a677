"""Finds what can be rewritten in a program, and what each such expression is worth."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, cast

import libcst as cst
import libcst.matchers as m
from libcst.metadata import (
    Assignment,
    CodeRange,
    GlobalScope,
    MetadataWrapper,
    ParentNodeProvider,
    PositionProvider,
    QualifiedName,
    QualifiedNameProvider,
    Scope,
    ScopeProvider,
)

from ..core import Fops, Pipeline, Value, parse
from ..errors import FopError
from ..ops.storage import Saveas
from .code import code_of, made_by
from .official import Unclear, difference, meant, saved, written
from .syntax import Unknown, argument, constant, constants, has_parts, joined_parts

SAMPLE_KEY = "目录/a b+c&d:e.mp4"
"""Stands for a key that only the running program knows, when both forms are compared."""

BUILDERS = ("build_op", "pipe_cmd", "op_save")
MOVED = (*BUILDERS, "PersistentFop")
"""Names of the official SDK that have a counterpart in ``qiniufop.compat``."""

_OFFICIAL = {
    **{f"qiniu.{name}": name for name in (*MOVED, "Auth")},
    **{f"qiniu.services.processing.cmd.{name}": name for name in BUILDERS},
    "qiniu.services.processing.pfop.PersistentFop": "PersistentFop",
    "qiniu.auth.Auth": "Auth",
    **{f"qiniufop.compat.{name}": name for name in (*MOVED, "Auth")},
}


@dataclass(frozen=True)
class Piece:
    """An expression that stands for a command.

    Attributes:
        value: the command, with a sample where a key is not known.
        before: what the official SDK makes of it, or None if it fails.
        parts: the code of its stages, or of its commands.
        names: names of ``qiniufop`` the code uses.
        several: whether it is the commands of a job.
    """

    value: Value
    before: str | None
    parts: tuple[str, ...]
    names: frozenset[str]
    several: bool = False


class Reading:
    """A program with its metadata, and the questions about its expressions."""

    def __init__(self, source: str) -> None:
        self.wrapper = MetadataWrapper(cst.parse_module(source))
        self.module = self.wrapper.module
        self._parents = self.wrapper.resolve(ParentNodeProvider)
        self._places = self.wrapper.resolve(PositionProvider)
        self._scopes = self.wrapper.resolve(ScopeProvider)
        self._qualified = self.wrapper.resolve(QualifiedNameProvider)
        self.typed: set[tuple[Scope, str]] = set()
        self.why: dict[cst.CSTNode, str] = {}
        self._literals = {
            node
            for node in self._nodes(m.SimpleString() | m.ConcatenatedString())
            if isinstance(node, (cst.SimpleString, cst.ConcatenatedString)) and self._stands_alone(node)
        }
        self._settle()

    def _nodes(self, matcher: Any) -> list[cst.CSTNode]:
        return list(m.findall(self.module, matcher))

    # where things are

    def line(self, node: cst.CSTNode) -> int:
        """The line an expression begins in, from 1."""
        return self._place(node).start.line

    def column(self, node: cst.CSTNode) -> int:
        """How far the statement of an expression is indented."""
        return self._place(self.statement(node)).start.column

    def statement(self, node: cst.CSTNode) -> cst.CSTNode:
        """The statement an expression belongs to."""
        while not isinstance(node, (cst.BaseStatement, cst.Module)):
            node = self.parent(node)
        return node

    def parent(self, node: cst.CSTNode) -> cst.CSTNode:
        """The node around a node."""
        return self._parents[node]

    def _place(self, node: cst.CSTNode) -> CodeRange:
        return self._places[node]

    def _scope(self, node: cst.CSTNode) -> Scope | None:
        return self._scopes.get(node)

    # what things are

    def official(self, node: cst.CSTNode) -> str | None:
        """Which name of the official SDK an expression is, if it is one."""
        names = {_OFFICIAL.get(name) for name in self._qualified_names(node)}
        return next(iter(names)) if len(names) == 1 else None

    def called(self, node: cst.CSTNode) -> str | None:
        """Which function of the official SDK an expression calls, if it does."""
        return self.official(node.func) if isinstance(node, cst.Call) else None

    def executes(self, node: cst.CSTNode) -> bool:
        """Whether an expression is ``execute`` of a ``PersistentFop``, called."""
        if not (isinstance(node, cst.Call) and m.matches(node.func, m.Attribute(attr=m.Name("execute")))):
            return False
        owner = cst.ensure_type(node.func, cst.Attribute).value
        if self.called(owner) == "PersistentFop":
            return True
        values = [value for value, _ in self._assignments(owner)] if isinstance(owner, cst.Name) else []
        return bool(values) and all(value is not None and self.called(value) == "PersistentFop" for value in values)

    def candidates(self) -> list[cst.BaseExpression]:
        """Expressions that may stand for commands, outermost first, none inside an f-string."""
        found = [
            *(
                node
                for node in self._nodes(m.Call())
                if self.called(node) in BUILDERS or joined_parts(node) is not None
            ),
            *(node for node in self._nodes(m.FormattedString()) if joined_parts(node) is not None),
            *self._literals,
        ]
        free = [node for node in found if not self._in_f_string(node)]
        places = {node: self._place(node) for node in free}
        return cast(
            "list[cst.BaseExpression]",
            sorted(
                free,
                key=lambda n: (
                    places[n].start.line,
                    places[n].start.column,
                    -places[n].end.line,
                    -places[n].end.column,
                ),
            ),
        )

    def _in_f_string(self, node: cst.CSTNode) -> bool:
        while not isinstance(node, (cst.BaseStatement, cst.Module)):
            node = self.parent(node)
            if isinstance(node, cst.FormattedStringExpression):
                return True
        return False

    def _stands_alone(self, node: cst.SimpleString | cst.ConcatenatedString) -> bool:
        """Whether a literal is a value of its own: not documentation, a part, a key, a name or an annotation."""
        text = node.evaluated_value
        parent, child = self.parent(node), cast("cst.CSTNode", node)
        if not isinstance(text, str):
            return False
        if isinstance(parent, cst.Arg):
            call = self.parent(parent)
            if not isinstance(call, cst.Call) or parent.star:
                return False
            name = self.called(call)
            if name in BUILDERS:
                return name == "pipe_cmd" or (name == "op_save" and argument(call, 0, "op") is child)
            if self.executes(call):
                return argument(call, 1, "fops") is child
            return has_parts(text) and not self._is_ours(call)
        if not has_parts(text):
            return False
        if isinstance(parent, cst.DictElement):
            return parent.value is child
        if isinstance(parent, cst.AnnAssign):
            return parent.value is child
        if isinstance(parent, cst.Element):
            return not isinstance(self.parent(self.parent(parent)), (cst.Comparison, cst.ComparisonTarget))
        return isinstance(parent, (cst.Assign, cst.Return, cst.Param, cst.NamedExpr)) and (
            not isinstance(parent, cst.Param) or parent.default is child
        )

    @property
    def official_use(self) -> bool:
        """Whether the program uses the official SDK, and not only what replaces it."""
        return any(name == "qiniu" for name, _ in self._imports())

    @property
    def other_use(self) -> bool:
        """Whether the program uses more of the official SDK than what has a counterpart."""
        return any(name == "qiniu" and imported not in (*MOVED, "Auth") for name, imported in self._imports())

    def _imports(self) -> Iterator[tuple[str, str]]:
        for node in self._nodes(m.Import()):
            for alias in cst.ensure_type(node, cst.Import).names:
                yield alias.evaluated_name.partition(".")[0], ""
        for node in self._nodes(m.ImportFrom(module=m.Name() | m.Attribute())):
            found = cst.ensure_type(node, cst.ImportFrom)
            package = self.module.code_for_node(cast("cst.Name", found.module)).partition(".")[0]
            for alias in () if isinstance(found.names, cst.ImportStar) else found.names:
                yield package, alias.evaluated_name

    def _is_ours(self, call: cst.Call) -> bool:
        return any(name.startswith("qiniufop.") for name in self._qualified_names(call.func))

    def _qualified_names(self, node: cst.CSTNode) -> list[str]:
        found: Any = self._qualified.get(node, ())
        names = cast("Collection[QualifiedName]", found() if callable(found) else found)
        return [name.name for name in names]

    # what variables hold

    def _assignments(self, name: cst.Name) -> list[tuple[cst.BaseExpression | None, cst.CSTNode]]:
        """Every value that a variable is given in its scope, with its statement; None for what is not plain."""
        scope = self._scope(name)
        found: list[tuple[cst.BaseExpression | None, cst.CSTNode]] = []
        for assignment in scope[name.value] if scope is not None else ():
            node = assignment.node if isinstance(assignment, Assignment) else None
            target = self.parent(node) if node is not None else None
            statement = self.parent(target) if isinstance(target, cst.AssignTarget) else None
            plain = isinstance(statement, cst.Assign) and len(statement.targets) == 1
            found.append((cast("cst.Assign", statement).value if plain else None, statement or name))
        return found

    def _variable(self, name: cst.Name) -> tuple[Scope, str] | None:
        scope = self._scope(name)
        homes = {a.scope for a in scope[name.value]} if scope is not None else set[Scope]()
        return (next(iter(homes)), name.value) if len(homes) == 1 else None

    def _reaching(self, name: cst.Name) -> cst.BaseExpression | None:
        """The value that a variable holds where it is used, if that is certain."""
        given = self._assignments(name)
        if len(given) == 1:
            return given[0][0]
        lines = [self.parent(statement) for _, statement in given]
        block = {id(self.parent(line)) for line in lines}
        use = cast("cst.CSTNode", name)
        while id(self.parent(use)) not in block:
            use = self.parent(use)
            if isinstance(use, (cst.Module, cst.FunctionDef, cst.ClassDef, cst.Lambda)):
                return None
        if len(block) != 1 or not isinstance(use, cst.SimpleStatementLine):
            return None
        before = [v for (v, _), line in zip(given, lines, strict=True) if self.line(line) < self.line(use)]
        return before[-1] if before else None

    # what expressions are worth

    def piece(self, node: cst.CSTNode) -> Piece | None:
        """The command an expression stands for, or None if it is not known to be one that can be typed."""
        try:
            return self._piece(node)
        except Unclear as reason:
            self.why[node] = str(reason)
        except FopError as error:
            self.why[node] = str(error).partition("\n")[0]
        except ValueError as error:
            self.why[node] = str(error)
        except Unknown:
            pass
        return None

    def _piece(self, node: cst.CSTNode) -> Piece:
        joined = joined_parts(node)
        if joined is not None:
            pieces = [self._operand(part) for part in joined]
            return Piece(
                Fops(*[p.value for p in pieces]),
                _together([p.before for p in pieces], ";"),
                tuple(part for p in pieces for part in (p.parts if p.several else (_one(p),))),
                frozenset({"Fops"}.union(*(p.names for p in pieces))),
                several=True,
            )
        if isinstance(node, (cst.SimpleString, cst.ConcatenatedString)) and node in self._literals:
            return _raw(str(node.evaluated_value))
        name = self.called(node)
        if name is None or name not in BUILDERS:
            raise Unknown
        call = cst.ensure_type(node, cst.Call)
        if name == "build_op":
            return _built(*constants(call))
        if name == "pipe_cmd":
            if not call.args or any(arg.star or arg.keyword for arg in call.args):
                raise Unknown
            pieces = [self._operand(arg.value) for arg in call.args]
            if any(p.several for p in pieces):
                raise Unclear("pipe_cmd of several commands")
            return _pipeline(pieces)
        return self._saved(call)

    def _operand(self, node: cst.CSTNode) -> Piece:
        """An operand: an expression, or a variable that will hold a typed value."""
        if not isinstance(node, cst.Name):
            return self._piece(node)
        held = self._reaching(node) if self._variable(node) in self.typed else None
        if held is None:
            raise Unknown
        piece = self._piece(held)
        return Piece(piece.value, piece.before, (node.value,), frozenset(), several=False)

    def _saved(self, call: cst.Call) -> Piece:
        op, bucket, key = (argument(call, n, name) for n, name in enumerate(("op", "bucket", "key")))
        if op is None or bucket is None or key is None or len(call.args) != 3:
            raise Unknown
        where, known = constant(bucket), True
        try:
            what = constant(key)
        except Unknown:
            what, known = SAMPLE_KEY, False
        if not isinstance(where, str) or not (what is None or isinstance(what, str)):
            raise Unknown
        piece = self._operand(op)
        if piece.several or len(piece.value.commands) > 1:
            raise Unclear("op_save of several commands stores the last one only")
        if not where:
            raise Unclear("op_save without a bucket")
        code, names = code_of(Saveas(where, what))
        if not known:
            code = f"{code.rpartition(', ')[0]}, {self.module.code_for_node(key)})"
        end = Piece(Saveas(where, what), saved("", where, what)[1:], (code,), frozenset(names))
        return _pipeline([piece, end])

    # which variables may be typed

    def _settle(self) -> None:
        """Assume that every variable given commands can be typed, and drop those that are used in another way."""
        uses: dict[tuple[Scope, str], list[cst.CSTNode]] = {}
        values: dict[tuple[Scope, str], list[cst.BaseExpression | None]] = {}
        for node in self._nodes(m.Assign(targets=[m.AssignTarget(target=m.Name())])):
            target = cst.ensure_type(cast("cst.Assign", node).targets[0].target, cst.Name)
            variable = self._variable(target)
            if variable is None or variable in values:
                continue
            scope, name = variable
            values[variable] = [value for value, _ in self._assignments(target)]
            uses[variable] = [access.node for a in scope[name] for access in a.references]
        self.typed = {variable for variable in values if uses[variable] and not self._for_others(*variable)}
        while True:
            kept = {
                variable
                for variable in self.typed
                if all(value is not None and self.piece(value) is not None for value in values[variable])
                and all(isinstance(use, cst.Name) and self.takes_typed(use) for use in uses[variable])
            }
            if kept == self.typed:
                return
            self.typed = kept

    def _for_others(self, scope: Scope, name: str) -> bool:
        """Whether other programs may import a variable: a constant by its name, or one that is listed."""
        if not isinstance(scope, GlobalScope):
            return False
        lists = m.findall(self.module, m.Assign(targets=[m.AssignTarget(target=m.Name("__all__"))]))
        return name.isupper() or any(
            m.findall(listed, m.SimpleString(value=m.MatchIfTrue(lambda text: text[1:-1] == name))) for listed in lists
        )

    def takes_typed(self, node: cst.CSTNode) -> bool:
        """Whether what is around an expression takes a typed command as well as text."""
        parent = self.parent(node)
        if isinstance(parent, cst.FormattedStringExpression):
            return parent.conversion is None and parent.format_spec is None
        if isinstance(parent, cst.Assign):
            target = parent.targets[0].target
            return len(parent.targets) == 1 and isinstance(target, cst.Name) and self._variable(target) in self.typed
        if isinstance(parent, cst.Element):
            return self._list_takes_typed(self.parent(parent))
        if not isinstance(parent, cst.Arg) or parent.star:
            return False
        call = cst.ensure_type(self.parent(parent), cst.Call) if isinstance(self.parent(parent), cst.Call) else None
        if call is None:
            return False
        name = self.called(call)
        if name == "pipe_cmd":
            return parent.keyword is None
        if name == "op_save":
            return argument(call, 0, "op") is node
        if self.executes(call):
            return argument(call, 1, "fops") is node
        return parent.keyword is None and self._qualified_names(call.func) in (["builtins.print"], ["builtins.str"])

    def _list_takes_typed(self, listed: cst.CSTNode) -> bool:
        parent = self.parent(listed)
        call = self.parent(parent) if isinstance(parent, cst.Arg) else None
        if not isinstance(call, cst.Call):
            return False
        if self.executes(call):
            return argument(call, 1, "fops") is listed
        return joined_parts(call) is not None and self.piece(call) is not None and self.takes_typed(call)


def _raw(text: str) -> Piece:
    value = parse(text)
    code, names = code_of(value)
    after = str(made_by(code, names))
    if after != text:
        raise Unclear(f"the same command is spelt {after} by typed code")
    several = isinstance(value, Fops)
    parts = tuple(code_of(c)[0] for c in value.commands) if several else (code,)
    if isinstance(value, Pipeline):
        parts = tuple(code_of(stage)[0] for stage in value.stages)
    return Piece(value, text, parts, frozenset(names), several)


def _built(args: list[Any], named: dict[str, Any]) -> Piece:
    value = meant(args, named)
    code, names = code_of(value)
    try:
        before = written(args, named)
    except TypeError:
        before = None
    difference(before, str(made_by(code, names)))
    if len(value.stages) > 1:
        raise Unclear(f"{value} is more than one operation")
    return Piece(value, before, (code,), frozenset(names))


def _pipeline(pieces: list[Piece]) -> Piece:
    stages = [stage.canonical() for p in pieces for stage in p.value.stages]
    whole = Pipeline[Any, Any](*stages)
    return Piece(
        stages[0] if len(stages) == 1 else whole,
        _together([p.before for p in pieces], "|"),
        tuple(part for p in pieces for part in p.parts),
        frozenset[str]().union(*(p.names for p in pieces)),
    )


def _one(piece: Piece) -> str:
    return " | ".join(piece.parts)


def _together(texts: list[str | None], mark: str) -> str | None:
    return None if None in texts else mark.join(cast("list[str]", texts))


def bound(reading: Reading) -> Iterator[str]:
    """Every name that the program gives a meaning of its own anywhere."""
    scopes = {scope for scope in reading.wrapper.resolve(ScopeProvider).values() if isinstance(scope, Scope)}
    for scope in scopes:
        for assignment in scope.assignments:
            yield assignment.name
