#!/usr/bin/env python3
"""Set this clone up and run something in it, with nothing but Python 3.10+ and pip on the machine.

    python3 scripts/bootstrap.py demo [ARGS]    set up, then run `qiniufop demo ARGS`
    python3 scripts/bootstrap.py test [ARGS]    set up, then run `pytest ARGS`
    python3 scripts/bootstrap.py setup [demo|test|dev]
                                                set up only; prints the path of the Python to use

Everything goes into one virtual environment: the active one if it is still empty (or was set up by this
script), else `.venv` beside the project. Nothing else on the machine is touched. A second run only checks
a stamp and starts at once.

Only the standard library is used, and only syntax Python 3.6 can read, so that an old one too gives a clear answer.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys

MINIMUM = (3, 10)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WINDOWS = os.name == "nt"
STAMP = "qiniufop-bootstrap.json"

# What each command needs. `dev` holds everything in `test`, and `test` everything in `demo`.
EXTRAS = {"demo": "local,cli", "test": "test", "dev": "dev"}
LEVELS = ["demo", "test", "dev"]

# Distributions a new virtual environment may hold and still count as empty.
SEEDS = {"pip", "setuptools", "wheel", "pkg-resources"}

UNREACHABLE = (
    "NewConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "NameResolutionError",
    "Temporary failure in name resolution",
    "ProxyError",
    "Connection refused",
    "Network is unreachable",
    "CERTIFICATE_VERIFY_FAILED",
)


class SetupError(Exception):
    """Something the person at the keyboard has to put right; the text is one sentence."""


def say(text):
    """Words go to stderr: stdout belongs to what is run."""
    print("bootstrap: " + text, file=sys.stderr, flush=True)


def check_version(version):
    """Refuse a Python that is too old, naming the one that would do."""
    if tuple(version[:2]) < MINIMUM:
        raise SetupError(
            "Python {}.{} or newer is needed and this is {}.{}; "
            "run the same line with a newer one, for example python3.12.".format(*MINIMUM, *version[:2])
        )


def env_python(env):
    """The interpreter of a virtual environment."""
    return os.path.join(env, "Scripts", "python.exe") if WINDOWS else os.path.join(env, "bin", "python")


def fingerprint(root):
    """Changes whenever an installed environment would be out of date: other dependencies, or a moved clone."""
    with open(os.path.join(root, "pyproject.toml"), "rb") as file:
        return hashlib.sha256(root.encode("utf-8", "surrogateescape") + b"\0" + file.read()).hexdigest()


def read_stamp(env):
    """What was installed into an environment by this script, or an empty dict."""
    try:
        with open(os.path.join(env, STAMP)) as file:
            stamp = json.load(file)
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def is_ready(stamp, level, mark):
    """Whether a stamped environment already holds what `level` needs."""
    return stamp.get("mark") == mark and stamp.get("level") in LEVELS[LEVELS.index(level) :]


def may_use(names, stamp, root):
    """Whether an active environment is ours to fill: empty, or filled by this very clone before.

    An environment that holds other things is left alone: installing there could change what they depend on.
    """
    return stamp.get("root") == root or not {name.lower().replace("_", "-") for name in names} - SEEDS


def installed_here():
    """Names of the distributions the running interpreter sees."""
    from importlib import metadata

    return [dist.metadata["Name"] or "" for dist in metadata.distributions()]


def choose_env(root):
    """The environment to use: the active one if it is ours to fill, else `.venv`."""
    own = os.path.join(root, ".venv")
    if sys.prefix == sys.base_prefix or os.path.realpath(sys.prefix) == os.path.realpath(own):
        return own
    if not has_module("pip"):
        say("the active virtual environment has no pip; using .venv instead")
        return own
    if may_use(installed_here(), read_stamp(sys.prefix), root):
        return sys.prefix
    say("the active virtual environment holds other packages and is left alone; using .venv instead")
    return own


def has_module(name):
    """Whether this interpreter could import a module. It is not imported."""
    import importlib.util

    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def pip_command():
    """How to start a pip that runs outside any environment of ours."""
    if has_module("pip"):
        return [sys.executable, "-m", "pip"]
    for name in ("pip3", "pip"):
        found = shutil.which(name)
        if found:
            return [found]
    raise SetupError(
        "This Python has neither ensurepip nor pip, so nothing can be installed; "
        "install one of them (on Debian and Ubuntu: sudo apt install python3-venv)."
    )


def clean_environ():
    """The caller's environment without settings that would send packages elsewhere."""
    environ = dict(os.environ)
    for name in ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV"):
        environ.pop(name, None)
    environ.update(PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", PIP_ROOT_USER_ACTION="ignore")
    return environ


def explain(output, what):
    """One sentence for why pip failed."""
    if any(mark in output for mark in UNREACHABLE):
        return (
            f"The package index could not be reached while installing {what}; check the network, "
            "or name another index in PIP_INDEX_URL, then run the same line again."
        )
    if "No space left on device" in output:
        return f"The disk is full: installing {what} failed."
    if "No matching distribution found" in output:
        return (
            f"The package index has no build of something {what} needs for this machine and "
            f"Python {sys.version.split()[0]}; pip's own message is above."
        )
    return f"Installing {what} failed; pip's own message is above."


def run_pip(command, what):
    """Run pip, showing what it says, and turn a failure into one sentence."""
    quiet = [] if sys.stderr.isatty() else ["--quiet"]
    process = subprocess.Popen(
        command + quiet, env=clean_environ(), cwd=ROOT, stdout=sys.stderr, stderr=subprocess.PIPE, text=True
    )
    seen = []
    for line in process.stderr:
        seen.append(line)
        sys.stderr.write(line)
        sys.stderr.flush()
    if process.wait():
        raise SetupError(explain("".join(seen), what))


def works(python):
    """Whether an environment's interpreter starts and has pip."""
    if not os.path.exists(python):
        return False
    check = subprocess.run(
        [python, "-c", "import sys, pip; sys.exit(sys.version_info < (3, 10))"],
        env=clean_environ(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return check.returncode == 0


def make_env(env):
    """Make a virtual environment with pip in it, by `venv` or, where Python lacks its parts, by virtualenv."""
    if os.path.isdir(env):
        say(f"{env} does not work (any more) and is made again")
        shutil.rmtree(env)
    if has_module("venv") and has_module("ensurepip"):
        say(f"making a virtual environment in {env}")
        made = subprocess.run(
            [sys.executable, "-m", "venv", env], env=clean_environ(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        if made.returncode == 0 and works(env_python(env)):
            return
        shutil.rmtree(env, ignore_errors=True)
    tools = os.path.join(ROOT, ".bootstrap")
    pip = pip_command()
    say(f"this Python cannot make virtual environments by itself; fetching virtualenv into {tools}")
    run_pip([*pip, "install", "--target", tools, "--upgrade", "virtualenv"], "virtualenv")
    environ = clean_environ()
    environ["PYTHONPATH"] = tools
    say(f"making a virtual environment in {env}")
    made = subprocess.run(
        [sys.executable, "-m", "virtualenv", "--quiet", "--python", sys.executable, env],
        env=environ,
        stdout=sys.stderr,
    )
    if made.returncode or not works(env_python(env)):
        raise SetupError(f"A virtual environment could not be made in {env}; the messages are above.")


def setup(level):
    """Make sure an environment holds what `level` needs, and return its interpreter."""
    check_version(sys.version_info)
    env = choose_env(ROOT)
    python = env_python(env)
    mark = fingerprint(ROOT)
    stamp = read_stamp(env)
    if is_ready(stamp, level, mark) and os.path.exists(python):
        return python
    if stamp.get("root") == ROOT and stamp.get("level") in LEVELS:
        level = max(level, stamp["level"], key=LEVELS.index)
    if not works(python):
        make_env(env)
    extras = EXTRAS[level]
    say(f"installing qiniufop[{extras}] into {env} (the first time takes a minute or two)")
    run_pip([python, "-m", "pip", "install", "--editable", f"{ROOT}[{extras}]"], f"qiniufop[{extras}]")
    with open(os.path.join(env, STAMP), "w") as file:
        json.dump({"mark": mark, "level": level, "root": ROOT}, file)
    say(f"done; the command line is {os.path.join(os.path.dirname(python), 'qiniufop')}")
    return python


def start(command):
    """Run a command in the caller's directory and return its exit code."""
    try:
        return subprocess.call(command)
    except KeyboardInterrupt:
        return 130


def main(argv):
    """Do what the command line says; returns an exit code (2: wrong usage, 3: could not set up)."""
    command, rest = (argv[0], argv[1:]) if argv else ("", [])
    try:
        if command == "demo":
            return start([setup("demo"), "-m", "qiniufop", "demo", *rest])
        if command == "test":
            spread = [] if any(arg.startswith(("-n", "--numprocesses")) for arg in rest) else ["-n", "2"]
            os.chdir(ROOT)
            return start([setup("test"), "-m", "pytest", *spread, *rest])
        if command == "setup" and (not rest or (rest[0] in LEVELS and len(rest) == 1)):
            print(setup(rest[0] if rest else "dev"))
            return 0
    except SetupError as error:
        say(f"error: {error}")
        return 3
    except KeyboardInterrupt:
        return 130
    print(__doc__, file=sys.stdout if command in ("-h", "--help", "help") else sys.stderr)
    return 0 if command in ("-h", "--help", "help") else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
