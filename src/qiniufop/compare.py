"""Two commands compared by what they mean, not by how they are spelt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeVar

from .core import Fop, Value, parse
from .declared import Declared
from .shapes import is_tuple
from .wire import number

__all__ = ["Change", "Comparison", "compare"]

T = TypeVar("T")
Kind = Literal["added", "removed", "changed", "moved"]
Pair = tuple[int | None, int | None]

_CELLS = 40_000
"""Above this many combinations, items are paired by their place alone."""
_ALIKE = 0.3
"""How alike two items must be to count as one that has changed."""


@dataclass(frozen=True)
class Change:
    """One difference.

    Attributes:
        kind: ``added`` and ``removed`` are about the second text.
        command: the number of the command, from 1; in the second text, unless it was removed.
        stage: the number of the stage, from 1, likewise; None if it is about a whole command.
        operation: the wire name, or the text of a whole command.
        parameter: the key on the wire, ``layers 2 dissolve`` in a group; None if it is about a whole stage or command.
        before, after: the values, or the texts of stages and commands; None where there is none.
    """

    kind: Kind
    command: int
    stage: int | None
    operation: str
    parameter: str | None
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Comparison:
    """How two texts differ.

    Attributes:
        first, second: the texts.
        changes: what differs in meaning, in the order of the second text.
        respelt: stages that mean the same and are spelt differently, as (before, after).
    """

    first: str
    second: str
    changes: tuple[Change, ...]
    respelt: tuple[tuple[str, str], ...]

    @property
    def same(self) -> bool:
        """Whether both mean the same."""
        return not self.changes

    def to_data(self) -> dict[str, Any]:
        """The same as plain data."""
        return {"same": self.same, "identical": self.first == self.second, **asdict(self)}


def compare(first: Value | str, second: Value | str) -> Comparison:
    """Compare two commands by their meaning.

    Base64, order of keys where it carries none, padding and letter case do not count. The commands of a job run
    independently, but their results come in order: one that stands elsewhere has moved.

    Args:
        first, second: values, or texts, in which unknown operations and parameters are kept.

    Raises:
        FopSyntaxError: a text is not a command.
        StageError: two stages do not meet.
    """
    a, b = (parse(side, unknown="keep") if isinstance(side, str) else side for side in (first, second))
    changes: list[Change] = []
    respelt: list[tuple[str, str]] = []
    pairs = _align(a.commands, b.commands, _alike_commands)
    pairs, moved = _moves(pairs, a.commands, b.commands)
    for i, j in pairs:
        if i is not None and j is not None:
            _stages(a.commands[i].stages, b.commands[j].stages, j + 1, changes, respelt)
        else:
            changes.append(_whole(a.commands, b.commands, i, j))
    for i, j in moved:
        text = str(b.commands[j])
        changes.append(Change("moved", j + 1, None, text, None, f"command {i + 1}", f"command {j + 1}"))
    return Comparison(str(a), str(b), tuple(changes), tuple(respelt))


def _whole(a: Sequence[Value], b: Sequence[Value], i: int | None, j: int | None) -> Change:
    if i is not None:
        text = str(a[i])
        return Change("removed", i + 1, None, text, None, text, None)
    at = j or 0
    text = str(b[at])
    return Change("added", at + 1, None, text, None, None, text)


def _moves(pairs: list[Pair], a: Sequence[Any], b: Sequence[Any]) -> tuple[list[Pair], list[tuple[int, int]]]:
    """Pair what was removed here and added there unchanged."""
    gone = [i for i, j in pairs if j is None and i is not None]
    moved: dict[int, int] = {}
    for i, j in pairs:
        if i is None and j is not None:
            same = next((g for g in gone if a[g] == b[j]), None)
            if same is not None:
                gone.remove(same)
                moved[same] = j
    kept = [(i, j) for i, j in pairs if i not in moved and not (i is None and j in moved.values())]
    return kept, sorted(moved.items(), key=lambda move: move[1])


def _stages(
    a: Sequence[Fop[Any, Any]],
    b: Sequence[Fop[Any, Any]],
    command: int,
    changes: list[Change],
    respelt: list[tuple[str, str]],
) -> None:
    for i, j in _align(a, b, _alike):
        if i is None or j is None:
            op, place = (a[i], i + 1) if i is not None else (b[j or 0], (j or 0) + 1)
            text = op.piece()
            if j is None:
                changes.append(Change("removed", command, place, op.label, None, text, None))
            else:
                changes.append(Change("added", command, place, op.label, None, None, text))
        elif a[i] == b[j]:
            if a[i].piece() != b[j].piece():
                respelt.append((a[i].piece(), b[j].piece()))
        else:
            for kind, key, before, after in _fields(a[i], b[j]):
                changes.append(Change(kind, command, j + 1, b[j].label, key, before, after))


Difference = tuple[Kind, str, "str | None", "str | None"]


def _fields(a: Declared, b: Declared, path: str = "") -> list[Difference]:
    left, right = _given(a), _given(b)
    found: list[Difference] = []
    for i, j in _align(left, right, _alike_given):
        if i is not None and j is not None:
            (key, x), (_, y) = left[i], right[j]
            if x == y:
                continue
            if _grouped(x) and _grouped(y):
                found += _groups(x, y, path + key)
            else:
                found.append(("changed", path + key, _shown(x), _shown(y)))
        elif i is not None:
            key, x = left[i]
            found.append(("removed", path + key, _shown(x), None))
        elif j is not None:
            key, y = right[j]
            found.append(("added", path + key, None, _shown(y)))
    return found


def _groups(a: tuple[Declared, ...], b: tuple[Declared, ...], path: str) -> list[Difference]:
    found: list[Difference] = []
    for i, j in _align(a, b, _alike):
        if i is not None and j is not None:
            found += _fields(a[i], b[j], f"{path} {j + 1} ")
        elif i is not None:
            found.append(("removed", f"{path} {i + 1}", a[i].spell(), None))
        elif j is not None:
            found.append(("added", f"{path} {j + 1}", None, b[j].spell()))
    return found


def _given(value: Declared) -> list[tuple[str, Any]]:
    """What is said, in the order of the wire, by wire keys."""
    keys = {step.attr: step.key or step.attr for step in value.plan.steps}
    found: list[tuple[str, Any]] = []
    for attr, given in value.given():
        if attr == "extra":
            found += list(given) if is_tuple(given[0]) else [given]
        else:
            found.append((keys.get(attr, attr), given))
    return found


def _grouped(value: Any) -> bool:
    return is_tuple(value) and bool(value) and isinstance(value[0], Declared)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return number(value)
    if _grouped(value):
        return "/".join(item.spell() for item in value)
    return ", ".join(map(str, value)) if is_tuple(value) else str(value)


def _alike(a: Any, b: Any) -> float:
    if a == b:
        return 1.0
    if type(a) is not type(b) or getattr(a, "label", "") != getattr(b, "label", ""):
        return 0.0 if getattr(a, "name", None) != getattr(b, "name", "") else 0.4
    left, right = _given(a), _given(b)
    same = sum(1 for item in left if item in right)
    return 0.5 + 0.4 * same / max(len(left), len(right), 1)


def _alike_given(a: tuple[str, Any], b: tuple[str, Any]) -> float:
    return 1.0 if a == b else 0.5 if a[0] == b[0] else 0.0


def _alike_commands(a: Any, b: Any) -> float:
    if a == b:
        return 1.0
    left, right = a.stages, b.stages
    best = [max((_alike(x, y) for y in right), default=0.0) for x in left]
    return 0.95 * sum(best) / max(len(left), len(right))


def _align(a: Sequence[T], b: Sequence[T], alike: Callable[[T, T], float]) -> list[Pair]:
    """Pair the items of two sequences in order, so that as much as possible is alike."""
    head = 0
    while head < min(len(a), len(b)) and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    rows, columns = len(a) - head - tail, len(b) - head - tail
    pairs: list[Pair] = [(k, k) for k in range(head)]
    if rows * columns <= _CELLS:
        pairs += [
            (None if i is None else i + head, None if j is None else j + head)
            for i, j in _best(a[head : head + rows], b[head : head + columns], alike)
        ]
    else:
        longer = range(max(rows, columns))
        pairs += [(k + head if k < rows else None, k + head if k < columns else None) for k in longer]
    return pairs + [(len(a) - k, len(b) - k) for k in range(tail, 0, -1)]


def _best(a: Sequence[T], b: Sequence[T], alike: Callable[[T, T], float]) -> list[Pair]:
    score = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    near = [[0.0] * len(b) for _ in a]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            near[i][j] = alike(a[i], b[j])
            both = score[i + 1][j + 1] + near[i][j] if near[i][j] >= _ALIKE else 0.0
            score[i][j] = max(both, score[i + 1][j], score[i][j + 1])
    pairs: list[Pair] = []
    i = j = 0
    while i < len(a) and j < len(b):
        if near[i][j] >= _ALIKE and score[i][j] == score[i + 1][j + 1] + near[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif score[i][j] == score[i + 1][j]:
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    pairs += [(k, None) for k in range(i, len(a))]
    return pairs + [(None, k) for k in range(j, len(b))]
