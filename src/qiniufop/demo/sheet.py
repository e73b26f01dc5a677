"""The before/after sheet: one picture that shows every output of the demo beside what it was made from."""

# Pillow's types mention numpy's, which is not installed.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from .report import Media, Task

WIDTH = 1600
MARGIN = 56
GAP = 36
TALLEST = 420
ARROW = 84
LINE = 24

BACK = (241, 244, 249)
CARD = (255, 255, 255)
INK = (17, 28, 51)
SOFT = (96, 110, 136)
ACCENT = (24, 96, 255)
ACCENT_2 = (0, 190, 200)


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own typeface, so that the sheet looks the same everywhere."""
    return ImageFont.load_default(size=size)


def draw_sheet(tasks: tuple[Task, ...], target: Path) -> None:
    """Write the sheet as a PNG."""
    cards = [draw_card(task) for task in tasks]
    head, foot = 176, 40
    height = head + sum(card.height + GAP for card in cards) + foot
    sheet = Image.new("RGB", (WIDTH, height), BACK)
    draw = ImageDraw.Draw(sheet)
    stripe = Image.linear_gradient("L").rotate(90).resize((WIDTH, 10))
    sheet.paste(
        Image.composite(Image.new("RGB", stripe.size, ACCENT_2), Image.new("RGB", stripe.size, ACCENT), stripe), (0, 0)
    )
    draw.text((MARGIN, 48), "qiniufop demo", font=font(46), fill=INK, stroke_width=1)
    total = sum(task.seconds for task in tasks)
    outputs = sum(len(task.made) for task in tasks)
    draw.text(
        (MARGIN, 112),
        f"{outputs} outputs from {len(tasks)} jobs in {total:.1f} s, submitted over HTTP to the local dev server",
        font=font(24),
        fill=SOFT,
    )
    top = head
    for card in cards:
        place_card(sheet, card, (MARGIN, top))
        top += card.height + GAP
    sheet.save(target)


def place_card(sheet: Image.Image, card: Image.Image, place: tuple[int, int]) -> None:
    """Put a card on the sheet, with round corners and a soft shadow."""
    shape = rounded(card.size, 20)
    shadow = Image.new("L", (card.width + 80, card.height + 80), 0)
    shadow.paste(Image.new("L", card.size, 46), (40, 46), shape)
    shadow = shadow.filter(ImageFilter.GaussianBlur(14))
    sheet.paste((30, 50, 90), (place[0] - 40, place[1] - 40), shadow)
    sheet.paste(card, place, shape)


def rounded(size: tuple[int, int], radius: int) -> Image.Image:
    """A mask with round, smooth corners."""
    mask = Image.new("L", (size[0] * 3, size[1] * 3), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] * 3 - 1, size[1] * 3 - 1), radius * 3, fill=255)
    return mask.resize(size, Image.Resampling.LANCZOS)


def draw_card(task: Task) -> Image.Image:
    """One job: its source, an arrow, and its outputs."""
    width = WIDTH - 2 * MARGIN
    inner = 32
    before, after = fit(task, width - 2 * inner)
    commands = [
        line for made in task.made for line in wrap(made.wire, width - 2 * inner - 20, f"{made.media.path.name}: ")
    ]
    picture_top = 92
    text_top = picture_top + before.height + 92
    card = Image.new("RGB", (width, text_top + LINE * len(commands) + 36), CARD)
    draw = ImageDraw.Draw(card)
    draw.text((inner, 28), task.title, font=font(30), fill=INK, stroke_width=0.5)
    draw.text((width - inner, 34), f"{task.seconds:.2f} s", font=font(24), fill=SOFT, anchor="ra")

    place_picture(card, before, task.source, inner, picture_top, f"before: {task.source.path.name}")
    x = inner + before.width
    middle = picture_top + before.height // 2
    draw.line((x + 20, middle, x + ARROW - 28, middle), fill=ACCENT, width=5)
    draw.polygon([(x + ARROW - 34, middle - 12), (x + ARROW - 16, middle), (x + ARROW - 34, middle + 12)], fill=ACCENT)
    x += ARROW
    for picture, made in zip(after, task.made, strict=True):
        place_picture(card, picture, made.media, x, picture_top, made.media.path.name)
        x += picture.width + GAP
    draw.rounded_rectangle((inner, text_top - 12, width - inner, card.height - 24), 10, fill=BACK)
    for number, line in enumerate(commands):
        draw.text((inner + 14, text_top + LINE * number), line, font=font(17), fill=INK)
    return card


def fit(task: Task, width: int) -> tuple[Image.Image, list[Image.Image]]:
    """The pictures of a card, all at the greatest height at which they fit beside each other."""
    stills = [task.source.still, *(made.media.still for made in task.made)]
    pictures = [Image.open(still).convert("RGB") for still in stills]
    room = width - ARROW - GAP * (len(pictures) - 2)
    tall = min(float(TALLEST), room / sum(picture.width / picture.height for picture in pictures))
    scaled = [
        picture.resize((round(picture.width * tall / picture.height), round(tall)), Image.Resampling.LANCZOS)
        for picture in pictures
    ]
    return scaled[0], scaled[1:]


def place_picture(card: Image.Image, picture: Image.Image, media: Media, x: int, y: int, label: str) -> None:
    """A picture with its label and measures below, and a play mark if it stands for a video."""
    draw = ImageDraw.Draw(card)
    if media.is_video:
        picture = with_play_mark(picture)
    card.paste(picture, (x, y), rounded(picture.size, 10))
    below = y + picture.height + 12
    draw.text((x, below), label, font=font(20), fill=INK, stroke_width=0.3)
    draw.text((x, below + 28), media.facts, font=font(17), fill=SOFT)


def with_play_mark(picture: Image.Image) -> Image.Image:
    """The picture with the triangle everybody knows."""
    scale, radius = 3, 34
    size = radius * 2 * scale
    mark = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    draw = ImageDraw.Draw(mark)
    draw.ellipse((0, 0, size - 1, size - 1), fill=(9, 18, 36, 170), outline="white", width=3 * scale)
    middle = size // 2
    draw.polygon([(middle - 26, middle - 42), (middle - 26, middle + 42), (middle + 46, middle)], fill="white")
    mark = mark.resize((radius * 2, radius * 2), Image.Resampling.LANCZOS)
    marked = picture.copy()
    marked.paste(mark, (picture.width // 2 - radius, picture.height // 2 - radius), mark)
    return marked


def wrap(text: str, width: int, label: str) -> list[str]:
    """Break a command after `|` and `/` so that each line is at most `width` pixels wide."""
    face = font(17)
    lines: list[str] = []
    line = label
    for piece in re.findall(r"[^|/]*[|/]?", text):
        while piece:
            if face.getlength(line + piece) <= width:
                line += piece
                break
            if line.strip():
                lines.append(line)
                line = "    "
                continue
            cut = next(n for n in range(len(piece), 0, -1) if face.getlength(line + piece[:n]) <= width)
            lines.append(line + piece[:cut])
            piece = piece[cut:]
    return [*lines, line]
