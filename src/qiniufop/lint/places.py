"""Where the parameters of a stage stand in its text."""

from __future__ import annotations

from collections import defaultdict

from ..faults import Span
from ..plan import Plan, Step


class Places:
    """The places of the parameters of one stage, found in one pass.

    Args:
        text: the stage.
        plan: how its operation is written.
    """

    def __init__(self, text: str, plan: Plan) -> None:
        self._found: dict[str, list[Span]] = defaultdict(list)
        keyed = _steps(plan)
        bare = [step.attr for step in plan.values]
        segments = text.split("/")
        at, index = len(segments[0]) + 1, 1
        while index < len(segments):
            segment = segments[index]
            key = segment.partition(plan.joiner)[0] if plan.joiner != "/" else segment
            step = keyed.get(key)
            end = at + len(segment)
            index += 1
            if step is None:
                if bare:
                    self._found[bare.pop(0)].append((at, end))
            elif plan.joiner == "/" and step.kind != "flag" and index < len(segments):
                end += 1 + len(segments[index])
                index += 1
            if step is not None:
                self._found[step.attr].append((at, end))
            at = end + 1

    def find(self, attr: str, nth: int = 0) -> Span | None:
        """Where a field stands, key and value; the ``nth`` one, from 0, if it is written several times."""
        places = self._found.get(attr, ())
        return places[nth] if nth < len(places) else None


def _steps(plan: Plan) -> dict[str, Step]:
    """Every key of an operation, those of its groups included."""
    if plan.groups is None:
        return dict(plan.keyed)
    members = (model.plan.keyed for model in plan.groups.openers.values())
    return {**plan.keyed, **{key: step for keyed in members for key, step in keyed.items()}}
