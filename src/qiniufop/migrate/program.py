"""A whole program, rewritten."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any, Literal, cast

import libcst as cst
import libcst.matchers as m
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor, RemoveImportsVisitor

from .code import piped
from .official import Unclear, difference
from .reading import BUILDERS, MOVED, Piece, Reading, bound


@dataclass(frozen=True)
class Remark:
    """What was done with an expression, or why nothing was.

    Attributes:
        line: where it begins, from 1.
        kind: ``equal`` sends the same, ``differs`` means the same and is sent otherwise, ``kept`` is left alone.
        old: the old code.
        new: the new code; empty if there is none.
        wire: the command that is sent from now on; empty if that is not known.
        message: how it differs, or why it is left alone; empty for ``equal``.
    """

    line: int
    kind: Literal["equal", "differs", "kept"]
    old: str
    new: str = ""
    wire: str = ""
    message: str = ""


@dataclass(frozen=True)
class Migration:
    """A program before and after."""

    before: str
    after: str
    remarks: tuple[Remark, ...]

    @property
    def changed(self) -> bool:
        """Whether there was anything to rewrite."""
        return self.before != self.after

    def diff(self, path: str = "program.py") -> str:
        """The change as a unified diff; empty if there is none."""
        lines = difflib.unified_diff(
            self.before.splitlines(keepends=True), self.after.splitlines(keepends=True), f"a/{path}", f"b/{path}"
        )
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def migrate(source: str) -> Migration:
    """Rewrite a program.

    Raises:
        ValueError: it is not valid Python.
    """
    try:
        reading = Reading(source)
    except cst.ParserSyntaxError as error:
        raise ValueError(f"line {error.raw_line}: not valid Python") from None
    crowded = _crowded(reading)
    if crowded is not None:
        told = "an import of the official SDK shares its line with something else; put it on a line of its own"
        return Migration(source, source, (Remark(crowded, "kept", "", message=told),))
    plan = _Plan(reading)
    tree = reading.module.visit(_Rewriter(plan))
    context = CodemodContext()
    for name in sorted(plan.names):
        AddImportsVisitor.add_needed_import(context, "qiniufop", name)
    if plan.dotted:
        AddImportsVisitor.add_needed_import(context, "qiniufop.compat")
        RemoveImportsVisitor.remove_unused_import(context, "qiniu")
        tree = RemoveImportsVisitor(context).transform_module(tree)
    after = AddImportsVisitor(context).transform_module(tree).code
    compile(after, "program", "exec", dont_inherit=True)
    return Migration(source, after, tuple(sorted(plan.remarks, key=lambda r: r.line)))


def _crowded(reading: Reading) -> int | None:
    """The line of an import that cannot be rewritten in its place."""
    for node in cast("list[cst.SimpleStatementLine]", list(m.findall(reading.module, m.SimpleStatementLine()))):
        for part in node.body if len(node.body) > 1 else ():
            if isinstance(part, cst.ImportFrom) and _module(reading, part).partition(".")[0] == "qiniu":
                return reading.line(part)
    return None


def _module(reading: Reading, node: cst.ImportFrom) -> str:
    return "" if node.module is None or node.relative else reading.module.code_for_node(node.module)


class _Plan:
    """What is put where."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.remarks: list[Remark] = []
        self.names: set[str] = set()
        self.dotted = False
        self.drop: set[cst.CSTNode] = set()
        self.comments: dict[cst.CSTNode, list[str]] = {}
        self.replace: dict[cst.CSTNode, str] = {}
        self._taken = taken = _taken(reading)
        done: set[cst.CSTNode] = set()
        for node in reading.candidates():
            if node in done:
                continue
            piece = reading.piece(node)
            if piece is None:
                self._keep(node)
            elif taken & piece.names:
                self._note(node, "kept", message=f"{min(taken & piece.names)} means something else in this program")
            else:
                self._put(node, piece)
                done.update(_inside(node))
        for node in cast("list[cst.Call]", list(m.findall(reading.module, m.Call()))):
            if reading.official_use and reading.executes(node):
                self._execute(node)

    def code(self, node: cst.CSTNode) -> str:
        """The source of a node."""
        return self.reading.module.code_for_node(node)

    def _note(self, node: cst.CSTNode, kind: Literal["equal", "differs", "kept"], **facts: str) -> None:
        self.remarks.append(Remark(self.reading.line(node), kind, self.code(node), **facts))

    def _keep(self, node: cst.CSTNode) -> None:
        reason = self.reading.why.get(node)
        name = self.reading.called(node)
        if reason is None and name in BUILDERS and not _inside(node) & self.replace.keys():
            reason = "it depends on values that are not written out in it"
        if reason is not None and (name in BUILDERS or isinstance(node, (cst.SimpleString, cst.ConcatenatedString))):
            if name is None and "spelt" not in reason:
                return  # a text that only looks a little like a command
            self._note(node, "kept", message=reason)

    def _put(self, node: cst.BaseExpression, piece: Piece) -> None:
        reading = self.reading
        typed = reading.takes_typed(node)
        if isinstance(node, cst.FormattedString) and not typed:
            return  # its parts are text in it by themselves
        try:
            told = difference(piece.before, str(piece.value.canonical()))
        except Unclear as reason:
            self._note(node, "kept", message=str(reason))
            return
        if not typed and "str" in self._taken:
            self._note(node, "kept", message="str means something else in this program")
            return
        comments = [cast("cst.Comment", c).value for c in m.findall(node, m.Comment())]
        statement = reading.statement(node)
        if comments and not isinstance(statement, cst.SimpleStatementLine):
            self._note(node, "kept", message="it holds a comment that would have no place")
            return
        self.comments.setdefault(statement, []).extend(comments)
        column = reading.column(node)
        if piece.several:
            code = f"Fops({', '.join(piece.parts)})"
        else:
            code = piped(list(piece.parts), column) if typed else " | ".join(piece.parts)
        if not typed:
            code = f"str({code})"
        self.replace[node] = code
        self.names |= piece.names
        self._note(
            node,
            "differs" if told else "equal",
            new=code,
            wire=str(piece.value.canonical()),
            message=told or "",
        )

    def _execute(self, call: cst.Call) -> None:
        """Arguments of ``execute`` that were not sent as they look."""
        named = {arg.keyword.value for arg in call.args if arg.keyword}
        for index, arg in enumerate(call.args):
            name = arg.keyword.value if arg.keyword else ("key", "fops")[index] if index < 2 and not arg.star else ""
            if name == "fops" and not isinstance(arg.value, (cst.List, cst.Tuple, cst.ListComp, cst.GeneratorExp)):
                told = "text was taken apart letter by letter and ';' put between; now it is sent as it is"
                self._note(arg.value, "differs", message=told)
            elif name == "force" and m.matches(arg.value, m.Name("True")):
                self._note(arg.value, "differs", message="was sent as force=True, which is not 1; now it is 1")
            elif name == "persistent_type" and m.matches(arg.value, m.Integer("2")):
                if "workflow_template_id" in named:
                    self.drop.add(arg)
                    told = "was sent as type=2, which does not exist; a workflow needs none, so it is gone"
                    self._note(arg, "differs", message=told)
                else:
                    self._note(arg, "kept", message="type 2 does not exist, and will be refused")


