"""Run a command on a file of this machine: no account, no server. Needs the extra ``local``.

python local_run.py PHOTO OUTPUT
"""

import sys
from pathlib import Path

from qiniufop import ImageMogr2, parse
from qiniufop.engine.engine import LocalEngine
from qiniufop.engine.errors import EngineError


def main(photo: str, output: str) -> int:
    engine = LocalEngine()
    size = engine.run(Path(photo), "imageInfo")
    print(size.read().decode())
    square = ImageMogr2(auto_orient=True, thumbnail="!256x256r", gravity="Center", crop="256x256", format="webp")
    made = engine.run(Path(photo), square)
    Path(output).write_bytes(made.read())
    print(f"{output}: {made.mime}, {made.size} bytes")
    try:
        engine.run(Path(photo), parse("imageView2/2/w/100/format/heic"))
    except EngineError as error:
        print(error)  # what cannot run here says so, by name
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
