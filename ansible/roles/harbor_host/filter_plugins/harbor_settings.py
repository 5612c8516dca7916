"""The keys of harbor.yml that the roles and the stacks support, from files/settings.json, as in `breakwater`."""

from __future__ import annotations

import difflib
import re

import yaml


def leaves(value, path=()):
    """(path, value) of every value that is not a map, and of empty maps."""
    if not isinstance(value, dict) or not value:
        return [(path, value)] if path else []
    return [leaf for key, inner in value.items() for leaf in leaves(inner, (*path, str(key)))]


def rule_of(path, table):
    """The rule of the longest key that is a prefix of the path."""
    for length in range(len(path), 0, -1):
        key = ".".join(path[:length])
        if key in table:
            return key, table[key]
    return None, None


def fault_of(path, value, table, declared):
    """Why the setting is not supported, in one sentence; None if it is."""
    dotted = ".".join(path)
    key, rule = rule_of(path, table)
    if rule is None:
        near = difflib.get_close_matches(dotted, table, 1)
        return f"{dotted}: not a setting of harbor.yml that Breakwater follows{f'; did you mean {near[0]}?' if near else ''}"
    if "refused" in rule:
        return f"{key}: {rule['refused']}; {rule['instead']}"
    if "needs" in rule and not declared.get(rule["needs"]):
        return f"{dotted}: it has no effect without {rule['needs']}; declare that, or leave it out"
    unknown = [one for one in value if one not in rule["values"]] if "values" in rule and isinstance(value, list) else []
    return f"{dotted}: {unknown[0]} is not one of {', '.join(rule['values'])}" if unknown else None


def harbor_settings_faults(settings, table, declared):
    """One sentence for each setting without effect, or with another effect than in Harbor's own installation."""
    faults = [fault_of(path, value, table, declared) for path, value in leaves(settings)]
    return list(dict.fromkeys(fault for fault in faults if fault))


# Words that a YAML 1.1 parser does not read as text. The registry uses a Go parser.
NOT_TEXT = re.compile(r"~|null|true|false|yes|no|on|off|[-+]?\.(inf|nan)", re.IGNORECASE)
NUMBER = re.compile(r"[-+]?\.?[0-9][0-9_.:]*([eE][-+]?[0-9]+)?|0[xob][0-9a-fA-F_]+")
DECIMAL = re.compile(r"0|[1-9][0-9]{0,17}")


def stays_as_written(value):
    """Whether `key: value`, which prepare writes without quotes, is read as that value."""
    try:
        read = yaml.load(f"key: {value}\nnext: x", Loader=yaml.BaseLoader)  # noqa: S506 - it makes texts alone
    except yaml.YAMLError:
        return False
    return read == {"key": value, "next": "x"}


def is_text(value):
    return NOT_TEXT.fullmatch(value) is None and (NUMBER.fullmatch(value) is None or DECIMAL.fullmatch(value) is not None)


def harbor_rendered_faults(harbor_yml):
    """Values of harbor.yml that prepare accepts but Harbor's services read differently. Prints no value."""
    faults = []
    redis = harbor_yml.get("external_redis") or {}
    password, username = str(redis.get("password") or ""), str(redis.get("username") or "")
    if password and (not stays_as_written(password) or password.lower() in ("null", "~")):
        faults.append("the password of harbor.redis has characters that the registry's configuration does not keep, such as # or a quote at its beginning; set another one in Redis")
    if username and not password:
        faults.append("harbor.redis.username has no password: Harbor writes both into one URL, and the name alone would become part of the host; export HARBOR_REDIS_PASSWORD")
    for key, value in ((harbor_yml.get("storage_service") or {}).get("s3") or {}).items():
        if isinstance(value, int) and not isinstance(value, bool) and value == 1:
            faults.append(f"storage_service.s3.{key}: prepare writes 1 as true; use another value")
        elif isinstance(value, str) and value and not (stays_as_written(value) and is_text(value)):
            faults.append(f"storage_service.s3.{key}: prepare writes it without quotes, and the registry would not read it as it is; use another value")
    return faults


class FilterModule:
    """The class that Ansible loads."""

    def filters(self):
        return {"harbor_settings_faults": harbor_settings_faults, "harbor_rendered_faults": harbor_rendered_faults}
