"""What is known about operations outside this repository: the examples of the specification and real commands.

Both are there in development only; without them the lists are empty and nothing is tested twice.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import yaml

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


def examples(*ops: str, variants: tuple[str, ...] = ()) -> list[str]:
    """The specification's examples of some operations, or of some variants of them."""
    found: list[str] = []
    for path in sorted((SHARED / "spec").glob("*.yaml")):
        entries: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
        found += [
            example["fop"]
            for entry in entries
            if entry["op"] in ops and entry.get("emit") is not False
            if not variants or entry.get("variant") in variants
            for example in entry["examples"]
        ]
    return sorted(set(found))


def real_commands(*ops: str, label: str = "plausible") -> list[str]:
    """Real commands that name one of some operations; a name may go on, as in ``watermark/5``."""
    path = SHARED / "corpus" / "fops.tsv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        row["fop"]
        for row in rows
        if row["label"] == label and row["vendor"] != "cos" and any(_names(row, op) for op in ops)
    ]


def _names(row: dict[str, str], op: str) -> bool:
    return op in row["op"].split("|") or ("/" in op and f"{op}/" in row["fop"])
