"""A photograph, a logo and a short video, for trying commands on.

Shipped with the package; where each comes from and its licence is in ``README.md`` beside them.
"""

from pathlib import Path

_HERE = Path(__file__).parent

photo = _HERE / "photo.jpg"
"""A JPEG photograph, 640 by 427 pixels: a rocket on its pad at dusk."""

logo = _HERE / "logo.png"
"""A PNG with transparency, 242 by 72 pixels, for use as a watermark."""

clip = _HERE / "clip.mp4"
"""An H.264 and AAC video, 1280 by 720 pixels, 25 frames a second, 5 seconds: a drift over a field of galaxies."""
