"""The commands: a module ``name`` holds a function ``name``, which Typer makes a command of.

A module also says where ``--help`` lists it (``PANEL``, one of :data:`qiniufop.cli.app.PANELS`) and gives
``EXAMPLES``: command lines, each with what it does.
"""
