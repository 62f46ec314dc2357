"""Makes content packages as a repository of artifacts has them, to measure what a fleet of them costs.

    python3 benches/fleet/make_packages.py /tmp/packages 10000

The same number makes the same packages: of some hundred projects in several versions each, with pages, pictures, configurations and
client libraries. One in five holds a package, one in three an IMS integration, of which a half is broken. About 200 KB each.
"""

import io
import pathlib
import random
import sys
import zipfile

WORDS = "campaign product teaser hero article season launch store region partner event story press career team".split()
PROPERTIES = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!DOCTYPE properties SYSTEM "http://java.sun.com/dtd/properties.dtd">
<properties><entry key="group">com.{group}</entry><entry key="name">{name}</entry><entry key="version">{version}</entry></properties>
"""
FILTER = '<workspaceFilter version="1.0">{roots}</workspaceFilter>'
PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<jcr:root xmlns:sling="http://sling.apache.org/jcr/sling/1.0" xmlns:cq="http://www.day.com/jcr/cq/1.0"
    xmlns:jcr="http://www.jcp.org/jcr/1.0" xmlns:nt="http://www.jcp.org/jcr/nt/1.0" jcr:primaryType="cq:Page">
    <jcr:content jcr:primaryType="cq:PageContent" jcr:title="{title}" sling:resourceType="{group}/components/page"
        cq:template="/conf/{group}/settings/wcm/templates/page">
        <root jcr:primaryType="nt:unstructured" sling:resourceType="wcm/foundation/components/responsivegrid">
{parts}        </root>
    </jcr:content>
</jcr:root>
"""
PART = '            <part_{number} jcr:primaryType="nt:unstructured" sling:resourceType="{group}/components/text" text="&lt;p&gt;{text}&lt;/p&gt;"/>\n'
PROVIDER = """auth.token.provider.title="{title}"
auth.token.provider.client.id="{client}"
auth.token.provider.type="ims"
auth.access.token.request.endpoint="https://ims-na1.adobelogin.com/ims/token/v3"
auth.token.provider.authorization.grants="client_credentials"
{scope}"""
LOGGER = 'org.apache.sling.commons.log.level="info"\norg.apache.sling.commons.log.file="logs/{group}.log"\norg.apache.sling.commons.log.names=["com.{group}"]\n'


def text(source: random.Random, words: int) -> str:
    return " ".join(source.choice(WORDS) for _ in range(words))


def package(source: random.Random, pictures: list, group: str, name: str, version: str, inner: bool) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        # The same bytes whenever they are made.
        def add(path: str, content) -> None:
            archive.writestr(zipfile.ZipInfo(path), content, zipfile.ZIP_DEFLATED)

        roots = [f"/apps/{group}", f"/content/{group}", f"/content/dam/{group}"]
        add("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")
        add("META-INF/vault/filter.xml", FILTER.format(roots="".join(f'<filter root="{root}"/>' for root in roots)))
        add("META-INF/vault/properties.xml", PROPERTIES.format(group=group, name=name, version=version))
        for number in range(source.randrange(4, 60) if inner else source.randrange(0, 8)):
            parts = "".join(PART.format(number=part, group=group, text=text(source, 40)) for part in range(source.randrange(2, 9)))
            page = PAGE.format(title=text(source, 3), group=group, parts=parts)
            add(f"jcr_root/content/{group}/{source.choice(WORDS)}/{number}/.content.xml", page)
        for number in range(source.randrange(1, 20) if inner else 0):
            picture = source.choice(pictures)
            add(f"jcr_root/content/dam/{group}/{number}.png", picture)
        for mode in source.sample(["", ".author", ".publish", ".author.prod", ".author.stage"], 2):
            folder = f"jcr_root/apps/{group}/osgiconfig/config{mode}"
            add(f"{folder}/org.apache.sling.commons.log.LogManager.factory.config-{group}.config", LOGGER.format(group=group))
            for number in range(source.randrange(1, 12)):
                values = "".join(f'"key{key}": "{text(source, 2)}",\n' for key in range(source.randrange(1, 8)))
                add(f"{folder}/com.{group}.Service{number}.cfg.json", "{\n" + values + '"enabled": true\n}\n')
        if source.random() < 1 / 3:
            scope = 'auth.token.provider.scope="openid,AdobeID,read_organizations"\n' if source.random() < 0.5 else ""
            provider = PROVIDER.format(title=text(source, 2), client=f"{source.getrandbits(128):032x}", scope=scope)
            name_of = f"com.adobe.granite.auth.oauth.accesstoken.provider-{source.choice(WORDS)}.config"
            add(f"jcr_root/apps/{group}/osgiconfig/config.author/{name_of}", provider)
        for kind in ("css", "js"):
            add(f"jcr_root/apps/{group}/clientlibs/site/{kind}/site.{kind}", text(source, 2000))
        if inner and source.random() < 0.2:
            add(f"jcr_root/apps/{group}-packages/application/install/{name}.ui-{version}.zip", package(source, pictures, group, f"{name}.ui", version, False))
    return packed.getvalue()


def main() -> None:
    directory, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    pictures = [random.Random(seed).randbytes(2000 + 700 * seed) for seed in range(40)]
    for number in range(count):
        source = random.Random(number)
        group = f"acme{number % 400:03}"
        name, version = f"{group}.all", f"1.{number // 400}.0"
        path = directory / group / f"{name}-{version}.zip"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(package(source, pictures, group, name, version, True))


if __name__ == "__main__":
    main()
