"""Packages that the tests make, and the program that they test."""

import os
import pathlib
import zipfile
from typing import List

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]

CONFIG = "jcr_root/apps/x/config/com.adobe.granite.auth.oauth.accesstoken.provider-x.config"
CONFIG_TEXT = """auth.token.provider.title="Smart Tags"
auth.token.provider.client.id="0a1b2c"
auth.token.provider.type="ims"
auth.access.token.request.endpoint="https://ims-na1.adobelogin.com/ims/token/v3"
auth.token.provider.authorization.grants="client_credentials"
"""
FILTER = '<workspaceFilter version="1.0"><filter root="/apps/x"/></workspaceFilter>'
PROPERTIES = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!DOCTYPE properties SYSTEM "http://java.sun.com/dtd/properties.dtd">
<properties><entry key="group">acme</entry><entry key="name">{name}</entry><entry key="version">1.0</entry></properties>
"""


def program() -> str:
    """The program under test: AEMLINT_PROGRAM, else that of a development build."""
    path = os.environ.get("AEMLINT_PROGRAM") or str(REPOSITORY / "target" / "debug" / "aemlint")
    if not os.path.isfile(path):
        raise FileNotFoundError(f"build the program or set AEMLINT_PROGRAM: {path} is not there")
    return path


def package(path: pathlib.Path, *, with_finding: bool = True) -> str:
    """A package, with a credential that lacks a scope or without any."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/vault/filter.xml", FILTER)
        archive.writestr("META-INF/vault/properties.xml", PROPERTIES.format(name=path.stem))
        if with_finding:
            archive.writestr(CONFIG, CONFIG_TEXT)
        else:
            archive.writestr("jcr_root/apps/x/.content.xml", '<jcr:root xmlns:jcr="http://www.jcp.org/jcr/1.0"/>')
    return str(path)


def bomb(path: pathlib.Path) -> str:
    """A package with a file of 512 MiB that packs to half a megabyte."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/vault/filter.xml", FILTER)
        with archive.open("jcr_root/apps/x/.content.xml", "w") as file:
            for _ in range(512):
                file.write(b"<a>" + bytes(1 << 20))
    return str(path)


def broken(path: pathlib.Path) -> str:
    """A package that is cut off in the middle of a file."""
    package(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        numbers = "".join(f'<n{number} v="{number * 7919 % 10007}"/>' for number in range(20000))
        archive.writestr("jcr_root/apps/x/.content.xml", f"<x>{numbers}</x>")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return str(path)


def twenty(directory: pathlib.Path) -> List[str]:
    """Twenty packages: one is broken, one is missing, one is a bomb."""
    directory.mkdir(parents=True, exist_ok=True)
    paths = [package(directory / f"p{number:02}.zip", with_finding=number % 3 != 0) for number in range(17)]
    return [*paths, broken(directory / "broken.zip"), str(directory / "missing.zip"), bomb(directory / "bomb.zip")]
