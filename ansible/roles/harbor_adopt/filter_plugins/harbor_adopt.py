"""Whether a Harbor of docker-compose can be adopted, and why not. Pure: all facts are arguments."""

from __future__ import annotations

import re

import yaml

OLDEST, NEWEST = (2, 13), (2, 15)
# "only supports two previous minor releases to upgrade to current minor release" (Harbor's RELEASES.md).
MINORS = 2
# Harbor's harbor-db of these releases reads or upgrades such a directory.
MAJORS = {"15", "18"}
RETIRED = {"notary": "Notary", "chartmuseum": "ChartMuseum", "clair": "Clair"}
# Keys that the environment decides, or that are secrets: the checks below compare those that matter.
COMPARED_ELSEWHERE = (
    "_version",
    "data_volume",
    "database.password",
    "external_database",
    "external_redis",
    "external_url",
    "harbor_admin_password",
    "hostname",
    "http",
    "https",
    "metric",
    "storage_service",
)


# Prepare's value for a missing key.
DEFAULTS = {
    "trivy.db_repository": "ghcr.io/aquasecurity/trivy-db",
    "trivy.java_db_repository": "ghcr.io/aquasecurity/trivy-java-db",
    "ip_family.ipv4.enabled": True,
    "ip_family.ipv6.enabled": False,
}
SECRET = re.compile(r"password|token|secret|key$", re.IGNORECASE)
DOCKER_ROOT = "/var/lib/docker"
# All images of a release, unpacked.
IMAGES_MIB = 3 * 1024
# Going back moves these two directories. A mount point cannot be moved.
MOVED = ("database", "redis")


def fault(rule, message, hint):
    return {"rule": rule, "message": message, "hint": hint}


def harbor_adopt_read(text):
    """{"value": map} or {"error": why}: an unreadable file must not cause a template error."""
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        return {"error": f"{where}{getattr(error, 'problem', None) or 'it is not YAML'}"}
    if not isinstance(value, dict):
        return {"error": "it is not a map"}
    missing = [key for key in ("hostname", "data_volume") if not isinstance(value.get(key), str)]
    if missing:
        return {"error": f"it has no {missing[0]}"}
    return {"value": value}


def numbers(version):
    found = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)(?:[-+].*)?", version or "")
    return tuple(int(part) for part in found.groups()) if found else None


def section(value, *names):
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def check_files(look):
    source = look["source"]
    if not look["compose_yml"]:
        return [fault("no-compose-file", f"{source}/docker-compose.yml is missing", "name the directory of the installation: -e harbor_adopt_source=DIRECTORY")]
    if look["compose"] is None:
        return [fault("no-compose", "neither docker compose nor docker-compose is installed", "install it: without it there is no way back")]
    return []


def check_version(look, wanted):
    found = look["versions"]
    if len(found) != 1:
        what = f"names images of {', '.join(found)}" if found else "names no image of Harbor with a version"
        return [fault("version-unknown", f"{look['source']}/docker-compose.yml {what}", "finish its installation or upgrade first")]
    running, target = numbers(found[0]), numbers(wanted)
    if running is None:
        return [fault("version-unknown", f"{found[0]} is not a release of Harbor", "adopt a release")]
    if not OLDEST <= running[:2] <= NEWEST:
        hint = "upgrade it by its own installer first" if running[:2] < OLDEST else "use a newer release of Breakwater"
        return [fault("version-unsupported", f"{found[0]} is not supported: 2.13 to 2.15 are", hint)]
    if target and target < running:
        return [fault("downgrade", f"{found[0]} runs, and {wanted} is declared: Harbor migrates its database forward only", f"declare harbor.version: {found[0]}, or a newer one")]
    if target and target[1] - running[1] > MINORS:
        return [fault("version-jump", f"from {found[0]} to {wanted} is too far", "declare an older harbor.version first")]
    return []


