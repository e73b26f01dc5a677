"""What flows between stages.

These classes are never instantiated: they type ``|`` for checkers, and the same
hierarchy is asked at run time. A stage that takes :class:`Media` takes anything.
"""


class Media:
    """Anything a stage can be fed."""


class AV(Media):
    """Sound, moving pictures, or both."""


class Audio(AV):
    """Sound alone."""


class Video(AV):
    """Moving pictures, with or without sound."""


class Image(Media):
    """A picture, still or animated."""


class Animation(Image, Video):
    """An animated picture, which both kinds of stage can read."""


class Transcoded(Audio, Animation):
    """A result whose kind depends on a value the type checker cannot see.

    It may go anywhere a checker looks; the pipeline, which knows the value, still
    refuses what does not fit.
    """


class Playlist(Media):
    """An HLS playlist whose segments are objects of their own."""


class Document(Media):
    """A document: Markdown, HTML, PDF or an office file."""


class Archive(Media):
    """A zip file."""


class Json(Media):
    """A report about the input, as JSON. It can only be saved."""


class Stored:
    """What ``saveas`` yields. Not a :class:`Media`, so nothing may follow it."""