def _inside(node: cst.CSTNode) -> set[cst.CSTNode]:
    found: set[cst.CSTNode] = set()
    stack = list(node.children)
    while stack:
        one = stack.pop()
        found.add(one)
        stack += one.children
    return found


def _taken(reading: Reading) -> set[str]:
    """Names of ``qiniufop`` that the program uses for something else."""
    imported = {
        alias.evaluated_alias or alias.evaluated_name
        for node in cast("list[cst.ImportFrom]", list(m.findall(reading.module, m.ImportFrom())))
        if node.module is not None
        and reading.module.code_for_node(node.module) == "qiniufop"
        and not isinstance(node.names, cst.ImportStar)
        for alias in node.names
    }
    return set(bound(reading)) - imported


class _Rewriter(cst.CSTTransformer):
    """Puts the new code in its places, and mends what is imported."""

    def __init__(self, plan: _Plan) -> None:
        self._plan = plan
        self._reading = plan.reading
        self._kept = self._names_left()
        self._has_ours = any(
            _module(self._reading, cast("cst.ImportFrom", node)) == "qiniufop"
            for node in m.findall(self._reading.module, m.ImportFrom())
        )

    def _names_left(self) -> set[str]:
        """Names of the SDK that are still used once everything is in place."""
        gone: set[cst.CSTNode] = set()
        for node in self._plan.replace:
            gone |= _inside(node)
        left: set[str] = set()
        for node in m.findall(self._reading.module, m.Name()):
            if node not in gone and not _is_import(self._reading, node):
                left.add(cast("cst.Name", node).value)
        return left

    def on_leave(self, original_node: cst.CSTNode, updated_node: Any) -> Any:
        code = self._plan.replace.get(original_node)
        if code is not None:
            return cst.parse_expression(code)
        return super().on_leave(original_node, updated_node)

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:  # noqa: N802
        dropped = [n for n, arg in enumerate(original_node.args) if arg in self._plan.drop]
        if not dropped:
            return updated_node
        args = [arg for n, arg in enumerate(updated_node.args) if n not in dropped]
        last = updated_node.args[-1]
        if len(updated_node.args) - 1 in dropped and args:  # the bracket stays where it is
            args[-1] = args[-1].with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
        return updated_node.with_changes(args=args)

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:  # noqa: N802
        name = self._reading.official(original_node)
        if name not in MOVED or self._reading.module.code_for_node(original_node).startswith("qiniufop."):
            return updated_node
        self._plan.dotted = True
        return cst.parse_expression(f"qiniufop.compat.{name}")

    def leave_SimpleStatementLine(  # noqa: N802
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> Any:
        comments = self._plan.comments.get(original_node, ())
        if comments:
            above = [*updated_node.leading_lines, *(cst.EmptyLine(comment=cst.Comment(text)) for text in comments)]
            updated_node = updated_node.with_changes(leading_lines=above)
        first = original_node.body[0]
        origin = _module(self._reading, first) if isinstance(first, cst.ImportFrom) else ""
        if origin.partition(".")[0] != "qiniu" and origin != "qiniufop.compat":
            return updated_node
        first = cst.ensure_type(first, cst.ImportFrom)
        if isinstance(first.names, cst.ImportStar):
            return updated_node
        moved: list[cst.ImportAlias] = []
        stay: list[cst.ImportAlias] = []
        for alias in first.names:
            name, local = alias.evaluated_name, alias.evaluated_alias or alias.evaluated_name
            if name in BUILDERS and local not in self._kept:
                continue
            replaced = name in MOVED or (name == "Auth" and not self._reading.other_use)
            (moved if replaced and origin != "qiniufop.compat" else stay).append(alias)
        if not moved and len(stay) == len(first.names):
            return updated_node
        return self._lines(original_node, updated_node, [(origin, stay), *self._typed(original_node, moved)])

    def _typed(
        self, line: cst.SimpleStatementLine, moved: list[cst.ImportAlias]
    ) -> list[tuple[str, list[cst.ImportAlias]]]:
        """Imports that take the place of one of the official SDK; the operations come with the first at the top."""
        top = isinstance(self._reading.parent(line), cst.Module) and not self._has_ours
        self._has_ours = self._has_ours or top
        names = [cst.ImportAlias(cst.Name(name)) for name in sorted(self._plan.names)] if top else []
        return [("qiniufop", names), ("qiniufop.compat", moved)]

    def _lines(
        self,
        old: cst.SimpleStatementLine,
        updated: cst.SimpleStatementLine,
        imports: list[tuple[str, list[cst.ImportAlias]]],
    ) -> Any:
        lines = [cst.SimpleStatementLine([_importing(origin, names)]) for origin, names in imports if names]
        if not lines:
            around = self._reading.parent(old)
            alone = isinstance(around, cst.IndentedBlock) and len(around.body) == 1
            return updated.with_changes(body=[cst.Pass()]) if alone else cst.RemoveFromParent()
        lines[0] = lines[0].with_changes(leading_lines=updated.leading_lines)
        lines[-1] = lines[-1].with_changes(trailing_whitespace=updated.trailing_whitespace)
        return cst.FlattenSentinel(lines)


def _is_import(reading: Reading, node: cst.CSTNode) -> bool:
    return isinstance(reading.parent(node), cst.ImportAlias)


def _importing(origin: str, aliases: list[cst.ImportAlias]) -> cst.ImportFrom:
    names = [alias.with_changes(comma=cst.MaybeSentinel.DEFAULT) for alias in aliases]
    return cst.ImportFrom(module=cast("Any", cst.parse_expression(origin)), names=names)