def check_containers(look, resumed):
    """A resumed run has stopped the containers itself."""
    if resumed:
        return []
    running = {one["name"] for one in look["containers"] if one["running"]}
    missing = [name for name in ("harbor-core",) if name not in running]
    others = sorted({one["image"] for one in look["containers"] if one["running"] and version_of(one["image"]) not in (*look["versions"], None)})
    found = []
    if missing:
        found.append(fault("not-running", f"{missing[0]} of {look['source']} does not run", "start it: it is asked for its version, and backed up, while it runs"))
    if others:
        found.append(fault("version-mixed", f"{others[0]} runs, and docker-compose.yml names {', '.join(look['versions'])}", "finish its installer first"))
    return found


def version_of(image):
    found = re.search(r"/(?:harbor-[a-z-]+|[a-z-]+-photon):(v[0-9][^@]*)", image)
    return found.group(1) if found else None


def check_front(yml, env):
    found = []
    if yml["hostname"] != env["hostname"]:
        found.append(fault("other-hostname", f"it is {yml['hostname']}, and {env['hostname']} is declared", "set harbor.hostname to the name that its clients use"))
    url = yml.get("external_url") or ""
    if not section(yml, "https") and not url.startswith("https://"):
        found.append(
            fault("http-only", "it serves plain HTTP, and its clients are configured for that; Breakwater serves HTTPS alone", "give it a certificate (https: in its harbor.yml) and move its clients first")
        )
    if url and url.rstrip("/") != f"https://{env['hostname']}" and url.startswith("https://"):
        found.append(fault("other-url", f"its external_url is {url}, and clients will get https://{env['hostname']}", "set harbor.hostname to that name; a port in it is not supported"))
    return found


def check_data(yml, look, env):
    if yml["data_volume"].rstrip("/") != env["data_volume"].rstrip("/"):
        return [fault("other-data-volume", f"its data_volume is {yml['data_volume']}, and {env['data_volume']} is declared", "set harbor.data_volume")]
    found = [check_place(part) for part in look["parts"]]
    found = [one for one in found if one]
    if look["secretkey"] != 16:
        what = "is missing" if look["secretkey"] is None else f"has {look['secretkey']} characters instead of 16"
        found.append(fault("secretkey", f"{yml['data_volume']}/secret/keys/secretkey {what}: no stored credential could be decrypted", "restore it from a backup of this Harbor"))
    return found


def check_place(part):
    path = part["path"]
    if part["link"]:
        why = f"{path} is a symbolic link to {part['link']}: Docker would start without waiting for that disk"
        return fault("data-elsewhere", why, f"mount that disk at {path} by /etc/fstab in place of the link")
    if part["own_disk"] and part["name"] in MOVED:
        why = f"{path} is on its own disk, and going back to docker-compose moves that directory aside"
        return fault("data-elsewhere", why, "move it below the data volume for the adoption, and to its own disk afterwards (docs/guides/host.md)")
    return None


def check_database(yml, look, env):
    external = section(yml, "external_database", "harbor")
    if bool(external) != bool(env["database"]):
        what = ("an external database", "harbor.database is not declared") if external else ("its own database", "harbor.database is declared")
        return [fault("other-database", f"it has {what[0]}, and {what[1]}", "declare what it has: a move of the database is another task")]
    if external:
        pairs = [("host", "host", None), ("db_name", "name", "registry"), ("port", "port", 5432), ("username", "username", "postgres"), ("ssl_mode", "sslmode", "verify-full")]
        found = [(theirs, external.get(theirs), env["database"].get(ours, default)) for theirs, ours, default in pairs]
        differing = [f"{key} {was} and not {now}" for key, was, now in found if str(was) != str(now)]
        return [fault("other-database", f"its database has {', '.join(differing)}", "set harbor.database to what its harbor.yml has")] if differing else []
    database = look["database"]
    if database["old"] or not MAJORS & set(database["majors"]):
        has = f"PostgreSQL {', '.join(database['majors'])}" if database["majors"] else "no database of PostgreSQL 15 or 18"
        return [fault("database-version", f"{yml['data_volume']}/database has {has}", "start its Harbor once: it upgrades the database; then run again")]
    return []


