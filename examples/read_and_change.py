"""Read commands that somebody wrote, change what is to be changed, and leave the rest as it was.

    python read_and_change.py 'imageView2/2/w/800|saveas/...' [MORE...]

Makes every imageView2 write WebP at quality 80. Needs no account.
"""

import sys
from typing import Any

from qiniufop import FopError, Fops, ImageView2, Pipeline, parse


def to_webp(text: str) -> Fops:
    commands: list[Pipeline[Any, Any]] = []
    for command in parse(text, unknown="keep").commands:
        stages = [
            stage.model_copy(update={"format": "webp", "q": 80}) if isinstance(stage, ImageView2) else stage
            for stage in command.stages
        ]
        commands.append(Pipeline(*stages))
    return Fops(*commands)


def main(*texts: str) -> int:
    for text in texts:
        try:
            print(to_webp(text))
        except FopError as error:
            print(error, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
