"""The demo's page: every output beside its source, with the command and the Python that made it."""

from __future__ import annotations

from html import escape
from pathlib import Path

from .report import Made, Media, Task

_STYLE = """
:root { color-scheme: light dark; --back: #f1f4f9; --card: #fff; --ink: #111c33; --soft: #606e88; --code: #f1f4f9;
  --line: #dfe5ef; --accent: #1860ff; }
@media (prefers-color-scheme: dark) { :root { --back: #0c1424; --card: #141f35; --ink: #e8edf7; --soft: #93a2bf;
  --code: #0c1424; --line: #24324f; --accent: #5b93ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif;
  border-top: 6px solid var(--accent); }
main { max-width: 1180px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { margin: 0; font-size: 2rem; } h2 { margin: 0; font-size: 1.25rem; }
.soft { color: var(--soft); } p { margin: .25rem 0; }
section { margin-top: 28px; padding: 24px; background: var(--card); border-radius: 16px;
  border: 1px solid var(--line); }
section > header { display: flex; justify-content: space-between; gap: 16px; align-items: baseline; }
.row { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 20px; margin-top: 20px; }
@media (max-width: 760px) { .row { grid-template-columns: minmax(0, 1fr); } }
figure { margin: 0; } img, video { display: block; max-width: 100%; max-height: 420px; height: auto;
  border-radius: 10px; }
figcaption { margin-top: 8px; font-size: .9rem; } figcaption b { margin-right: .5em; }
details { margin-top: 12px; } summary { cursor: pointer; color: var(--accent); }
pre { margin: 8px 0 0; padding: 12px 14px; background: var(--code); border-radius: 10px; overflow-x: auto;
  font: 13px/1.5 ui-monospace, Consolas, monospace; }
pre.wire { white-space: pre-wrap; overflow-wrap: anywhere; }
"""


def write_page(tasks: tuple[Task, ...], target: Path) -> None:
    """Write the page. It refers to the files beside it, so that the folder can be moved or zipped as a whole."""
    total = sum(task.seconds for task in tasks)
    outputs = sum(len(task.made) for task in tasks)
    sections = "\n".join(_section(task, target.parent) for task in tasks)
    target.write_text(
        f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>qiniufop demo</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>qiniufop demo</h1>
<p class="soft">{outputs} outputs from {len(tasks)} jobs in {total:.1f} s: commands written as typed Python, submitted
by the client over HTTP to the local dev server, and waited for. <a href="sheet.png">All on one sheet</a>.</p>
{sections}
</main>
</body>
</html>
""",
        encoding="utf-8",
    )


def _section(task: Task, folder: Path) -> str:
    rows = "\n".join(_row(task.source, made, folder) for made in task.made)
    return (
        f"<section>\n<header><h2>{escape(task.title)}</h2>"
        f'<span class="soft">{task.seconds:.2f} s</span></header>\n{rows}\n</section>'
    )


def _row(source: Media, made: Made, folder: Path) -> str:
    return (
        f'<div class="row">\n{_figure(source, folder, "before")}\n<div>{_figure(made.media, folder, "after")}\n'
        f"<details open><summary>the Python</summary><pre>{escape(made.python)}</pre></details>\n"
        f'<details><summary>the command sent</summary><pre class="wire">{escape(made.wire)}</pre></details>'
        "</div>\n</div>"
    )


def _figure(media: Media, folder: Path, label: str) -> str:
    name = escape(media.path.relative_to(folder).as_posix())
    width, height = media.size
    if media.is_video:
        poster = escape(media.still.relative_to(folder).as_posix())
        shown = (
            f'<video controls preload="metadata" width="{width}" height="{height}" poster="{poster}" src="{name}">'
            "</video>"
        )
    else:
        shown = f'<img width="{width}" height="{height}" src="{name}" alt="{label}: {name}">'
    return (
        f"<figure>{shown}<figcaption><b>{label}</b>"
        f'<a href="{name}">{name}</a> <span class="soft">{escape(media.facts)}</span></figcaption></figure>'
    )