def check_services(yml, look, env):
    found = []
    if section(yml, "external_redis"):
        found.append(
            fault("external-redis", "it uses an external Redis: after going back, two Harbors would share its queued jobs and the registry's cache", "adopt it with its own Redis, then move to harbor.redis")
        )
    storage = [name for name in section(yml, "storage_service") if name not in ("filesystem", "redirect", "ca_bundle")]
    if storage:
        found.append(fault("other-storage", f"its blobs are in {storage[0]}: taking over a bucket is not tested", "see docs/guides/adopt.md: a new deployment with harbor.storage and the same database"))
    services = {one["service"] or one["name"] for one in look["containers"]}
    trivy = "trivy-adapter" in services
    if services and trivy != bool(env["trivy"]):
        found.append(fault("other-trivy", f"Trivy {'runs' if trivy else 'does not run'} there, and harbor.trivy is {str(bool(env['trivy'])).lower()}", f"set harbor.trivy: {str(trivy).lower()}"))
    if section(yml, "metric").get("enabled") and not env["metrics"]:
        found.append(fault("other-metrics", "it serves metrics, and harbor.metrics is not declared", "set harbor.metrics: true; the port stays inside, see docs/guides/host.md"))
    return found


def check_leftovers(yml, look, accepted):
    """Harbor 2.8 dropped ChartMuseum and 2.9 Notary: their data stays on the disk, and nothing reads it."""
    if "leftovers" in accepted:
        return []
    images = {one["image"] for one in look["containers"]}
    found = {name for key, name in RETIRED.items() if yml.get(key) or section(yml, "external_database", f"{key}_server") or any(key in image for image in images)}
    found |= {"ChartMuseum" for part in look["parts"] if part["name"] == "chart_storage" and not part["empty"]}
    found |= {"Notary" for part in look["parts"] if part["name"] == "notary-db" and not part["empty"]}
    return [
        fault("left-over", f"{name} left containers, settings or files here, and Harbor has it no longer", "save what you need of it, or leave it where it is: -e '{\"harbor_adopt_accept\": [\"leftovers\"]}'")
        for name in sorted(found)
    ]


def leaves(value, path=()):
    if not isinstance(value, dict) or not value:
        return {".".join(path): value} if path else {}
    found = {}
    for key, inner in value.items():
        found.update(leaves(inner, (*path, str(key))))
    return found


def is_below(key, prefixes):
    return any(key == prefix or key.startswith(f"{prefix}.") for prefix in prefixes)


def same(was, now):
    """Equal in YAML of different writers: `5m` and "5m", a list in another order."""
    if isinstance(was, list) and isinstance(now, list):
        return sorted(map(str, was)) == sorted(map(str, now))
    return str(was) == str(now)


def check_settings(yml, new, env, accepted):
    """Settings that would be lost or changed without an error."""
    ignored = [*COMPARED_ELSEWHERE, *accepted]
    ignored += [] if env["log_container"] else ["log.local", "log.external_endpoint"]
    ignored += [] if env["trivy"] else ["trivy"]
    wanted = leaves(new)
    theirs = leaves(yml)
    if not (section(yml, "proxy").get("http_proxy") or section(yml, "proxy").get("https_proxy")):
        ignored.append("proxy.components")
    lost = [key for key in theirs if not is_below(key, ignored) and not is_kept(key, theirs[key], wanted)]
    if not lost:
        return []
    return [
        fault(
            "settings-differ",
            f"{len(lost)} of its settings would change: {'; '.join(difference(key, theirs[key], wanted) for key in lost)}",
            "move them to harbor_host_settings in NAME.host.yaml, or accept the change by their names: -e '{\"harbor_adopt_accept\": [\"" + lost[0] + "\"]}'",
        )
    ]


