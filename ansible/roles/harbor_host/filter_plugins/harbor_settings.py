"""Which keys of harbor.yml the roles and the stacks follow: files/settings.json says so for this and for `breakwater`."""

from __future__ import annotations

import difflib


def leaves(value, path=()):
    """(path, value) of everything that is no map, and of maps that are empty."""
    if not isinstance(value, dict) or not value:
        return [(path, value)] if path else []
    return [leaf for key, inner in value.items() for leaf in leaves(inner, (*path, str(key)))]


def rule_of(path, table):
    """The rule of the longest key that begins the path."""
    for length in range(len(path), 0, -1):
        key = ".".join(path[:length])
        if key in table:
            return key, table[key]
    return None, None


def fault_of(path, value, table, declared):
    """Why the setting cannot be followed, in one sentence; None where it can."""
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
    """One sentence for each setting that would have no effect, or another one than in Harbor's own installation."""
    faults = [fault_of(path, value, table, declared) for path, value in leaves(settings)]
    return list(dict.fromkeys(fault for fault in faults if fault))


class FilterModule:
    """As Ansible finds it."""

    def filters(self):
        return {"harbor_settings_faults": harbor_settings_faults}
