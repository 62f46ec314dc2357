"""Where the program of the wheel is."""

import os
import pathlib
import shutil
import sys
import sysconfig
from typing import Iterator


def _candidates(name: str) -> Iterator[pathlib.Path]:
    yield pathlib.Path(sysconfig.get_path("scripts")) / name
    # `pip install --user`.
    user = f"{os.name}_user"
    if user in sysconfig.get_scheme_names():
        yield pathlib.Path(sysconfig.get_path("scripts", scheme=user)) / name
    # `pip install --target`, and archives of environments that were moved.
    package = pathlib.Path(__file__).resolve().parent
    for above in package.parents[:4]:
        yield above / "bin" / name


def find_program() -> str:
    """The path of the program that was installed with this module, else of the first one in ``PATH``.

    Executors of Spark often lack the ``bin`` of their environment in ``PATH``, so that is looked at last.

    Raises:
        FileNotFoundError: if there is none.
    """
    name = "aemlint.exe" if sys.platform == "win32" else "aemlint"
    for candidate in _candidates(name):
        if candidate.is_file():
            return str(candidate)
    in_path = shutil.which(name)
    if in_path is None:
        raise FileNotFoundError("the program aemlint is not installed; install the wheel with `pip install aemlint`")
    return in_path