def is_kept(key, value, wanted):
    if value in (None, ""):
        return True
    if key in wanted or key in DEFAULTS:
        return same(value, wanted.get(key, DEFAULTS.get(key)))
    # Not set, or turned off: nothing is lost.
    return value in (False, {}, [])


def difference(key, value, wanted):
    if SECRET.search(key):
        return key
    return f"{key} ({value} there{f', {wanted[key]} here' if key in wanted else ''})"


def check_passwords(passwords):
    """The password that `up` writes later must be that of the database: PostgreSQL reads it only for a new database."""
    if passwords["given"] and passwords["given"] != passwords["theirs"]:
        return [
            fault("other-password", "HARBOR_DATABASE_PASSWORD is not the database password of its harbor.yml", "export that one: core could not log in with another one")
        ]
    return []


def check_room(needed, look):
    """MiB by path; paths on one file system share its free space."""
    found, devices = [], {}
    for path, mib in needed.items():
        devices.setdefault(look["room"][path]["device"], []).append((path, mib))
    for together in devices.values():
        wanted, free = sum(mib for _, mib in together), look["room"][together[0][0]]["mib"]
        if wanted > free:
            paths = " and ".join(path for path, _ in together)
            found.append(fault("disk-space", f"{free} MiB free for {paths}, and {wanted} MiB are needed: backup, copy of the database, images, and what host.free keeps free", "free some space, name another disk with -e harbor_backup_directory=DIRECTORY, or leave the blobs out of the backup: -e harbor_adopt_backup_registry=false"))
    return found


def harbor_adopt_room(look, options):
    """MiB that each path needs: the backup, and a cold copy of database and Redis next to them."""
    size = {part["name"]: part["mib"] for part in look["parts"]}
    backup = size.get("secret", 0) + size.get("database", 0) + (size.get("registry", 0) if options["registry"] else 0)
    copy = size.get("database", 0) + size.get("redis", 0)
    # A new major version of PostgreSQL writes the database again, and `up` requires free space.
    data = copy + size.get("database", 0) + mebibytes(options.get("free_data") or "5GiB")
    images = IMAGES_MIB + mebibytes(options.get("free_docker") or "4GiB")
    needed = {}
    for path, mib in ((options["directory"], backup), (options["data_volume"], data), (DOCKER_ROOT, images)):
        needed[path] = needed.get(path, 0) + mib
    return needed


def mebibytes(text):
    return 0 if str(text) == "0" else int(text[:-3]) * {"MiB": 1, "GiB": 1024, "TiB": 1024 * 1024}[text[-3:]]


def harbor_adopt_faults(found):
    """All reasons not to stop it."""
    look, env, accepted = found["look"], found["environment"], found["accepted"]
    read = found["harbor_yml"]
    if "error" in read:
        return [fault("harbor-yml", f"{look['source']}/harbor.yml cannot be used: {read['error']}", "name the directory of the installation with -e harbor_adopt_source=DIRECTORY, or mend the file")]
    yml = read["value"]
    return [
        *check_files(look),
        *check_version(look, env["version"]),
        *check_containers(look, found["resumed"]),
        *check_front(yml, env),
        *check_data(yml, look, env),
        *check_database(yml, look, env),
        *check_services(yml, look, env),
        *check_leftovers(yml, look, accepted),
        *check_settings(yml, found["new"], env, accepted),
        *check_passwords(found["passwords"]),
        *([] if found["resumed"] else check_room(found["room"], look)),
    ]


class FilterModule:
    """The class that Ansible loads."""

    def filters(self):
        return {
            "harbor_adopt_faults": harbor_adopt_faults,
            "harbor_adopt_read": harbor_adopt_read,
            "harbor_adopt_room": harbor_adopt_room,
        }
