#!/usr/bin/env python3
"""Asks a registry for /v2/, with the authorities of the system and those that are given, and prints one JSON line:
{"status": 401}, or {"error": "why there is no answer"}.

Ansible's uri is not used: that of ansible-core before 2.16 has no client certificates with Python 3.12 and later.
"""
import argparse
import json
import ssl
import urllib.error
import urllib.request

TIMEOUT_SECONDS = 15


def status_of(registry, ca, certificate, key):
    context = ssl.create_default_context()
    if ca:
        context.load_verify_locations(ca)
    if certificate:
        context.load_cert_chain(certificate, key)
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))
    try:
        return opener.open("https://%s/v2/" % registry, timeout=TIMEOUT_SECONDS).status
    except urllib.error.HTTPError as error:
        return error.code


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--registry", required=True)
    parser.add_argument("--ca", default="")
    parser.add_argument("--certificate", default="")
    parser.add_argument("--key", default="")
    given = parser.parse_args()
    try:
        told = {"status": status_of(given.registry, given.ca, given.certificate, given.key)}
    except (OSError, ValueError) as error:
        told = {"error": str(getattr(error, "reason", error))}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
