"""Rules about operations on files and documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .rules import Finding, Given, stage_rule


@stage_rule("other-bucket", "error", "mkzip concat", "files urls")
def other_bucket(op: Any, given: Given) -> Iterator[Finding]:
    """All files of an archive or a concatenation lie in one bucket."""
    urls: list[str] = [*given.get("urls", ()), *[file.url for file in given.get("files", ())]]
    buckets = [url[7:].partition("/")[0] for url in urls if url[:7].lower() == "kodo://"]
    other = next((b for b in buckets if b != buckets[0]), None)
    if other is not None:
        yield Finding(f"all files must lie in one bucket, and these lie in {buckets[0]} and {other}")


@stage_rule("same-alias", "warning", "mkzip", "files")
def same_alias(op: Any, given: Given) -> Iterator[Finding]:
    """Two files of an archive have one name."""
    seen: set[str] = set()
    nth = 0
    for file in given["files"]:
        if file.alias is not None:
            if file.alias in seen:
                yield Finding(f"{file.alias!r} is the name of an earlier file, too", "alias", nth)
            seen.add(file.alias)
            nth += 1


@stage_rule("css-ignored", "warning", "md2html", "css")
def css_ignored(op: Any, given: Given) -> Iterator[Finding]:
    """Only a whole page, mode 0, has a place for a style sheet."""
    if given.get("mode") == 1:
        yield Finding("css has no effect in mode 1, which writes no head", "css")


@stage_rule("page-ignored", "warning", "yifangyun_preview", "page_number")
def page_ignored(op: Any, given: Given) -> Iterator[Finding]:
    """page_number is for jpg only."""
    if given.get("format") == "pdf" or given.get("action") == "get_page_count":
        yield Finding("page_number is for format=jpg only", "page_number")
